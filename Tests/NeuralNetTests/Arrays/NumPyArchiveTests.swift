import Foundation
import NeuralNet
import TestSupport
import Testing

@Suite struct NumPyArchiveTests {
  private let bytes: [UInt8]

  init() throws {
    bytes = try [UInt8](Data(contentsOf: URL(filePath: Fixture.path("arrays/several.npz"))))
  }

  @Test func `arrays are found by name`() throws {
    let archive = try NumPyArchive(contentsOf: Fixture.path("arrays/several.npz"))
    #expect(archive.names == ["image", "labels", "output:y"])
    #expect(try archive.array("image").elementType == .uint8)
    #expect(try archive.tensor("labels") == Tensor(shape: [3], scalars: [0, 1, 2]))
    #expect(try archive.tensor("output:y") == Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5]))
    #expect(archive.contains("image") && !archive.contains("image.npy"))
  }

  @Test func `a name that is not there is said`() throws {
    let archive = try NumPyArchive(bytes: bytes, name: "several.npz")
    let error = #expect(throws: NumPyError.self) { try archive.tensor("mask") }
    #expect(error?.description == "several.npz: has no array 'mask'")
  }

  @Test func `what is written is read again`() throws {
    let empty = Tensor(shape: [0], scalars: [])
    let tensors = ["a": Tensor(shape: [2], scalars: [1, 2]), "ä/b": Tensor(3), "empty": empty]
    let archive = try NumPyArchive(bytes: NumPyArchive.bytes(of: tensors, name: "x"), name: "x")
    #expect(archive.names == tensors.keys.sorted())
    for (name, tensor) in tensors { #expect(try archive.tensor(name) == tensor) }
  }

  @Test func `an archive without entries is read`() throws {
    #expect(try NumPyArchive(bytes: NumPyArchive.bytes(of: [:], name: "x"), name: "x").names.isEmpty)
  }

  @Test func `compressed entries are refused with what would be right`() {
    let error = #expect(throws: NumPyError.self) {
      try NumPyArchive(contentsOf: Fixture.path("arrays/refused-compressed.npz"))
    }
    #expect(error?.kind == .compressed(entry: "image.npy"))
    #expect(error?.description.contains("np.savez, not np.savez_compressed") == true)
  }

  @Test func `an archive cut short anywhere is refused`() {
    for length in 0..<bytes.count {
      #expect(throws: NumPyError.self, "cut to \(length) bytes") {
        try NumPyArchive(bytes: Array(bytes[..<length]), name: "cut.npz")
      }
    }
  }

  @Test func `a changed byte never goes unseen in the values`() throws {
    let intact = try NumPyArchive(bytes: bytes, name: "intact")
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0xFF
      // Some bytes (dates, versions) mean nothing to the reader; the values must be right or refused either way.
      guard let archive = try? NumPyArchive(bytes: damaged, name: "damaged") else { continue }
      for name in intact.names {
        guard let tensor = try? archive.tensor(name) else { continue }
        #expect(try tensor == intact.tensor(name), "byte \(index)")
      }
    }
  }

  @Test func `a damaged value is said to be damaged`() throws {
    let start = try #require(bytes.firstIndex(of: 0x93))
    var damaged = bytes
    damaged[start + 128] ^= 1
    let error = #expect(throws: NumPyError.self) { try NumPyArchive(bytes: damaged, name: "x.npz").tensor("image") }
    #expect(error?.kind == .damaged(entry: "image"))
  }

  @Test func `other files are told apart`() {
    let error = #expect(throws: NumPyError.self) {
      try NumPyArchive(contentsOf: Fixture.path("arrays/float32.npy"))
    }
    #expect(error?.kind == .wrongMagic)
  }
}
