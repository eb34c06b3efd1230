internal import Base
internal import COneDNN

/// oneDNN's handle of the processor; one for the whole process, never destroyed.
enum Engine {
  // Unsafe: written once before its first use, and oneDNN's engines may be shared among threads.
  nonisolated(unsafe) static let cpu: dnnl_engine_t = {
    var engine: dnnl_engine_t?
    let status = dnnl_engine_create(&engine, dnnl_cpu, 0)
    // There is always a processor; only a broken installation of oneDNN can fail here.
    guard status == dnnl_success, let engine else { fatalError("\(OneDNNError("engine", status))") }
    return engine
  }()

  /// Held while primitives are made and unmade.
  ///
  /// oneDNN 2.6 keeps the kernels of its brgemm convolutions in tables that all threads share; made by several threads
  /// at once, one convolution in some thousands computed with another's kernel. Running them needs no lock.
  static let creation = LockBox(())
}

/// Where primitives are run in order; each worker has its own.
final class Stream {
  let handle: dnnl_stream_t

  init() throws(OneDNNError) {
    var stream: dnnl_stream_t?
    try OneDNNError.check(dnnl_stream_create(&stream, Engine.cpu, UInt32(dnnl_stream_default_flags.rawValue)), "stream")
    handle = stream!
  }

  deinit { dnnl_stream_destroy(handle) }
}
