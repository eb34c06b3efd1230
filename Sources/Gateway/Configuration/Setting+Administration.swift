internal import HTTPServer

/// What is set about the administration, retraining and review.
extension Setting {
  static let administration: [Setting] =
    [
      Setting(
        "admin.listen", \.administration.listen, .address,
        "Where the administration and its web page are answered, apart from the rest."),
      Setting(
        "admin.token-file", \.administration.tokenFile, .path, none: "", effect: .reload,
        """
        A file with a line NAME ROLE TOKEN for each who may administrate; the role is read or full. 'distinguo token' \
        makes such a line. If empty, there is no administration.
        """),
      Setting(
        "admin.tls", \.administration.isEncrypted, .onOff,
        "Whether the administration speaks TLS, with the certificate that tls.certificate names."),
      Setting(
        "admin.failures", \.administration.failures, .number(1...1_000_000), effect: .reload,
        "After so many wrong tokens within a minute an address is answered with 429 until a minute has passed."),
      Setting(
        "admin.upload-bytes", \.administration.uploadBytes, .size(1024...(16 << 30)), effect: .reload,
        "Bytes of an archive of pictures that comes with a request; more are answered with 413."),
      Setting(
        "state.directory", \.administration.stateFolder, .path,
        "A folder for what must not be forgotten: jobs, reviews, activations, the audit."),
    ] + retraining + gate + drift + review

  private static let retraining: [Setting] = [
    Setting(
      listOf: "retraining.data", \.retraining.data, .path, effect: .reload,
      "Folders below which a retraining may find pictures and Teachers. If there are none, pictures must be uploaded."),
    Setting(
      "retraining.nice", \.retraining.nice, .number(0...19), effect: .reload,
      "How much a retraining stands back behind all else, by nice(1)."),
    Setting(
      "retraining.memory", \.retraining.memory, .size((64 << 20)...(1 << 40)), none: "unlimited", effect: .reload,
      "Bytes of memory that a retraining may take."),
    Setting(
      "retraining.time", \.retraining.time, .duration(.seconds(1)...(.seconds(30 * 24 * 3600))), effect: .reload,
      "How long a training, or a measurement, may take."),
    Setting(
      "retraining.threads", \.retraining.threads, .number(1...1024), none: "auto", effect: .reload,
      "Threads that a retraining computes with; auto is one a core."),
    Setting(
      "retraining.attempts", \.retraining.attempts, .number(1...100), effect: .reload,
      "How often a retraining whose process was killed is gone on with before it is given up."),
    Setting(
      "retraining.queue", \.retraining.queue, .number(1...1000), effect: .reload,
      "How many retrainings may wait for their turn; further ones are answered with 429."),
  ]

  private static let gate: [Setting] = [
    Setting(
      "gate.accuracy", \.gate.accuracy, .share(0...1), effect: .reload,
      """
      By how much the accuracy from end to end of a new version may be below the current one's, both measured on the \
      same pictures, if it is to become current by itself.
      """),
    Setting(
      "gate.clean-rejection", \.gate.cleanRejection, .share(0...1), effect: .reload,
      "By how much its share of clean pictures that are rejected may be above."),
    Setting(
      "gate.defence", \.gate.defence, .share(0...1), effect: .reload,
      "By how much its share of mimicking pictures that are rejected may be below."),
    Setting(
      "gate.pairs", \.gate.pairs, .number(0...100_000), effect: .reload,
      "How many pictures are attacked for that; 0 for none."),
    Setting("gate.steps", \.gate.steps, .number(1...100_000), effect: .reload, "How many steps each attack takes."),
    Setting(
      "gate.budget", \.gate.budget, .share(0.0001...0.5), effect: .reload,
      "The largest DSSIM between an attacking picture and its source."),
    Setting(
      "gate.hold-out", \.gate.holdOut, .share(0.01...0.5), effect: .reload,
      "The share of a retraining's pictures that is kept from training and calibration, to be measured with."),
  ]

  private static let drift: [Setting] = [
    Setting(
      "drift.window", \.drift.window, .duration(.seconds(1)...(.seconds(24 * 3600))),
      "How far back the share of rejected pictures is looked at."),
    Setting(
      "drift.bound", \.drift.bound, .share(0...1), none: "none", effect: .reload,
      "The share of rejected pictures beyond which a version is said to drift, by a metric and the log."),
    Setting(
      "drift.minimum", \.drift.minimum, .number(1...1_000_000_000), effect: .reload,
      "How many pictures there must have been in that time."),
    Setting(
      "drift.roll-back", \.drift.rollsBack, .onOff, effect: .reload,
      """
      Whether the version before then becomes current again. Whoever sends many adversarial pictures could make that \
      happen.
      """),
  ]

  private static let review: [Setting] = [
    Setting(
      "review.keep", \.review.keeps, .onOff, effect: .reload,
      "Whether rejected pictures are kept, to be looked at and labelled by people. They are what clients have sent."),
    Setting("review.count", \.review.count, .number(1...10_000_000), effect: .reload, "How many are kept."),
    Setting("review.bytes", \.review.bytes, .size(1024...(1 << 40)), effect: .reload, "Bytes of all together."),
    Setting(
      "review.age", \.review.age, .duration(.seconds(1)...(.seconds(3650 * 24 * 3600))), effect: .reload,
      "How long one is kept."),
    Setting(
      "review.picture-bytes", \.review.pictureBytes, .size(1024...(1 << 30)), effect: .reload,
      "Bytes of one; larger ones are not kept."),
  ]
}
