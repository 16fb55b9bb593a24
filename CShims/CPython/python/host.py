"""What the bridge does in Python: opening an environment and describing it. Stepping is done in C.

This file is compiled into the executable and runs as the module `_ascent_host`.
"""

import difflib
import faulthandler
import importlib
import importlib.metadata
import importlib.util
import os
import sys
import threading

KIND_BOX, KIND_DISCRETE, KIND_MULTI_DISCRETE, KIND_MULTI_BINARY = range(4)

# Packages whose ids exist only after an import, or after a call: id prefix -> module, function.
KNOWN_PACKAGES = (
    ("MinAtar/", "minatar.gym", "register_envs"),
    ("popgym-", "popgym", None),
    ("MiniGrid-", "minigrid", None),
    ("BabyAI-", "minigrid", None),
    ("ALE/", "ale_py", None),
)


class Refusal(Exception):
    """Something that the user can put right; `kind` is a word that the bridge knows."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def import_module(name, why):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = (error.name or name).split(".")[0]
        raise Refusal(
            "missing package",
            f"{why} needs the Python package '{missing}', which is not installed: "
            f"{sys.executable} -m pip install {missing}",
        ) from None


def call_registrations(register):
    for entry in register:
        module_name, _, function_name = entry.partition(":")
        module = import_module(module_name, f"--register {entry}")
        function = getattr(module, function_name, None)
        if not callable(function):
            raise Refusal("usage", f"--register {entry}: {module_name} has no function '{function_name}'")
        function()


def load_known_package(identifier, gymnasium):
    for prefix, module_name, function_name in KNOWN_PACKAGES:
        if identifier.startswith(prefix) and not any(i.startswith(prefix) for i in gymnasium.registry):
            module = import_module(module_name, identifier)
            if function_name:
                getattr(module, function_name)()


# Held while modules load: they are in sys.modules before they have all their classes, and two threads that import
# parts of one package see it half made.
loading = threading.RLock()


def make(reference, gymnasium, maker):
    identifier = reference.rpartition(":")[2]
    if ":" in reference:
        import_module(reference.partition(":")[0], reference)
    load_known_package(identifier, gymnasium)
    try:
        with loading:
            return maker()
    except gymnasium.error.DependencyNotInstalled as error:
        raise Refusal("missing package", f"{reference} cannot be made: {error}") from None
    except gymnasium.error.UnregisteredEnv as error:
        near = difflib.get_close_matches(identifier, list(gymnasium.registry), n=3, cutoff=0.5)
        hint = "the nearest are " + ", ".join(near) if near else "see ascent environments"
        raise Refusal("unknown environment", f"Gymnasium knows no environment '{reference}'; {hint}") from error
    except gymnasium.error.Error as error:
        raise Refusal("unknown environment", f"Gymnasium cannot make '{reference}': {error}") from None


def load_module(path):
    module_name = "ascent_environment_" + os.path.abspath(path).replace(os.sep, "_").replace(".", "_")
    with loading:
        module = sys.modules.get(module_name)
        if module is None:
            spec = importlib.util.spec_from_file_location(module_name, path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[module_name] = module
            try:
                spec.loader.exec_module(module)
            except ModuleNotFoundError as error:
                del sys.modules[module_name]
                raise Refusal(
                    "missing package",
                    f"{path} needs the Python package '{error.name}', which is not installed: "
                    f"{sys.executable} -m pip install {error.name}",
                ) from None
            except BaseException:
                del sys.modules[module_name]
                raise
    return module


def load_class(reference):
    path, _, name = reference.rpartition(":")
    if not os.path.isfile(path):
        raise Refusal("no file", f"there is no file {path}")
    module = load_module(path)
    found = getattr(module, name, None)
    if not isinstance(found, type):
        classes = [k for k, v in vars(module).items() if isinstance(v, type) and v.__module__ == module.__name__]
        hint = f"it has {', '.join(classes)}" if classes else "it has no class at all"
        raise Refusal("no class", f"{path} has no class '{name}'; {hint}")
    return found


class Emitted:
    """An environment seen through an emission: what `emission(observation)` returns is observed."""

    def __init__(self, environment, reference):
        emission = load_class(reference)(environment.observation_space)
        if not callable(emission):
            raise Refusal("bad class", f"{reference} cannot be called; an emission is called with each observation")
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
    for attribute in ("possible_agents", "agents"):
        if hasattr(environment, attribute) and not hasattr(environment, "action_space_seed"):
            if callable(getattr(environment, "action_space", None)) or attribute == "possible_agents":
                raise Refusal("unsupported", f"{reference} has many agents (PettingZoo); Ascent trains one")
    for method in ("reset", "step"):
        if not callable(getattr(environment, method, None)):
            raise Refusal("bad class", f"{reference} has no method {method}(); a gymnasium.Env has reset and step")
    for space in ("observation_space", "action_space"):
        if getattr(environment, space, None) is None:
            raise Refusal("bad class", f"{reference} has no {space}; a gymnasium.Env declares both its spaces")
    reward_space = getattr(environment.unwrapped if hasattr(environment, "unwrapped") else environment,
                           "reward_space", None)
    if reward_space is not None and getattr(reward_space, "shape", ()) not in ((), (1,)):
        raise Refusal("unsupported", f"{reference} has vector rewards {reward_space}; Ascent maximizes one number")


def unwrap(environment, gymnasium):
    """Takes off gymnasium's own checker, order enforcer and time limit, from the outside in.

    Only these exact types: any other wrapper, and all below it, stays.
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


