import ArgumentParser
import Defence

/// What may be another about a picture: what is not given is as in the bundle to be like.
struct InvarianceOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help:
      "Left and right may change places: for flowers, not for letters. Without it as in the bundle to be like, or not.")
  var flips: Bool?

  @Option(
    help: """
      How often differentiators see a training picture in grey, 0 to 1: for things of many colours, such as irises. 0, \
      or as in the bundle to be like.
      """)
  var grey: Double?

  @Option(
    parsing: .upToNextOption,
    help: """
      How much smaller and larger differentiators see things than they are in training pictures, two factors such as 0.6 \
      1.7: for things near and far. 0.87 1.15, or as in the bundle to be like.
      """)
  var scales: [Double] = []

  func validate() throws {
    if let grey, !(0...1).contains(grey) { throw ValidationError("--grey is \(grey); it must be 0 to 1.") }
    let factors = Invariances.scaleFactors
    for factor in scales where !factors.contains(factor) {
      throw ValidationError("--scales has \(factor); factors are \(factors.lowerBound) to \(factors.upperBound).")
    }
    guard scales.isEmpty || scales.count == 2 && scales[0] <= scales[1] else {
      throw ValidationError("--scales takes two factors, the smaller one first, as in 0.6 1.7.")
    }
  }

  /// What was given, what the bundle to be like has, and the defaults; the first of these wins.
  func invariances(like precedent: Precedent?) -> Invariances {
    var invariances = precedent?.invariances ?? Invariances()
    invariances.flips = flips ?? invariances.flips
    invariances.grey = grey ?? invariances.grey
    if scales.count == 2 { invariances.scales = scales[0]...scales[1] }
    return invariances
  }
}
