internal import HTTPCore

/// What of the rejections is asked for.
struct RejectionQuery: Sendable, Hashable {
  /// The only window; nil for all.
  var window: RejectionWindow?
  /// The only model that counts; nil for all.
  var model: String?
  /// How many events at most; nil for all that are kept.
  var limit: Int?

  /// Everything.
  init() {}

  /// Reads a target's query: `window`, `model` and `limit`, each at most once and nothing else.
  ///
  /// - Parameters:
  ///   - models: those that may be asked for.
  ///   - most: the greatest `limit`.
  init(_ target: RequestTarget, models: Set<String>, most: Int) throws(RejectionQueryError) {
    guard let items = target.queryItems else { throw .badEncoding }
    var seen: Set<String> = []
    for item in items {
      let (name, value) = (item.name, item.value)
      guard seen.insert(name).inserted else { throw .repeated(name) }
      switch name {
      case "window":
        guard let window = RejectionWindow(rawValue: value) else { throw .badWindow(value) }
        self.window = window
      case "model":
        guard models.contains(value) else { throw .unknownModel(value, known: models.sorted()) }
        model = value
      case "limit":
        // Digits only: Int would take a plus sign.
        guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let limit = Int(value), limit <= most else {
          throw .badLimit(value, most: most)
        }
        self.limit = limit
      default: throw .unknownParameter(name)
      }
    }
  }
}
