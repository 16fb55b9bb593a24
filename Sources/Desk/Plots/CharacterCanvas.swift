/// A field of characters, each with the number of the curve that it belongs to.
struct CharacterCanvas {
  /// The number of characters in a row.
  let width: Int
  /// The number of rows.
  let height: Int
  private var dots: [UInt32]
  private var marks: [Character?]
  private var shades: [Int?]
  private var owners: [Int?]

  /// Makes an empty field.
  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    dots = Array(repeating: 0, count: width * height)
    marks = Array(repeating: nil, count: width * height)
    shades = Array(repeating: nil, count: width * height)
    owners = Array(repeating: nil, count: width * height)
  }

  /// The bits of Unicode's Braille patterns, by row and column of the dot.
  private static let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets a dot; each character has two columns and four rows of them.
  mutating func dot(_ column: Int, _ row: Int, _ owner: Int) {
    let cell = row / 4 * width + column / 2
    dots[cell] |= Self.bits[row % 4][column % 2]
    owners[cell] = owner
  }

  /// Sets a character.
  mutating func put(_ mark: Character, _ column: Int, _ row: Int, _ owner: Int) {
    marks[row * width + column] = mark
    owners[row * width + column] = owner
  }

  /// Shades a part of a column, unless it is shaded already.
  mutating func shade(_ column: Int, rows: ClosedRange<Int>, _ owner: Int) {
    for row in rows where shades[row * width + column] == nil { shades[row * width + column] = owner }
  }

  /// The rows as texts of one color each, without blanks at their ends.
  func rows(shade: Character, isColored: Bool) -> [[CharacterPlot.Span]] {
    (0..<height).map { row in
      var spans: [CharacterPlot.Span] = []
      for cell in row * width..<(row + 1) * width {
        let (character, owner) = shown(cell, shade)
        let color = isColored ? owner : nil
        if let last = spans.last, last.curve == color {
          spans[spans.count - 1].text.append(character)
        } else {
          spans.append(CharacterPlot.Span(text: String(character), curve: color))
        }
      }
      while spans.last?.text.last == " " {
        spans[spans.count - 1].text.removeLast()
        if spans.last?.text.isEmpty == true { spans.removeLast() }
      }
      return spans
    }
  }

  private func shown(_ cell: Int, _ shade: Character) -> (Character, Int?) {
    if let mark = marks[cell] { return (mark, owners[cell]) }
    if dots[cell] != 0, let scalar = Unicode.Scalar(0x2800 + dots[cell]) {
      return (Character(scalar), owners[cell])
    }
    return shades[cell].map { (shade, $0) } ?? (" ", nil)
  }
}
