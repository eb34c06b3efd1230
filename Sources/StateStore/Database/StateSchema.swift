internal import Base
internal import Dispatch
internal import GRDB
internal import Glibc

/// How the database is opened, and what is in it.
enum StateSchema {
  /// Marks the file as Distinguo's state (`PRAGMA application_id`): "Dstg".
  static let applicationID = 0x4473_7467

  /// Opens the file with what it needs to be durable and brings its tables up to date.
  static func open(_ path: String) throws(StateError) -> DatabasePool {
    let end = ContinuousClock.now + .seconds(5)
    while true {
      do {
        return try openOnce(path)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && .now < end {
        // Another process makes the tables, or is the first to open them after a crash. SQLite does not wait for that.
        usleep(20_000)
      } catch {
        throw StateError(error, path: path)
      }
    }
  }

  private static func openOnce(_ path: String) throws -> DatabasePool {
    var configuration = Configuration()
    // Nobody who is served waits for it; and a higher priority, which GRDB would ask for, only root may have.
    configuration.qos = .utility
    configuration.label = "distinguo.state"
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.maximumReaderCount = 2
    // Looked at before anything is changed, as turning to the write-ahead log would.
    configuration.prepareDatabase { try refuseOthers($0, path: path) }
    let pool = try DatabasePool(path: path, configuration: configuration)
    // GRDB relaxes this with the write-ahead log: a power cut could take back what was acknowledged.
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
    do {
      try migrator.migrate(pool)
    } catch let error as DatabaseError {
      // Two processes that open a new file at once both see that it is empty; the second finds what the first has made.
      guard error.resultCode != .SQLITE_BUSY, try pool.read(migrator.hasCompletedMigrations) else { throw error }
    }
    return pool
  }

  private static func refuseOthers(_ database: Database, path: String) throws {
    // In this order: another process may make the tables and the mark, in one step, between the two.
    let tables = try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE name <> 'grdb_migrations'")
      .filter { !$0.hasPrefix("sqlite_") }
    let id = try Int.fetchOne(database, sql: "PRAGMA application_id")
    guard id == applicationID || (id == 0 && tables.isEmpty) else {
      throw StateError.unusable(path: path, reason: "it is another program's database: choose another state directory")
    }
    guard try !migrator.hasBeenSuperseded(database) else {
      throw StateError.unusable(
        path: path,
        reason: "a newer version of distinguo made it: use that version, or a copy of the state from before")
    }
  }

  /// What made the tables. A migration that was released is never changed; another one is put after it.
  ///
  /// Columns are named as the properties that they hold; times are seconds since 2001, which a `Date` counts in; what
  /// has parts is JSON.
  static let migrator: DatabaseMigrator = {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: the model's life") { database in
      try database.execute(sql: "PRAGMA application_id = \(applicationID)")
      for statements in [jobs, activations, audit, rejections, idempotency] { try database.execute(sql: statements) }
    }
    return migrator
  }()

  private static let jobs = """
    CREATE TABLE jobs (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      actor TEXT NOT NULL,
      request TEXT NOT NULL,
      model TEXT NOT NULL GENERATED ALWAYS AS (json_extract(request, '$.model')) VIRTUAL,
      created REAL NOT NULL,
      state TEXT NOT NULL,
      step TEXT NOT NULL,
      started REAL,
      finished REAL,
      attempts INTEGER NOT NULL,
      version INTEGER,
      gate TEXT,
      isActivated INTEGER NOT NULL,
      reason TEXT);
    CREATE INDEX jobs_by_model ON jobs (model, number);
    CREATE INDEX jobs_by_state ON jobs (state, number);
    """

  private static let activations = """
    CREATE TABLE activations (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      time REAL NOT NULL,
      model TEXT NOT NULL,
      version INTEGER NOT NULL,
      previous INTEGER,
      kind TEXT NOT NULL,
      actor TEXT NOT NULL);
    CREATE INDEX activations_by_model ON activations (model, number);
    """

  /// The third trigger is for `INSERT OR REPLACE`, which takes a row away without asking the second.
  private static let audit = """
    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      time REAL NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      target TEXT NOT NULL,
      outcome TEXT NOT NULL,
      detail TEXT NOT NULL,
      requestID TEXT,
      peer TEXT);
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
      WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number)
      BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    """

  private static let rejections = """
    CREATE TABLE rejections (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      digest TEXT NOT NULL,
      model TEXT NOT NULL,
      version INTEGER NOT NULL,
      label TEXT NOT NULL,
      confidence REAL NOT NULL,
      score REAL,
      threshold REAL,
      reason TEXT NOT NULL,
      opinions TEXT NOT NULL,
      mediaType TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      time REAL NOT NULL,
      count INTEGER NOT NULL,
      requestID TEXT NOT NULL,
      review TEXT,
      reviewKind TEXT GENERATED ALWAYS AS (coalesce(json_extract(review, '$.kind'), 'unreviewed')) VIRTUAL,
      UNIQUE (model, digest));
    CREATE INDEX rejections_by_model ON rejections (model, number);
    CREATE INDEX rejections_by_review ON rejections (reviewKind, number);
    CREATE INDEX rejections_by_digest ON rejections (digest);
    CREATE INDEX rejections_by_time ON rejections (time);
    """

  private static let idempotency = """
    CREATE TABLE idempotency (
      actor TEXT NOT NULL,
      key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      time REAL NOT NULL,
      status INTEGER,
      location TEXT,
      body BLOB,
      PRIMARY KEY (actor, key)) WITHOUT ROWID;
    CREATE INDEX idempotency_by_time ON idempotency (time);
    """
}
