/// Everything that an interrupted training needs to go on as if nothing had happened.
///
/// As bytes: the magic `DSTGTRN`, a version, a little-endian body, and the CRC-32 of all before it.
public struct TrainingCheckpoint: Sendable, Equatable {
  /// The number of steps taken.
  public let step: Int
  /// What dropout's numbers are drawn from.
  public let seed: UInt64
  /// The trained parameters and, under the same names, the optimiser's moments of them.
  let weights: [String: Tensor]
  let moments: [[String: Tensor]]
  let statistics: [String: Tensor]

  init(
    step: Int, seed: UInt64, weights: [String: Tensor], moments: [[String: Tensor]], statistics: [String: Tensor]
  ) {
    self.step = step
    self.seed = seed
    self.weights = weights
    self.moments = moments
    self.statistics = statistics
  }

  private static let magic = Array("DSTGTRN".utf8)
  private static let version: UInt8 = 1

  /// The checkpoint as a file stores it; equal checkpoints give equal bytes.
  public var bytes: [UInt8] {
    var bytes = Self.magic + [Self.version]
    bytes += UInt64(step).littleEndianBytes + seed.littleEndianBytes + UInt32(moments.count).littleEndianBytes
    for table in [weights, statistics] + moments {
      bytes += UInt32(table.count).littleEndianBytes
      for (name, tensor) in table.sorted(by: { $0.key < $1.key }) {
        bytes += UInt32(name.utf8.count).littleEndianBytes + Array(name.utf8)
        bytes += UInt32(tensor.shape.count).littleEndianBytes
        for extent in tensor.shape { bytes += UInt64(extent).littleEndianBytes }
        bytes.reserveCapacity(bytes.count + 4 * tensor.count)
        tensor.scalars.withUnsafeBufferPointer { scalars in
          for scalar in scalars { withUnsafeBytes(of: scalar.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        }
      }
    }
    return bytes + CRC32.checksum(of: bytes[...]).littleEndianBytes
  }

  /// Reads what ``bytes`` wrote.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:)`` if the bytes are cut short, damaged or something else.
  public init(bytes: [UInt8]) throws(TrainingError) {
    let header = Self.magic.count + 1
    guard bytes.count >= header + 4, bytes.starts(with: Self.magic) else {
      throw .checkpoint("the bytes do not begin as one")
    }
    guard bytes[header - 1] == Self.version else {
      throw .checkpoint("its version is \(bytes[header - 1]), not \(Self.version)")
    }
    let end = bytes.count - 4
    guard bytes[...].littleEndian(at: end, bytes: 4) == Int(CRC32.checksum(of: bytes[..<end])) else {
      throw .checkpoint("the checksum is wrong: it is cut short or damaged")
    }
    var reader = Reader(bytes: bytes[header..<end])
    step = try reader.integer(8)
    seed = try reader.bits()
    let momentCount = try reader.integer(4)
    guard momentCount <= 8 else { throw .checkpoint("\(momentCount) moments of each weight") }
    weights = try reader.table()
    statistics = try reader.table()
    var moments: [[String: Tensor]] = []
    for _ in 0..<momentCount { moments.append(try reader.table()) }
    self.moments = moments
    guard reader.bytes.isEmpty else { throw .checkpoint("\(reader.bytes.count) bytes follow its end") }
  }

  /// Takes numbers off the front; each claim of a length is checked against what is left before anything is allocated.
  private struct Reader {
    var bytes: ArraySlice<UInt8>

    mutating func take(_ count: Int) throws(TrainingError) -> ArraySlice<UInt8> {
      guard count >= 0, count <= bytes.count else { throw .checkpoint("it ends early") }
      defer { bytes = bytes.dropFirst(count) }
      return bytes.prefix(count)
    }

    mutating func bits() throws(TrainingError) -> UInt64 {
      try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func integer(_ width: Int) throws(TrainingError) -> Int {
      let bits = try take(width).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      guard let value = Int(exactly: bits), value < 1 << 48 else { throw .checkpoint("a number of \(bits)") }
      return value
    }

    mutating func table() throws(TrainingError) -> [String: Tensor] {
      var table: [String: Tensor] = [:]
      for _ in 0..<(try integer(4)) {
        let name = String(decoding: try take(try integer(4)), as: UTF8.self)
        let rank = try integer(4)
        guard rank <= 16 else { throw .checkpoint("'\(name)' has \(rank) axes") }
        var shape: [Int] = []
        var count = 1
        for _ in 0..<rank {
          shape.append(try integer(8))
          let (product, overflow) = count.multipliedReportingOverflow(by: shape.last!)
          guard !overflow, product <= bytes.count / 4 else { throw .checkpoint("'\(name)' is longer than the bytes") }
          count = product
        }
        let values = try take(4 * count)
        let scalars = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
          values.withUnsafeBytes { raw in
            for index in 0..<count {
              let bits = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
              buffer.initializeElement(at: index, to: Float(bitPattern: bits))
            }
          }
          initialized = count
        }
        guard table.updateValue(Tensor(shape: shape, scalars: scalars), forKey: name) == nil else {
          throw .checkpoint("'\(name)' is there twice")
        }
      }
      return table
    }
  }
}

extension Trainer {
  /// The present state.
  public var checkpoint: TrainingCheckpoint {
    func table(_ buffer: ParameterBuffer) -> [String: Tensor] {
      Dictionary(uniqueKeysWithValues: plan.layout.entries.map { ($0.name, buffer.tensor($0)) })
    }
    return TrainingCheckpoint(
      step: step, seed: settings.seed, weights: table(weights), moments: moments.map(table),
      statistics: statistics.values)
  }

  /// Goes on from a checkpoint of a trainer with the same graph and settings.
  ///
  /// - Throws: ``TrainingError/checkpoint(_:)`` if it is of another graph, freezing, optimiser or seed; then nothing is
  ///   changed.
  public func restore(_ checkpoint: TrainingCheckpoint) throws(TrainingError) {
    guard checkpoint.seed == settings.seed else {
      throw .checkpoint("its seed is \(checkpoint.seed), not \(settings.seed)")
    }
    guard checkpoint.moments.count == moments.count else { throw .checkpoint("it is of another optimiser") }
    let shapes = Dictionary(uniqueKeysWithValues: plan.layout.entries.map { ($0.name, $0.shape) })
    for table in [checkpoint.weights] + checkpoint.moments {
      guard table.mapValues(\.shape) == shapes else { throw .checkpoint("it has other weights than are trained here") }
    }
    guard checkpoint.statistics.mapValues(\.shape) == statistics.values.mapValues(\.shape) else {
      throw .checkpoint("it has other running statistics")
    }
    for (buffer, table) in zip([weights] + moments, [checkpoint.weights] + checkpoint.moments) {
      for entry in plan.layout.entries { buffer.set(entry, to: table[entry.name]!) }
    }
    statistics = RunningStatistics(checkpoint.statistics)
    step = checkpoint.step
  }
}
