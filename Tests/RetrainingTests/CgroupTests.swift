import Base
import Foundation
import Testing

@testable import Retraining

struct CgroupTests {
  private static let mounts = """
    30 23 0:26 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
    31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
    """

  @Test(
    arguments: [
      ("0::/system.slice/distinguo.service\n", "/sys/fs/cgroup/system.slice/distinguo.service"),
      ("0::/\n", "/sys/fs/cgroup"), ("4:memory:/x\n0::/a b\n", "/sys/fs/cgroup/a b"),
      ("4:memory:/x\n", nil), ("0::/../elsewhere\n", nil), ("", nil),
    ] as [(String, String?)])
  func `the process's group is found`(membership: String, path: String?) {
    #expect(Cgroup.ofThisProcess(membership: membership, mounts: Self.mounts)?.path == path)
  }

  @Test func `where only a part of the hierarchy is mounted, the names begin with it`() {
    let mounts = "31 23 0:27 /docker/7 /sys/fs/cgroup ro - cgroup2 cgroup rw"
    func path(_ membership: String) -> String? { Cgroup.ofThisProcess(membership: membership, mounts: mounts)?.path }
    #expect(path("0::/docker/7/a\n") == "/sys/fs/cgroup/a")
    #expect(path("0::/docker/7\n") == "/sys/fs/cgroup")
    #expect(path("0::/docker/77\n") == nil)
    #expect(Cgroup.ofThisProcess(membership: "0::/\n", mounts: "30 23 0:26 / /x rw - cgroup cgroup rw") == nil)
  }

  @Test func `a group that is ours alone is divided, and the part for children is limited`() throws {
    let tree = try FakeTree(processes: "\(getpid())\n")
    let children = try #require(tree.group.divided())
    #expect(children.path == "\(tree.path)/retraining")
    #expect(tree.text("gateway/cgroup.procs") == "\(getpid())")
    // Written one after the other; a file keeps the last.
    #expect(tree.text("cgroup.subtree_control") == "+memory")
    #expect(tree.text("retraining/cpu.weight") == "1" && tree.text("retraining/cpu.idle") == "1")
    #expect(tree.text("retraining/memory.oom.group") == "1" && tree.text("retraining/io.weight") == nil)
    #expect(children.limit(memory: 1 << 30))
    #expect(tree.text("retraining/memory.max") == "1073741824" && tree.text("retraining/memory.swap.max") == nil)
    #expect(children.limit(memory: nil) && tree.text("retraining/memory.max")?.hasPrefix("max") == true)
  }

  @Test func `a group that others are in, too, is left as it is`() throws {
    let tree = try FakeTree(processes: "\(getpid())\n1\n")
    #expect(tree.group.divided() == nil)
    #expect(tree.text("gateway/cgroup.procs") == "" && tree.text("cgroup.subtree_control") == "")
    #expect(Cgroup(path: "\(tree.path)/none").divided() == nil)
  }

  @Test func `the leaf that systemd has made for the gateway is taken as it is`() throws {
    let tree = try FakeTree(processes: "", gateway: "\(getpid())\n")
    let children = try #require(Cgroup(path: "\(tree.path)/gateway").divided())
    #expect(children.path == "\(tree.path)/retraining")
    #expect(tree.text("cgroup.subtree_control") == "+memory")
  }

  @Test func `a group called gateway whose parent is shared with others is left as it is`() throws {
    let tree = try FakeTree(processes: "1\n", gateway: "\(getpid())\n")
    #expect(Cgroup(path: "\(tree.path)/gateway").divided() == nil)
  }

  @Test func `kills for want of memory are counted`() throws {
    let tree = try FakeTree(processes: "")
    #expect(tree.group.memoryKills == 0)
    try FileAccess.replace(
      "\(tree.path)/memory.events", with: Array("low 0\noom 5\noom_kill 3\noom_group_kill 1\n".utf8))
    #expect(tree.group.memoryKills == 3)
  }

  @Test func `where memory cannot be limited, that is told`() throws {
    #expect(!Cgroup(path: try FakeTree(processes: "").path).limit(memory: 1))
  }
}

/// A folder with the files of a control group; writing to one puts the new text over the old.
private final class FakeTree {
  let path: String
  var group: Cgroup { Cgroup(path: path) }

  init(processes: String, gateway: String = "") throws {
    path = FileManager.default.temporaryDirectory.appending(path: "cgroup-\(UUID().uuidString)").path
    let files = [
      "cgroup.procs": processes, "cgroup.controllers": "cpuset cpu memory pids\n", "cgroup.subtree_control": "",
      "gateway/cgroup.procs": gateway, "retraining/cgroup.procs": "", "retraining/cpu.weight": "",
      "retraining/cpu.idle": "", "retraining/memory.oom.group": "", "retraining/memory.max": "",
    ]
    for (name, text) in files {
      let file = URL(filePath: "\(path)/\(name)")
      try FileAccess.makeFolder(file.deletingLastPathComponent().path)
      try FileAccess.replace(file.path, with: Array(text.utf8))
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func text(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}
