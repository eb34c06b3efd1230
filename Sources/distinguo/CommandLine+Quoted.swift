extension CommandLine {
  /// What was typed, quoted for a shell.
  static var quoted: String {
    (["distinguo"] + arguments.dropFirst()).map { argument in
      let isPlain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./=,:".contains($0) }
      return isPlain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
