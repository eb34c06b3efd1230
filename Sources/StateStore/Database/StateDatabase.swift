internal import Base
internal import Foundation
internal import GRDB

/// The gateway's memory of jobs, activations, reviews and who did what: one SQLite database, `state.sqlite`, in the
/// state folder.
///
/// Whatever its tables return from has been written to the disk and outlives a power cut. They wait for the disk, and up
/// to five seconds for another process that writes: never call them on an event loop or in Swift's cooperative pool.
public final class StateDatabase: Sendable {
  /// Retrainings.
  public var jobs: JobTable { JobTable(access: access) }
  /// Which version became current when.
  public var activations: ActivationTable { ActivationTable(access: access) }
  /// Who did what.
  public var audit: AuditTable { AuditTable(access: access) }
  /// Rejected pictures that were kept.
  public var rejections: RejectionTable { RejectionTable(access: access) }
  /// Requests that are not to be carried out twice.
  public var idempotency: IdempotencyTable { IdempotencyTable(access: access) }

  let access: StateAccess

  /// Opens the database in a folder, and makes both if they are not there: the folder for its owner alone (0700), the
  /// database too (0600).
  ///
  /// - Throws: ``StateError`` if the folder cannot be made or written, or the file is no database, another program's, or
  ///   a newer version's. Such a file stays as it is.
  public init(folder: String) throws(StateError) {
    let path = "\(folder)/state.sqlite"
    try StateFiles.makeFolder(folder)
    try StateFiles.makeFile(path)
    access = StateAccess(pool: try StateSchema.open(path), path: path)
  }
}
