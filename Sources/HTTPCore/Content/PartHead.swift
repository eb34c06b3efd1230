/// The fields of one part of a multipart body (RFC 7578 §4).
struct PartHead {
  /// Counted from 1.
  let number: Int
  private var disposition: (name: String, fileName: String?)?
  private var contentType: MediaType?

  init(number: Int) { self.number = number }

  /// Reads the field lines, by the rules of a message's.
  ///
  /// - Returns: where the part's content starts.
  mutating func read(
    _ body: [UInt8], from start: Int, limits: Multipart.Limits
  ) throws(MultipartError) -> Int {
    var position = start
    var count = 0
    while true {
      let line = body[position...]
      var scanner = FieldLineScanner()
      let limit = limits.fieldBytes - (position - start)
      let length: Int?
      do throws(RequestError) {
        guard count < limits.fieldCount || line.first == .carriageReturn else {
          throw .tooManyFields(limit: limits.fieldCount)
        }
        length = try line.withUnsafeBufferPointer { bytes throws(RequestError) in
          try scanner.scan(UnsafeRawBufferPointer(bytes), limit: limit, errorLimit: limits.fieldBytes)
        }
      } catch {
        throw .field(part: number, error)
      }
      guard let length else { throw .unfinished(parts: number) }
      position += length
      count += 1
      guard !scanner.isEmpty else { return position }
      let name = line.prefix(scanner.nameEnd)
      try take(name: String(decoding: name, as: UTF8.self), value: line[(name.endIndex + 1)..<(position - 2)])
    }
  }

  private mutating func take(name: String, value: ArraySlice<UInt8>) throws(MultipartError) {
    switch name.lowercased() {
    case "content-disposition":
      guard disposition == nil, let read = Self.disposition(value) else {
        throw .disposition(part: number, Excerpt(value.trimmedSpace))
      }
      disposition = read
    case "content-type":
      guard contentType == nil, let read = MediaType(String(decoding: value, as: UTF8.self)) else {
        throw .contentType(part: number, Excerpt(value.trimmedSpace))
      }
      contentType = read
    case "content-transfer-encoding":
      let encoding = String(decoding: value.trimmedSpace, as: UTF8.self).lowercased()
      guard ["binary", "8bit", "7bit"].contains(encoding) else {
        throw .transferEncoding(part: number, Excerpt(value.trimmedSpace))
      }
    // RFC 7578 §4.8: other fields MUST be ignored.
    default: break
    }
  }

  /// `form-data` with a name (RFC 7578 §4.2); nil if it is not that, or if a parameter comes twice. `filename*` MUST NOT be
  /// used and is ignored, as are other parameters.
  private static func disposition(_ value: ArraySlice<UInt8>) -> (name: String, fileName: String?)? {
    var scanner = TextScanner(value)
    scanner.skipSpace()
    guard scanner.token()?.lowercased() == "form-data", let parameters = scanner.parameters(),
      let name = parameters.first(where: { $0.name == "name" })
    else { return nil }
    let fileName = parameters.first { $0.name == "filename" }
    return (unescaped(name.value), fileName.map { unescaped($0.value) })
  }

  /// Browsers write a quotation mark and line ends as `%22`, `%0D` and `%0A`, and a percent sign as it is (HTML, "multipart
  /// form data"), so that only these three are decoded. Line ends become what they were in the form.
  private static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(.percent) else { return text }
    let bytes = Array(text.utf8)
    var (unescaped, index): ([UInt8], Int) = ([], 0)
    while index < bytes.count {
      let escaped: UInt8? =
        switch bytes[index...].prefix(3).map(\.lowercased) {
        case [.percent, 0x32, 0x32]: .quote
        case [.percent, 0x30, 0x64]: .carriageReturn
        case [.percent, 0x30, 0x61]: .lineFeed
        default: nil
        }
      unescaped.append(escaped ?? bytes[index])
      index += escaped == nil ? 1 : 3
    }
    return String(decoding: unescaped, as: UTF8.self)
  }

  /// The part, now that its content is known too.
  func part(body: ArraySlice<UInt8>) throws(MultipartError) -> Multipart.Part {
    guard let disposition else { throw .disposition(part: number, Excerpt([])) }
    return Multipart.Part(
      name: disposition.name, fileName: disposition.fileName, contentType: contentType, body: body)
  }
}

extension ArraySlice<UInt8> {
  /// Without the spaces and tabs at both ends.
  fileprivate var trimmedSpace: ArraySlice<UInt8> {
    var rest = drop(while: \.isSpaceOrTab)
    while let last = rest.last, last.isSpaceOrTab { rest.removeLast() }
    return rest
  }
}
