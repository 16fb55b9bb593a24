"""Describes Gymnasium's spaces to the bridge, and builds actions of nested spaces."""

import _ascent_host as host

KIND_BOX, KIND_DISCRETE, KIND_MULTI_DISCRETE, KIND_MULTI_BINARY = range(4)


def describe(space, gymnasium, numpy, path=(), what="space", left_out=None):
    """Returns the leaves of a space in flattening order; appends the paths of nested texts to `left_out`, if given."""
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
        raise host.Refusal(
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


def action_array(leaf):
    import numpy

    return numpy.zeros(leaf[3], dtype=leaf[4])


def build_action(environment, values):
    """Builds an action of any space from its values in flattening order; the slow path, for nested spaces."""
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
