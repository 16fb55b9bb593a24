// The proof of the lock ends with the lock.
// expect: 'python' is borrowed and cannot be consumed
import PythonEnvironments

func keep(_ token: consuming Attached) {}

func kept(_ interpreter: Interpreter) {
  interpreter.attached { (python: borrowing Attached) in keep(python) }
}
