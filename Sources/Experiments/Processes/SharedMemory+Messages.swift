internal import PolicyGradients

// What process 0 tells the others before and while a run is made.
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

  /// Tells the other processes where the run begins or goes on, and waits until they are there.
  func send(_ checkpoint: String?, faultFile: String) throws(ExperimentError) {
    send(checkpoint ?? "")
    send(faultFile)
    meet()
    if let failure { throw .learner(.collective(failure)) }
  }

  /// A question that is asked before each step, whether to stop.
  ///
  /// Asking says that this process lives; a process that is told to stop tells the others.
  func passingOn(_ isInterrupted: @escaping () -> Bool) -> () -> Bool {
    isInterruptedWhileWaiting = isInterrupted
    return { [unowned self] in
      beat()
      if isInterrupted() { interrupt() }
      return self.isInterrupted
    }
  }
}
