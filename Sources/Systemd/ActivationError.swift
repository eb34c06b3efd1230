/// What the service manager has set in the environment makes no sense.
public enum ActivationError: Error, Hashable, CustomStringConvertible {
  /// A variable is no number in this range.
  case number(variable: String, value: String, range: ClosedRange<Int>)
  /// There are not as many names as sockets.
  case names(count: Int, sockets: Int)
  /// A descriptor that was passed is no listening stream socket.
  case notListening(descriptor: Int32, name: String)

  /// A few words for people.
  public var description: String {
    switch self {
    case .number(let variable, let value, let range):
      "\(variable) is '\(value)'; it must be a number from \(range.lowerBound) to \(range.upperBound)"
    case .names(let count, let sockets):
      "LISTEN_FDNAMES has \(count) names for \(sockets) sockets; it must have one for each, with colons between them"
    case .notListening(let descriptor, let name):
      "descriptor \(descriptor) ('\(name)') of LISTEN_FDS is no stream socket that listens; "
        + "the socket unit must have ListenStream= and Accept=no"
    }
  }
}

extension [String: String] {
  /// A variable's number; nil if there is no such variable.
  func number(_ variable: String, _ range: ClosedRange<Int>) throws(ActivationError) -> Int? {
    guard let text = self[variable] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .number(variable: variable, value: text, range: range)
    }
    return number
  }
}
