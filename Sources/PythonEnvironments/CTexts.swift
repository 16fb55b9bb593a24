/// Swift strings as C strings, for the time of a call.
enum CTexts {
  static func with<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>>?, Int) -> R
  ) -> R {
    let bytes = texts.map { Array($0.utf8CString) }
    return unsafe nested(bytes[...], []) { pointers in
      unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress, $0.count) }
    }
  }

  private static func nested<R>(
    _ rest: ArraySlice<[CChar]>, _ pointers: [UnsafePointer<CChar>],
    _ body: ([UnsafePointer<CChar>]) -> R
  ) -> R {
    guard let first = rest.first else { return unsafe body(pointers) }
    return unsafe first.withUnsafeBufferPointer { text in
      guard let start = text.baseAddress else { return unsafe nested(rest.dropFirst(), pointers, body) }
      return unsafe nested(rest.dropFirst(), pointers + [start], body)
    }
  }
}
