// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "examples",
  dependencies: [.package(name: "ascent", path: "..")],
  targets: [
    .executableTarget(name: "FirstSteps", dependencies: [.product(name: "Ascent", package: "ascent")])
  ],
  swiftLanguageModes: [.v6]
)
