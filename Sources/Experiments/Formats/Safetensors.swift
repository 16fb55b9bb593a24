internal import FoundationEssentials

/// A file of named arrays in the safetensors format: 8 bytes of header length, a JSON header, the arrays.
///
/// Ascent's files have in the header's `__metadata__` the SHA-256 of all their bytes, computed with zeros in place of
/// the checksum itself, so any flipped bit is detected. The header is validated before it is used.
public struct Safetensors: Sendable, Equatable {
  /// The arrays in file order.
  public var tensors: [Tensor]
  /// Texts stored with the arrays.
  public var metadata: [String: String]

  /// One named array of little-endian numbers.
  public struct Tensor: Sendable, Equatable {
    /// The name.
    public var name: String
    /// The element type.
    public var element: Element
    /// The extents; their product is the number of elements.
    public var shape: [Int]
    /// The elements.
    var content: Content
  }

  /// The element types that Ascent reads and writes, spelled as in the format.
  public enum Element: String, Sendable {
    case float32 = "F32"
    case int64 = "I64"
    case uint8 = "U8"

    var size: Int {
      switch self {
      case .float32: 4
      case .int64: 8
      case .uint8: 1
      }
    }
  }

  /// Makes the content of a file.
  public init(tensors: [Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  static let sumKey = "sha256_of_file"
  static let noSum = String(repeating: "0", count: 64)
  /// The byte range of the checksum in Ascent's files: it is the first text of the header.
  static let sumRange = {
    let before = 8 + #"{"__metadata__":{"\#(sumKey)":""#.utf8.count
    return before..<before + noSum.utf8.count
  }()

  /// True if a file's checksum matches its bytes.
  private static func isIntact(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= sumRange.upperBound else { return false }
    var file = bytes
    file.replaceSubrange(sumRange, with: noSum.utf8)
    return Fingerprint.of(file).utf8.elementsEqual(bytes[sumRange])
  }

  /// Reads a file; one that does not begin with a header is refused before the rest of it is read.
  ///
  /// - Throws: ``ExperimentError``.
  static func bytes(of file: String) throws(ExperimentError) -> [UInt8] {
    var reader = try AtomicFile.Reader(file)
    var begin: [UInt8] = []
    _ = try reader.appendBlock(to: &begin)
    guard begin.count >= 8 else { throw .damaged(file: file, reason: "it is shorter than a header") }
    let length = headerLength(begin)
    guard length > 0, length <= UInt64(max(0, reader.size - 8)) else {
      throw .damaged(
        file: file, reason: "its header is \(length) bytes long, which does not fit into the file")
    }
    return try AtomicFile.read(file)
  }

  private static func headerLength(_ bytes: [UInt8]) -> UInt64 {
    (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
  }

  /// Reads a file's bytes; the checksum is verified only if Ascent wrote the file (`isOurs`).
  ///
  /// - Throws: ``ExperimentError/damaged(file:reason:)`` when the bytes are not a valid file.
  public init(_ bytes: [UInt8], file: String, isOurs: Bool = true) throws(ExperimentError) {
    func damaged(_ reason: String) -> ExperimentError { .damaged(file: file, reason: reason) }
    guard bytes.count >= 8 else { throw damaged("it is shorter than a header") }
    guard !isOurs || Self.isIntact(bytes) else { throw damaged("its checksum does not match its content") }
    let length = Self.headerLength(bytes)
    guard length <= 100_000_000, Int(length) <= bytes.count - 8 else {
      throw damaged("its header is longer than the file")
    }
    let data = bytes[(8 + Int(length))...]
    let header: [String: Entry]
    do {
      header = try JSONText.decode([String: Entry].self, from: bytes[8..<8 + Int(length)])
    } catch {
      throw damaged("its header is not the JSON of safetensors")
    }
    metadata = [:]
    tensors = []
    var end = 0
    let arrays = header.compactMap { name, entry in entry.description.map { (name, $0) } }
    if case .texts(let texts)? = header["__metadata__"] { metadata = texts }
    for (name, array) in arrays.sorted(by: Self.isBefore) {
      guard let element = Element(rawValue: array.dtype) else {
        throw damaged("'\(name)' has the unsupported type \(array.dtype)")
      }
      var count = 1
      for extent in array.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow, product <= bytes.count else {
          throw damaged("'\(name)' has an invalid shape")
        }
        count = product
      }
      guard array.start == end, array.end >= array.start, array.end - array.start == count * element.size,
        array.end <= data.count
      else {
        throw damaged("'\(name)' is not at the offsets of its header")
      }
      end = array.end
      tensors.append(
        Tensor(
          name: name, element: element, shape: array.shape,
          content: .bytes(Array(data[data.startIndex + array.start..<data.startIndex + array.end]))))
    }
    guard end == data.count else { throw damaged("it has \(data.count - end) bytes that belong to no array") }
    metadata[Self.sumKey] = nil
  }

  /// The order of arrays in a file: by their bytes; those of an empty one end where it starts, so it comes before the one
  /// that starts there, too.
  private static func isBefore(_ a: (String, Entry.ArrayDescription), _ b: (String, Entry.ArrayDescription))
    -> Bool
  {
    (a.1.start, a.1.end, a.0) < (b.1.start, b.1.end, b.0)
  }

  /// One value of the header: the description of an array, or the texts of the metadata.
  private enum Entry: Decodable {
    case texts([String: String])
    case array(ArrayDescription)

    struct ArrayDescription: Decodable {
      var dtype: String
      var shape: [Int]
      var offsets: [Int]
      var start: Int { offsets.first ?? -1 }
      var end: Int { offsets.count == 2 ? offsets[1] : -1 }

      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
      }
    }

    var description: ArrayDescription? { if case .array(let description) = self { description } else { nil } }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let description = try? container.decode(ArrayDescription.self) {
        self = .array(description)
      } else {
        self = .texts(try container.decode([String: String].self))
      }
    }
  }
}

