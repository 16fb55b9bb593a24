@_exported public import Environments
@_exported public import Experiments
@_exported public import Mathematics
@_exported public import Policies
@_exported public import PolicyGradients
@_exported public import PythonEnvironments
@_exported public import Randomness
@_exported public import Registries
