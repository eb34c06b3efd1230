import ArgumentParser
import Base
import Defence
import Foundation
import Images

/// A folder of pictures to ship with a bundle, each named for what it shows: `stop.png`, `stop-2.jpg`.
struct SampleFolder {
  let samples: [TrainingRun.Sample]

  init(_ folder: String, format: InputFormat, labels: [String]) throws {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw ValidationError("--samples '\(folder)' is no folder that can be read.")
    }
    samples = try names.filter { !$0.hasPrefix(".") && !$0.hasSuffix(".md") }.map { name in
      let stem = String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex))
      // The longest label that the name begins with: 'stop-2' is stop's, unless there is a label 'stop-2'.
      let label = labels.filter { stem == $0 || stem.hasPrefix($0 + "-") }.max { $0.count < $1.count }
      guard let label, let index = labels.firstIndex(of: label) else {
        throw ValidationError("--samples: '\(name)' does not begin with a label; it should, as in \(labels[0])-1.png.")
      }
      let path = "\(folder)/\(name)"
      do {
        let bytes = try FileAccess.read(path, limit: ImageLimits.default.bytes)
        let picture = try ImageDecoder.decode(bytes)
        return TrainingRun.Sample(name: name, bytes: bytes, label: index, picture: format.fitted(picture))
      } catch {
        throw ValidationError("--samples: \(path): \(error)")
      }
    }
  }
}