extension Safetensors.Tensor {
  /// A float32 array.
  public init(_ name: String, _ values: some Sequence<Float>, shape: [Int]) {
    self.init(name, Array(values)[...], shape: shape)
  }

  /// A float32 array, which is not copied.
  public init(_ name: String, _ values: ArraySlice<Float>, shape: [Int]) {
    self.init(name: name, element: .float32, shape: shape, content: .floats(values))
  }

  /// An int64 vector.
  public init(_ name: String, integers: [Int]) {
    self.init(name: name, element: .int64, shape: [integers.count], content: .integers(integers))
  }

  /// A uint8 vector.
  public init(_ name: String, bytes: [UInt8]) {
    self.init(name: name, element: .uint8, shape: [bytes.count], content: .bytes(bytes))
  }

  /// The elements of a float32 array; empty for another type.
  public var floats: [Float] {
    guard element == .float32 else { return [] }
    if case .floats(let numbers) = content { return Array(numbers) }
    let bytes = bytes
    return stride(from: 0, to: bytes.count, by: 4).map { k in
      Float(bitPattern: (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[k + $1]) })
    }
  }

  /// The elements of an int64 array; empty for another type.
  public var integers: [Int] {
    guard element == .int64 else { return [] }
    if case .integers(let numbers) = content { return numbers }
    let bytes = bytes
    return stride(from: 0, to: bytes.count, by: 8).map { k in
      Int(Int64(bitPattern: (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[k + $1]) }))
    }
  }
}

/// Appends the bytes of an integer in little-endian order, on any machine.
func appendLittleEndian<Integer: FixedWidthInteger & UnsignedInteger>(
  _ value: Integer, to bytes: inout [UInt8]
) {
  for shift in stride(from: 0, to: Integer.bitWidth, by: 8) {
    bytes.append(UInt8(truncatingIfNeeded: value >> shift))
  }
}
