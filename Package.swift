// swift-tools-version: 6.2
import PackageDescription

// Workers, signals and the watch around Python are glibc's and the kernel's of Linux.
#if !os(Linux)
#error("Ascent runs on Linux only; in a container or a virtual machine of Debian, `make demo` builds it.")
#endif

// The MPI to build with, by its name for pkg-config, such as ompi-c or mpich. Without it there is not one file of MPI in
// the package: SwiftPM builds every target of a root package, and asks pkg-config for every system library.
let mpi = Context.environment["ASCENT_MPI"].flatMap { $0.isEmpty ? nil : $0 }

let package = Package(
  name: "ascent",
  products: [
    .library(name: "Ascent", targets: ["Ascent"]),
    .library(name: "AscentCore", targets: ["AscentCore"]),
    .library(name: "AscentExports", targets: ["AscentExports"]),
    .library(name: "AscentDesk", targets: ["AscentDesk"]),
    .library(name: "AscentCommand", targets: ["AscentCommand"]),
    .executable(name: "ascent", targets: ["AscentTool"]),
  ],
  traits: [
    .trait(
      name: "MPI",
      description: "The processes that mpirun starts make one run (needs ASCENT_MPI; see make mpi).")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // MARK: Floor 0: the C shims, and what they stand on
    .systemLibrary(
      name: "CAscentGSLFlags", path: "CShims/GSLFlags", pkgConfig: "gsl",
      providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(
      name: "CAscentPythonFlags", path: "CShims/PythonFlags", pkgConfig: "python3-embed",
      providers: [.apt(["python3-dev"])]),
    .target(
      name: "CAscentMath", path: "CShims/CMath", exclude: ["README.md", "musl/COPYRIGHT"],
      cSettings: [
        .headerSearchPath("house"), .headerSearchPath("musl"), .disableWarning("unused-but-set-variable"),
        .unsafeFlags(["-O2", "-ffp-contract=off", "-fno-math-errno"]),
      ]),
    .target(name: "CAscentGSL", dependencies: ["CAscentMath", "CAscentGSLFlags"], path: "CShims/CGSL"),
    .target(
      name: "CAscentPython", dependencies: ["CAscentPythonFlags"], path: "CShims/CPython",
      exclude: ["python"]),
    .target(
      name: "CAscentKernels", path: "CShims/CKernels",
      cSettings: [.unsafeFlags(["-O2", "-ffp-contract=off", "-fno-math-errno"])]),

    .target(name: "CAscentWorkers", path: "CShims/CWorkers"),
    .target(name: "CAscentDigest", path: "CShims/CDigest"),

    // MARK: Floor 1: what every room above may need
    .room("AscentMathematics", dependencies: ["CAscentMath"]),
    .room("AscentRegistries"),

    // MARK: Floor 2
    .room("AscentRandomness", dependencies: ["CAscentGSL", "AscentMathematics", "AscentRegistries"]),

    // MARK: Floor 3
    .room("AscentEnvironments", dependencies: ["AscentMathematics", "AscentRandomness", "AscentRegistries"]),
    .room(
      "AscentPolicies",
      dependencies: ["CAscentKernels", "AscentMathematics", "AscentRandomness", "AscentRegistries"]),

    // MARK: Floor 4
    .room(
      "AscentPythonEnvironments",
      dependencies: [
        "CAscentPython", "AscentEnvironments", "AscentMathematics", "AscentRandomness", "AscentRegistries",
      ]),
    .room(
      "AscentPolicyGradients",
      dependencies: [
        "AscentEnvironments", "AscentMathematics", "AscentPolicies", "AscentRandomness", "AscentRegistries",
      ]),

    // MARK: Floor 5
    .room(
      "AscentExperiments",
      dependencies: [
        "CAscentWorkers", "AscentEnvironments", "AscentMathematics", "AscentPolicies",
        "AscentPolicyGradients", "AscentRandomness", "AscentRegistries", "CAscentDigest",
      ] + (mpi == nil ? [] : [.target(name: "CAscentMPI", condition: .when(traits: ["MPI"]))]),
      resources: ["a2c", "ppo", "reinforce", "trpo"].map { .embedInCode("Configuration/Presets/\($0).toml") }),

    // MARK: Floor 6
    .room(
      "AscentHosting",
      dependencies: [
        "AscentEnvironments", "AscentExperiments", "AscentPythonEnvironments", "AscentRandomness",
      ]),
    .room(
      "AscentExports",
      dependencies: [
        "AscentEnvironments", "AscentExperiments", "AscentMathematics", "AscentPolicies", "AscentRegistries",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Generated/onnx.proto"],
      resources: ["C/arithmetic.txt", "C/elementary.txt", "Python/numpy_policy.py", "Python/torch_policy.py"]
        .map {
          .embedInCode($0)
        }),

    // MARK: Floor 7
    .target(
      name: "AscentCore",
      dependencies: [
        "AscentEnvironments", "AscentExperiments", "AscentMathematics", "AscentPolicies",
        "AscentPolicyGradients", "AscentRandomness", "AscentRegistries",
      ]),
    .room(
      "AscentDesk",
      dependencies: [
        "AscentEnvironments", "AscentExperiments", "AscentHosting", "AscentMathematics", "AscentPolicies",
        "AscentPolicyGradients", "AscentPythonEnvironments", "AscentRandomness", "AscentRegistries",
      ],
      resources: [.embedInCode("Plots/drawing.py"), .embedInCode("Reports/report.css")]),

    // MARK: Floor 8
    .target(
      name: "AscentCommand",
      dependencies: [
        "AscentDesk", "AscentEnvironments", "AscentExperiments", "AscentExports", "AscentHosting",
        "AscentPolicies",
        "AscentPolicyGradients", "AscentPythonEnvironments", "AscentRandomness", "AscentRegistries",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "Ascent", dependencies: ["AscentCore", "AscentHosting", "AscentPythonEnvironments"]),

    // MARK: Floor 9
    .executableTarget(name: "AscentTool", dependencies: ["AscentCommand"]),

    // MARK: Tests
    .target(
      name: "AscentTestSupport",
      dependencies: ["AscentEnvironments", "AscentPolicies", "AscentPythonEnvironments", "AscentRandomness"],
      path: "Tests/TestSupport"),
    // Calls of public functions with arguments that do not fit, for `make misuse`.
    .executableTarget(
      name: "AscentMisuse",
      dependencies: [
        "AscentEnvironments", "AscentMathematics", "AscentPolicies", "AscentPolicyGradients",
        "AscentRandomness",
        "AscentRegistries",
      ], path: "Tests/Misuse/Sources"),
    .testTarget(name: "MathematicsTests", dependencies: ["CAscentMath", "AscentMathematics"]),
    .testTarget(
      name: "RandomnessTests",
      dependencies: [
        "AscentRandomness", "AscentMathematics", "AscentPythonEnvironments", "CAscentGSL",
        "AscentTestSupport",
      ]),
    .testTarget(
      name: "EnvironmentsTests",
      dependencies: [
        "AscentEnvironments", "AscentPythonEnvironments", "AscentRandomness", "AscentRegistries",
        "AscentTestSupport",
      ]),
    .testTarget(
      name: "PoliciesTests",
      dependencies: [
        "CAscentKernels", "AscentMathematics", "AscentPolicies", "AscentRandomness", "AscentTestSupport",
      ]),
    .testTarget(
      name: "PythonEnvironmentsTests",
      dependencies: [
        "AscentPythonEnvironments", "AscentEnvironments", "AscentRandomness", "AscentTestSupport",
      ]),
    .testTarget(
      name: "PolicyGradientsTests",
      dependencies: [
        "AscentEnvironments", "AscentMathematics", "AscentPolicies", "AscentPolicyGradients",
        "AscentRandomness", "AscentRegistries",
        "AscentTestSupport",
      ]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "AscentEnvironments", "AscentExperiments", "AscentPolicies", "AscentPolicyGradients",
        "AscentRandomness", "AscentRegistries",
        "AscentTestSupport",
      ]),
    .testTarget(
      name: "ExportsTests",
      dependencies: [
        "AscentEnvironments", "AscentExperiments", "AscentExports", "AscentPolicies", "AscentPolicyGradients",
        "AscentRandomness", "AscentTestSupport", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(
      name: "DeskTests",
      dependencies: [
        "AscentDesk", "AscentExperiments", "AscentPolicies", "AscentPythonEnvironments",
        "AscentRandomness", "AscentTestSupport",
      ]),
    .testTarget(
      name: "AscentCommandTests",
      dependencies: ["AscentTool", "AscentPythonEnvironments", "AscentTestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

if let mpi {
  package.targets += [
    .systemLibrary(
      name: "CAscentMPIFlags", path: "CShims/MPIFlags", pkgConfig: mpi,
      providers: [.apt(["libopenmpi-dev"])]),
    .target(name: "CAscentMPI", dependencies: ["CAscentMPIFlags"], path: "CShims/CMPI"),
  ]
}

extension Target {
  /// A module of `Sources`: its name begins with `Ascent`, so that it is no client's, and its folder goes without.
  static func room(
    _ name: String, dependencies: [Dependency] = [], exclude: [String] = [], resources: [Resource] = []
  ) -> Target {
    .target(
      name: name, dependencies: dependencies, path: "Sources/\(name.dropFirst("Ascent".count))",
      exclude: exclude, resources: resources)
  }
}

// One place for the settings of every Swift target. Warnings are errors in CI only: a newer compiler
// on a user's machine must not break a clone.
let inCI = Context.environment["CI"] != nil
for target in package.targets where target.type != .system {
  if target.path?.hasPrefix("CShims") ?? false {
    target.cSettings = [.enableWarning("all"), .enableWarning("extra")] + (target.cSettings ?? [])
    if inCI { target.cSettings? += [.treatAllWarnings(as: .error)] }
  } else {
    target.swiftSettings = [
      .strictMemorySafety(),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
    ]
    // Overlapping accesses are found when compiling, and while running in debug builds; a release build does not ask
    // again in every step of every lane.
    if target.type == .regular, target.name != "AscentTestSupport" {
      target.swiftSettings? += [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
      ]
    }
    if inCI { target.swiftSettings? += [.treatAllWarnings(as: .error)] }
  }
}
