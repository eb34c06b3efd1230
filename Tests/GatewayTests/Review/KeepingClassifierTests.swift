import Base
import Foundation
@testable import Gateway
import HTTPCore
import Images
import StateStore
import TestSupport
import Testing

/// Rejected pictures on their way from the classifier into the folder.
@Suite struct KeepingClassifierTests {
  private let gate: Gate
  private let keeping: Keeping

  init() throws {
    gate = try Gate()
    keeping = try Keeping()
    gate.classifier.keepPictures(with: keeping.pictures)
  }

  @Test func `the file of a rejected picture is kept as it was sent, that of an accepted one is not`() throws {
    let noise = try rejected()
    #expect(try gate.post(body: try Gate.png()).object["outcome"] as? String == "accepted")
    keeping.pictures.flush()
    let kept = try #require(try keeping.kept().first)
    #expect(try keeping.kept().count == 1)
    #expect(try FileAccess.read(keeping.path(kept.digest), limit: 1 << 20) == noise.file)
    #expect((kept.model, kept.version, kept.reason) == ("colours", 1, "score_below_threshold"))
    #expect((kept.bytes, kept.mediaType, kept.requestID) == (noise.file.count, "image/png", "r9"))
    #expect(kept.opinions.count == 2)
    let score = try noise.response.object["score"] as? Double
    #expect(score == kept.score.map { ($0 * 1e6).rounded() / 1e6 })
  }

  @Test func `a part of a form is kept by itself`() throws {
    let noise = try rejected()
    let form = Form.body([.init(bytes: try Gate.png()), .init(bytes: noise.file)])
    _ = try gate.post(fields: Form.fields, body: form)
    keeping.pictures.flush()
    #expect(try keeping.kept().map(\.count) == [2])
  }

  @Test func `what nobody is told of is not kept`() throws {
    let noise = try rejected()
    let answers = Promised<Bool>()
    let question = Classifier.Question(generation: try #require(gate.models.generation()), requestID: "trial") {
      () throws(ClassificationFault) in [PictureBody(bytes: noise.file)]
    }
    gate.classifier.answer(question, isObserved: false) { _ in answers.give(true) }
    _ = try answers.wait()
    keeping.pictures.flush()
    #expect(try keeping.kept().map(\.count) == [1])
    #expect(keeping.outcomes == ["kept"])
  }

  @Test func `switched off, or too large, a picture is told of without its file`() throws {
    let noise = try rejected()
    keeping.pictures.change(.init())
    _ = try gate.post(body: noise.file)
    keeping.pictures.change(.with { $0.pictureBytes = noise.file.count - 1 })
    _ = try gate.post(body: noise.file)
    keeping.pictures.flush()
    #expect(keeping.outcomes == ["kept", "unwanted", "unwanted"])
    keeping.pictures.change(.with { $0.pictureBytes = noise.file.count })
    _ = try gate.post(body: noise.file)
    keeping.pictures.flush()
    #expect(try keeping.kept().map(\.count) == [2])
  }

  @Test func `verdicts are given all the same where nothing can be kept`() throws {
    try FileManager.default.removeItem(atPath: keeping.path(""))
    try FileAccess.replace(keeping.folder.path("state/review"), with: [])
    let noise = try rejected()
    #expect(noise.response.status == .ok)
    #expect(try gate.post(body: try Gate.png()).status == .ok)
    keeping.pictures.flush()
    #expect(keeping.outcomes == ["failed"])
  }

  /// A picture that was rejected and kept, and its answer.
  private func rejected() throws -> (file: [UInt8], response: Response) {
    for seed in 0..<40 {
      var random = SeededGenerator(seed: UInt64(seed))
      let pixels = (0..<768).map { _ in UInt8.random(in: 0...255, using: &random) }
      let file = try ImageEncoder.png(Picture(width: 16, height: 16, pixels: pixels))
      let response = try gate.post(fields: ["X-Request-Id": "r9"], body: file)
      guard try response.object["outcome"] as? String == "rejected" else { continue }
      keeping.pictures.flush()
      return (file, response)
    }
    throw Gate.Unexpected("nothing was rejected")
  }
}
