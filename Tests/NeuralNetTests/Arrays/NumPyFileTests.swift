import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct NumPyFileTests {
  @Test(arguments: NumPyElementType.allCases)
  func `an array of each element type is read`(type: NumPyElementType) throws {
    let file = try NumPyFile(contentsOf: Fixture.path("arrays/\(type).npy"))
    #expect(file.elementType == type)
    #expect(file.tensor == Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5]))
  }

  @Test(arguments: ["version2", "version3"])
  func `later format versions are read`(name: String) throws {
    let file = try NumPyFile(contentsOf: Fixture.path("arrays/\(name).npy"))
    #expect(file.tensor == Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5]))
  }

  @Test func `an array in Fortran order is put in row-major order`() throws {
    let file = try NumPyFile(contentsOf: Fixture.path("arrays/fortran.npy"))
    #expect(file.tensor == Tensor(shape: [2, 3, 4], scalars: (0..<24).map(Float.init)))
  }

  @Test func `a scalar, a vector and an empty array keep their shapes`() throws {
    #expect(try NumPyFile(contentsOf: Fixture.path("arrays/scalar.npy")).tensor == Tensor(2.5))
    #expect(
      try NumPyFile(contentsOf: Fixture.path("arrays/vector.npy")).tensor == Tensor(shape: [3], scalars: [0, 1, 2]))
    #expect(try NumPyFile(contentsOf: Fixture.path("arrays/empty.npy")).tensor == Tensor(shape: [0, 3], scalars: []))
  }

  @Test(arguments: NumPyElementType.allCases)
  func `what is written is byte for byte what NumPy writes`(type: NumPyElementType) throws {
    let tensor = Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5])
    let path = Fixture.path("arrays/\(type).npy")
    #expect(try NumPyFile.bytes(of: tensor, as: type, name: "x") == [UInt8](Data(contentsOf: URL(filePath: path))))
  }

  @Test func `values survive a file`() throws {
    let tensor = Tensor(shape: [1, 4], scalars: [-0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity])
    let folder = try TemporaryFolder()
    try NumPyFile.write(tensor, to: folder.path("x.npy"))
    let read = try NumPyFile(contentsOf: folder.path("x.npy")).tensor
    #expect(read.shape == tensor.shape)
    #expect(read.scalars.map(\.bitPattern) == tensor.scalars.map(\.bitPattern))
  }

  @Test func `a value that an integer cannot hold is not written`() {
    let error = #expect(throws: NumPyError.self) {
      try NumPyFile.bytes(of: Tensor(shape: [2], scalars: [1, 256]), as: .uint8, name: "y.npy")
    }
    #expect(error?.kind == .unrepresentable(value: 256, type: .uint8))
    #expect(error?.description == "y.npy: cannot hold 256.0 as |u1")
  }

  @Test(arguments: [("bigendian", ">f4"), ("object", "|O"), ("complex", "<c8"), ("fields", "[… fields …]")])
  func `element types that are no plain little-endian numbers are refused`(name: String, type: String) {
    let error = #expect(throws: NumPyError.self) {
      try NumPyFile(contentsOf: Fixture.path("arrays/refused-\(name).npy"))
    }
    #expect(error?.kind == .unsupportedElementType(type))
  }

  @Test(arguments: ["float32", "version2"])
  func `a file cut short anywhere is refused`(name: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: Fixture.path("arrays/\(name).npy"))))
    for length in 0..<bytes.count {
      #expect(throws: NumPyError.self, "cut to \(length) bytes") {
        try NumPyFile(bytes: bytes[..<length], name: "cut.npy")
      }
    }
  }

  @Test func `bytes after the values are refused`() throws {
    let bytes = try NumPyFile.bytes(of: Tensor(shape: [2], repeating: 1), name: "x")
    let error = #expect(throws: NumPyError.self) { try NumPyFile(bytes: (bytes + [0])[...], name: "x.npy") }
    #expect(error?.kind == .wrongSize(shape: [2], bytes: 9))
  }

  @Test(arguments: [
    "(9223372036854775807, 9223372036854775807)", "(4294967296, 4294967296, 0)", "(3000000000,)", "(1, 2)",
  ])
  func `a shape that does not fit the bytes is refused before memory is taken`(shape: String) {
    let error = #expect(throws: NumPyError.self) {
      try NumPyFile(bytes: file("{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"), name: "huge.npy")
    }
    guard case .wrongSize = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
  }

  @Test(arguments: [
    ("", "there is no '{' where one belongs"),
    ("{}", "'descr' is missing"),
    ("{'descr': '<f4', 'shape': (1,)}", "'fortran_order' is missing"),
    ("{'descr': '<f4', 'fortran_order': False}", "'shape' is missing"),
    ("{'descr': '<f4', 'descr': '<f4'}", "'descr' is there twice"),
    ("{'descr': '<f4', 'title': 'x'}", "there is an unknown key 'title'"),
    ("{'descr': '<f4", "a string does not end"),
    ("{'descr': '<f4' 'shape'", "there is no '}' where one belongs"),
    ("{'fortran_order': 0", "there is no 'False' where one belongs"),
    ("{'shape': (-1,)", "an extent of the shape is no whole number that fits into 63 bits"),
    ("{'shape': (9223372036854775808,)", "an extent of the shape is no whole number that fits into 63 bits"),
    ("{'shape': (1)", "the shape is no tuple"),
    ("{'shape': (1, 1 1)", "there is no ')' where one belongs"),
    ("{'shape': (\(String(repeating: "1, ", count: 65)))", "the shape has more than 64 axes"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} + x", "something follows the dictionary"),
  ])
  func `a malformed header is refused with the reason`(literal: String, reason: String) {
    let error = #expect(throws: NumPyError.self) { try NumPyFile(bytes: file(literal), name: "x.npy") }
    #expect(error?.kind == .malformedHeader(reason))
  }

  @Test func `other files and later versions are told apart`() {
    let other = #expect(throws: NumPyError.self) { try NumPyFile(bytes: [1, 2, 3], name: "x.npy") }
    #expect(other?.description == "x.npy: is no NumPy file: wrong first bytes")
    let later = #expect(throws: NumPyError.self) { try NumPyFile(bytes: file("{}", version: 4), name: "x.npy") }
    #expect(later?.kind == .unknownVersion(major: 4, minor: 0))
  }

  @Test func `a header that claims gigabytes is refused`() {
    let bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    let error = #expect(throws: NumPyError.self) { try NumPyFile(bytes: bytes[...], name: "x.npy") }
    #expect(error?.kind == .malformedHeader("it claims 4294967295 bytes, more than 10000"))
  }

  @Test func `a file that is not there, and one without an end, are named`() {
    let missing = #expect(throws: NumPyError.self) { try NumPyFile(contentsOf: "/nowhere/x.npy") }
    #expect(missing?.description == "/nowhere/x.npy: open: No such file or directory")
    let device = #expect(throws: NumPyError.self) { try NumPyFile(contentsOf: "/dev/zero") }
    #expect(device?.kind == .inaccessible("not a regular file"))
    #expect(throws: NumPyError.self) { try NumPyFile.write(Tensor(1), to: "/nowhere/x.npy") }
  }

  /// A file with this header and one float32.
  private func file(_ literal: String, version: UInt8 = 1) -> ArraySlice<UInt8> {
    let length = [UInt8(literal.utf8.count & 0xFF), UInt8(literal.utf8.count >> 8)]
    return ([0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(literal.utf8) + [0, 0, 0, 0])[...]
  }
}
