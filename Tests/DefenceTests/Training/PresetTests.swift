@testable import Defence
import NeuralNet
import TestSupport
import Testing

@Suite struct PresetTests {
  /// Training pictures → epochs of the Student and of a differentiator, and the batch.
  static let cases: [(preset: Preset, pictures: Int, student: Int, differentiator: Int, batch: Int)] = [
    (.standard, 600, 30, 40, 32), (.standard, 5_000, 20, 14, 64), (.standard, 30_000, 8, 8, 64),
    (.quick, 600, 12, 16, 32), (.quick, 30_000, 3, 3, 64), (.thorough, 600, 60, 80, 32),
    (.thorough, 30_000, 16, 16, 64), (.standard, 100, 30, 40, 12), (.standard, 10, 30, 40, 8),
    (.standard, 0, 30, 40, 8),
  ]

  @Test(arguments: cases.indices) func `few pictures are seen often and many less often`(_ index: Int) throws {
    let one = Self.cases[index]
    let recipes = one.preset.recipes(pictures: one.pictures, headOnly: false, invariances: Invariances(flips: true))
    #expect(recipes.student.epochs == one.student && recipes.differentiator.epochs == one.differentiator)
    #expect(recipes.student.batch == one.batch && recipes.differentiator.batch == one.batch)
    try recipes.student.validate("the Student's recipe")
    try recipes.differentiator.validate("the differentiators' recipe")
  }

  @Test func `a last layer alone is trained for fewer epochs on pictures that are changed less`() {
    let head = Preset.standard.recipes(pictures: 1000, headOnly: true, invariances: Invariances())
    let whole = Preset.standard.recipes(pictures: 1000, headOnly: false, invariances: Invariances())
    #expect(head.student.epochs < whole.student.epochs && head.student.rate < whole.student.rate)
    #expect(head.student.augmentation == .mild && whole.student.augmentation == .strong)
    #expect(head.differentiator == whole.differentiator)
  }

  @Test func `a Student that knows its labels is trained for a third of the epochs at half the rate`() {
    for headOnly in [false, true] {
      let cold = Preset.standard.recipes(pictures: 600, headOnly: headOnly, invariances: Invariances(flips: true))
      let warm = Preset.standard.recipes(
        pictures: 600, headOnly: headOnly, invariances: Invariances(flips: true), isWarm: true)
      #expect(warm.student.epochs == cold.student.epochs / 3 && warm.student.rate == cold.student.rate / 2)
      #expect(warm.student.augmentation == cold.student.augmentation && warm.differentiator == cold.differentiator)
    }
    #expect(
      Preset.quick.recipes(pictures: 30_000, headOnly: false, invariances: Invariances(), isWarm: true).student.epochs
        == 2)
  }

  @Test(arguments: [(1280, 2e-3), (320, 8e-3), (80, 3e-2), (1, 3e-2), (2560, 1e-3), (1_000_000, 1e-3)])
  func `the fewer features a last layer reads, the faster it is trained alone`(features: Int, rate: Double) {
    let head = Preset.quick.recipes(pictures: 1000, headOnly: true, features: features, invariances: Invariances())
    #expect(head.student.rate == rate)
    let whole = Preset.quick.recipes(pictures: 1000, headOnly: false, features: features, invariances: Invariances())
    #expect(whole.student.rate == 4e-3 && head.differentiator == whole.differentiator)
  }

  @Test func `differentiators see noise and blur, the Student does not, and both see flips where they are asked for`() {
    let (student, differentiator) = Preset.standard.recipes(
      pictures: 1000, headOnly: false, invariances: Invariances(flips: true))
    #expect(differentiator.augmentation.noise > 0 && differentiator.augmentation.blur > 0)
    #expect(student.augmentation.noise == 0 && student.augmentation.blur == 0)
    #expect(student.augmentation.flips && differentiator.augmentation.flips)
    let plain = Preset.standard.recipes(pictures: 1000, headOnly: false, invariances: Invariances())
    #expect(!plain.student.augmentation.flips && !plain.differentiator.augmentation.flips)
  }

  @Test func `grey and scales are for differentiators, which keep the preset's where they are not given`() {
    let invariances = Invariances(grey: 0.25, scales: 0.5...2)
    let (student, differentiator) = Preset.standard.recipes(pictures: 1000, headOnly: false, invariances: invariances)
    #expect(differentiator.augmentation.invariances == invariances)
    let plain = Preset.standard.recipes(pictures: 1000, headOnly: false, invariances: Invariances())
    #expect(student.augmentation == plain.student.augmentation)
    #expect(plain.differentiator.augmentation.invariances == Invariances(scales: 0.87...1.15))
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
    let schedule = recipe.settings(steps: 100, seed: 0, threads: 1, frozenUpTo: nil, format: TinyBundle.input).schedule
    #expect([0, 14, 15].map(schedule.rate) == [0.00625, 0.09375, 0.1])
    #expect(schedule.rate(at: 99) < 0.001)
    #expect(
      recipe.settings(steps: 1, seed: 0, threads: 1, frozenUpTo: nil, format: TinyBundle.input).schedule.rate(at: 0) > 0
    )
  }
}
