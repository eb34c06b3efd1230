internal import Configuration

extension ConfigurationSource {
  /// Variables of other parts of the program: the configuration's file, a secret that is no setting, and what the commands
  /// that administrate read.
  private static let others: Set<String> = [
    "DISTINGUO_CONFIG", "DISTINGUO_SELECTION_KEY", "DISTINGUO_URL", "DISTINGUO_TOKEN", "DISTINGUO_TOKEN_FILE",
  ]

  /// The settings in variables such as `DISTINGUO_SERVER_PORT`; lists have commas between their elements.
  ///
  /// - Returns: the source, and a problem for each variable with that beginning that is none of ours.
  static func environment(_ variables: [String: String]) -> (ConfigurationSource, [ConfigurationError.Problem]) {
    let known = Setting.all.map(\.variable)
    let problems = variables.keys.sorted().compactMap { name -> ConfigurationError.Problem? in
      guard name.hasPrefix(Setting.variablePrefix), !others.contains(name), !known.contains(name),
        !isServiceLink(name, variables[name] ?? "")
      else { return nil }
      return .init("environment", Reading.unknown(name, is: "variable of distinguo's", among: known, for: name))
    }
    let provider = EnvironmentVariablesProvider(environmentVariables: variables).prefixKeys(with: "distinguo")
    return (ConfigurationSource(provider: provider) { "environment, \($0.variable)" }, problems)
  }

  /// Whether Kubernetes made the variable, for a Service whose name begins with `distinguo`.
  ///
  /// `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT[_PORTNAME]`, `NAME_PORT` (a URL) and `NAME_PORT_80_TCP[_PROTO|_PORT|_ADDR]`.
  private static func isServiceLink(_ name: String, _ value: String) -> Bool {
    if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
    if name.hasSuffix("_PORT"), value.contains("://") { return true }
    return name.contains(#/_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/#)
  }
}
