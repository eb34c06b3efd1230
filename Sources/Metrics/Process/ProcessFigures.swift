internal import Base
internal import Glibc

/// What Linux says of the process, under the names that every Prometheus client gives it.
///
/// The files stay open, so that the figures can be read even when the process has no descriptor left.
public final class ProcessFigures: Sendable {
  private let files: LockBox<ProcessFiles>
  private let startTime: Double?

  /// Opens what is read later. What cannot be opened is left out of the figures.
  public init() {
    let files = ProcessFiles()
    startTime = files.startTime()
    self.files = LockBox(files)
  }

  /// Registers the figures.
  public func register(in registry: MetricsRegistry) throws(MetricsError) {
    let descriptions = try [
      MetricDescription(
        "process_cpu_seconds_total", help: "User and system CPU time spent, in seconds.", kind: .counter),
      MetricDescription("process_virtual_memory_bytes", help: "Virtual memory, in bytes.", kind: .gauge),
      MetricDescription("process_resident_memory_bytes", help: "Resident memory, in bytes.", kind: .gauge),
      MetricDescription("process_threads", help: "Threads of the operating system.", kind: .gauge),
      MetricDescription(
        "process_start_time_seconds", help: "When the process started, in seconds since the Unix epoch.", kind: .gauge),
      MetricDescription("process_open_fds", help: "Open file descriptors.", kind: .gauge),
      MetricDescription("process_max_fds", help: "How many file descriptors may be open.", kind: .gauge),
    ]
    try registry.register(descriptions) { [self] in
      let (status, descriptors) = files.withLock { ($0.status(), $0.openDescriptors()) }
      let figures = [
        status?.cpuSeconds, status?.virtualBytes, status?.residentBytes, status?.threads, startTime,
        descriptors.map { Double($0) }, Self.descriptorLimit,
      ]
      return figures.map { $0.map { [MetricSample(.number($0))] } ?? [] }
    }
  }

  private static var descriptorLimit: Double? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    return limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur)
  }
}
