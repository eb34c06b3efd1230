public import HTTPServer

extension GatewayConfiguration {
  /// Who may change what is served, and where they say so.
  public struct Administration: Sendable, Hashable {
    /// Where the administration listens.
    public var listen = ListenAddress.tcp(host: "127.0.0.1", port: 8081)
    /// The file with the tokens; nil for no administration.
    public var tokenFile: String?
    /// Whether TLS is spoken there, with the certificate of the rest.
    public var isEncrypted = false
    /// Wrong tokens of one address in a minute, after which it is not listened to for a minute.
    public var failures = 10
    /// Bytes of an archive that comes with a request.
    public var uploadBytes = 256 << 20
    /// The folder for jobs, reviews, activations and the audit.
    public var stateFolder = "/var/lib/distinguo"
  }

  /// How new versions are made.
  public struct Retraining: Sendable, Hashable {
    /// Folders below which pictures and Teachers may be.
    public var data: [String] = []
    /// How nice the child process is.
    public var nice = 19
    /// Bytes of memory it may take.
    public var memory: Int? = 8 << 30
    /// How long a step may take.
    public var time = Duration.seconds(6 * 3600)
    /// Threads that compute; nil for one a core.
    public var threads: Int?
    /// How often a step is begun whose process was killed.
    public var attempts = 3
    /// Jobs that may wait.
    public var queue = 16
  }

  /// When a new version may take the place of the current one.
  public struct Gate: Sendable, Hashable {
    /// How much less accurate it may be.
    public var accuracy = 0.01
    /// How much more it may reject of what is clean.
    public var cleanRejection = 0.01
    /// How much less it may reject of what is attacked.
    public var defence = 0.02
    /// Attacks that are made.
    public var pairs = 50
    /// Steps of each.
    public var steps = 50
    /// The largest DSSIM of each.
    public var budget = 0.01
    /// The share of the pictures that is held out to measure with.
    public var holdOut = 0.1
  }

  /// When a version rejects too much.
  public struct Drift: Sendable, Hashable {
    /// How far back it looks.
    public var window = Duration.seconds(3600)
    /// The largest share of rejections; nil for any.
    public var bound: Double?
    /// So many pictures at least.
    public var minimum = 200
    /// Whether the version before takes the place of one that rejects too much.
    public var rollsBack = false
  }

  /// Which rejected pictures are kept.
  public struct Review: Sendable, Hashable {
    /// Whether any are.
    public var keeps = false
    /// How many.
    public var count = 1000
    /// How many bytes all take.
    public var bytes = 256 << 20
    /// How long.
    public var age = Duration.seconds(30 * 24 * 3600)
    /// How large one may be.
    public var pictureBytes = 8 << 20
  }
}
