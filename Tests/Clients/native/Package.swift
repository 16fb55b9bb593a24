// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "client",
  dependencies: [.package(url: "ASCENT_URL", from: "0.1.0")],
  targets: [
    .executableTarget(name: "Client", dependencies: [.product(name: "AscentCore", package: "ascent")])
  ],
  swiftLanguageModes: [.v6]
)
