internal import COneDNN

/// A ``Program`` bound to memory of its own, ready to run on one thread at a time.
final class Execution {
  let program: Program
  private let stream: Stream
  private let arena: Storage
  private var memories: [Memory] = []
  private var addresses: [UnsafeMutableRawPointer] = []
  private let arguments: UnsafeMutablePointer<dnnl_exec_arg_t>
  /// Where each step's arguments begin; one more than there are steps.
  private let starts: [Int]

  /// - Parameter arena: at least the program's ``Program/arenaSize``; executions that never run at once may share it.
  init(_ program: Program, stream: Stream, arena: Storage) throws(OneDNNError) {
    precondition(arena.size >= program.arenaSize, "the arena is too small")
    self.program = program
    self.stream = stream
    self.arena = arena
    var starts = [0]
    for step in program.steps { starts.append(starts.last! + step.arguments.count) }
    self.starts = starts
    arguments = .allocate(capacity: max(starts.last!, 1))
    for array in program.arrays {
      let start =
        switch program.buffers[array.buffer] {
        case .arena(let offset): arena.base + offset
        case .constant(let storage): storage.base
        // Bound before the first run.
        case .external: arena.base
        }
      addresses.append(start + array.offset)
      memories.append(try Memory(array.layout, at: start + array.offset))
    }
    var next = arguments
    for step in program.steps {
      for (argument, value) in step.arguments {
        next.initialize(to: dnnl_exec_arg_t(arg: argument, memory: memories[value.index].handle))
        next += 1
      }
    }
  }

  deinit { arguments.deallocate() }

  /// Says where an external buffer is, until told otherwise.
  func bind(_ external: Int, to address: UnsafeMutableRawPointer) throws(OneDNNError) {
    try bind([external: address])
  }

  /// Says where many external buffers are, until told otherwise.
  func bind(_ externals: [Int: UnsafeMutableRawPointer]) throws(OneDNNError) {
    for (index, array) in program.arrays.enumerated() {
      guard case .external(let number) = program.buffers[array.buffer], let start = externals[number],
        addresses[index] != start + array.offset
      else { continue }
      addresses[index] = start + array.offset
      try memories[index].move(to: addresses[index])
    }
  }

  func address(of value: Value) -> UnsafeMutableRawPointer { addresses[value.index] }

  /// Runs one phase's steps in order.
  func run(phase: Int = 0) throws(OneDNNError) {
    for index in program.phases[phase] {
      let step = program.steps[index]
      switch step.action {
      case .primitive(let primitive):
        let status = dnnl_primitive_execute(
          primitive.handle, stream.handle, Int32(starts[index + 1] - starts[index]), arguments + starts[index])
        guard status == dnnl_success else {
          var error = OneDNNError(primitive.name, status)
          error.node = step.node
          throw error
        }
      case .loop(let loop): loop(step.arguments.map { addresses[$0.1.index] })
      }
    }
    try OneDNNError.check(dnnl_stream_wait(stream.handle), "stream_wait")
  }
}
