"""Describes Gymnasium's spaces to the bridge, and builds actions. Runs as the module `_ascent_spaces`."""

import math

import _ascent_host as host
import _ascent_refusals as refusals

KIND_BOX, KIND_DISCRETE, KIND_MULTI_DISCRETE, KIND_MULTI_BINARY = range(4)

# A network has at most this many inputs or outputs.
MOST_NUMBERS = 16_777_216
# A box of whole numbers, as a space of actions, has at most this many choices in all.
MOST_WHOLE_CHOICES = 65_536
# A space is nested in at most this many others.
DEEPEST = 64
# float32 holds every whole number up to this one.
EXACT_IN_FLOAT32 = 16_777_216


def describe(space, gymnasium, numpy, path=(), what="space", left_out=None):
    """Returns the leaves of a space in flattening order; appends the paths of nested texts to `left_out`, if given."""
    leaves = leaves_of(space, gymnasium, numpy, path, what, left_out)
    # In Python's own integers: a product in numpy's would overflow.
    sizes = [(sum(leaf[7]) if leaf[7] else math.prod(map(int, leaf[3])), leaf[0]) for leaf in leaves]
    total = sum(size for size, _ in sizes)
    if total == 0 and not left_out:
        raise host.Refusal("unsupported", f"the {what} {shown(space)} is empty; a policy needs at least one number")
    if total > MOST_NUMBERS:
        size, name = max(sizes)
        part = f"its part '{name}'" if name else "it"
        raise host.Refusal(
            "unsupported",
            f"the {what} {shown(space)} is too large: {part} is {size:,} numbers for a network (a choice is one for each "
            f"possible value), which takes at most {MOST_NUMBERS:,}; wrap it in a smaller space",
        )
    return [leaf + (encoded(leaf[1]),) for leaf in leaves]


def encoded(path):
    """Returns keys as a text, which unlike names with dots says where each ends: "i3;" for 3, "t2:ab;" for "ab".

    It is empty if a key is neither a text nor a whole number.
    """
    if not all(type(key) in (int, str) for key in path):
        return ""
    return "".join(f"i{key};" if type(key) is int else f"t{len(key.encode())}:{key};" for key in path)


def shown(space):
    """Returns a space as a text of one line."""
    text = " ".join(str(space).split())
    return text if len(text) <= 160 else text[:157] + "…"


def leaves_of(space, gymnasium, numpy, path, what, left_out):
    spaces = gymnasium.spaces
    name = ".".join(str(key) for key in path)
    if len(path) > DEEPEST:
        raise host.Refusal("unsupported", f"the {what} is nested more than {DEEPEST} levels deep; flatten it")
    if what == "action space" and is_whole(space, gymnasium):
        return [whole_choices(space, numpy, name, path)]
    if isinstance(space, spaces.Box):
        low = numpy.asarray(space.low, dtype=numpy.float64).ravel().tolist()
        high = numpy.asarray(space.high, dtype=numpy.float64).ravel().tolist()
        return [(name, path, KIND_BOX, space.shape, space.dtype.name, low, high, [], [])]
    if isinstance(space, spaces.Discrete):
        return [(name, path, KIND_DISCRETE, (), space.dtype.name, [], [], [int(space.n)], [int(space.start)])]
    if isinstance(space, spaces.MultiDiscrete):
        counts = [int(n) for n in space.nvec.ravel()]
        starts = [int(n) for n in numpy.asarray(getattr(space, "start", numpy.zeros_like(space.nvec))).ravel()]
        most = max((abs(start) + n for start, n in zip(starts, counts)), default=0)
        if what != "action space" and most > EXACT_IN_FLOAT32:
            where = f" at '{name}'" if name else ""
            raise host.Refusal(
                "unsupported",
                f"the {what} {shown(space)}{where} has numbers up to {most:,}, which float32 does not tell apart; "
                "subtract its start from the observations",
            )
        return [(name, path, KIND_MULTI_DISCRETE, space.shape, space.dtype.name, [], [], counts, starts)]
    if isinstance(space, spaces.MultiBinary):
        return [(name, path, KIND_MULTI_BINARY, space.shape, space.dtype.name, [], [], [], [])]
    if isinstance(space, spaces.Dict):
        parts = list(space.spaces.items())
    elif isinstance(space, spaces.Tuple):
        parts = list(enumerate(space.spaces))
    else:
        raise host.Refusal("unsupported", why_unsupported(space, what, name))
    leaves = []
    for key, part in parts:
        if left_out is not None and getattr(part.dtype, "kind", None) == "U":
            left_out.append(host.shown(".".join(map(str, path + (key,)))))
        else:
            leaves += leaves_of(part, gymnasium, numpy, path + (key,), what, left_out)
    return leaves


def why_unsupported(space, what, name):
    where = f" at '{name}'" if name else ""
    if type(space).__module__.partition(".")[0] == "gym":
        return f"the {what} {type(space).__name__}{where} is of the old package gym; {refusals.old_gym_advice()}"
    return (
        f"the {what} {type(space).__name__}{where} is not supported; "
        "Box, Discrete, MultiDiscrete, MultiBinary, Dict and Tuple are"
    )


