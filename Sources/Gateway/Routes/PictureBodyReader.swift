internal import HTTPCore
internal import HTTPServer
internal import Images

/// How a request's body holds its pictures, as its head says: one by itself, or the parts of a form.
struct PictureBodyReader: Sendable, Hashable {
  private enum Content: Hashable {
    /// One picture, of a media type unless the sender says nothing of it.
    case picture(String?)
    /// multipart/form-data, with every part named `image`.
    case form(MediaType)
  }

  /// The media types that a body can have.
  static let types = (ImageFormat.allCases.map(\.mediaType) + ["multipart/form-data"]).joined(separator: ", ")

  /// Types that say nothing of a picture. The second is what curl's `--data-binary` says when it is told nothing.
  private static let silent: Set<String> = ["application/octet-stream", "application/x-www-form-urlencoded"]

  private let content: Content
  private let parts: Int

  /// - Parameter parts: how many pictures a form may have.
  /// - Throws: ``ClassificationFault`` for a type or a coding that is not read.
  init(_ fields: HeaderFields, parts: Int) throws(ClassificationFault) {
    self.parts = parts
    do throws(ContentCodingError) { try ContentCoding.check(fields) } catch { throw .coding(error) }
    let given = fields.values("Content-Type")
    guard let text = given.first, !text.isEmpty else {
      content = .picture(nil)
      return
    }
    // RFC 9110 §5.3: a field that is no list must not come twice.
    guard given.count == 1, let type = MediaType(text) else { throw .mediaType(given.joined(separator: ", ")) }
    content = type.essence == "multipart/form-data" ? .form(type) : .picture(try Self.declared(type))
  }

  /// Undoes a request's content codings and takes its body apart. Takes its time with a large one.
  ///
  /// - Parameter limit: how many bytes the body may have once it is decoded.
  /// - Returns: one picture's bytes at least.
  func bodies(_ request: Request, limit: Int) throws(ClassificationFault) -> [PictureBody] {
    let body: [UInt8]
    do throws(ContentCodingError) { body = try request.decodedBody(limit: limit) } catch { throw .coding(error) }
    let form: Multipart
    switch content {
    case .picture(let type): return [PictureBody(bytes: body, declaredType: type)]
    case .form(let type):
      guard !body.isEmpty else { throw .empty }
      var limits = Multipart.Limits()
      limits.parts = parts
      do throws(MultipartError) { form = try Multipart(body, type: type, limits: limits) } catch {
        throw .multipart(error)
      }
    }
    guard !form.parts.isEmpty else { throw .noParts }
    for part in form.parts where part.name != "image" { throw .otherPart(name: part.name) }
    var bodies: [PictureBody] = []
    for part in form.parts {
      // A part of a type that is no picture's is that part's fault: its bytes are looked at, and are another format.
      let type = part.contentType.flatMap { Self.silent.contains($0.essence) ? nil : $0.essence }
      bodies.append(PictureBody(bytes: Array(part.body), declaredType: type, fileName: part.fileName))
    }
    return bodies
  }

  /// - Returns: the media type, or nil if it says nothing of a picture.
  private static func declared(_ type: MediaType) throws(ClassificationFault) -> String? {
    if silent.contains(type.essence) { return nil }
    guard ImageFormat.allCases.contains(where: { $0.mediaType == type.essence }) else { throw .mediaType(type.essence) }
    return type.essence
  }
}
