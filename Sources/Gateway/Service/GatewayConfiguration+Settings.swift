internal import Base
internal import Defence
internal import Foundation
internal import HTTPCore
internal import HTTPServer
internal import Images
internal import NeuralNet
internal import Retraining

/// What the settings mean for each of the gateway's parts.
extension GatewayConfiguration {
  /// The models'.
  func modelSettings(key: SelectionKey?) -> ServedModels.Settings {
    ServedModels.Settings(
      folder: models.directory, served: Set(models.served), defaultName: models.defaultModel, selectionKey: key,
      precision: models.precision, threads: batching.computeThreads ?? Processor.count,
      maximumBatch: batching.maximum)
  }

  /// The classification's.
  var classifierSettings: Classifier.Settings {
    var settings = Classifier.Settings()
    settings.batching.threads = batching.computeThreads ?? Processor.count
    settings.batching.capacity = batching.queueCapacity
    settings.batching.maximumBatch = batching.maximum
    settings.batching.delay = batching.delay
    settings.decodingThreads = batching.decodeThreads ?? Processor.count
    settings.limits = images
    settings.deadline = batching.deadline
    return settings
  }

  /// The route's for pictures.
  var classifyRouteSettings: ClassifyRoute.Settings {
    ClassifyRoute.Settings(
      bodyBytes: http.limits.bodyBytes, inflatedBytes: inflatedBytes, parts: answers.parts,
      policy: models.policy, disclosure: answers.disclosure)
  }

  /// The drift monitor's.
  var driftSettings: DriftMonitor.Settings {
    DriftMonitor.Settings(seconds: Int(drift.window.components.seconds), bound: drift.bound, minimum: drift.minimum)
  }

  /// The retraining's.
  var retrainingSettings: RetrainingSettings {
    var settings = RetrainingSettings()
    settings.threads = retraining.threads
    settings.nice = retraining.nice
    settings.memory = retraining.memory
    settings.timeLimit = retraining.time
    settings.attempts = retraining.attempts
    settings.capacity = retraining.queue
    settings.dataRoots = retraining.data
    settings.margins = gate.margins
    (settings.pairs, settings.steps, settings.budget) = (gate.pairs, gate.steps, gate.budget)
    settings.holdOut = gate.holdOut
    return settings
  }

  /// Where the certificate is; nil for plain HTTP.
  var tlsSettings: TLSConfiguration? {
    guard let certificate = tls.certificate, let key = tls.key else { return nil }
    var settings = TLSConfiguration(certificatePath: certificate, keyPath: key)
    settings.clientAuthorityPath = tls.clientAuthority
    settings.clientAuthentication = tls.clientAuthentication
    settings.minimumVersion = tls.minimumVersion
    return settings
  }
}
