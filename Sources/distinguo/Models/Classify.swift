import ArgumentParser
import Base
import DataSets
import Defence
import Foundation
import Images

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a model about pictures: a label, or a rejection, for each.",
    discussion: """
      Pictures are files, folders (every file below, in the order of their names) or '-' for one on standard input. \
      A picture that cannot be read is named, the others are answered, and the exit status is 1.

        distinguo classify --model Models/flowers daisy.jpg
        distinguo classify --model Models/flowers --json Pictures/ | jq .outcome
        curl -s https://example.org/daisy.jpg | distinguo classify --model Models/flowers -
      """)

  @OptionGroup var options: ModelOptions

  @Flag(help: "Print a line of JSON for each picture, as the gateway answers, instead of a table.")
  var json = false

  @Option(help: "calibrated or vote, instead of the bundle's own.")
  var policy: Policy?

  @Argument(help: "Pictures, folders of pictures, or - for standard input.")
  var images: [String]

  /// Pictures that are decoded, then judged, at a time: enough for all threads, and few in memory.
  private static let chunk = 256

  func run() throws {
    let bundle = try options.bundle()
    let pool = try options.pool(bundle)
    let output = VerdictOutput(bundle, json: json)
    var failed = false
    var rest = try PictureList(images).entries[...]
    while !rest.isEmpty {
      let entries = Array(rest.prefix(Self.chunk))
      rest = rest.dropFirst(Self.chunk)
      let start = ContinuousClock.now
      let pictures = decoded(entries, bundle.manifest.input)
      let readable = pictures.compactMap { try? $0.get() }
      let judgements = try pool.judge(readable)
      let elapsed = (ContinuousClock.now - start) / max(1, entries.count)
      var next = judgements.makeIterator()
      for (entry, picture) in zip(entries, pictures) {
        switch picture {
        case .success:
          guard let judgement = next.next() else { break }
          output.add(bundle.verdict(judgement, policy: policy), image: entry.name, elapsed: elapsed)
        case .failure(let error):
          failed = true
          output.add(error, image: entry.name)
        }
      }
    }
    output.finish()
    if failed { throw ExitCode(1) }
  }

  /// Reads and decodes on all threads.
  private func decoded(_ entries: [PictureList.Entry], _ format: InputFormat) -> [Result<Picture, PictureFault>] {
    let results = LockBox([Result<Picture, PictureFault>?](repeating: nil, count: entries.count))
    DispatchQueue.concurrentPerform(iterations: entries.count) { index in
      let result = Result { () throws(PictureFault) in
        try entries[index].picture(atLeast: (format.width, format.height))
      }.map(format.fitted)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
