import AscentPolicyGradients
import Testing

private func coefficients(_ estimator: any Estimator, _ rewards: [Double]) -> [Double] {
  var c = Array(repeating: Double.nan, count: rewards.count)
  estimator.coefficients(of: Trajectory(rewards: rewards), into: &c)
  return c
}

@Suite struct `The total return` {
  @Test func `weighs every step by the sum of the rewards`() {
    #expect(coefficients(TotalReturn(), [1, 2, 3]) == [6, 6, 6])
    #expect(coefficients(TotalReturn(), []) == [])
  }

  @Test func `discounts from the beginning`() {
    #expect(coefficients(TotalReturn(discount: 0.5), [1, 2, 4]) == [3, 3, 3])
    #expect(coefficients(TotalReturn(discount: 0), [1, 2, 4]) == [1, 1, 1])
  }
}

@Suite struct `The reward to go` {
  @Test func `leaves the past out`() {
    #expect(coefficients(RewardToGo(), [1, 2, 3]) == [6, 5, 3])
    #expect(coefficients(RewardToGo(), []) == [])
  }

  @Test func `discounts from each step`() {
    // 4; 2 + 0.5·4; 1 + 0.5·4.
    #expect(coefficients(RewardToGo(discount: 0.5), [1, 2, 4]) == [3, 4, 4])
    #expect(coefficients(RewardToGo(discount: 0), [1, 2, 4]) == [1, 2, 4])
  }

  @Test func `discounts from the beginning where it is asked to`() {
    // 1 + 0.5·2 + 0.25·4; 0.5·2 + 0.25·4; 0.25·4.
    let fromBeginning = RewardToGo(discount: 0.5, isCountedFromBeginning: true)
    #expect(coefficients(fromBeginning, [1, 2, 4]) == [3, 2, 1])
    let undiscounted = RewardToGo(discount: 1, isCountedFromBeginning: true)
    #expect(coefficients(undiscounted, [1, 2, 4]) == [7, 6, 4])
  }
}

@Suite struct `Maximum likelihood` {
  @Test func `weighs every step alike, whatever it earned`() {
    #expect(coefficients(MaximumLikelihood(), [1, -2, 3]) == [1, 1, 1])
  }
}

@Suite struct `The lane tree` {
  @Test(arguments: 1...33)
  func `adds what blocks of lanes have added before`(count: Int) {
    let leaves = (0..<count).map { 1 / Double($0 + 3) }
    let whole = LaneTree.sum(leaves)
    // Whoever owns an aligned block of 4 lanes adds it up alone; the tree over the blocks has the same bits.
    let blocks = stride(from: 0, to: count, by: 4).map {
      LaneTree.sum(Array(leaves[$0..<min(count, $0 + 4)]))
    }
    #expect(LaneTree.sum(blocks) == whole)
    #expect(abs(whole - leaves.reduce(0, +)) < 1e-12)
  }

  @Test func `adds nothing to nothing`() { #expect(LaneTree.sum([]) == 0) }

  @Test func `adds vectors in the order of numbers`() {
    var leaves: [[Float]] = (0..<5).map { [Float($0), 0.1 * Float($0)] }
    LaneTree.sum(&leaves) { addend, sum in for k in addend.indices { sum[k] += addend[k] } }
    let second = LaneTree.sum((0..<5).map { Double(0.1 * Float($0)) })
    #expect(leaves[0][0] == 10)
    #expect(abs(Double(leaves[0][1]) - second) < 1e-6)
  }
}

@Suite struct `The objective` {
  @Test func `is the mean return with its standard error`() {
    // Returns 1, 2, 3, 6: mean 3, squares 4 + 1 + 0 + 9 = 14, s² = 14/3, error √(14/12).
    let objective = Objective(returns: [[1, 2], [], [3, 6]])
    #expect(objective.count == 4)
    #expect(objective.mean == 3)
    #expect(abs(objective.standardError - (14.0 / 12).squareRoot()) < 1e-12)
    #expect(objective.lowest == 1 && objective.highest == 6)
  }

  @Test func `has no error from one return, and no mean from none`() {
    #expect(Objective(returns: [[5]]).standardError.isNaN)
    #expect(Objective(returns: [[5]]).mean == 5)
    #expect(Objective(returns: [[]]).mean.isNaN)
  }
}
