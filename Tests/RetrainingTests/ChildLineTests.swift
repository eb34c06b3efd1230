import Testing

@testable import Retraining

struct ChildLineTests {
  private func line(_ text: String) -> ChildLine { ChildLine(Array(text.utf8)) }

  @Test func `a step of a training is read`() {
    let step = line(
      #"{"accuracy":0.5,"count":4,"epoch":3,"epochs":15,"event":"step","images_per_second":33.5,"loss":1.25,"#
        + #""network":"d02","number":3,"seconds_left":21.5,"step":112,"steps":448}"#)
    guard case .trained(let read) = step else {
      Issue.record("\(step)")
      return
    }
    let progress = JobProgress(read)
    #expect(abs(progress.fraction - 0.9 * 2.25 / 4) < 1e-12 && progress.secondsLeft == 21.5)
    #expect(progress.network == "d02" && progress.number == 3 && progress.count == 4)
    #expect(progress.epoch == 3 && progress.epochs == 15 && progress.loss == 1.25 && progress.accuracy == 0.5)
    #expect(progress.imagesPerSecond == 33.5)
  }

  @Test func `numbers that JSON has no word for come as null`() {
    let step = line(
      #"{"accuracy":0,"count":1,"epoch":1,"epochs":1,"event":"step","images_per_second":null,"loss":null,"#
        + #""network":"student","number":1,"seconds_left":null,"step":1,"steps":2}"#)
    guard case .trained(let read) = step else {
      Issue.record("\(step)")
      return
    }
    #expect(read.loss == nil && read.imagesPerSecond == nil && read.secondsLeft == nil)
  }

  @Test func `a step of a measurement is read`() {
    let step = line(#"{"done":26,"event":"step","seconds_left":11.2,"total":104}"#)
    #expect(step == .measured(share: 0.25, secondsLeft: 11.2))
    #expect(line(#"{"done":9,"event":"step","total":4}"#) == .measured(share: 1, secondsLeft: nil))
  }

  @Test(arguments: [
    #"{"event":"step"}"#, #"{"event":"step","done":1,"total":0}"#,
    #"{"event":"step","network":"x","number":3,"count":2}"#,
    #"{"event":"step","network":"x","number":3,"count":2,"epoch":1,"epochs":1,"step":1,"steps":1}"#,
    #"{"event":"step","network":"x","number":1,"count":2,"epoch":1,"epochs":1,"step":1,"steps":0}"#,
    #"{"event":1}"#, "{", "{}", "[1]", "hello",
  ])
  func `what is no step is a line of the log`(text: String) {
    #expect(line(text) == .text(text))
  }

  @Test func `errors and notes are read, and other events become sentences`() {
    #expect(line(#"{"event":"error","text":"no \"pictures\""}"#) == .error(#"no "pictures""#))
    #expect(line(#"{"event":"note","text":"hm"}"#) == .text("hm"))
    #expect(
      line(#"{"accuracy":0.92,"agreement":null,"event":"trained","network":"d01","weights":42901}"#)
        == .text("trained: accuracy 0.92, network d01, weights 42901"))
    #expect(
      line(#"{"event":"calibrated","pooled_threshold":0.5,"scores":194}"#)
        == .text("calibrated: pooled threshold 0.5, scores 194"))
  }

  @Test func `a line has nothing in it that moves a cursor`() {
    #expect(line("a\u{1b}[2Jb\rc\u{2028}d\u{202e}e\u{85}f\tg") == .text("a [2Jb c d e f g"))
    #expect(String(line: [0x61, 0xff, 0x62]) == "a\u{fffd}b")
    #expect(line("ein Schild für „Stop“") == .text("ein Schild für „Stop“"))
  }

  @Test func `lines are cut out of whatever pieces they come in`() {
    var splitter = LineSplitter()
    var lines: [String] = []
    let take = { (line: [UInt8]) in lines.append(String(line: line)) }
    for piece in ["on", "e\ntwo\n\nth", "", "ree", "\n", "four"] { splitter.add(Array(piece.utf8)[...], take) }
    #expect(lines == ["one", "two", "three"])
    splitter.end(take)
    splitter.end(take)
    #expect(lines == ["one", "two", "three", "four"])
  }

  @Test func `of a line that is too long the beginning is kept`() {
    var splitter = LineSplitter()
    var lines: [[UInt8]] = []
    for _ in 0..<100 { splitter.add([UInt8](repeating: 1, count: 1000)[...]) { lines.append($0) } }
    splitter.add([2, 10, 3, 10][...]) { lines.append($0) }
    #expect(lines == [[UInt8](repeating: 1, count: LineSplitter.limit), [3]])
  }
}
