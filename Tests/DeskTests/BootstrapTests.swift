import AscentDesk
import Testing

@Suite struct BootstrapTests {
  let values = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3]

  @Test func centers() {
    #expect(mean(values) == 3.9)
    // Without ⌊10/4⌋ = 2 on either side: 2, 3, 3, 4, 5, 5.
    #expect(abs(interquartileMean(values) - 22.0 / 6) < 1e-15)
    #expect(interquartileMean([7, 1, 4]) == 4)
  }

  @Test func `an interval of the mean is numpy's, and the same each time`()
    throws
  {
    let interval = try Bootstrap().interval(of: values, mean)
    // The percentiles of 1,000,000 resamples of numpy are 2.5 and 5.4. The means are tenths, and 10,000 resamples
    // have a standard error of less than one of them.
    #expect(abs(interval.lowerBound - 2.5) < 0.15)
    #expect(abs(interval.upperBound - 5.4) < 0.15)
    #expect(try Bootstrap().interval(of: values, mean) == interval)
    let means = try Bootstrap(resamples: 100).resampled([values]) { mean($0[0]) }
    #expect(try Bootstrap(resamples: 100, seed: 1).resampled([values]) { mean($0[0]) } != means)
  }

  @Test func `strata are resampled by themselves`() throws {
    let interval = try Bootstrap().interval(ofStrata: [[1, 1, 1], [5, 5, 5]]) { mean($0[1]) - mean($0[0]) }
    #expect(interval == 4...4)
  }
}
