internal import Defence
internal import HTTPCore
internal import HTTPServer
internal import Images
internal import Logging
internal import NeuralNet

extension Setting {
  /// Every key there is, in the order of the example file. A group's keys stand together.
  static let all: [Setting] =
    server + models + answers + batching + images + http + connections + timeouts + ending + tls + log + metrics
    + administration + systemd

  private static let server: [Setting] = [
    Setting(
      "server.host", \.server.host, .host, "The address that is listened at: 0.0.0.0 is all of IPv4, '::' all there is."
    ),
    Setting("server.port", \.server.port, .port, "The TCP port; 0 for any that is free."),
    Setting(
      listOf: "server.listen", \.server.listen, .address,
      """
      Several addresses, instead of host and port; unix:/path?mode=666 gives a socket other permissions than 660. \
      Sockets that systemd passes on are served instead of any of them.
      """),
    Setting(
      "server.loops", \.server.loops, .number(1...1024), none: "auto",
      "Queues that the connections are divided over; auto is one for every two cores."),
  ]

  private static let models: [Setting] = [
    Setting("models.directory", \.models.directory, .path, effect: .reload, "A folder with a folder for each model."),
    Setting(
      listOf: "models.served", \.models.served, .name, effect: .reload,
      "The models that are served; if there are none in the list, all that are in the folder."),
    Setting(
      "models.default", \.models.defaultModel, .name, none: "", effect: .reload,
      "Which one answers where the path names none; if empty, the only one that is served."),
    Setting(
      "models.precision", \.models.precision, .choice, effect: .reload,
      "In what the networks compute; auto is bfloat16 where the processor has instructions for it."),
    Setting(
      "models.selection-key-file", \.models.selectionKeyFile, .path, none: "", effect: .reload,
      """
      A file whose bytes, 16 at least, decide which differentiators an image meets. Without it, and without \
      DISTINGUO_SELECTION_KEY (hexadecimal), the choice follows from the model, and anybody can foretell it.
      """),
    Setting(
      "models.keep", \.models.keep, .number(2...10_000), effect: .reload,
      """
      How many versions of a model are kept, the newest; older ones are removed, but for the current one and the one \
      before it. Where there is no administration, nothing is removed.
      """),
    Setting(
      "models.policy", \.models.policy, .choice, none: "bundle", effect: .reload,
      "How scores become a verdict; bundle is each model's own way."),
  ]

  private static let answers: [Setting] = [
    Setting(
      "answers.disclosure", \.answers.disclosure, .choice, effect: .reload,
      "How much of the scores is shown: exact scores help whoever searches for an image that passes."),
    Setting("answers.parts", \.answers.parts, .number(1...1000), "How many pictures one multipart request may have."),
  ]

  private static let batching: [Setting] = [
    Setting("batching.maximum", \.batching.maximum, .number(1...1024), "The most pictures in one run of a network."),
    Setting(
      "batching.delay", \.batching.delay, .duration(.zero ... .seconds(1)),
      "The longest that a picture waits for others that are being decoded while a thread is free; 0s is never."),
    Setting(
      "batching.queue-capacity", \.batching.queueCapacity, .number(1...1_000_000),
      "How many pictures may wait; beyond it the answer is 503 with Retry-After."),
    Setting(
      "batching.deadline", \.batching.deadline, .duration(.milliseconds(10) ... .seconds(3600)),
      "A picture whose turn has not come after so long is answered with 503, and no network is asked."),
    Setting(
      "batching.compute-threads", \.batching.computeThreads, .number(1...1024), none: "auto",
      "Threads that compute; auto is one a core."),
    Setting(
      "batching.decode-threads", \.batching.decodeThreads, .number(1...1024), none: "auto",
      "Threads that decode; auto is one a core."),
  ]

  private static let images: [Setting] = [
    Setting("images.bytes", \.images.bytes, .size(1024...(1 << 30)), "Bytes of an image's file."),
    Setting(
      "images.pixels", \.images.pixels, .number(1024...1_000_000_000),
      "Width times height, from the header: decoding takes up to 12 bytes a pixel."),
    Setting("images.side", \.images.side, .number(32...65535), "Width, and height."),
  ]

