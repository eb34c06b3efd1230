/// How far back rejections are looked at.
enum RejectionWindow: String, Sendable, CaseIterable {
  case minute
  case hour
  case day

  /// Its length.
  var seconds: Int {
    switch self {
    case .minute: 60
    case .hour: 3600
    case .day: 86_400
    }
  }

  /// In how many steps it moves on: by a second, a minute, a quarter of an hour.
  var slices: Int {
    switch self {
    case .minute, .hour: 60
    case .day: 96
    }
  }
}
