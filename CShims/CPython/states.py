"""What an environment keeps across episodes, as bytes. Runs as the module `_ascent_states`."""

import struct

import _ascent_host as host

LENGTH = struct.Struct("<Q")


def layers(environment):
    """The environment, what it wraps, and the emissions that it is seen through; the outermost first."""
    while environment is not None:
        if isinstance(environment, host.Emitted):
            yield environment.emission
            environment = environment.environment
        else:
            yield environment
            environment = getattr(environment, "__dict__", {}).get("env")


def keepers(environment):
    """The layers that give and take a state of their own."""
    found = []
    for layer in layers(environment):
        # Of the class: wrappers answer for what they wrap.
        name, there = type(layer).__name__, [
            callable(getattr(type(layer), method, None)) for method in ("ascent_get_state", "ascent_set_state")
        ]
        if all(there):
            found.append(layer)
        elif any(there):
            missing = "ascent_set_state(state)" if there[0] else "ascent_get_state()"
            raise host.Refusal("bad class", f"{name} has no method {missing}; what is kept is given and taken back")
    return found


def get(keepers):
    """All that they keep, each with its length before it."""
    parts = []
    for keeper in keepers:
        state = keeper.ascent_get_state()
        if not isinstance(state, (bytes, bytearray)):
            raise TypeError(
                f"ascent_get_state() of {type(keeper).__name__} gave {type(state).__name__}; a state is bytes"
            )
        parts += [LENGTH.pack(len(state)), state]
    return b"".join(parts)


def set(keepers, states):
    """Gives back what get() took."""
    parts, place = [], 0
    while place + LENGTH.size <= len(states):
        (length,) = LENGTH.unpack_from(states, place)
        place += LENGTH.size
        parts.append(states[place : place + length])
        place += length
    if place != len(states) or len(parts) != len(keepers):
        raise ValueError(f"the state is not one of this environment, of which {len(keepers)} layers keep something")
    for keeper, state in zip(keepers, parts):
        keeper.ascent_set_state(state)
