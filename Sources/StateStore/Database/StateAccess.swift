internal import Base
internal import GRDB
internal import Glibc

/// What the tables share: the connections, and one way to say what went wrong.
struct StateAccess: Sendable {
  let pool: DatabasePool
  let path: String

  /// Reads one state of the database.
  func read<Value>(_ body: (Database) throws -> Value) throws(StateError) -> Value {
    do {
      return try pool.read(body)
    } catch {
      throw StateError(error, path: path)
    }
  }

  /// Writes all or nothing, and returns when it is on the disk.
  func write<Value>(_ body: (Database) throws -> Value) throws(StateError) -> Value {
    do {
      return try pool.write(body)
    } catch {
      throw StateError(error, path: path)
    }
  }
}

extension StateError {
  /// What an error of the database at `path` means.
  init(_ error: any Error, path: String) {
    guard let fault = error as? DatabaseError else {
      self = error as? StateError ?? .unusable(path: path, reason: "\(error)")
      return
    }
    self =
      switch fault.resultCode {
      case .SQLITE_FULL: .full(path: path)
      // Where its shared memory or its log has no room for its first pages, SQLite does not say that it is for that.
      case .SQLITE_IOERR where Self.isDiskFull(path), .SQLITE_CANTOPEN where Self.isDiskFull(path): .full(path: path)
      case .SQLITE_NOTADB:
        .unusable(
          path: path,
          reason: "it is not a database; it was left as it is: move it away and start again to begin with an empty one")
      case .SQLITE_CORRUPT:
        .unusable(
          path: path,
          reason: "it is damaged (\(fault.message ?? "SQLITE_CORRUPT")): put a copy from before in its place, or move "
            + "it away and start again to begin with an empty one")
      case .SQLITE_BUSY: .unusable(path: path, reason: "another process has kept it locked for more than 5 s")
      default: .unusable(path: path, reason: Self.reason(fault, path))
      }
  }

  /// What SQLite says, and what it does not: why its folder cannot be written.
  private static func reason(_ fault: DatabaseError, _ path: String) -> String {
    let reason = "\(fault.message ?? "it does not say why") (SQLite's code \(fault.extendedResultCode.rawValue))"
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    guard access(folder, W_OK | X_OK) != 0 else { return reason }
    return "\(reason); its folder: \(String(cString: strerror(errno)))"
  }

  /// Whether the disk has less room than SQLite's files grow by.
  private static func isDiskFull(_ path: String) -> Bool {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return false }
    return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 64 << 10 || status.f_favail == 0
  }
}
