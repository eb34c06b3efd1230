/// What a file says of its picture before the pixels.
public struct ImageHeader: Sendable, Hashable {
  /// What kind of file it is.
  public let format: ImageFormat
  /// In pixels, as the picture is looked at: after its EXIF orientation.
  public let width: Int
  /// In pixels, as the picture is looked at: after its EXIF orientation.
  public let height: Int
  /// How the stored pixels must be turned.
  let orientation: Orientation

  /// A header from the size that is stored, before the orientation.
  init(_ format: ImageFormat, storedWidth: Int, storedHeight: Int, orientation: Orientation) {
    self.format = format
    self.orientation = orientation
    (width, height) = orientation.swapsSides ? (storedHeight, storedWidth) : (storedWidth, storedHeight)
  }

  /// In pixels, before the orientation.
  var storedWidth: Int { orientation.swapsSides ? height : width }
  /// In pixels, before the orientation.
  var storedHeight: Int { orientation.swapsSides ? width : height }
}
