public import Defence
internal import HTTPCore
public import HTTPServer
public import Images
public import Logging
public import NeuralNet

/// All settings of a gateway, each with its default. ``Setting/all`` has their names, ranges and words for people.
public struct GatewayConfiguration: Sendable, Hashable {
  /// Where requests are taken.
  public var server = Server()
  /// Which models answer.
  public var models = Models()
  /// What an answer tells.
  public var answers = Answers()
  /// How pictures share runs of the networks, and how long they wait.
  public var batching = Batching()
  /// How large a picture may be.
  public var images = ImageLimits.default
  /// How large requests may be, how many connections there may be, and how long clients may take. How many loops there
  /// are is for ``server`` to say.
  public var http = ServerConfiguration()
  /// Bytes of a request's body once its gzip or deflate coding is off.
  public var inflatedBytes = 32 << 20
  /// How long the end may take.
  public var ending = Ending()
  /// TLS; plain HTTP without a certificate.
  public var tls = TLS()
  /// What is logged, how and where.
  public var log = Log()
  /// Figures on the gateway's work.
  public var metrics = Metrics()
  /// Who may change what is served.
  public var administration = Administration()
  /// How new versions are made.
  public var retraining = Retraining()
  /// When a new version may become the current one.
  public var gate = Gate()
  /// When a version rejects too much.
  public var drift = Drift()
  /// Which rejected pictures are kept.
  public var review = Review()
  /// Whether systemd's watchdog is fed, if it asks for that.
  public var watchdog = true

  /// The defaults.
  public init() {}
}

extension GatewayConfiguration {
  /// Where requests are taken.
  public struct Server: Sendable, Hashable {
    /// The address that is listened at, unless ``listen`` says more.
    public var host = "127.0.0.1"
    /// The TCP port; 0 for any that is free.
    public var port: UInt16 = 8080
    /// Addresses instead of ``host`` and ``port``.
    public var listen: [ListenAddress] = []
    /// Queues that the connections are divided over; nil for one for every two cores.
    public var loops: Int?

    /// What is listened at.
    public var addresses: [ListenAddress] { listen.isEmpty ? [.tcp(host: host, port: port)] : listen }
  }

  /// Which models answer.
  public struct Models: Sendable, Hashable {
    /// A folder with a folder for each model.
    public var directory = "/usr/share/distinguo/models"
    /// The names of those that are served; empty for all there are.
    public var served: [String] = []
    /// Which one answers where the path names none; nil for the only one.
    public var defaultModel: String?
    /// In what the networks compute.
    public var precision = PrecisionChoice.auto
    /// A file with the secret that decides which differentiators an image meets.
    public var selectionKeyFile: String?
    /// How scores become a verdict; nil for each bundle's own way.
    public var policy: Policy?
    /// How many versions of a model are kept.
    public var keep = 10
  }

  /// What an answer tells.
  public struct Answers: Sendable, Hashable {
    /// How much of the scores is shown.
    public var disclosure = ScoreDisclosure.full
    /// How many pictures one request may have.
    public var parts = 16
  }

  /// How pictures share runs of the networks, and how long they wait.
  public struct Batching: Sendable, Hashable {
    /// The most pictures in one run.
    public var maximum = 16
    /// The longest that a picture waits for company.
    public var delay = Duration.zero
    /// How many pictures may wait; beyond it the answer is 503.
    public var queueCapacity = 256
    /// A picture whose turn has not come after so long is answered with 503.
    public var deadline = Duration.seconds(10)
    /// Threads that compute; nil for one a core.
    public var computeThreads: Int?
    /// Threads that decode; nil for one a core.
    public var decodeThreads: Int?
  }

  /// How long the end may take.
  public struct Ending: Sendable, Hashable {
    /// How long requests are still taken once `/readyz` says no, so that balancers can notice.
    public var lameDuck = Duration.zero
    /// From then on until requests that are not answered yet are given up.
    public var drain = Duration.seconds(30)
  }

  /// TLS; plain HTTP without a certificate.
  public struct TLS: Sendable, Hashable {
    /// A PEM file with the server's certificate and those that lead to its root.
    public var certificate: String?
    /// A PEM file with the certificate's key.
    public var key: String?
    /// A PEM file with the certificates of those who vouch for clients.
    public var clientAuthority: String?
    /// Whether clients must prove who they are.
    public var clientAuthentication = TLSConfiguration.ClientAuthentication.none
    /// The oldest version that is spoken.
    public var minimumVersion = TLSConfiguration.Version.tls1_2
  }

  /// What is logged, how and where.
  public struct Log: Sendable, Hashable {
    /// The least that is logged.
    public var level = Logger.Level.info
    /// How a line looks.
    public var format = LogFormat.text
    /// The file that lines are added to; nil for standard error.
    public var file: String?
    /// Whether each request has a line.
    public var access = true
  }

  /// Figures on the gateway's work.
  public struct Metrics: Sendable, Hashable {
    /// Where `/metrics` is answered instead of beside the rest.
    public var listen: ListenAddress?
    /// How many of the last rejections `/v1/metrics/rejections` lists.
    public var rejectionEvents = 100
  }
}

extension GatewayConfiguration {
  /// What the server is made with.
  public var serverConfiguration: ServerConfiguration {
    var configuration = http
    if let loops = server.loops { configuration.loops = loops }
    // Each route has a limit of its own besides; that for archives may be beyond that for pictures.
    if administration.tokenFile != nil {
      configuration.limits.bodyBytes = max(configuration.limits.bodyBytes, administration.uploadBytes)
    }
    return configuration
  }
}
