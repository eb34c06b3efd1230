import Foundation
import TestSupport
import Testing

@Suite struct VerifyTests {
  private let model: ColorModel

  init() throws { model = try ColorModel() }

  @Test func `a sound bundle is told in one line`() throws {
    let outcome = try Command.run("verify", model.model)
    #expect(outcome.status == 0 && outcome.error.isEmpty, "\(outcome.error)")
    #expect(outcome.output.hasPrefix("\(model.bundle) is sound: 3 labels, 2 differentiators, 6 files, sha256:"))
  }

  @Test func `each thing that is wrong is a line, and the status 1`() throws {
    try Data("x".utf8).write(to: URL(filePath: "\(model.bundle)/student.onnx"))
    try Data("x".utf8).write(to: URL(filePath: "\(model.bundle)/more.txt"))
    let outcome = try Command.run("verify", model.bundle)
    #expect(outcome.status == 1 && outcome.output.isEmpty)
    let lines = outcome.error.split(separator: "\n")
    #expect(lines.count == 2, "\(lines)")
    #expect(lines.first == "\(model.bundle)/more.txt: the manifest does not name it")
    #expect(lines.last?.hasPrefix("\(model.bundle)/student.onnx: its digest is sha256:") == true)
  }

  @Test func `what is no bundle is named`() throws {
    let outcome = try Command.run("verify", "/nowhere")
    #expect(outcome.status == 1 && outcome.error == "/nowhere: there is no such folder\n")
    #expect(try Command.run("verify").error.contains("Missing expected argument '<folder>'"))
  }
}
