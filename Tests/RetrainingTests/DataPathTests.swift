import Foundation
import Testing

@testable import Retraining

struct DataPathTests {
  private let tree: Tree

  init() throws { tree = try Tree() }

  @Test func `a folder and a file below a root are found, by their whole paths and from the root on`() throws {
    for (path, name) in [("signs", "signs"), ("signs/a.tar", "signs/a.tar"), ("./signs//", "signs"), ("", "")] {
      let real = name.isEmpty ? tree.root : "\(tree.root)/\(name)"
      if !path.isEmpty { #expect(try DataPath.resolve(path, roots: [tree.root]) == real) }
      #expect(try DataPath.resolve("\(tree.root)/\(path)", roots: [tree.root]) == real)
    }
  }

  @Test func `the first root that has it counts, and a root may be a link itself`() throws {
    #expect(try DataPath.resolve("only", roots: [tree.root, tree.other]) == "\(tree.other)/only")
    #expect(try DataPath.resolve("signs", roots: [tree.link]) == "\(tree.root)/signs")
    #expect(try DataPath.resolve("\(tree.root)/signs", roots: [tree.link]) == "\(tree.root)/signs")
    #expect(try DataPath.resolve("\(tree.link)/signs", roots: ["\(tree.link)/"]) == "\(tree.root)/signs")
  }

  @Test func `a link that stays below a root is followed, also into another root`() throws {
    #expect(try DataPath.resolve("inside", roots: [tree.root]) == "\(tree.root)/signs")
    #expect(try DataPath.resolve("outside", roots: [tree.root, tree.other]) == tree.other)
  }

  @Test(arguments: ["outside", "outside/only", "signs/outside/only", "signs/file"])
  func `a link that leads out is refused, wherever it stands`(path: String) {
    let refusal = RetrainingError.pathNotAllowed(
      path: path, reason: "it is a link out of the allowed folders, or behind one")
    #expect(throws: refusal) { try DataPath.resolve(path, roots: [tree.root]) }
  }

  @Test(arguments: ["..", "../other/only", "signs/../signs", "signs/..", "/../etc"])
  func `a path upwards is refused, also where it comes back`(path: String) {
    let refusal = RetrainingError.pathNotAllowed(path: path, reason: "it has '..' in it; name the place itself")
    #expect(throws: refusal) { try DataPath.resolve(path, roots: [tree.root]) }
  }

  @Test func `a whole path outside is refused, whether there is anything or not`() {
    for path in ["/etc/passwd", "/no/such/thing", "\(tree.root)more", "\(tree.other)/only", "/"] {
      let refusal = RetrainingError.pathNotAllowed(
        path: path, reason: "it is outside of the allowed folders: \(tree.root)")
      #expect(throws: refusal) { try DataPath.resolve(path, roots: [tree.root]) }
    }
  }

  @Test(arguments: ["", "a\0b", String(repeating: "x/", count: 2048)])
  func `what is no path is refused`(path: String) {
    #expect(throws: RetrainingError.pathNotAllowed(path: path, reason: "it is no path")) {
      try DataPath.resolve(path, roots: [tree.root])
    }
  }

  @Test func `without a root nothing is allowed`() {
    #expect(
      throws: RetrainingError.pathNotAllowed(
        path: "signs", reason: "no folder is allowed; retraining.data names those that are")
    ) { try DataPath.resolve("signs", roots: []) }
  }

  @Test(arguments: ["none", "signs/none", "dangling", "signs/a.tar/x", "loop"])
  func `a path to nothing is told so`(path: String) {
    let reason = "there is no '\(path)' in the allowed folders, or it cannot be read"
    #expect(throws: RetrainingError.unusableData(reason: reason)) { try DataPath.resolve(path, roots: [tree.root]) }
  }

  @Test func `a pipe is neither a folder nor a file, and a folder is no file`() {
    #expect(throws: RetrainingError.unusableData(reason: "'pipe' is neither a folder nor a file")) {
      try DataPath.resolve("pipe", roots: [tree.root])
    }
    #expect(throws: RetrainingError.unusableData(reason: "'signs' is no file")) {
      try DataPath.resolve("signs", roots: [tree.root], kind: .file)
    }
  }
}

/// Two roots, links between them, and a link to one.
private final class Tree {
  let root: String
  let other: String
  let link: String
  private let folder: String

  init() throws {
    let manager = FileManager.default
    // Without links of its own.
    let temporary = manager.temporaryDirectory.resolvingSymlinksInPath().path
    folder = "\(temporary)/roots-\(UUID().uuidString)"
    (root, other, link) = ("\(folder)/root", "\(folder)/other", "\(folder)/link")
    try manager.createDirectory(atPath: "\(root)/signs", withIntermediateDirectories: true)
    try manager.createDirectory(atPath: other, withIntermediateDirectories: true)
    for file in ["\(root)/signs/a.tar", "\(other)/only"] { try Data().write(to: URL(filePath: file)) }
    for (name, target) in [
      ("link", root), ("root/inside", "signs"), ("root/outside", "../other"), ("root/signs/outside", other),
      ("root/signs/file", "\(other)/only"), ("root/dangling", "nothing"), ("root/loop", "loop"),
    ] { try manager.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: target) }
    mkfifo("\(root)/pipe", 0o600)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
