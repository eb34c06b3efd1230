import Testing

@testable import Gateway

@Suite struct ContradictionTests {
  @Test(
    arguments: [
      (["tls.certificate=c"], "tls.certificate needs tls.key beside it"),
      (["tls.key=k"], "tls.key needs tls.certificate beside it"),
      (
        ["tls.client-authentication=required", "tls.client-authority=a"],
        "tls.client-authentication is required, which needs tls.certificate and tls.key"
      ),
      (
        ["tls.certificate=c", "tls.key=k", "tls.client-authentication=optional"],
        "tls.client-authentication is optional, which needs tls.client-authority"
      ),
      (
        ["tls.certificate=c", "tls.key=k", "tls.client-authority=a"],
        "tls.client-authority is only asked if tls.client-authentication is optional or required"
      ),
      (["batching.maximum=32", "batching.queue-capacity=31"], "it must be at most that"),
      (["batching.delay=1s", "batching.deadline=1s"], "batching.delay is not below batching.deadline"),
      (["http.body-bytes=600MiB"], "connections.buffered-bytes is below http.body-bytes"),
      (["http.inflated-bytes=600MiB"], "connections.buffered-bytes is below http.body-bytes or http.inflated-bytes"),
      (["models.served=a", "models.served=b", "models.default=c"], "models.default is 'c'"),
      (["server.listen=[::]:80", "server.listen=[::]:80"], "[::]:80 is listened on twice"),
      (["server.port=80", "metrics.listen=127.0.0.1:80"], "127.0.0.1:80 is listened on twice"),
    ] as [([String], String)])
  func `settings that do not fit together are refused`(_ settings: [String], _ expected: String) {
    let error = #expect(throws: ConfigurationError.self) { try read(settings) }
    #expect(error?.problems.count == 1)
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  @Test(
    arguments: [
      ["tls.certificate=c", "tls.key=k", "tls.client-authentication=optional", "tls.client-authority=a"],
      ["batching.maximum=31", "batching.queue-capacity=31"], ["models.served=a", "models.default=a"],
      ["models.default=a"], ["server.port=0", "metrics.listen=127.0.0.1:0"],
    ])
  func `settings that do are taken`(_ settings: [String]) throws {
    _ = try read(settings)
  }

  private func read(_ settings: [String]) throws -> GatewayConfiguration {
    try ConfigurationInput(
      options: settings.map { setting in
        let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
        return ConfigurationInput.Option(key: parts[0], value: parts[1], flag: "--set")
      }
    ).read()
  }
}
