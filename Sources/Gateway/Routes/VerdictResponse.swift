internal import Base
internal import Defence
internal import HTTPCore
internal import HTTPServer

/// What is answered about a request's pictures.
///
/// About one it is the verdict, or a problem. About several it is `{"verdicts": […], "request_id": …, "elapsed_ms": …}`,
/// a verdict or a problem for each part in their order, with the part's file name as `image`; but a problem alone where
/// no part got a verdict.
struct VerdictResponse {
  let request: RoutedRequest
  let record: ModelRecord
  let disclosure: ScoreDisclosure

  /// The response to a question that was answered, or was not as a whole.
  ///
  /// - Parameter elapsed: how long it took.
  func response(_ answers: Result<[Classifier.Answer], ClassificationFault>, after elapsed: Duration) -> Response {
    let milliseconds = elapsed / .milliseconds(1)
    switch answers {
    case .failure(let fault): return response(fault)
    case .success(let answers):
      let faults = answers.compactMap { answer in
        if case .failure(let fault) = answer.verdict { fault } else { nil }
      }
      guard faults.count < answers.count else { return response(faults) }
      var json = JSONWriter(capacity: 1024 * answers.count)
      if answers.count == 1 {
        write(answers[0], milliseconds, to: &json)
      } else {
        json.beginObject()
        json.name("verdicts")
        json.beginArray()
        for answer in answers { write(answer, milliseconds, to: &json) }
        json.endArray()
        json.name("request_id")
        json.value(request.requestID)
        json.name("elapsed_ms")
        json.value((milliseconds * 1000).rounded() / 1000)
        json.endObject()
      }
      var response = Response(.ok, type: "application/json", body: json.bytes + [UInt8(ascii: "\n")])
      note(faults, in: &response)
      return response
    }
  }

  private func write(_ answer: Classifier.Answer, _ milliseconds: Double, to json: inout JSONWriter) {
    switch answer.verdict {
    case .success(let verdict):
      var document = VerdictDocument(
        verdict, of: record, image: answer.fileName, requestID: request.requestID, elapsed: milliseconds)
      document.disclosure = disclosure
      document.write(to: &json)
    case .failure(let fault):
      var problem = fault.problem
      if let name = answer.fileName { problem.members["image"] = .string(name) }
      json.value(json: problem.json.dropLast())
    }
  }

  /// No part got a verdict: the first one's problem, but one that time heals before one that does not.
  private func response(_ faults: [ClassificationFault]) -> Response {
    let busy = faults.first { $0.problem.status == .serviceUnavailable }
    var response = response(busy ?? faults[0], others: faults.count > 1 ? faults : [])
    note(faults, in: &response)
    return response
  }

  private func response(_ fault: ClassificationFault, others: [ClassificationFault] = []) -> Response {
    var problem = fault.problem
    problem.members["request_id"] = .string(request.requestID)
    if !others.isEmpty { problem.members["parts"] = .strings(others.map(\.problem.detail)) }
    var response = problem.response
    if problem.status == .serviceUnavailable { response.fields.set("Retry-After", "1") }
    if problem.status == .unsupportedMediaType {
      // RFC 9110 §15.5.16: which of the two is wrong.
      if case .coding(let error) = fault {
        for field in error.fields.fields { response.fields.set(field.name, field.value) }
      } else {
        response.fields.set("Accept", PictureBodyReader.types)
      }
    }
    note([fault], in: &response)
    return response
  }

  /// What a client is not told.
  private func note(_ faults: [ClassificationFault], in response: inout Response) {
    for case .failure(let reason) in faults { response.notes["failure"] = reason }
  }
}
