// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "ascent",
  products: [
    .library(name: "Ascent", targets: ["Ascent"]),
    .library(name: "AscentCommand", targets: ["AscentCommand"]),
    .executable(name: "ascent", targets: ["AscentTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    // MARK: Floor 0: the C shims, and what they stand on
    .systemLibrary(
      name: "GSL", path: "CShims/GSL", pkgConfig: "gsl",
      providers: [.apt(["libgsl-dev"]), .brew(["gsl"])]),
    .systemLibrary(
      name: "LibPython", path: "CShims/LibPython", pkgConfig: "python3-embed",
      providers: [.apt(["python3-dev"]), .brew(["python3"])]),
    .target(
      name: "CMath", path: "CShims/CMath", exclude: ["README.md", "musl/COPYRIGHT"],
      cSettings: [
        .headerSearchPath("house"), .headerSearchPath("musl"), .disableWarning("unused-but-set-variable"),
        .unsafeFlags(["-O2", "-ffp-contract=off", "-fno-math-errno"]),
      ]),
    .target(name: "CGSL", dependencies: ["CMath", "GSL"], path: "CShims/CGSL"),
    .target(
      name: "CPython", dependencies: ["LibPython"], path: "CShims/CPython",
      exclude: ["python"]),
    .target(
      name: "CKernels", path: "CShims/CKernels",
      cSettings: [.unsafeFlags(["-O2", "-ffp-contract=off", "-fno-math-errno"])]),

    .target(name: "CWorkers", path: "CShims/CWorkers"),

    // MARK: Floor 1: what every room above may need
    .target(name: "Mathematics", dependencies: ["CMath"]),
    .target(name: "Registries"),

    // MARK: Floor 2
    .target(name: "Randomness", dependencies: ["CGSL", "Mathematics", "Registries"]),

    // MARK: Floor 3
    .target(name: "Environments", dependencies: ["Mathematics", "Randomness", "Registries"]),
    .target(name: "Policies", dependencies: ["CKernels", "Mathematics", "Randomness", "Registries"]),

    // MARK: Floor 4
    .target(
      name: "PythonEnvironments", dependencies: ["CPython", "Environments", "Randomness", "Registries"]),
    .target(
      name: "PolicyGradients",
      dependencies: ["Environments", "Mathematics", "Policies", "Randomness", "Registries"]),

    // MARK: Floor 5
    .target(
      name: "Experiments",
      dependencies: [
        "CWorkers", "Environments", "Mathematics", "Policies", "PolicyGradients", "PythonEnvironments",
        "Randomness", "Registries", .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: ["a2c", "ppo", "reinforce", "trpo"].map { .embedInCode("Configuration/Presets/\($0).toml") }),

    // MARK: Floor 6
    .target(
      name: "Ascent",
      dependencies: [
        "Environments", "Experiments", "Mathematics", "Policies", "PolicyGradients", "PythonEnvironments",
        "Randomness",
        "Registries",
      ]),
    .target(
      name: "AscentCommand",
      dependencies: [
        "Environments", "Experiments", "Policies", "PolicyGradients", "PythonEnvironments", "Randomness",
        "Registries", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // MARK: Floor 7
    .executableTarget(name: "AscentTool", dependencies: ["AscentCommand"]),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["Environments", "Policies", "PythonEnvironments", "Randomness"],
      path: "Tests/TestSupport"),
    .testTarget(name: "MathematicsTests", dependencies: ["CMath", "Mathematics"]),
    .testTarget(
      name: "RandomnessTests",
      dependencies: ["Randomness", "Mathematics", "PythonEnvironments", "CGSL", "TestSupport"]),
    .testTarget(
      name: "EnvironmentsTests",
      dependencies: ["Environments", "PythonEnvironments", "Randomness", "TestSupport"]),
    .testTarget(
      name: "PoliciesTests",
      dependencies: ["CKernels", "Mathematics", "Policies", "Randomness", "TestSupport"]),
    .testTarget(
      name: "PythonEnvironmentsTests",
      dependencies: ["PythonEnvironments", "Environments", "Randomness", "TestSupport"]),
    .testTarget(
      name: "PolicyGradientsTests",
      dependencies: [
        "Environments", "Mathematics", "Policies", "PolicyGradients", "Randomness", "Registries",
        "TestSupport",
      ]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Environments", "Experiments", "Policies", "PolicyGradients", "Randomness", "Registries",
        "TestSupport",
      ]),
    .testTarget(
      name: "AscentCommandTests", dependencies: ["AscentTool", "PythonEnvironments", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

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
    if target.type == .regular, target.name != "TestSupport" {
      target.swiftSettings? += [
        .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))
      ]
    }
    if inCI { target.swiftSettings? += [.treatAllWarnings(as: .error)] }
  }
}
