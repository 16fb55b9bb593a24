"""Writes what Swift's package manager needs to embed the Python that runs this script, and prints it for a shell.

    python -I Scripts/embedding.py FOLDER

FOLDER receives python3-embed.pc, which CShims/LibPython names, and linked_python.h, from which the executable knows the
interpreter whose libpython it has. The output is `minor`, `interpreter`, `archive` (a static libpython, or nothing) and
`library_folder` (that of a shared one, or nothing), as assignments of a shell. Exits with 1 and one sentence if this
Python cannot be embedded. A virtual environment has the libpython of the installation from which it was made.
"""

import os
import platform
import shlex
import sys
import sysconfig

# The oldest version whose functions the bridge calls, and the newest one that it was tested with.
OLDEST, NEWEST = (3, 10), (3, 13)


def refuse(reason):
    sys.exit("ascent: %s is Python %s: %s" % (sys.executable, platform.python_version(), reason))


def existing(*paths):
    """The first of the paths that is a file, or an empty text."""
    return next((path for path in paths if os.path.isfile(path)), "")


def base_interpreter():
    """The interpreter of the installation: a virtual environment's is only a link to it."""
    name = "python%d.%d" % sys.version_info[:2]
    own = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    return existing(os.path.join(sys.base_exec_prefix, "bin", name)) or own


def libraries():
    """Returns the paths of the shared and the static libpython; empty for one that is not there."""
    variable = sysconfig.get_config_var
    # A Python that was moved after it was built, as uv's are, may still name the folder for which it was built.
    folders = [os.path.join(sys.base_exec_prefix, "lib"), variable("LIBDIR") or ""]
    shared = "libpython%s.so" % variable("LDVERSION")
    static = "libpython%s.a" % variable("LDVERSION")
    config = os.path.basename(variable("LIBPL") or "")
    inner = os.path.join(sys.base_exec_prefix, "lib", "python%d.%d" % sys.version_info[:2], config)
    return (
        existing(*(os.path.join(folder, shared) for folder in folders)),
        existing(*(os.path.join(folder, static) for folder in [inner, variable("LIBPL") or "", *folders])),
    )


def libraries_of_archive():
    """The libraries that a static libpython needs, without the options that only its own makefile understands."""
    words = " ".join(sysconfig.get_config_var(name) or "" for name in ("LIBS", "MODLIBS", "SYSLIBS")).split()
    return list(dict.fromkeys(word for word in words if word.startswith(("-l", "-L"))))


def escaped(path):
    """A path in a file of pkg-config."""
    return path.replace(" ", "\\ ")


def write(path, text):
    """Writes a file unless it has this text already: what did not change is not built again."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main(folder):
    if sys.implementation.name != "cpython":
        refuse("%s has no libpython; name a CPython" % sys.implementation.name)
    if sys.version_info[:2] < OLDEST:
        refuse("Ascent needs %d.%d or newer" % OLDEST)
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        refuse("a build without the interpreter lock (free-threaded) is not supported; name an ordinary one")
    include = sysconfig.get_path("include")
    if not os.path.isfile(os.path.join(include, "Python.h")):
        refuse("its headers are missing (%s/Python.h); install its development package" % include)
    shared, archive = libraries()
    if not shared and not archive:
        refuse(
            "it has neither libpython%s.so nor the static library; pyenv and configure make the shared one with "
            "--enable-shared" % sysconfig.get_config_var("LDVERSION")
        )
    if sys.version_info[:2] > NEWEST:
        print("ascent: Python %s is newer than Ascent was tested with" % platform.python_version(), file=sys.stderr)
    os.makedirs(folder, exist_ok=True)
    minor = "%d.%d" % sys.version_info[:2]
    here = os.path.abspath(folder)
    if shared:
        library_folder = os.path.dirname(shared)
        flags = ["-L" + escaped(library_folder), "-lpython" + sysconfig.get_config_var("LDVERSION")]
        archive = ""
    else:
        library_folder = ""
        flags = ["-L" + escaped(here), "-l:libpython.o", *libraries_of_archive()]
    includes = dict.fromkeys([include, sysconfig.get_path("platinclude"), here])
    write(
        os.path.join(folder, "python3-embed.pc"),
        "Name: Python\nDescription: libpython\nVersion: %s\nCflags: %s\nLibs: %s\n"
        % (minor, " ".join("-I" + escaped(path) for path in includes), " ".join(flags)),
    )
    interpreter = base_interpreter()
    quoted = interpreter.replace("\\", "\\\\").replace('"', '\\"')
    write(os.path.join(folder, "linked_python.h"), '#define LINKED_PYTHON "%s"\n' % quoted)
    for name, value in (
        ("minor", minor), ("interpreter", interpreter), ("archive", archive), ("library_folder", library_folder),
    ):  # fmt: skip
        print("%s=%s" % (name, shlex.quote(value)))


if __name__ == "__main__":
    main(sys.argv[1])
