import HTTPCore

/// Any bytes are the parts of a form or an error. What comes before a line end is the boundary.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMultipartReading(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  guard let end = bytes.firstIndex(of: 0x0a) else { return 0 }
  let boundary = String(decoding: bytes[..<end], as: UTF8.self)
  let body = Array(bytes[(end + 1)...])
  var limits = Multipart.Limits()
  (limits.parts, limits.fieldBytes, limits.fieldCount) = (8, 256, 6)
  let form: Multipart
  do throws(MultipartError) {
    form = try Multipart(body, boundary: boundary, limits: limits)
  } catch {
    let sentence = error.description
    precondition(sentence.utf8.count < 500 && sentence.unicodeScalars.allSatisfy { $0.value >= 0x20 }, sentence)
    return 0
  }
  precondition(form.parts.count <= limits.parts)
  var position = 0
  for part in form.parts {
    precondition(part.body.startIndex >= position && part.body.endIndex <= body.count, "a part out of its place")
    precondition(part.body.elementsEqual(body[part.body.indices]))
    precondition(!contains(Array("\r\n--\(boundary)".utf8), in: part.body), "a boundary within a part")
    position = part.body.endIndex
  }
  check(form, limits)
  return 0
}

/// The same parts written anew are read as the same.
private func check(_ form: Multipart, _ limits: Multipart.Limits) {
  let boundary = "another"
  var body: [UInt8] = []
  for part in form.parts {
    guard !contains(Array("\r\n--\(boundary)".utf8), in: part.body) else { return }
    body += "--\(boundary)\r\nContent-Disposition: form-data; name=\(quoted(part.name))".utf8
    if let name = part.fileName { body += "; filename=\(quoted(name))".utf8 }
    if let type = part.contentType { body += "\r\nContent-Type: \(type)".utf8 }
    body += Array("\r\n\r\n".utf8) + part.body + Array("\r\n".utf8)
  }
  body += "--\(boundary)--\r\n".utf8
  var limits = limits
  limits.fieldBytes *= 8  // Escaped, a name may be longer than it was.
  let again = try? Multipart(body, boundary: boundary, limits: limits)
  precondition(again?.parts.count == form.parts.count, "what was written is not read")
  for (one, other) in zip(form.parts, again?.parts ?? []) {
    precondition(one.name == other.name && one.fileName == other.fileName && one.contentType == other.contentType)
    precondition(one.body.elementsEqual(other.body))
  }
}

/// As a browser writes it, with the escapes of a quoted string besides.
private func quoted(_ text: String) -> String {
  var quoted = "\""
  for character in text.unicodeScalars {
    switch character {
    case "\"": quoted += "%22"
    case "\r": quoted += "%0D"
    case "\n": quoted += "%0A"
    case "\\": quoted += "\\\\"
    default: quoted.unicodeScalars.append(character)
    }
  }
  return quoted + "\""
}

private func contains(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Bool {
  bytes.indices.contains { bytes[$0...].starts(with: needle) }
}
