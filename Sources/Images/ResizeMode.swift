/// How a picture of any shape comes to a network's input size.
public enum ResizeMode: String, Sendable, CaseIterable, Codable {
  /// Resized to the very size; the aspect ratio is not kept.
  case squash
  /// Resized with its aspect ratio until it just covers the size, then cropped around the centre.
  case fitAndCrop = "fit-and-crop"
}
