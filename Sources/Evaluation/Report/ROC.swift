internal import Defence

/// How well a score tells genuine pictures, with high ones, from adversarial ones, at every threshold.
struct ROC {
  private let genuine: [Double]
  private let adversarial: [Double]

  init(genuine: [Double], adversarial: [Double]) {
    (self.genuine, self.adversarial) = (genuine.sorted(), adversarial.sorted())
  }

  /// The probability that a genuine picture has a higher score than an adversarial one, equal ones counting a half (Mann and
  /// Whitney); nil where there are none of either.
  var area: Double? {
    guard !genuine.isEmpty, !adversarial.isEmpty else { return nil }
    let sum = adversarial.reduce(0.0) { sum, score in
      let (below, notAbove) = (genuine.count(below: score), genuine.count(notAbove: score))
      return sum + Double(genuine.count - notAbove) + Double(notAbove - below) / 2
    }
    return sum / Double(genuine.count) / Double(adversarial.count)
  }

  /// The adversarial pictures that are rejected by the highest threshold that rejects at most a share of the genuine ones.
  func rejected(atCleanRejection share: Double) -> Rate {
    guard !genuine.isEmpty else { return Rate(0, of: 0) }
    let threshold = genuine[min(Int(share * Double(genuine.count) + 1e-9), genuine.count - 1)]
    return Rate(adversarial.count(below: threshold), of: adversarial.count)
  }

  /// The curve from (0, 0) to (1, 1): the share of genuine and of adversarial pictures below each score.
  var points: [(clean: Double, rejected: Double)] {
    guard !genuine.isEmpty, !adversarial.isEmpty else { return [] }
    let thresholds = Set(genuine + adversarial).sorted()
    let inner = thresholds.map { threshold in
      (
        Double(genuine.count(below: threshold)) / Double(genuine.count),
        Double(adversarial.count(below: threshold)) / Double(adversarial.count)
      )
    }
    return inner + [(1, 1)]
  }
}

extension [Double] {
  /// How many values, which are ascending, are below another.
  fileprivate func count(below value: Double) -> Int { partition { $0 >= value } }

  /// How many values, which are ascending, are not above another.
  fileprivate func count(notAbove value: Double) -> Int { partition { $0 > value } }

  /// The first place from which on a condition holds.
  private func partition(_ holds: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
