public import Randomness

/// A network of affine layers with tanh between them.
///
///     y(0) = x,  y(l) = tanh(b(l) + y(l−1) w(l)),  and the last layer without tanh.
///
/// It serves a policy's head as well as a value function. Its parameters are parts of a flat vector.
public struct MultilayerPerceptron: Sendable {
  /// The part of the flat vector before its first number, and after its last.
  public let range: Range<Int>
  let layers: [Kernels.Layer]
  private let name: String

  /// Makes a network whose parameters begin at `start` of the flat vector.
  ///
  /// - Parameters:
  ///   - name: the first word of its parameters' names.
  ///   - widths: inputs, hidden layers, outputs.
  ///   - start: the index of its first parameter.
  /// - Throws: ``PolicyError/size(what:found:allowed:)`` unless there are two widths and all are from 1 to
  ///   16,777,216.
  public init(name: String, widths: [Int], startingAt start: Int) throws(PolicyError) {
    guard widths.count >= 2 else {
      throw .size(what: "number of widths", found: widths.count, allowed: "at least 2")
    }
    for width in widths where !(1...16_777_216).contains(width) {
      throw .size(what: "width of a layer", found: width, allowed: "from 1 to 16,777,216")
    }
    var (layers, next) = ([Kernels.Layer](), start)
    for (inputs, outputs) in zip(widths, widths.dropFirst()) {
      layers.append(
        Kernels.Layer(inputs: inputs, outputs: outputs, weight: next, bias: next + inputs * outputs))
      next += inputs * outputs + outputs
    }
    self.name = name
    self.layers = layers
    range = start..<next
  }

  /// The names and places of its parameters.
  public var slices: [Parameters.Slice] {
    layers.enumerated().flatMap { l, layer in
      [
        Parameters.Slice("\(name).\(l).weight", shape: [layer.inputs, layer.outputs], at: layer.weight),
        Parameters.Slice("\(name).\(l).bias", shape: [layer.outputs], at: layer.bias),
      ]
    }
  }

  /// Draws orthogonal weights, of gain √2 before a tanh and `headGain` in the last layer; biases are 0.
  public func initialize(_ θ: inout Parameters, headGain: Double, from stream: RandomStream) {
    for (l, layer) in layers.enumerated() {
      let gain = l == layers.count - 1 ? headGain : 2.0.squareRoot()
      let weights = Initialization.orthogonal(
        rows: layer.inputs, columns: layer.outputs, gain: gain, from: stream)
      θ.values.replaceSubrange(layer.weight..<layer.bias, with: weights)
    }
  }

  /// y of every layer, into the workspace.
  func forward(_ θ: Parameters, on x: Span<Float>, rows: Int, in workspace: inout Workspace) {
    workspace.reserve(rows)
    for (l, layer) in layers.enumerated() {
      // The buffer leaves the workspace while it is written, so that its neighbour can be read.
      var y = workspace.outputs[l]
      workspace.outputs[l] = []
      var span = y.mutableSpan
      if l == 0 {
        Kernels.affine(layer, rows: rows, x, θ.values.span, into: &span)
      } else {
        let below = workspace.outputs[l - 1]
        Kernels.affine(layer, rows: rows, below.span, θ.values.span, into: &span)
      }
      if l < layers.count - 1 { Kernels.tanh(rows * layer.outputs, &span) }
      workspace.outputs[l] = y
    }
  }

  /// ĝ += Σ_row ∂/∂θ, given ∂/∂y of the last layer in the workspace, after ``forward(_:on:rows:in:)``.
  func accumulateAdjoint(
    _ θ: Parameters, on x: Span<Float>, rows: Int, in workspace: inout Workspace,
    into gradient: inout MutableSpan<Float>
  ) {
    for (l, layer) in layers.enumerated().reversed() {
      let dy = workspace.adjoints[l]
      guard l > 0 else {
        Kernels.affineAdjoint(layer, rows: rows, x, dy.span, into: &gradient)
        return
      }
      let below = workspace.outputs[l - 1]
      Kernels.affineAdjoint(layer, rows: rows, below.span, dy.span, into: &gradient)
      var dx = workspace.adjoints[l - 1]
      workspace.adjoints[l - 1] = []
      var span = dx.mutableSpan
      var room = workspace.transposed.mutableSpan
      Kernels.affineAdjoint(layer, rows: rows, dy.span, θ.values.span, room: &room, into: &span)
      Kernels.tanhAdjoint(rows * layer.inputs, below.span, &span)
      workspace.adjoints[l - 1] = dx
    }
  }
}
