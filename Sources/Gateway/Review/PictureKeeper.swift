internal import Defence
internal import Foundation
internal import Images

/// A picture that was rejected.
struct RejectedPicture: Sendable {
  var verdict: Verdict
  /// Why it was rejected.
  var reason: Verdict.Reason
  /// The label that the Student gave.
  var label: String
  var model: String
  var version: Int
  /// Whose answer it is in.
  var requestID: String
  /// When the verdict was reached.
  var time: Date
  var format: ImageFormat
  /// The file as it was sent; nil if its keeper does not want it.
  var file: [UInt8]?
}

/// Who is handed the pictures that are rejected.
protocol PictureKeeper: Sendable {
  /// Whether a file of so many bytes is wanted, should it be rejected. Only then are its bytes held until the verdict.
  func wants(bytes: Int) -> Bool
  /// Takes a rejected picture, with its file if that is wanted. Called on a compute thread, so it must be quick and must
  /// not block.
  func take(_ picture: RejectedPicture)
}
