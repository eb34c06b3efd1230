internal import Foundation

/// What the machine can do.
public enum Processor {
  /// Whether there are instructions for products of bfloat16 (AVX512-BF16 or AMX-BF16), by Linux's account.
  public static let hasBFloat16 = flags.contains("avx512_bf16") || flags.contains("amx_bf16")

  /// Whether networks can be computed in bfloat16 at all: oneDNN emulates the instructions with AVX-512, and with less it has no
  /// kernels.
  public static let computesBFloat16 =
    hasBFloat16 || ["avx512f", "avx512bw", "avx512dq", "avx512vl"].allSatisfy(flags.contains)

  /// The number of processors that this process may use.
  public static var count: Int { ProcessInfo.processInfo.activeProcessorCount }

  private static let flags: Set<Substring> = {
    // A virtual file without a length, which String(contentsOfFile:) reads all the same.
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
    else { return [] }
    return Set(line.split(separator: " "))
  }()
}
