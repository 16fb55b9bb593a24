// A type of a shim stays inside of the module that owns it.
// expect: function cannot be declared public because its parameter uses an internal type
internal import CAscentGSL

/// Leaks.
public func leaked(_ status: cgsl_status) {}