# One of more choices than this is observed as its index, not as a one-hot vector (MOST_ONE_HOT of internal.h).
MOST_ONE_HOT = 4096


def observation_values(space, value, gymnasium, numpy):
    """Returns an observation as the numbers that a policy receives."""
    spaces = gymnasium.spaces
    if isinstance(space, (spaces.Dict, spaces.Tuple)):
        parts = space.spaces.items() if isinstance(space, spaces.Dict) else enumerate(space.spaces)
        return [number for key, part in parts for number in observation_values(part, value[key], gymnasium, numpy)]
    if isinstance(space, (spaces.Discrete, spaces.MultiDiscrete)):
        counts = numpy.ravel(getattr(space, "nvec", getattr(space, "n", 0)))
        chosen = numpy.ravel(numpy.asarray(value) - numpy.asarray(getattr(space, "start", 0)))
        return [number for one, count in zip(chosen, counts) for number in choice(int(one), int(count))]
    return [float(number) for number in numpy.ravel(value)]


def choice(index, count):
    return [float(index)] if count > MOST_ONE_HOT else [float(k == index) for k in range(count)]


# Boxes of whole numbers as actions.


def is_whole(space, gymnasium):
    """Returns True for a box of whole numbers or bits; as a space of actions, its elements are choices."""
    return isinstance(space, gymnasium.spaces.Box) and space.dtype.kind in "iub"


def whole_choices(space, numpy, name, path):
    """Describes a box of whole numbers as choices among them."""
    starts = [int(n) for n in space.low.ravel()]
    counts = [int(n) - start + 1 for n, start in zip(space.high.ravel(), starts)]
    is_bounded = bool(numpy.all(space.bounded_below) and numpy.all(space.bounded_above))
    if is_bounded and sum(counts) <= MOST_WHOLE_CHOICES and all(-(2**63) <= start < 2**63 for start in starts):
        return name, path, KIND_MULTI_DISCRETE, space.shape, space.dtype.name, [], [], counts, starts
    where = f" at '{name}'" if name else ""
    found = f"has {sum(counts):,} of them" if is_bounded else "is not bounded"
    raise host.Refusal(
        "unsupported",
        f"the action space {shown(space)}{where} is a box of whole numbers, each a choice of the policy, and {found}; "
        f"bound it to at most {MOST_WHOLE_CHOICES:,} choices in all, or declare it float32 and round in step()",
    )


# Building actions.


def action_array(leaf):
    import numpy

    return numpy.zeros(leaf[3], dtype=leaf[4])


def discrete_actions(leaf):
    """Returns the actions of a discrete space: scalars of its element type, as its own sample() returns them."""
    import numpy

    element, (count,), (start,) = numpy.dtype(leaf[4]).type, leaf[7], leaf[8]
    return [element(start + k) for k in range(count)]


def build_action(environment, values):
    """Builds an action of any space from its values in flattening order; the slow path, for nested spaces."""
    import gymnasium
    import numpy

    spaces = gymnasium.spaces

    def build(space, values):
        if isinstance(space, spaces.Discrete):
            return space.dtype.type(int(space.start) + int(values.pop(0)))
        if isinstance(space, spaces.Dict):
            return {key: build(part, values) for key, part in space.spaces.items()}
        if isinstance(space, spaces.Tuple):
            return tuple(build(part, values) for part in space.spaces)
        size = math.prod(space.shape)
        taken, values[:] = values[:size], values[size:]
        array = numpy.asarray(taken).reshape(space.shape)
        if is_whole(space, gymnasium):
            return numpy.asarray(space.low.astype(numpy.int64) + array.astype(numpy.int64), dtype=space.dtype)
        array = array.astype(space.dtype)
        if isinstance(space, spaces.Box):
            # The values are clamped to float32 bounds, which may lie outside of the space's own.
            return numpy.asarray(numpy.clip(array, space.low, space.high))
        if isinstance(space, spaces.MultiDiscrete):
            array = array + numpy.asarray(getattr(space, "start", 0), dtype=space.dtype)
        return array

    return build(environment.action_space, list(values))


def action_values(space, action, gymnasium, numpy):
    """Returns the values from which build_action() builds an action."""
    spaces = gymnasium.spaces
    if isinstance(space, spaces.Discrete):
        return [int(action) - int(space.start)]
    if isinstance(space, (spaces.Dict, spaces.Tuple)):
        parts = space.spaces.items() if isinstance(space, spaces.Dict) else enumerate(space.spaces)
        return [value for key, part in parts for value in action_values(part, action[key], gymnasium, numpy)]
    array = numpy.asarray(action)
    if is_whole(space, gymnasium):
        array = array.astype(numpy.int64) - space.low.astype(numpy.int64)
    elif isinstance(space, spaces.MultiDiscrete):
        array = array - numpy.asarray(getattr(space, "start", 0), dtype=space.dtype)
    return [float(value) for value in numpy.ravel(array)]
