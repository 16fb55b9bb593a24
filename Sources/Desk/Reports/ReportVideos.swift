internal import AscentExperiments
internal import FoundationEssentials

/// The videos in the folders of runs: files of the run, not links to others, that begin as their endings say.
struct ReportVideos {
  private var shown: [String] = []
  private var left: [String] = []

  /// The types of videos by the endings of files.
  private static let types = ["mp4": "video/mp4", "webm": "video/webm", "gif": "image/gif"]

  /// Reads those for which there is room.
  ///
  /// - Parameters:
  ///   - runs: the runs.
  ///   - room: the number of bytes that the page may still have.
  init(of runs: [RunCurve], room: Int) {
    var room = room
    for run in runs {
      for name in RunFolder.entries(of: run.folder.absolutePath).sorted(by: RunSearch.isBefore) {
        let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard let type = Self.types[ending], !name.hasPrefix(".") else { continue }
        let path = run.folder.path + "/" + name
        // A page is given away, and must not take along a file that a link names.
        guard FilePlace.resolved(path) == FilePlace.resolved(run.folder.path) + "/" + name else { continue }
        // Three bytes are four characters.
        guard let bytes = try? AtomicFile.read(path, limit: max(0, room) / 4 * 3) else {
          left.append(path)
          continue
        }
        guard Self.isVideo(bytes, ending) else { continue }
        let element = Self.element(bytes, type, path)
        room -= element.utf8.count
        shown.append(element)
      }
    }
  }

  /// True if the first bytes are those of the format: GIF8, an MP4's `ftyp` behind its length, or an EBML header.
  private static func isVideo(_ bytes: [UInt8], _ ending: String) -> Bool {
    switch ending {
    case "gif": bytes.starts(with: Array("GIF8".utf8))
    case "mp4": bytes.dropFirst(4).starts(with: Array("ftyp".utf8))
    default: bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3])
    }
  }

  private static func element(_ bytes: [UInt8], _ type: String, _ path: String) -> String {
    let data = "data:\(type);base64,\(Data(bytes).base64EncodedString())"
    let name = Markup.text(path)
    let video =
      type.hasPrefix("image")
      ? "<img src=\"\(data)\" alt=\"An episode: \(name)\">"
      : "<video controls muted loop playsinline aria-label=\"An episode: \(name)\" src=\"\(data)\"></video>"
    return "<figure class=\"video\">\(video)<figcaption>\(name)</figcaption></figure>\n"
  }

  /// The section; empty if there is no video.
  var section: String {
    guard !shown.isEmpty || !left.isEmpty else { return "" }
    var out = shown.isEmpty ? "" : "<div class=\"small\">\n\(shown.joined())</div>\n"
    for path in left {
      out +=
        "<p class=\"note\">\(Markup.text(path)) is not part of this page, which would be larger than \(Report.largest / 1_000_000) MB, or it cannot be read; open the file.</p>\n"
    }
    return Markup.section("video", "Video", out)
  }
}
