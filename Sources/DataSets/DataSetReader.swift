public import Archives
internal import Base
internal import Foundation
public import Images

/// Reads labelled pictures from disk.
///
/// What can be read is
/// - a folder with one folder of pictures for each label, or with one folder alone that holds those;
/// - a tar, tar.gz or zip archive of that;
/// - a file of pictures in MNIST's format IDX, gzipped or not, with its labels beside it, or a folder with one such
///   pair; of several the one that begins with `train`. The labels are "0" to "255" then.
///
/// Files beside the labels' folders, hidden ones and `__MACOSX` are no pictures. A file in a label's folder is one,
/// whatever it is called.
public struct DataSetReader: Sendable {
  /// What an archive may ask for. ``ArchiveLimits/entries`` is how many pictures IDX files may hold, too.
  public var archiveLimits = ArchiveLimits.default
  /// What a picture may ask for.
  public var imageLimits = ImageLimits.default
  /// How many bytes the prepared pixels may take together.
  public var memory = 8 << 30
  /// The labels that there may be, in their order; some may have no picture. Nil: those that there are, sorted.
  public var labels: [String]?
  /// A regular expression on a folder's name whose first pair of parentheses, or else the whole of it, matches the
  /// label: `^[0-9]+-(.+)$` finds "stop" in "14-stop". A folder that is called as one of ``labels`` needs no match.
  public var labelPattern: String?
  /// A regular expression on a picture's file name that finds its group in the same way: `^([0-9]+)_` finds "00004" in
  /// "00004_00012.jpg". Nil: each picture is a group of its own.
  public var groupPattern: String?
  /// Whether a name that ``groupPattern`` does not match is an error; if not, its picture is a group of its own. It is
  /// none in all sources but the first.
  public var requiresGroups = true
  /// The share of each source's pictures, from 0 to 1, that may be broken before that is an error.
  public var brokenShare = 0.01
  /// The size that pictures are resized to afterwards, if that is known: large ones are then decoded faster.
  public var size: (width: Int, height: Int)?
  /// What is done to a picture as soon as it is decoded: what it gives is all that stays in memory. It is called from
  /// several threads.
  public var prepare: @Sendable (Picture) -> Picture = { $0 }
  /// How many threads decode.
  public var threads = ProcessInfo.processInfo.activeProcessorCount
  /// Called after each picture, one call at a time, from any of the threads.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

  /// A reader that takes the labels from the folders' names and keeps pictures as they are.
  public init() {}

  /// Reads what is at `path`. The calling thread decodes with the others until all is read.
  ///
  /// - Throws: ``DataSetError``: what `path` leads to is no data set, is damaged, or has fewer than two labels (unless
  ///   ``labels`` are set); a label has no picture, or not one that is not another's; or too many pictures are broken.
  public func read(_ path: String) throws(DataSetError) -> DataSet { try read([path]) }

  /// Reads several sources as one data set. Its labels are those of the first, unless ``labels`` are set.
  ///
  /// - Throws: as ``read(_:)-(String)``, and if another source has a label that the first has not.
  public func read(_ paths: [String]) throws(DataSetError) -> DataSet {
    var used = 0
    let sets = try each(paths) { reader, path throws(DataSetError.Kind) in
      let set = try reader.dataSet(path, used: used)
      used += set.examples.reduce(0) { $0 + $1.picture.pixels.count }
      return (set, set.labels)
    }
    let dataSet = DataSet(joining: sets)
    do throws(DataSetError.Kind) {
      try dataSet.checkLabelsDiffer()
    } catch {
      throw DataSetError(error, in: dataSet.sources.joined(separator: ", "))
    }
    return dataSet
  }

  /// Looks at the names of what ``read(_:)-([String])`` would read, and decodes nothing.
  ///
  /// - Throws: ``DataSetError`` for all that is wrong but broken pictures, and labels that have the same pictures.
  public func survey(_ paths: [String]) throws(DataSetError) -> DataSetSurvey {
    let plans = try each(paths) { reader, path throws(DataSetError.Kind) in
      let plan = try reader.opened(path).plan
      return (plan, plan.labels)
    }
    return DataSetSurvey(plans)
  }

