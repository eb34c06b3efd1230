import AdminClient
import ArgumentParser
import Foundation

/// Which gateway is administered, by whom, and how its answers are shown.
struct AdminOptions: ParsableArguments {
  @Option(
    help: """
      Where the gateway is administered: http://HOST:PORT, https://HOST:PORT or unix:/PATH. DISTINGUO_URL may name \
      it too; else it is \(Self.defaultURL).
      """)
  var url: String?

  @Option(
    help: """
      A file with a token, or a gateway's token file. DISTINGUO_TOKEN_FILE may name it too, and \
      DISTINGUO_TOKEN may be the token itself.
      """)
  var tokenFile: String?

  @Option(help: "Whose token it is, where the file has several.")
  var name: String?

  @Option(help: "A file with the certificate (PEM) that vouches for the gateway's, instead of the system's.")
  var ca: String?

  @Flag(help: "Print the gateway's JSON instead of text for people.")
  var json = false

  private static let defaultURL = "http://127.0.0.1:8081"
  private static let urlVariable = "DISTINGUO_URL"
  private static let tokenVariable = "DISTINGUO_TOKEN"
  private static let tokenFileVariable = "DISTINGUO_TOKEN_FILE"

  /// The gateway's answer.
  func answer(_ request: AdminRequest) throws -> AdminAnswer { try client().answer(request) }

  /// The gateway's answer, printed as it is; or as a value, to be printed for people.
  func show<Value: Decodable>(_ request: AdminRequest, _ text: (Value) -> String) throws {
    let answer = try answer(request)
    print(json ? answer.json : text(try answer.value()))
  }

  func client() throws -> AdminClient {
    let address = try address()
    let token = try token()
    if address.isExposed { tell("warning: the token goes to \(address) for everybody on the way to read; use https") }
    return AdminClient(
      address, token: token, authority: ca, agent: "distinguo/\(Distinguo.configuration.version)")
  }

  private func address() throws -> AdminAddress {
    let variable = variable(Self.urlVariable)
    do {
      return try AdminAddress(url ?? variable ?? Self.defaultURL)
    } catch {
      throw ValidationError("\(url == nil ? Self.urlVariable : "--url"): \(error).")
    }
  }

  /// The command line is stronger than the environment, in which the token itself is stronger than a file.
  private func token() throws -> AdminToken {
    if tokenFile == nil, let token = variable(Self.tokenVariable) {
      do { return try AdminToken(token) } catch { throw ValidationError("\(Self.tokenVariable): \(error).") }
    }
    guard let path = tokenFile ?? variable(Self.tokenFileVariable) else {
      throw ValidationError(
        """
        No token: give --token-file, \(Self.tokenFileVariable) or \(Self.tokenVariable). 'distinguo token' makes one, \
        and says which line the gateway's token file needs.
        """)
    }
    do {
      return try AdminToken(contentsOf: path, name: name)
    } catch {
      throw ValidationError("\(tokenFile == nil ? Self.tokenFileVariable : "--token-file") '\(path)': \(error).")
    }
  }

  /// Empty is as good as not set.
  private func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// A line on standard error.
func tell(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
