// A proof that could be copied would outlive what it proves.
// expect: global function 'copyable' requires that 'Attached' conform to 'Copyable'
import PythonEnvironments

func copyable<T: Copyable>(_: T.Type) {}

func copied() {
  copyable(Attached.self)
}
