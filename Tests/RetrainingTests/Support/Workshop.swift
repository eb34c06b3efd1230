import Base
import Foundation
import StateStore

@testable import Retraining

/// A queue with all around it, and a shell script in place of the program.
final class Workshop {
  let folder: String
  let storage = MemoryStorage()
  let models: FolderModels
  var recorder = Recorder()
  var settings = RetrainingSettings()
  private(set) var queue: JobQueue
  private var count = 0

  /// - Parameters:
  ///   - train: what the program does for `train`, as a script. It can use `$place`, where the version belongs, `$work`,
  ///     where what is unfinished belongs, `step NUMBER STEP` and `bundle`, which puts the version at its place.
  ///   - evaluate: the same for `evaluate`; `figures ACCURACY` prints figures of the version.
  init(train: String = "bundle", evaluate: String = "figures 0.9") throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "retraining-\(UUID().uuidString)").path
    self.folder = folder
    for name in ["jobs", "data/pictures", "models"] { try FileAccess.makeFolder("\(folder)/\(name)") }
    models = try FolderModels("\(folder)/models")
    settings.executable = "\(folder)/program"
    settings.dataRoots = ["\(folder)/data"]
    settings.threads = 2
    settings.pause = .milliseconds(1)
    settings.grace = .milliseconds(200)
    queue = JobQueue(settings, storage: storage, folder: "\(folder)/jobs", models: models, observer: recorder)
    try write(train: train, evaluate: evaluate)
  }

  deinit {
    queue.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Makes the program another one.
  func write(train: String = "bundle", evaluate: String = "figures 0.9") throws {
    let script = """
      #!/bin/bash
      echo "$*" >> \(folder)/calls
      while [ "$1" != -- ]; do shift; done
      shift; command=$1; shift
      while [ $# -gt 0 ]; do
        case $1 in
          --output) output=$2 ;; --number) number=$2 ;; --model) model=$2 ;;
        esac
        shift
      done
      place=$output/$number; work=$output/.$number.training; calls=\(folder)/calls; folder=\(folder)
      step() {
        echo '{"event":"step","network":"student","number":'$1',"count":2,"epoch":1,"epochs":4,"step":'$2',"steps":10,' \\
          '"loss":null,"accuracy":0.5,"images_per_second":100,"seconds_left":7.5}' >&2
      }
      bundle() { mkdir -p $place.new && touch $place.new/manifest.json && mv -T $place.new $place && rm -rf $work; }
      figures() {
        share() { echo "{\\"count\\":1,\\"of\\":100,\\"share\\":$1,\\"low\\":0,\\"high\\":1}"; }
        echo "{\\"version\\":${model##*/},\\"clean\\":{\\"student_accuracy\\":$(share 0.95),"
        echo "\\"end_to_end_accuracy\\":$(share $1),\\"clean_rejection_rate\\":$(share 0.01)},"
        echo "\\"attacks\\":[{\\"defence_rate\\":$(share 0.8)}],\\"feedback_rejection_rate\\":null}"
      }
      train() {
      \(train)
      }
      evaluate() {
      \(evaluate)
      }
      $command
      """
    try FileAccess.replace(settings.executable, with: Array(script.utf8))
    chmod(settings.executable, 0o755)
  }

  /// Puts another queue with the present settings in place of this one, as a new process would.
  func restart() {
    queue.stop()
    recorder = Recorder()
    queue = JobQueue(settings, storage: storage, folder: "\(folder)/jobs", models: models, observer: recorder)
  }

  /// A job that is not submitted yet; its changes come from `body`.
  func job(_ body: (inout JobRequest) -> Void = { _ in }) -> Job {
    count += 1
    var request = JobRequest(model: "signs", data: .init(path: "pictures"))
    body(&request)
    let id = "00000000-0000-7000-8000-\(String(format: "%012d", count))"
    return Job(id: id, actor: "alice", request: request, created: .now)
  }

  /// Submits a job to a queue that works, or that begins to.
  func submit(_ body: (inout JobRequest) -> Void = { _ in }) throws -> String {
    let job = job(body)
    try queue.submit(job)
    return job.id
  }

  /// A job's way to its end.
  func finished(_ body: (inout JobRequest) -> Void = { _ in }) throws -> JobStatus {
    let id = try submit(body)
    queue.resume()
    return try recorder.wait(id)
  }

  /// How the program was called, without what comes before `--`.
  var calls: [String] {
    let text = (try? String(contentsOfFile: "\(folder)/calls", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map { line in line.split(separator: " -- ", maxSplits: 1).last.map(String.init)!
    }
  }

  /// Makes an empty file.
  func touch(_ name: String) throws { try FileAccess.replace("\(folder)/\(name)", with: []) }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(name)") }
}
