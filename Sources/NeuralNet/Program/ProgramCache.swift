internal import Base

/// What a plan has compiled so far: one entry for each set of input shapes and each size of team.
final class ProgramCache<Compiled: Sendable>: Sendable {
  private struct Key: Hashable {
    let shapes: [[Int]]
    let threads: Int
  }

  private let entries = LockBox<[Key: Compiled]>([:])

  /// The entry for these shapes, compiled now if there is none. Others who ask meanwhile wait.
  func entry(for shapes: [[Int]], threads: Int, compile: () throws -> Compiled) throws -> Compiled {
    try entries.withLock { entries in
      let key = Key(shapes: shapes, threads: threads)
      if let known = entries[key] { return known }
      // oneDNN's primitives divide their work when they are made, not when they run.
      Team.set(threads)
      let made = try compile()
      if entries.isEmpty { Storage.releaseFree() }
      entries[key] = made
      return made
    }
  }
}
