import Foundation
import Glibc

/// What can be in the place of a file: each waits for ever, or takes all memory, if it is read like one.
enum PlantedFile: String, CaseIterable {
  case pipe, folder, zero, sparse

  /// Replaces what has the name by it.
  func plant(at path: String) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: path)
    switch self {
    case .pipe: unsafe mkfifo(path, 0o600)
    case .folder: try files.createDirectory(atPath: path, withIntermediateDirectories: false)
    case .zero: try files.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
    case .sparse:
      // A header of one byte, then a terabyte of nothing.
      try Data([1, 0, 0, 0, 0, 0, 0, 0]).write(to: URL(fileURLWithPath: path))
      unsafe truncate(path, 1 << 40)
    }
  }
}
