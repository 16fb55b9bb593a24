@_exported public import AscentEnvironments
@_exported public import AscentExperiments
@_exported public import AscentMathematics
@_exported public import AscentPolicies
@_exported public import AscentPolicyGradients
@_exported public import AscentRandomness
@_exported public import AscentRegistries
