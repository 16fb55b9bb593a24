// A natural step looks at the whole rollout once: there are no passes and no minibatches to set.
// expect: cannot convert value of type 'MinibatchSettings' to expected argument type 'NaturalSettings'
import AscentPolicyGradients

let update = AdvantageLearning.Update.natural(MinibatchSettings(), NaturalStep(.lineSearch), CriticFit())
