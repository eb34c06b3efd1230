import HTTPCore
import Testing

struct AcceptEncodingTests {
  struct Case: CustomTestStringConvertible {
    let lines: [String]
    let gzip: Int
    var identity: Int?
    var prefersGzip: Bool
    var testDescription: String { lines.description }
  }

  @Test(arguments: [
    Case(lines: [], gzip: 0, prefersGzip: false), Case(lines: [""], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip"], gzip: 1_000, prefersGzip: true), Case(lines: ["GZip"], gzip: 1_000, prefersGzip: true),
    Case(lines: ["x-gzip"], gzip: 1_000, prefersGzip: true),
    Case(lines: ["deflate, gzip;q=1.0, *;q=0.5"], gzip: 1_000, identity: 500, prefersGzip: true),
    Case(lines: ["br", "gzip"], gzip: 1_000, prefersGzip: true), Case(lines: ["br"], gzip: 0, prefersGzip: false),
    Case(lines: ["*"], gzip: 1_000, identity: 1_000, prefersGzip: true),
    Case(lines: ["*;q=0"], gzip: 0, identity: 0, prefersGzip: false),
    Case(lines: ["gzip;q=0"], gzip: 0, prefersGzip: false), Case(lines: ["gzip;q=0.000"], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip;q=0, *"], gzip: 0, identity: 1_000, prefersGzip: false),
    Case(lines: ["gzip ; Q=0.5 , identity"], gzip: 500, identity: 1_000, prefersGzip: false),
    Case(lines: ["identity;q=0.5,gzip;q=0.5"], gzip: 500, identity: 500, prefersGzip: true),
    Case(lines: ["identity;q=0"], gzip: 0, identity: 0, prefersGzip: false),
    Case(lines: ["gzip;q=0.001"], gzip: 1, prefersGzip: true),
    Case(lines: ["gzip;q=1.000"], gzip: 1_000, prefersGzip: true),
    Case(lines: ["gzip;q=0.25"], gzip: 250, prefersGzip: true),
    Case(lines: ["gzip;q=1."], gzip: 1_000, prefersGzip: true),
    Case(lines: [",, gzip ,"], gzip: 1_000, prefersGzip: true),
    Case(lines: ["gzip;q=0.2, gzip;q=0.4"], gzip: 400, prefersGzip: true),
    // Not as the grammar asks.
    Case(lines: ["gzip;q=1.001"], gzip: 0, prefersGzip: false), Case(lines: ["gzip;q=2"], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip;q=0.0001"], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip;q=-1"], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip;q=.5"], gzip: 0, prefersGzip: false), Case(lines: ["gzip;q="], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip;x=1"], gzip: 0, prefersGzip: false), Case(lines: ["gzip;q=1;x"], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip br"], gzip: 0, prefersGzip: false), Case(lines: ["gzipx"], gzip: 0, prefersGzip: false),
    Case(lines: ["gzip;q=1e0"], gzip: 0, prefersGzip: false), Case(lines: ["\"gzip\""], gzip: 0, prefersGzip: false),
  ])
  func `a client's codings are weighed`(_ row: Case) {
    var fields = HeaderFields()
    for line in row.lines { fields.append("accept-encoding", line) }
    let accepted = AcceptEncoding(fields)
    #expect(accepted.gzip == row.gzip)
    #expect(accepted.identity == row.identity)
    #expect(accepted.prefersGzip == row.prefersGzip)
    #expect(accepted.acceptsGzip == (row.gzip > 0))
    #expect(accepted.acceptsIdentity == (row.identity != 0))
  }
}
