"""Opens environments that are vectors, and reads their infos. Runs as the module `_ascent_vectors`."""

import sys

import _ascent_construction as construction
import _ascent_host as host
import _ascent_modules as modules
import _ascent_opening as opening
import _ascent_spaces as spaces

MODES = {"NextStep": 0, "SameStep": 1, "Disabled": 2}


def open_vector(reference, count, options):
    """Returns open_environment()'s tuple for `count` environments, the autoreset mode, and an array for actions."""
    gymnasium = host.gymnasium_for(reference)
    numpy = host.import_module("numpy", reference)
    options = construction.Options(options)
    modules.call_registrations(options.register)
    if modules.is_file(reference.rpartition(":")[0]):
        creator = modules.load_callable(reference)
        vector = construction.call(creator, reference, "--env-arg", options.arguments, num_envs=count)
    else:
        vector = opening.make(
            reference, gymnasium, lambda: construction.make_identifier(
                reference, gymnasium, options.arguments, lambda **arguments: make(reference, gymnasium, count, arguments)))  # fmt: skip
    vector = construction.wrap(vector, options.wrappers, modules.load_wrapper)
    check(vector, reference, count)
    opening.refuse_same(vector, reference)
    left_out = []
    observations = spaces.describe(vector.single_observation_space, gymnasium, numpy, (), "observation space", left_out)
    if left_out and not observations:
        raise host.Refusal("unsupported", f"{reference} has only text observations; a policy needs numbers")
    actions = spaces.describe(vector.single_action_space, gymnasium, numpy, what="action space")
    check_actions(vector, reference, actions)
    own = type(vector).__module__.startswith("gymnasium.envs.")
    limit = getattr(getattr(vector, "spec", None), "max_episode_steps", None)
    opened = (
        vector, getattr(vector, "unwrapped", vector), -1 if limit is None else int(limit), observations, actions, own,
        ", ".join(left_out))  # fmt: skip
    return opened, mode_of(vector, reference), numpy.zeros(vector.action_space.shape, dtype=vector.action_space.dtype)


def make(reference, gymnasium, count, arguments):
    if host.gymnasium_version(gymnasium) < (1, 0):
        raise host.Refusal(
            "unsupported",
            f"{reference} as a vector needs Gymnasium 1.0 or newer, not {gymnasium.__version__}: before it, a vector's "
            f"step lost the last observations of episodes; omit --vector, or {sys.executable} -m pip install --upgrade "
            "gymnasium",
        )
    if gymnasium.spec(reference).vector_entry_point is None:
        raise host.Refusal(
            "unsupported",
            f"{reference} has no vector entry point; omit --vector to step its lanes one by one",
        )
    return gymnasium.make_vec(reference, num_envs=count, vectorization_mode="vector_entry_point", **arguments)


def check(vector, reference, count):
    for method in ("reset", "step"):
        if not callable(getattr(vector, method, None)):
            raise host.Refusal("bad class", f"{reference} has no method {method}(); a VectorEnv has reset and step")
    for space in ("single_observation_space", "single_action_space", "action_space"):
        if getattr(vector, space, None) is None:
            raise host.Refusal("bad class", f"{reference} has no {space}; a gymnasium.vector.VectorEnv has one")
    if getattr(vector, "num_envs", None) != count:
        found = getattr(vector, "num_envs", "an unknown number of")
        raise host.Refusal("bad class", f"{reference} made {found} environments where {count} were asked for")


def check_actions(vector, reference, leaves):
    """Checks that actions can be written into one array, each row with the elements of single_action_space."""
    if len(leaves) != 1 or leaves[0][1] != ():
        raise host.Refusal("unsupported", f"the vector {reference} has nested actions; omit --vector")
    one, all_of_them = vector.single_action_space, vector.action_space
    if one.dtype == "float16":
        raise host.Refusal("unsupported", f"the vector {reference} has actions of float16; omit --vector")
    wanted = (vector.num_envs, *(one.shape or ()))
    if tuple(all_of_them.shape or ()) != wanted or all_of_them.dtype != one.dtype:
        raise host.Refusal(
            "bad class",
            f"{reference} has an action space of {all_of_them.dtype} {all_of_them.shape} where single_action_space "
            f"makes it {one.dtype} {wanted}",
        )


def mode_of(vector, reference):
    mode = (getattr(vector, "metadata", None) or {}).get("autoreset_mode")
    is_gymnasiums = type(vector).__module__.startswith("gymnasium.")
    if mode is None and is_gymnasiums and host.gymnasium_version(sys.modules["gymnasium"]) == (1, 0):
        mode = "NextStep"  # 1.0 has this mode alone, and does not name it
    name = getattr(mode, "value", mode)
    if name not in MODES:
        raise host.Refusal(
            "bad class",
            f"{reference} does not say how its environments are reset: metadata['autoreset_mode'] is {mode!r}, "
            "not NEXT_STEP, SAME_STEP or DISABLED",
        )
    return MODES[name]


def put_generator(vector, generators):
    """Makes a vector, or else all the environments that it consists of, draw from `generators`."""
    try:
        vector.np_random = generators.generator
    except AttributeError:
        for environment in getattr(vector, "envs", ()):
            inner = environment.unwrapped
            inner.np_random = generators.like(getattr(inner, "np_random", None))


def final_observation(infos, row):
    """Returns the last observation of an episode whose successor began in the same step."""
    finals = infos.get("final_obs", infos.get("final_observation"))
    if finals is None or finals[row] is None:
        raise KeyError(f"infos has no final_obs for environment {row}, whose episode ended in this step")
    return finals[row]


def reset_row(vector, row):
    """Resets one environment of a vector without autoreset."""
    import numpy

    mask = numpy.zeros(vector.num_envs, dtype=numpy.bool_)
    mask[row] = True
    return vector.reset(options={"reset_mask": mask})
