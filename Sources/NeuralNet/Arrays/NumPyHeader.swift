/// What a .npy file says about its array: a Python dictionary literal with exactly these three keys.
///
/// The format is NEP 1, as numpy.lib.format documents it.
struct NumPyHeader: Equatable {
  /// Element type.
  var elementType: NumPyElementType
  /// Whether the first axis varies fastest.
  var isFortranOrder: Bool
  /// Extent of each axis.
  var shape: [Int]

  /// NumPy's own limit on the number of axes.
  static let mostAxes = 64

  /// The literal as NumPy writes it.
  var literal: String {
    let extents = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = isFortranOrder ? "True" : "False"
    return "{'descr': '\(elementType.rawValue)', 'fortran_order': \(order), 'shape': (\(extents)), }"
  }
}

extension NumPyHeader {
  /// Reads the literal, which spaces and a line feed may follow.
  init(literal: ArraySlice<UInt8>) throws(NumPyError.Kind) {
    var parser = Parser(rest: literal)
    var typeText: String?
    var order: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.skip("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where typeText == nil: typeText = try parser.elementType()
      case "fortran_order" where order == nil: order = try parser.boolean()
      case "shape" where shape == nil: shape = try parser.tuple()
      case "descr", "fortran_order", "shape": throw .malformedHeader("'\(key)' is there twice")
      default: throw .malformedHeader("there is an unknown key '\(key)'")
      }
      if !parser.skip(",") {
        try parser.expect("}")
        break
      }
    }
    guard parser.isAtEnd else { throw .malformedHeader("something follows the dictionary") }
    guard let typeText else { throw .malformedHeader("'descr' is missing") }
    guard let order else { throw .malformedHeader("'fortran_order' is missing") }
    guard let shape else { throw .malformedHeader("'shape' is missing") }
    guard let elementType = NumPyElementType(rawValue: typeText) else { throw .unsupportedElementType(typeText) }
    self.init(elementType: elementType, isFortranOrder: order, shape: shape)
  }

  /// Just as much of Python's literals as the three keys need.
  private struct Parser {
    var rest: ArraySlice<UInt8>

    var isAtEnd: Bool {
      mutating get {
        skipSpace()
        return rest.isEmpty
      }
    }

    mutating func skipSpace() {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    mutating func skip(_ text: String) -> Bool {
      skipSpace()
      guard rest.starts(with: text.utf8) else { return false }
      rest = rest.dropFirst(text.utf8.count)
      return true
    }

    mutating func expect(_ text: String) throws(NumPyError.Kind) {
      guard skip(text) else { throw .malformedHeader("there is no '\(text)' where one belongs") }
    }

    mutating func string() throws(NumPyError.Kind) -> String {
      let quote = UInt8(ascii: "'")
      try expect("'")
      guard let end = rest.firstIndex(of: quote) else { throw .malformedHeader("a string does not end") }
      defer { rest = rest[(end + 1)...] }
      return String(decoding: rest[..<end], as: UTF8.self)
    }

    /// A structured type is a list of fields, not a string.
    mutating func elementType() throws(NumPyError.Kind) -> String {
      skipSpace()
      guard rest.first != UInt8(ascii: "[") else { throw .unsupportedElementType("[… fields …]") }
      return try string()
    }

    mutating func boolean() throws(NumPyError.Kind) -> Bool {
      if skip("True") { return true }
      try expect("False")
      return false
    }

    mutating func tuple() throws(NumPyError.Kind) -> [Int] {
      var extents: [Int] = []
      try expect("(")
      while !skip(")") {
        skipSpace()
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let extent = Int(String(decoding: digits, as: UTF8.self)) else {
          throw .malformedHeader("an extent of the shape is no whole number that fits into 63 bits")
        }
        rest = rest[digits.endIndex...]
        extents.append(extent)
        guard extents.count <= NumPyHeader.mostAxes else {
          throw .malformedHeader("the shape has more than \(NumPyHeader.mostAxes) axes")
        }
        if !skip(",") {
          // Python reads `(3)` as a number; only `(3,)` is a tuple.
          guard extents.count > 1 else { throw .malformedHeader("the shape is no tuple") }
          try expect(")")
          break
        }
      }
      return extents
    }
  }
}

extension NumPyError.Kind: Error {}
