import ArgumentParser
import Foundation
import Gateway

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve models over HTTP.",
    discussion: """
      Each setting can stand in the file, in the environment (timeouts.header is DISTINGUO_TIMEOUTS_HEADER) and on the \
      command line (--set timeouts.header=5s); the later of these is the stronger. Whatever is wrong is named at once, \
      and the exit status is 78.

        distinguo serve --models Models --port 8080
        curl --data-binary @stop.png http://127.0.0.1:8080/v1/models/traffic-signs/classify

      SETTINGS, WITH THEIR DEFAULTS
      \(GatewayConfiguration.reference)
      """)

  @OptionGroup var options: ServeOptions

  @Flag(help: "Read the configuration, the certificate and the models, say what would be served, and exit.")
  var check = false

  @Flag(help: "Print a configuration file with every setting and its default, and exit.")
  var example = false

  /// EX_CONFIG of sysexits.h: nothing is mended by starting again.
  private static let configurationStatus: Int32 = 78

  func run() throws {
    if example {
      print(GatewayConfiguration().file, terminator: "")
      return
    }
    do throws(GatewayError) {
      let service = try GatewayService(options.input, version: Distinguo.configuration.version)
      if check { print(service.overview) }
      Self.end(try check ? 0 : service.run())
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      Self.end(error.isConfiguration ? Self.configurationStatus : 1)
    }
  }

  /// Ends the process as it is. There are threads that compute, such as those that prepare networks for larger batches,
  /// and exit() would destroy oneDNN's caches under them.
  private static func end(_ status: Int32) -> Never {
    fflush(nil)
    _exit(status)
  }
}
