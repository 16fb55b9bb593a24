"""Opens an environment: finds it, checks it, removes Gymnasium's own wrappers, and describes its spaces."""

import copy
import weakref

import _ascent_construction as construction
import _ascent_host as host
import _ascent_modules as modules
import _ascent_refusals as refusals
import _ascent_spaces as spaces
import _ascent_states as states


def make(reference, gymnasium, maker):
    if reference.endswith(".py"):
        raise modules.nameless(reference)
    identifier = reference.rpartition(":")[2]
    refusals.refuse_packages_of_agents(reference)
    if ":" in reference:
        modules.module_named(reference.partition(":")[0], reference)
    modules.load_known_package(identifier, gymnasium)
    try:
        with host.loading:
            return maker()
    except gymnasium.error.DependencyNotInstalled as error:
        raise host.Refusal("missing package", f"{reference} cannot be made: {error}") from None
    except gymnasium.error.UnregisteredEnv as error:
        refusals.refuse_ids_of_old_gym(identifier, reference)
        import _ascent_finding as finding

        hint = finding.unknown(reference, gymnasium)
        raise host.Refusal("unknown environment", f"Gymnasium has no environment '{reference}'; {hint}") from error
    except gymnasium.error.Error as error:
        raise host.Refusal("unknown environment", f"Gymnasium cannot make '{reference}': {error}") from None


class Emitted:
    """An environment with an emission: its observations are the results of `emission(observation)`."""

    def __init__(self, environment, reference):
        emission = modules.load_callable(reference)(environment.observation_space)
        if not callable(emission):
            raise host.Refusal("bad class", f"{reference} cannot be called; an emission is called with each observation")
        self.emission = emission
        self.begin = getattr(emission, "reset", None)
        self.environment = environment
        self.observation_space = getattr(emission, "observation_space", environment.observation_space)
        self.unwrapped = getattr(environment, "unwrapped", environment)

    def __getattr__(self, name):
        return getattr(self.environment, name)

    def reset(self, **arguments):
        observation, info = self.environment.reset(**arguments)
        if self.begin is not None:
            self.begin()
        return self.emission(observation), info

    def step(self, action):
        observation, reward, terminated, truncated, info = self.environment.step(action)
        return self.emission(observation), reward, terminated, truncated, info


def check(environment, reference):
    refusals.refuse_many_agents(environment, reference)
    for method in ("reset", "step"):
        if not callable(getattr(environment, method, None)):
            raise host.Refusal("bad class", f"{reference} has no method {method}(); a gymnasium.Env has reset and step")
    for space in ("observation_space", "action_space"):
        if getattr(environment, space, None) is None:
            raise host.Refusal("bad class", f"{reference} has no {space}; a gymnasium.Env declares both its spaces")
    refusals.refuse_vector_rewards(environment, reference)


def unwrap(environment, gymnasium):
    """Removes gymnasium's own checker, order enforcer and time limit, from the outside in.

    Only these exact types are removed: any other wrapper, and all that it wraps, remains.
    """
    wrappers = gymnasium.wrappers
    ours = (wrappers.PassiveEnvChecker, wrappers.OrderEnforcing, wrappers.TimeLimit)
    limit = None
    while type(environment) in ours:
        if type(environment) is wrappers.TimeLimit:
            own = environment._max_episode_steps
            limit = own if limit is None else min(limit, own)
        environment = environment.env
    return environment, limit


# The innermost environments that were opened, by their addresses.
opened = weakref.WeakValueDictionary()


def refuse_same(environment, reference):
    """Refuses an environment that was opened before: its lanes would share one state, and one stream of random numbers."""
    root = getattr(environment, "unwrapped", environment)
    if opened.get(id(root)) is root:
        raise host.Refusal(
            "bad class",
            f"{reference} returned the same environment as before; each lane needs one of its own: make it in each call",
        )
    try:
        opened[id(root)] = root
    except TypeError:  # a class without weak references
        pass


def own_spaces(environment):
    """Gives an environment spaces of its own where its class has them, since each space has a generator.

    Lanes in one process would share it, and a reset(seed=…) of one lane that seeds its spaces would seed those of all.
    """
    for layer in states.layers(environment):
        for name in ("observation_space", "action_space"):
            kind = next((kind for kind in type(layer).__mro__ if name in vars(kind)), None)
            space = kind and vars(kind)[name]
            if hasattr(space, "sample") and name not in getattr(layer, "__dict__", {name}):
                setattr(layer, name, copy.deepcopy(space))


def raw_environment(reference, gymnasium, options):
    """Makes an environment as its package does, with the user's arguments and wrappers."""
    if options.rendering:
        import _ascent_films as films

        films.add_render_mode(reference, gymnasium, options)
    if modules.is_file(reference.rpartition(":")[0]):
        environment = construction.call(modules.load_callable(reference), reference, "--env-arg", options.arguments)
    else:
        environment = make(
            reference, gymnasium, lambda: construction.make_identifier(
                reference, gymnasium, options.arguments,
                lambda **arguments: gymnasium.make(reference, **{"disable_env_checker": True, **arguments})))  # fmt: skip
    return construction.wrap(environment, options.wrappers, modules.load_wrapper)


def open_environment(reference, options):
    """Returns environment, unwrapped, time limit or -1, leaves of both spaces, may actions be reused, left out."""
    gymnasium = host.gymnasium_for(reference)
    numpy = host.import_module("numpy", reference)
    options = construction.Options(options)
    modules.call_registrations(options.register)
    environment = raw_environment(reference, gymnasium, options)
    check(environment, reference)
    refuse_same(environment, reference)
    own_spaces(environment)
    environment, limit = unwrap(environment, gymnasium)
    own = type(environment).__module__.startswith("gymnasium.envs.")
    for emission in options.emissions:
        environment = Emitted(environment, emission)
    if options.rendering:
        import _ascent_films as films

        films.show(environment, reference, options)
    left_out = []
    observations = spaces.describe(environment.observation_space, gymnasium, numpy, (), "observation space", left_out)
    if left_out and not observations:
        raise host.Refusal("unsupported", f"{reference} has only text observations; a policy needs numbers")
    actions = spaces.describe(environment.action_space, gymnasium, numpy, what="action space")
    unwrapped = getattr(environment, "unwrapped", environment)
    return environment, unwrapped, -1 if limit is None else int(limit), observations, actions, own, ", ".join(left_out)
