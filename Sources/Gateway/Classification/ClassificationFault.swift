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
  /// The body cannot be taken apart; the reason says where.
  case multipart(String)
  /// A part has another name than `image`.
  case otherPart(name: String)
  /// There are more parts than are read.
  case tooManyParts(limit: Int)
  /// The body's content coding is none that is undone, or it is damaged.
  case coding(String, reason: String)
  /// What a content coding hides is larger than a body may be.
  case tooLarge(limit: Int)
  /// A network failed; what it says of it is for the log.
  case failure(String)
}

extension ClassificationFault {
  /// What the metrics call it; nil for what is wrong with a request before there is a picture.
  var refusal: ClassificationEvent.Refusal {
    switch self {
    case .queueFull: .queueFull
    case .deadline: .deadline
    case .failure: .failure
    case .empty, .otherFormat, .image, .mediaType, .multipart, .otherPart, .tooManyParts, .coding, .tooLarge:
      .undecodable
    }
  }
}
