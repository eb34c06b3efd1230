/// Runs a ``GradientPlan`` with buffers of its own; one thread at a time.
public final class GradientWorker {
  /// What one backward run computes.
  public struct Gradients: Sendable {
    /// By name, each of its parameter's shape.
    public let parameters: [String: Tensor]
    /// By name, each of its input's shape.
    public let inputs: [String: Tensor]
  }

  /// What it runs.
  public let plan: GradientPlan
  /// The values of the plan's parameters; others may share them.
  let parameters: ParameterBuffer
  /// The gradients of the last backward run.
  let gradients: ParameterBuffer
  private let threads: Int
  private let stream: Stream
  private var arena: Storage
  private let dropoutKey: Storage
  private let statistics: [(mean: Storage, variance: Storage)]
  private var sessions: [[[Int]]: Session] = [:]
  /// What the last forward run used; its values are there for one backward run.
  private var waiting: Session?

  /// An execution, and the arrays that the caller fills and reads.
  private struct Session {
    let compiled: GradientPlan.Compiled
    let execution: Execution
    let inputs: [String: Storage]
    let inputGradients: [String: Storage]
    let seeds: [String: Storage]
  }

  /// A worker with its own copy of the plan's parameters, as the graph had them.
  ///
  /// - Parameter threads: the size of OpenMP's team for each run.
  /// - Throws: ``OneDNNError`` if oneDNN cannot start or memory is short.
  public convenience init(_ plan: GradientPlan, threads: Int = 1) throws(OneDNNError) {
    let parameters = try ParameterBuffer(plan.layout)
    for entry in plan.layout.entries { parameters.set(entry, to: plan.initialValues[entry.name]!) }
    try self.init(plan, parameters: parameters, threads: threads)
  }

  init(_ plan: GradientPlan, parameters: ParameterBuffer, threads: Int) throws(OneDNNError) {
    precondition(threads > 0, "at least one thread")
    precondition(parameters.layout == plan.layout, "parameters of another plan")
    self.plan = plan
    self.parameters = parameters
    self.threads = threads
    gradients = try ParameterBuffer(plan.layout)
    stream = try Stream()
    arena = try Storage(size: 0)
    dropoutKey = try Storage(size: MemoryLayout<UInt64>.size)
    var statistics: [(mean: Storage, variance: Storage)] = []
    for normalization in plan.normalizations {
      let size = normalization.channels * MemoryLayout<Float>.size
      statistics.append((try Storage(size: size), try Storage(size: size)))
    }
    self.statistics = statistics
  }

  // MARK: Whole tensors

  /// Computes the plan's outputs and keeps what the backward run needs.
  ///
  /// - Parameters:
  ///   - inputs: an array for each of the plan's inputs.
  ///   - dropoutKey: what dropout draws its numbers from; equal keys drop equally.
  /// - Returns: one row-major array for each of the plan's outputs.
  /// - Throws: ``GraphError`` if an input's shape does not fit, ``OneDNNError`` if a primitive fails.
  public func forward(_ inputs: [String: Tensor], dropoutKey: UInt64 = 0) throws -> [Tensor] {
    try forward(shapes: inputs.mapValues(\.shape), dropoutKey: dropoutKey) { name, destination in
      inputs[name]!.scalars.withUnsafeBufferPointer { destination.update(from: $0.baseAddress!, count: $0.count) }
    }
    return plan.outputs.indices.map { index in
      Tensor(shape: shape(of: plan.outputs[index]), scalars: [Float](output(index)))
    }
  }

  /// Carries gradients of the outputs back; once after each forward run, whose values it uses up.
  ///
  /// - Parameter seeds: the gradient that arrives at each output, of its shape; zeros for those left out.
  /// - Throws: ``TrainingError`` if no forward run waits for it or a seed's shape does not fit, ``OneDNNError`` if a
  ///   primitive fails.
  public func backward(_ seeds: [String: Tensor]) throws -> Gradients {
    guard let session = waiting else { throw TrainingError.noForwardRun }
    for name in seeds.keys.sorted() {
      guard plan.outputs.contains(name) else { throw GraphError(.unknownValue(name)) }
      let (given, wanted) = (seeds[name]!.shape, session.compiled.shapes[name]!)
      guard given == wanted else { throw TrainingError.shape(of: "the seed of '\(name)'", given, wanted: wanted) }
    }
    try backward { name, destination in
      guard let seed = seeds[name] else { return destination.update(repeating: 0, count: shape(of: name).product) }
      seed.scalars.withUnsafeBufferPointer { destination.update(from: $0.baseAddress!, count: $0.count) }
    }
    let entries = plan.layout.entries
    return Gradients(
      parameters: Dictionary(uniqueKeysWithValues: entries.map { ($0.name, gradients.tensor($0)) }),
      inputs: Dictionary(
        uniqueKeysWithValues: plan.differentiatedInputs.map { name in
          let shape = session.compiled.shapes[name]!
          let start = session.inputGradients[name]!.base.assumingMemoryBound(to: Float.self)
          let values = UnsafeBufferPointer(start: start, count: shape.product)
          return (name, Tensor(shape: shape, scalars: [Float](values)))
        }))
  }

  /// Replaces the value of a parameter, for the runs that follow.
  ///
  /// - Throws: ``GraphError`` if the plan has no such parameter, ``TrainingError`` if the shape is another.
  public func set(_ parameter: String, to value: Tensor) throws {
    guard let entry = plan.layout.entries.first(where: { $0.name == parameter }) else {
      throw GraphError(.unknownValue(parameter))
    }
    guard entry.shape == value.shape else {
      throw TrainingError.shape(of: "the parameter '\(parameter)'", value.shape, wanted: entry.shape)
    }
    parameters.set(entry, to: value)
  }

