internal import HTTPCore
internal import HTTPServer
internal import Images

/// Why a picture, or a whole request, gets no verdict.
enum ClassificationFault: Error, Equatable {
  /// As many pictures wait as may.
  case queueFull
  /// The deadline was over before a network was asked.
  case deadline
  /// There is no byte.
  case empty
  /// The bytes are of another format than was said.
  case otherFormat(declared: String, found: ImageFormat)
  /// The bytes are no picture that is read.
  case image(ImageError)
  /// A media type that is no picture's.
  case mediaType(String)
  /// The body cannot be taken apart.
  case multipart(MultipartError)
  /// The body has no part.
  case noParts
  /// A part has another name than `image`.
  case otherPart(name: String)
  /// The body's content coding cannot be undone.
  case coding(ContentCodingError)
  /// A network failed; what it says of it is for the log.
  case failure(String)
}

extension ClassificationFault {
  /// What the metrics call it.
  var refusal: ClassificationEvent.Refusal {
    switch self {
    case .queueFull: .queueFull
    case .deadline: .deadline
    case .failure: .failure
    case .empty, .otherFormat, .image, .mediaType, .multipart, .noParts, .otherPart, .coding: .undecodable
    }
  }
}
