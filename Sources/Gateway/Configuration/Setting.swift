internal import Configuration

/// One key: what it is called, what it may be, and where in a ``GatewayConfiguration`` its value goes.
///
/// The example file, the help and the reading of values all come from ``all``.
struct Setting: Sendable {
  /// When a new value counts.
  enum Effect: Sendable {
    /// Once the configuration is read anew.
    case reload
    /// At the next start.
    case restart
  }

  /// The key, such as `timeouts.header`.
  let key: String
  /// What is right for it.
  let words: String
  /// The same in the fewest words; empty if the help says enough.
  let brief: String
  /// What it is for.
  let help: String
  /// When a new value counts.
  let effect: Effect
  /// Whether it takes a list of values.
  let isList: Bool
  /// The values it has in a configuration, as they are written; one unless it is a list.
  let written: @Sendable (GatewayConfiguration) -> [String]
  /// Puts values into a configuration.
  ///
  /// - Returns: the first that is wrong, nil if all are right.
  let apply: @Sendable ([String], inout GatewayConfiguration) -> String?

  /// A key with one value.
  init<Value>(
    _ key: String, _ path: any WritableKeyPath<GatewayConfiguration, Value> & Sendable, _ type: SettingType<Value>,
    effect: Effect = .restart, _ help: String
  ) {
    self.key = key
    words = type.words
    brief = type.brief
    self.help = help
    self.effect = effect
    isList = false
    written = { [type.write($0[keyPath: path])] }
    apply = { texts, configuration in
      guard texts.count == 1, let value = type.read(texts[0]) else { return texts.joined(separator: ", ") }
      configuration[keyPath: path] = value
      return nil
    }
  }

  /// A key that may have no value, which is written as `none`.
  init<Value>(
    _ key: String, _ path: any WritableKeyPath<GatewayConfiguration, Value?> & Sendable, _ type: SettingType<Value>,
    none: String, effect: Effect = .restart, _ help: String
  ) {
    let brief = none.isEmpty ? type.brief : "\(type.brief), or \(none)"
    let optional = SettingType<Value?>("\(type.words), or \(none.isEmpty ? "empty" : none)", brief: brief) { text in
      text == none ? .some(nil) : type.read(text).map { .some($0) }
    } write: {
      $0.map(type.write) ?? none
    }
    self.init(key, path, optional, effect: effect, help)
  }

  /// A key with any number of values.
  init<Value>(
    listOf key: String, _ path: any WritableKeyPath<GatewayConfiguration, [Value]> & Sendable,
    _ type: SettingType<Value>, effect: Effect = .restart, _ help: String
  ) {
    self.key = key
    words = "a list, each \(type.words)"
    brief = "a list: \(type.brief)"
    self.help = help
    self.effect = effect
    isList = true
    written = { $0[keyPath: path].map(type.write) }
    apply = { texts, configuration in
      var values: [Value] = []
      for text in texts {
        guard let value = type.read(text) else { return text }
        values.append(value)
      }
      configuration[keyPath: path] = values
      return nil
    }
  }

  /// The environment variable that sets it, such as `DISTINGUO_TIMEOUTS_HEADER`.
  var variable: String {
    Self.variablePrefix + key.uppercased().map { $0 == "." || $0 == "-" ? "_" : String($0) }.joined()
  }

  /// What the names of all environment variables begin with.
  static let variablePrefix = "DISTINGUO_"

  /// The key as the providers know it.
  var path: AbsoluteConfigKey { AbsoluteConfigKey(key.split(separator: ".").map(String.init)) }

  /// What it is for, what it may be, and when a new value counts.
  var explanation: String {
    let remarks = [brief, effect == .reload ? "reload" : ""].filter { !$0.isEmpty }
    return remarks.isEmpty ? help : "\(help) (\(remarks.joined(separator: "; ")))"
  }

  /// The setting of a key.
  static func named(_ key: String) -> Setting? { byKey[key] }

  private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}
