import AscentEnvironments
import AscentPythonEnvironments
import AscentTestSupport
private import Glibc
import Testing

/// Folders that look like virtual environments; what they say is all that is read.
private struct Sandbox: ~Copyable {
  let path: String

  init() {
    var template = Array("/tmp/ascent-test-XXXXXX".utf8CString)
    path = unsafe mkdtemp(&template).map { unsafe String(cString: $0) } ?? ""
  }

  func environment(_ name: String, settings: String) -> String {
    let folder = "\(path)/\(name)"
    for part in [folder, folder + "/bin"] { unsafe mkdir(part, 0o755) }
    let python = folder + "/bin/python"
    unsafe symlink("/bin/sh", python)
    guard let file = unsafe fopen(folder + "/pyvenv.cfg", "w") else { return folder }
    unsafe fputs(settings, file)
    unsafe fclose(file)
    return folder
  }

  deinit {
    guard path.hasPrefix("/tmp/ascent-test-") else { return }
    for name in ["a", "b", "c", "other", "build"] {
      for entry in ["/bin/python", "/pyvenv.cfg"] { unsafe unlink("\(path)/\(name)\(entry)") }
      for folder in ["/bin", ""] { unsafe rmdir("\(path)/\(name)\(folder)") }
    }
    unsafe rmdir(path)
  }
}

@Suite struct `The Python` {
  private var minor: String {
    PythonInstallation.linkedVersion.split(separator: ".").prefix(2).joined(separator: ".")
  }

  private func locate(
    _ explicit: String? = nil, _ environment: [String: String] = [:], _ folders: [String] = []
  ) throws -> PythonInstallation {
    try PythonInstallation.locate(explicit: explicit, environment: environment, folders: folders)
  }

  @Test func `is the one that is named first`() throws {
    let sandbox = Sandbox()
    let settings = "home = /usr/bin\nversion = \(PythonInstallation.linkedVersion)\n"
    let (a, b, c) = (
      sandbox.environment("a", settings: settings), sandbox.environment("b", settings: settings),
      sandbox.environment("c", settings: settings)
    )
    let variables = ["VIRTUAL_ENV": b, "CONDA_PREFIX": c]
    #expect(try locate(a, variables).executable == a + "/bin/python")
    #expect(try locate(a + "/bin/python", variables).executable == a + "/bin/python")
    #expect(try locate(nil, variables).executable == b + "/bin/python")
    #expect(try locate(nil, ["CONDA_PREFIX": c]).executable == c + "/bin/python")
    let project = try locate(nil, [:], ["/nosuch", TestPython.projectFolder])
    #expect(project.executable == TestPython.projectFolder + "/.venv/bin/python")
    #expect(project.siteFolder == nil)
  }

  @Test func `of another minor version is refused with both versions and what to do`() {
    let sandbox = Sandbox()
    let other = sandbox.environment("other", settings: "home = /usr/bin\nversion = 3.99.1\n")
    let error = #expect(throws: PythonError.self) { try locate(other) }
    #expect(error?.kind == .version)
    for text in [
      "3.99.1", PythonInstallation.linkedVersion, "python\(minor) -m venv", "make build PYTHON=\(other)",
    ] {
      #expect(error?.message.contains(text) ?? false)
    }
  }

  @Test func `of another build of the same minor version lends its packages`() throws {
    let sandbox = Sandbox()
    let other = sandbox.environment("build", settings: "home = /opt/else/bin\nversion_info = \(minor).99\n")
    let installation = try locate(other)
    #expect(installation.siteFolder == "\(other)/lib/python\(minor)/site-packages")
    #expect(installation.executable != other + "/bin/python")
  }

  @Test func `that is none, or nowhere, is refused`() {
    #expect(throws: PythonError.self) { try locate("/nosuch/python") }
    #expect(throws: PythonError.self) { try locate("/tmp") }
    #expect(throws: PythonError.self) { try locate("/bin/sh") }
    let error = #expect(throws: PythonError.self) { try locate(nil, [:], ["/nosuch"]) }
    #expect(error?.message.contains("python\(minor) -m venv .venv") ?? false)
  }

  @Test func `runs once in a process`() throws {
    let interpreter = try TestPython.interpreter()
    #expect(try Interpreter.start(interpreter.installation) === interpreter)
    #expect(throws: PythonError.self) { try Interpreter.start(locate("/usr/bin/python\(minor)")) }
    #expect(interpreter.report.version == PythonInstallation.linkedVersion)
    #expect(interpreter.report.gymnasiumVersion != nil)
    #expect(interpreter.packageVersion("nosuchpackage") == nil)
    #expect(try interpreter.environmentIdentifiers().contains("CartPole-v1"))
  }

  /// A sum that is shared out to threads has other last bits with other cores.
  @Test func `computes on one thread, unless the variables say otherwise`() throws {
    let names = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
    let said = names.map { unsafe getenv($0).map { unsafe String(cString: $0) } ?? "1" }
    let found = try TestPython.interpreter().run("import os; result = [os.environ.get(n) for n in \(names)]")
    #expect(found == "['" + said.joined(separator: "', '") + "']")
  }

  @Test func `hashes texts the same in every process`() throws {
    let here = try TestPython.interpreter().run("result = hash('ascent')")
    let elsewhere = try TestPython.interpreter().run(
      """
      import subprocess, sys, os
      result = subprocess.run([sys.executable, "-c", "print(hash('ascent'))"], capture_output=True, text=True,
                              env={**os.environ, "PYTHONHASHSEED": "0"}).stdout.strip()
      """)
    #expect(here == elsewhere)
  }

  /// Four threads step four environments: each result is what it is alone.
  @Test func `serves threads one after the other`() async throws {
    func play(_ seed: UInt64) throws -> [Float] {
      let environment = try open("CartPole-v1")
      var o = Array(repeating: Float(0), count: 4)
      var seen: [Float] = []
      for episode in 0..<UInt32(20) {
        try environment.reset(key(seed, episode: episode), into: &o)
        for _ in 0..<8 {
          _ = try environment.step(([1] as [Float]).span, into: &o)
          seen += o
        }
      }
      return seen
    }
    let alone = try (0..<UInt64(4)).map { try play($0) }
    let together = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
      for seed in 0..<4 { group.addTask { (seed, try play(UInt64(seed))) } }
      var all: [[Float]] = Array(repeating: [], count: 4)
      for try await (seed, seen) in group { all[seed] = seen }
      return all
    }
    #expect(together == alone)
  }

  /// The release build has the modules' code (Scripts/compile-embedded.py); that of other files or another Python is not
  /// used.
  @Test func `uses compiled code only of its own files`() throws {
    let answer = try TestPython.interpreter().run(
      """
      import importlib.util, marshal, sys, zlib
      import _ascent_embedded as embedded
      def imported(name, checked, version):
          source = b"x = 'source'"
          code = marshal.dumps({name: marshal.dumps(compile("x = 'code'", name, "exec"))})
          key = version + zlib.crc32(checked).to_bytes(4, "little")
          embedded.install({name: source}, key + code)
          try:
              return importlib.import_module(name).x
          finally:
              del sys.meta_path[0]
      own = importlib.util.MAGIC_NUMBER
      result = " ".join([
          imported("_ascent_probe_a", b"x = 'source'", own), imported("_ascent_probe_b", b"x = 'older'", own),
          imported("_ascent_probe_c", b"x = 'source'", bytes(4)),
      ])
      """)
    #expect(answer == "code source source")
  }
}
