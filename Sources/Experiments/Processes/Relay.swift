internal import AscentPolicyGradients

/// A worker of a run of several ranks: it meets with the processes of its rank in shared memory, and the first of them
/// passes on what those of the other ranks have written.
final class Relay: Team {
  let rank: Int
  let count: Int
  private let memory: SharedMemory
  private var outbox = Outbox()
  private var mail = Mail()
  /// A fault in what arrived; all others are those of the memory.
  private var torn: CollectiveFailure?

  let spansMachines = true

  /// Makes the process of this number among all of the run.
  init(_ memory: SharedMemory, process: Int, of count: Int) {
    (self.memory, rank, self.count) = (memory, process, count)
  }

  var traffic: Traffic { memory.traffic }

  func machine(of process: Int) -> Int { process / memory.count }

  var failure: CollectiveFailure? { torn ?? memory.failure }
  var isInterruptedWhileWaiting: () -> Bool {
    get { memory.isInterruptedWhileWaiting }
    set { memory.isInterruptedWhileWaiting = newValue }
  }
  var isInterrupted: Bool { memory.isInterrupted }

  func beat() { memory.beat() }
  func interrupt() { memory.interrupt() }
  func end(code: Int32, _ reason: String) { memory.end(code: code, reason) }
  func beginLeaving() { memory.beginLeaving() }
  func leave(_ notice: String) { memory.leave(notice) }
  func notices() -> [String] { [] }

  func write<Number: BitwiseCopyable>(_ numbers: [Number]) { outbox.write(numbers) }

  func meet() {
    memory.write([outbox.bytes.count])
    memory.write(outbox.bytes)
    memory.meet()
    outbox.empty()
    // The first process of the rank meets with those of the others now.
    memory.meet()
    guard failure == nil else { return }
    var (starts, sizes) = (Array(repeating: 0, count: count), Array(repeating: 0, count: count))
    memory.read(from: 0, into: &starts)
    memory.read(from: 0, into: &sizes)
    var size = [0]
    memory.read(from: 0, into: &size)
    var words = Array(repeating: UInt64(0), count: size[0])
    memory.read(from: 0, into: &words)
    mail = Mail(words, starts: starts, sizes: sizes)
  }

  func trade<Number: BitwiseCopyable>(_ parcels: [[Number]], into received: inout [[Number]]) {
    requireForAll(parcels.count, received.count)
    let offer = RankOffer(parcels, into: received, from: rank)
    offer.write(to: memory)
    memory.meet()
    // The first process of the rank trades with those of the others now.
    let nothing = Array(repeating: [UInt64](), count: memory.count)
    var words = nothing
    words[0] = Array(repeating: 0, count: offer.expected.reduce(0) { $0 + Mail.words(for: $1) })
    memory.trade(nothing, into: &words)
    guard failure == nil else { return }
    mail = Mail(words[0], sizes: offer.expected)
    for process in 0..<count where process != rank { read(from: process, into: &received[process]) }
  }

  func read<Number: BitwiseCopyable>(from process: Int, into numbers: inout [Number]) {
    guard failure == nil, !mail.read(from: process, into: &numbers) else { return }
    let failure = CollectiveFailure.short(process)
    torn = failure
    end(code: failure.code, failure.description)
  }
}

extension CollectiveFailure {
  /// A process sent less than others read.
  static func short(_ process: Int) -> CollectiveFailure {
    CollectiveFailure(
      code: ExitStatus.environmentFault.rawValue,
      description: "process \(process) sent less data than expected")
  }
}
