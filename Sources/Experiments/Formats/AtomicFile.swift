private import Glibc

/// Reads and writes files, except for the logs of child processes and films, which other programs write.
///
/// A write goes to a temporary file, then fsync, rename, and fsync of the folder, so a reader sees the old file or the new
/// one. Only `append(_:to:isDurable:)` writes in place. Only regular files of a bounded size are read: a pipe may never end.
public enum AtomicFile {
  /// The largest size in bytes of a file that is read whole: 4 GiB.
  public static let largest = 1 << 32
  /// The largest size in bytes of a file of settings, of a description or of code: 64 MiB.
  public static let largestText = 1 << 26

  /// Replaces the file at `path`, which a user named, with `bytes`.
  ///
  /// - Throws: ``ExperimentError/file(path:action:number:)`` when the folder is read-only or the disk is full; the
  ///   old file then remains and the temporary one is removed.
  public static func write(_ bytes: [UInt8], to path: String) throws(ExperimentError) {
    try write(bytes, with: Writer(path))
  }

  /// Replaces the file with a text.
  public static func write(_ text: String, to path: String) throws(ExperimentError) {
    try write(Array(text.utf8), to: path)
  }

  /// Replaces a file of a run's folder; a link in its place is replaced, too, and its target is not touched.
  static func replace(_ path: String, with bytes: [UInt8]) throws(ExperimentError) {
    try write(bytes, with: Writer(replacing: path))
  }

  static func replace(_ path: String, with text: String) throws(ExperimentError) {
    try replace(path, with: Array(text.utf8))
  }

  private static func write(_ bytes: [UInt8], with writer: consuming Writer) throws(ExperimentError) {
    var writer = writer
    try writer.write(bytes)
    try writer.commit()
  }

  /// Adds a text to the end of a file of a run's folder, in one write; `isDurable` waits until the disk has it.
  static func append(_ text: String, to path: String, isDurable: Bool = false) throws(ExperimentError) {
    try append(Array(text.utf8), to: path, isDurable: isDurable)
  }

  /// Adds bytes to the end of a file of a run's folder, in one write.
  static func append(_ bytes: [UInt8], to path: String, isDurable: Bool = false) throws(ExperimentError) {
    let flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let descriptor = unsafe open(path, flags, 0o644)
    guard descriptor >= 0 else { throw failure(path, "write") }
    defer { close(descriptor) }
    _ = try size(of: descriptor, path)
    guard writeAll(bytes, to: descriptor), !isDurable || fsync(descriptor) == 0 else {
      throw failure(path, "write")
    }
  }

  /// The whole content of a regular file of at most `limit` bytes.
  ///
  /// - Throws: ``ExperimentError/usage(_:)`` for another kind of file or a larger one,
  ///   ``ExperimentError/file(path:action:number:)`` when it cannot be read.
  public static func read(_ path: String, limit: Int = largest) throws(ExperimentError) -> [UInt8] {
    var reader = try Reader(path)
    var content: [UInt8] = []
    repeat {
      // A file may grow while it is read.
      guard max(reader.size, content.count) <= limit else {
        throw .usage("\(path) has more than the \(limit) bytes that are read; is it the right file?")
      }
    } while try reader.appendBlock(to: &content)
    return content
  }

  /// A regular file that is read in blocks.
  struct Reader: ~Copyable {
    /// The size in bytes when the file was opened.
    let size: Int
    private let path: String
    private let descriptor: Int32
    private var block = [UInt8](repeating: 0, count: 1 << 16)

    init(_ path: String) throws(ExperimentError) {
      // Without O_NONBLOCK, opening a pipe would wait for a writer.
      let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw errno == ENXIO ? AtomicFile.irregular(path, "a socket") : AtomicFile.failure(path, "read")
      }
      do throws(ExperimentError) {
        size = try AtomicFile.size(of: descriptor, path)
      } catch {
        close(descriptor)
        throw error
      }
      (self.path, self.descriptor) = (path, descriptor)
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

  /// The size of an open file, which must be a regular one.
  private static func size(of descriptor: Int32, _ path: String) throws(ExperimentError) -> Int {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(path, "read") }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return Int(status.st_size)
    case S_IFDIR: throw irregular(path, "a folder")
    case S_IFIFO: throw irregular(path, "a pipe")
    default: throw irregular(path, "a device")
    }
  }

  private static func irregular(_ path: String, _ kind: String) -> ExperimentError {
    .usage("\(path) is \(kind); a regular file is needed here")
  }

  /// A file that is written in parts and gets its name only when it is committed.
  ///
  /// A device or a pipe that a user named is written directly, since a rename would replace it by a file; of a symbolic
  /// link the target is replaced.
  public struct Writer: ~Copyable {
    private let path: String
    /// The name until the file is committed; nil for a device or a pipe.
    private let temporary: String?
    private let descriptor: Int32
    private var isCommitted = false

    /// Opens the temporary file of a file that a user named, or the device or pipe itself.
    public init(_ path: String) throws(ExperimentError) {
      guard let stream = AtomicFile.stream(path) else {
        try self.init(replacing: FilePlace.resolved(path))
        return
      }
      guard stream >= 0 else { throw AtomicFile.failure(path, "write") }
      self.init(path, stream)
    }

    private init(_ path: String, _ stream: Int32) {
      (self.path, temporary, descriptor) = (path, nil, stream)
    }

    /// Opens the temporary file of a file of a run's folder.
    ///
    /// Its name is new: nothing that exists, and nothing that a link leads to, is opened.
    init(replacing path: String) throws(ExperimentError) {
      self.path = path
      var (name, opened) = ("", Int32(-1))
      for _ in 0..<16 where opened < 0 {
        name = TemporaryName.random(for: path, process: getpid())
        opened = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard opened >= 0 || errno == EEXIST else { throw AtomicFile.failure(path, "write") }
      }
      guard opened >= 0 else { throw AtomicFile.failure(path, "write") }
      (temporary, descriptor) = (name, opened)
    }

    /// The file that has the content until it is committed, for a program that writes it by itself; nil for a device or a
    /// pipe.
    package var contentFile: String? { temporary }

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

  /// The system's message for an error number.
  package static func reason(_ number: Int32) -> String {
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
