internal import AscentPolicyGradients

// Messages from process 0 to the other processes, before and during a run.
extension SharedMemory {
  /// Sends a text from process 0 to the others.
  func send(_ text: String) {
    let bytes = Array(text.utf8)
    write([bytes.count])
    write(bytes)
    meet()
  }

  /// Receives a text from process 0; empty after a failure.
  func receive() -> String {
    meet()
    var count = [0]
    read(from: 0, into: &count)
    var bytes = Array(repeating: UInt8(0), count: count[0])
    read(from: 0, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Sends the other processes the checkpoint to restore (nil: the beginning of the run), the initial policy (nil: that of
  /// the seed) and the path for the record of a fault; waits until all have restored it.
  func send(_ checkpoint: String?, beginning: String?, faultFile: String) throws(ExperimentError) {
    send(checkpoint ?? "")
    send(beginning ?? "")
    send(faultFile)
    meet()
    if let failure { throw .learner(.collective(failure)) }
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
