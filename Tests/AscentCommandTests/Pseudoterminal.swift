import Foundation
import Glibc

/// A terminal of a width, whose text is read while a process writes to it.
final class Pseudoterminal: @unchecked Sendable {
  /// The side of the process.
  let handle: FileHandle
  private let own: FileHandle
  private let group = DispatchGroup()
  private var data = Data()
  /// TIOCSPTLCK and TIOCGPTN.
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  init?(columns: Int) {
    let descriptor = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    var (number, isLocked) = (Int32(0), Int32(0))
    guard descriptor >= 0, unsafe ioctl(descriptor, Self.setLock, &isLocked) == 0,
      unsafe ioctl(descriptor, Self.getNumber, &number) == 0
    else { return nil }
    var size = winsize()
    (size.ws_col, size.ws_row) = (UInt16(columns), 24)
    guard unsafe ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
    own = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    handle = FileHandle(
      fileDescriptor: unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY), closeOnDealloc: true)
    DispatchQueue.global().async(group: group) {
      var block = [UInt8](repeating: 0, count: 4096)
      // A terminal that no process has open any more ends with an error.
      while case let count = unsafe read(descriptor, &block, block.count), count > 0 {
        self.data += block[..<count]
      }
    }
  }

  /// All that was written; the side of the process must be closed.
  var text: String {
    try? handle.close()
    group.wait()
    return String(decoding: data, as: UTF8.self)
  }
}
