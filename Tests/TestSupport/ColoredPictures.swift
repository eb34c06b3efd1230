public import Foundation
public import Images

/// Noisy pictures of one colour each, which even a tiny network tells apart.
public enum ColoredPictures {
  /// Their labels, in the order of an alphabet.
  public static let labels = ["blue", "green", "red"]

  private static let colors: [[Int]] = [[50, 60, 190], [50, 180, 70], [200, 60, 50]]

  /// One picture of the label of this number.
  public static func picture(_ label: Int, size: Int = 16, seed: UInt64) -> Picture {
    var random = SeededGenerator(seed: seed &* 31 &+ UInt64(label))
    let brightness = Int.random(in: -25...25, using: &random)
    let pixels = (0..<(3 * size * size)).map { place in
      UInt8(clamping: colors[label][place % 3] + brightness + Int.random(in: -40...40, using: &random))
    }
    return Picture(width: size, height: size, pixels: pixels)
  }

  /// Pictures with their labels' numbers, those of one label after those of another.
  public static func labelled(_ count: Int, seed: UInt64) -> [(picture: Picture, label: Int)] {
    labels.indices.flatMap { label in
      (0..<count).map { (picture(label, seed: seed &* 1_000_000 &+ UInt64($0)), label) }
    }
  }

  /// Writes `count` pictures of each label as PNG files into folders named for the labels.
  public static func write(_ count: Int, seed: UInt64, to folder: URL) throws {
    for (label, name) in labels.enumerated() {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for number in 0..<count {
        let picture = picture(label, seed: seed &* 1_000_000 &+ UInt64(number))
        try Data(try ImageEncoder.png(picture)).write(to: place.appending(path: "\(number).png"))
      }
    }
  }
}
