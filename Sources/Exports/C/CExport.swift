public import AscentExperiments
internal import AscentPolicies
internal import AscentRegistries

extension ExportFormat {
  /// A C99 source file and its header.
  public static let c = ExportFormat(
    "c", help: "C99 without libraries or allocation: FILE.c and FILE.h, with the bits of Ascent's actions",
    options: [.name]
  ) { request throws(ExperimentError) in
    guard request.out.hasSuffix(".c"), !request.out.hasSuffix("/.c") else {
      throw .usage(
        "--format c writes a file that ends in .c, and a header beside it; --out is \(request.out)")
    }
    let header = request.out.dropLast(2) + ".h"
    let files = try CFiles(
      ExportedPolicy(request), name: request.name,
      header: String(header.split(separator: "/").last ?? header))
    return try ExportedFiles([
      (request.out, Array(files.source.utf8)), (String(header), Array(files.header.utf8)),
    ]).write()
  }
}

/// The two files of a policy in C.
public struct CFiles {
  /// The source file.
  public let source: String
  /// The header.
  public let header: String

  /// Writes a policy.
  ///
  /// - Parameters:
  ///   - policy: the policy.
  ///   - name: the beginning of the names that other files see, such as `policy` for `policy_act`.
  ///   - header: the name of the header.
  /// - Throws: `ExperimentError/usage(_:)` if the name is no identifier of C that a program may use, or the header's name
  ///   cannot be included.
  public init(_ policy: ExportedPolicy, name: String, header: String) throws(ExperimentError) {
    let isName = name.utf8.allSatisfy {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 || $0 == UInt8(ascii: "_")
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
    }
    guard isName, let first = name.first, !first.isNumber, first != "_" else {
      throw .usage(
        "--name must be an identifier of C, such as policy, that does not begin with _; it is '\(name)'")
    }
    guard header.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 && $0 != "\"" && $0 != "\\" })
    else {
      throw .usage(
        "an #include cannot name the header \(header.inOneLine): choose an --out without quotes, backslashes and control "
          + "characters")
    }
    let (program, graph) = (CProgram(policy), policy.graph)
    let signature =
      "void \(name)_act(const float *observation, \(graph.maskSize > 0 ? "const float *mask, " : "")float *state, "
      + "float *action)"
    self.header = Self.header(policy, program, name, signature, in: header)
    source = Self.source(policy, program, header, signature)
  }

  private static func comment(_ lines: [String]) -> String {
    // No text of an environment ends the comment, or begins another one.
    let texts = lines.map { $0.inOneLine.replacing("*/", with: "* /").replacing("/*", with: "/ *") }
    return "/* " + texts.joined(separator: "\n").replacing("\n", with: "\n * ") + " */\n"
  }

  private static func header(
    _ policy: ExportedPolicy, _ program: CProgram, _ name: String, _ signature: String, in header: String
  ) -> String {
    let graph = policy.graph
    // Two headers of one program may differ in the name of the file, in that of the functions, or in the case of letters.
    let file = header.utf8.map { byte in
      let text = String(UnicodeScalar(byte))
      return byte < 128 && (text.first?.isLetter ?? false || text.first?.isNumber ?? false)
        ? text : "_" + String(byte, radix: 16)
    }.joined()
    let guardName = "ASCENT_\(file)_\(name)_H"
    let sizes = [
      ("observation", graph.featureSize), ("mask", graph.maskSize), ("state", graph.stateSize),
      ("action", graph.actionSize),
    ]
    let bytes = 4 * program.locals.reduce(0) { $0 + $1.count }
    return comment(
      ["A policy that Ascent exported."] + policy.records.map { "\($0.key): \($0.value)" }
        + ["", "Numbers of an observation:"] + policy.observationLines.map { "  " + $0 }
        + ["Values of an action:"] + policy.actionLines.map { "  " + $0 })
        + """

        #ifndef \(guardName)
        #define \(guardName)

        #ifdef __cplusplus
        extern "C" {
        #endif

        enum {
        \(sizes.map { "  \(name)_\($0.0)_size = \($0.1)," }.joined(separator: "\n"))
        };

        /* Computes the most probable action, as the environment receives it, with the bits of Ascent's own.
         *
         * state: \(graph.stateSize > 0
        ? "zeros before the first observation of an episode, and then left as it is" : "not used; NULL is allowed")\
        \(graph.maskSize > 0 ? "\n * mask: 1 for each choice that is allowed, 0 for the others" : "")
         *
         * It allocates nothing, calls no library, and uses some \(bytes) bytes of the stack. */
        \(signature);

        #ifdef __cplusplus
        }
        #endif

        #endif

        """
  }

  private static func source(
    _ policy: ExportedPolicy, _ program: CProgram, _ header: String, _ signature: String
  ) -> String {
    let locals = program.locals.map { "  float \($0.name)[\($0.count)];" }
    let unused = policy.graph.stateSize > 0 ? [] : ["  (void)state;"]
    return comment(
      ["A policy that Ascent exported, in C99."] + policy.records.map { "\($0.key): \($0.value)" } + [
        "",
        "Its actions have the bits of Ascent's own: each sum is one chain in a fixed order, and each function a fixed list",
        "of operations. Operations must not be contracted or reordered: -ffast-math is refused below, and the pragmas turn",
        "off the contraction of products and sums; for a compiler other than gcc and clang, see its option for that.",
      ])
        + """

        #include "\(header)"

        #include <float.h>
        #include <stddef.h>
        #include <stdint.h>

        #if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
        #error "compile this file without -ffast-math and its parts: they reorder sums"
        #endif
        #if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ > 0
        #error "compile this file without -ffinite-math-only: some of its numbers are infinite"
        #endif
        #if FLT_EVAL_METHOD != 0
        #error "a float must be computed as a float: on x86 use -msse2 -mfpmath=sse"
        #endif
        typedef char policy_needs_constants_of_doubles[sizeof(1.1) == sizeof(double) ? 1 : -1];
        #if defined(__clang__)
        #if __clang_major__ >= 12 && (defined(__x86_64__) || defined(__aarch64__))
        #pragma float_control(precise, on)
        #endif
        #pragma STDC FP_CONTRACT OFF
        #elif defined(__GNUC__)
        #pragma GCC optimize("fp-contract=off")
        #endif

        \(CSections.text(program.sections))
        \(program.arrays)
        \(signature) {
        \((locals + unused + program.statements.map { "  " + $0 }).joined(separator: "\n"))
        }

        """
  }
}
