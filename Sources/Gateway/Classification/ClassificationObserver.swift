/// Who is told of the classification's work. Called on its threads, so it must be quick and must not block.
protocol ClassificationObserver: Sendable {
  /// Takes note of an event.
  func observe(_ event: ClassificationEvent)
}
