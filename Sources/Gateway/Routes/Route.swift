internal import HTTPCore
internal import HTTPServer

/// A method, the paths it is for, and who answers.
struct Route: Sendable {
  /// The method; GET stands for HEAD too.
  let method: HTTPMethod
  /// The paths.
  let pattern: PathPattern
  /// Says what is to become of a request. Called on the connection's queue; must not block.
  let receive: @Sendable (RoutedRequest) -> Reception

  /// - Parameter pattern: such as `/v1/models/{name}`.
  init(_ method: HTTPMethod, _ pattern: String, receive: @escaping @Sendable (RoutedRequest) -> Reception) {
    self.method = method
    self.pattern = PathPattern(pattern)
    self.receive = receive
  }
}
