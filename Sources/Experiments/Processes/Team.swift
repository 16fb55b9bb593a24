internal import AscentPolicyGradients

/// The processes of a run, and the requests that they pass on beside their data.
///
/// A failure of one process becomes the ``AscentPolicyGradients/Collective/failure`` of all at their next meeting. An
/// interrupt is weaker: a request that each process checks, and that ends no meeting.
protocol Team: Collective {
  /// True if the processes may be on several machines, which must be compared.
  var spansMachines: Bool { get }
  /// Called every 50 ms while this process waits; when it returns true, ``interrupt()`` follows.
  var isInterruptedWhileWaiting: () -> Bool { get set }
  /// True if some process called ``interrupt()``: every process stops at the end of its iteration.
  var isInterrupted: Bool { get }

  /// The meetings of this process so far, and the bytes that it has received from others.
  var traffic: Traffic { get }

  /// The rank to which a process belongs.
  func machine(of process: Int) -> Int
  /// Shows the other processes that this one is alive.
  func beat()
  /// Requests that all processes stop and save their work.
  func interrupt()
  /// Ends the run: every process gets the exit code and the reason as its failure. Only the first call of all counts.
  func end(code: Int32, _ reason: String)
  /// Called in a process other than 0: shows that this one has made its share, and has still to close its environments.
  func beginLeaving()
  /// Leaves a notice for process 0.
  func leave(_ notice: String)
  /// Returns the notices that processes have left since the last call; called in process 0.
  func notices() -> [String]
}

extension Team {
  /// Tells all processes some bytes, and returns what each of them tells; all must call it.
  func gather(_ own: [UInt8]) -> [[UInt8]] {
    write([own.count])
    write(own)
    meet()
    return (0..<count).map { $0 == rank ? own : receive(from: $0) }
  }

  /// Reads a number of bytes, and then the bytes; none after a failure.
  func receive(from process: Int) -> [UInt8] {
    var size = [0]
    read(from: process, into: &size)
    var bytes = Array(repeating: UInt8(0), count: size[0])
    read(from: process, into: &bytes)
    return bytes
  }
}

// Messages from process 0 to the other processes, before and during a run.
extension Team {
  /// Sends bytes from process 0 to the others.
  func send(_ bytes: [UInt8]) {
    write([bytes.count])
    write(bytes)
    meet()
  }

  /// Receives bytes from process 0; none after a failure.
  func receive() -> [UInt8] {
    meet()
    return receive(from: 0)
  }

  /// Sends a text from process 0 to the others.
  func send(_ text: String) { send(Array(text.utf8)) }

  /// Receives a text from process 0; empty after a failure.
  func receiveText() -> String { String(decoding: receive(), as: UTF8.self) }

  /// Sends the other processes the checkpoint to restore, or the initial policy, by their bytes, since the run's folder may
  /// be on another machine; waits until all have restored it.
  ///
  /// - Parameters:
  ///   - checkpoint: the file of the checkpoint; nil for the beginning of the run.
  ///   - beginning: the file of the initial policy; nil for that of the seed.
  ///   - faultFile: the path for the record of a fault.
  /// - Throws: ``ExperimentError`` if a file cannot be read, or if a process has failed.
  func send(_ checkpoint: String?, beginning: String?, faultFile: String) throws(ExperimentError) {
    send(try checkpoint.map { path throws(ExperimentError) in try Safetensors.bytes(of: path) } ?? [])
    send(try beginning.map { path throws(ExperimentError) in try Safetensors.bytes(of: path) } ?? [])
    send(faultFile)
    meet()
    if let failure { throw .learner(.collective(failure)) }
  }

  /// Waits for the end of the run, which rank 0 tells; other machines know it from nobody else.
  func awaitEnd() {
    while failure == nil { meet() }
  }

  /// Returns a closure to call before each step; it returns true when the run must stop.
  ///
  /// Each call also shows the other processes that this one is alive. When `isInterrupted` returns true, all processes
  /// stop.
  func passingOn(_ isInterrupted: @escaping () -> Bool) -> () -> Bool {
    isInterruptedWhileWaiting = isInterrupted
    return { [unowned self] in
      beat()
      if isInterrupted() { interrupt() }
      return self.isInterrupted
    }
  }
}

/// What a process exchanges with the others of a run.
public struct Traffic: Sendable, Equatable {
  /// The number of meetings.
  public var meetings = 0
  /// The bytes that others sent, and this process received.
  public var bytesReceived = 0

  /// What has come since an earlier state.
  func since(_ before: Traffic) -> Traffic {
    Traffic(meetings: meetings - before.meetings, bytesReceived: bytesReceived - before.bytesReceived)
  }
}
