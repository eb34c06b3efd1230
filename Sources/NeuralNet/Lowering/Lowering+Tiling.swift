extension Lowering {
  /// Adds the first steps of a network once for every few images, and puts together what they compute.
  ///
  /// - Parameters:
  ///   - steps: those that ``BatchTiling/steps`` counts.
  ///   - inputs: the graph's inputs, [N,…].
  ///   - shapes: all shapes for a number of images.
  mutating func lower(
    _ steps: ArraySlice<FusedNode>, _ tiling: BatchTiling, inputs: [String],
    shapes partShapes: (Int) throws(GraphError) -> [String: [Int]]
  ) throws {
    let (wholeShapes, wholeValues, wholeRemaining) = (shapes, values, remaining)
    let batch = shapes[inputs[0]]![0]
    var boundary: [String: Value] = [:]
    for start in stride(from: 0, to: batch, by: tiling.images) {
      let count = min(tiling.images, batch - start)
      (shapes, values, remaining) = (try partShapes(count), wholeValues, wholeRemaining)
      for input in inputs { values[input] = try images(wholeValues[input]!, count, from: start) }
      for step in steps { try lower(step) }
      for name in tiling.boundary {
        let part = values[name]!
        if boundary[name] == nil {
          let layout = builder.layout(part)
          boundary[name] = builder.temporary(
            try layout.counterpart(wholeShapes[name]!) ?? .plain(wholeShapes[name]!, layout.precision))
        }
        try builder.reorder(part, into: try images(boundary[name]!, count, from: start))
      }
    }
    shapes = wholeShapes
    values = wholeValues.merging(boundary) { $1 }
  }

  /// Some images of a batch, in place: whatever the layout, each image's values stand together.
  private mutating func images(_ whole: Value, _ count: Int, from start: Int) throws(OneDNNError) -> Value {
    let layout = builder.layout(whole)
    let shape = layout.shape.replacing(0, with: count)
    var part = try Layout.plain(shape, layout.precision)
    if let counterpart = layout.counterpart(shape) { part = counterpart }
    return builder.alias(whole, as: part, offset: layout.size / layout.shape[0] * start)
  }
}
