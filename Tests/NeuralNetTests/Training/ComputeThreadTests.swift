import NeuralNet
import Testing

@Suite struct ComputeThreadTests {
  private struct Failure: Error, Equatable {}

  @Test func `jobs run one after the other in the order they came`() throws {
    let thread = ComputeThread()
    nonisolated(unsafe) var order: [Int] = []  // Only touched by jobs on the one thread, and after all are done.
    let jobs = (0..<100).map { number in thread.submit { order.append(number) } }
    for job in jobs { try job.wait() }
    #expect(order == Array(0..<100))
  }

  @Test func `a job's result and its error reach whoever waits`() async throws {
    let thread = ComputeThread(teamSize: 2)
    #expect(try thread.submit { 42 }.wait() == 42)
    #expect(throws: Failure()) { try thread.submit { () throws -> Int in throw Failure() }.wait() }
    #expect(try await thread.submit { "async" }.value == "async")
    await #expect(throws: Failure()) { try await thread.submit { () throws -> Int in throw Failure() }.value }
  }

  @Test func `jobs that wait are done although the last reference has gone`() throws {
    var thread: ComputeThread? = ComputeThread()
    let jobs = (0..<10).map { number in thread!.submit { number } }
    thread = nil
    #expect(try jobs.map { try $0.wait() } == Array(0..<10))
  }
}
