"""The actions that an environment allows, as one row of bytes. Runs as the module `_ascent_masks`."""

import _ascent_spaces as spaces
import _ascent_states as states


def mask_method(environment):
    """Returns the method action_masks() of the outermost layer that has one, as get_wrapper_attr() finds it, or None."""
    for layer in (*states.layers(environment), getattr(environment, "unwrapped", None)):
        method = getattr(layer, "action_masks", None)
        if callable(method):
            return method
    return None


def flat_mask(environment, mask):
    """Converts a mask that mirrors the action space, or is already flat, to one row of bytes."""
    import gymnasium
    import numpy

    nested = gymnasium.spaces.Dict, gymnasium.spaces.Tuple

    def members(space):
        return list(space.spaces.items() if isinstance(space, gymnasium.spaces.Dict) else enumerate(space.spaces))

    def parts(space, mask):
        if isinstance(space, nested):
            return [row for key, part in members(space) if has_choices(part) for row in parts(part, mask[key])]
        if not isinstance(space, gymnasium.spaces.Discrete) and isinstance(mask, (tuple, list)):
            return [numpy.ravel(row) for row in mask]
        return [numpy.ravel(mask)]

    def has_choices(space):
        if isinstance(space, nested):
            return any(has_choices(part) for _, part in members(space))
        is_discrete = isinstance(space, (gymnasium.spaces.Discrete, gymnasium.spaces.MultiDiscrete))
        return is_discrete or spaces.is_whole(space, gymnasium)

    is_flat = isinstance(mask, numpy.ndarray) and mask.dtype != object
    row = numpy.ravel(mask) if is_flat else numpy.concatenate(parts(environment.action_space, mask))
    # Numbers other than 0 and 1, such as 0.5, become 2, which the bridge rejects.
    return numpy.where(numpy.isin(row, (0, 1)), row, 2).astype(numpy.uint8)
