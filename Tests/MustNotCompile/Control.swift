// The control: with the same flags, a right program compiles.
// expect: nothing
public import AscentEnvironments
import AscentPythonEnvironments
public import AscentRandomness

/// A key of the stream of actions.
public func key(seed: UInt64) -> StreamKey {
  StreamKey(seed: seed, purpose: .actions)
}

func version(_ interpreter: Interpreter) -> String {
  interpreter.withLock { interpreter.report.version }
}

/// Two values.
public func pair() -> Space { .discrete(2) }
