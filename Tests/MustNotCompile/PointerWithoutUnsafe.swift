// Every touch of a pointer says so.
// expect: expression uses unsafe constructs but is not marked with 'unsafe'
func first(_ numbers: UnsafePointer<Double>) -> Double {
  numbers.pointee
}
