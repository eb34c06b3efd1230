internal import Base
internal import Defence
internal import Dispatch
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Logging
internal import Metrics
internal import NeuralNet
internal import Systemd

/// The gateway as a process: put together, started, changed while it runs, and stopped.
///
/// Requests come from ``HTTPServer`` to a ``Router``; pictures go through the ``Classifier`` to the networks of a
/// ``Generation``; ``GatewayObserver`` is told of all of it.
///
/// Sendable unchecked: what changes is only touched on the queue `control`, or before there is anybody else.
public final class GatewayService: @unchecked Sendable {
  private let input: ConfigurationInput
  private let version: String
  private var configuration: GatewayConfiguration
  private let output: LogOutput
  private let log: Logger
  private let metrics: GatewayMetrics
  private let rejections: RejectionLog
  private let models: ServedModels
  private let classifier: Classifier
  private let readiness = Readiness()
  private let tls: ReloadableTLS?
  private let handler: ReloadableHandler
  private let server: HTTPServer
  private let drift: DriftMonitor
  private let verdicts = VerdictCounter()
  /// Who administrates, where somebody does.
  private let desk: AdministrationDesk?
  private let manager: ServiceManager
  /// Where the service's life is decided, one step after the other.
  private let control = DispatchQueue(label: "distinguo.control")
  private let end = DispatchSemaphore(value: 0)
  private var signals: SignalSources?
  private var watchdog: Watchdog?
  private var isStopping = false
  private var unanswered = 0

  /// Until models that gave no verdict at the start are asked again.
  private static let pause = DispatchTimeInterval.seconds(5)

  /// Reads the configuration, the certificate and the models. Nothing is listened at yet.
  ///
  /// - Parameters:
  ///   - input: what the configuration is made from, now and at every reload.
  ///   - version: the program's.
  public init(_ input: ConfigurationInput, version: String) throws(GatewayError) {
    StandardDescriptors.fill()
    Allocator.prepare()
    (self.input, self.version) = (input, version)
    configuration = try input.configuration()
    do {
      let destination = configuration.log.file.map(LogOutput.Destination.file) ?? .standardError
      output = try LogOutput(to: destination, format: configuration.log.format, level: configuration.log.level)
    } catch {
      throw .log("log.file '\(configuration.log.file ?? "")': \(error)")
    }
    log = output.logger("distinguo")
    manager = try ServiceManager(environment: input.environment)
    do {
      tls = try configuration.tlsSettings.map { settings throws(TLSError) in try ReloadableTLS(settings) }
    } catch {
      throw .tls(error)
    }
    do {
      models = try ServedModels(configuration.modelSettings(key: try configuration.selectionKey(input.environment)))
    } catch {
      throw error as? GatewayError ?? .models("\(error)")
    }
    let tokens = try configuration.tokens()
    drift = DriftMonitor(configuration.driftSettings)
    rejections = RejectionLog(
      capacity: configuration.metrics.rejectionEvents, disclosure: configuration.answers.disclosure)
    let access = configuration.log.access ? AccessLog(output) : nil
    do {
      metrics = try GatewayMetrics(version: version)
      let observer = GatewayObserver(
        metrics: metrics, rejections: rejections, drift: drift, verdicts: tokens == nil ? nil : verdicts, log: access)
      classifier = Classifier(configuration.classifierSettings, observer: observer)
      let capacity = configuration.batching.queueCapacity
      try metrics.watchQueue(depth: { [classifier] in classifier.occupied }, capacity: { capacity })
      try metrics.watchLog { [output] in output.dropped }
      server = try HTTPServer(configuration.serverConfiguration, observer: observer)
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      // Only two metrics of one name could be the reason, which is a fault of the program's.
      fatalError("\(error)")
    }
    handler = ReloadableHandler(Router([]))
    desk = tokens.map { [configuration, output] tokens in
      AdministrationDesk(tokens, configuration, log: output.logger("distinguo.administration"))
    }
    handler.replace(with: router(configuration))
  }

  /// What would be served, for people who want to know before they start it.
  public var overview: String {
    let lines = models.all.map { "serves \($0)\($0.record.manifest.name == models.defaultName ? ", by default" : "")" }
    let addresses = configuration.server.addresses.map { "listens at \($0)\(tls == nil ? "" : ", by TLS")" }
    let administration = desk == nil ? [] : ["is administered at \(configuration.administration.listen)"]
    return (lines + addresses + administration + configuration.summary).joined(separator: "\n")
  }