def describe(space, gymnasium, numpy, path=(), what="space", left_out=None):
    """The leaves of a space in flattening order; the paths of nested texts go into `left_out` where it is given."""
    spaces = gymnasium.spaces
    name = ".".join(str(key) for key in path)
    if isinstance(space, spaces.Box):
        low = numpy.asarray(space.low, dtype=numpy.float64).ravel().tolist()
        high = numpy.asarray(space.high, dtype=numpy.float64).ravel().tolist()
        return [(name, path, KIND_BOX, space.shape, space.dtype.name, low, high, [], [])]
    if isinstance(space, spaces.Discrete):
        return [(name, path, KIND_DISCRETE, (), space.dtype.name, [], [], [int(space.n)], [int(space.start)])]
    if isinstance(space, spaces.MultiDiscrete):
        counts = [int(n) for n in space.nvec.ravel()]
        starts = [int(n) for n in numpy.asarray(getattr(space, "start", numpy.zeros_like(space.nvec))).ravel()]
        return [(name, path, KIND_MULTI_DISCRETE, space.shape, space.dtype.name, [], [], counts, starts)]
    if isinstance(space, spaces.MultiBinary):
        return [(name, path, KIND_MULTI_BINARY, space.shape, space.dtype.name, [], [], [], [])]
    if isinstance(space, spaces.Dict):
        parts = list(space.spaces.items())
    elif isinstance(space, spaces.Tuple):
        parts = list(enumerate(space.spaces))
    else:
        where = f" at '{name}'" if name else ""
        raise Refusal(
            "unsupported",
            f"the {what} {type(space).__name__}{where} is not supported; "
            "Box, Discrete, MultiDiscrete, MultiBinary, Dict and Tuple are",
        )
    leaves = []
    for key, part in parts:
        if left_out is not None and getattr(part.dtype, "kind", None) == "U":
            left_out.append(".".join(map(str, path + (key,))))
        else:
            leaves += describe(part, gymnasium, numpy, path + (key,), what, left_out)
    return leaves


def raw_environment(reference, gymnasium):
    """An environment as its package makes it."""
    path = reference.rpartition(":")[0]
    if path.endswith(".py") or (path and os.path.isfile(path)):
        return load_class(reference)()
    return make(reference, gymnasium, lambda: gymnasium.make(reference, disable_env_checker=True))


def open_environment(reference, register, emissions):
    """(environment, unwrapped, time limit or -1, observation leaves, action leaves, may actions be reused, left out)"""
    gymnasium = import_module("gymnasium", reference)
    numpy = import_module("numpy", reference)
    call_registrations(register)
    environment = raw_environment(reference, gymnasium)
    check(environment, reference)
    environment, limit = unwrap(environment, gymnasium)
    own = type(environment).__module__.startswith("gymnasium.envs.")
    for emission in emissions:
        environment = Emitted(environment, emission)
    left_out = []
    observations = describe(environment.observation_space, gymnasium, numpy, (), "observation space", left_out)
    if left_out and not observations:
        raise Refusal("unsupported", f"{reference} shows nothing but texts; a policy needs numbers")
    actions = describe(environment.action_space, gymnasium, numpy, what="action space")
    unwrapped = getattr(environment, "unwrapped", environment)
    return environment, unwrapped, -1 if limit is None else int(limit), observations, actions, own, ", ".join(left_out)


def action_array(leaf):
    import numpy

    return numpy.zeros(leaf[3], dtype=leaf[4])


def build_action(environment, values):
    """An action of any space from its values, in flattening order; the slow path for nested spaces."""
    import gymnasium
    import numpy

    spaces = gymnasium.spaces

    def build(space, values):
        if isinstance(space, spaces.Discrete):
            return int(space.start) + int(values.pop(0))
        if isinstance(space, spaces.Dict):
            return {key: build(part, values) for key, part in space.spaces.items()}
        if isinstance(space, spaces.Tuple):
            return tuple(build(part, values) for part in space.spaces)
        size = int(numpy.prod(space.shape))
        taken, values[:] = values[:size], values[size:]
        array = numpy.asarray(taken).reshape(space.shape).astype(space.dtype)
        if isinstance(space, spaces.MultiDiscrete):
            array = array + numpy.asarray(getattr(space, "start", 0), dtype=space.dtype)
        return array

    return build(environment.action_space, list(values))


def identifiers():
    gymnasium = import_module("gymnasium", "the list of environments")
    return sorted(gymnasium.registry)


def version_of(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def run(source):
    """Runs a program and returns str(result); for tests and for doctor."""
    namespace = {"__name__": "ascent_run"}
    with loading:
        exec(compile(source, "<ascent>", "exec"), namespace)
    return str(namespace.get("result", ""))


def show_stack_at(signal):
    """Lets a signal write the stack of the thread that gets it to standard error."""
    faulthandler.register(signal, file=2, all_threads=False)


def guard_exit():
    """Makes of os._exit in this process an exception: else an environment could end a run that looks as if it were done."""
    own, leave = os.getpid(), os._exit

    def guarded(status):
        if os.getpid() == own:
            raise RuntimeError(f"os._exit({status}) was called: an environment cannot end the process that hosts it")
        leave(status)

    os._exit = guarded


def set_up(site_folder):
    # A crash inside of an environment shows its stack before the process ends.
    faulthandler.enable(file=2, all_threads=False)
    guard_exit()
    # Libraries that share their sums out to threads have other last bits on machines with more cores.
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(library + "_NUM_THREADS", "1")
    # Standard output carries results; what an environment prints goes where progress goes.
    sys.stdout = sys.stderr
    if site_folder:
        import site

        site.addsitedir(site_folder)
