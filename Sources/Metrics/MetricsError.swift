/// Why a metric cannot be registered.
public enum MetricsError: Error, Hashable, CustomStringConvertible {
  /// The name is none that Prometheus reads.
  case badName(String)
  /// A label's name is none that Prometheus reads, or one that it keeps for itself.
  case badLabel(String, of: String)
  /// Two labels have one name.
  case repeatedLabel(String, of: String)
  /// Nothing is said about the metric.
  case noHelp(String)
  /// A counter's name does not say that it is one.
  case counterWithoutTotal(String)
  /// The name ends in what only samples of another kind may end in.
  case reservedSuffix(String, String)
  /// The buckets' bounds do not rise, are not finite, or there are none.
  case badBounds(String)
  /// One of the names under which its samples stand is taken.
  case taken(String, by: String)

  /// Which metric, what is wrong with it, and what would be right.
  public var description: String {
    switch self {
    case .badName(let name):
      "metric '\(name)': a name has letters, digits, '_' and ':' only, and no digit at its start"
    case .badLabel(let label, let name):
      "metric '\(name)', label '\(label)': a label's name has letters, digits and '_' only, does not start with a digit "
        + "or '__', and is not 'le' in a histogram"
    case .repeatedLabel(let label, let name): "metric '\(name)' has the label '\(label)' twice"
    case .noHelp(let name): "metric '\(name)' has no help text"
    case .counterWithoutTotal(let name): "metric '\(name)' is a counter; its name must end in '_total'"
    case .reservedSuffix(let name, let suffix): "metric '\(name)' is not of a kind whose name ends in '\(suffix)'"
    case .badBounds(let name): "metric '\(name)': the buckets' bounds must be finite and rise, and there must be one"
    case .taken(let name, let owner): "metric '\(name)': its samples would stand under the name of '\(owner)'"
    }
  }
}
