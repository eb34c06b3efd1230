import Foundation
import HTTPCore
import Testing

struct HTTPDateTests {
  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
    (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),  // RFC 9110 §5.6.7
    (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
    (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
    (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
    (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    (-62_135_596_800, "Mon, 01 Jan 0001 00:00:00 GMT"),
    (Int.min, "Mon, 01 Jan 0001 00:00:00 GMT"),
  ])
  func `seconds become a date`(_ seconds: Int, _ date: String) {
    #expect(HTTPDate.string(secondsSince1970: seconds) == date)
  }

  /// Foundation's calendar is another implementation of the same.
  @Test func `every week of four centuries is as Foundation has it`() {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    for seconds in stride(from: -6_000_000_000, to: 7_000_000_000, by: 7 * 86_400 + 12_345) {
      let date = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      guard HTTPDate.string(secondsSince1970: seconds) != date else { continue }
      Issue.record("\(seconds): \(HTTPDate.string(secondsSince1970: seconds)) is \(date)")
      return
    }
  }
}
