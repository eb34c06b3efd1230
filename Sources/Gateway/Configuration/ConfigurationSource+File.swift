internal import Base
internal import Yams

extension ConfigurationSource {
  /// A configuration has a few thousand bytes.
  private static let sizeLimit = 1 << 20

  /// The settings in a YAML file (JSON is YAML too), whose groups are mappings.
  ///
  /// - Returns: the source, and a problem for each key that there is not; only problems if it cannot be read at all.
  static func file(_ path: String) -> (ConfigurationSource, [ConfigurationError.Problem]) {
    var reading = Reading()
    do {
      let bytes = try FileAccess.read(path, limit: sizeLimit)
      guard let text = String(validating: bytes, as: UTF8.self) else { throw FileProblem.encoding }
      if let root = try Parser(yaml: text, encoding: .utf8).singleRoot() { reading.add(root, at: path) }
    } catch let error as FileError {
      reading.problems.append(.init(path, error.description))
    } catch let error as YamlError {
      reading.problems.append(error.problem(in: path))
    } catch {
      reading.problems.append(.init(path, "not UTF-8 text"))
    }
    return (reading.source(named: path), reading.problems)
  }

  private enum FileProblem: Error { case encoding }
}

extension ConfigurationSource.Reading {
  /// Takes in what stands at the top of a file.
  fileprivate mutating func add(_ root: Node, at path: String) {
    switch root {
    case .mapping(let mapping): add(mapping, of: nil, at: path)
    case .scalar(let scalar) where scalar.isNothing: break
    default:
      problems.append(.init(path, "a mapping of groups is expected, such as 'server:' with 'port: 8080' below it"))
    }
  }

  private mutating func add(_ mapping: Node.Mapping, of group: String?, at path: String) {
    for (name, value) in mapping {
      let place = name.mark.map { "\(path):\($0.line)" } ?? path
      guard let name = name.string else {
        problems.append(.init(place, "a key that is no text"))
        continue
      }
      let key = group.map { "\($0).\(name)" } ?? name
      switch value {
      case .mapping(let mapping) where Setting.named(key) == nil: add(mapping, of: key, at: path)
      case .scalar(let scalar) where Self.groups.contains(key):
        // All keys of the group may be commented out.
        guard !scalar.isNothing else { continue }
        problems.append(.init(place, "'\(key)' is a group of keys and has no value of its own"))
      case .scalar(let scalar): add(key, scalar.isNothing ? [] : [scalar.string], isSequence: false, at: place)
      case .sequence(let sequence):
        let texts = sequence.compactMap { $0.scalar?.string }
        guard texts.count == sequence.count else {
          problems.append(.init(place, "'\(key)' has an element that is no text or number"))
          continue
        }
        add(key, texts, isSequence: true, at: place)
      case .mapping, .alias:
        problems.append(.init(place, "'\(key)' has keys below it; a value is expected"))
      }
    }
  }

  private static let groups = Set(Setting.all.map { String($0.key.prefix { $0 != "." }) })
}

extension Node.Scalar {
  /// Whether it is YAML's null: nothing at all, or a word for it, without quotation marks.
  fileprivate var isNothing: Bool { style == .plain && ["", "~", "null"].contains(string) }
}

extension YamlError {
  /// What a user can do something about; Yams' own description repeats the file.
  fileprivate func problem(in path: String) -> ConfigurationError.Problem {
    switch self {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let detail = context.map { " \($0.text)" } ?? ""
      return .init("\(path):\(mark.line)", "not YAML: \(problem)\(detail)")
    case .duplicatedKeysInMapping(let keys, let context):
      return .init("\(path):\(context.mark.line)", "\(keys.joined(separator: ", ")) given twice")
    case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem), .representer(let problem):
      return .init(path, "not YAML: \(problem)")
    case .no, .memory, .dataCouldNotBeDecoded: return .init(path, "not YAML: \(self)")
    }
  }
}
