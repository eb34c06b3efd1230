internal import Glibc

/// Some fields of `/proc/PID/stat` (proc(5)).
struct ProcessStatus: Hashable {
  /// Time in user and in kernel mode.
  let cpuSeconds: Double
  /// Threads.
  let threads: Double
  /// When the process started, counted from when the machine did.
  let startSeconds: Double
  /// Size of the address space.
  let virtualBytes: Double
  /// What of it is in memory.
  let residentBytes: Double

  /// - Parameters:
  ///   - line: the file's only line.
  ///   - ticks: how many of the kernel's clock ticks are a second.
  ///   - page: bytes of a page.
  init?(
    line: String, ticks: Double = Double(sysconf(Int32(_SC_CLK_TCK))),
    page: Double = Double(sysconf(Int32(_SC_PAGESIZE)))
  ) {
    // The second field is the command's name in parentheses, and may itself have spaces and parentheses.
    guard let end = line.lastIndex(of: ")") else { return nil }
    let fields = line[line.index(after: end)...].split(whereSeparator: \.isWhitespace)
    // proc(5) counts from 1, and the first one here is the third.
    func field(_ number: Int) -> Double? { number - 3 < fields.count ? Double(fields[number - 3]) : nil }
    guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
      let size = field(23), let resident = field(24)
    else { return nil }
    cpuSeconds = (user + system) / ticks
    self.threads = threads
    startSeconds = start / ticks
    virtualBytes = size
    residentBytes = resident * page
  }
}
