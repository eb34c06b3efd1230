/// A value that is written as null where there is none, rather than left out.
@propertyWrapper
struct Always<Value: Encodable & Hashable & Sendable>: Encodable, Hashable, Sendable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try wrappedValue.map { try container.encode($0) } ?? container.encodeNil()
  }
}
