import Ascent

/// Plays an episode with the policy of a run: an observation in, an action out.
func act(below path: String) throws {
  let agent = try Agent(contentsOf: RunFolder("\(path)/run"), choosing: .drawn(seed: 5))
  let cartPole = TimeLimit(try CartPole(), limit: CartPole.timeLimit)
  var observation = [Float](repeating: 0, count: cartPole.observationSize)
  agent.begin()
  try cartPole.reset(StreamKey(seed: 5, purpose: .evaluationEnvironment), into: &observation)
  var (total, isOver) = (0.0, false)
  while !isOver {
    let step = try cartPole.step(agent.act(observation).span, into: &observation)
    total += step.reward
    isOver = step.end != nil
  }
  print("the agent's return is \(total)")
}
