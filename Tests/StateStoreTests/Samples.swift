import Base
import Foundation
import TestSupport

@testable import StateStore

/// Where a test's state is.
extension TemporaryFolder {
  var state: String { path("state") }
  var database: String { path("state/state.sqlite") }
}

/// A moment with more digits than milliseconds have.
let moment = Date(timeIntervalSinceReferenceDate: 817_181_817.123_456_7)

extension Job {
  static func sample(_ id: String, model: String = "flowers") -> Job {
    Job(
      id: id, actor: "alice",
      request: JobRequest(
        model: model, data: .init(path: "flowers.tar"), feedback: true, seed: .max, activate: true, start: .teacher,
        teacher: "resnet18.onnx", labelBy: "^(.+)-\\d+$", flips: false),
      created: moment)
  }
}

extension GateReport {
  static let sample = GateReport(
    isPassed: false, reasons: ["accuracy fell by 3 points"], candidate: figures(3), serving: figures(2),
    margins: Margins())

  private static func figures(_ version: Int) -> Figures {
    let share = Share(count: 9, of: 10, share: 0.9, low: 0.6, high: 0.98)
    return Figures(
      version: version, studentAccuracy: share, endToEndAccuracy: share, cleanRejectionRate: share, defenceRate: nil)
  }
}

extension KeptRejection {
  static func sample(
    _ digest: String, model: String = "flowers", bytes: Int = 100, time: Date = moment, review: Review? = nil
  ) -> KeptRejection {
    KeptRejection(
      digest: digest, model: model, version: 2, label: "tulip", confidence: 0.1 + 0.2, score: 0.25, threshold: nil,
      reason: "below_threshold", opinions: [.init(id: "d01", score: 0.5, agrees: true)], mediaType: "image/png",
      bytes: bytes, time: time, requestID: "r-\(digest)", review: review)
  }
}
