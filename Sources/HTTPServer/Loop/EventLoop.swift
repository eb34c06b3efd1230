internal import Base
internal import CLinux
internal import Dispatch
internal import Glibc
internal import HTTPCore
internal import Synchronization

/// What an ``EventLoop`` tells of a descriptor.
protocol EventHandler: AnyObject {
  /// Something may be possible now that would have blocked before.
  func handle(_ events: EPOLL_EVENTS)
  /// Called about ten times a second.
  func tick(_ now: ContinuousClock.Instant)
}

/// A serial queue on which the sockets given to it are served.
///
/// Dispatch watches one descriptor, that of an epoll set with all the sockets in it, and wakes the queue when one of them
/// is ready. A source for each socket would cost memory for every idle connection, and for every request a round through
/// Dispatch's manager thread; this way a queue that is busy takes whatever is ready at once, and stays for a moment
/// (``patience``) before it goes back to sleep.
///
/// Sendable unchecked: all but the tasks is only touched on the queue.
final class EventLoop: @unchecked Sendable {
  /// Where handlers are called.
  let queue: DispatchQueue
  /// What handlers read into, one after the other.
  let buffer: UnsafeMutableRawBufferPointer
  /// The time of the last wake-up.
  private(set) var now = ContinuousClock.now

  private struct Slot {
    var handler: (any EventHandler)?
    // Tells the events of one that is gone from those of its successor.
    var generation: UInt32 = 0
  }

  private struct Tasks {
    var waiting: [@Sendable () -> Void] = []
    // Whether the queue looks at the tasks anyway before it waits for events again.
    var isAwake = false
  }

  private let epoll: Int32
  private let bell: Int32
  private let source: any DispatchSourceRead
  private let timer: any DispatchSourceTimer
  private let events: UnsafeMutableBufferPointer<epoll_event>
  private let tasks = LockBox(Tasks())
  /// The thread that is at work for the queue; 0 for none.
  private let thread = Atomic<UInt>(0)
  private var slots: [Slot] = []
  private var free: [Int] = []
  private var dateSecond = Int.min
  private var dateText = ""

  private static let bellKey = UInt64.max
  /// How long a queue waits for more to do before Dispatch has it back, in milliseconds.
  private static let patience: Int32 = 10
  /// How long it works before timers get their turn.
  private static let stint = Duration.milliseconds(50)
  private static let interval = DispatchTimeInterval.milliseconds(100)

  /// - Throws: ``SystemError`` if there is no descriptor for it.
  init(number: Int) throws(SystemError) {
    epoll = try System.makeEpoll()
    do {
      bell = try System.makeEventDescriptor()
    } catch {
      System.close(epoll)
      throw error
    }
    queue = DispatchQueue(label: "distinguo.http.\(number)")
    buffer = .allocate(byteCount: 64 << 10, alignment: 16)
    events = .allocate(capacity: 256)
    source = DispatchSource.makeReadSource(fileDescriptor: epoll, queue: queue)
    timer = DispatchSource.makeTimerSource(queue: queue)
    try System.watch(bell, in: epoll, events: EPOLLIN, key: Self.bellKey)
    source.setEventHandler { @Sendable [unowned self] in run() }
    timer.setEventHandler { @Sendable [unowned self] in tick() }
    source.activate()
    timer.activate()
  }

  deinit {
    source.cancel()
    timer.cancel()
    System.close(bell)
    System.close(epoll)
    buffer.deallocate()
    events.deallocate()
  }

  /// Whether the calling thread is at work for this loop.
  var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Runs a task on the queue, soon; callable from any thread.
  func perform(_ task: @escaping @Sendable () -> Void) {
    let mustRing = tasks.withLock { tasks in
      tasks.waiting.append(task)
      defer { tasks.isAwake = true }
      return !tasks.isAwake
    }
    if mustRing { System.ring(bell) }
  }

  /// Watches a descriptor from now on.
  ///
  /// - Returns: what ``remove(_:descriptor:)`` takes.
  /// - Throws: ``SystemError`` if the kernel has no memory for it.
  func add(_ handler: any EventHandler, descriptor: Int32, events: EPOLL_EVENTS) throws(SystemError) -> Int {
    let slot = free.popLast() ?? slots.count
    if slot == slots.count { slots.append(Slot()) }
    do {
      try System.watch(descriptor, in: epoll, events: events, key: key(of: slot))
    } catch {
      free.append(slot)
      throw error
    }
    if free.count + 1 == slots.count {
      timer.schedule(deadline: .now() + Self.interval, repeating: Self.interval, leeway: .milliseconds(20))
    }
    slots[slot].handler = handler
    return slot
  }

  /// Watches it no more.
  func remove(_ slot: Int, descriptor: Int32) {
    System.unwatch(descriptor, in: epoll)
    slots[slot].handler = nil
    slots[slot].generation &+= 1
    free.append(slot)
    if free.count == slots.count { timer.schedule(deadline: .distantFuture) }
  }

  /// The time as a response's Date field has it.
  var date: String {
    let second = time(nil)
    if second != dateSecond {
      dateSecond = second
      dateText = HTTPDate.string(secondsSince1970: second)
    }
    return dateText
  }

  private func key(of slot: Int) -> UInt64 { UInt64(slots[slot].generation) << 32 | UInt64(slot) }

  private func run() {
    thread.store(UInt(pthread_self()), ordering: .relaxed)
    defer { thread.store(0, ordering: .relaxed) }
    let start = ContinuousClock.now
    // A task may read a request, and a queue without connections has no timer that keeps the time.
    now = start
    while true {
      let isBusy = runTasks()
      guard let count = try? System.wait(epoll, into: events, milliseconds: isBusy ? 0 : Self.patience) else { return }
      if count == 0, !isBusy { return }
      now = ContinuousClock.now
      for event in events[..<count] { dispatch(event) }
      if now - start > Self.stint { break }
    }
    // Nobody rings for what was added while the queue was awake.
    if runTasks() { System.ring(bell) }
  }

  private func dispatch(_ event: epoll_event) {
    let key = event.data.u64
    if key == Self.bellKey {
      System.hush(bell)
      return
    }
    let slot = Int(key & 0xffff_ffff)
    guard key == self.key(of: slot) else { return }
    slots[slot].handler?.handle(EPOLL_EVENTS(rawValue: event.events))
  }

  /// Runs the tasks that wait.
  ///
  /// - Returns: whether there are new ones; if not, the next to come rings.
  private func runTasks() -> Bool {
    let waiting = tasks.withLock { tasks in
      defer { tasks.waiting = [] }
      return tasks.waiting
    }
    for task in waiting { task() }
    return tasks.withLock { tasks in
      tasks.isAwake = !tasks.waiting.isEmpty
      return tasks.isAwake
    }
  }

  private func tick() {
    now = ContinuousClock.now
    for index in slots.indices { slots[index].handler?.tick(now) }
  }
}
