import Base
import Foundation
import HTTPCore
import Logging
import TestSupport
import Testing

@testable import Gateway
@testable import HTTPServer

@Suite struct AccessLogTests {
  /// The line of an exchange, without its time.
  private func line(_ exchange: ServerEvent.Exchange, _ format: LogFormat) throws -> String {
    let folder = try TemporaryFolder()
    let output = try LogOutput(to: .file(folder.path("log")), format: format, level: .critical)
    AccessLog(output).record(exchange)
    #expect(output.flush(within: .seconds(30)))
    let text = String(decoding: try FileAccess.read(folder.path("log"), limit: 1 << 20), as: UTF8.self)
    #expect(text.count { $0 == "\n" } == 1)
    return text.replacing(#/[0-9]{4}-[0-9-]+T[0-9:.]+Z/#, with: "TIME")
  }

  private func exchange(
    _ target: RequestTarget? = .origin(path: "/v1/classify", query: nil), status: HTTPStatus? = .ok,
    notes: [String: String] = [:], subject: String? = nil, fields: HeaderFields = [:]
  ) -> ServerEvent.Exchange {
    ServerEvent.Exchange(
      head: target.map { RequestHead(method: .post, target: $0, fields: fields) },
      peer: Peer(address: "192.0.2.7", port: 4711, certificateSubject: subject), status: status, notes: notes,
      bytesIn: 12_345, bytesOut: 678, reading: .microseconds(1500), waiting: .milliseconds(4), writing: .zero,
      isComplete: status != nil, isStreamed: false)
  }

  @Test func `a request has one line with all that is known of it`() throws {
    let notes = ["request_id": "r-1", "trace_id": "4bf92f", "model": "traffic-signs/1", "outcome": "rejected"]
    #expect(
      try line(exchange(notes: notes, subject: "CN=client"), .json) == """
        {"time":"TIME","level":"info","logger":"distinguo.access","message":"request","method":"POST",\
        "path":"/v1/classify","status":200,"bytes_in":12345,"bytes_out":678,"reading_ms":1.500,"waiting_ms":4.000,\
        "writing_ms":0.000,"peer":"192.0.2.7","client":"CN=client","complete":true,"model":"traffic-signs/1",\
        "outcome":"rejected","request_id":"r-1","trace_id":"4bf92f"}

        """)
    #expect(
      try line(exchange(notes: notes), .text) == """
        TIME info distinguo.access: request method=POST path=/v1/classify status=200 bytes_in=12345 bytes_out=678 \
        reading_ms=1.500 waiting_ms=4.000 writing_ms=0.000 peer=192.0.2.7 complete=true model=traffic-signs/1 \
        outcome=rejected request_id=r-1 trace_id=4bf92f

        """)
  }

  @Test func `a request that could not be read, or was not answered, has one too`() throws {
    #expect(
      try line(exchange(nil, status: nil), .json) == """
        {"time":"TIME","level":"info","logger":"distinguo.access","message":"request","status":null,"bytes_in":12345,\
        "bytes_out":678,"reading_ms":1.500,"waiting_ms":4.000,"writing_ms":0.000,"peer":"192.0.2.7","complete":false}

        """)
    #expect(try line(exchange(.asterisk), .text).contains(" path=* "))
  }

  @Test func `what may be secret is left out`() throws {
    let fields: HeaderFields = ["Authorization": "Bearer hush", "Cookie": "hush"]
    let line = try line(exchange(.origin(path: "/v1/models", query: "token=hush"), fields: fields), .json)
    #expect(!line.contains("hush"))
    #expect(line.contains(#""path":"/v1/models","#))
  }

  @Test func `a long path is shortened, and a note cannot pass for the server's own word`() throws {
    let path = "/" + String(repeating: "é", count: 4000)
    let line = try line(exchange(.origin(path: path, query: nil), notes: ["status": "999", "peer": "x"]), .json)
    #expect(line.contains(#""path":"/\#(String(repeating: "é", count: 127))"#))
    #expect(line.utf8.count < 600)
    #expect(!line.contains("999"))
    #expect(!line.contains(#""peer":"x""#))
  }

  @Test func `a request cannot write a line of its own`() throws {
    let target = RequestTarget.origin(path: "/a\n{\"status\":200}\u{1b}[2J", query: nil)
    let line = try line(exchange(target, notes: ["request_id": "x\r\ny"]), .json)
    #expect(line.contains(#""path":"/a\n{\"status\":200}\u001b[2J""#))
    #expect(line.contains(#""request_id":"x\u000d\ny""#))
  }
}
