internal import Mathematics

/// One factor of a policy's actions, and where its numbers lie.
///
/// A class, since a loop over the factors of every step would copy a structure.
final class Factor: Sendable {
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

  /// Describes a family's numbers that begin at `first` in rows of such strides.
  private init(_ family: any ActionFamily, at first: Position, headSize: Int, actionSize: Int) {
    self.family = family
    head = Rows(start: first.head, stride: headSize)
    values = Rows(start: first.value, stride: actionSize)
    (output, parameter, mask) = (first.output, first.parameter, first.mask)
    layout = family.headLayout
    valueCount = family.valueCount
    (outputCount, choiceCount) = (layout.outputCount, layout.choiceCount)
  }

  /// Where a factor's numbers begin.
  private struct Position {
    var head = 0, value = 0, output = 0, parameter: Int, mask: Int
  }

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
    var next = Position(parameter: parameter, mask: mask ?? 0)
    return families.map { family in
      let factor = Factor(family, at: next, headSize: headSize, actionSize: actionSize)
      next.head += factor.layout.count
      next.value += factor.valueCount
      next.output += factor.outputCount
      next.parameter += factor.layout.parameterCount(latentSize)
      if mask != nil { next.mask += factor.choiceCount }
      return factor
    }
  }

  /// Its part of so many rows.
  func rows(_ count: Int) -> FactorRows { FactorRows(count: count, head: head, values: values) }
}
