internal import Defence

extension ConfigurationInput {
  /// The configuration, or everything that is wrong with it.
  func configuration() throws(GatewayError) -> GatewayConfiguration {
    do {
      return try read()
    } catch {
      throw .configuration(error)
    }
  }
}

extension GatewayConfiguration {
  /// Who may administrate; nil if there is no administration.
  func tokens() throws(GatewayError) -> TokenFile? {
    guard let path = administration.tokenFile else { return nil }
    do throws(TokenFileError) { return try TokenFile(contentsOf: path) } catch { throw .tokens(error.description) }
  }

  /// The secret that decides which differentiators a picture meets, from the file or from the environment.
  func selectionKey(_ environment: [String: String]) throws(GatewayError) -> SelectionKey? {
    do {
      if let file = models.selectionKeyFile { return try SelectionKey(contentsOf: file) }
      return try SelectionKey(environment: environment)
    } catch {
      let source = models.selectionKeyFile.map { "models.selection-key-file '\($0)'" } ?? SelectionKey.variable
      throw .selectionKey(source: source, reason: "\(error)")
    }
  }
}
