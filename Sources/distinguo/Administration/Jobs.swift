import AdminClient
import ArgumentParser

struct Jobs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "A running gateway's retrainings: start, watch, cancel.",
    discussion: """
      Asks the gateway's administration (admin.listen); whose token it is decides what may be done.

        distinguo jobs start flowers --path flowers-2026 --activate --watch
        distinguo jobs start flowers --upload more-flowers.tar --feedback
        distinguo jobs watch 019ab0c1-…
      """,
    subcommands: [List.self, Show.self, Start.self, Watch.self, Cancel.self, Log.self])
}