  /// Serves until a signal says to stop.
  ///
  /// - Returns: the process's exit status: 0 if every request was answered.
  public func run() throws(GatewayError) -> Int32 {
    let addresses = try listen()
    signals = SignalSources(queue: control) { [self] signal in
      switch signal {
      case .reload: reload()
      case .stop: stop()
      }
    }
    for line in configuration.summary { log.debug("setting", metadata: ["setting": "\(line)"]) }
    log.info("listening", metadata: ["addresses": "\(addresses.joined(separator: " "))"])
    if configuration.models.selectionKeyFile == nil, input.environment[SelectionKey.variable] == nil {
      log.warning("no selection key: anybody can foretell which differentiators a picture meets")
    }
    if configuration.answers.disclosure != .full, configuration.metrics.listen == nil {
      log.warning("/metrics tells sums of scores to everybody: give it an address of its own by metrics.listen")
    }
    if desk != nil, !configuration.administration.isEncrypted, !configuration.administration.listen.isLocal {
      log.warning("admin.listen is within reach of others and admin.tls is false: tokens can be read on their way")
    }
    control.async { [self] in
      tellModels()
      openDesk()
      rehearse { [self] in
        log.info("ready", metadata: ["models": "\(served)"])
        manager.notify(.ready, .status("serving \(served) at \(addresses.joined(separator: " "))"))
        startWatchdog()
      }
    }
    end.wait()
    output.flush(within: .seconds(2))
    return unanswered == 0 ? 0 : 1
  }

  // MARK: Parts

  private func router(_ configuration: GatewayConfiguration) -> Router {
    let figures = MetricsRoutes(metrics: metrics, rejections: rejections, models: models)
    let policy = configuration.models.policy
    let classify = ClassifyRoute(
      models: models, classifier: classifier, settings: configuration.classifyRouteSettings)
    return Router(
      classify.routes + ModelRoutes(models: models, policy: policy).routes + figures.telling
        + (configuration.metrics.listen == nil ? figures.scraping : [])
        + HealthRoutes(readiness: readiness).routes)
  }

  private func listen() throws(GatewayError) -> [String] {
    let sockets = try manager.sockets()
    let scrapes = Router(MetricsRoutes(metrics: metrics, rejections: rejections, models: models).scraping)
    let administration = configuration.administration
    func endpoint(_ name: String, _ address: ListenAddress) -> HTTPServer.Endpoint {
      switch (name, desk) {
      case ("metrics", _): HTTPServer.Endpoint(address, handler: scrapes)
      case ("admin", let desk?):
        HTTPServer.Endpoint(address, handler: desk.handler, tls: administration.isEncrypted ? tls : nil)
      case (_, _): HTTPServer.Endpoint(address, handler: handler, tls: tls)
      }
    }
    var endpoints = sockets.map { endpoint($0.name, .inherited(descriptor: $0.descriptor)) }
    let names = Set(sockets.map(\.name))
    if names.subtracting(["metrics", "admin"]).isEmpty {
      endpoints += configuration.server.addresses.map { endpoint("http", $0) }
    }
    if let address = configuration.metrics.listen, !names.contains("metrics") {
      endpoints.append(endpoint("metrics", address))
    }
    if desk != nil, !names.contains("admin") { endpoints.append(endpoint("admin", administration.listen)) }
    do {
      return try server.listen(at: endpoints)
    } catch {
      throw .system(error)
    }
  }

  private var served: String { models.all.map { "\($0)" }.joined(separator: ", ") }

  private func tellModels() {
    metrics.setModels(
      models.all.map {
        GatewayMetrics.Model(
          name: $0.record.manifest.name, version: $0.record.manifest.version, digest: $0.record.digest)
      })
  }

  /// Asks every model about a plain picture; what follows success is done on `control`.
  private func rehearse(then next: @escaping @Sendable () -> Void) {
    readiness.rehearse(models, classifier) { [self] faults in
      control.async { [self] in
        metrics.setReady(readiness.reasons.isEmpty)
        for (model, fault) in faults {
          log.error("a model gave no verdict", metadata: ["model": "\(model)", "fault": "\(fault)"])
        }
        guard !isStopping else { return }
        if faults.isEmpty { return next() }
        control.asyncAfter(deadline: .now() + Self.pause) { [self] in if !isStopping { rehearse(then: next) } }
      }
    }
  }

