private import Glibc

/// Reads and writes files; no other code of the package writes files.
///
/// A write goes to a temporary file, then fsync, rename, and fsync of the folder, so a reader sees the old file or the
/// new one, never a part of either. Only ``append(_:to:)`` writes in place.
public enum AtomicFile {
  /// Replaces the file at `path` with `bytes`.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)`` when the folder is read-only or the disk is full; the
  ///   old file then remains and the temporary one is removed.
  public static func write(_ bytes: [UInt8], to path: String) throws(ExperimentError) {
    var writer = try Writer(path)
    try writer.write(bytes)
    try writer.commit()
  }

  /// Replaces the file at `path` with a text.
  public static func write(_ text: String, to path: String) throws(ExperimentError) {
    try write(Array(text.utf8), to: path)
  }

  /// Adds a text to the end of a file, in one write.
  public static func append(_ text: String, to path: String) throws(ExperimentError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path, "write") }
    defer { close(descriptor) }
    guard writeAll(Array(text.utf8), to: descriptor) else { throw failure(path, "write") }
  }

  /// The whole content of a file.
  public static func read(_ path: String) throws(ExperimentError) -> [UInt8] {
    var reader = try Reader(path)
    var content: [UInt8] = []
    while try reader.appendBlock(to: &content) {}
    return content
  }

  /// A file that is read in blocks.
  struct Reader: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var block = [UInt8](repeating: 0, count: 1 << 16)

    init(_ path: String) throws(ExperimentError) {
      self.path = path
      descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw AtomicFile.failure(path, "read") }
    }

    deinit { close(descriptor) }

    /// Appends the next block to `content`; returns false at the end of the file.
    mutating func appendBlock(to content: inout [UInt8]) throws(ExperimentError) -> Bool {
      while true {
        let count = unsafe Glibc.read(descriptor, &block, block.count)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw AtomicFile.failure(path, "read") }
        content += block[..<count]
        return count > 0
      }
    }
  }

  /// A file that is written in parts and gets its name only when it is committed.
  ///
  /// A device or a pipe is written directly, since a rename would replace it by a file. Of a symbolic link the target is
  /// replaced.
  public struct Writer: ~Copyable {
    private let path: String
    /// The name until the file is committed; nil for a device or a pipe.
    private let temporary: String?
    private let descriptor: Int32
    private var isCommitted = false

    /// Opens the temporary file.
    public init(_ path: String) throws(ExperimentError) {
      if let stream = AtomicFile.stream(path) {
        (self.path, temporary, descriptor) = (path, nil, stream)
      } else {
        self.path = AtomicFile.target(of: path)
        let name = "\(self.path).tmp-\(getpid())"
        temporary = name
        descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      }
      guard descriptor >= 0 else { throw AtomicFile.failure(path, "write") }
    }

    /// Appends bytes.
    public mutating func write(_ bytes: [UInt8]) throws(ExperimentError) {
      guard AtomicFile.writeAll(bytes, to: descriptor) else { throw AtomicFile.failure(path, "write") }
    }

    /// Appends a text.
    public mutating func write(_ text: String) throws(ExperimentError) {
      try write(Array(text.utf8))
    }

    /// Makes the file durable and gives it its name.
    public mutating func commit() throws(ExperimentError) {
      guard let temporary else { return }
      guard fsync(descriptor) == 0, unsafe rename(temporary, path) == 0 else {
        throw AtomicFile.failure(path, "write")
      }
      isCommitted = true
      AtomicFile.syncFolder(of: path)
    }

    deinit {
      close(descriptor)
      if !isCommitted, let temporary { unsafe unlink(temporary) }
    }
  }

  /// The file that a symbolic link leads to; the path itself if it is no link, or leads nowhere.
  private static func target(of path: String) -> String {
    guard let resolved = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// A descriptor for a path that is not replaced: a device, a pipe, or a descriptor that this process already has, such as
  /// /dev/stdout; nil for other paths, −1 if it cannot be opened.
  private static func stream(_ path: String) -> Int32? {
    let named: [String: Int32] = ["/dev/stdout": STDOUT_FILENO, "/dev/stderr": STDERR_FILENO]
    let folder = ["/dev/fd/", "/proc/self/fd/"].first { path.hasPrefix($0) }
    if let number = named[path] ?? folder.map({ Int32(path.dropFirst($0.count)) ?? -1 }) {
      return fcntl(number == STDOUT_FILENO ? StandardStreams.results : number, F_DUPFD_CLOEXEC, 0)
    }
    var status = stat()
    guard unsafe stat(path, &status) == 0, [S_IFCHR, S_IFBLK, S_IFIFO].contains(status.st_mode & S_IFMT)
    else {
      return nil
    }
    // A pipe without a reader is an error here: waiting for one could not be interrupted.
    let descriptor = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return -1 }
    _ = fcntl(descriptor, F_SETFL, 0)
    return descriptor
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      if count < 0 && errno == EINTR { continue }
      if count < 0 && errno == EAGAIN {
        StandardStreams.awaitRoom(descriptor)
        continue
      }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }

  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ path: String, _ action: String) -> ExperimentError {
    .file(path: path, action: action, number: errno)
  }

  /// True if an error number means a lack of resources rather than a wrong path.
  static func isOfTheMachine(_ number: Int32) -> Bool {
    [ENOSPC, EDQUOT, EIO, EFBIG, ENOMEM, EMFILE, ENFILE, EPIPE].contains(number)
  }

  /// The system's message for an error number.
  package static func reason(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
