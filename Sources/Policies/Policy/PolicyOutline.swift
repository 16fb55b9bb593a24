internal import AscentMathematics

/// The actor of a policy by the names of its arrays: the layers in their order, and the numbers of its distributions.
///
/// Files and exports describe a policy by its outline. The arrays are the slices of ``Parameters``; a weight is
/// [inputs × outputs].
public struct PolicyOutline: Sendable {
  /// The groups of features, in the order of their columns in an observation.
  public let inputs: [Input]
  /// The recurrent layer, which multiplies what the inputs become; nil for a policy that depends on the last observation
  /// only.
  public let memory: Memory?
  /// The affine layers, the first of which multiplies the memory's output or the inputs; the last one has no activation.
  public let layers: [Map]
  /// The factors of an action.
  public let factors: [Factor]

  /// y = f(b + x w).
  public struct Map: Sendable, Equatable {
    /// The names of w and of b.
    public let weight, bias: String
    /// f, or nil if y = b + x w.
    public let activation: Activation?
  }

  /// A group of features.
  public struct Input: Sendable {
    /// The kind of the features and their number.
    public let input: Network.Input
    /// The convolutions that are applied to an image, one after the other; empty for other features.
    public let convolutions: [Convolution]
  }

  /// A convolution without padding: a map of each patch, [row × column × channel], of an image.
  public struct Convolution: Sendable, Equatable {
    /// The map of one patch.
    public let map: Map
    /// The side length of a patch, and the distance of neighboring ones.
    public let side, stride: Int
  }

  /// A recurrent layer.
  public struct Memory: Sendable {
    /// The cell and the number of units.
    public let recurrence: Recurrence
    /// The maps of the input and of the state to all gates, side by side.
    public let outer, inner: Map
  }

  /// One factor of an action.
  public struct Factor: Sendable {
    /// Its values in an action.
    public let values: Range<Int>
    /// The network outputs that describe it.
    public let outputs: Range<Int>
    /// Its choices in the mask of an observation; nil without a mask.
    public let mask: Range<Int>?
    /// The name of the array of its own parameters, if any.
    public let array: String?
    /// The sources of the numbers that describe it.
    public let layout: HeadLayout
  }
}

extension Policy {
  /// The layers of the actor and the factors of an action, with the names of their arrays.
  public var outline: PolicyOutline {
    let layers = actor.layers
    let memory = actor.recurrent.map { layer in
      PolicyOutline.Memory(
        recurrence: Recurrence(layer.cell, size: layer.units), outer: PolicyOutline.Map(layer, part: 0),
        inner: PolicyOutline.Map(layer, part: 2))
    }
    let affine = layers.filter { $0 is AffineLayer || $0 is IndexedAffineLayer }
    return PolicyOutline(
      inputs: outlinedInputs, memory: memory, layers: affine.map { PolicyOutline.Map($0) },
      factors: factors.indices.map { outlinedFactor($0) })
  }

  private var outlinedInputs: [PolicyOutline.Input] {
    let inputs =
      architecture.inputs.isEmpty ? [Network.Input(.numbers(featureSize))] : architecture.inputs
    let first = actor.layers.first as? InputLayer
    return inputs.enumerated().map { k, input in
      let layers = first.map { $0.inputs[k].chain?.layers ?? [] } ?? actor.layers
      let convolutions = layers.compactMap { layer -> PolicyOutline.Convolution? in
        guard let layer = layer as? ConvolutionLayer else { return nil }
        return PolicyOutline.Convolution(
          map: PolicyOutline.Map(layer), side: layer.patches.side, stride: layer.patches.stride)
      }
      return PolicyOutline.Input(input: input, convolutions: convolutions)
    }
  }

  private func outlinedFactor(_ k: Int) -> PolicyOutline.Factor {
    let (factor, mask) = (factors[k], factors[k].mask - featureSize)
    return PolicyOutline.Factor(
      values: factor.values.start..<factor.values.start + factor.valueCount,
      outputs: factor.output..<factor.output + factor.outputCount,
      mask: maskSize > 0 && factor.choiceCount > 0 ? mask..<mask + factor.choiceCount : nil,
      array: parameterName(ofFactor: k), layout: factor.layout)
  }

  /// The name of the array of a factor's own parameters; nil if it has none.
  func parameterName(ofFactor k: Int) -> String? {
    guard factors[k].layout.parameterCount(actor.latentSize) > 0 else { return nil }
    return factors.count == 1 ? "actor.log_deviation" : "actor.\(k).log_deviation"
  }
}

extension PolicyOutline.Map {
  /// The map of a layer whose slices, from `part` on, are a weight and its bias.
  fileprivate init(_ layer: any Layer, part: Int = 0) {
    let slices = layer.parts
    (weight, bias, activation) = (slices[part].name, slices[part + 1].name, layer.activation)
  }
}
