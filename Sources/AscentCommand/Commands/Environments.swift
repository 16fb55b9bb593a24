internal import ArgumentParser
internal import AscentEnvironments
internal import AscentExperiments
internal import AscentHosting
internal import AscentPythonEnvironments
internal import AscentRegistries

/// `ascent environments`.
struct Environments: ParsableCommand {
  static let configuration = CommandConfiguration.page(
    "List the native environments and the ids of Gymnasium's registry, or those that a module registers.",
    examples: ["environments", "environments minigrid"], codes: [.environmentFault])

  @Argument(
    help: ArgumentHelp("A module that registers environments when it is imported.", valueName: "module"))
  var module: String?

  @OptionGroup var pythonOptions: PythonOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let (hosting, catalog) = (pythonOptions.hosting, AscentProgram.catalog)
    if let module {
      let identifiers: [String]
      do {
        identifiers = try hosting.start(catalog).environmentIdentifiers(of: module)
      } catch let error as PythonError {
        throw ExperimentError(error)
      }
      for identifier in identifiers { show("\(module):\(identifier)", nil) }
      return
    }
    for entry in catalog.environments.entries { show("native:\(entry.name)", entry.help) }
    let identifiers: [String]
    let vectors: Set<String>
    do {
      let interpreter = try hosting.start(catalog)
      identifiers = try interpreter.environmentIdentifiers()
      vectors = Set(try interpreter.environmentIdentifiers(ofVectors: true))
    } catch {
      Terminal.writeError("no hosted environments: \(error)\n")
      return
    }
    for identifier in identifiers {
      show(identifier, vectors.contains(identifier) ? "also a vector (train --vector)" : nil)
    }
  }

  private func show(_ name: String, _ summary: String?) {
    if format.json {
      let pairs: [(String, JSON)] = [("event", .text("environment")), ("env", .text(name))]
      Terminal.writeLine(JSON.object(pairs + (summary.map { [("summary", .text($0))] } ?? [])))
    } else {
      let gap = String(repeating: " ", count: max(2, 25 - name.count))
      Terminal.writeLine(name + (summary.map { gap + $0 } ?? ""))
    }
  }
}
