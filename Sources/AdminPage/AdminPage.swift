/// The files of the administration's web page, as they are in the program.
///
/// The page is plain HTML, CSS and JavaScript modules, and asks nobody but the server it came from. It needs no inline
/// script, no inline style and no `eval`, so that the strictest Content-Security-Policy can stand before it.
public enum AdminPage {
  /// A file of the page.
  public struct File: Sendable {
    /// Its path on the server, such as `/page.css`.
    public let path: String
    /// Its media type.
    public let mediaType: String
    /// Its bytes.
    public let bytes: [UInt8]

    private init(_ path: String, _ mediaType: String, _ bytes: [UInt8]) {
      (self.path, self.mediaType, self.bytes) = (path, mediaType, bytes)
    }

    fileprivate static func script(_ name: String, _ bytes: [UInt8]) -> File {
      File("/\(name).js", "text/javascript; charset=utf-8", bytes)
    }

    fileprivate static let document = File("/", "text/html; charset=utf-8", PackageResources.index_html)
    fileprivate static let style = File("/page.css", "text/css; charset=utf-8", PackageResources.page_css)
    fileprivate static let icon = File("/icon.svg", "image/svg+xml", PackageResources.icon_svg)
  }

  /// All of them.
  public static let files: [File] = [
    .document, .style, .icon,
    .script("page", PackageResources.page_js),
    .script("api", PackageResources.api_js),
    .script("audit", PackageResources.audit_js),
    .script("chart", PackageResources.chart_js),
    .script("dom", PackageResources.dom_js),
    .script("feed", PackageResources.feed_js),
    .script("format", PackageResources.format_js),
    .script("live", PackageResources.live_js),
    .script("models", PackageResources.models_js),
    .script("parts", PackageResources.parts_js),
    .script("retraining", PackageResources.retraining_js),
    .script("review", PackageResources.review_js),
    .script("session", PackageResources.session_js),
    .script("try", PackageResources.try_js),
  ]
}