  /// Does something with each source, in their order, by a reader that expects the labels of those before.
  private func each<Result>(
    _ paths: [String],
    _ body: (DataSetReader, String) throws(DataSetError.Kind) -> (result: Result, labels: [String])
  ) throws(DataSetError) -> [Result] {
    precondition(!paths.isEmpty, "no source to read from")
    var reader = self
    var results: [Result] = []
    for path in paths {
      let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
      do throws(DataSetError.Kind) {
        let (result, labels) = try body(reader, path)
        results.append(result)
        reader.labels = labels
      } catch {
        throw DataSetError(error, in: path)
      }
      reader.requiresGroups = false
    }
    return results
  }

  /// Which pictures there are at a path, and what will give them.
  private func opened(_ path: String) throws(DataSetError.Kind) -> (plan: PicturePlan, source: any PictureSource) {
    let isFolder: Bool
    do { isFolder = try FileAccess.isFolder(path) } catch { throw .inaccessible(error.description) }
    guard isFolder else { return try file(path) }
    let folder = DiskFolder(path: path)
    if let pair = try IDXPair(folder: path, entries: try folder.entries(of: "")) { return try idx(pair) }
    let plan = try plan(try folder.pictures())
    return (plan, DiskSource(root: path, plan: plan))
  }

  private func file(_ path: String) throws(DataSetError.Kind) -> (plan: PicturePlan, source: any PictureSource) {
    let start = try IDXHeader.start(of: path, limits: archiveLimits)
    if IDXHeader.begins(start, dimensions: 3) { return try idx(try IDXPair(images: path)) }
    guard !IDXHeader.begins(start, dimensions: 1) else {
      throw .malformedIDX(file: path, reason: "has labels; name the file of the pictures instead")
    }
    let archive: ArchiveReader
    let folder: ArchivedFolder
    do throws(ArchiveError) {
      folder = try ArchivedFolder(try ArchiveReader(contentsOf: path, limits: archiveLimits))
      // Once for the names, so that what is wrong with them shows before anything is decoded, and once for the pictures.
      archive = try ArchiveReader(contentsOf: path, limits: archiveLimits)
    } catch {
      throw error.kind == .unknownFormat ? .unknownFormat : .archive(error)
    }
    let plan = try plan(try folder.pictures())
    return (plan, ArchiveSource(archive, plan: plan))
  }

  private func idx(_ pair: IDXPair) throws(DataSetError.Kind) -> (plan: PicturePlan, source: any PictureSource) {
    let source = try IDXSource(pair, archiveLimits: archiveLimits, imageLimits: imageLimits)
    return (try plan(source.candidates), source)
  }

  private func plan(_ candidates: [PicturePlan.Candidate]) throws(DataSetError.Kind) -> PicturePlan {
    try PicturePlan(
      candidates, expected: labels, labelPattern: labelPattern, groupPattern: groupPattern,
      requiresGroups: requiresGroups)
  }

  /// - Parameter used: how much of the memory other sources' pictures have.
  private func dataSet(_ path: String, used: Int) throws(DataSetError.Kind) -> DataSet {
    let (plan, source) = try opened(path)
    let decoder = PictureDecoder(
      imageLimits: imageLimits, size: size, prepare: prepare, memory: memory, used: used, threads: max(threads, 1),
      progress: progress)
    let outcomes = try decoder.decode(source, count: plan.items.count)
    var examples: [Example] = []
    var broken: [BrokenPicture] = []
    for (item, outcome) in zip(plan.items, outcomes) {
      switch outcome {
      case .decoded(let picture)?:
        examples.append(Example(name: item.name, label: item.label, group: item.group, picture: picture))
      case .broken(let reason)?: broken.append(BrokenPicture(name: item.name, reason: reason))
      case nil: throw .changed(item.name)
      }
    }
    guard Double(broken.count) <= brokenShare * Double(plan.items.count) else {
      throw .tooManyBroken(
        count: broken.count, total: plan.items.count, allowed: brokenShare, first: Array(broken.prefix(5)))
    }
    let readable = Set(examples.map(\.label))
    if let lost = plan.items.first(where: { !readable.contains($0.label) }) {
      throw .labelWithoutPictures(plan.labels[lost.label])
    }
    return DataSet(source: path, labels: plan.labels, examples: examples, broken: broken)
  }
}
