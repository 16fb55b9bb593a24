"""The checks of `ascent check` that run inside of Python, as the module `_ascent_checks`."""

import gc
import random
import sys
import warnings

import _ascent_host as host
import _ascent_modules as modules
import _ascent_opening as opening
import _ascent_randomness as randomness
import _ascent_states as states

# More memory blocks than this for each step are a leak: a list that grows takes one or two.
MOST_BLOCKS = 0.5
# This many blocks may come and go with Python's own caches.
CACHED_BLOCKS = 200
# Warnings of Gymnasium's checker about everything that has a wrapper, or is not in its registry.
EXPECTED_WARNINGS = ("different from the unwrapped version", "not have a `spec`", "`render_modes`", "check for rendering", "infinity")


def make(reference, register):
    """Makes the environment as its users do, with all wrappers."""
    gymnasium = host.import_module("gymnasium", reference)
    modules.call_registrations(register)
    return opening.raw_environment(reference, gymnasium)


def sentence(text):
    """Returns the first line of a message, without the colors and the level that Gymnasium's logger adds."""
    plain = str(text).replace("\x1b[33m", "").replace("\x1b[0m", "").removeprefix("WARN: ").strip()
    return plain.splitlines()[0].replace("\t", " ") if plain else type(text).__name__


def gymnasium_check(reference, register):
    """Runs Gymnasium's own checker: exceptions fail, warnings are noted."""
    import gymnasium
    from gymnasium.utils.env_checker import check_env

    environment = make(reference, register)
    if not isinstance(environment, gymnasium.Env):
        return "note", "not applied: the class is no gymnasium.Env", ""
    if randomness.captured:
        return "note", "not applied: captured random numbers do not depend on its seeds", ""
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            check_env(environment, skip_render_check=True, skip_close_check=True)
    except Exception as error:  # the checker asserts, and environments raise exceptions of any type
        return "fail", f"{type(error).__name__}: {sentence(error)}", "run gymnasium.utils.env_checker.check_env for details"
    finally:
        environment.close()
    told = [sentence(w.message) for w in heard]
    told = [text for text in told if not any(expected in text for expected in EXPECTED_WARNINGS)]
    told = list(dict.fromkeys(told))
    if not told:
        return "pass", "its checker found nothing", ""
    more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
    return "note", told[0] + more, "python -c 'from gymnasium.utils.env_checker import check_env; …' says all"


def numpy_state():
    import numpy

    name, keys, position, *rest = numpy.random.get_state()
    return name, keys.tobytes(), position, tuple(rest)


# The generators that all code shares: name, state.
SHARED = (("random", random.getstate), ("numpy.random", numpy_state))


def state_of(generator):
    """Returns the state of a generator in a form that can be compared."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    holder = generator.bit_generator if hasattr(generator, "bit_generator") else generator
    state = holder.state if hasattr(holder, "state") else generator.get_state()
    return repr(state)


def own_generators(environment, depth=3):
    """Finds the generators that an environment has beside np_random: path, generator."""
    import gymnasium
    import numpy

    kinds = (numpy.random.Generator, numpy.random.RandomState, random.Random)
    root = getattr(environment, "unwrapped", environment)
    known = {id(vars(root).get("_np_random"))} if hasattr(root, "__dict__") else set()
    found, seen, front = [], set(), [("self", root)]
    for _ in range(depth):
        following = []
        for path, thing in front:
            for name, value in list(getattr(thing, "__dict__", {}).items()):
                if id(value) in seen or id(value) in known:
                    continue
                seen.add(id(value))
                if isinstance(value, kinds):
                    found.append((f"{path}.{name}", value))
                elif hasattr(value, "__dict__") and not isinstance(value, (type, gymnasium.Space)):
                    following.append((f"{path}.{name}", value))
        front = following
    return found


def play(environment, steps):
    """Takes random actions from the action space's own generator, and resets after each episode."""
    environment.reset()
    for _ in range(steps):
        _, _, terminated, truncated, _ = environment.step(environment.action_space.sample())
        if terminated or truncated:
            environment.reset()


def line_that_draws(environment, state):
    """Returns the first line of the environment's own code after which a shared generator's state has changed."""
    location, last, found = [None], [state()], []

    def trace(frame, event, argument):
        if found:
            return None
        now = state()
        if now != last[0]:
            found.append(location[0])
        elif not any(part in frame.f_code.co_filename for part in ("/random.py", "<frozen")):
            location[0] = f"{frame.f_code.co_filename.rpartition('/')[2]}:{frame.f_lineno}"
        last[0] = now
        return trace

    sys.settrace(trace)
    try:
        play(environment, 20)
    finally:
        sys.settrace(None)
    return found[0] if found else None


def randomness_check(reference, register, steps):
    """Checks that nothing but np_random is drawn from."""
    environment = make(reference, register)
    randomness.seed_first(environment, 1)
    environment.action_space.seed(1)
    # If they are captured, they draw from the lane's stream.
    shared = [] if randomness.captured else [(name, state, state()) for name, state in SHARED]
    own = [(path, generator, state_of(generator)) for path, generator in own_generators(environment)]
    play(environment, steps)
    drawn = []
    for name, state, before in shared:
        if state() != before:
            location = line_that_draws(environment, state)
            drawn.append(name + (f" ({location})" if location else ""))
    advice = "draw from self.np_random" + ("; or let Ascent replace the shared generators: --capture-rng" if drawn else "")
    of_its_own = [path for path, generator, before in own if state_of(generator) != before]
    keeps_them = not drawn and bool(states.keepers(environment))
    drawn += of_its_own
    environment.close()
    if drawn and keeps_them:
        what = "it draws from " + ", ".join(drawn) + ", which ascent_get_state() has to give"
        return "note", what, "seed them from reset(seed=…); otherwise every run draws the same numbers"
    if drawn:
        return "fail", "it draws from " + ", ".join(drawn) + " beside self.np_random", advice
    return "pass", "nothing but np_random is drawn from", ""


def memory_check(reference, register, steps):
    """Checks that memory does not grow with the steps."""
    environment = make(reference, register)
    randomness.seed_first(environment, 1)
    environment.action_space.seed(1)
    counts = []
    for _ in range(3):
        play(environment, steps)
        gc.collect()
        counts.append(sys.getallocatedblocks())
    environment.close()
    kept = min(counts[1] - counts[0], counts[2] - counts[1]) / steps
    if kept > MOST_BLOCKS and kept * steps > CACHED_BLOCKS:
        return (
            "fail", f"{kept:.1f} blocks of memory more with each step",
            "find what it keeps (tracemalloc); a long run will run out of memory",
        )  # fmt: skip
    return "pass", f"no growth over {3 * steps:,} steps", ""


def examine(reference, register, steps):
    """Returns the findings as lines: name, verdict, text and advice, separated by tabs."""
    checks = (
        ("gymnasium", lambda: gymnasium_check(reference, register)),
        ("randomness", lambda: randomness_check(reference, register, steps)),
        ("memory", lambda: memory_check(reference, register, steps)),
    )
    lines = []
    for name, check in checks:
        try:
            finding = check()
        except host.Refusal:
            raise
        except Exception as error:  # any exception of an environment is a finding
            finding = "fail", f"it raised {type(error).__name__}: {sentence(error)}", ""
        lines.append("\t".join((name, *finding)))
    return "\n".join(lines)
