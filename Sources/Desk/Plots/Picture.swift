package import AscentExperiments
package import AscentHosting
internal import AscentPythonEnvironments
internal import AscentRegistries
internal import FoundationEssentials

/// A picture of learning curves: one field of axes for each environment.
package struct Picture: Sendable {
  /// The curves, those of one environment after each other.
  package let curves: [LearningCurve]
  /// What they show.
  package let request: LearningCurve.Request

  /// Makes a picture.
  ///
  /// - Parameters:
  ///   - curves: the curves.
  ///   - request: the column and the axis that they show.
  ///   - keys: the settings by which they were grouped, for messages.
  /// - Throws: ``AscentExperiments/ExperimentError/usage(_:)`` if there are more curves than a picture has room for.
  package init(
    _ curves: [LearningCurve], _ request: LearningCurve.Request, by keys: [String]
  ) throws(ExperimentError) {
    let most = Dictionary(grouping: curves, by: \.group.field).values.map(\.count).max() ?? 0
    guard most <= Self.most else {
      throw .usage(
        "the runs make \(most) curves, by \(keys.joined(separator: ", ")), and a picture has room for \(Self.most); "
          + "choose the settings that count with --group-by, or name fewer runs")
    }
    (self.curves, self.request) = (curves, request)
  }

  /// The largest number of curves in one field.
  static let most = 20

  /// The fields with their names: for each environment its curves.
  package var fields: [(name: String, curves: [LearningCurve])] {
    var fields: [(name: String, curves: [LearningCurve])] = []
    for curve in curves {
      if let k = fields.firstIndex(where: { $0.name == curve.group.field }) {
        fields[k].curves.append(curve)
      } else {
        fields.append((curve.group.field, [curve]))
      }
    }
    return fields
  }

  /// The name of the vertical axis.
  package var title: String {
    Self.title(of: request.column) + (request.isOfEvaluations ? " of evaluations" : "")
  }

  /// The name of a column, with its unit.
  package static func title(of column: String) -> String {
    let unit = Metrics.columns.first { $0.name == column }?.unit ?? ""
    let words = column.split(separator: "_").joined(separator: " ")
    return unit.isEmpty || words.contains(unit) ? words : "\(words) (\(unit))"
  }

  /// The words below a picture: what is drawn.
  package var caption: String {
    guard curves.contains(where: { $0.band != nil }) else { return "one run each" }
    return "\(request.center.title) of the runs, with 95 % bootstrap intervals"
  }

  /// A form of pictures, by the ending of a file.
  package enum Format: String, CaseIterable, Sendable {
    case png, svg, pdf

    /// The form of a file.
    ///
    /// - Throws: ``AscentExperiments/ExperimentError/usage(_:)`` for another ending.
    package init(of path: String) throws(ExperimentError) {
      let name = FilePlace.name(of: path)
      let ending = name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
      guard let format = Format(rawValue: ending) else {
        let found = ending.isEmpty ? "has no ending" : "ends with .\(ending)"
        throw .usage("\(path) \(found); a picture ends with .png, .svg or .pdf")
      }
      self = format
    }
  }

  /// Draws the picture with matplotlib, and returns the bytes of its file, the same each time.
  ///
  /// - Parameters:
  ///   - format: the form.
  ///   - hosting: the Python that has matplotlib.
  ///   - catalog: the names of environments, for messages.
  /// - Returns: the file.
  /// - Throws: ``AscentExperiments/ExperimentError`` if Python or matplotlib is missing, or cannot draw.
  package func drawn(
    as format: Format, _ hosting: PythonHosting, _ catalog: Catalog
  ) throws(ExperimentError) -> [UInt8] {
    let interpreter = try hosting.start(catalog)
    guard interpreter.packageVersion("matplotlib") != nil else {
      throw .usage(
        "a picture needs matplotlib, which is not installed: "
          + "\(interpreter.installation.command(installing: "matplotlib")); --terminal draws without it")
    }
    let text = JSON.text(content(format).line).line
    let program = String(decoding: PackageResources.drawing_py, as: UTF8.self)
    let encoded: String
    do throws(PythonError) {
      encoded = try interpreter.run("\(program)\nresult = draw(\(text))\n")
    } catch {
      throw ExperimentError(error.adding("matplotlib cannot draw the picture"))
    }
    guard let data = Data(base64Encoded: encoded), !data.isEmpty else {
      throw .machine("matplotlib made an empty picture")
    }
    return Array(data)
  }

  /// What drawing.py reads.
  private func content(_ format: Format) -> JSON {
    let fields = self.fields
    return .object([
      ("format", .text(format.rawValue)), ("x", .text(request.axis.title)), ("y", .text(title)),
      ("caption", .text(caption)),
      (
        "fields",
        .array(
          fields.map { field in
            .object([
              ("title", .text(field.name.inOneLine)), ("curves", .array(field.curves.map(\.json))),
            ])
          })
      ),
    ])
  }
}

extension LearningCurve {
  /// The curve as drawing.py reads it.
  fileprivate var json: JSON {
    let numbers = { (values: [Double]) in JSON.array(values.map { .number($0) }) }
    return .object([
      ("label", .text(group.label)), ("count", .integer(group.runs.count)), ("x", numbers(x)),
      ("y", numbers(center)), ("low", band.map { numbers($0.low) } ?? .null),
      ("high", band.map { numbers($0.high) } ?? .null),
    ])
  }
}
