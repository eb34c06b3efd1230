internal import Defence
internal import Images

/// No defence but the Student's own doubt: its probability for the label that it gives (Hendrycks and Gimpel 2017).
struct StudentConfidence: PriorDefence {
  let name = "student-confidence"
  let method = "Hendrycks and Gimpel 2017: the Student's own probability for its label"
  let student: StudentAnswers

  func scores(of pictures: [Picture], labelled students: [Int]) throws -> [Double] {
    zip(try student.probabilities(of: pictures), students).map { $0[$1] }
  }

  func known(defending bundle: ModelBundle, threshold: Double) throws -> KnownDefence {
    try KnownDefence(bundle, asking: [bundle.student], enough: threshold)
  }
}
