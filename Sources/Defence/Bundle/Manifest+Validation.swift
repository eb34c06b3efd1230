extension Manifest {
  /// What is wrong with it by itself, or nil.
  var fault: String? {
    guard format == Self.currentFormat else {
      return "its format is \(format); this version reads \(Self.currentFormat)"
    }
    guard ModelFolder.versionNumbers.contains(version) else {
      return "its version is \(version); versions count from 1 to \(ModelFolder.versionNumbers.upperBound)"
    }
    guard ModelFolder.isName(name) else { return "its name is '\(name)'; it must be a folder's name" }
    guard labels.count > 1, Set(labels).count == labels.count, !labels.contains("") else {
      return "its labels must be two or more, all different and none empty"
    }
    if let fault = input.fault { return fault }
    guard selection.count > 0 else { return "its selection.count is \(selection.count); it must be 1 at least" }
    let ids = differentiators.map(\.id)
    guard Set(ids).count == ids.count else { return "two of its differentiators have the same id" }
    // The arrays of the probes bear their names.
    for id in ids where ["student", "pictures"].contains(id) || !BundleFiles.isInside(id) || id.contains("/") {
      return "'\(id)' is no id for a differentiator; it must be like d01"
    }
    for one in differentiators {
      guard !one.scope.isEmpty, Set(one.scope).count == one.scope.count else {
        return "the scope of \(one.id) must have different labels, one at least"
      }
      for label in one.scope where !labels.contains(label) { return "the scope of \(one.id) has no label '\(label)'" }
      guard one.scope == labels.filter(one.scope.contains) else {
        return "the scope of \(one.id) must be in the order of the labels"
      }
      guard one.other == (one.scope.count < labels.count) else {
        return "\(one.id) must have an 'other' exactly if its scope leaves labels out"
      }
      guard one.pruningRatio >= 0, one.pruningRatio < 1 else {
        return "the pruningRatio of \(one.id) is \(one.pruningRatio); it must be at least 0 and less than 1"
      }
    }
    if let share = training.heldOutShare, !(share > 0 && share < 1) {
      return "its training.heldOutShare is \(share); it must be more than 0 and less than 1"
    }
    for file in files.keys.sorted() where !BundleFiles.isInside(file) {
      return "'\(file)' in 'files' is no path inside the bundle"
    }
    let named = [student.file, ModelBundle.calibrationFile, ModelBundle.probesFile] + differentiators.map(\.file)
    for file in named where files[file] == nil { return "'files' has no digest of \(file)" }
    return nil
  }
}
