internal import Defence
internal import Foundation
internal import Images

/// One attack in pictures: source, target, what was made, what was changed, and the verdict.
struct ExampleRow {
  private let example: EvaluationRecord.Example
  private let verdict: VerdictRecord
  private let labels: [String]
  /// By how much a difference is multiplied to be seen.
  private static let amplification = 10

  init(_ example: EvaluationRecord.Example, _ verdict: VerdictRecord, labels: [String]) {
    (self.example, self.verdict, self.labels) = (example, verdict, labels)
  }

  func write(to page: inout HTMLWriter) throws {
    let source = labels[verdict.label]
    var shown = [("source", source, example.source)]
    if let target = example.target { shown.append(("mimicked", verdict.target.map { labels[$0] } ?? "", target)) }
    shown += [
      ("attack", "taken for \(labels[verdict.student])", example.adversarial),
      ("difference", "grey + \(Self.amplification) ×", difference),
    ]
    let images = try shown.map { ($0.0, $0.1, Data(try ImageEncoder.png($0.2)).base64EncodedString()) }
    page.element("div", ["class": "example"]) { row in
      row.element("p", ["class": "soft"], "\(verdict.set), number \(verdict.index)")
      for (name, detail, png) in images {
        row.element("figure") { figure in
          figure.void(
            "img", ["src": "data:image/png;base64,\(png)", "alt": "\(name): \(detail)", "width": "96", "height": "96"])
          figure.element("figcaption", "\(name): \(detail)")
        }
      }
      let score = verdict.score.map { String(format: "score %.3f", $0) } ?? "no score"
      let threshold = verdict.threshold.map { String(format: ", threshold %.3f", $0) } ?? ""
      row.element(
        "p", ["class": verdict.accepted ? "bad" : "good"],
        "\(verdict.accepted ? "ACCEPTED" : "rejected"): \(score)\(threshold)")
    }
  }

  private var difference: Picture {
    let pixels = zip(example.adversarial.pixels, example.source.pixels).map { made, original in
      UInt8(min(max(128 + Self.amplification * (Int(made) - Int(original)), 0), 255))
    }
    return Picture(width: example.source.width, height: example.source.height, pixels: pixels)
  }
}
