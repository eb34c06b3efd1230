internal import Defence
internal import StateStore

/// What a request for a retraining says.
struct JobBody: AdminBody {
  struct Pictures: Decodable {
    var path: String?
  }

  static let names: Set = [
    "model", "data", "feedback", "preset", "seed", "activate", "start", "teacher", "label_by", "group_by", "flips",
  ]

  var model: String
  var data: Pictures?
  var feedback: Bool?
  var preset: String?
  var seed: UInt64?
  var activate: Bool?
  var start: String?
  var teacher: String?
  var labelBy: String?
  var groupBy: String?
  var flips: Bool?

  /// The job that is asked for.
  ///
  /// - Parameter upload: the name of the archive that came with the request.
  /// - Throws: 400 for values that there are not, or that contradict each other.
  func request(upload: String?) throws(AdminProblem) -> JobRequest {
    guard data?.path == nil || upload == nil else {
      throw .bad("the pictures come from data.path or from the archive, not from both")
    }
    guard data?.path != nil || upload != nil || feedback == true else {
      throw .bad("there are no pictures: give data.path, send an archive, or set feedback to true")
    }
    guard Preset(rawValue: preset ?? "standard") != nil else {
      throw .bad("preset is '\(preset ?? "")'; it must be \(Preset.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let start = JobRequest.Start(rawValue: start ?? (teacher == nil ? "serving" : "teacher")) else {
      throw .bad("start is '\(start ?? "")'; it must be serving or teacher")
    }
    guard (start == .teacher) == (teacher != nil) else {
      throw .bad(
        start == .teacher
          ? "start is teacher, which needs the Teacher's file as teacher"
          : "start is serving, which needs no teacher")
    }
    return JobRequest(
      model: model, data: .init(path: data?.path, upload: upload), feedback: feedback ?? false,
      preset: preset ?? "standard", seed: seed ?? 1, activate: activate ?? false, start: start, teacher: teacher,
      labelBy: labelBy, groupBy: groupBy, flips: flips)
  }
}
