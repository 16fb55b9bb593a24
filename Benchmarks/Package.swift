// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "ascent", path: "..")],
  targets: [
    .executableTarget(name: "Estimators", dependencies: [.product(name: "Ascent", package: "ascent")]),
    .executableTarget(name: "Learners", dependencies: [.product(name: "Ascent", package: "ascent")]),
  ],
  swiftLanguageModes: [.v6]
)
