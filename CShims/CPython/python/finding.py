"""Finds ids: of packages that register them when they are imported. Runs as the module `_ascent_finding`."""

import difflib
import importlib.metadata
import importlib.util
import re

import _ascent_host as host
import _ascent_modules as modules


def import_known_packages(gymnasium):
    """Imports the installed packages of the built-in table, so that their ids are in the registry."""
    for prefix, module_name, _ in modules.KNOWN_PACKAGES:
        if importlib.util.find_spec(module_name.partition(".")[0]) is None:
            continue
        try:
            modules.load_known_package(prefix, gymnasium)
        except Exception:  # a package that cannot be imported has no ids to list
            continue


def identifiers(of_vectors, module):
    """Returns the ids of Gymnasium's registry, or only those that `module` registers; sorted."""
    gymnasium = host.gymnasium_for("the list of environments")
    if module:
        before = dict(gymnasium.registry)
        modules.module_named(module, f"ascent environments {module}")
        # A module that another one has imported already is found by the entry points of its ids.
        chosen = {
            name: spec for name, spec in gymnasium.registry.items()
            if before.get(name) is not spec or belongs(spec, module)
        }  # fmt: skip
        if not chosen:
            raise host.Refusal("unknown environment", f"the module {module} registers no environment of Gymnasium")
    else:
        import_known_packages(gymnasium)
        chosen = gymnasium.registry
    is_new = host.gymnasium_version(gymnasium) >= (1, 0)
    has_vector = lambda spec: is_new and spec.vector_entry_point is not None
    return sorted(name for name, spec in chosen.items() if not of_vectors or has_vector(spec))


def belongs(spec, module):
    """Returns True if an id's entry point is in a module or its package."""
    entry = spec.entry_point
    name = entry.partition(":")[0] if isinstance(entry, str) else getattr(entry, "__module__", "")
    return name == module or name.startswith(module + ".")


def unknown(reference, gymnasium):
    """Returns the hint for an id that is not registered: a package that has it, or the nearest ids."""
    identifier = reference.rpartition(":")[2]
    packages = packages_with(identifier) if re.search(r"-v\d+$", identifier) else []
    if packages:
        return f"the installed package {packages[0]} has it: {packages[0]}:{identifier}"
    import_known_packages(gymnasium)
    near = difflib.get_close_matches(identifier, list(gymnasium.registry), n=3, cutoff=0.5)
    return "the nearest are " + ", ".join(near) if near else "see ascent environments"


def packages_with(identifier):
    """Returns the import names of the installed packages that need Gymnasium and whose code has the id as a text."""
    found = []
    for distribution in importlib.metadata.distributions():
        needed = [need.replace("_", "-").lower() for need in distribution.requires or ()]
        if not any(need.startswith(("gymnasium", "gym", "pettingzoo")) for need in needed):
            continue
        if (distribution.metadata["Name"] or "").lower() == "gymnasium":
            continue
        for file in distribution.files or ():
            if file.suffix != ".py" or len(file.parts) < 2:
                continue
            try:
                text = file.locate().read_text(errors="ignore")
            except OSError:
                continue
            if any(f"{quote}{identifier}{quote}" in text for quote in "\"'"):
                found.append(file.parts[0])
                break
    return found
