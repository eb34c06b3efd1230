internal import Archives
internal import Images

/// Pictures from a pair of IDX files.
final class IDXSource: PictureSource {
  /// What the pictures are called and labelled.
  let candidates: [PicturePlan.Candidate]
  private let images: ByteStream
  private let (width, height): (Int, Int)
  private var index = 0

  /// Reads the labels, and the pictures' header.
  init(_ pair: IDXPair, archiveLimits: ArchiveLimits, imageLimits: ImageLimits) throws(DataSetError.Kind) {
    func stream(_ path: String) throws(DataSetError.Kind) -> ByteStream {
      do { return try ByteStream(contentsOf: path, limits: archiveLimits) } catch { throw .archive(error) }
    }
    images = try stream(pair.images)
    let header = try IDXHeader(images, dimensions: 3)
    let count = header.dimensions[0]
    (height, width) = (header.dimensions[1], header.dimensions[2])
    guard count > 0 else { throw .empty }
    guard count <= archiveLimits.entries else {
      throw images.malformed("announces \(count) pictures; \(archiveLimits.entries) are allowed")
    }
    guard (1...imageLimits.side).contains(width), (1...imageLimits.side).contains(height),
      width * height <= imageLimits.pixels
    else { throw images.malformed("has pictures of \(width)×\(height)") }
    if let remaining = images.remaining, remaining < count * width * height {
      throw images.malformed("is cut off: it announces \(count) pictures of \(width)×\(height)")
    }
    let labels = try Self.labels(try stream(pair.labels), count: count)
    let name = images.name.split(separator: "/").last.map(String.init) ?? images.name
    let digits = String(count - 1).count
    candidates = labels.enumerated().map { index, label in
      let number = String(index)
      let file = String(repeating: "0", count: digits - number.count) + number
      return PicturePlan.Candidate(name: "\(name)/\(file)", folder: String(label), file: file)
    }
  }

  func next() throws(DataSetError.Kind) -> StoredPicture? {
    guard index < candidates.count else {
      try images.expectEnd()
      return nil
    }
    let size = width * height
    let pixels = try reading(images) { images throws(ArchiveError) in try images.read(size) }
    guard pixels.count == size else {
      throw images.malformed("is cut off within picture \(index) of \(candidates.count)")
    }
    defer { index += 1 }
    return StoredPicture(index: index, content: .grey(width: width, height: height, pixels: pixels))
  }

  private static func labels(_ stream: ByteStream, count: Int) throws(DataSetError.Kind) -> [UInt8] {
    let announced = try IDXHeader(stream, dimensions: 1).dimensions[0]
    guard announced == count else { throw stream.malformed("has \(announced) labels for \(count) pictures") }
    let labels = try reading(stream) { stream throws(ArchiveError) in try stream.read(count) }
    guard labels.count == count else { throw stream.malformed("is cut off after \(labels.count) of \(count) labels") }
    try stream.expectEnd()
    return labels
  }
}
