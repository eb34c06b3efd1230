internal import HTTPCore
internal import HTTPServer
internal import Images

extension ClassificationFault {
  /// What a client is told of it.
  var problem: Problem {
    switch self {
    case .queueFull:
      Problem(.serviceUnavailable, detail: "as many pictures wait as may; try again later", error: "queue_full")
    case .deadline:
      Problem(
        .serviceUnavailable, detail: "the picture waited for too long; try again later", error: "deadline_exceeded")
    case .empty: Problem(.badRequest, detail: "\(ImageError.empty)", error: "empty_body")
    case .otherFormat(let declared, let found):
      Problem(
        .unsupportedMediaType, detail: "the picture is said to be \(declared), and it is \(found.mediaType)",
        error: "image_type_mismatch", members: ["declared": .string(declared), "found": .string(found.mediaType)])
    case .image(let error): Self.problem(error)
    case .mediaType(let type):
      Problem(
        .unsupportedMediaType,
        detail: "'\(type)' is not read; send a JPEG, PNG or WebP picture, or multipart/form-data",
        error: "unsupported_media_type")
    case .multipart(let error): error.problem
    case .noParts:
      Problem(
        .badRequest, detail: "the body has no parts; one at least must be a picture named 'image'", error: "no_parts")
    case .otherPart(let name):
      Problem(
        .badRequest, detail: "a part is named '\(name)'; every part must be a picture named 'image'",
        error: "unexpected_part", members: ["part": .string(name)])
    case .coding(let error): Problem(error.status, detail: error.description, error: error.code)
    case .failure:
      // What failed is for the log: it says how the service is built.
      Problem(.internalServerError, detail: "a network failed on this picture", error: "inference_failed")
    }
  }

  private static func problem(_ error: ImageError) -> Problem {
    switch error {
    case .empty: Problem(.badRequest, detail: "\(error)", error: "empty_body")
    case .unknownFormat: Problem(.unsupportedMediaType, detail: "\(error)", error: "unsupported_image_format")
    case .tooManyBytes, .tooLarge, .tooManyScans:
      Problem(.contentTooLarge, detail: "\(error)", error: "image_too_large")
    // RFC 9110 §15.5.21: the type is right and so is the message around it, only what is in it cannot be used.
    case .truncated, .malformed: Problem(.unprocessableContent, detail: "\(error)", error: "damaged_image")
    case .animated: Problem(.unprocessableContent, detail: "\(error)", error: "animated_image")
    case .unencodable: Problem(.internalServerError, detail: "\(error)", error: "inference_failed")
    }
  }
}
