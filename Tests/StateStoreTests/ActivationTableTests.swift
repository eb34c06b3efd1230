import Foundation
import TestSupport
import Testing

@testable import StateStore

@Suite struct ActivationTableTests {
  let folder: TemporaryFolder
  let activations: ActivationTable

  init() throws {
    folder = try TemporaryFolder()
    activations = try StateDatabase(folder: folder.state).activations
  }

  @Test func `activations are numbered and kept apart by model`() throws {
    var flowers: [Activation] = []
    for (version, kind) in zip(1..., Activation.Kind.allCases) {
      let previous = version == 1 ? nil : version - 1
      flowers.append(
        try activations.append(
          model: "flowers", version: version, previous: previous, kind: kind, actor: "alice",
          time: moment - Double(version)))
      _ = try activations.append(
        model: "signs", version: version, previous: previous, kind: kind, actor: "alice", time: moment)
    }
    #expect(flowers.map(\.number) == [1, 3, 5, 7, 9])
    #expect(try activations.all(model: "flowers") == flowers)
    #expect(try activations.list(model: "flowers", limit: 2) == [flowers[4], flowers[3]])
    #expect(try activations.all(model: "signs").count == 5)
    #expect(try activations.all(model: "birds").isEmpty)
  }
}
