import ArgumentParser
import Foundation
import Gateway

/// The settings of a gateway on the command line: flags for the usual ones, `--set` for all.
struct ServeOptions: ParsableArguments {
  @Option(help: "A YAML file with settings; DISTINGUO_CONFIG may name it too.")
  var config: String?

  @Option(help: "A folder with a folder for each model (models.directory).")
  var models: String?

  @Option(help: "The address that is listened at (server.host).")
  var host: String?

  @Option(help: "The TCP port; 0 for any that is free (server.port).")
  var port: String?

  @Option(help: "An address:port, [IPv6 address]:port or unix:/path instead; may be repeated (server.listen).")
  var listen: [String] = []

  @Option(help: "The least that is logged (log.level).")
  var logLevel: String?

  @Option(help: "text or json (log.format).")
  var logFormat: String?

  @Option(name: .customLong("set"), help: ArgumentHelp("Any setting; may be repeated.", valueName: "key=value"))
  var settings: [String] = []

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("--set \(setting): a key and a value with an equals sign between them are expected.")
    }
  }

  /// What the configuration is made from. The values are checked with those of the other sources, not here.
  var input: ConfigurationInput {
    var options: [ConfigurationInput.Option] = []
    func add(_ key: String, _ value: String?, _ flag: String) {
      if let value { options.append(.init(key: key, value: value, flag: flag)) }
    }
    // A flag of its own is stronger than --set, wherever they stand.
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      add(parts[0], parts[1], "--set")
    }
    add("models.directory", models, "--models")
    add("server.host", host, "--host")
    add("server.port", port, "--port")
    for address in listen { add("server.listen", address, "--listen") }
    add("log.level", logLevel, "--log-level")
    add("log.format", logFormat, "--log-format")
    return ConfigurationInput(file: config, environment: ProcessInfo.processInfo.environment, options: options)
  }
}
