internal import Policies
internal import PolicyGradients

/// A run at an iteration border: all that the next iteration depends on.
///
/// At a border no episode is open, so the lanes' episode counters are the whole state of the environments and
/// of the random streams, which are addressed by (seed, purpose, lane, episode).
struct Checkpoint {
  var parameters: Parameters
  var moments: [(name: String, values: [Float])]
  var optimizerSteps: Int
  var iteration: Int
  var steps: Int
  var episodesBegun: [Int]

  /// The format's number; another one is refused.
  static let format = "ascent-checkpoint-1"

  /// The file's content.
  ///
  /// `settings` is the text that must be equal for a run to go on.
  func encoded(settings: String) -> [UInt8] {
    let size = parameters.values.count
    var tensors = [Safetensors.Tensor("parameters", parameters.values, shape: [size])]
    tensors += moments.filter { !$0.values.isEmpty }.map {
      Safetensors.Tensor("optimizer.\($0.name)", $0.values, shape: [size])
    }
    let counters = [parameters.version, optimizerSteps, iteration, steps]
    tensors.append(Safetensors.Tensor("counters", integers: counters))
    tensors.append(Safetensors.Tensor("episodes", integers: episodesBegun))
    return Safetensors(tensors: tensors, metadata: ["format": Self.format, "settings": settings]).encoded
  }

  /// Reads a checkpoint of a run with these settings, this policy and this many lanes.
  init(
    _ bytes: [UInt8], file: String, settings: String, like parameters: Parameters, lanes: Int
  ) throws(ExperimentError) {
    let content = try Safetensors(bytes, file: file)
    guard content.metadata["format"] == Self.format else {
      throw .damaged(file: file, reason: "it is not a checkpoint of this version")
    }
    guard content.metadata["settings"] == settings else {
      throw .usage("\(file) belongs to a run with other settings; resume with the same ones")
    }
    let named = Dictionary(content.tensors.map { ($0.name, $0) }) { first, _ in first }
    guard let values = named["parameters"]?.floats, values.count == parameters.values.count,
      let counters = named["counters"]?.integers, counters.count == 4, counters.allSatisfy({ $0 >= 0 }),
      let episodes = named["episodes"]?.integers, episodes.count == lanes, episodes.allSatisfy({ $0 >= 0 })
    else { throw .damaged(file: file, reason: "its arrays are not those of this run") }
    self.parameters = parameters
    self.parameters.values = values
    self.parameters.version = counters[0]
    (optimizerSteps, iteration, steps) = (counters[1], counters[2], counters[3])
    episodesBegun = episodes
    moments = ["first_moment", "second_moment"].compactMap { name in
      named["optimizer.\(name)"].map { (name, $0.floats) }
    }
    guard moments.allSatisfy({ $0.values.count == values.count }) else {
      throw .damaged(file: file, reason: "its optimiser's arrays are not those of this run")
    }
  }

  /// Takes a checkpoint of a learner.
  init(_ learner: Learner, episodesBegun: [Int]) {
    parameters = learner.parameters
    moments = learner.optimizer.moments
    optimizerSteps = learner.optimizer.stepCount
    iteration = learner.iteration
    steps = learner.steps
    self.episodesBegun = episodesBegun
  }
}
