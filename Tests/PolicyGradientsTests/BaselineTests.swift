import Testing

@testable import AscentPolicyGradients

private func cells(_ baseline: any Baseline, _ part: BaselinePart) -> BaselineCells {
  var cells = BaselineCells()
  baseline.add(part, to: &cells)
  return cells
}

@Suite struct `A baseline` {
  @Test func `that is the average counts a trajectory once under the total return`() {
    let cells = cells(AverageBaseline(), BaselinePart(coefficients: [6, 6, 6], unit: .trajectory))
    #expect(cells.numerators == [6] && cells.denominators == [1])
  }

  @Test func `that is the average counts every step under the reward to go`() {
    let cells = cells(AverageBaseline(), BaselinePart(coefficients: [6, 5, 3]))
    #expect(cells.numerators == [14] && cells.denominators == [3])
  }

  @Test func `that is the average of weighted returns divides by the weights`() {
    let part = BaselinePart(coefficients: [12, 12], weights: [4, 4], unit: .trajectory)
    let cells = cells(AverageBaseline(leavesOneOut: true), part)
    #expect(cells.numerators == [12] && cells.denominators == [4])
  }

  @Test func `that depends on time has a cell for each`() {
    let cells = cells(TimeDependentBaseline(), BaselinePart(coefficients: [6, 5, 3]))
    #expect(cells.numerators == [6, 5, 3] && cells.denominators == [1, 1, 1])
    #expect(TimeDependentBaseline().layout == .times)
  }

  @Test func `that is optimal is the ratio of score products`() {
    var part = BaselinePart(coefficients: [2, 2], unit: .trajectory)
    (part.scoreProducts, part.scoreNorms) = ([10], [5])
    let cells = cells(OptimalBaseline(), part)
    #expect(cells.numerators == [10] && cells.denominators == [5])
  }

  /// A trajectory that is shorter than the others, or of which a baseline of another package adds nothing.
  @Test func `is 0 in cells to which nothing was added`() {
    var cells = BaselineCells()
    cells.add(6, 2, at: 0)
    #expect(cells.value(0) == 3 && cells.value(7) == 0)
    #expect(cells.value(0, without: BaselineCells()) == 3 && cells.value(7, without: BaselineCells()) == 0)
    #expect(cells.value(0, without: cells) == 0)
    cells.add(.nan, .nan, at: 0)
    #expect(cells.value(0, without: BaselineCells()).isNaN, "what is not finite does not become a number")
  }

  @Test func `that is optimal for each step has a ratio for each time`() {
    var part = BaselinePart(coefficients: [2, 4])
    (part.scoreProducts, part.scoreNorms) = ([6, 2], [3, 0.5])
    let cells = cells(OptimalBaselinePerStep(), part)
    #expect(cells.numerators == [6, 2] && cells.denominators == [3, 0.5])
    #expect(OptimalBaselinePerStep().layout == .times && OptimalBaselinePerStep().leavesOneOut)
  }
}
