public import Defence
internal import Foundation

/// A version on disk, without its networks.
public struct StoredVersion: Sendable {
  /// Its number.
  public let number: Int
  /// Its folder.
  public let path: String
  /// What it says of itself, or why that cannot be read.
  public let record: Result<ModelRecord, DefenceError>

  init(number: Int, in folder: ModelFolder) {
    self.number = number
    path = folder.path(of: number)
    do throws(DefenceError) {
      record = .success(try ModelRecord(contentsOf: path))
    } catch {
      record = .failure(error)
    }
  }

  /// Bytes of all its files.
  public var bytes: Int {
    guard let files = FileManager.default.enumerator(atPath: path) else { return 0 }
    return files.compactMap { $0 as? String }.reduce(0) { sum, file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { return sum }
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }
}
