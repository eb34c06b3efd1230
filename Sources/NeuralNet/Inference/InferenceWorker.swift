/// Runs an ``InferencePlan`` with buffers of its own; one thread at a time.
public final class InferenceWorker {
  /// What it runs.
  public let plan: InferencePlan
  private let threads: Int
  private let stream: Stream
  private let arena: InferenceArena
  private var executions: [[[Int]]: (compiled: InferencePlan.Compiled, execution: Execution)] = [:]

  /// - Parameters:
  ///   - threads: the size of OpenMP's team for each run.
  ///   - arena: shared with workers that run at other times on the same thread; one of its own if nil.
  /// - Throws: ``OneDNNError`` if oneDNN cannot start.
  public init(_ plan: InferencePlan, threads: Int = 1, arena: InferenceArena? = nil) throws(OneDNNError) {
    precondition(threads > 0, "at least one thread")
    self.plan = plan
    self.threads = threads
    stream = try Stream()
    if let arena { self.arena = arena } else { self.arena = try InferenceArena() }
  }

  /// Computes the plan's outputs.
  ///
  /// - Parameter inputs: an array for each of the plan's inputs.
  /// - Returns: one row-major array for each of the plan's outputs.
  /// - Throws: ``GraphError`` if an input's shape does not fit, ``OneDNNError`` if a primitive fails.
  public func run(_ inputs: [String: Tensor]) throws -> [Tensor] {
    let (compiled, execution) = try execution(for: inputs.mapValues(\.shape))
    Team.set(threads)
    func bind(_ number: Int) throws {
      guard number < plan.inputs.count else { return try execution.run() }
      try inputs[plan.inputs[number].name]!.scalars.withUnsafeBufferPointer { scalars in
        // Only read: inputs are never overwritten.
        try execution.bind(number, to: UnsafeMutableRawPointer(mutating: scalars.baseAddress!))
        try bind(number + 1)
      }
    }
    try bind(0)
    return zip(compiled.outputs, compiled.outputShapes).map { value, shape in
      let address = execution.address(of: value).assumingMemoryBound(to: Float.self)
      return Tensor(shape: shape, scalars: [Float](UnsafeBufferPointer(start: address, count: shape.product)))
    }
  }

  /// Computes the outputs of a plan with one input.
  ///
  /// - Throws: as ``run(_:)-(Dictionary)``.
  public func run(_ input: Tensor) throws -> [Tensor] {
    guard plan.inputs.count == 1 else {
      throw GraphError(.unsupported("one array for a graph with \(plan.inputs.count) inputs"))
    }
    return try run([plan.inputs[0].name: input])
  }

  private func execution(for shapes: [String: [Int]]) throws -> (InferencePlan.Compiled, Execution) {
    let key = plan.inputs.map { shapes[$0.name] ?? [] }
    if let known = executions[key] { return known }
    let compiled = try plan.program(for: shapes, threads: threads)
    if compiled.program.arenaSize > arena.storage.size {
      // Executions hold their own arena; the smaller ones are made anew, on the larger one, when they are next used.
      executions = [:]
      arena.storage = try Storage(size: compiled.program.arenaSize)
    }
    let execution = try Execution(compiled.program, stream: stream, arena: arena.storage)
    executions[key] = (compiled, execution)
    return (compiled, execution)
  }
}
