internal import Base
internal import Defence
internal import Foundation

/// What an evaluation found, ready to be written: figures, checks, and the raw verdicts that they are computed from.
public struct Report: Sendable {
  /// What was found.
  public let record: EvaluationRecord
  /// What is computed of it.
  public let figures: ReportFigures
  /// What must hold of it to be believed.
  public let checks: [HonestyCheck]

  /// Computes figures and checks.
  public init(_ record: EvaluationRecord) {
    self.record = record
    figures = ReportFigures(record)
    checks = HonestyCheck.all(record, figures)
  }

  /// The version of `report.json`.
  public static let format = 1

  private struct Document: Encodable {
    let format: Int
    let run: RunRecord
    let attacks: [AttackRecord]
    let priorAttacks: [AttackRecord]
    let baselines: [BaselineRecord]
    let figures: ReportFigures
    let checks: [HonestyCheck]
  }

  /// `report.json`.
  public func json() throws -> String {
    let document = Document(
      format: Self.format, run: record.run, attacks: record.attacks, priorAttacks: record.priorAttacks,
      baselines: record.baselines, figures: figures, checks: checks)
    return String(decoding: try Self.encoder([.prettyPrinted]).encode(document), as: UTF8.self) + "\n"
  }

  /// Writes `verdicts.jsonl`, `report.json` and `report.html` into a folder, each whole or not at all.
  ///
  /// - Throws: ``DefenceError/inaccessible(file:_:)``, which names the file.
  public func write(to folder: String) throws {
    let encoder = Self.encoder([])
    var lines: [UInt8] = []
    for verdict in record.verdicts { lines += try encoder.encode(verdict) + [UInt8(ascii: "\n")] }
    do {
      try FileAccess.makeFolder(folder)
    } catch {
      throw DefenceError.inaccessible(file: folder, "\(error)")
    }
    for (name, bytes) in [
      ("verdicts.jsonl", lines), ("report.json", Array(try json().utf8)),
      ("report.html", Array(try ReportPage(self).html().utf8)),
    ] {
      do {
        try FileAccess.replace("\(folder)/\(name)", with: bytes)
      } catch {
        throw DefenceError.inaccessible(file: "\(folder)/\(name)", "\(error)")
      }
    }
  }

  private static func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return encoder
  }
}
