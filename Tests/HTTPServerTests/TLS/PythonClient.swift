/// A client by Python's `ssl`: what it does is said in Python, with `s` its socket; what it prints is its outcome.
///
/// `context` is there to be changed before the socket is made, `port` and `files` (the folder's path with a slash) too.
struct PythonClient {
  private let tool: Tool

  /// - Parameters:
  ///   - setting: what is done with `context`.
  ///   - session: what is done with `s`, once the handshake is done.
  ///   - connection: how `s` is made.
  init(
    _ files: TLSFiles, port: UInt16, setting: String = "", connection: String = "s = connect()",
    session: String
  ) throws {
    let program = """
      import base64, socket, ssl, struct, sys, threading, time
      port, files = int(sys.argv[1]), sys.argv[2]
      context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
      context.load_verify_locations(files + 'root.crt')
      def plain():
          return socket.create_connection(('127.0.0.1', port), timeout=20)
      def connect(**options):
          return context.wrap_socket(plain(), server_hostname='localhost', suppress_ragged_eofs=False, **options)
      try:
          \(Self.indented(setting))
          \(Self.indented(connection))
          \(Self.indented(session))
      except (OSError, ValueError) as error:
          print('failed:', getattr(error, 'reason', None) or type(error).__name__)
      """
    tool = try Tool("/usr/bin/python3", ["-I", "-W", "ignore", "-c", program, "\(port)", files.path("") + "/"])
  }

  private static func indented(_ code: String) -> String {
    code.split(separator: "\n").joined(separator: "\n    ") + (code.isEmpty ? "pass" : "")
  }

  /// Writes to its standard input.
  func say(_ text: String) throws { try tool.say(text) }

  /// What it has printed, once it is done.
  func printed() -> String {
    let outcome = tool.finish()
    return outcome.error.isEmpty ? outcome.output : outcome.output + outcome.error
  }
}
