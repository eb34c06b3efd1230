import Foundation
import Images
import TestSupport
import Testing

@Suite struct AttackTests {
  private let model: ColorModel
  private let pictures: String

  init() throws {
    model = try ColorModel()
    pictures = try model.writePictures(2)
  }

  private func attack(_ arguments: [String], on picture: String? = nil) throws -> Command.Outcome {
    try Command.run(
      ["attack", "--model", model.model, "--threads", "1", "--output", model.folder.path("made")] + arguments
        + [picture ?? "\(pictures)/red/0.png"])
  }

  @Test(
    arguments: [
      ["mimicry", "--budget", "0.3"], ["fingerprint"], ["fgsm"], ["pgd", "--norm", "l2", "--radius", "20"],
      ["momentum", "--against", "defence"], ["apgd", "--radius", "200", "--against", "defence"], ["apgd-dlr"],
      ["carlini-wagner", "--radius", "50"], ["orthogonal", "--radius", "100"],
    ])
  func `each attack writes a picture and says what is answered to it`(_ arguments: [String]) throws {
    let target = arguments[0] == "mimicry" ? ["--target", "\(pictures)/blue/0.png"] : []
    let outcome = try attack(["--attack"] + arguments + target + ["--steps", "30", "--json"])
    #expect(outcome.status == 0, "\(outcome.error)")
    let made = model.folder.path("made/0-\(arguments[0]).png")
    let picture = try ImageDecoder.decode([UInt8](try Data(contentsOf: URL(filePath: made))))
    #expect(picture.width == 16 && picture.height == 16)
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(answer["image"] as? String == made)
    // What the file holds gets the same answer again.
    let again = try Command.run(["classify", "--model", model.model, "--threads", "1", "--json", made])
    let said = try #require(try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [String: Any])
    #expect(said["outcome"] as? String == answer["outcome"] as? String)
    #expect(said["score"] as? Double == answer["score"] as? Double)
  }

  @Test func `a wanted label is reached, in one picture for each`() throws {
    let outcome = try attack(
      ["--attack", "pgd", "--radius", "255", "--steps", "60", "--target", "blue"], on: "\(pictures)/green")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.output.split(separator: "\n").dropFirst(2).allSatisfy { $0.contains("blue") })
    #expect(try FileManager.default.contentsOfDirectory(atPath: model.folder.path("made")).count == 2)
  }

  static let wrong: [(arguments: [String], status: Int32, text: String)] = [
    (["--attack", "mimicry"], 64, "--target is missing: the picture to mimic."),
    (["--attack", "lasers"], 64, "lasers"),
    (
      ["--attack", "fingerprint", "--target", "x.png"], 64,
      "--target does not go with --attack fingerprint: it wants features of zero."
    ),
    (["--attack", "pgd", "--budget", "0.1"], 64, "--budget does not go with --attack pgd: --radius limits it."),
    (
      ["--attack", "mimicry", "--target", "x.png", "--radius", "3"], 64,
      "--radius does not go with --attack mimicry: --budget limits it."
    ),
    (
      ["--attack", "carlini-wagner", "--norm", "linf"], 64,
      "--norm linf does not go with --attack carlini-wagner: it has l2 alone."
    ),
    (
      ["--attack", "carlini-wagner", "--against", "defence"], 64,
      "--against defence does not go with --attack carlini-wagner: it is against the Student."
    ),
    (
      ["--attack", "orthogonal", "--against", "student"], 64,
      "--against student does not go with --attack orthogonal: it is against both."
    ),
    (
      ["--attack", "fingerprint", "--against", "student"], 64,
      "--against does not go with --attack fingerprint: it knows the Teacher alone."
    ),
    (["--attack", "pgd", "--norm", "l7"], 64, "l7"),
    (["--attack", "pgd", "--radius", "256"], 1, "a radius of 256.0; with Linf it must be above 0 and at most 255.0"),
    (["--attack", "pgd", "--steps", "0"], 1, "0 steps; there must be 1 to 1,000,000"),
    (["--attack", "fingerprint", "--budget", "0.7"], 1, "a DSSIM budget of 0.7; it must be above 0 and at most 0.5"),
    (["--attack", "pgd", "--target", "pink"], 64, "--target 'pink' is no label; there are: blue, green, red."),
    (["--attack", "pgd", "--label", "pink"], 64, "--label 'pink' is no label; there are: blue, green, red."),
    (["--attack", "pgd", "--label", "red", "--target", "red"], 1, "source 0 has its own label"),
    (["--attack", "mimicry", "--target", "/nowhere/x.png"], 1, "/nowhere/x.png: "),
  ]

  @Test(arguments: wrong.indices) func `what cannot be is named, and nothing is written`(_ index: Int) throws {
    let outcome = try attack(Self.wrong[index].arguments)
    #expect(outcome.status == Self.wrong[index].status, "\(outcome.error)")
    #expect(outcome.error.contains(Self.wrong[index].text), "\(outcome.error)")
    #expect(!FileManager.default.fileExists(atPath: model.folder.path("made")))
  }

  @Test func `pictures that cannot be read or told apart are named`() throws {
    let missing = try attack(["--attack", "pgd"], on: "/nowhere/x.png")
    #expect(missing.status == 1 && missing.error.contains("/nowhere/x.png: "), "\(missing.error)")
    let twice = try attack(["--attack", "pgd", "\(pictures)/blue/0.png"])
    #expect(twice.status == 64 && twice.error.contains("several pictures would be written to '0-pgd.png'"))
    try Data().write(to: URL(filePath: model.folder.path("made")))
    let place = try attack(["--attack", "fgsm"])
    #expect(place.status == 1 && place.error.contains("made"), "\(place.error)")
  }
}