  /// Opens the administration, or tries it again in a while.
  private func openDesk() {
    guard let desk, !isStopping else { return }
    let around = Administration.Surroundings(
      models: models, classifier: classifier, rejections: rejections, readiness: readiness, drift: drift,
      verdicts: verdicts, metrics: metrics, log: output.logger("distinguo.administration"), version: version,
      settings: { desk.configuration }, changed: { [self] in tellModels() })
    if !desk.open(around) {
      control.asyncAfter(deadline: .now() + Self.pause) { [self] in openDesk() }
    }
  }

  private func startWatchdog() {
    guard configuration.watchdog, let interval = manager.watchdogInterval, watchdog == nil else { return }
    watchdog = Watchdog(interval: interval, notify: { [manager] in manager.notify(.watchdog) }) {
      [readiness, models, classifier] done in
      readiness.rehearse(models, classifier) { faults in done(faults.isEmpty) }
    }
  }

  // MARK: Changes

  /// Takes up what has changed in the configuration, the certificate and the models. What is wrong changes nothing.
  private func reload() {
    guard !isStopping else { return }
    manager.notify(.reloading(since: NotifySocket.now))
    output.reopen()
    do {
      let new = try input.configuration()
      let (reloaded, restarting) = new.changes(since: configuration)
      let certificate = try newCertificate(new)
      let tokens = try newTokens(new)
      let settings = new.modelSettings(key: try new.selectionKey(input.environment))
      do throws(ModelsError) { try models.reload(settings) } catch { throw GatewayError.models(error.description) }
      if let certificate { tls?.replace(with: certificate) }
      output.level = new.log.level
      rejections.disclose(new.answers.disclosure)
      drift.change(new.driftSettings)
      configuration = new
      handler.replace(with: router(new))
      if let tokens { desk?.change(new, tokens) }
      tellModels()
      metrics.countReload(succeeded: true)
      log.info("reloaded", metadata: ["changed": "\(reloaded.joined(separator: " "))", "models": "\(served)"])
      if !restarting.isEmpty {
        log.warning("some changes need a restart", metadata: ["settings": "\(restarting.joined(separator: " "))"])
      }
    } catch {
      metrics.countReload(succeeded: false)
      log.error("nothing was reloaded", metadata: ["reason": "\(error)"])
    }
    manager.notify(.ready, .status("serving \(served)"))
  }

  /// The certificate of another configuration; nil for plain HTTP.
  private func newCertificate(_ new: GatewayConfiguration) throws(GatewayError) -> TLSContext? {
    guard (new.tlsSettings == nil) == (tls == nil) else {
      let problem = ConfigurationError.Problem("", "tls.certificate: TLS is switched on and off by a restart alone")
      throw .configuration(ConfigurationError([problem]))
    }
    guard let settings = new.tlsSettings else { return nil }
    do throws(TLSError) { return try TLSContext(settings) } catch { throw .tls(error) }
  }

  /// The administrators of another configuration; nil where there is no administration.
  private func newTokens(_ new: GatewayConfiguration) throws(GatewayError) -> TokenFile? {
    guard (new.administration.tokenFile == nil) == (desk == nil) else {
      let text = "admin.token-file: the administration is switched on and off by a restart alone"
      throw .configuration(ConfigurationError([ConfigurationError.Problem("", text)]))
    }
    return try new.tokens()
  }

  /// Stops without losing a request.
  private func stop() {
    isStopping = true
    readiness.set(.draining, true)
    metrics.setReady(false)
    manager.notify(.stopping, .status("answering what has begun"))
    let ending = configuration.ending
    // A retraining may take some seconds to end; the requests need not wait for it.
    let background = DispatchGroup()
    if let desk { DispatchQueue.global().async(group: background) { desk.stop() } }
    log.info("stopping", metadata: ["connections": "\(server.connections)"])
    server.drain(notice: ending.lameDuck, patience: ending.drain) { [self] left in
      control.async { [self] in
        unanswered = left
        log.info("stopped", metadata: ["unanswered": "\(left)"])
        background.notify(queue: control) { @Sendable [self] in end.signal() }
      }
    }
  }
}
