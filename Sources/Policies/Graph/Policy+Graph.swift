internal import AscentMathematics

extension Policy {
  /// The policy as a list of operations; nil if a factor's distribution is not one of this library.
  public var graph: PolicyGraph? {
    var graphs: [PolicyGraph.Factor] = []
    for factor in factors {
      guard let distribution = PolicyGraph.Distribution(factor.family) else { return nil }
      let count = factor.layout.parameterCount(actor.latentSize)
      graphs.append(
        PolicyGraph.Factor(
          distribution: distribution, output: factor.output,
          parameters: factor.parameter..<factor.parameter + count, value: factor.values.start,
          valueCount: factor.valueCount, mask: factor.mask - (maskSize > 0 ? featureSize : 0)))
    }
    let (start, middle) = (standardRange.lowerBound, standardRange.lowerBound + featureSize)
    let normalizer = PolicyGraph.Normalizer(
      mean: start..<middle, scale: middle..<standardRange.upperBound, bound: inputBound,
      indexColumns: indexColumns)
    return PolicyGraph(
      featureSize: featureSize, maskSize: maskSize, actionSize: actionSize, stateSize: actorStateSize,
      normalizer: standardizes ? normalizer : nil, operations: actor.layers.map(\.operation),
      factors: graphs)
  }
}

extension PolicyGraph.Distribution {
  fileprivate init?(_ family: any ActionFamily) {
    switch family {
    case let family as CategoricalFamily: self = .categorical(family.count)
    case let family as BernoulliFamily: self = .bernoulli(family.count)
    case let family as GaussianFamily: self = .gaussian(family.deviation, family.bounds)
    case let family as BetaFamily: self = .beta(family.bounds)
    default: return nil
    }
  }
}

extension AffineLayer {
  var operation: PolicyGraph.Operation { .affine(PolicyGraph.Map(shape, name), activation) }
}

extension IndexedAffineLayer {
  var operation: PolicyGraph.Operation {
    let parts = blocks.map { block in
      PolicyGraph.Block(
        isIndex: block.isIndex, column: block.columns.start,
        row: (block.map.weight - shape.weight) / shape.outputs, count: block.map.inputs)
    }
    return .blocks(parts, PolicyGraph.Map(shape, name), activation)
  }
}

extension ConvolutionLayer {
  var graph: PolicyGraph.Convolution {
    PolicyGraph.Convolution(
      map: PolicyGraph.Map(shape, name), image: patches.image, side: patches.side, stride: patches.stride,
      rows: patches.rows, columns: patches.columns, activation: activation)
  }

  var operation: PolicyGraph.Operation { .convolution(graph) }
}

extension InputLayer {
  var operation: PolicyGraph.Operation {
    .parts(
      inputs.map { part in
        let layers = part.chain?.layers.compactMap { ($0 as? ConvolutionLayer)?.graph }
        var kind = part.input.isIndex ? PolicyGraph.Part.Kind.index : .numbers
        if let layers, let image = part.input.image { kind = .image(image, layers) }
        return PolicyGraph.Part(kind: kind, column: part.column, output: part.output, size: part.size)
      })
  }
}

extension RecurrentLayer {
  var operation: PolicyGraph.Operation {
    .recurrence(
      PolicyGraph.Recurrence(
        cell: cell, units: units, outer: PolicyGraph.Map(outer, "\(name).memory.outer"),
        inner: PolicyGraph.Map(inner, "\(name).memory.inner")))
  }
}
