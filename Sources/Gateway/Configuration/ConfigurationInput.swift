/// What a configuration is made from; kept, so that it can be read anew.
public struct ConfigurationInput: Sendable {
  /// A setting from the command line.
  public struct Option: Sendable, Hashable {
    /// Its key, such as `server.port`.
    public let key: String
    /// Its value as text.
    public let value: String
    /// The flag that gave it, for messages.
    public let flag: String

    /// A setting from its parts.
    public init(key: String, value: String, flag: String) {
      self.key = key
      self.value = value
      self.flag = flag
    }
  }

  /// The file; without one there are only defaults below the rest.
  public var file: String?
  /// The environment's variables.
  public var environment: [String: String]
  /// The command line's settings.
  public var options: [Option]

  /// Input from its parts. Without a file, the environment's `DISTINGUO_CONFIG` may name one.
  public init(file: String? = nil, environment: [String: String] = [:], options: [Option] = []) {
    self.file = file ?? environment["DISTINGUO_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    self.environment = environment
    self.options = options
  }

  /// Reads the configuration: the defaults, over them the file, the environment, and the command line.
  ///
  /// Every value is checked, also one that another source overrides.
  /// - Throws: ``ConfigurationError`` with everything that is wrong.
  public func read() throws(ConfigurationError) -> GatewayConfiguration {
    var configuration = GatewayConfiguration()
    var problems: [ConfigurationError.Problem] = []
    var sources = [ConfigurationSource.environment(environment), ConfigurationSource.commandLine(options)]
    if let file { sources.insert(ConfigurationSource.file(file), at: 0) }
    for (source, found) in sources {
      problems += found
      problems += source.apply(to: &configuration)
    }
    // What does not fit together may only be so because a value could not be taken.
    if problems.isEmpty { problems = configuration.contradictions }
    guard problems.isEmpty else { throw ConfigurationError(problems) }
    return configuration
  }
}

extension ConfigurationSource {
  /// Puts what stands here into a configuration.
  fileprivate func apply(to configuration: inout GatewayConfiguration) -> [ConfigurationError.Problem] {
    var problems: [ConfigurationError.Problem] = []
    var given: Set<String> = []
    for setting in Setting.all {
      guard let texts = values(of: setting) else { continue }
      given.insert(setting.key)
      if let wrong = setting.apply(texts, &configuration) {
        problems.append(.init(place(setting), "\(setting.key) is '\(wrong)'; it must be \(setting.words)"))
      }
    }
    // Whoever says a host or port wants it served, whatever a weaker source lists.
    if !given.isDisjoint(with: ["server.host", "server.port"]), !given.contains("server.listen") {
      configuration.server.listen = []
    }
    return problems
  }
}
