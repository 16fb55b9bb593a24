// Nor can the proof be the result of what is done under the lock.
// expect: instance method 'attached' requires that 'Attached' conform to 'Copyable'
import PythonEnvironments

func handedOut(_ interpreter: Interpreter) -> Attached {
  interpreter.attached { (python: borrowing Attached) in python }
}
