import Base
import Foundation
import Images
import NeuralNet
import TestSupport

/// What Tests/Fixtures/make_images.py wrote.
enum ImageFixtures {
  /// The bytes of one of the files.
  static func bytes(_ file: String) throws -> [UInt8] {
    try FileAccess.read(Fixture.path("images/files/\(file)"), limit: 1 << 20)
  }

  /// All files.
  static let files = try! FileManager.default.contentsOfDirectory(atPath: Fixture.path("images/files")).sorted()

  /// Each file's pixels.
  static let decoded = try! NumPyArchive(contentsOf: Fixture.path("images/decoded.npz"))
  /// Pictures at several sizes.
  static let resized = try! NumPyArchive(contentsOf: Fixture.path("images/resized.npz"))
}

extension NumPyArchive {
  /// An array [height, width, 3] of bytes.
  func picture(_ name: String) throws -> Picture {
    let tensor = try tensor(name)
    return Picture(width: tensor.shape[1], height: tensor.shape[0], pixels: tensor.scalars.map { UInt8($0) })
  }
}

extension Picture {
  /// The largest difference of any value, or nil if the sizes differ.
  func largestDifference(to other: Picture) -> Int? {
    guard width == other.width, height == other.height else { return nil }
    return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max()
  }
}
