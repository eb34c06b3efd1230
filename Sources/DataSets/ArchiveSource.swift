internal import Archives

/// Pictures from an archive, in its order.
final class ArchiveSource: PictureSource {
  private let archive: ArchiveReader
  private var index: [String: Int]

  init(_ archive: ArchiveReader, plan: PicturePlan) {
    self.archive = archive
    index = Dictionary(uniqueKeysWithValues: zip(plan.items.map(\.name), plan.items.indices))
  }

  func next() throws(DataSetError.Kind) -> StoredPicture? {
    do throws(ArchiveError) {
      while let entry = try archive.next() {
        guard let index = index[entry.name] else { continue }
        do throws(ArchiveError) {
          return StoredPicture(index: index, content: .bytes(try archive.content()))
        } catch  where error.isConfined {
          return StoredPicture(index: index, content: .broken(reason: error.reason))
        }
      }
    } catch {
      throw .archive(error)
    }
    return nil
  }
}
