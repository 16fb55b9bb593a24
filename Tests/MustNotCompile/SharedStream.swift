// A stream is a position: two threads that draw from it would make its numbers depend on the clock.
// expect: type 'RandomStream' does not conform to the 'Sendable' protocol
import AscentRandomness

func sendable<T: Sendable>(_: T.Type) {}

func shared() {
  sendable(RandomStream.self)
}
