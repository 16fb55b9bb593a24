import Ascent

/// Acts with the policy of a run: its files policy.json and policy.safetensors are all that is needed.
func act(with run: String) throws {
  let agent = try Agent(contentsOf: RunFolder(run))
  let cart = try CartPole()
  var (observation, steps) = ([Float](repeating: 0, count: 4), 1)
  try cart.reset(StreamKey(seed: 9, purpose: .environment), into: &observation)
  agent.begin()
  while try cart.step(agent.act(observation).span, into: &observation).end == nil, steps < 500 { steps += 1 }
  print("the pole stood for \(steps) steps")
}
