internal import Defence
internal import HTTPCore
internal import HTTPServer

/// `POST /v1/classify` and `POST /v1/models/{name}/classify`: a picture, or a form of pictures, is answered with a verdict
/// or with several. A rejection is an answer like any other (200).
///
/// What is wrong with the head is answered before the body is asked for: a model that is not there (404), a media type
/// or content coding that is not read (415), no length (411), too much of it (413), no place free (503).
struct ClassifyRoute: Sendable {
  /// What can be set.
  struct Settings: Sendable, Hashable {
    /// Bytes of a body.
    var bodyBytes = 20 << 20
    /// Bytes of a body once its content coding is undone.
    var inflatedBytes = 32 << 20
    /// Pictures of a form.
    var parts = 16
    /// Another policy than the bundles' own.
    var policy: Policy?
    /// How much of a verdict's numbers is shown.
    var disclosure = ScoreDisclosure.full
    /// Whether pictures count in metrics.
    var isObserved = true
  }

  let models: ServedModels
  let classifier: Classifier
  let settings: Settings

  /// The routes.
  var routes: [Route] {
    [
      Route(.post, "/v1/classify", receive: receive),
      Route(.post, "/v1/models/{name}/classify", receive: receive),
    ]
  }

  /// What becomes of a request.
  func receive(_ request: RoutedRequest) -> Reception {
    // This generation answers, whatever takes its place meanwhile.
    guard let generation = models.generation(named: request.parameters["name"]) else {
      return .answer(models.absence(request))
    }
    let answer = VerdictResponse(request: request, record: generation.record, disclosure: settings.disclosure)
    let reader: PictureBodyReader
    do throws(ClassificationFault) {
      reader = try PictureBodyReader(request.head.fields, parts: settings.parts)
      try classifier.checkRoom()
    } catch {
      return .answer(answer.response(.failure(error), after: .zero))
    }
    return request.gather(limit: settings.bodyBytes) { [classifier, settings] whole, responder in
      let arrival = ContinuousClock.now
      let question = Classifier.Question(
        generation: generation, requestID: request.requestID, policy: settings.policy, arrival: arrival
      ) {
        () throws(ClassificationFault) in try reader.bodies(whole, limit: settings.inflatedBytes)
      }
      classifier.answer(question, isObserved: settings.isObserved) { answers in
        responder.respond(answer.response(answers, after: .now - arrival))
      }
    }
  }
}
