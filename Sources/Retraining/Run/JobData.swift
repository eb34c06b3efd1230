internal import Foundation
internal import StateStore

/// The pictures and the Teacher that a request names, found on disk.
struct JobData {
  /// Folders and archives; without the feedback, which is collected when the job begins.
  let pictures: [String]
  /// The Teacher's file, if it starts from one.
  let teacher: String?

  /// Looks for what a request names.
  ///
  /// - Parameters:
  ///   - folder: the job's, with its upload.
  ///   - roots: the folders that are allowed.
  /// - Throws: ``RetrainingError`` if something is not there or not allowed, or there are no pictures at all.
  init(_ request: JobRequest, in folder: JobFolder, roots: [String]) throws(RetrainingError) {
    var pictures: [String] = []
    if let path = request.data.path { pictures.append(try DataPath.resolve(path, roots: roots)) }
    if let name = request.data.upload {
      guard let path = folder.upload(name), FileManager.default.fileExists(atPath: path) else {
        throw .unusableData(reason: "the archive '\(name)' that came with the request is not there")
      }
      pictures.append(path)
    }
    guard !pictures.isEmpty || request.feedback else {
      throw .unusableData(reason: "there are no pictures: name a path, send an archive or ask for the feedback")
    }
    switch (request.start, request.teacher) {
    case (.teacher, let path?): teacher = try DataPath.resolve(path, roots: roots, kind: .file)
    case (.teacher, nil): throw .unusableData(reason: "there is no Teacher: name its ONNX file")
    case (.serving, _): teacher = nil
    }
    self.pictures = pictures
  }
}
