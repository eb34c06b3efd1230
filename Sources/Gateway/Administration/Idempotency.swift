internal import Digests
internal import Foundation
internal import HTTPCore
internal import StateStore

/// Does what is asked for once, however often it is asked with the same `Idempotency-Key`
/// (draft-ietf-httpapi-idempotency-key-header-07).
struct Idempotency: Sendable {
  let table: IdempotencyTable

  /// Answers a request, or says again what was said before to the one with the same key.
  ///
  /// - Throws: what the work throws; 400 for a key that is none, 409 while the first is not answered yet, 422 where it was
  ///   another request.
  func answer(
    _ request: AdminRequest, _ work: (AdminRequest) throws(AdminProblem) -> Response
  ) throws(AdminProblem) -> Response {
    let given = request.routed.head.fields.values("Idempotency-Key")
    guard let text = given.first else { return try work(request) }
    guard given.count == 1, let key = Self.key(text) else {
      throw .bad("the Idempotency-Key must be 1 to 255 visible ASCII characters, such as a UUID")
    }
    let actor = request.administrator.name
    let head = request.routed.head
    let fingerprint = SHA256.hexadecimal(of: Array("\(head.method) \(head.target)\n".utf8) + request.body)
    let claim: IdempotencyTable.Claim
    do throws(StateError) {
      claim = try table.claim(actor: actor, key: key, fingerprint: fingerprint, time: Date())
    } catch {
      throw AdminProblem(error)
    }
    switch claim {
    case .new: break
    case .inProgress:
      throw AdminProblem(
        .conflict, "the request with this Idempotency-Key is not answered yet", error: "idempotency_key_in_use")
    case .otherRequest:
      throw AdminProblem(
        .unprocessableContent, "this Idempotency-Key was used for another request", error: "idempotency_key_reused")
    case .answered(let status, let location, let body): return Self.repeated(status, location, body)
    }
    do throws(AdminProblem) {
      let response = try work(request)
      // If it cannot be noted, the key stays in use: the work is done and must not be done again.
      try? table.answer(
        actor: actor, key: key, status: response.status.code, location: response.fields["Location"],
        body: response.body)
      return response
    } catch {
      // Nothing was done, and what was wrong may be put right.
      try? table.giveUp(actor: actor, key: key)
      throw error
    }
  }

  private static func repeated(_ status: Int, _ location: String?, _ body: [UInt8]) -> Response {
    let known = [HTTPStatus.ok, .created, .accepted, .noContent].first { $0.code == status } ?? HTTPStatus(status, "")
    var response = Response(known, type: "application/json", body: body)
    if let location { response.fields.set("Location", location) }
    response.fields.set("Idempotent-Replayed", "true")
    response.fields.set("Cache-Control", "no-store")
    response.notes["audit"] = "answered as before"
    return response
  }

  /// A structured field's string (RFC 9651 §3.3.3), or the same without its quotation marks.
  private static func key(_ text: String) -> String? {
    var key = text[...]
    if key.count > 1, key.hasPrefix("\""), key.hasSuffix("\"") { key = key.dropFirst().dropLast() }
    guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x22 }) else {
      return nil
    }
    return String(key)
  }
}
