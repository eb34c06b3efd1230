internal import Foundation

/// A chart of lines over two axes as SVG, whose colours are the page's.
struct LineChart {
  struct Line {
    let name: String
    let points: [(x: Double, y: Double)]
  }

  /// What it shows, for who cannot see it.
  let title: String
  let xName: String
  let yName: String
  let lines: [Line]
  /// Places on the x axis with a label, ascending.
  let xTicks: [Double]
  /// Whether x goes by its logarithm.
  var isLogarithmic = false

  private static let (width, height) = (560.0, 300.0)
  private static let (left, right, top, bottom) = (48.0, 12.0, 12.0, 44.0)
  /// How many classes of line styles the page has.
  private static let styles = 8

  func write(to page: inout HTMLWriter) {
    page.element("figure", ["class": "chart"]) { page in
      page.element(
        "svg", ["viewBox": "0 0 \(Int(Self.width)) \(Int(Self.height))", "role": "img", "aria-label": title]
      ) {
        axes(&$0)
        for (place, line) in lines.enumerated() {
          let path = line.points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(at($0.element))" }.joined()
          $0.void("path", ["d": path, "class": "line s\(place % Self.styles)"])
          $0.raw("</path>")
          // A curve of a few points shows where they are.
          guard line.points.count <= 16 else { continue }
          for point in line.points {
            let place = self.place(point)
            $0.void(
              "circle",
              [
                "cx": number(place.x), "cy": number(place.y), "r": "3",
                "class": "dot s\(lines.firstIndex { $0.name == line.name }! % Self.styles)",
              ])
            $0.raw("</circle>")
          }
        }
      }
      page.element("figcaption") { caption in
        for (place, line) in lines.enumerated() {
          caption.element("span", ["class": "key s\(place % Self.styles)"], line.name)
        }
      }
    }
  }

  private func axes(_ svg: inout HTMLWriter) {
    for share in [0, 0.25, 0.5, 0.75, 1] {
      let y = place((xTicks.first ?? 0, share)).y
      svg.void("path", ["d": "M\(number(Self.left)) \(number(y))H\(number(Self.width - Self.right))", "class": "grid"])
      svg.raw("</path>")
      svg.element(
        "text", ["x": number(Self.left - 6), "y": number(y + 4), "class": "tick end"], "\(Int(100 * share)) %")
    }
    for tick in xTicks {
      let x = place((tick, 0)).x
      svg.element(
        "text", ["x": number(x), "y": number(Self.height - Self.bottom + 18), "class": "tick middle"], tick.formatted())
    }
    svg.element(
      "text", ["x": number((Self.left + Self.width) / 2), "y": number(Self.height - 6), "class": "tick middle"], xName)
  }

  private func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
    func scaled(_ x: Double) -> Double { isLogarithmic ? log(max(x, 1e-9)) : x }
    let (low, high) = (scaled(xTicks.first ?? 0), scaled(xTicks.last ?? 1))
    let share = high > low ? (scaled(point.x) - low) / (high - low) : 0.5
    return (
      Self.left + share * (Self.width - Self.left - Self.right),
      Self.height - Self.bottom - point.y * (Self.height - Self.top - Self.bottom)
    )
  }

  private func at(_ point: (x: Double, y: Double)) -> String {
    let place = place(point)
    return "\(number(place.x)) \(number(place.y))"
  }

  private func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
