/// The names of a graph's values, and new ones beside them.
struct ValueNames {
  private var taken: Set<String>

  init(taken: Set<String>) { self.taken = taken }

  /// A name that no value has yet: this one, or the first of it with a number that is free.
  mutating func fresh(_ base: String) -> String {
    var name = base
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(base)_\(number)"
      number += 1
    }
    return name
  }
}
