"""Builds packages that depend on a tag of this one, as a user's do, and runs them.

    python3 Tests/Clients/clients.py [NAME ...]   all, or those named; prints the CPU minutes of each clean release build

native    the product AscentCore alone, where pkg-config knows no Python: a build that needs its headers fails
own       an environment of its own, a GRU, an agent, checkpoints: resumed to the same bits, with workers
python    the product Ascent, in Gymnasium's CartPole: the bits of `ascent train`
adopting  a program that has started Python by itself
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = ROOT / ".venv/bin/python"
# The longest clean release build of the native client, in CPU minutes.
MOST_MINUTES = 3.0


def run(command, folder, **more):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"clients: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def tagged_clone(folder):
    """A bare clone with a tag; its content is that of the working tree's tracked files."""
    repository = folder / "ascent.git"
    run(["git", "clone", "--quiet", "--bare", ROOT, repository], folder)
    tree = run(["git", "stash", "create"], ROOT).strip() or run(["git", "rev-parse", "HEAD"], ROOT).strip()
    run(["git", "-C", repository, "fetch", "--quiet", ROOT, tree], folder)
    run(["git", "-C", repository, "tag", "0.1.0", tree], folder)
    return repository


def only_gsl(folder):
    """An environment in which pkg-config finds GSL, and nothing else."""
    place = run(["pkg-config", "--variable=pcfiledir", "gsl"], folder).strip()
    (folder / "pc").mkdir()
    shutil.copy(Path(place) / "gsl.pc", folder / "pc")
    return {**os.environ, "PKG_CONFIG_LIBDIR": str(folder / "pc")}


def build(name, url, folder, environment):
    package = folder / name
    shutil.copytree(ROOT / "Tests/Clients" / name, package)
    manifest = package / "Package.swift"
    manifest.write_text(manifest.read_text().replace("ASCENT_URL", f"file://{url}"))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run([os.environ.get("SWIFT", "swift"), "build", "-c", "release"], package, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    minutes = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 60
    return package / ".build/release/Client", minutes


def bits(text):
    return re.search(r"bits +(\w{64})", text)[1]


def try_native(client, folder):
    return run([client], folder).strip()


def try_own(client, folder):
    return run([client, folder / "runs"], folder).strip().replace("\n", "; ")


def try_python(client, folder):
    text = run([client, PYTHON, folder / "run"], folder)
    train = [ROOT / ".build/release/ascent", "train", "CartPole-v1", "--steps", "20000", "--seed", "1", "--python", PYTHON]
    expected = bits(run([*train, "--out", folder / "same"], folder))
    if bits(text) != expected:
        sys.exit(f"clients: the program's bits are {bits(text)}, those of ascent train {expected}")
    return f"{text.strip()}, as ascent train"


def try_adopting(client, folder):
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    fixed = run([client, PYTHON, folder / "fixed"], folder, env=environment)
    environment.pop("PYTHONHASHSEED")
    random = run([client, PYTHON, folder / "random"], folder, env=environment)
    if "notice" in fixed or "set PYTHONHASHSEED=0" not in random or "still mine" not in fixed:
        sys.exit(f"clients: unexpected notices:\n{fixed}\n{random}")
    if bits(fixed) != bits(random):
        sys.exit("clients: CartPole has no sets, and yet its bits differ")
    return f"bits {bits(fixed)}"


def main():
    names = sys.argv[1:] or ["native", "own", "python", "adopting"]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        url = tagged_clone(folder)
        for name in names:
            environment = only_gsl(folder) if name == "native" else os.environ
            client, minutes = build(name, url, folder, environment)
            libraries = run(["ldd", client], folder)
            said = globals()[f"try_{name}"](client, folder)
            print(f"{name:<9} built in {minutes:.1f} CPU minutes; {said}", flush=True)
            if name == "native":
                if "libpython" in libraries:
                    sys.exit("clients: the native client is linked with libpython")
                if minutes > MOST_MINUTES:
                    print(f"clients: the native client took more than {MOST_MINUTES} CPU minutes", file=sys.stderr)
    print(f"clients: {len(names)} packages built from a tag and run")


main()
