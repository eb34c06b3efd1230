internal import Foundation
internal import Glibc

/// A control group (cgroup v2) that the system has left to the gateway, as systemd does with `Delegate=`.
///
/// A group with limits of its own may not have groups below it and processes in it (the kernel's rule of no internal
/// processes), so the gateway moves into a leaf, and child processes get another.
struct Cgroup: Sendable, Hashable {
  /// Its folder.
  let path: String

  private static let names = (gateway: "gateway", retraining: "retraining")

  /// The group of this process, or nil where there is no cgroup v2.
  ///
  /// - Parameters:
  ///   - membership: `/proc/self/cgroup`.
  ///   - mounts: `/proc/self/mountinfo`.
  static func ofThisProcess(
    membership: String = read("/proc/self/cgroup") ?? "", mounts: String = read("/proc/self/mountinfo") ?? ""
  ) -> Cgroup? {
    guard let line = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return nil }
    let name = line.dropFirst(3)
    for mount in mounts.split(separator: "\n") {
      // proc(5): ID parent device root place options… - type source options
      let fields = mount.split(separator: " ")
      guard let dash = fields.firstIndex(of: "-"), fields[dash...].dropFirst().first == "cgroup2" else { continue }
      let (root, place) = (fields[3], fields[4])
      // Where a part of the hierarchy is mounted, the names below it begin with that part's.
      guard name == root || root == "/" || name.hasPrefix("\(root)/"), !name.contains("/..") else { continue }
      let below = root == "/" ? name : name.dropFirst(root.count)
      return Cgroup(path: below == "/" ? String(place) : "\(place)\(below)")
    }
    return nil
  }

  /// Divides the group into one for this process and one for its child processes, if it is this process's alone.
  ///
  /// - Returns: the one for child processes; nil where the group is shared with others or cannot be written. Then
  ///   everything is as it was.
  func divided() -> Cgroup? {
    let own = "\(getpid())"
    guard processes == [own] else { return nil }
    let isLeaf = path.hasSuffix("/\(Self.names.gateway)")
    // With `DelegateSubgroup=gateway`, systemd has made the leaf already.
    let whole = isLeaf ? Cgroup(path: String(path.dropLast(Self.names.gateway.count + 1))) : self
    guard !isLeaf || whole.processes == [] else { return nil }
    let gateway = Cgroup(path: "\(whole.path)/\(Self.names.gateway)")
    let retraining = Cgroup(path: "\(whole.path)/\(Self.names.retraining)")
    guard retraining.make() else { return nil }
    guard gateway.make(), isLeaf || gateway.write(own, to: "cgroup.procs") else {
      for folder in [gateway, retraining] where folder != self { rmdir(folder.path) }
      return nil
    }
    let known = Self.read("\(whole.path)/cgroup.controllers")?.split(whereSeparator: \.isWhitespace) ?? []
    for controller in ["cpu", "io", "memory"] where known.contains(controller[...]) {
      _ = whole.write("+\(controller)", to: "cgroup.subtree_control")
    }
    // A share of the processors only where the gateway leaves them; files of controllers that are not there are not either.
    for (file, value) in [("cpu.weight", "1"), ("cpu.idle", "1"), ("io.weight", "1"), ("memory.oom.group", "1")] {
      _ = retraining.write(value, to: file)
    }
    return retraining
  }

  /// Limits the memory of all processes in the group; nil for no limit.
  ///
  /// - Returns: whether it is limited so.
  func limit(memory: Int?) -> Bool {
    // Swapped out, a training would keep the disk busy.
    _ = write(memory == nil ? "max" : "0", to: "memory.swap.max")
    return write(memory.map(String.init) ?? "max", to: "memory.max")
  }

  /// How often a process of the group was killed since there was no memory left for it.
  var memoryKills: Int {
    let line = Self.read("\(path)/memory.events")?.split(separator: "\n").first { $0.hasPrefix("oom_kill ") }
    return line.flatMap { Int($0.dropFirst("oom_kill ".count)) } ?? 0
  }

  private var processes: [String]? {
    Self.read("\(path)/cgroup.procs").map { $0.split(separator: "\n").map(String.init) }
  }

  private func make() -> Bool { mkdir(path, 0o755) == 0 || errno == EEXIST }

  private func write(_ text: String, to file: String) -> Bool {
    // Not one that would be made: there is a file for all that the group can do.
    let descriptor = open("\(path)/\(file)", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return Glibc.write(descriptor, text, text.utf8.count) == text.utf8.count
  }

  private static func read(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
