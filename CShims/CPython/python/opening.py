"""Opens an environment: finds it, checks it, removes Gymnasium's own wrappers, and describes its spaces."""

import difflib
import importlib.util
import os
import sys

import _ascent_construction as construction
import _ascent_host as host
import _ascent_refusals as refusals
import _ascent_spaces as spaces

# Packages whose ids exist only after an import, or after a call: id prefix -> module, function.
KNOWN_PACKAGES = (
    ("MinAtar/", "minatar.gym", "register_envs"),
    ("popgym-", "popgym", None),
    ("MiniGrid-", "minigrid", None),
    ("BabyAI-", "minigrid", None),
    ("ALE/", "ale_py", None),
)


def call_registrations(register):
    for entry in register:
        module_name, _, function_name = entry.partition(":")
        module = host.import_module(module_name, f"--register {entry}")
        function = getattr(module, function_name, None)
        if not callable(function):
            raise host.Refusal("usage", f"--register {entry}: {module_name} has no function '{function_name}'")
        function()


def load_known_package(identifier, gymnasium):
    for prefix, module_name, function_name in KNOWN_PACKAGES:
        if identifier.startswith(prefix) and not any(i.startswith(prefix) for i in gymnasium.registry):
            module = host.import_module(module_name, identifier)
            if function_name:
                getattr(module, function_name)()


def make(reference, gymnasium, maker):
    identifier = reference.rpartition(":")[2]
    refusals.refuse_packages_of_agents(reference)
    if ":" in reference:
        host.import_module(reference.partition(":")[0], reference)
    load_known_package(identifier, gymnasium)
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


def load_module(path):
    module_name = "ascent_environment_" + os.path.abspath(path).replace(os.sep, "_").replace(".", "_")
    with host.loading:
        module = sys.modules.get(module_name)
        if module is None:
            spec = importlib.util.spec_from_file_location(module_name, path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[module_name] = module
            try:
                spec.loader.exec_module(module)
            except ModuleNotFoundError as error:
                del sys.modules[module_name]
                raise host.Refusal(
                    "missing package",
                    f"{path} needs the Python package '{error.name}', which is not installed: "
                    f"{sys.executable} -m pip install {error.name}",
                ) from None
            except BaseException:
                del sys.modules[module_name]
                raise
    return module


def load_class(reference):
    """Returns the class or function that `file.py:Name` names."""
    path, _, name = reference.rpartition(":")
    if not os.path.isfile(path):
        raise host.Refusal("no file", f"there is no file {path}")
    module = load_module(path)
    found = getattr(module, name, None)
    if not callable(found):
        own = [k for k, v in vars(module).items() if callable(v) and getattr(v, "__module__", None) == module.__name__]
        hint = f"it has {', '.join(own)}" if own else "it has none at all"
        raise host.Refusal("no class", f"{path} has no class or function '{name}'; {hint}")
    return found


def load_wrapper(reference):
    """Returns the class or function that `module:Name` or `file.py:Name` names."""
    module_name, _, name = reference.rpartition(":")
    if is_file(module_name):
        return load_class(reference)
    module = host.import_module(module_name, f"the wrapper {reference}")
    found = host.attribute(module, name)
    if not callable(found):
        near = difflib.get_close_matches(name, dir(module), n=3, cutoff=0.5)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        version = f" {module.__version__}" if hasattr(module, "__version__") else ""
        raise host.Refusal("no class", f"{module_name}{version} has no '{name}'{hint}")
    return found


def is_file(path):
    return path.endswith(".py") or (path != "" and os.path.isfile(path))


class Emitted:
    """An environment with an emission: its observations are the results of `emission(observation)`."""

    def __init__(self, environment, reference):
        emission = load_class(reference)(environment.observation_space)
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


def raw_environment(reference, gymnasium, options):
    """Makes an environment as its package does, with the user's arguments and wrappers."""
    if is_file(reference.rpartition(":")[0]):
        environment = construction.call(load_class(reference), reference, "--env-arg", options.arguments)
    else:
        environment = make(
            reference, gymnasium, lambda: construction.make_identifier(
                reference, gymnasium, options.arguments,
                lambda **arguments: gymnasium.make(reference, **{"disable_env_checker": True, **arguments})))  # fmt: skip
    return construction.wrap(environment, options.wrappers, load_wrapper)


def open_environment(reference, options):
    """Returns environment, unwrapped, time limit or -1, leaves of both spaces, may actions be reused, left out."""
    gymnasium = host.gymnasium_for(reference)
    numpy = host.import_module("numpy", reference)
    options = construction.Options(options)
    call_registrations(options.register)
    environment = raw_environment(reference, gymnasium, options)
    check(environment, reference)
    environment, limit = unwrap(environment, gymnasium)
    own = type(environment).__module__.startswith("gymnasium.envs.")
    for emission in options.emissions:
        environment = Emitted(environment, emission)
    left_out = []
    observations = spaces.describe(environment.observation_space, gymnasium, numpy, (), "observation space", left_out)
    if left_out and not observations:
        raise host.Refusal("unsupported", f"{reference} has only text observations; a policy needs numbers")
    actions = spaces.describe(environment.action_space, gymnasium, numpy, what="action space")
    unwrapped = getattr(environment, "unwrapped", environment)
    return environment, unwrapped, -1 if limit is None else int(limit), observations, actions, own, ", ".join(left_out)
