extension ConfigurationSource {
  /// The settings given on the command line.
  ///
  /// - Returns: the source, and a problem for each key that there is not.
  static func commandLine(
    _ options: [ConfigurationInput.Option]
  ) -> (ConfigurationSource, [ConfigurationError.Problem]) {
    var reading = Reading()
    var given: [String: [String]] = [:]
    for option in options {
      // A list's elements are given one by one, or with commas between them.
      let isList = Setting.named(option.key)?.isList ?? false
      let texts = isList ? option.value.split(separator: ",").map(String.init) : [option.value]
      given[option.key, default: []] += texts
      reading.add(option.key, given[option.key] ?? [], isSequence: false, at: option.flag)
    }
    return (reading.source(named: "command line"), reading.problems)
  }
}
