/// What a user asks for: a precision, or the fastest that the processor has instructions for.
public enum PrecisionChoice: String, Sendable, Hashable, CaseIterable {
  /// Always float32.
  case float32
  /// Always bfloat16, emulated where the processor has AVX-512 but no instructions for it, and refused where it has not.
  case bfloat16
  /// bfloat16 where the processor has AVX512-BF16 or AMX, else float32.
  case auto

  /// The precision that is used on this machine.
  public var resolved: Precision {
    switch self {
    case .float32: .float32
    case .bfloat16: .bfloat16
    case .auto: Processor.hasBFloat16 ? .bfloat16 : .float32
    }
  }
}
