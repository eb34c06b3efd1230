/// A date as HTTP writes it (RFC 9110 §5.6.7).
public enum HTTPDate {
  /// The IMF-fixdate of so many seconds since 1970, such as `Sun, 06 Nov 1994 08:49:37 GMT`.
  ///
  /// The years 1 to 9999 can be written; beyond them it is the first or the last second of them.
  public static func string(secondsSince1970 seconds: Int) -> String {
    let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
    let second = (seconds % 86_400 + 86_400) % 86_400
    let day = (seconds - second) / 86_400
    // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days: years begin in March, so that the
    // leap day is their last.
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
    let year = era * 400 + yearOfEra + (month > 9 ? 1 : 0)
    let weekday = (day % 7 + 11) % 7  // 1970 began on a Thursday.
    return "\(weekdays[weekday]), \(digits(dayOfMonth, 2)) \(months[month]) \(digits(year, 4)) "
      + "\(digits(second / 3_600, 2)):\(digits(second / 60 % 60, 2)):\(digits(second % 60, 2)) GMT"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"]

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
