internal import Foundation

/// A line that a child wrote to standard error.
enum ChildLine: Hashable {
  /// How far a training is.
  case trained(TrainingStep)
  /// How far a measurement is: a share from 0 to 1, and an estimate of what is left, in seconds.
  case measured(share: Double, secondsLeft: Double?)
  /// Why it is about to end.
  case error(String)
  /// Anything else, as a line for people.
  case text(String)

  /// Reads a line: an object of `--progress json`, or text.
  init(_ line: [UInt8]) {
    let text = String(line: line)
    self = .text(text)
    guard line.first == UInt8(ascii: "{") else { return }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = Data(line)
    guard let event = try? decoder.decode(Event.self, from: data) else { return }
    switch event.event {
    case "step":
      if let step = try? decoder.decode(TrainingStep.self, from: data), step.isSound {
        self = .trained(step)
      } else if let done = event.done, let total = event.total, total > 0 {
        self = .measured(share: min(max(done / total, 0), 1), secondsLeft: event.secondsLeft)
      }
    case "error": self = .error(event.text ?? text)
    case "note": self = .text(event.text ?? text)
    default: self = .text(Self.sentence(data) ?? text)
    }
  }

  private struct Event: Decodable {
    let event: String
    let text: String?
    let done: Double?
    let total: Double?
    let secondsLeft: Double?
  }

  /// An event's name and its members, for people.
  private static func sentence(_ data: Data) -> String? {
    guard var members = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let event = members.removeValue(forKey: "event")
    else { return nil }
    let texts = members.filter { !($0.value is NSNull) }.map { name, value in
      "\(name.replacing("_", with: " ")) \(value)"
    }
    return "\(event): \(texts.sorted().joined(separator: ", "))"
  }
}

/// A step of a training.
struct TrainingStep: Decodable, Hashable {
  let network: String
  let number: Int
  let count: Int
  let epoch: Int
  let epochs: Int
  let step: Int
  let steps: Int
  let loss: Double?
  let accuracy: Double?
  let imagesPerSecond: Double?
  let secondsLeft: Double?

  var isSound: Bool { number > 0 && number <= count && step >= 0 && step <= steps && steps > 0 }

  /// The share of the training that is done, each network for an equal part.
  var share: Double { (Double(number - 1) + Double(step) / Double(steps)) / Double(count) }

  /// Where the training stands, to be compared with where it stood.
  var position: [Int] { [number, step] }
}
