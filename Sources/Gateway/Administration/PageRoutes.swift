internal import AdminPage
internal import HTTPCore
internal import HTTPServer

/// The administration's web page. It has no secret in it, and asks for a token itself.
struct PageRoutes: Sendable {
  /// What the page may do: nothing but talk to where it came from, and show pictures that it has fetched.
  private static let policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

  /// The routes.
  var routes: [Route] {
    AdminPage.files.map { file in
      var response = Response(.ok, type: file.mediaType, body: file.bytes)
      response.fields.set("Content-Security-Policy", Self.policy)
      response.fields.set("X-Content-Type-Options", "nosniff")
      response.fields.set("Referrer-Policy", "no-referrer")
      response.fields.set("Cross-Origin-Opener-Policy", "same-origin")
      response.fields.set("Cross-Origin-Resource-Policy", "same-origin")
      // The next version of the program may have another page.
      response.fields.set("Cache-Control", "no-cache")
      let fixed = response
      return Route(.get, file.path) { _ in .answer(fixed) }
    }
  }
}
