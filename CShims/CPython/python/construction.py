"""Makes environments and wrappers with the arguments that the user gives. Runs as the module `_ascent_construction`."""

import difflib
import inspect
import json
import re

import _ascent_host as host

# The arguments that gymnasium.make itself takes.
MAKE_ARGUMENTS = {"max_episode_steps", "disable_env_checker", "autoreset", "apply_api_compatibility", "vector_kwargs"}


class Options:
    """The options of an opening; PythonOpening.swift writes them as JSON."""

    def __init__(self, text):
        given = json.loads(text)
        self.arguments = given["arguments"]
        self.wrappers = given["wrappers"]
        self.register = given["register"]
        self.emissions = given["emissions"]
        self.rendering, self.lane = given.get("rendering") or (None, None)


def listing(parameters):
    """Returns the parameters of a callable as a user reads them: name=default."""
    texts = []
    for parameter in parameters:
        default = "" if parameter.default is inspect.Parameter.empty else f"={parameter.default!r}"
        texts.append(parameter.name + (default if len(default) <= 40 else "=…"))
    return "it takes " + ", ".join(texts) if texts else "it takes none"


def with_tuples(creator, arguments):
    """Returns the arguments, with tuples instead of lists for the parameters that are declared, or by default, tuples.

    TOML has only arrays.
    """
    try:
        parameters = inspect.signature(creator).parameters
    except (TypeError, ValueError):
        return arguments
    return {name: as_tuple(value) if is_of_tuple(parameters.get(name)) else value for name, value in arguments.items()}


def is_of_tuple(parameter):
    if parameter is None:
        return False
    declared = parameter.annotation
    text = declared if isinstance(declared, str) else str(declared)
    takes_lists = any(word in text.lower() for word in ("list", "sequence", "iterable"))
    return isinstance(parameter.default, tuple) or ("tuple" in text.lower() and not takes_lists)


def as_tuple(value):
    return tuple(map(as_tuple, value)) if isinstance(value, list) else value


def is_of_the_call(error):
    """Returns True if a call raised the error before it came to the first line of a function of Python."""
    return error.__traceback__ is None or error.__traceback__.tb_next is None


def refuse_wrong_arguments(creator, what, option, arguments, given=0, others=()):
    """Raises a refusal if the arguments do not fit the parameters of `creator`, which raised a TypeError.

    `given` is the number of positional arguments, `option` the one that sets an argument on the command line, and
    `others` are names that somebody else takes.
    """
    try:
        parameters = list(inspect.signature(creator).parameters.values())[given:]
    except (TypeError, ValueError):  # some callables have no signature
        return
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    names = [p.name for p in named]
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters)
    for name in arguments:
        if name not in names and name not in others and not takes_all:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" (did you mean {near[0]}?)" if near else ""
            raise host.Refusal("usage", f"{what} takes no argument '{name}'{hint}; {listing(named)}")
    missing = [p.name for p in named if p.default is p.empty and p.name not in arguments]
    if missing:
        how = ", ".join(f"{option} {name}=…" for name in missing)
        plural = "s" if len(missing) > 1 else ""
        raise host.Refusal("usage", f"{what} needs the argument{plural} {', '.join(missing)}: {how}; {listing(named)}")


def refuse_unexpected_argument(error, what, arguments):
    """Raises a refusal if a function below the constructor did not know one of the user's arguments."""
    unexpected = re.search(r"(\S+\(\)) got an unexpected keyword argument '(\w+)'", str(error))
    if unexpected and unexpected[2] in arguments:
        raise host.Refusal("usage", f"{what} takes no argument '{unexpected[2]}': its {unexpected[1]} refuses it") from None


def refuse_missing_argument(error, creator, what, option):
    """Raises a refusal if a function to which the constructor passes all arguments needs one that nobody gave."""
    try:
        parameters = inspect.signature(creator).parameters.values()
    except (TypeError, ValueError):
        return
    if not any(p.kind is p.VAR_KEYWORD for p in parameters):
        return  # the error is one of the environment's own code
    missing = re.search(r"(\S+\(\)) missing \d+ required [\w-]+ arguments?: (.*?)(?: was raised from|$)", str(error))
    if missing:
        raise host.Refusal(
            "usage", f"{what}: its {missing[1]} needs the argument {missing[2]}, which {option} NAME=… may pass on"
        ) from None


def call(creator, what, option, arguments, positional=(), **fixed):
    """Calls a constructor with the user's arguments."""
    for name in fixed.keys() & arguments.keys():
        raise host.Refusal("usage", f"{what}: Ascent itself sets the argument {name}; omit {option} {name}")
    try:
        return creator(*positional, **fixed, **with_tuples(creator, arguments))
    except Exception as error:
        if type(error).__name__ == "DependencyNotInstalled":  # of gymnasium.error
            raise host.Refusal("missing package", f"{what} cannot be made: {error}") from None
        if not isinstance(error, TypeError):
            raise
        refuse_wrong_arguments(creator, what, option, {**fixed, **arguments}, len(positional))
        refuse_unexpected_argument(error, what, arguments)
        refuse_missing_argument(error, creator, what, option)
        if is_of_the_call(error):
            raise host.Refusal("usage", f"{what} cannot be called so: {error}") from None
        raise


def make_identifier(reference, gymnasium, arguments, maker):
    """Calls `maker`, which makes the environment of an id with the user's arguments."""
    spec = gymnasium.registry.get(reference.rpartition(":")[2])
    creator = entry_point(spec, reference) if arguments else None
    try:
        return maker(**(with_tuples(creator, arguments) if creator else arguments))
    except TypeError as error:
        creator = creator or entry_point(spec, reference)
        if creator is not None:
            others = MAKE_ARGUMENTS | {"render_mode"}
            refuse_wrong_arguments(creator, reference, "--env-arg", {**spec.kwargs, **arguments}, 0, others)
            refuse_missing_argument(error, creator, reference, "--env-arg")
        refuse_unexpected_argument(error, reference, arguments)
        raise


def entry_point(spec, reference):
    """Returns the class or function that makes the environments of a specification; None if there is none."""
    if spec is None or spec.entry_point is None or callable(spec.entry_point):
        return spec and spec.entry_point
    module, _, name = spec.entry_point.partition(":")
    return host.attribute(host.import_module(module, reference), name)


def wrap(environment, wrappers, load):
    """Applies the user's wrappers, the innermost first; `load` finds the callable that a reference names."""
    for reference, arguments in wrappers:
        environment = call(load(reference), reference, "--wrapper-arg", arguments, (environment,))
        if environment is None:
            raise host.Refusal("bad class", f"{reference} returned nothing; a wrapper returns an environment")
        for method in ("reset", "step"):
            if not callable(getattr(environment, method, None)):
                raise host.Refusal("bad class", f"what {reference} returned has no method {method}(); a wrapper is an environment")
    return environment