  private static let http: [Setting] = [
    Setting(
      "http.target-bytes", \.http.limits.targetBytes, .size(64...(1 << 20)),
      "Bytes of a request's target; more are answered with 414."),
    Setting(
      "http.field-bytes", \.http.limits.fieldBytes, .size(256...(16 << 20)),
      "Bytes of all header fields together; more are answered with 431."),
    Setting(
      "http.field-count", \.http.limits.fieldCount, .number(8...10_000),
      "How many header fields; more are answered with 431."),
    Setting(
      "http.body-bytes", \.http.limits.bodyBytes, .size(1...(1 << 30)),
      "Bytes of a body as it is transferred; more are answered with 413. A multipart body has all its pictures."),
    Setting(
      "http.inflated-bytes", \.inflatedBytes, .size(1...(1 << 30)),
      "Bytes of a body once its gzip or deflate coding is off; more are answered with 413."),
  ]

  private static let connections: [Setting] = [
    Setting("connections.total", \.http.connections, .number(1...1_000_000), "How many connections at a time."),
    Setting(
      "connections.per-address", \.http.connectionsPerAddress, .number(1...1_000_000),
      "How many of them from one address. Behind a proxy all come from the same: give it as many as there are in all."),
    Setting(
      "connections.requests", \.http.requestsPerConnection, .number(1...1_000_000_000),
      "How many requests on a connection, which is closed then."),
    Setting(
      "connections.buffered-bytes", \.http.bufferedBytes, .size((1 << 20)...(1 << 40)),
      "Bytes held for requests and answers of all connections together; beyond it requests are answered with 503."),
  ]

  private static let client: ClosedRange<Duration> = .milliseconds(10) ... .seconds(3600)

  private static let timeouts: [Setting] = [
    Setting(
      "timeouts.header", \.http.timeouts.header, .duration(client),
      "From a request's first byte to the end of its head."),
    Setting("timeouts.body", \.http.timeouts.body, .duration(client), "From there to the end of its body."),
    Setting(
      "timeouts.idle", \.http.timeouts.idle, .duration(client), "From an answer to the next request's first byte."),
    Setting("timeouts.write", \.http.timeouts.write, .duration(client), "From an answer's first byte to its last."),
    Setting("timeouts.handshake", \.http.timeouts.handshake, .duration(client), "Of the TLS handshake."),
    Setting(
      "timeouts.linger", \.http.timeouts.linger, .duration(client),
      "For a client to close its side once the server has closed its own."),
  ]

  private static let ending: [Setting] = [
    Setting(
      "ending.lame-duck", \.ending.lameDuck, .duration(.zero ... .seconds(3600)),
      """
      How long requests are still taken once /readyz says no, so that balancers can notice. Together with drain it \
      must be less than whoever stops the service allows (systemd: TimeoutStopSec).
      """),
    Setting(
      "ending.drain", \.ending.drain, .duration(.zero ... .seconds(3600)),
      "From then on, how long until requests that are not answered yet are given up."),
  ]

  private static let tls: [Setting] = [
    Setting(
      "tls.certificate", \.tls.certificate, .path, none: "", effect: .reload,
      "A PEM file with the server's certificate and those that lead to its root; if empty, plain HTTP is spoken."),
    Setting("tls.key", \.tls.key, .path, none: "", effect: .reload, "A PEM file with the certificate's private key."),
    Setting(
      "tls.client-authority", \.tls.clientAuthority, .path, none: "", effect: .reload,
      "A PEM file with the certificates of those who vouch for clients."),
    Setting(
      "tls.client-authentication", \.tls.clientAuthentication, .choice, effect: .reload,
      "Whether clients must prove who they are; optional checks a certificate only if one is given."),
    Setting(
      "tls.minimum-version", \.tls.minimumVersion, .choice, effect: .reload, "The oldest version of TLS that is spoken."
    ),
  ]

  private static let log: [Setting] = [
    Setting("log.level", \.log.level, .choice, effect: .reload, "The least that is logged."),
    Setting("log.format", \.log.format, .choice, "How a line looks."),
    Setting(
      "log.file", \.log.file, .path, none: "",
      "The file that lines are added to, opened anew when the configuration is read anew; if empty, standard error."),
    Setting("log.access", \.log.access, .onOff, "Whether each request has a line, whatever the level."),
  ]

  private static let metrics: [Setting] = [
    Setting(
      "metrics.listen", \.metrics.listen, .address, none: "",
      "Where /metrics and /v1/metrics/rejections are answered, instead of beside the rest."),
    Setting(
      "metrics.rejection-events", \.metrics.rejectionEvents, .number(0...10_000),
      "How many of the last rejections are listed."),
  ]

  private static let systemd: [Setting] = [
    Setting(
      "systemd.watchdog", \.watchdog, .onOff,
      "Whether systemd's watchdog is fed, by real inferences, if the unit asks for that.")
  ]
}