  // MARK: Without copies

  /// - Parameter fill: writes one input, row-major.
  func forward(
    shapes: [String: [Int]], dropoutKey: UInt64, fill: (String, UnsafeMutablePointer<Float>) -> Void
  ) throws {
    waiting = nil
    Team.set(threads)
    let session = try session(for: shapes)
    for input in plan.inputs { fill(input.name, session.inputs[input.name]!.base.assumingMemoryBound(to: Float.self)) }
    self.dropoutKey.base.storeBytes(of: dropoutKey, as: UInt64.self)
    try session.execution.run(phase: 0)
    waiting = session
  }

  /// - Parameter fill: writes the gradient of one output, row-major.
  func backward(fill: (String, UnsafeMutablePointer<Float>) -> Void) throws {
    guard let session = waiting else { throw TrainingError.noForwardRun }
    Team.set(threads)
    for output in plan.outputs { fill(output, session.seeds[output]!.base.assumingMemoryBound(to: Float.self)) }
    waiting = nil
    try session.execution.run(phase: 1)
  }

  /// The shape of an output in the last forward run.
  func shape(of output: String) -> [Int] {
    guard let session = waiting else { preconditionFailure("no forward run") }
    return session.compiled.shapes[output]!
  }

  /// An output of the last forward run, row-major.
  func output(_ index: Int) -> UnsafeBufferPointer<Float> {
    guard let session = waiting else { preconditionFailure("no forward run") }
    let address = session.execution.address(of: session.compiled.outputs[index]).assumingMemoryBound(to: Float.self)
    return UnsafeBufferPointer(start: address, count: shape(of: plan.outputs[index]).product)
  }

  /// The gradient of an input that the last backward run computed, row-major.
  func gradient(ofInput name: String, shape: [Int]) -> UnsafePointer<Float> {
    guard let storage = sessions[plan.inputs.map { $0.name == name ? shape : [] }]?.inputGradients[name] else {
      preconditionFailure("no backward run of this shape")
    }
    return UnsafePointer(storage.base.assumingMemoryBound(to: Float.self))
  }

  /// The mean, the unbiased variance and the number of values behind them at each of the plan's normalisations, of the
  /// last forward run.
  func batchStatistics() -> [BatchStatistics] {
    guard let session = waiting else { preconditionFailure("no forward run") }
    return plan.normalizations.indices.map { index in
      func values(_ storage: Storage) -> [Float] {
        let start = storage.base.assumingMemoryBound(to: Float.self)
        return [Float](UnsafeBufferPointer(start: start, count: plan.normalizations[index].channels))
      }
      let population = session.compiled.populations[index]
      let correction = Float(population) / Float(population - 1)
      return BatchStatistics(
        mean: values(statistics[index].mean), variance: values(statistics[index].variance).map { $0 * correction })
    }
  }

  private func session(for shapes: [String: [Int]]) throws -> Session {
    let key = plan.inputs.map { shapes[$0.name] ?? [] }
    if let known = sessions[key] { return known }
    let compiled = try plan.program(for: shapes, threads: threads)
    if compiled.program.arenaSize > arena.size {
      // Executions hold their own arena; the smaller ones are made anew, on the larger one, when they are next used.
      sessions = [:]
      arena = try Storage(size: compiled.program.arenaSize)
    }
    let session = Session(
      compiled: compiled, execution: try Execution(compiled.program, stream: stream, arena: arena),
      inputs: try storages(plan.inputs.map(\.name), compiled),
      inputGradients: try storages(plan.differentiatedInputs, compiled), seeds: try storages(plan.outputs, compiled))
    try bind(session)
    sessions[key] = session
    return session
  }

  private func storages(_ names: [String], _ compiled: GradientPlan.Compiled) throws -> [String: Storage] {
    var storages: [String: Storage] = [:]
    for name in names {
      let size = compiled.shapes[name]!.product * MemoryLayout<Float>.size
      let storage = try Storage(size: size)
      // An input that no output depends on has a gradient of zero, which no step writes.
      storage.base.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      storages[name] = storage
    }
    return storages
  }

  private func bind(_ session: Session) throws(OneDNNError) {
    var addresses: [Int: UnsafeMutableRawPointer] = [plan.arrays.dropoutKey: dropoutKey.base]
    for (name, storage) in session.inputs { addresses[plan.arrays.input(name)!] = storage.base }
    for (name, storage) in session.inputGradients { addresses[plan.arrays.inputGradient(name)!] = storage.base }
    for (name, storage) in session.seeds { addresses[plan.arrays.seed(name)!] = storage.base }
    for entry in plan.layout.entries {
      addresses[plan.arrays.parameter(entry.name)!] = UnsafeMutableRawPointer(parameters.address(of: entry))
      addresses[plan.arrays.parameterGradient(entry.name)!] = UnsafeMutableRawPointer(gradients.address(of: entry))
    }
    for (normalization, storage) in zip(plan.normalizations, statistics) {
      addresses[plan.arrays.mean(normalization.output)!] = storage.mean.base
      addresses[plan.arrays.variance(normalization.output)!] = storage.variance.base
    }
    try session.execution.bind(addresses)
  }
}

/// What one batch normalisation saw in one run.
struct BatchStatistics: Sendable, Equatable {
  /// [C]
  var mean: [Float]
  /// [C]; unbiased: divided by one less than the number of values.
  var variance: [Float]
}
