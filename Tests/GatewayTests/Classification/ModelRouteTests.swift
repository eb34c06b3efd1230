import Defence
@testable import Gateway
import Foundation
import HTTPCore
import TestSupport
import Testing

@Suite struct ModelRouteTests {
  @Test func `what is served is listed`() throws {
    let gate = try Gate()
    let response = try gate.answer(.get, "/v1/models")
    #expect(response.status == .ok && response.fields["Content-Type"] == "application/json")
    let object = try response.object
    #expect(object["default"] as? String == "colours")
    let models = try #require(object["models"] as? [[String: Any]])
    #expect(models.count == 1)
    let model = try gate.answer(.get, "/v1/models/colours").object
    #expect(model as NSDictionary == models[0] as NSDictionary)
    #expect(model["name"] as? String == "colours" && model["version"] as? Int == 1)
    #expect(model["digest"] as? String == (try gate.tiny.bundle()).digest)
    #expect(model["labels"] as? [String] == ["blue", "green", "red"])
    #expect(model["differentiators"] as? [String] == ["d01", "d02", "d03"])
    #expect(model["asked"] as? Int == 2 && model["alpha"] as? Double == 0.1)
    #expect(model["policy"] as? String == "calibrated" && model["precision"] as? String == "float32")
    #expect(model["default"] as? Bool == true)
    #expect(model["input"] as? NSDictionary == ["width": 16, "height": 16, "resize": "squash"])
  }

  @Test func `a model that is not there is not found, and those that are are named`() throws {
    let response = try Gate().answer(.get, "/v1/models/shapes")
    #expect(response.status == .notFound && response.error == "unknown_model")
    #expect(try response.object["models"] as? [String] == ["colours"])
  }

  @Test func `the process lives, and is ready when every model has judged a picture`() throws {
    let gate = try Gate()
    #expect(try gate.answer(.get, "/livez").status == .ok)
    let early = try gate.answer(.get, "/readyz")
    #expect(early.status == .serviceUnavailable)
    #expect(try early.object["reasons"] as? [String] == ["no picture has been judged yet"])
    let rehearsed = Promised<Int>()
    gate.readiness.rehearse(gate.models, gate.classifier) { rehearsed.give($0.count) }
    #expect(try rehearsed.wait() == 0)
    #expect(try gate.answer(.get, "/readyz").status == .ok)
    // A rehearsal is nobody's picture.
    #expect(gate.log.events.isEmpty)
  }

  @Test func `it is not ready while it drains`() throws {
    let gate = try Gate()
    gate.readiness.set(.starting, false)
    gate.readiness.set(.draining, true)
    let response = try gate.answer(.get, "/readyz")
    #expect(response.status == .serviceUnavailable)
    #expect(try response.object["reasons"] as? [String] == ["the server is about to stop"])
    #expect(try gate.answer(.get, "/livez").status == .ok)
  }
}
