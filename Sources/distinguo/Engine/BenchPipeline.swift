import ArgumentParser
import Base
import Defence
import Foundation
import Images
import NeuralNet

struct BenchPipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Count the pictures a second that are decoded, fitted and judged, without a gateway around it.",
    discussion: """
      Each of --threads threads takes --batch pictures at a time, from the file's bytes to the verdict, for --seconds. \
      Then one picture at a time, by one thread and by all, which share the networks: how long it takes alone. It is the \
      yardstick for what the gateway costs. Processor time tells batches apart also where other work takes turns.

        distinguo bench pipeline --model Models/traffic-signs --threads 2
        distinguo bench pipeline --model Models/traffic-signs --batch 1 8 32 --precision bfloat16 stop.jpg
      """)

  @Option(help: "A model's folder, or one version's.")
  var model: String

  @Option(help: "float32, bfloat16 or auto.")
  var precision = PrecisionChoice.float32

  @Option(help: "How many threads compute.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(parsing: .upToNextOption, help: "How many pictures share the networks' runs; each is measured in turn.")
  var batch = [1, 2, 4, 8, 16, 32]

  @Option(help: "How long each measurement takes.")
  var seconds = 2.0

  @Argument(help: "Pictures, or folders of pictures; without any, the bundle's samples.")
  var images: [String] = []

  func validate() throws {
    guard (1...1024).contains(threads) else { throw ValidationError("--threads is \(threads); it must be 1 to 1024.") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds is \(seconds); it must be more than 0 and at most 3600.")
    }
    for size in batch where !(1...1024).contains(size) {
      throw ValidationError("--batch is \(size); it must be 1 to 1024.")
    }
  }

  func run() throws {
    let bundle = try ModelBundle(contentsOf: model)
    let model = try bundle.model(precision: precision)
    let names = try PictureList(images.isEmpty ? ["\(bundle.path)/samples"] : images).entries.map(\.name)
    let files = try names.map { try FileAccess.read($0, limit: ImageLimits.default.bytes) }
    let lanes = try (0..<threads).map { _ in try Lane(model, bundle, files) }
    print("\(files.count) pictures, \(threads) threads, \(model.precision.rawValue)")
    for size in batch {
      // In which programs are compiled and caches filled.
      for lane in lanes { _ = try lane.run(pictures: size, for: .zero).wait() }
      let (start, before) = (ContinuousClock.now, ProcessorTime.now)
      let jobs = lanes.map { $0.run(pictures: size, for: .seconds(seconds)) }
      let count = Double(try jobs.map { try $0.wait() }.reduce(0, +))
      let rate = count / ((ContinuousClock.now - start) / .seconds(1))
      let cost = (ProcessorTime.now - before) / .milliseconds(1) / count
      print(String(format: "batch %2d: %7.1f pictures a second, %.3f ms of a processor each", size, rate, cost))
    }
    for team in threads > 1 ? [lanes.prefix(1), lanes[...]] : [lanes[...]] {
      let times = try latencies(team).sorted()
      print(
        String(
          format: "alone on %@: median %.3f ms, 95 %% within %.3f ms",
          team.count == 1 ? "one thread" : "\(team.count) threads", times[times.count / 2] / .milliseconds(1),
          times[times.count * 95 / 100] / .milliseconds(1)))
    }
  }

  /// How long each picture takes that is judged by itself.
  private func latencies(_ lanes: ArraySlice<Lane>) throws -> [Duration] {
    let end = ContinuousClock.now + .seconds(seconds)
    var times: [Duration] = []
    repeat {
      let number = times.count
      times.append(
        try ContinuousClock().measure {
          let hearing = try lanes[0].decode(number).wait()
          let jobs = lanes.map { $0.help(hearing) }
          for job in jobs { try job.wait() }
        })
    } while ContinuousClock.now < end
    return times
  }
}

/// Processor time that the process has used, on all processors.
private enum ProcessorTime {
  static var now: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}

/// A thread that takes pictures from bytes to verdicts.
///
/// Sendable unchecked: the worker is only used by jobs on the thread.
private final class Lane: @unchecked Sendable {
  private let thread = ComputeThread()
  private let worker: DefenceWorker
  private let bundle: ModelBundle
  private let files: [[UInt8]]

  init(_ model: DefendedModel, _ bundle: ModelBundle, _ files: [[UInt8]]) throws {
    worker = try DefenceWorker(model)
    self.bundle = bundle
    self.files = files
  }

  /// Judges pictures, so many at a time, at least once.
  ///
  /// - Returns: how many there were.
  func run(pictures size: Int, for duration: Duration) -> ComputeJob<Int> {
    thread.submit { [self] in
      let end = ContinuousClock.now + duration
      var count = 0
      repeat {
        try judge((count..<(count + size)).map { $0 % files.count })
        count += size
      } while ContinuousClock.now < end
      return count
    }
  }

  /// Decodes a picture.
  func decode(_ number: Int) -> ComputeJob<Hearing> {
    thread.submit { [self] in
      Hearing([try picture(number % files.count)], before: worker.model)
    }
  }

  /// Asks networks until nobody need be asked any more.
  func help(_ hearing: Hearing) -> ComputeJob<Void> {
    thread.submit { [self] in
      while true {
        switch hearing.advance(with: worker) {
        case .nothing: return
        case .advanced: continue
        case .finished(let judgements): return _ = bundle.verdict(try judgements.get()[0])
        }
      }
    }
  }

  private func judge(_ numbers: [Int]) throws {
    for judgement in try worker.judge(try numbers.map(picture)) { _ = bundle.verdict(judgement) }
  }

  private func picture(_ number: Int) throws -> Picture {
    let format = bundle.manifest.input
    return format.fitted(try ImageDecoder.decode(files[number], atLeast: (format.width, format.height)))
  }
}
