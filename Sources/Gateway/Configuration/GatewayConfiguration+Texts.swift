extension GatewayConfiguration {
  /// The keys that have other values here than there, in the order of the example file.
  ///
  /// - Returns: those whose new values count once they are read anew, and those that need a restart.
  public func changes(since old: GatewayConfiguration) -> (reloaded: [String], restarting: [String]) {
    let changed = Setting.all.filter { $0.written(self) != $0.written(old) }
    return (changed.filter { $0.effect == .reload }.map(\.key), changed.filter { $0.effect == .restart }.map(\.key))
  }

  /// Keys and their values, a line each, of those that are not the defaults; fit to be logged.
  public var summary: [String] {
    let defaults = GatewayConfiguration()
    return Setting.all.filter { $0.written(self) != $0.written(defaults) }.map { setting in
      "\(setting.key) = \(setting.written(self).joined(separator: ", "))"
    }
  }

  /// A configuration file with every key, what it is for and its value here. Of the defaults it is the example.
  public var file: String {
    var lines = [
      "# The settings of 'distinguo serve --config FILE'. Stronger than this file are the environment, with the key as a",
      "# variable's name (timeouts.header: DISTINGUO_TIMEOUTS_HEADER; lists with commas), and stronger still the command",
      "# line (--set timeouts.header=5s). 'distinguo serve --check' says what is wrong, and serves nothing.",
      "# Times are whole numbers with a unit (us, ms, s, min, h); sizes are bytes, or have one (KiB, MiB, GiB). What is",
      "# marked 'reload' is taken up by SIGHUP ('systemctl reload distinguo'); the rest needs a restart.",
    ]
    var group = ""
    for setting in Setting.all {
      let parts = setting.key.split(separator: ".", maxSplits: 1).map(String.init)
      if parts[0] != group {
        group = parts[0]
        lines += ["", "\(group):"]
      }
      lines += setting.explanation.wrapped(at: 116).map { "  # \($0)" }
      let values = setting.written(self).map(\.quotedForYAML)
      lines.append("  \(parts[1]): \(setting.isList ? "[\(values.joined(separator: ", "))]" : values[0])")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The keys with their defaults and what they are for, for people who ask for help.
  public static var reference: String {
    Setting.all.map { setting in
      let value = setting.written(GatewayConfiguration()).joined(separator: ", ")
      let text = setting.explanation.wrapped(at: 112).map { "      \($0)" }
      return (["  \(setting.key)\(value.isEmpty ? "" : " = \(value)")"] + text).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}

extension String {
  /// As a YAML scalar that is read as this text: plain where that is safe, else in double quotation marks.
  fileprivate var quotedForYAML: String {
    let isPlain =
      !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "/._-".contains($0)) } && first != "-"
    guard !isPlain else { return self }
    let escaped = unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: "\(scalar)"
      }
    }
    return "\"\(escaped.joined())\""
  }

  /// Lines of at most `width` characters, broken at spaces.
  fileprivate func wrapped(at width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
