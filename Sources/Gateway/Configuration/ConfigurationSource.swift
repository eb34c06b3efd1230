internal import Configuration

/// A place that settings come from: the file, the environment or the command line.
struct ConfigurationSource: Sendable {
  /// What has the values.
  let provider: any ConfigProvider
  /// Where a setting's value stands in it, in words for people.
  let place: @Sendable (Setting) -> String

  /// The values a setting has here; nil if it has none.
  func values(of setting: Setting) -> [String]? {
    // The providers hold texts and lists of texts by the setting's own type, so that they never have to convert.
    let found = try? provider.value(forKey: setting.path, type: setting.isList ? .stringArray : .string).value?.content
    return switch found {
    case .string(let text): [text]
    case .stringArray(let texts): texts.filter { !$0.isEmpty }
    default: nil
    }
  }

  /// The settings that stand in what a user gave, with the problems of those that do not.
  struct Reading {
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    var places: [String: String] = [:]
    var problems: [ConfigurationError.Problem] = []

    /// Takes the values of a key in, or finds what is wrong with that.
    mutating func add(_ key: String, _ texts: [String], isSequence: Bool, at place: String) {
      guard let setting = Setting.named(key) else {
        problems.append(.init(place, Self.unknown("'\(key)'", is: "key", among: Setting.all.map(\.key), for: key)))
        return
      }
      if isSequence, !setting.isList {
        problems.append(.init(place, "\(key) is a list; it must be \(setting.words)"))
        return
      }
      values[setting.path] = ConfigValue(
        setting.isList ? .stringArray(texts) : .string(texts.last ?? ""), isSecret: false)
      places[key] = place
    }

    /// The source of what was read.
    func source(named name: String) -> ConfigurationSource {
      let places = places
      return ConfigurationSource(provider: InMemoryProvider(name: name, values: values)) { places[$0.key] ?? name }
    }

    /// That there is no such thing, and what was meant perhaps.
    static func unknown(_ what: String, is kind: String, among known: [String], for name: String) -> String {
      let hint = name.nearest(of: known).map { "did you mean \($0)?" } ?? "'distinguo serve --help' lists all there are"
      return "\(what) is no \(kind); \(hint)"
    }
  }
}
