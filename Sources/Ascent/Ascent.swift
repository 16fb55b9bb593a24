@_exported public import AscentCore
@_exported public import AscentHosting
@_exported public import AscentPythonEnvironments
