// The proof of the lock ends with the lock.
// expect: 'python' is borrowed and cannot be consumed
import PythonEnvironments

func kept(_ interpreter: Interpreter) -> Attached {
  interpreter.attached { (python: borrowing Attached) in python }
}
