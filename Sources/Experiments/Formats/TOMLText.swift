/// Texts of TOML that a user wrote.
package enum TOMLText {
  /// A key, preceded by the tables that contain it, and its value.
  package typealias Entry = (path: [String], value: SettingValue)

  /// The entries of a text, in order.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - file: its name, for messages.
  /// - Returns: the entries.
  /// - Throws: ``ExperimentError/usage(_:)`` for text that is not TOML, with the line.
  package static func entries(of text: String, file: String) throws(ExperimentError) -> [Entry] {
    do {
      return try TOMLReader.read(text)
    } catch {
      throw .usage("\(file) is not TOML: \(error)")
    }
  }

  /// The text of a file that a user named.
  ///
  /// - Throws: ``ExperimentError`` if it cannot be read.
  package static func read(_ file: String) throws(ExperimentError) -> String {
    String(decoding: try AtomicFile.read(file, limit: AtomicFile.largestText), as: UTF8.self)
  }
}
