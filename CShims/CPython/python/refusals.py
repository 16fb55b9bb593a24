"""Environments that Ascent does not support, and what to do about them. Runs as the module `_ascent_refusals`."""

import sys

import _ascent_host as host

ONE_AGENT = "Ascent supports one: wrap it as a gymnasium.Env in which one policy acts"


def refuse_packages_of_agents(reference):
    """Refuses PettingZoo's own modules, whose environments have several agents."""
    if reference.replace(":", ".").partition(".")[0] == "pettingzoo":
        raise host.Refusal("unsupported", f"{reference} has many agents (PettingZoo); {ONE_AGENT}")


def refuse_many_agents(environment, reference):
    """Refuses an environment that lists its agents."""
    is_env = isinstance(environment, host.import_module("gymnasium", reference).Env)
    if is_env and len(getattr(environment, "possible_agents", None) or ()) < 2:
        return
    for attribute in ("possible_agents", "agents"):
        if hasattr(environment, attribute):
            if callable(getattr(environment, "action_space", None)) or attribute == "possible_agents":
                raise host.Refusal("unsupported", f"{reference} has many agents (PettingZoo); {ONE_AGENT}")


def refuse_vector_rewards(environment, reference):
    """Refuses an environment whose rewards are vectors, unless a wrapper of its own may have made them numbers."""
    import _ascent_states as states

    gymnasium = host.import_module("gymnasium", reference)
    wrappers = gymnasium.wrappers
    # Their steps return the rewards of the environment below them.
    steps = [wrapper.step for wrapper in (
        gymnasium.Wrapper, gymnasium.ObservationWrapper, gymnasium.ActionWrapper,
        wrappers.PassiveEnvChecker, wrappers.OrderEnforcing, wrappers.TimeLimit)]  # fmt: skip
    for layer in states.layers(environment):
        # Its own attribute: wrappers of old versions forward those of the environment below them.
        is_own = "reward_space" in getattr(layer, "__dict__", {}) or hasattr(type(layer), "reward_space")
        space = layer.reward_space if is_own else None
        if getattr(space, "shape", ()) not in ((), (1,)):
            raise host.Refusal(
                "unsupported",
                f"{reference} has vector rewards {space}; Ascent maximizes one number: weight them: "
                "--wrapper mo_gymnasium.wrappers:LinearReward",
            )
        # A wrapper with a step of its own may return other rewards than the environment below it.
        if space is not None or (isinstance(layer, gymnasium.Wrapper) and type(layer).step not in steps):
            return


def old_gym_advice():
    """Returns what to do with an environment of the package gym, which gymnasium replaced."""
    parts = [int(part) for part in host.version_of("gym").split(".")[:2] if part.isdigit()]
    is_new = not parts or parts >= [0, 26]
    extra, name = ("gym-v26", "GymV26CompatibilityV0") if is_new else ("gym-v21", "GymV21CompatibilityV0")
    return f"convert it: {sys.executable} -m pip install 'shimmy[{extra}]', and shimmy.{name}(env=…) in a file.py:function"


def refuse_ids_of_old_gym(identifier, reference):
    """Refuses an id that is registered with the package gym and not with gymnasium."""
    registration = sys.modules.get("gym.envs.registration")
    registry = getattr(registration, "registry", {})
    if identifier in getattr(registry, "env_specs", registry):
        raise host.Refusal(
            "unsupported", f"{reference} is registered with the old package gym, not with gymnasium; {old_gym_advice()}"
        )
