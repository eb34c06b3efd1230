import Base
import Foundation
@testable import Gateway
import HTTPCore
import HTTPServer
import StateStore
import TestSupport
import Testing

/// What is refused before there is a job. Jobs themselves are RetrainingTests' and the running program's.
@Suite struct JobAdministrationTests {
  private let office: Office
  private let jobs = "/admin/v1/retraining-jobs"

  init() throws { office = try Office.opened() }

  private func refusal(_ body: String) throws -> String {
    let response = try office.ask(.post, jobs, body)
    #expect(try (office.ask(.get, jobs).json["jobs"] as? [Any])?.isEmpty == true)
    #expect((try? FileManager.default.contentsOfDirectory(atPath: office.tiny.folder.path("state/jobs"))) ?? [] == [])
    return "\(response.status.code) \(response.problem ?? "") \(response.detail)"
  }

  @Test(arguments: [
    (#"{"data": {"path": "x"}}"#, "400 bad_request the member 'model' is missing"),
    (#"{"model": "colours"}"#, "400 bad_request there are no pictures"),
    (
      #"{"model": "shapes", "data": {"path": "x"}}"#, "404 unknown_model there is no model 'shapes'; there are: colours"
    ),
    (
      #"{"model": "colours", "data": {"path": "x"}, "preset": "slow"}"#,
      "400 bad_request preset is 'slow'; it must be quick, standard, thorough"
    ),
    (
      #"{"model": "colours", "data": {"path": "x"}, "seed": -1}"#,
      "400 bad_request a number that is out of range or not whole"
    ),
    (#"{"model": "colours", "data": "x"}"#, "400 bad_request the member 'data' must be an object"),
    (#"{"model": "colours", "data": {"path": "x"}, "start": "zero"}"#, "400 bad_request start is 'zero'"),
    (
      #"{"model": "colours", "data": {"path": "x"}, "start": "teacher"}"#,
      "400 bad_request start is teacher, which needs"
    ),
    (
      #"{"model": "colours", "data": {"path": "x"}, "start": "serving", "teacher": "t.onnx"}"#,
      "400 bad_request start is serving, which needs no teacher"
    ),
    (#"{"model": "colours", "data": {"path": "../x"}}"#, "422 path_not_allowed '../x' is not allowed"),
    (#"{"model": "colours", "data": {"path": "/etc/passwd"}}"#, "422 path_not_allowed '/etc/passwd' is not allowed"),
    (#"{"model": "colours", "data": {"path": "nothing"}}"#, "422 bad_data there is no 'nothing'"),
    (#"{"model": "colours", "data": {"path": ""}}"#, "422 path_not_allowed"),
  ])
  func `a request that is wrong is refused, and there is no job`(body: String, refusal: String) throws {
    let found = try self.refusal(body)
    #expect(found.hasPrefix(refusal), "\(found)")
  }

  @Test func `a link that leads out of the allowed folder is refused`() throws {
    try FileManager.default.createSymbolicLink(atPath: "\(office.data)/out", withDestinationPath: "/etc")
    #expect(try refusal(#"{"model": "colours", "data": {"path": "out"}}"#).hasPrefix("422 path_not_allowed"))
    #expect(try refusal(#"{"model": "colours", "data": {"path": "out/passwd"}}"#).hasPrefix("422 path_not_allowed"))
  }

  @Test func `labels that the model has not, and labels without pictures, are refused by name`() throws {
    let png = try Gate.png()
    for label in ColoredPictures.labels + ["mauve"] {
      try FileAccess.makeFolder("\(office.data)/set/\(label)")
      try FileAccess.replace("\(office.data)/set/\(label)/1.png", with: png)
    }
    let unknown = try refusal(#"{"model": "colours", "data": {"path": "set"}}"#)
    #expect(unknown.hasPrefix("422 bad_data set: has labels that are not among the"), "\(unknown)")
    #expect(unknown.contains("'mauve'"))
    try FileManager.default.removeItem(atPath: "\(office.data)/set/mauve")
    try FileManager.default.removeItem(atPath: "\(office.data)/set/\(ColoredPictures.labels[1])")
    let missing = try refusal(#"{"model": "colours", "data": {"path": "set"}}"#)
    #expect(missing.contains("'\(ColoredPictures.labels[1])'"), "\(missing)")
  }

  // MARK: Archives that come along

  private func upload(_ archive: [UInt8], named name: String = "set.tar", request: String? = nil) throws -> String {
    let request = request ?? #"{"model": "colours"}"#
    var body = Array("--b\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n\(request)\r\n".utf8)
    body += Array("--b\r\nContent-Disposition: form-data; name=\"archive\"; filename=\"\(name)\"\r\n\r\n".utf8)
    body += archive + Array("\r\n--b--\r\n".utf8)
    let response = try office.send(
      .post, jobs, body,
      ["Authorization": "Bearer \(Office.full)", "Content-Type": "multipart/form-data; boundary=b"])
    #expect((try? FileManager.default.contentsOfDirectory(atPath: office.tiny.folder.path("state/jobs"))) ?? [] == [])
    return "\(response.status.code) \(response.problem ?? "") \(response.detail)"
  }

  @Test func `an archive that leads elsewhere is refused`() throws {
    let png = try Gate.png()
    #expect(try upload(TarBuilder(files: [("/red/1.png", png)]).archive).contains("it is an absolute path"))
    #expect(try upload(TarBuilder(files: [("../red/1.png", png)]).archive).contains("'..' leads out"))
    var linked = TarBuilder()
    linked.add("red/1.png", type: "2")
    let refusal = try upload(linked.archive)
    #expect(refusal.hasPrefix("422 bad_data set.tar: the entry \"red/1.png\": is a symbolic link"), "\(refusal)")
  }

  @Test func `what is no archive, is cut off, or has one label alone, is refused`() throws {
    #expect(try upload(Array("hello".utf8)).hasPrefix("422 bad_data set.tar: is no data set"))
    let whole = TarBuilder(files: [("red/1.png", try Gate.png())]).archive
    #expect(try upload(Array(whole.prefix(700))).hasPrefix("422 bad_data set.tar"))
    #expect(try upload(whole).hasPrefix("422 bad_data set.tar"))
  }

  @Test func `an archive whose name is a path, or that comes beside a path, is refused`() throws {
    let archive = TarBuilder(files: [("red/1.png", try Gate.png())]).archive
    #expect(try upload(archive, named: "../../x").hasPrefix("400 bad_request"))
    let both = #"{"model": "colours", "data": {"path": "x"}}"#
    #expect(try upload(archive, request: both).hasPrefix("400 bad_request the pictures come from data.path or from"))
  }

  @Test func `a form without its two parts is refused`() throws {
    let body = Array("--b\r\nContent-Disposition: form-data; name=\"archive\"\r\n\r\nx\r\n--b--\r\n".utf8)
    let response = try office.send(
      .post, jobs, body,
      ["Authorization": "Bearer \(Office.full)", "Content-Type": "multipart/form-data; boundary=b"])
    #expect(response.problem == "bad_request")
  }

  @Test func `a job that is not there is neither shown nor cancelled nor followed`() throws {
    for (method, path) in [(HTTPMethod.get, "\(jobs)/x"), (.delete, "\(jobs)/x"), (.get, "\(jobs)/x/events")] {
      #expect(try office.ask(method, path).problem == "unknown_job")
    }
  }
}
