// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "distinguo",
  products: [
    .executable(name: "distinguo", targets: ["distinguo"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .target(name: "Base", swiftSettings: settings),
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),
    .target(name: "NeuralNet", dependencies: ["Base", "COneDNN"], swiftSettings: settings),
    .target(
      name: "ONNX",
      dependencies: ["Base", "NeuralNet", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      // The proto is onnx 1.23.2's. To generate its Swift anew, with swift-protobuf's plugin on the PATH:
      // cd Sources/ONNX/Protobuf && protoc --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
      //   --swift_out=. onnx.proto
      exclude: ["Protobuf/onnx.proto"],
      swiftSettings: settings),
    .systemLibrary(name: "CTurboJPEG", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CSPNG", providers: [.apt(["libspng-dev"])]),
    .systemLibrary(name: "CWebP", providers: [.apt(["libwebp-dev"])]),
    .target(name: "Images", dependencies: ["Base", "CTurboJPEG", "CSPNG", "CWebP"], swiftSettings: settings),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Compression", dependencies: ["CZlib"], swiftSettings: settings),
    .target(name: "Archives", dependencies: ["Base", "Compression"], swiftSettings: settings),
    .target(name: "DataSets", dependencies: ["Archives", "Base", "Images"], swiftSettings: settings),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Digests", dependencies: ["CCrypto"], swiftSettings: settings),
    .target(
      name: "Defence", dependencies: ["Base", "Digests", "Images", "NeuralNet", "ONNX"],
      swiftSettings: settings),
    .target(name: "Metrics", dependencies: ["Base"], swiftSettings: settings),
    .target(name: "HTTPCore", dependencies: ["Base"], swiftSettings: settings),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .target(
      name: "HTTPServer", dependencies: ["Base", "CLinux", "COpenSSL", "Compression", "HTTPCore"],
      swiftSettings: settings),
    .target(name: "Systemd", swiftSettings: settings),
    .target(name: "ModelStore", dependencies: ["Base", "Defence"], swiftSettings: settings),
    .target(
      name: "StateStore", dependencies: ["Base", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: settings),
    .target(name: "Retraining", dependencies: ["Base", "CLinux", "StateStore"], swiftSettings: settings),
    .target(
      name: "AdminPage",
      resources: [
        .embedInCode("Files/index.html"), .embedInCode("Files/page.css"), .embedInCode("Files/icon.svg"),
        .embedInCode("Files/page.js"), .embedInCode("Files/api.js"), .embedInCode("Files/audit.js"),
        .embedInCode("Files/chart.js"), .embedInCode("Files/dom.js"), .embedInCode("Files/feed.js"),
        .embedInCode("Files/format.js"), .embedInCode("Files/live.js"), .embedInCode("Files/models.js"),
        .embedInCode("Files/parts.js"), .embedInCode("Files/retraining.js"), .embedInCode("Files/review.js"),
        .embedInCode("Files/session.js"), .embedInCode("Files/try.js"),
      ],
      swiftSettings: settings),
    .target(
      name: "Gateway",
      dependencies: [
        "AdminPage", "Archives", "Base", "CLinux", "Compression", "DataSets", "Defence", "Digests", "HTTPCore",
        "HTTPServer", "Images", "Metrics", "ModelStore", "NeuralNet", "Retraining", "StateStore", "Systemd",
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .target(name: "HTTPClient", dependencies: ["CCurl"], swiftSettings: settings),
    .target(
      name: "AdminClient", dependencies: ["Base", "HTTPClient", "Retraining", "StateStore"], swiftSettings: settings),
    .target(name: "ClassificationClient", dependencies: ["HTTPClient"], swiftSettings: settings),
    .target(
      name: "Attacks", dependencies: ["Base", "Images", "NeuralNet"],
      // Its loops over pixels are a hundred times slower without, and its tests are attacks.
      swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .target(
      name: "Evaluation", dependencies: ["Attacks", "Base", "Defence", "Digests", "Images", "NeuralNet"],
      exclude: ["Report/report.schema.json"],
      // As with Attacks: non-local means look at a thousand values for each.
      swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .executableTarget(
      name: "distinguo",
      dependencies: [
        "AdminClient", "Attacks", "Base", "ClassificationClient", "DataSets", "Defence", "Digests", "Evaluation",
        "Gateway", "Images", "ModelStore", "NeuralNet", "ONNX", "Retraining", "StateStore",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "EchoServer", dependencies: ["HTTPCore", "HTTPServer"],
      // Only `make bench-gateway` runs it.
      path: "Tests/Benchmarks/Echo", swiftSettings: settings),
    .target(
      name: "TestSupport", dependencies: ["Base", "Defence", "Digests", "Images", "NeuralNet", "ONNX"],
      path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(
      name: "AdminClientTests", dependencies: ["AdminClient", "Base", "StateStore"], swiftSettings: settings),
    .testTarget(
      name: "ArchivesTests", dependencies: ["Archives", "Base", "Compression", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "AttacksTests", dependencies: ["Attacks", "Base", "Images", "NeuralNet", "ONNX", "TestSupport"],
      swiftSettings: settings),
    .testTarget(name: "BaseTests", dependencies: ["Base", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "CommandTests", dependencies: ["Defence", "Images", "NeuralNet", "ONNX", "TestSupport", "distinguo"],
      swiftSettings: settings),
    .testTarget(name: "CompressionTests", dependencies: ["Compression"], swiftSettings: settings),
    .testTarget(
      name: "DataSetsTests", dependencies: ["Archives", "Base", "Compression", "DataSets", "Images", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "DefenceTests",
      dependencies: ["Base", "DataSets", "Defence", "Digests", "Images", "NeuralNet", "ONNX", "TestSupport"],
      swiftSettings: settings),
    .testTarget(name: "DigestsTests", dependencies: ["Digests"], swiftSettings: settings),
    .testTarget(name: "EngineTests", dependencies: ["NeuralNet", "ONNX", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "EvaluationTests",
      dependencies: ["Attacks", "Base", "Defence", "Evaluation", "Images", "NeuralNet", "ONNX", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Base", "Compression", "Defence", "Digests", "Gateway", "HTTPCore", "HTTPServer", "Images", "Metrics",
        "ModelStore", "NeuralNet", "Retraining", "StateStore", "Systemd", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "HTTPCoreTests", dependencies: ["HTTPCore"], exclude: ["rfc9112.md"], swiftSettings: settings),
    .testTarget(
      name: "HTTPServerTests", dependencies: ["Base", "Compression", "HTTPCore", "HTTPServer"],
      swiftSettings: settings),
    .testTarget(
      name: "ImagesTests", dependencies: ["Base", "Images", "NeuralNet", "TestSupport"], swiftSettings: settings),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics"], swiftSettings: settings),
    .testTarget(
      name: "ModelStoreTests", dependencies: ["Defence", "ModelStore", "TestSupport"], swiftSettings: settings),
    .testTarget(name: "NeuralNetTests", dependencies: ["NeuralNet", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ONNXTests",
      dependencies: ["NeuralNet", "ONNX", "TestSupport", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      swiftSettings: settings),
    .testTarget(name: "RetrainingTests", dependencies: ["Base", "Retraining", "StateStore"], swiftSettings: settings),
    .testTarget(
      name: "StateStoreTests",
      dependencies: ["Base", "StateStore", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: settings),
    .testTarget(name: "SystemdTests", dependencies: ["Systemd", "TestSupport"], swiftSettings: settings),
  ]
)
