/// The files of the administration's web page, as they are in the program.
public enum AdminPage {
  /// A file of the page.
  public struct File: Sendable {
    /// Its path on the server, such as `/page.css`.
    public let path: String
    /// Its media type.
    public let mediaType: String
    /// Its bytes.
    public let bytes: [UInt8]
  }

  /// All of them.
  public static let files = [
    File(path: "/", mediaType: "text/html; charset=utf-8", bytes: PackageResources.index_html),
    File(path: "/page.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.page_css),
    File(path: "/page.js", mediaType: "text/javascript; charset=utf-8", bytes: PackageResources.page_js),
  ]
}
