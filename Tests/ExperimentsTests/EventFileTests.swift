import AscentPolicyGradients
import Foundation
import Testing

@testable import AscentExperiments

/// Event files of TensorBoard; `make desk` reads them with TensorBoard itself.
@Suite struct `An event file` {
  /// RFC 3720, appendix B.4, and the check value of the CRC catalogue.
  @Test func `has checksums of Castagnoli`() {
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
    #expect(CRC32C.masked(Array("123456789".utf8)) == 0xC78A_B0E5)
  }

  private func record(_ step: Int) -> [UInt8] {
    EventRecord.numbers([("a", Double(step)), ("b", .nan)], at: 5, step: step)
  }

  @Test func `is cut after the records of a step`() {
    let records = [0, 128, 300, 70_000, 1 << 40].map(record)
    let bytes = EventRecord.version(at: 1) + records.joined()
    let sizes = [EventRecord.version(at: 1).count] + records.map(\.count)
    let ends = sizes.indices.map { sizes[...$0].reduce(0, +) }
    #expect(EventRecord.end(ofStepsUpTo: 1 << 41, in: bytes) == bytes.count)
    #expect(EventRecord.end(ofStepsUpTo: 300, in: bytes) == ends[3])
    #expect(EventRecord.end(ofStepsUpTo: 299, in: bytes) == ends[2])
    #expect(EventRecord.end(ofStepsUpTo: 0, in: bytes) == ends[1])
    // A record that a crash cut short, and one with a wrong bit.
    for length in ends[4] - sizes[4] + 1..<ends[4] {
      #expect(EventRecord.end(ofStepsUpTo: 1 << 41, in: Array(bytes[..<length])) == ends[3])
    }
    for bit in 0..<8 * sizes[2] {
      var damaged = bytes
      damaged[ends[1] + bit / 8] ^= 1 << (bit % 8)
      #expect(EventRecord.end(ofStepsUpTo: 1 << 41, in: damaged) == ends[1])
    }
    #expect(EventRecord.end(ofStepsUpTo: 9, in: []) == 0)
  }

  @Test func `has one record for each iteration of a run, resumed or not`() throws {
    let path = FileManager.default.temporaryDirectory.path + "/ascent-events-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = RunFolder(path)
    _ = try folder.make()
    var log = EventLog(in: folder)
    try log.begin(after: 0, isWritten: true)
    for step in [64, 128, 192] { try log.append([("a", 1)], step: step) }
    var resumed = EventLog(in: folder)
    try resumed.begin(after: 128, isWritten: true)
    try resumed.append([("a", 1)], step: 192)
    #expect(folder.eventFiles == ["events.out.tfevents.000001", "events.out.tfevents.000002"])
    let first = try AtomicFile.read(path + "/events.out.tfevents.000001")
    #expect(
      first.count == EventRecord.version(at: 0).count + 2
        * EventRecord.numbers([("a", 1)], at: 0, step: 128).count - 1)
    // Nothing is left of the rest of a run that goes on without them.
    var none = EventLog(in: folder)
    try none.begin(after: 64, isWritten: false)
    #expect(folder.eventFiles.count == 2)
    #expect(
      try AtomicFile.read(path + "/events.out.tfevents.000002").count == EventRecord.version(at: 0).count)
  }

  @Test func `names each column of metrics once`() {
    let names = MetricsTag.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in [
      "rollout/ep_rew_mean", "rollout/ep_len_mean", "time/fps", "train/approx_kl", "train/clip_fraction",
      "train/entropy_loss", "train/explained_variance", "train/learning_rate", "train/value_loss",
      "ascent/standard_error", "ascent/gradient_norm", "ascent/signal_to_noise",
      "ascent/effective_sample_size",
    ] { #expect(names.contains(name), "\(name)") }
  }
}
