import AdminClient
import Testing

@Suite struct AdminAddressTests {
  @Test(arguments: [
    ("http://127.0.0.1:8081", false), ("http://localhost:8081/", false), ("http://[::1]:8081", false),
    ("unix:/run/distinguo/admin.sock", false), ("https://admin.example.org", false),
    ("http://admin.example.org", true), ("http://10.0.0.1:8081", true),
  ]) func `a token is exposed where it goes through a network without TLS`(_ text: String, _ isExposed: Bool) throws {
    let address = try AdminAddress(text)
    #expect(address.isExposed == isExposed && address.description == text)
  }

  @Test(arguments: [
    "", "127.0.0.1:8081", "localhost", "ftp://127.0.0.1", "http://", "http://user:word@host", "http://host/?a=1",
    "http://host/#a", "unix:relative", "unix:", "unix:/\(String(repeating: "x", count: 120))", "http://a b",
  ]) func `what is no address is refused`(_ text: String) {
    #expect(throws: AdminError.address(text)) { try AdminAddress(text) }
  }
}
