// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "client",
  dependencies: [.package(url: "ASCENT_URL", from: "0.1.0")],
  targets: [
    .executableTarget(
      name: "Client", dependencies: [.product(name: "Ascent", package: "ascent"), "CEmbedding"]),
    .target(name: "CEmbedding", dependencies: ["PythonFlags"]),
    .systemLibrary(name: "PythonFlags", path: "Sources/PythonFlags", pkgConfig: "python3-embed"),
  ],
  swiftLanguageModes: [.v6]
)
