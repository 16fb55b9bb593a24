import Foundation

@testable import AscentPolicyGradients

/// One of several threads that are the processes of a run; it keeps what `Collective` itself implements.
final class ThreadTeam: Collective {
  let rank: Int
  var count: Int { hall.count }
  /// That another thread has thrown an error, which ends its body.
  private(set) var failure: CollectiveFailure?

  private let hall: Hall
  private var outbox: [UInt8] = []
  private var inboxes: [[UInt8]] = []
  private var next: [Int] = []

  private init(_ rank: Int, in hall: Hall) { (self.rank, self.hall) = (rank, hall) }

  /// Runs the body in so many threads, and returns the results in the order of their ranks.
  static func run<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (ThreadTeam) throws -> Value
  ) throws -> [Value] {
    let hall = Hall(count)
    let results = Results<Value>(count)
    for rank in 0..<count {
      let thread = Thread {
        let result = Result<Value, any Error> { try body(ThreadTeam(rank, in: hall)) }
        if case .failure = result { hall.fail() }
        results.put(result, rank)
      }
      thread.stackSize = 8 << 20
      thread.start()
    }
    return try results.all().map { try $0.get() }
  }

  func write<Number: BitwiseCopyable>(_ numbers: [Number]) {
    unsafe numbers.withUnsafeBytes { unsafe outbox.append(contentsOf: $0) }
  }

  func meet() {
    guard failure == nil, let arrived = hall.meet(rank, outbox) else {
      failure = CollectiveFailure(code: 1, description: "another thread has failed")
      return
    }
    inboxes = arrived
    (outbox, next) = ([], Array(repeating: 0, count: count))
  }

  func read<Number: BitwiseCopyable>(from rank: Int, into numbers: inout [Number]) {
    guard failure == nil else { return }
    unsafe numbers.withUnsafeMutableBytes { target in
      precondition(next[rank] + target.count <= inboxes[rank].count, "more is read than was written")
      for k in target.indices { unsafe target[k] = inboxes[rank][next[rank] + k] }
      next[rank] += target.count
    }
  }
}

/// Where the threads meet.
private final class Hall: @unchecked Sendable {
  let count: Int
  private let condition = NSCondition()
  private var boxes: [[UInt8]]
  private var delivered: [[UInt8]] = []
  private var (arrived, meeting) = (0, 0)
  private var hasFailed = false

  init(_ count: Int) {
    self.count = count
    boxes = Array(repeating: [], count: count)
  }

  /// Wakes all who wait, and lets no more wait.
  func fail() {
    condition.lock()
    hasFailed = true
    condition.broadcast()
    condition.unlock()
  }

  /// What all have brought; nil once one has failed.
  func meet(_ rank: Int, _ bytes: [UInt8]) -> [[UInt8]]? {
    condition.lock()
    defer { condition.unlock() }
    boxes[rank] = bytes
    arrived += 1
    guard arrived < count else {
      (delivered, arrived, meeting) = (boxes, 0, meeting + 1)
      condition.broadcast()
      return delivered
    }
    let own = meeting
    while meeting == own, !hasFailed { condition.wait() }
    return hasFailed ? nil : delivered
  }
}

/// The results of the threads.
private final class Results<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var found: [Result<Value, any Error>?]

  init(_ count: Int) { found = Array(repeating: nil, count: count) }

  func put(_ result: Result<Value, any Error>, _ rank: Int) {
    condition.lock()
    found[rank] = result
    condition.signal()
    condition.unlock()
  }

  func all() -> [Result<Value, any Error>] {
    condition.lock()
    defer { condition.unlock() }
    while found.contains(where: { $0 == nil }) { condition.wait() }
    return found.compactMap { $0 }
  }
}
