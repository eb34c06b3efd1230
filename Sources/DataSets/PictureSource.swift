/// Gives the pictures of a plan as they are stored, one after the other, in the order that suits the source.
protocol PictureSource: AnyObject {
  /// The next picture, or nil after the last.
  func next() throws(DataSetError.Kind) -> StoredPicture?
}

/// A picture before it is decoded.
struct StoredPicture {
  /// Where its pixels are to come from.
  enum Content {
    /// A file that is still to be read.
    case file(path: String)
    /// A file's bytes.
    case bytes([UInt8])
    /// Grey pixels, row by row.
    case grey(width: Int, height: Int, pixels: [UInt8])
    /// A file that is damaged.
    case broken(reason: String)
  }

  /// Which of the plan's items it is.
  var index: Int
  var content: Content
}

/// Pictures from a folder on disk.
final class DiskSource: PictureSource {
  private let root: String
  private let items: [PicturePlan.Item]
  private var index = 0

  init(root: String, plan: PicturePlan) {
    self.root = root
    items = plan.items
  }

  func next() -> StoredPicture? {
    guard index < items.count else { return nil }
    defer { index += 1 }
    return StoredPicture(index: index, content: .file(path: "\(root)/\(items[index].name)"))
  }
}
