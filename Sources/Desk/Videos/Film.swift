internal import AscentEnvironments
public import AscentExperiments
internal import AscentHosting
package import AscentPolicies
internal import AscentPythonEnvironments

/// A film of episodes that were played: they are played again in environments that draw themselves.
///
/// The environments that were trained or evaluated are not touched, so that a run and an evaluation have the same bits with
/// and without a film. Every observation, reward and end of what is filmed is compared with what was played; a picture that
/// changed the course of an episode ends the film with an error.
public final class Film {
  /// Where a film is shown.
  public enum Medium: Sendable, Equatable {
    /// An MP4 or GIF file.
    case file(String)
    /// A window of the environment's own.
    case window
  }

  /// The numbers of a finished film.
  public struct Numbers: Sendable, Equatable, Decodable {
    /// The pictures: one before the first step of each episode, and one after each step.
    public var frames: Int
    /// Their width in pixels.
    public var width: Int
    /// Their height in pixels.
    public var height: Int
    /// Pictures per second, as the environment declares it.
    public var rate: Double
    /// The factor by which the environment's pictures were enlarged.
    public var factor: Int
    /// The number of different pictures.
    public var distinct: Int
  }

  private let medium: Medium
  /// True if what the policy said is drawn below each picture.
  let hasOverlay: Bool
  private let host: Host
  private let interpreter: Interpreter
  private var file: FilmFile?
  private var environment: OpenedEnvironment?

  /// Prepares a film, before anything is played.
  ///
  /// - Parameters:
  ///   - medium: a file or a window.
  ///   - hasOverlay: true to draw what the policy said below each picture.
  ///   - configuration: the environment.
  ///   - host: the Python of hosted environments.
  /// - Throws: `ExperimentError` for an ending that is neither .mp4 nor .gif, a folder that does not exist, an
  ///   environment without pictures, or a package that is not installed.
  public init(
    _ medium: Medium, hasOverlay: Bool, of configuration: Configuration, host: Host
  ) throws(ExperimentError) {
    if case .native = try EnvironmentReference(configuration.environment, host.catalog) {
      throw .usage(
        "\(configuration.environment) has no pictures: native environments are numbers only; a film needs an environment in "
          + "Python, such as CartPole-v1")
    }
    guard let python = host.hosting as? PythonHosting else {
      throw .usage("a film needs an environment in Python, and this program is built without Python")
    }
    (self.medium, self.hasOverlay, self.host) = (medium, hasOverlay, host)
    let form: FilmFile.Form?
    if case .file(let path) = medium { form = try FilmFile.Form(of: path) } else { form = nil }
    interpreter = try python.start(host.catalog)
    _ = try interpreter.film("prepare", [.text(form?.rawValue ?? ""), .bool(hasOverlay)])
    if case .file(let path) = medium, let form { file = try FilmFile(path, form, interpreter) }
  }

  /// Opens the environments that draw themselves.
  ///
  /// - Parameters:
  ///   - configuration: the settings with which the episodes were played.
  ///   - request: the lanes and the streams of the environments in which they were played.
  /// - Returns: the environment, to be kept open.
  /// - Throws: `ExperimentError` when it cannot draw itself.
  package func open(
    _ configuration: Configuration, _ request: LaneRequest
  ) throws(ExperimentError) -> OpenedEnvironment {
    var request = request
    request.isInVectors = false
    request.rendering = medium == .window ? .window : .pictures
    let opened = try OpenedEnvironment(configuration, request, host: host)
    environment = opened
    return opened
  }

  /// Plays an episode again and films it; the environment's lane must be before it.
  ///
  /// - Parameters:
  ///   - episode: the episode that was played.
  ///   - views: what the policy said of each observation, for the overlay.
  ///   - isInterrupted: called before each step.
  /// - Throws: `ExperimentError` when it takes another course, ``ExperimentError/interrupted``.
  package func add(
    _ episode: PlayedEpisode, _ views: [PolicyView], isInterrupted: () -> Bool
  ) throws(ExperimentError) {
    guard let environment else { return }
    let words = FilmWords(episode, views, actionSpace: environment.lanes.actionSpace)
    let repeated = RepeatedEpisode(episode, in: environment)
    try repeated.play { t throws(ExperimentError) in
      guard !isInterrupted() else { throw .interrupted }
      try file?.add(lane: episode.lane, hasOverlay ? words.json(at: t) : .null)
    }
  }

  /// Plays an episode again without filming it, to come to the one after it.
  package func pass(_ episode: PlayedEpisode, isInterrupted: () -> Bool) throws(ExperimentError) {
    guard let environment else { return }
    try RepeatedEpisode(episode, in: environment).play { _ throws(ExperimentError) in
      guard !isInterrupted() else { throw .interrupted }
    }
  }

  /// Moves a lane to an episode that it has not come to by playing.
  package func skip(to episode: PlayedEpisode) {
    guard let lanes = environment?.lanes else { return }
    var begun = lanes.episodesBegun
    begun[episode.lane] = episode.episode
    lanes.restore(episodesBegun: begun)
  }

  /// Ends the film and gives the file its name; nil for a window.
  ///
  /// - Throws: `ExperimentError` when the file cannot be written.
  public func finish() throws(ExperimentError) -> Numbers? { try file?.finish() }
}

extension Interpreter {
  /// Calls a function of filming.py.
  func film(_ function: String, _ arguments: [JSON]) throws(ExperimentError) -> String {
    let text = JSON.text(JSON.array(arguments).line).line
    do {
      return try run(
        "import _ascent_filming as own, json; result = own.\(function)(*json.loads(\(text)))")
    } catch {
      throw ExperimentError(error)
    }
  }
}
