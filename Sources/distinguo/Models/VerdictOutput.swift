import Defence
import Foundation

/// Prints verdicts: lines of JSON at once, or a table at the end.
final class VerdictOutput {
  private let bundle: ModelBundle
  private let json: Bool
  private var table = TextTable(
    ["picture", "outcome", "label", "score", "threshold", "agree"], rightAligned: [3, 4, 5])
  private var count = 0

  init(_ bundle: ModelBundle, json: Bool) {
    self.bundle = bundle
    self.json = json
  }

  func add(_ verdict: Verdict, image: String, elapsed: Duration) {
    if json {
      let milliseconds = elapsed / .milliseconds(1)
      let document = VerdictDocument(
        verdict, of: bundle.record, image: image, requestID: UUID().uuidString.lowercased(), elapsed: milliseconds)
      print(document.json())
      return
    }
    func number(_ value: Double?) -> String { value.map { String(format: "%.3f", $0) } ?? "–" }
    let label = bundle.manifest.labels[verdict.studentLabel]
    count += 1
    table.add([
      image, verdict.isAccepted ? "accepted" : "REJECTED", verdict.isAccepted ? label : "(\(label))",
      number(verdict.score), number(verdict.threshold),
      "\(verdict.opinions.count { $0.agrees })/\(verdict.opinions.count)",
    ])
  }

  /// A picture that could not be read.
  func add(_ fault: PictureFault, image: String) {
    FileHandle.standardError.write(Data("\(image): \(fault)\n".utf8))
    guard json else { return }
    let members = ["image": image, "error": fault.description]
    let line = try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys, .withoutEscapingSlashes])
    print(String(decoding: line ?? Data(), as: UTF8.self))
  }

  func finish() {
    if !json, count > 0 { print(table.text) }
  }
}
