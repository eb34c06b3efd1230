import Base
import Defence
import Dispatch
import Foundation
@testable import Gateway
import HTTPCore
import HTTPServer
import Images
import TestSupport
import Testing

/// The routes of a small model of coloured pictures, asked without a socket.
struct Gate {
  let tiny: TinyBundle
  let models: ServedModels
  let log = EventLog()
  let classifier: Classifier
  let readiness = Readiness()
  let router: Router

  init(
    _ classifying: Classifier.Settings = Gate.settings, routes: ClassifyRoute.Settings = .init(),
    prepare: (TinyBundle) throws -> Void = { _ in }
  ) throws {
    tiny = try TinyBundle()
    try prepare(tiny)
    var settings = ServedModels.Settings(folder: tiny.folder.path(""))
    settings.threads = classifying.batching.threads
    settings.maximumBatch = classifying.batching.maximumBatch
    models = try ServedModels(settings)
    classifier = Classifier(classifying, observer: log)
    let classify = ClassifyRoute(models: models, classifier: classifier, settings: routes)
    router = Router(
      classify.routes + ModelRoutes(models: models, policy: nil).routes + HealthRoutes(readiness: readiness).routes)
  }

  /// One thread that computes, one that decodes.
  static var settings: Classifier.Settings {
    var settings = Classifier.Settings()
    settings.batching.threads = 1
    settings.decodingThreads = 1
    settings.deadline = .seconds(60)
    return settings
  }

  static let peer = Peer(address: "127.0.0.1", port: 4711)

  /// What becomes of a request's head.
  func receive(
    _ method: HTTPMethod, _ path: String, fields: HeaderFields = [:], framing: RequestHead.Framing = .none
  ) -> Reception {
    let head = RequestHead(method: method, target: .origin(path: path, query: nil), fields: fields, framing: framing)
    return router.receive(head, from: Self.peer)
  }

  /// The answer to a request without a body, or that is given before there is one.
  func answer(
    _ method: HTTPMethod, _ path: String, fields: HeaderFields = [:], framing: RequestHead.Framing = .none
  ) throws -> Response {
    guard case .answer(let response) = receive(method, path, fields: fields, framing: framing) else {
      throw Unexpected("the body was asked for")
    }
    return response
  }

  /// Sends a request with a body; the answer comes.
  func send(
    _ path: String = "/v1/classify", fields: HeaderFields = [:], body: [UInt8]
  ) throws -> Promised<Response> {
    let promised = Promised<Response>()
    let head = RequestHead(
      method: .post, target: .origin(path: path, query: nil), fields: fields, framing: .length(body.count))
    switch router.receive(head, from: Self.peer) {
    case .answer(let response): promised.give(response)
    case .gather(_, let then):
      then(Request(head: head, body: body, peer: Self.peer), Responder { response, _ in promised.give(response) })
    }
    return promised
  }

  /// Sends a request with a body and waits for its answer.
  func post(_ path: String = "/v1/classify", fields: HeaderFields = [:], body: [UInt8]) throws -> Response {
    try send(path, fields: fields, body: body).wait()
  }

  /// For each label the file of a picture that is accepted, out of those that the model was trained with.
  private static let accepted = Result { () throws -> [[UInt8]] in
    let bundle = try TinyBundle().bundle()
    let worker = try DefenceWorker(try bundle.model())
    return try ColoredPictures.labels.indices.map { label in
      let right = try TinyBundle.data.training.first { item in
        let verdict = bundle.verdict(try worker.judge([item.picture])[0])
        return item.label == label && verdict.studentLabel == label && verdict.isAccepted
      }
      return try ImageEncoder.png(try #require(right).picture)
    }
  }

  /// The file of a picture that is accepted, green unless told otherwise.
  static func png(_ label: Int = 1) throws -> [UInt8] { try accepted.get()[label] }

  struct Unexpected: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}

extension Gate {
  /// Keeps the only compute thread busy until told to let go.
  func hold() throws -> Hold { try Hold(classifier, try #require(models.generation())) }

  final class Hold {
    private let semaphore = DispatchSemaphore(value: 0)

    init(_ classifier: Classifier, _ generation: Generation) throws {
      let entered = Promised<Bool>()
      classifier.rehearse(generation) { [semaphore] _ in
        entered.give(true)
        semaphore.wait()
      }
      _ = try entered.wait()
    }

    func letGo() { semaphore.signal() }
  }
}

extension Response {
  /// The body as a JSON object.
  var object: [String: Any] {
    get throws {
      let value = try JSONSerialization.jsonObject(with: Data(body))
      return try #require(value as? [String: Any])
    }
  }

  /// A problem's word for programs.
  var error: String? { try? object["error"] as? String }
}

/// A form with parts of a name, a file name and a type.
struct Form {
  struct Part {
    var name = "image"
    var fileName: String?
    var type: String?
    var bytes: [UInt8]
  }

  static let fields: HeaderFields = ["Content-Type": "multipart/form-data; boundary=frontier"]

  static func body(_ parts: [Part]) -> [UInt8] {
    var body: [UInt8] = []
    for part in parts {
      body += Array("--frontier\r\nContent-Disposition: form-data; name=\"\(part.name)\"".utf8)
      if let name = part.fileName { body += Array("; filename=\"\(name)\"".utf8) }
      if let type = part.type { body += Array("\r\nContent-Type: \(type)".utf8) }
      body += Array("\r\n\r\n".utf8) + part.bytes + Array("\r\n".utf8)
    }
    return body + Array("--frontier--\r\n".utf8)
  }
}
