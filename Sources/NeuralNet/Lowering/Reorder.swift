/// A copy between layouts, done at once.
enum Reorder {
  static func run(
    _ source: Layout, _ from: UnsafeMutableRawPointer, _ destination: Layout, _ to: UnsafeMutableRawPointer
  ) throws(OneDNNError) {
    var builder = ProgramBuilder()
    let input = builder.external(0, source)
    let output = builder.external(1, destination)
    try builder.reorder(input, into: output)
    let program = builder.finish()
    let execution = try Execution(program, stream: Stream(), arena: Storage(size: program.arenaSize))
    try execution.bind(0, to: from)
    try execution.bind(1, to: to)
    try execution.run()
  }
}
