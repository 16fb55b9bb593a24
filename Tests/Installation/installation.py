"""Installs into a folder, and uses what is there as a user does: trains from an empty folder, reads the manual pages,
completes in bash, zsh and fish, and removes everything again.

    python3 Tests/Installation/installation.py
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import shells

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = "/opt/ascent"
COMMANDS = (
    "algorithms check clone diff doctor environments estimate evaluate export gradient help plot replay report reproduce sample sweep compare train tune"
).split()
# A line, and its words after Tab; the last one may go on.
COMPLETED = [
    ("ascent tra", ["ascent", "train"]),
    ("ascent train native:tig", ["ascent", "train", "native:tiger"]),
    ("ascent train CartP", ["ascent", "train", "CartPole-v1"]),
    ("ascent train mine.p", ["ascent", "train", "mine.py"]),
    ("ascent train native:tiger --algorithm reinf", ["ascent", "train", "native:tiger", "--algorithm", "reinforce"]),
    ("ascent train X --set normalize.obs", ["ascent", "train", "X", "--set", "normalize.observations="]),
    ("ascent train X --set normalize.observations=b", ["ascent", "train", "X", "--set", "normalize.observations=boxes"]),
    ("ascent train X --set policy.memory=ls", ["ascent", "train", "X", "--set", "policy.memory=lstm"]),
    ("ascent train X --emission flick", ["ascent", "train", "X", "--emission", "flicker="]),
    ("ascent gradient native:tiger --estimators reward-to-go+leave", ["ascent", "gradient", "native:tiger", "--estimators", "reward-to-go+leave-one-out"]),
    ("ascent export a-run --format on", ["ascent", "export", "a-run", "--format", "onnx"]),
    ("ascent evaluate a-r", ["ascent", "evaluate", "a-run/"]),
    ("ascent help settings algorithm.gam", ["ascent", "help", "settings", "algorithm.gamma"]),
]  # fmt: skip
# A line, and names that the shell lists for it.
LISTED = [
    ("ascent train native:", ["cartpole", "pendulum", "tiger", "t-maze", "linear-gaussian"]),
    ("ascent train X --algorithm ", ["ppo", "trpo", "reinforce", "a2c"]),
    ("ascent train X --set policy.memory=", ["none", "gru", "lstm", "window"]),
    ("ascent train X --set policy.h", ["policy.hidden"]),
]
faults = []


def expect(condition, what):
    print(("ok    " if condition else "FAULT ") + what, flush=True)
    if not condition:
        faults.append(what)


def variables(share):
    """A user's environment without this clone's."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PATH": f"{share.parent / 'bin'}:/usr/local/bin:/usr/bin:/bin", "MANWIDTH": "100"}


