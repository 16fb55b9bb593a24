"""Loads what a reference names: files, modules, and the functions that register environments. Runs as the module
`_ascent_modules`.

The search path is that of `python file.py`: the file's folder comes first. Modules that the command line names are also
searched in the working folder, as `python -c` does.
"""

import ast
import difflib
import importlib.machinery
import importlib.util
import os
import sys

import _ascent_host as host

# Packages whose ids exist only after an import, or after a call: id prefix -> module, function.
KNOWN_PACKAGES = (
    ("MinAtar/", "minatar.gym", "register_envs"),
    ("popgym-", "popgym", None),
    ("MiniGrid-", "minigrid", None),
    ("BabyAI-", "minigrid", None),
    ("ALE/", "ale_py", None),
)

# The folders at the front of sys.path that this process put there, in order.
front = []


# --- the search path


def search_in(folder):
    """Puts a folder on the search path, behind those of earlier files and before everything else."""
    folder = os.path.realpath(folder)
    if folder not in front:
        sys.path.insert(len(front), folder)
        front.append(folder)


def is_module(name, folder):
    """Returns whether a folder has a top-level module of this name."""
    path = os.path.join(folder, name)
    return os.path.isfile(path + ".py") or os.path.isfile(os.path.join(path, "__init__.py"))


def file_of(name):
    """Returns the file that `import name` uses or would use; "" for a module without a file."""
    module = sys.modules.get(name)
    try:
        spec = importlib.machinery.PathFinder.find_spec(name) if module is None else module.__spec__
    except (AttributeError, ImportError):
        spec = None
    file = getattr(module, "__file__", None) or getattr(spec, "origin", None) or ""
    return os.path.realpath(file) if os.path.isfile(file) else ""


def imports_of(file):
    """Returns the top-level names that a source file imports, also within its functions."""
    try:
        with open(file, "rb") as source:
            tree = ast.parse(source.read())
    except (OSError, SyntaxError, ValueError):
        return set()
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


def check_neighbors(path):
    """Refuses a file if it, or a module of its folder, imports a module of the folder and gets another of that name.

    Python has one module of each name: a second file of the same name in another folder would silently be the first one.
    """
    folder = os.path.dirname(os.path.realpath(path))
    names = {entry.removesuffix(".py") for entry in os.listdir(folder)}
    names = {n for n in names if (n in sys.modules or len(front) > 1) and is_module(n, folder)}
    inside = os.path.join(folder, "")
    taken = {name: file for name in names if (file := file_of(name)) and not file.startswith(inside)}
    if not taken:
        return
    own = [os.path.realpath(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())]
    for file in {file for file in own if file.startswith(inside)}:
        for name in sorted(imports_of(file) & taken.keys()):
            raise host.Refusal(
                "usage",
                f"{file} imports '{name}', and means the one in its folder, but {taken[name]} has that name in this "
                "process; rename one of the two",
            )


# --- modules


def module_named(name, why):
    """Imports a module that the command line names."""
    if os.sep in name:
        hint = f"; a file is named {name}.py:Class" if os.path.isfile(name + ".py") else ""
        raise host.Refusal("usage", f"{why}: '{name}' is not the name of a module{hint}")
    search_in(os.getcwd())
    return host.import_module(name, why)


def load_known_package(identifier, gymnasium):
    for prefix, module_name, function_name in KNOWN_PACKAGES:
        if identifier.startswith(prefix) and not any(i.startswith(prefix) for i in gymnasium.registry):
            module = host.import_module(module_name, identifier)
            if function_name:
                getattr(module, function_name)()


def call_registrations(register):
    """Imports each `module`, and calls the function of each `module:function`."""
    for entry in register:
        name, _, function_name = entry.partition(":")
        module = load_module(name) if name.endswith(".py") else module_named(name, f"--register {entry}")
        if not function_name:
            continue
        function = getattr(module, function_name, None)
        if not callable(function):
            raise host.Refusal("usage", f"--register {entry}: {name} has no function '{function_name}'")
        function()


