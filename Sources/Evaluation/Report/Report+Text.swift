internal import Defence
internal import Foundation

extension Report {
  /// The rows of a table for a terminal: clean pictures first, then each attack.
  public var rows: [[String]] {
    func cell(_ rate: Rate) -> String {
      String(
        format: "%d/%d  %.2f %% (%.2f–%.2f)", rate.count, rate.of, 100 * rate.share, 100 * rate.low, 100 * rate.high)
    }
    let attacks = zip(record.attacks, figures.attacks).map { attack, found in
      [attack.id, cell(found.undefended), cell(found.defenceRate), cell(found.left)]
    }
    return attacks
  }

  /// What defending costs on clean pictures, in a line.
  public var cost: String {
    String(format: "accuracy lost by defending: %.2f points", figures.accuracyLost)
      + (figures.expectedAccuracyLost.map { String(format: ", %.2f on average over selection keys", $0) } ?? "")
  }

  /// The checks that failed, a line each.
  public var flags: [String] { checks.filter { !$0.passed }.map { "\($0.id): \($0.subject): \($0.detail)" } }
}
