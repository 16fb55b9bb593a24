/// The functions that exported C programs consist of, each with those that it calls.
///
/// The texts are arithmetic.txt, which has the operations of the shim CKernels for one row, and elementary.txt, which has
/// musl's functions of doubles. A line `//@ name name…` begins a section; the names after the first are the sections
/// that it needs.
enum CSections {
  private static let all: [String: (needs: [String], text: String)] = {
    var sections: [String: (needs: [String], text: String)] = [:]
    var current = ""
    for resource in [PackageResources.arithmetic_txt, PackageResources.elementary_txt] {
      for line in String(decoding: resource, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        if line.hasPrefix("//@ ") {
          let words = line.dropFirst(4).split(separator: " ").map(String.init)
          current = words[0]
          sections[current] = (Array(words.dropFirst()), "")
        } else {
          sections[current]?.text += line + "\n"
        }
      }
    }
    return sections
  }()

  /// The texts of some sections and of all that they need, each behind those that it calls.
  static func text(_ names: [String]) -> String {
    var (written, text) = (Set<String>(), "")
    func add(_ name: String) {
      guard let section = all[name], written.insert(name).inserted else { return }
      section.needs.forEach(add)
      text += section.text
    }
    names.forEach(add)
    return text
  }
}