# --- files

# The modules of files, by the paths that named them.
loaded = {}


def is_file(path):
    """Returns True if a reference names a file by this path, not a module."""
    return path.endswith(".py") or (path != "" and os.path.isfile(path))


def module_name_of(path):
    """Returns the name under which a file is loaded: the one under which it can be imported, if that is free.

    The processes that an environment spawns import its file by that name.
    """
    stem = os.path.basename(path).removesuffix(".py")
    private = "ascent_environment_" + os.path.realpath(path).replace(os.sep, "_").replace(".", "_")
    if stem in sys.modules and file_of(stem) == os.path.realpath(path):
        return stem
    if "." not in stem and stem not in sys.modules and stem not in sys.stdlib_module_names:
        return stem
    if private not in sys.modules:
        print(
            f"ascent: {host.shown(path)} is loaded as {host.shown(private)}, because another module is named "
            f"'{host.shown(stem)}'; processes that it spawns "
            "cannot import it under that name: rename the file if it spawns any",
            file=sys.stderr,
        )
    return private


def load_module(path):
    """Runs a file as a module, once, with its folder first on the search path."""
    if path in loaded:  # an environment may have changed the working folder meanwhile
        return loaded[path]
    if not os.path.isfile(path):
        raise host.Refusal("no file", f"there is no file {path}")
    with host.loading:
        name = module_name_of(path)
        module = sys.modules.get(name)
        if module is None:
            search_in(os.path.dirname(os.path.realpath(path)))
            loader = importlib.machinery.SourceFileLoader(name, os.path.abspath(path))
            module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
            sys.modules[name] = module
            try:
                loader.exec_module(module)
                check_neighbors(path)
            except BaseException as error:
                del sys.modules[name]
                if isinstance(error, ModuleNotFoundError):
                    raise host.packages().missing(error, path) from None
                raise
    loaded[path] = module
    return module


def load_callable(reference):
    """Returns the class or the function of `file.py:Class` or `file.py:function`."""
    path, _, name = reference.rpartition(":")
    module = load_module(path)
    found = getattr(module, name, None)
    if callable(found):
        return found
    if found is not None:
        raise host.Refusal(
            "no class", f"{path}:{name} is {type(found).__name__}, not a class or a function that makes an environment"
        )
    own = [k for k, v in vars(module).items() if callable(v) and getattr(v, "__module__", None) == module.__name__]
    hint = f"it has {', '.join(own)}" if own else "it has none at all"
    raise host.Refusal("no class", f"{path} has no class or function '{name}'; {hint}")


def nameless(path):
    """Returns the refusal of a file without the name of a class: it lists those that look like environments."""
    module = load_module(path)
    own = [k for k, v in vars(module).items() if isinstance(v, type) and v.__module__ == module.__name__]
    names = [k for k in own if all(callable(getattr(vars(module)[k], part, None)) for part in ("reset", "step"))]
    if not names:
        return host.Refusal("no class", f"{path} has no class with reset and step; give {path}:NAME, with the name of a "
                                        "function that makes an environment")  # fmt: skip
    listed = f"the classes {', '.join(names)}" if len(names) > 1 else f"the class {names[0]}"
    return host.Refusal("no class", f"{path} has {listed}: give {path}:{names[0]}")


def load_wrapper(reference):
    """Returns the class or the function of `module:Name` or `file.py:Name`, which is called with an environment."""
    module_name, _, name = reference.rpartition(":")
    if is_file(module_name):
        return load_callable(reference)
    module = module_named(module_name, f"the wrapper {reference}")
    found = host.attribute(module, name)
    if not callable(found):
        near = difflib.get_close_matches(name, dir(module), n=3, cutoff=0.5)
        hint = f"; the nearest are {', '.join(near)}" if near else ""
        top = module_name.partition(".")[0]
        version = f" of {top} {host.version_of(top)}" if host.version_of(top) else ""
        raise host.Refusal("no class", f"{module_name}{version} has no '{name}'{hint}")
    return found
