internal import Mathematics

/// One factor of a policy's actions, and where its numbers lie.
struct Factor: Sendable {
  let family: any ActionFamily
  /// Where its numbers begin in each row of the head, and its values in each row of the actions.
  let head, values: Rows
  /// The first of its outputs of the network.
  let output: Int
  /// The first of its own parameters.
  let parameter: Int
  /// Where a row of observations says which of its choices are allowed.
  let mask: Int

  // What the family says, read for each batch of rows without asking it again.
  let layout: HeadLayout
  let valueCount, outputCount, choiceCount: Int

  /// The numbers that the network does not give: log σ in a row of the head behind the outputs.
  var rest: Rows { Rows(start: head.start + outputCount, stride: head.stride) }

  /// All factors, side by side.
  ///
  /// - Parameters:
  ///   - families: what the factors are.
  ///   - latentSize: the width of the network's last hidden layer.
  ///   - parameter: the index of the first parameter that is not one of the network.
  ///   - mask: where a row of observations says which choices are allowed; nil where it does not.
  /// - Returns: the factors, in the order of the families.
  static func sideBySide(
    _ families: [any ActionFamily], latentSize: Int, parametersFrom parameter: Int, mask: Int?
  ) -> [Factor] {
    let headSize = families.reduce(0) { $0 + $1.headLayout.count }
    let actionSize = families.reduce(0) { $0 + $1.valueCount }
    var next = (head: 0, value: 0, output: 0, parameter: parameter, mask: mask ?? 0)
    return families.map { family in
      let layout = family.headLayout
      defer {
        next.head += layout.count
        next.value += family.valueCount
        next.output += layout.outputCount
        next.parameter += layout.parameterCount(latentSize)
        if mask != nil { next.mask += layout.choiceCount }
      }
      return Factor(
        family: family, head: Rows(start: next.head, stride: headSize),
        values: Rows(start: next.value, stride: actionSize), output: next.output, parameter: next.parameter,
        mask: next.mask, layout: layout, valueCount: family.valueCount, outputCount: layout.outputCount,
        choiceCount: layout.choiceCount)
    }
  }

  /// Its part of so many rows.
  func rows(_ count: Int) -> FactorRows { FactorRows(count: count, head: head, values: values) }
}
