"""Environments and data sets as tables. Runs as the module `_ascent_tables`."""

import _ascent_host as host
import _ascent_opening as opening
import _ascent_spaces as spaces


def transition_table(environment):
    """Returns the table P of Gymnasium's toy-text environments as text; "" if there is none.

    The first line has the numbers of states and of actions, the second the initial distribution. Every other line is a
    transition: state, action, next state, probability, reward, and 1 if it terminates, else 0.
    """
    import gymnasium

    unwrapped = environment.unwrapped
    if opening.unwrap(environment, gymnasium)[0] is not unwrapped:
        return ""  # a wrapper may change what the table says
    table, initial = getattr(unwrapped, "P", None), getattr(unwrapped, "initial_state_distrib", None)
    both = environment.observation_space, environment.action_space
    if table is None or initial is None or not all(
        isinstance(space, gymnasium.spaces.Discrete) and space.start == 0 for space in both
    ):
        return ""
    lines = [f"{both[0].n} {both[1].n}", " ".join(repr(float(p)) for p in initial)]
    for state, actions in table.items():
        for action, transitions in actions.items():
            for probability, following, reward, terminated in transitions:
                numbers = float(probability), float(reward)
                lines.append(
                    f"{int(state)} {int(action)} {int(following)} {numbers[0]!r} {numbers[1]!r} {int(bool(terminated))}"
                )
    return "\n".join(lines)


def minari_lines(name):
    """Returns a Minari data set as the lines of a trajectory file; it must already be on this machine."""
    import json

    minari = host.import_module("minari", f"the data set minari:{name}")
    gymnasium = host.import_module("gymnasium", "a Minari data set")
    numpy = host.import_module("numpy", "a Minari data set")
    try:
        dataset = minari.load_dataset(name)
    except FileNotFoundError:
        raise host.Refusal("no data set", f"there is no Minari data set '{name}' here: minari download {name}") from None

    def at(value, t):
        if isinstance(value, dict):
            return {key: at(part, t) for key, part in value.items()}
        return tuple(at(part, t) for part in value) if isinstance(value, tuple) else value[t]

    def action(value):
        values = spaces.action_values(dataset.action_space, value, gymnasium, numpy)
        return values[0] if isinstance(dataset.action_space, gymnasium.spaces.Discrete) else values

    lines = []
    for episode in dataset.iterate_episodes():
        host.alive()
        count, space = len(episode.rewards), dataset.observation_space
        terminated = bool(episode.terminations[-1])
        lines.append(json.dumps({
            "environment": dataset.env_spec.id if dataset.env_spec else None,
            "observations": [
                spaces.observation_values(space, at(episode.observations, t), gymnasium, numpy) for t in range(count + 1)
            ],
            "actions": [action(at(episode.actions, t)) for t in range(count)],
            "rewards": [float(r) for r in episode.rewards],
            "terminated": terminated,
            "truncated": not terminated,
        }))  # fmt: skip
    return "\n".join(lines)
