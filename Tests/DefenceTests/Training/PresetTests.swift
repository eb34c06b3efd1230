@testable import Defence
import NeuralNet
import Testing

@Suite struct PresetTests {
  private func recipes(_ preset: Preset, _ pictures: Int, headOnly: Bool = false, flips: Bool = false) -> [Recipe] {
    let recipes = preset.recipes(pictures: pictures, headOnly: headOnly, flips: flips)
    return [recipes.student, recipes.differentiator]
  }

  @Test(arguments: Preset.allCases) func `few pictures are seen often and many less often`(_ preset: Preset) throws {
    let counts = [0, 10, 700, 7_000, 30_000, 10_000_000]
    for network in 0..<2 {
      let all = counts.map { recipes(preset, $0)[network] }
      let epochs = all.map(\.epochs)
      #expect(epochs == epochs.sorted(by: >) && epochs.last! >= 2 && epochs[2] > 2 * epochs[4], "\(epochs)")
      for recipe in all { try recipe.validate("the recipe") }
    }
  }

  @Test(arguments: [0, 700, 7_000, 30_000]) func `a more thorough preset trains longer`(_ pictures: Int) {
    for network in 0..<2 {
      let epochs = Preset.allCases.map { recipes($0, pictures)[network].epochs }
      #expect(epochs[0] < epochs[1] && epochs[1] < epochs[2], "\(epochs)")
    }
  }

  @Test(arguments: [(0, 8), (10, 8), (100, 12), (512, 32), (30_000, 64)])
  func `a batch has an eighth of few pictures, and 64 of many`(_ pictures: Int, _ batch: Int) {
    #expect(recipes(.standard, pictures).map(\.batch) == [batch, batch])
  }

  @Test func `a last layer that is trained alone changes the Student's recipe only`() {
    let (head, whole) = (recipes(.standard, 1000, headOnly: true), recipes(.standard, 1000))
    #expect(head[0].rate < whole[0].rate && head[0].epochs < whole[0].epochs)
    #expect(head[0].augmentation == .mild && whole[0].augmentation == .strong)
    #expect(head[1] == whole[1])
  }

  @Test func `left and right change places only if they may`() {
    #expect(recipes(.standard, 1000).allSatisfy { !$0.augmentation.flips })
    #expect(recipes(.standard, 1000, flips: true).allSatisfy { $0.augmentation.flips })
  }

  @Test func `more thorough presets have more differentiators`() {
    #expect(Preset.allCases.map(\.differentiators) == [5, 8, 12])
  }

  static let wrong: [(change: @Sendable (inout Recipe) -> Void, text: String)] = [
    ({ $0.epochs = 0 }, "0 epochs; there must be 1 to 10000"),
    ({ $0.epochs = 10_001 }, "10001 epochs; there must be 1 to 10000"),
    ({ $0.batch = 1 }, "a batch of 1; it must be 2 to 4096"),
    ({ $0.batch = 5000 }, "a batch of 5000; it must be 2 to 4096"),
    ({ $0.rate = 0 }, "a learning rate of 0.0; it must be more than 0 and 1 at most"),
    ({ $0.rate = .nan }, "a learning rate of nan; it must be more than 0 and 1 at most"),
    ({ $0.warmUp = 2 }, "a warm-up of 2.0; it must be 0 to 1"),
    ({ $0.weightDecay = -1 }, "a weight decay of -1.0; it must be 0 to 1"),
    ({ $0.labelSmoothing = .nan }, "a label smoothing of nan; it must be 0 to 1"),
  ]

  @Test(arguments: wrong.indices) func `a recipe's number out of range is named`(_ index: Int) {
    var recipe = Recipe(epochs: 1, rate: 1e-3, augmentation: Augmentation())
    Self.wrong[index].change(&recipe)
    #expect(throws: DefenceError.setting("the recipe: \(Self.wrong[index].text)")) { try recipe.validate("the recipe") }
  }

  @Test func `the rate warms up over a share of the steps, however few there are`() {
    let recipe = Recipe(epochs: 1, rate: 0.1, augmentation: Augmentation())
    let schedule = recipe.settings(steps: 100, seed: 0, threads: 1, frozenUpTo: nil).schedule
    #expect([0, 14, 15].map(schedule.rate) == [0.00625, 0.09375, 0.1])
    #expect(schedule.rate(at: 99) < 0.001)
    #expect(recipe.settings(steps: 1, seed: 0, threads: 1, frozenUpTo: nil).schedule.rate(at: 0) > 0)
  }
}
