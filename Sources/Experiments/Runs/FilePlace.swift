internal import CAscentWorkers
private import Glibc

/// The place and the owner of files.
package enum FilePlace {
  /// The account of this process.
  package static var ownAccount: UInt32 { geteuid() }

  /// The absolute path without links; the path itself if it leads nowhere.
  package static func resolved(_ path: String) -> String {
    guard let text = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// The device, the number, the owner and the permissions of a file; nil if there is none.
  package static func status(_ path: String) -> (place: String, owner: UInt32, mode: UInt32)? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return ("\(status.st_dev):\(status.st_ino)", status.st_uid, status.st_mode)
  }
}

extension FilePlace {
  /// The folder of a path.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of a path.
  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  /// True for a folder that is no link to one.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension FilePlace {
  /// The device, the number and the time of birth of a folder, as far as its file system records the last.
  ///
  /// `mv` within a file system keeps them. A copied or unpacked folder has others, and who makes an archive can guess
  /// numbers, but not the nanosecond in which it will be unpacked.
  static func identity(ofFolder path: String) -> String {
    guard let place = status(path)?.place else { return "" }
    var (seconds, nanoseconds) = (Int64(0), UInt32(0))
    guard unsafe cworkers_birth(path, &seconds, &nanoseconds) else { return place }
    return "\(place):\(seconds).\(nanoseconds)"
  }
}

extension RunFolder {
  /// The identity of the folder, which a copy does not have.
  var place: String { FilePlace.identity(ofFolder: absolutePath) }
}