def make(target, destination, prefix=PREFIX):
    command = ["make", "-s", target, f"DESTDIR={destination}", f"PREFIX={prefix}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


def check_listing(share):
    installed = files_below(share.parent)
    print("\n".join(f"      {PREFIX}/{name}" for name in installed))
    pythons = [name for name in installed if name.startswith("bin/ascent-python")]
    expected = ["bin/ascent", *pythons, "share/ascent/files", "share/bash-completion/completions/ascent"]
    expected += ["share/doc/ascent/COPYRIGHT.musl", "share/doc/ascent/LICENSE"]
    expected += ["share/fish/vendor_completions.d/ascent.fish", "share/zsh/site-functions/_ascent"]
    expected += ["share/man/man1/ascent.1", *(f"share/man/man1/ascent-{name}.1" for name in COMMANDS)]
    expect(installed == sorted(expected), f"{len(expected)} files are installed, and no other")
    sections = subprocess.run(["readelf", "-SW", share.parent / "bin/ascent"], capture_output=True, text=True).stdout
    size = (share.parent / "bin/ascent").stat().st_size
    built = (ROOT / ".build/release/ascent").stat().st_size
    expect(".dynsym" in sections and ".symtab" not in sections, f"the executable is stripped: {built:,} → {size:,} bytes")
    expect(all((share.parent / name).exists() for name in pythons), f"{', '.join(pythons)} lead to executables")


def run(share, folder, *arguments, executable=None):
    command = [executable or str(share.parent / "bin/ascent"), *arguments]
    return subprocess.run(command, cwd=folder, env=variables(share), capture_output=True, text=True)


def check_runs(share, folder):
    """The installed executable in an empty folder gives the bits of the one that was built."""
    python = ["--python", str(ROOT / ".venv")]
    for environment, more in (("native:cartpole", []), ("native:tiger", ["--workers", "2"]), ("CartPole-v1", python)):
        bits = []
        for name, executable in (("installed", None), ("built", str(ROOT / ".build/release/ascent"))):
            out = f"{environment.replace(':', '-')}-{name}"
            arguments = ["train", environment, "--steps", "4096", "--json", "--out", out, *more]
            ended = run(share, folder, *arguments, executable=executable)
            last = json.loads((ended.stdout.splitlines() or ["{}"])[-1])
            bits.append((ended.returncode, last.get("fingerprint"), ended.stderr if ended.returncode else ""))
        expect(bits[0][0] == 0 and bits[0] == bits[1] and bits[0][1], f"train {environment} {' '.join(more[:1])}: {bits[0][1]}{bits[0][2]}")
    ended = run(share, folder, "evaluate", "native-cartpole-installed", "--episodes", "3")
    expect(ended.returncode == 0 and "mean return" in ended.stdout, "evaluate plays the policy")


def check_manual(share):
    pages = sorted((share / "man/man1").glob("*.1"))
    for page in pages:
        shown = subprocess.run(["man", "--warnings", "-l", page], env=variables(share), capture_output=True, text=True)
        text = re.sub(".\b", "", shown.stdout)
        call = page.stem.partition("-")[2]
        usage = run(share, "/", *([call, "--help"] if call else ["--help"])).stdout
        options = set(re.findall(r"^ +(?:-h, )?(--[a-z-]+)", usage, re.M))
        missing = [name for name in options if not re.search(rf"{name}\b", text.replace("\u2010\n", ""))]
        good = shown.returncode == 0 and not shown.stderr.strip() and "EXIT STATUS" in text and len(options) > 1
        expect(good and not missing, f"man {page.stem}: {len(text.splitlines())} lines, {len(options)} options {missing or ''}{shown.stderr.strip()[:300]}")
    found = subprocess.run(["man", "-M", share / "man", "-w", "ascent-train"], capture_output=True, text=True)
    expect(found.stdout.strip().endswith("man1/ascent-train.1"), "man finds ascent-train below the prefix")


def check_completions(share, folder):
    (folder / "mine.py").write_text("")
    (folder / "a-run").mkdir()
    for path in ("bash-completion/completions/ascent", "zsh/site-functions/_ascent", "fish/vendor_completions.d/ascent.fish"):
        text = (share / path).read_text()
        expect("Show subcommand help" not in text and "help help'" not in text, f"{path} offers help once")
    for name in ("bash", "zsh", "fish"):
        shell = shells.Shell(name, share, folder, variables(share))
        for line, words in COMPLETED:
            found = shell.completed(line)
            if name == "zsh" and words[-1].endswith("/"):
                # zsh takes the slash of a folder away again when another word begins.
                words = [*words[:-1], words[-1].rstrip("/")]
            expect(found == words, f"{name}: {line}⇥ → {' '.join(found)}" + ("" if found == words else f", not {' '.join(words)}"))
        for line, names in LISTED:
            shown = shell.listed(line)
            missing = [one for one in names if one not in shown.replace(line, "", 1)]
            expect(not missing, f"{name}: {line}⇥⇥ lists {', '.join(names)}" + (f"; {missing} missing in {shown!r}" if missing else ""))
        shell.end()


def check_removal(destination):
    again = make("install", destination)
    expect(again.returncode == 0, f"a second installation: {again.stdout.strip()}{again.stderr.strip()}")
    other = destination / "opt/ascent/bin/other"
    other.write_text("")
    removed = make("uninstall", destination)
    expect(removed.returncode == 0, f"uninstall: {removed.stdout.strip()}{removed.stderr.strip()}")
    expect(files_below(destination) == ["opt/ascent/bin/other"], "it removes what was installed, and nothing else")
    refused = make("uninstall", destination)
    expect(refused.returncode != 0 and "name the PREFIX" in refused.stderr, f"uninstall again: {refused.stderr.splitlines()[0]}")
    refused = make("install", destination, prefix="here")
    expect(refused.returncode != 0 and "absolute" in refused.stderr, f"PREFIX=here: {refused.stderr.splitlines()[0]}")


def main():
    with tempfile.TemporaryDirectory() as scratch:
        destination, folder = pathlib.Path(scratch, "destination"), pathlib.Path(scratch, "empty")
        folder.mkdir()
        share = destination / PREFIX.lstrip("/") / "share"
        installed = make("install", destination)
        expect(installed.returncode == 0, f"make install DESTDIR= PREFIX=: {installed.stdout.strip()}{installed.stderr.strip()}")
        if installed.returncode == 0:
            check_listing(share)
            check_runs(share, folder)
            check_manual(share)
            check_completions(share, folder)
            check_removal(destination)
    print(f"installation: {len(faults)} faults")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
