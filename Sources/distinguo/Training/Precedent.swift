import DataSets
import Defence

/// An earlier bundle, and what it says of how it was trained, for another to be trained like it.
struct Precedent {
  /// All but its networks.
  let bundle: ModelRecord
  /// Its patterns for labels and groups; nil where it had none.
  let labelPattern: String?
  let groupPattern: String?
  /// What could be another about its pictures.
  let invariances: Invariances
  /// The share that was withheld for calibration, if it says.
  let calibrationShare: Double?

  /// The file of its Student.
  var student: String { "\(bundle.path)/\(bundle.manifest.student.file)" }

  /// Divides pictures as its training divided them, if they are the same.
  func split(_ set: DataSet) -> GroupedSplit {
    let training = bundle.manifest.training
    return GroupedSplit(
      of: set, share: calibrationShare ?? 0.15, holdOut: training.heldOutShare ?? 0, seed: training.seed)
  }

  /// - Throws: ``DefenceError`` if the bundle is not sound.
  init(_ folder: String) throws(DefenceError) {
    bundle = try ModelBundle(contentsOf: folder).record
    let training = bundle.manifest.training
    labelPattern = training.labelPattern
    if let invariances = training.invariances {
      (self.invariances, groupPattern, calibrationShare) =
        (invariances, training.groupPattern, training.calibrationShare)
      return
    }
    // Older bundles say it in their command line alone.
    let words = CommandLine.words(of: training.command)
    func value(_ option: String) -> String? {
      if let place = words.firstIndex(of: option), place + 1 < words.count { return words[place + 1] }
      return words.first { $0.hasPrefix("\(option)=") }.map { String($0.dropFirst(option.count + 1)) }
    }
    invariances = Invariances(flips: words.contains("--flips"))
    groupPattern = value("--group-by")
    calibrationShare = value("--calibration-share").flatMap(Double.init).flatMap { (0...1).contains($0) ? $0 : nil }
  }
}
