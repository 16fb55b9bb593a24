import AscentExperiments
import AscentPolicies
import Testing

@testable import AscentExports

/// Policies in C, compiled and compared with the library's own actions.
struct CExportTests {
  @Test(arguments: ExportCase.all)
  func `a policy in C has the bits of the library`(_ one: ExportCase) throws {
    let (rows, answers) = try one.reference()
    let compiled = try CompiledPolicy(one.exported())
    // A case in which all actions are equal would compare nothing.
    let policy = try one.policy
    let width = policy.actionSize + policy.actorStateSize
    #expect(Set(stride(from: 0, to: answers.count, by: width).map { answers[$0] }).count > 1)
    for toolchain in CompiledPolicy.toolchains {
      let found = try compiled.answers(toolchain, rows: rows)
      #expect(found.count == answers.count)
      let different = zip(found, answers).enumerated().filter { $1.0.bitPattern != $1.1.bitPattern }
      let first = different.first.map {
        "number \($0.offset % width) of row \($0.offset / width): \($0.element)"
      }
      #expect(different.isEmpty, "\(toolchain.name): \(different.count) differ, first \(first ?? "")")
    }
  }

  @Test(arguments: ["gcc", "clang"])
  func `its fused multiply-add is that of the C library`(_ compiler: String) throws {
    let toolchain = CompiledPolicy.Toolchain(name: compiler, compiler: compiler, options: ["-O2"])
    let (code, output) = try CompiledPolicy.runFused(toolchain, CSections.text(["fused"]))
    #expect(code == 0, "\(output)")
    #expect(output.contains("8000000 tested, 0 different"), "\(output)")
  }

  @Test(arguments: [
    ("gcc", "-ffast-math"), ("clang", "-ffast-math"), ("gcc", "-funsafe-math-optimizations"),
    ("gcc", "-freciprocal-math"), ("gcc", "-ffinite-math-only"), ("clang", "-ffinite-math-only"),
    ("gcc", "-fsingle-precision-constant"),
  ])
  func `an option that would change bits is refused`(_ compiler: String, _ option: String) throws {
    let compiled = try CompiledPolicy(try #require(ExportCase.all.first).exported())
    let toolchain = CompiledPolicy.Toolchain(name: option, compiler: compiler, options: ["-O2", option])
    #expect(throws: CompiledPolicy.Failure.self) { try compiled.answers(toolchain, rows: []) }
  }

  @Test func `headers of one program have guards of their own`() throws {
    let policy = try #require(ExportCase.all.first).exported()
    let guards = try [("pole", "a.h"), ("Pole", "a.h"), ("pole", "b.h"), ("pole", "A.h")].map { name, file in
      try #require(
        CFiles(policy, name: name, header: file).header.split(separator: "\n").first {
          $0.hasPrefix("#ifndef ASCENT_")
        })
    }
    #expect(Set(guards).count == guards.count)
  }

  @Test(arguments: ["", "1st", "a-b", "höhe", "_policy"])
  func `a name that is no identifier is refused`(_ name: String) throws {
    let policy = try #require(ExportCase.all.first).exported()
    #expect(throws: ExperimentError.self) { try CFiles(policy, name: name, header: "policy.h") }
  }
}
