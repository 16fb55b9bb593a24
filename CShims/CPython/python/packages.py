"""Says what to do about a module that is not found. Runs as the module `_ascent_packages`."""

import importlib.util
import os
import shlex
import sys

import _ascent_host as host

# Modules whose package has another name for pip.
PIP_NAMES = {
    "Box2D": "gymnasium[box2d]",
    "Crypto": "pycryptodome",
    "OpenGL": "PyOpenGL",
    "PIL": "pillow",
    "attr": "attrs",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "distutils": "setuptools",
    "dotenv": "python-dotenv",
    "git": "GitPython",
    "google.protobuf": "protobuf",
    "igraph": "python-igraph",
    "imageio_ffmpeg": "imageio[ffmpeg]",
    "pkg_resources": "setuptools<81",
    "pybullet_data": "pybullet",
    "pybullet_envs": "pybullet",
    "serial": "pyserial",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "usb": "pyusb",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}


def missing(error, why):
    """Returns the refusal for a ModuleNotFoundError, with what to do about it."""
    if not error.name:  # raised by the environment itself, with words of its own
        return host.Refusal("missing package", f"{why}: {error}")
    name = error.name
    top = name.partition(".")[0]
    near = local_module(top, why)
    if near:
        folder = os.path.dirname(near)
        text = (
            f"{why} needs the module '{name}', which is {near}, but Python does not search that folder: "
            f"PYTHONPATH={shlex.quote(folder)} ascent …"
        )
    elif top not in sys.modules and top in sys.stdlib_module_names and top not in PIP_NAMES:
        text = f"{why} needs the module '{name}' of the standard library, which {sys.executable} was built without"
    elif name != top and name not in PIP_NAMES and importlib.util.find_spec(top) is not None:
        version = host.version_of(top)
        text = (
            f"{why} needs the module '{name}', which the installed {top}{' ' + version if version else ''} does not "
            "have; install the version that it was written for"
        )
    else:
        known = name if name in PIP_NAMES else top
        package = shlex.quote(PIP_NAMES.get(known, known))
        text = (
            f"{why} needs the Python package '{known}', which is not installed: {sys.executable} -m pip install {package}"
        )
    return host.Refusal("missing package", text)


def local_module(name, why):
    """Returns the path of a module in the working folder, beside the file that needs it, or in a folder above it."""
    folder = os.path.dirname(os.path.realpath(why.rpartition(":")[0] or why))
    for place in (os.getcwd(), folder, os.path.dirname(folder), os.path.dirname(os.path.dirname(folder))):
        path = os.path.join(place, name)
        if os.path.isfile(path + ".py"):
            return path + ".py"
        if os.path.isdir(path) and any(entry.endswith(".py") for entry in os.listdir(path)):
            return path
    return None


def loaded_versions():
    """Returns "module version" for each loaded package that is installed, sorted, except Gymnasium and numpy.

    The version is that of the module, as it says it itself.
    """
    found = []
    for name, module in list(sys.modules.items()):
        if "." in name or name in ("gymnasium", "numpy") or not name.isidentifier() or not name.isascii():
            continue
        file = module.__dict__.get("__file__") if hasattr(module, "__dict__") else None  # asks no __getattr__
        if not isinstance(file, str):
            continue
        folder = os.path.dirname(file)
        if not any(part in ("site-packages", "dist-packages") for part in folder.split(os.sep)):
            continue
        version = vars(module).get("__version__")
        if isinstance(version, str) and version and version.isprintable() and len(version) <= 100:
            found.append(f"{name} {version}")
    return sorted(found)
