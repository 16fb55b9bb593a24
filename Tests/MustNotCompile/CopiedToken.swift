// A proof that could be copied would outlive what it proves.
// expect: type 'Attached' does not conform to protocol 'Copyable'
import PythonEnvironments

func copyable<T: Copyable>(_: T.Type) {}

func copied() {
  copyable(Attached.self)
}
