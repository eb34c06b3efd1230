internal import COneDNN

/// OpenMP's team: the threads among which oneDNN divides a primitive's work.
enum Team {
  /// Sets how many threads primitives use that this thread makes and runs from now on.
  static func set(_ count: Int) { omp_set_num_threads(Int32(count)) }
}
