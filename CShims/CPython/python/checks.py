"""The checks of `ascent check` that run inside of Python, as the module `_ascent_checks`."""

import gc
import inspect
import itertools
import sys
import warnings

import _ascent_bits as bits
import _ascent_construction as construction
import _ascent_entropy as entropy
import _ascent_generators as generators
import _ascent_host as host
import _ascent_modules as modules
import _ascent_opening as opening
import _ascent_randomness as randomness
import _ascent_states as states
import _ascent_streams as streams
import gymnasium

# More memory blocks than this for each step are a leak: a list that grows takes one or two.
MOST_BLOCKS = 0.5
# This many blocks may come and go with Python's own caches.
CACHED_BLOCKS = 200
# Warnings of Gymnasium's checker about everything that has a wrapper, or is not in its registry.
EXPECTED_WARNINGS = (
    "different from the unwrapped version", "not have a `spec`", "`render_modes`", "check for rendering", "infinity",
    "to get variables from other wrappers",
)  # fmt: skip


def make(reference, options):
    """Makes the environment as its users do, with all wrappers."""
    gymnasium = host.gymnasium_for(reference)
    modules.call_registrations(options.register)
    return opening.raw_environment(reference, gymnasium, options)


def sentence(text):
    """Returns the first line of a message, without the colors and the level that Gymnasium's logger adds."""
    plain = str(text).replace("\x1b[33m", "").replace("\x1b[0m", "").removeprefix("WARN: ").strip()
    return plain.splitlines()[0].replace("\t", " ") if plain else type(text).__name__


def checker_options(check_env):
    """Returns the options of Gymnasium's checker: rendering is not tested, nor closing, from 1.0 on where it would be."""
    known = inspect.signature(check_env).parameters
    return {name: True for name in ("skip_render_check", "skip_close_check") if name in known}


class Repeating(gymnasium.Wrapper, gymnasium.utils.RecordConstructorArgs):
    """A wrapper whose resets with a seed return to one position of the stream from which `import ascent` draws.

    Gymnasium's checker expects equal episodes from equal seeds; in a run it is the stream that is equal.
    """

    def __init__(self, env, start):  # gymnasium.make calls it by these names
        gymnasium.utils.RecordConstructorArgs.__init__(self, start=start)
        gymnasium.Wrapper.__init__(self, env)
        self.start = start

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            bits.load(None, self.start)
        return self.env.reset(seed=seed, options=options)


def gymnasium_check(reference, options):
    """Runs Gymnasium's own checker: exceptions fail, warnings are noted."""
    try:
        from gymnasium.utils.env_checker import check_env
    except ImportError as error:
        return "note", f"not applied: Gymnasium's checker cannot be imported: {sentence(error)}", ""
    environment = make(reference, options)
    if not isinstance(environment, gymnasium.Env):
        return "note", "not applied: the class is no gymnasium.Env", ""
    if randomness.captured:
        return "note", "not applied: captured random numbers do not depend on its seeds", ""
    environment = Repeating(environment, bits.save(None))
    try:
        with warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            check_env(environment, **checker_options(check_env))
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


def play(environment, steps, source):
    """Takes random actions from the action space's own generator, and resets before each episode as a run does."""
    seeds = itertools.count(2)

    def reset():
        environment.reset(seed=next(seeds)) if source == "episodes" else environment.reset()

    reset()
    for _ in range(steps):
        _, _, terminated, truncated, _ = environment.step(environment.action_space.sample())
        if terminated or truncated:
            reset()


def line_that_draws(environment, state, source):
    """Returns the first line of the environment's own code after which a shared generator's state has changed."""
    location, last, found = [None], [state()], []

    def trace(frame, event, argument):
        if found:
            return None
        now = state()
        if now != last[0]:
            found.append(location[0])
        elif entropy.is_users(frame.f_code.co_filename):
            location[0] = entropy.place(frame)
        last[0] = now
        return trace

    sys.settrace(trace)
    try:
        play(environment, 20, source)
    finally:
        sys.settrace(None)
    return found[0] if found else None


def begin(environment, source):
    """Makes the first reset, as a run does with this source of random numbers."""
    root = getattr(environment, "unwrapped", environment)
    if source == "native":
        environment.reset(seed=1)
        environment.action_space.seed(1)
        return
    ours = streams.Generators(None) if source == "streams" else None
    randomness.first_reset(environment, root, ours, 1, 0, -1)


def names_of(shared, before):
    """Returns the names of the generators whose states have changed."""
    return [name for name, state in shared if before[name] != state()]


def randomness_check(reference, options, steps, source, system):
    """Checks that an environment draws only from what its run seeds; `system` has lines that the run's trials found."""
    # If they are captured, they draw from the lane's stream.
    shared = [] if randomness.captured else list(generators.SHARED)
    before = {name: state() for name, state in shared}
    environment = make(reference, options)
    early = names_of(shared, before)
    begin(environment, source)
    before = {name: state() for name, state in shared}
    own = [(path, generator, generators.state_of(generator)) for path, generator in generators.of(environment)]
    play(environment, steps, source)
    drawn = names_of(shared, before)
    told = []
    for name, state in shared:
        if name in drawn:
            location = line_that_draws(environment, state, source)
            told.append(name + (f" ({location})" if location else ""))
    told += [f"{name} (in its constructor)" for name in early if name not in drawn]
    is_shared = bool(told)
    of_its_own = [path for path, generator, before in own if generators.state_of(generator) != before]
    of_its_own += [f"the operating system ({place})" for place in system]
    keeps_them = not is_shared and not system and bool(states.keepers(environment))
    environment.close()
    everything = ", ".join(told + of_its_own)
    if not everything:
        return "pass", "it draws from nothing but np_random and its spaces", ""
    if keeps_them:
        what = f"it draws from {everything}, which ascent_get_state() has to give"
        return "note", what, "seed them from reset(seed=…); otherwise every run draws the same numbers"
    if source == "episodes" and not is_shared and not system:
        return "note", f"it draws from {everything}, which each reset(seed=…) has to seed", ""
    advice = "draw from self.np_random"
    if is_shared or system:
        advice += "; or let Ascent replace the shared generators: --capture-rng"
    return "fail", f"it draws from {everything} beside self.np_random", advice


def memory_check(reference, options, steps, source):
    """Checks that memory does not grow with the steps."""
    environment = make(reference, options)
    begin(environment, source)
    counts = []
    for _ in range(3):
        play(environment, steps, source)
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


def examine(reference, options, steps, source):
    """Returns the findings as lines: name, verdict, text and advice, separated by tabs.

    `source` is that of random numbers: streams, episodes or native.
    """
    options = construction.Options(options)
    # Gymnasium's checker resets without seeds, which is no run's doing.
    system, entropy.is_watched = list(entropy.places), False
    checks = (
        ("gymnasium", lambda: gymnasium_check(reference, options)),
        ("randomness", lambda: randomness_check(reference, options, steps, source, system)),
        ("memory", lambda: memory_check(reference, options, steps, source)),
    )
    lines = []
    for name, check in checks:
        try:
            finding = check()
        except host.Refusal:
            raise
        except Exception as error:  # any exception of an environment is a finding
            finding = "fail", f"it raised {type(error).__name__}: {sentence(error)}", ""
        lines.append("\t".join((name, *map(host.shown, finding))))
    return "\n".join(lines)
