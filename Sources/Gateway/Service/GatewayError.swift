public import HTTPServer

/// Why a gateway cannot start, or cannot take up what was changed.
public enum GatewayError: Error, CustomStringConvertible {
  /// The configuration is wrong.
  case configuration(ConfigurationError)
  /// The file with the selection key, or its variable; what is wrong with it, never what is in it.
  case selectionKey(source: String, reason: String)
  /// The file with the administrators' tokens; what is wrong with it, never what is in it.
  case tokens(String)
  /// The models cannot be served; in one line.
  case models(String)
  /// The certificate cannot be used.
  case tls(TLSError)
  /// An address cannot be listened at, or the system has no descriptors left.
  case system(SystemError)
  /// What the service manager passed on makes no sense.
  case activation(String)
  /// The log's file cannot be written to.
  case log(String)

  /// One line for each thing that is wrong.
  public var description: String {
    switch self {
    case .configuration(let error): error.description
    case .selectionKey(let source, let reason): "\(source): \(reason)"
    case .models(let reason), .activation(let reason), .log(let reason), .tokens(let reason): reason
    case .tls(let error): "\(error)"
    case .system(let error): error.description
    }
  }

  /// Whether what was asked for is wrong, rather than what is there at the moment.
  public var isConfiguration: Bool {
    switch self {
    case .configuration, .selectionKey, .tokens, .activation: true
    case .models, .tls, .system, .log: false
    }
  }
}
