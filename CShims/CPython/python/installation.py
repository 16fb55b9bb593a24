"""The folders of packages that Python looks into. Runs as the module `_ascent_installation`."""

import importlib.util
import os
import sys


def package_folders():
    """Returns the folders of gymnasium and numpy, or else the folders of packages that Python looks into."""
    found = [importlib.util.find_spec(package) for package in ("gymnasium", "numpy")]
    folders = [os.path.dirname(os.path.dirname(spec.origin)) for spec in found if spec and spec.origin]
    looked = [path for path in sys.path if os.path.basename(path) in ("site-packages", "dist-packages")]
    return list(dict.fromkeys(folders or looked))


def use_packages_of(site_folder):
    """Makes this process look as if it were the environment that has this folder of packages, of another build.

    The packages of the linked build's own installation are left out, as its interpreter would leave them out.
    """
    import site

    prefix = os.path.dirname(os.path.dirname(os.path.dirname(site_folder)))
    own = {os.path.realpath(folder) for folder in site.getsitepackages()}
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) not in own]
    sys.prefix = sys.exec_prefix = prefix
    interpreter = os.path.join(prefix, "bin", "python")
    if os.path.exists(interpreter):
        sys.executable = interpreter
    site.addsitedir(site_folder)
    for folder in inherited_folders(prefix):
        site.addsitedir(folder)


def inherited_folders(prefix):
    """Returns the folders of packages that a virtual environment shares with the installation that it was made from."""
    settings = {}
    try:
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8") as file:
            for line in file:
                name, _, value = line.partition("=")
                settings[name.strip().lower()] = value.strip()
    except OSError:
        return []
    if settings.get("include-system-site-packages", "").lower() != "true" or "home" not in settings:
        return []
    base = os.path.dirname(settings["home"])
    minor = "python%d.%d" % sys.version_info[:2]
    folders = [f"{base}/local/lib/{minor}/dist-packages", f"{base}/lib/python3/dist-packages"] if base == "/usr" else []
    return [*folders, f"{base}/lib/{minor}/site-packages"]
