internal import Foundation
internal import NeuralNet

extension TrainingRun {
  /// What a finished training says of itself.
  ///
  /// - Parameter digest: the network's file's.
  func manifest(
    _ student: Graph, _ cut: String, _ differentiators: [Differentiator], _ digest: String, seconds: Double,
    _ measured: [CleanMeasurement]
  ) -> Manifest {
    Manifest(
      name: plan.name, version: plan.version, created: Date.now.formatted(.iso8601), labels: data.labels,
      input: plan.input,
      student: .init(file: "student.onnx", cut: cut, input: student.inputs[0].name, output: student.outputs[0]),
      differentiators: differentiators.map { one in
        .init(
          id: one.id, file: "differentiators/\(one.id).onnx", scope: one.scope.labels.map { data.labels[$0] },
          other: one.scope.hasOther, pruningRatio: one.pruningRatio,
          adversarialRadius: one.adversarialRadius > 0 ? one.adversarialRadius : nil, seed: one.seed)
      },
      selection: .init(count: plan.asked), policy: plan.policy, training: record(digest, seconds: seconds),
      measured: measured, files: [:])
  }

  private func record(_ digest: String, seconds: Double) -> Manifest.Training {
    var (teacher, teacherDigest) = (URL(filePath: network).lastPathComponent, digest)
    var warmStart: String?
    if case .warmStart(let predecessor) = plan.origin {
      (teacher, teacherDigest) = (predecessor.teacher, predecessor.teacherDigest)
      warmStart = predecessor.digest
    }
    var record = Manifest.Training(
      command: command, data: data.source, teacher: teacher, teacherDigest: teacherDigest,
      trainingPictures: data.training.count, withheldPictures: data.withheld.count, brokenPictures: data.broken,
      labelPattern: data.labelPattern, seed: plan.seed, seconds: Int(seconds.rounded()))
    record.warmStart = warmStart
    record.preset = preset
    record.groupPattern = data.groupPattern
    record.note(plan.differentiator.augmentation.invariances)
    record.calibrationShare = data.calibrationShare
    if let share = data.holdOutShare {
      record.heldOutShare = share
      record.heldOutPictures = data.heldOut.count
      record.heldOutDigest = TrainingData.digest(of: data.heldOut, labels: data.labels)
    }
    return record
  }
}
