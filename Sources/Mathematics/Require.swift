/// Requirements on the arguments of public functions.
///
/// A call that breaks one is an error of the program that makes it. It ends the program with a sentence that names the
/// argument, what it must be and what it is, in release builds, too, where the messages of `precondition` are lost.
///
/// It is public so that other modules compile it into their functions: a fulfilled requirement is one comparison.
public enum Require {
  /// Ends the program unless an array has exactly the needed number of elements.
  @inlinable @inline(__always)
  public static func count(
    _ count: Int, of name: StaticString, is needed: Int, _ reason: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if count != needed { wrongCount(count, name, "", needed, reason, (file, line)) }
  }

  /// Ends the program unless an array has at least the needed number of elements.
  @inlinable @inline(__always)
  public static func count(
    _ count: Int, of name: StaticString, atLeast needed: Int, _ reason: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) {
    if count < needed { wrongCount(count, name, "at least ", needed, reason, (file, line)) }
  }

  /// Ends the program unless an index is in a range.
  @inlinable @inline(__always)
  public static func index(
    _ index: Int, of name: StaticString, in range: Range<Int>, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    if !range.contains(index) { wrongIndex(index, name, range, (file, line)) }
  }

  /// Ends the program unless a whole number is at least `lowest`.
  @inlinable @inline(__always)
  public static func number(
    _ number: Int, of name: StaticString, from lowest: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    if number < lowest {
      stop("the \(name) must be at least \(lowest), not \(number)", (file, line))
    }
  }

  /// Returns the index of a choice that is given as a float; ends the program unless it is from 0 to `count` − 1.
  @inlinable @inline(__always)
  public static func choice(
    _ value: Float, of name: StaticString, below count: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Int {
    // NaN is not within.
    guard value >= 0, value < Float(count) else { wrongChoice(value, name, count, (file, line)) }
    return Int(value)
  }

  /// Ends the program unless a condition is fulfilled; the sentence says what to do.
  @inlinable @inline(__always)
  public static func that(
    _ isFulfilled: Bool, _ sentence: StaticString, file: StaticString = #fileID, line: UInt = #line
  ) {
    if !isFulfilled { stop("\(sentence)", (file, line)) }
  }

  @usableFromInline @inline(never)
  static func wrongCount(
    _ count: Int, _ name: StaticString, _ bound: StaticString, _ needed: Int, _ reason: StaticString,
    _ caller: Caller
  ) -> Never {
    let why = reason.utf8CodeUnitCount == 0 ? "" : " (\(reason))"
    stop("the \(name) must have \(bound)\(needed) elements\(why), not \(count)", caller)
  }

  @usableFromInline @inline(never)
  static func wrongIndex(
    _ index: Int, _ name: StaticString, _ range: Range<Int>, _ caller: Caller
  ) -> Never {
    let allowed =
      range.isEmpty ? "absent, since there is none" : "from \(range.lowerBound) to \(range.upperBound - 1)"
    stop("the \(name) must be \(allowed), not \(index)", caller)
  }

  @usableFromInline @inline(never)
  static func wrongChoice(
    _ value: Float, _ name: StaticString, _ count: Int, _ caller: Caller
  ) -> Never {
    stop("the \(name) must be a choice from 0 to \(count - 1), not \(value)", caller)
  }

  @usableFromInline typealias Caller = (file: StaticString, line: UInt)

  @usableFromInline @inline(never)
  static func stop(_ message: String, _ caller: Caller) -> Never {
    fatalError(message, file: caller.file, line: caller.line)
  }
}
