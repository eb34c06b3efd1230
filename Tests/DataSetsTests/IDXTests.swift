import Archives
import Compression
import DataSets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct IDXTests {
  /// Three pictures of two rows of three pixels, and more if wanted.
  private static func images(
    _ magic: [UInt8] = [0, 0, 8, 3], count: Int = 3, height: Int = 2, width: Int = 3, bytes: Int = 18
  ) -> [UInt8] {
    magic + [count, height, width].flatMap(bigEndian) + (0..<bytes).map { UInt8($0) }
  }

  private static func labels(_ magic: [UInt8] = [0, 0, 8, 1], count: Int = 3, _ labels: [UInt8] = [7, 2, 7]) -> [UInt8]
  {
    magic + bigEndian(count) + labels
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }

  private static func folder(_ images: [UInt8], _ labels: [UInt8], stem: String = "train") throws -> PictureFolder {
    let folder = try PictureFolder()
    try folder.add("\(stem)-images-idx3-ubyte", images)
    try folder.add("\(stem)-labels-idx1-ubyte", labels)
    return folder
  }

  @Test(arguments: ["", "/train-images-idx3-ubyte"])
  func `a pair is read from its folder or by the name of its pictures`(_ name: String) throws {
    let folder = try Self.folder(Self.images(), Self.labels())
    let data = try DataSetReader().read(folder.path + name)
    #expect(data.labels == ["2", "7"])
    #expect(data.examples.map(\.label) == [1, 0, 1])
    #expect(data.examples.map(\.name) == (0..<3).map { "train-images-idx3-ubyte/\($0)" })
    #expect(data.examples[1].picture.width == 3 && data.examples[1].picture.height == 2)
    #expect(data.examples[1].picture.pixels == (6..<12).flatMap { [$0, $0, $0] })
  }

  @Test func `of several pairs the training one is read, and any that is named`() throws {
    let folder = try Self.folder(Self.images(), Self.labels())
    try folder.add("t10k-images-idx3-ubyte", Self.images(count: 2, bytes: 12))
    try folder.add("t10k-labels-idx1-ubyte", Self.labels(count: 2, [1, 2]))
    #expect(try DataSetReader().read(folder.path).examples.count == 3)
    #expect(try DataSetReader().read(folder.path("t10k-images-idx3-ubyte")).examples.count == 2)
    try FileManager.default.removeItem(atPath: folder.path("train-images-idx3-ubyte"))
    #expect(try DataSetReader().read(folder.path).examples.count == 2)
    try folder.add("other-images-idx3-ubyte", Self.images())
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path) }
    #expect(error?.description.contains("is one of several; name the one to read") == true)
  }

  @Test func `pictures without labels beside them are an error that names what was looked for`() throws {
    let folder = try PictureFolder()
    try folder.add("train-images-idx3-ubyte", Self.images())
    try folder.add("pictures", Self.images())
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path) }
    #expect(
      error?.kind
        == .malformedIDX(
          file: "train-images-idx3-ubyte",
          reason: "has no file of labels beside it: train-labels-idx1-ubyte or train-labels-idx1-ubyte.gz, "
            + "'labels' in place of 'images'"))
    #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path("pictures")) }
  }

  @Test func `the labels' file is not what is to be named`() throws {
    let folder = try Self.folder(Self.images(), Self.labels())
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path("train-labels-idx1-ubyte")) }
    #expect(error?.description.hasSuffix("has labels; name the file of the pictures instead") == true)
  }

  @Test(arguments: [
    (images([0, 0, 9, 3]), labels(), "begins with 0 0 9 3, not with 0 0 8 3 as unsigned bytes in 3 dimensions do"),
    (images([0, 0, 8, 4]), labels(), "begins with 0 0 8 4, not with 0 0 8 3 as unsigned bytes in 3 dimensions do"),
    (images(), labels([0, 0, 8, 3]), "begins with 0 0 8 3, not with 0 0 8 1 as unsigned bytes in 1 dimensions do"),
    ([], labels(), "begins with , not with 0 0 8 3 as unsigned bytes in 3 dimensions do"),
    (Array(images().prefix(15)), labels(), "is cut off within its header"),
    (images(), Array(labels().prefix(7)), "is cut off within its header"),
    (images(), labels(count: 2, [1, 2]), "has 2 labels for 3 pictures"),
    (images(), labels(count: 4, [1, 2, 3, 4]), "has 4 labels for 3 pictures"),
    (images(), labels([0, 0, 8, 1], [1, 2]), "is cut off after 2 of 3 labels"),
    (images(), labels([0, 0, 8, 1], [1, 2, 3, 4]), "goes on after what its header announces"),
    (images(bytes: 17), labels(), "is cut off: it announces 3 pictures of 3×2"),
    (images(bytes: 19), labels(), "goes on after what its header announces"),
    (images(count: 1 << 31), labels(), "announces 2147483648 pictures; 1000000 are allowed"),
    (images(count: 1_000_000, height: 1000, width: 1000), labels(count: 1_000_000), "is cut off: it announces 1000000"),
    (images(height: 0), labels(), "has pictures of 3×0"), (images(width: 0), labels(), "has pictures of 0×2"),
    (images(height: 1 << 31, width: 1 << 31), labels(), "has pictures of 2147483648×2147483648"),
    (images(height: 16_384, width: 16_384), labels(), "has pictures of 16384×16384"),
  ])
  func `a file that is not what it says is refused, with the reason`(
    _ images: [UInt8], _ labels: [UInt8], _ reason: String
  ) throws {
    let folder = try Self.folder(images, labels)
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path) }
    guard case .malformedIDX(_, let words)? = error?.kind else {
      Issue.record("\(error?.description ?? "no error")")
      return
    }
    #expect(words.hasPrefix(reason), "\(words)")
  }

  @Test func `no pictures are an empty data set`() throws {
    let folder = try Self.folder(Self.images(count: 0, bytes: 0), Self.labels(count: 0, []))
    #expect(throws: DataSetError(.empty, in: folder.path)) { try DataSetReader().read(folder.path) }
  }

  private static let fashion = "/usr/share/datasets/fashion-mnist"

  @Test func `Fashion-MNIST is read as Debian's package has it`() throws {
    let data = try DataSetReader().read("\(Self.fashion)/t10k-images-idx3-ubyte.gz")
    #expect(data.labels == (0...9).map { "\($0)" })
    #expect((0...9).map { label in data.examples.count { $0.label == label } } == Array(repeating: 1000, count: 10))
    #expect(data.examples[9999].name == "t10k-images-idx3-ubyte.gz/9999")
    // The first is an ankle boot; the sum is numpy's.
    #expect(data.examples[0].label == 9)
    #expect(data.examples[0].picture.pixels.prefix(84).allSatisfy { $0 == 0 })
    #expect(data.examples[0].picture.pixels.reduce(0) { $0 + Int($1) } == 3 * 33456)
  }

  @Test(arguments: [100, 20_000, 4_000_000])
  func `a gzipped file that is cut off is noticed`(_ count: Int) throws {
    let bytes = Array(try Data(contentsOf: URL(filePath: "\(Self.fashion)/t10k-images-idx3-ubyte.gz")).prefix(count))
    let folder = try PictureFolder()
    try folder.add("t10k-images-idx3-ubyte.gz", bytes)
    let labels = try Data(contentsOf: URL(filePath: "\(Self.fashion)/t10k-labels-idx1-ubyte.gz"))
    try folder.add("t10k-labels-idx1-ubyte.gz", Array(labels))
    let error = #expect(throws: DataSetError.self) { try DataSetReader().read(folder.path) }
    let path = folder.path("t10k-images-idx3-ubyte.gz")
    #expect(error?.kind == .archive(ArchiveError(.notInflated(.truncated), in: path)))
  }
}
