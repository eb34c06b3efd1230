import Base
import Dispatch
import Foundation
import Testing

/// A value that another thread gives.
final class Promised<Value: Sendable>: Sendable {
  private let box = LockBox<Value?>(nil)
  private let semaphore = DispatchSemaphore(value: 0)

  /// Gives it; twice is wrong.
  func give(_ value: Value) {
    box.withLock { box in
      precondition(box == nil, "given twice")
      box = value
    }
    semaphore.signal()
  }

  /// The value, waited for.
  func wait(_ seconds: Double = 30) throws -> Value {
    try #require(semaphore.wait(timeout: .now() + seconds) == .success, "nobody gave an answer")
    semaphore.signal()
    return try #require(box.withLock { $0 })
  }

  /// Whether it is there.
  var isGiven: Bool { box.withLock { $0 != nil } }
}

/// Waits until something is so.
func eventually(_ condition: () throws -> Bool) throws {
  for _ in 0..<3_000 {
    if try condition() { return }
    Thread.sleep(forTimeInterval: 0.01)
  }
  Issue.record("it never came about")
}
