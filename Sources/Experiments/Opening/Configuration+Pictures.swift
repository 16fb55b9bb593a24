internal import AscentEnvironments
internal import AscentPolicies

extension Configuration {
  /// The order of the axes of each leaf of the observations; nil if all pictures are rows × columns × channels.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` if `policy.image_layout` is channels-first and there is no such box.
  func pictureAxes(of observations: Space) throws(ExperimentError) -> [Space.Axes]? {
    let likely = observations.leaves.map(\.likelyAxes)
    switch imageLayout {
    case .channelsLast: return nil
    case .automatic:
      let axes = likely.map { $0?.axes ?? .channelsLast }
      return axes.contains(.channelsFirst) ? axes : nil
    case .channelsFirst:
      guard likely.contains(where: { $0 != nil }) else {
        throw .usage(
          "policy.image_layout = channels-first needs a box of three axes; the observations are \(observations)"
        )
      }
      return likely.map { $0 == nil ? .channelsLast : .channelsFirst }
    }
  }

  /// Notices about the pictures among the observations, one sentence each: the assumed order of axes where it matters,
  /// and pictures without convolutions.
  ///
  /// - Parameters:
  ///   - bare: the space of the environment.
  ///   - observations: the space of the policy's observations.
  /// - Returns: the notices.
  func pictureNotices(of bare: Space, observing observations: Space) -> [String] {
    var notices: [String] = []
    if imageLayout == .automatic, !network.convolutions.isEmpty || !emissions.isEmpty {
      notices = bare.leaves.compactMap(Self.layoutNotice)
    }
    guard network.convolutions.isEmpty else { return notices }
    for leaf in observations.leaves where leaf.isLargePicture {
      guard let picture = leaf.picture else { continue }
      let side = min(picture.height, picture.width)
      let choice = side >= Self.smallestNatureSide ? "nature" : "16x3/2,32x3/2"
      notices.append(
        "\(Self.named(leaf)) is a picture of \(leaf.kind.flattenedSize) numbers, for which a network without convolutions "
          + "is large and slow; use --set policy.convolutions=\(choice)")
    }
    return notices
  }

  /// The smallest side of a picture that the convolutions `nature` fit.
  private static let smallestNatureSide = 36

  private static func named(_ leaf: Space.Leaf) -> String {
    leaf.path.isEmpty ? "the observation \(leaf.kind)" : "the observation's '\(leaf.path)', \(leaf.kind),"
  }

  /// The assumed order of axes, unless it certainly is rows × columns × channels.
  private static func layoutNotice(_ leaf: Space.Leaf) -> String? {
    guard let likely = leaf.likelyAxes, likely != (.channelsLast, true) else { return nil }
    let isFirst = likely.axes == .channelsFirst
    let (order, other) =
      isFirst
      ? ("channels × rows × columns", "channels-last") : ("rows × columns × channels", "channels-first")
    return "\(named(leaf)) is read as \(order); if it is not, use --set policy.image_layout=\(other)"
  }
}
