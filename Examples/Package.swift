// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "examples",
  dependencies: [
    .package(name: "ascent", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(name: "FirstSteps", dependencies: [.product(name: "Ascent", package: "ascent")]),
    .executableTarget(name: "Articles", dependencies: [.product(name: "Ascent", package: "ascent")]),
    .executableTarget(
      name: "OwnParts",
      dependencies: [
        .product(name: "Ascent", package: "ascent"), .product(name: "AscentCommand", package: "ascent"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
