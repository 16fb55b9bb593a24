"""The actions that an environment allows, as one row of bytes. Runs as the module `_ascent_masks`."""


def mask_method(environment):
    """Returns the method action_masks() of an environment, or None."""
    for candidate in (environment, getattr(environment, "unwrapped", None)):
        method = getattr(candidate, "action_masks", None)
        if callable(method):
            return method
    return None


def flat_mask(environment, mask):
    """Converts a mask that mirrors the action space, or is already flat, to one row of bytes."""
    import gymnasium
    import numpy

    spaces = gymnasium.spaces

    def parts(space, mask):
        if isinstance(space, (spaces.Dict, spaces.Tuple)):
            members = space.spaces.items() if isinstance(space, spaces.Dict) else enumerate(space.spaces)
            return [row for key, part in members if has_choices(part) for row in parts(part, mask[key])]
        if isinstance(space, spaces.MultiDiscrete) and isinstance(mask, (tuple, list)):
            return [numpy.ravel(row) for row in mask]
        return [numpy.ravel(mask)]

    def has_choices(space):
        if isinstance(space, (spaces.Dict, spaces.Tuple)):
            return any(map(has_choices, space.spaces.values() if isinstance(space, spaces.Dict) else space.spaces))
        return isinstance(space, (spaces.Discrete, spaces.MultiDiscrete))

    is_flat = isinstance(mask, numpy.ndarray) and mask.dtype != object
    row = numpy.ravel(mask) if is_flat else numpy.concatenate(parts(environment.action_space, mask))
    # Numbers other than 0 and 1, such as 0.5, become 2, which the bridge rejects.
    return numpy.where(numpy.isin(row, (0, 1)), row, 2).astype(numpy.uint8)
