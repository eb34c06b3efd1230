internal import HTTPCore
internal import HTTPServer

extension GatewayConfiguration {
  /// What does not fit together, though each value may be right.
  var contradictions: [ConfigurationError.Problem] {
    var problems: [ConfigurationError.Problem] = []
    func check(_ isRight: Bool, _ text: String) {
      if !isRight { problems.append(.init("", text)) }
    }
    let admin = administration.tokenFile == nil ? [] : [administration.listen]
    let addresses = server.addresses + (metrics.listen.map { [$0] } ?? []) + admin
    for (index, address) in addresses.enumerated() where !address.isAnyPort && addresses[..<index].contains(address) {
      check(false, "\(address) is listened on twice, in server.listen, metrics.listen or admin.listen; once is enough")
    }
    if let name = models.defaultModel, !models.served.isEmpty {
      check(models.served.contains(name), "models.default is '\(name)', which models.served does not have")
    }
    check(
      batching.maximum <= batching.queueCapacity,
      """
      batching.maximum is \(batching.maximum), more than may wait, batching.queue-capacity \
      (\(batching.queueCapacity)); it must be at most that
      """)
    check(
      batching.delay < batching.deadline,
      "batching.delay is not below batching.deadline; a picture that waited for company would be too late")
    check(
      http.limits.bodyBytes <= http.bufferedBytes && inflatedBytes <= http.bufferedBytes,
      """
      connections.buffered-bytes is below http.body-bytes or http.inflated-bytes; one request of the largest size must \
      fit into what all may take together
      """)
    check(
      (tls.certificate == nil) == (tls.key == nil),
      tls.key == nil ? "tls.certificate needs tls.key beside it" : "tls.key needs tls.certificate beside it")
    check(
      tls.clientAuthentication == .none || tls.certificate != nil,
      "tls.client-authentication is \(tls.clientAuthentication.rawValue), which needs tls.certificate and tls.key")
    check(
      (tls.clientAuthentication == .none) == (tls.clientAuthority == nil),
      tls.clientAuthority == nil
        ? "tls.client-authentication is \(tls.clientAuthentication.rawValue), which needs tls.client-authority"
        : "tls.client-authority is only asked if tls.client-authentication is optional or required")
    check(
      !administration.isEncrypted || tls.certificate != nil,
      "admin.tls is true, which needs tls.certificate and tls.key")
    check(
      administration.tokenFile == nil || administration.uploadBytes <= http.bufferedBytes,
      """
      connections.buffered-bytes is below admin.upload-bytes; one archive of the largest size must fit into what all \
      requests may take together
      """)
    check(
      !drift.rollsBack || drift.bound != nil,
      "drift.roll-back is true, which needs drift.bound, beyond which it is done")
    return problems
  }
}

extension ListenAddress {
  /// Whether the system chooses a port, so that the same words are another address each time.
  fileprivate var isAnyPort: Bool {
    if case .tcp(_, 0) = self { true } else { false }
  }
}
