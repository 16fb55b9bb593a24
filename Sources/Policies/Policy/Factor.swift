internal import AscentMathematics

/// One factor of a policy's actions, with the positions of its numbers.
///
/// A class, since a loop over the factors at every step would copy a structure.
final class Factor: Sendable {
  let family: any ActionFamily
  /// The first column of its numbers in the rows of the head, and of its values in the rows of the actions.
  let head, values: Rows
  /// The index of its first network output.
  let output: Int
  /// The index of the first of its own parameters.
  let parameter: Int
  /// The first column of its choices' mask in the rows of observations.
  let mask: Int

  // Properties of the family, cached to avoid dynamic dispatch for each batch of rows.
  let layout: HeadLayout
  let valueCount, outputCount, choiceCount: Int

  /// Makes a factor whose numbers begin at `first`, in rows of the given sizes.
  private init(_ family: any ActionFamily, at first: Position, headSize: Int, actionSize: Int) {
    self.family = family
    head = Rows(start: first.head, stride: headSize)
    values = Rows(start: first.value, stride: actionSize)
    (output, parameter, mask) = (first.output, first.parameter, first.mask)
    layout = family.headLayout
    valueCount = family.valueCount
    (outputCount, choiceCount) = (layout.outputCount, layout.choiceCount)
  }

  /// The indices at which a factor's numbers begin.
  private struct Position {
    var head = 0, value = 0, output = 0, parameter: Int, mask: Int
  }

  /// The factor's numbers in the head that are not network outputs, such as log σ; they come after the outputs.
  var rest: Rows { Rows(start: head.start + outputCount, stride: head.stride) }

  /// Makes all factors, with their numbers side by side.
  ///
  /// - Parameters:
  ///   - families: the families of the factors.
  ///   - latentSize: the width of the network's last hidden layer.
  ///   - parameter: the index of the first parameter that does not belong to the network.
  ///   - mask: the column of the first mask in the rows of observations; nil if there are no masks.
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

  /// The factor's columns of `count` rows.
  func rows(_ count: Int) -> FactorRows { FactorRows(count: count, head: head, values: values) }
}
