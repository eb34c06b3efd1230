/// Collects the steps of a ``Program`` and, at the end, plans its memory.
struct ProgramBuilder {
  private enum Origin {
    case temporary
    case constant(Storage)
    case external(Int)
  }

  private var arrays: [Program.Array] = []
  private var origins: [Origin] = []
  private var sizes: [Int] = []
  private var steps: [Program.Step] = []
  private var boundaries: [Int] = [0]
  private var kept: Set<Int> = []
  private var reorders: [Value: [Value]] = [:]
  /// The graph's node that the next steps are for.
  var node = ""

  func layout(_ value: Value) -> Layout { arrays[value.index].layout }

  /// Whether overwriting this value harms nobody but its later readers.
  func isTemporary(_ value: Value) -> Bool {
    if case .temporary = origins[arrays[value.index].buffer] { true } else { false }
  }

  /// Whether these image arrays are all in the order of the first.
  func areOrderedAlike(_ values: [Value]) -> Bool {
    let first = layout(values[0])
    return values.dropFirst().allSatisfy { layout($0) == first.counterpart(layout($0).shape) }
  }

  private mutating func add(_ layout: Layout, _ origin: Origin) -> Value {
    origins.append(origin)
    sizes.append(layout.size)
    arrays.append(Program.Array(layout: layout, buffer: origins.count - 1))
    return Value(index: arrays.count - 1)
  }

  /// Memory that the caller provides before each run.
  mutating func external(_ number: Int, _ layout: Layout) -> Value { add(layout, .external(number)) }

  /// Memory that never changes.
  mutating func constant(_ storage: Storage, _ layout: Layout) -> Value { add(layout, .constant(storage)) }

  /// Memory between two steps.
  mutating func temporary(_ layout: Layout) -> Value { add(layout, .temporary) }

  /// Another look at the same memory, from `offset` bytes on: a view, or the result that overwrites it.
  mutating func alias(_ value: Value, as layout: Layout, offset: Int = 0) -> Value {
    let array = arrays[value.index]
    precondition(array.offset + offset + layout.size <= sizes[array.buffer], "an alias must fit into its buffer")
    arrays.append(Program.Array(layout: layout, buffer: array.buffer, offset: array.offset + offset))
    return Value(index: arrays.count - 1)
  }

  /// Keeps this value's memory for the caller until the end of the last phase.
  mutating func keep(_ value: Value) { kept.insert(arrays[value.index].buffer) }

  /// Ends a phase; what follows is run by another call.
  mutating func endPhase() { boundaries.append(steps.count) }

  mutating func emit(_ description: PrimitiveDescription, _ arguments: [(Argument, Value)]) throws(OneDNNError) {
    let scratchpad = try description.layout(.scratchpad)
    var arguments = arguments
    if scratchpad.size > 0 { arguments.append((.scratchpad, temporary(scratchpad))) }
    steps.append(
      Program.Step(action: .primitive(try Primitive(description)), arguments: arguments, node: node))
  }

  mutating func emit(_ values: [Value], _ loop: @escaping Program.Loop) {
    steps.append(Program.Step(action: .loop(loop), arguments: values.map { (0, $0) }, node: node))
  }

  /// The same values in this layout: the value itself where it has it, else a copy, made once.
  ///
  /// Only for values that are not overwritten later.
  mutating func reordered(_ value: Value, to layout: Layout) throws(OneDNNError) -> Value {
    if self.layout(value) == layout { return value }
    if let copy = reorders[value]?.first(where: { self.layout($0) == layout }) { return copy }
    let copy = temporary(layout)
    try reorder(value, into: copy)
    reorders[value, default: []].append(copy)
    return copy
  }

  /// Copies values between layouts (and precisions).
  mutating func reorder(_ source: Value, into destination: Value) throws(OneDNNError) {
    try emit(try .reorder(layout(source), layout(destination)), [(.source, source), (.destination, destination)])
  }

  /// Plans the memory: buffers whose lives do not overlap share bytes.
  consuming func finish() -> Program {
    boundaries.append(steps.count)
    var lives = [ClosedRange<Int>?](repeating: nil, count: origins.count)
    for (index, step) in steps.enumerated() {
      for (_, value) in step.arguments {
        let buffer = arrays[value.index].buffer
        lives[buffer] = (lives[buffer]?.lowerBound ?? index)...index
      }
    }
    for buffer in kept { lives[buffer] = (lives[buffer]?.lowerBound ?? 0)...steps.count }
    var planner = MemoryPlanner()
    for (buffer, origin) in origins.enumerated() {
      if case .temporary = origin, let life = lives[buffer] { planner.add(buffer, size: sizes[buffer], life: life) }
    }
    let (offsets, arenaSize) = planner.plan()
    let buffers = origins.enumerated().map { buffer, origin -> Program.Buffer in
      switch origin {
      case .temporary: .arena(offset: offsets[buffer] ?? 0)
      case .constant(let storage): .constant(storage)
      case .external(let number): .external(number)
      }
    }
    let phases = zip(boundaries, boundaries.dropFirst()).map { $0..<$1 }
    return Program(arrays: arrays, buffers: buffers, steps: steps, phases: phases, arenaSize: arenaSize)
  }
}
