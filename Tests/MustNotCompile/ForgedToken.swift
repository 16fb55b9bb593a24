// Nobody but the interpreter says that its lock is held.
// expect: 'Attached' initializer is inaccessible due to 'fileprivate' protection level
import PythonEnvironments

func forged() -> Attached {
  Attached()
}
