import AscentExperiments
import AscentExports
import AscentTestSupport
import Foundation

/// A folder with the C files of a policy, compiled with several compilers.
final class CompiledPolicy {
  /// A way to make a program: a compiler with its options, and what runs the program, if it is for another processor.
  struct Toolchain: Sendable {
    let name: String
    let compiler: String
    let options: [String]
    var runner: [String] = []

    /// True if the compiler and the runner are installed.
    var isInstalled: Bool { ([compiler] + runner.prefix(1)).allSatisfy { Self.path(of: $0) != nil } }

    static func path(of tool: String) -> String? {
      let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      return folders.map { "\($0)/\(tool)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
  }

  /// The compilers that must be there, and those of other processors, which `make exports` installs.
  static let toolchains: [Toolchain] = {
    let options = [
      ("gcc", ["-O0"]), ("gcc", ["-O3"]), ("gcc", ["-O3", "-march=native"]), ("clang", ["-O0"]),
      ("clang", ["-O3"]), ("clang", ["-O3", "-funsafe-math-optimizations", "-ffp-contract=fast"]),
    ]
    let native = options.map { compiler, options in
      Toolchain(
        name: ([compiler] + options).joined(separator: " "), compiler: compiler, options: options)
    }
    let arm = Toolchain(
      name: "gcc for 32-bit ARM", compiler: "arm-linux-gnueabihf-gcc", options: ["-O2", "-static"],
      runner: ["qemu-arm"])
    return native + (arm.isInstalled ? [arm] : [])
  }()

  let folder = FileManager.default.temporaryDirectory.path + "/ascent-export-" + UUID().uuidString

  private let isMasked: Bool

  /// Writes the files of a policy.
  init(_ policy: ExportedPolicy) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let files = try CFiles(policy, name: "policy", header: "policy.h")
    try files.source.write(toFile: folder + "/policy.c", atomically: true, encoding: .utf8)
    try files.header.write(toFile: folder + "/policy.h", atomically: true, encoding: .utf8)
    isMasked = policy.description.maskSize > 0
  }

  /// Compiles Tests/Exports/main.c with the policy, without a library of mathematics and with warnings as errors, and
  /// gives it rows.
  func answers(_ toolchain: Toolchain, rows: [Float]) throws -> [Float] {
    let program = folder + "/program"
    let strict = [
      "-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Wsign-conversion", "-pedantic", "-Werror",
    ]
    let main = TestPython.projectFolder + "/Tests/Exports/main.c"
    let sources = (isMasked ? ["-DMASKED"] : []) + ["-I\(folder)", folder + "/policy.c", main]
    let (status, messages) = try run(
      [toolchain.compiler] + strict + toolchain.options + ["-o", program] + sources, input: Data())
    guard status == 0 else { throw Failure(text: String(decoding: messages, as: UTF8.self)) }
    let (code, output) = try run(
      toolchain.runner + [program], input: unsafe rows.withUnsafeBytes { unsafe Data($0) })
    guard code == 0 else { throw Failure(text: "\(toolchain.name): the program ended with code \(code)") }
    return unsafe output.withUnsafeBytes { unsafe Array($0.bindMemory(to: Float.self)) }
  }

  struct Failure: Error {
    let text: String
  }

  /// Compiles Tests/Exports/fused.c with a text that has the function, and runs it.
  static func runFused(_ toolchain: Toolchain, _ text: String) throws -> (code: Int32, output: String) {
    let folder = FileManager.default.temporaryDirectory.path + "/ascent-fused-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text.write(toFile: folder + "/fused.h", atomically: true, encoding: .utf8)
    let source = TestPython.projectFolder + "/Tests/Exports/fused.c"
    let program = folder + "/fused"
    let compiled = try run(
      [toolchain.compiler, "-std=c99", "-I\(folder)", "-o", program, source, "-lm"] + toolchain.options,
      in: folder)
    guard compiled.0 == 0 else { throw Failure(text: String(decoding: compiled.1, as: UTF8.self)) }
    let (code, output) = try run([program], in: folder)
    return (code, String(decoding: output, as: UTF8.self))
  }

  private func run(_ command: [String], input: Data) throws -> (Int32, Data) {
    try Self.run(command, input: input, in: folder)
  }

  private static func run(
    _ command: [String], input: Data = Data(), in folder: String
  ) throws -> (Int32, Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Toolchain.path(of: command[0]) ?? command[0])
    process.arguments = Array(command.dropFirst())
    try input.write(to: URL(fileURLWithPath: folder + "/input"))
    let output = Pipe()
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder + "/input"))
    (process.standardOutput, process.standardError) = (output, output)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, data)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
