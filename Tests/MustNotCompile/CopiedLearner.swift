// A learner belongs to its lanes: two learners over the same lanes would disturb each other.
// expect: 'learner' used after consume
import AscentEnvironments
import AscentPolicyGradients

func branches(_ learner: consuming Learner) throws {
  var other = learner
  _ = try other.iterate(budget: 100)
  _ = try learner.iterate(budget: 100)
}
