internal import CLinux
internal import Glibc

/// Wakes the one thread that waits for it, among other descriptors.
final class Wake: Sendable {
  /// Readable when somebody has called ``signal()``.
  let descriptor: Int32

  init() {
    descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    precondition(descriptor >= 0, "eventfd failed")
  }

  deinit { close(descriptor) }

  /// Ends the present wait, or the next one.
  func signal() { eventfd_write(descriptor, 1) }

  /// Waits until somebody calls ``signal()``, or no longer than this; nil for as long as it takes.
  func wait(atMost duration: Duration? = nil) {
    wait(atMost: duration, also: [])
  }

  /// As ``wait(atMost:)``, and also for one of these descriptors to be readable, or closed at its other end.
  func wait(atMost duration: Duration?, also descriptors: [Int32]) {
    var polled = ([descriptor] + descriptors).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // At least a millisecond, so that what is nearly due is not asked for again and again.
    let milliseconds = duration.map { Int32(clamping: max(1, Int64($0 / .milliseconds(1)))) } ?? -1
    poll(&polled, nfds_t(polled.count), milliseconds)
    guard polled[0].revents != 0 else { return }
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }
}
