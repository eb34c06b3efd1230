internal import Defence
internal import HTTPCore
internal import HTTPServer

/// A picture that an administrator tries: answered as everybody's, with all scores, and counted nowhere.
struct TrialAdministration: Sendable {
  let models: ServedModels
  let classifier: Classifier
  let settings: @Sendable () -> GatewayConfiguration

  /// The route.
  var routes: [AdminRoute] {
    [
      AdminRoute(
        method: .post, pattern: "/admin/v1/models/{name}/classify", role: .read,
        work: .receive { request, _ in
          var settings = settings().classifyRouteSettings
          settings.disclosure = .full
          settings.isObserved = false
          return ClassifyRoute(models: models, classifier: classifier, settings: settings).receive(request)
        })
    ]
  }
}
