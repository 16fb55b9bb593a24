"""The state that an environment keeps across episodes, as bytes. Runs as the module `_ascent_states`."""

import struct

import _ascent_host as host
import _ascent_opening as opening

LENGTH = struct.Struct("<Q")


def layers(environment, seen=None):
    """Yields the environment, those that it wraps or consists of, and its emissions, the outermost first."""
    seen = set() if seen is None else seen
    while environment is not None and id(environment) not in seen:
        seen.add(id(environment))
        if isinstance(environment, opening.Emitted):
            yield environment.emission
            environment = environment.environment
            continue
        yield environment
        inner = getattr(environment, "__dict__", {})
        # Vectors such as gymnasium's SyncVectorEnv.
        if isinstance(inner.get("envs"), (list, tuple)):
            for one in inner["envs"]:
                yield from layers(one, seen)
        # An attribute of its own or a property of its class, not one that it forwards.
        environment = inner.get("env", getattr(environment, "env", None) if hasattr(type(environment), "env") else None)


METHODS = "ascent_get_state", "ascent_set_state"


def keepers(environment):
    """Returns the layers that save and restore a state of their own, the outermost first."""
    found = []
    for layer in layers(environment):
        # Methods of its own or of its class, since wrappers forward the attributes of what they wrap.
        own = getattr(layer, "__dict__", {})
        gives, takes = (callable(own.get(method, getattr(type(layer), method, None))) for method in METHODS)
        if gives and takes:
            found.append(layer)
        elif gives or takes:
            missing = "ascent_set_state(state)" if gives else "ascent_get_state()"
            name = type(layer).__name__
            raise host.Refusal("bad class", f"{name} has no method {missing}; a state needs both methods")
    # A wrapper that is no gymnasium.Wrapper may hide what it wraps, and forward the methods.
    if not found and all(callable(getattr(environment, method, None)) for method in METHODS):
        found.append(environment)
    return found


def give(keepers):
    """Saves the states of all keepers, each after its length."""
    parts = []
    for keeper in keepers:
        state = keeper.ascent_get_state()
        if not isinstance(state, (bytes, bytearray)):
            raise TypeError(
                f"ascent_get_state() of {type(keeper).__name__} gave {type(state).__name__}; a state is bytes"
            )
        parts += [LENGTH.pack(len(state)), state]
    return b"".join(parts)


def take(keepers, states):
    """Restores the states that give() saved."""
    parts, offset = [], 0
    while offset + LENGTH.size <= len(states):
        (length,) = LENGTH.unpack_from(states, offset)
        offset += LENGTH.size
        parts.append(states[offset : offset + length])
        offset += length
    if offset != len(states) or len(parts) != len(keepers):
        raise ValueError(f"the state is not one of this environment, of which {len(keepers)} layers keep something")
    for keeper, state in zip(keepers, parts):
        keeper.ascent_set_state(state)
