// swift-tools-version: 6.2
import PackageDescription

// A package of its own: only the benchmark needs SwiftNIO, so that nobody who builds the gateway has to fetch it.
let package = Package(
  name: "hummingbird-echo",
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1")
  ],
  targets: [
    .executableTarget(
      name: "HummingbirdEcho", dependencies: [.product(name: "Hummingbird", package: "hummingbird")])
  ]
)
