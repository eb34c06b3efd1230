extension CommandLine {
  /// What was typed, quoted for a shell.
  static var quoted: String {
    (["distinguo"] + arguments.dropFirst()).map { argument in
      let isPlain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./=,:".contains($0) }
      return isPlain && !argument.isEmpty ? argument : "'" + argument.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }

  /// The words of the first of the commands that were written down as ``quoted`` writes them.
  static func words(of commands: String) -> [String] {
    var words: [String] = []
    var word: String?
    var (isQuoted, isEscaped) = (false, false)
    for character in commands {
      switch character {
      case _ where isEscaped:
        word = (word ?? "") + String(character)
        isEscaped = false
      case "'":
        isQuoted.toggle()
        word = word ?? ""
      case _ where isQuoted: word = (word ?? "") + String(character)
      case "\\": isEscaped = true
      case " ":
        if let word { words.append(word) }
        word = nil
      // Here the next command begins.
      case ";": return words + (word.map { [$0] } ?? [])
      default: word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }
}
