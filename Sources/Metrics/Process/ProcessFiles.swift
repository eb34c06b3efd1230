internal import Glibc

/// The open files in which Linux says how the process is. Belongs to one thread at a time.
final class ProcessFiles {
  /// -1 if it cannot be opened.
  private let statusFile = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
  private let descriptorFolder = opendir("/proc/self/fd")

  init() {}

  deinit {
    if statusFile >= 0 { close(statusFile) }
    if let descriptorFolder { closedir(descriptorFolder) }
  }

  /// Memory, time and threads at the moment.
  func status() -> ProcessStatus? {
    guard statusFile >= 0 else { return nil }
    // One line of 52 numbers and a name of at most 64 bytes.
    var buffer = [UInt8](repeating: 0, count: 2048)
    // From the start each time, for which the kernel writes it anew.
    let count = pread(statusFile, &buffer, buffer.count, 0)
    guard count > 0 else { return nil }
    return ProcessStatus(line: String(decoding: buffer[..<count], as: UTF8.self))
  }

  /// How many file descriptors are open.
  func openDescriptors() -> Int? {
    guard let descriptorFolder else { return nil }
    rewinddir(descriptorFolder)
    var count = 0
    while readdir(descriptorFolder) != nil { count += 1 }
    // Without `.` and `..`.
    return count - 2
  }

  /// When the process started, in seconds since the Unix epoch.
  func startTime() -> Double? {
    guard let started = status()?.startSeconds else { return nil }
    var (wall, sinceBoot) = (timespec(), timespec())
    guard clock_gettime(CLOCK_REALTIME, &wall) == 0, clock_gettime(CLOCK_BOOTTIME, &sinceBoot) == 0 else { return nil }
    let boot = Double(wall.tv_sec - sinceBoot.tv_sec) + Double(wall.tv_nsec - sinceBoot.tv_nsec) * 1e-9
    // To the hundredth, which is as fine as the kernel has it.
    return ((boot + started) * 100).rounded() / 100
  }
}
