"""Faults of the laboratory around the folder of a run: who owns it, and what is in it."""

import os
import shutil
import signal
import socket
import struct
import subprocess
import time

SMALL = ["native:cartpole", "--preset", "none", "--lanes", "2", "--set", "rollout.steps=16", "--set",
         "algorithm.minibatch=16", "--set", "checkpoint.every_steps=500"]  # fmt: skip
LONG = ["native:cartpole", "--steps", "300000"]
LATE = "at step 300000"
WALK = """
import gymnasium, numpy
from gymnasium import spaces

class Walk(gymnasium.Env):
    observation_space = spaces.Box(-100, 100, (1,), numpy.float32)
    action_space = spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.x = 0.0
        return numpy.array([self.x], numpy.float32), {}

    def step(self, action):
        self.x += action - 0.5
        return numpy.array([self.x], numpy.float32), -abs(self.x), abs(self.x) > 3, False, {}

class Forks(Walk):
    def __init__(self):
        import os, time
        if os.fork() == 0:
            time.sleep(8)
            os._exit(0)

class Sees:
    def __init__(self, space):
        pass

    def __call__(self, observation):
        return observation
"""


def all_of(lab):
    for part in (second_owners, dead_owners, without_names, without_locks, links, irregular):
        part(lab)


def start(lab, arguments, **more):
    return subprocess.Popen(
        list(map(str, [lab.ascent, *arguments])), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def run(lab, arguments, seconds=60):
    """Exit code, output and error of a command that may neither wait for ever nor take all memory."""
    line = ["bash", "-c", 'ulimit -v 8000000; exec "$0" "$@"', lab.ascent, *arguments]
    try:
        done = subprocess.run(list(map(str, line)), capture_output=True, text=True, timeout=seconds, errors="replace")
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        return 124, "", "it waited for ever"


def wait_for(path, process):
    while not path.exists() and process.poll() is None:
        time.sleep(0.002)


def second_owners(lab):
    """A second process at random moments; whatever it does, the run comes to its bits."""
    began = time.monotonic()
    expected = lab.undisturbed(LONG)
    seconds, trials = time.monotonic() - began, []
    for k in range(2 if lab.is_quick else 12):
        out, more = lab.fresh(), ["--on-fault", "restart"] if k % 3 == 2 else []
        line = ["train", *LONG, "--seed", "3", "--json", "--out", out.resolve(), "--resume"]
        first = start(lab, [*line, *more])
        time.sleep(lab.random.uniform(0, 0.8 * seconds))
        second = start(lab, line)
        results = [(process.communicate(timeout=120), process.returncode) for process in (first, second)]
        # Where neither was refused, the later one began when the run was made.
        both = all(code == 0 for _, code in results)
        wrong = "both made the run" if both and not any(LATE in error for (_, error), _ in results) else None
        for (text, error), code in results:
            refused = code == 2 and "is making the run in" in error
            if not refused and lab.fingerprint(text) != expected:
                wrong = f"exit code {code}, {lab.fingerprint(text)}: {error[-200:]}"
        trials.append((f"moment {k}", wrong or lab.compared(lab.resumed(out, LONG), expected)))
    lab.row("a second process in one folder", trials)


def dead_owners(lab):
    """SIGKILL to a process, a supervisor, and one whose environment has forked a child that sleeps on."""
    source = lab.folder / "walk.py"
    source.write_text(WALK)
    walk = [f"{source}:Forks", "--lanes", "1", "--steps", "2000", "--set", "rollout.steps=16", "--set", "algorithm.minibatch=16"]
    trials = []
    for name, line in (("alone", LONG), ("supervised", [*LONG, "--on-fault", "restart"]), ("forked", walk)):
        out = lab.fresh()
        process = start(lab, ["train", *line, "--seed", "3", "--out", out.resolve()])
        wait_for(out / "metrics.csv", process)
        process.send_signal(signal.SIGKILL)
        process.wait()
        # A child of an environment sleeps on and has the output, too, whose end nobody waits for.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        alone = [word for word in line if word not in ("--on-fault", "restart")]
        code = subprocess.run(list(map(str, [lab.ascent, "train", *alone, "--seed", "3", "--out", out.resolve(), "--resume"])), **quiet).returncode
        trials.append((name, None if code == 0 else f"the folder was not free: exit code {code}"))
    lab.row("the owner of a folder is killed", trials)


def without_names(lab):
    folder = lab.folder / "unnamed"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    count = 4 if lab.is_quick else 16
    runs = [start(lab, ["train", *SMALL, "--steps", "1000", "--json", *(["--on-fault", "restart"] if k % 4 == 3 else [])],
                  cwd=folder) for k in range(count)]  # fmt: skip
    texts = [process.communicate(timeout=120)[0] for process in runs]
    prints, made = {lab.fingerprint(text) for text in texts}, list(folder.glob("runs/*/run.toml"))
    wrong = None if len(prints) == 1 and None not in prints and len(made) == count else f"{len(made)} folders, {prints}"
    lab.row("runs without names that begin at once", [(f"{count} runs", wrong)])


def without_locks(lab):
    """A file system that has no locks, as some network file systems: a notice, and the run goes on."""
    source, library = lab.folder / "locks.c", lab.folder / "locks.so"
    body = "int %s(int file, int command, void *p) { if (command == 6 || command == 5) { errno = ENOLCK; return -1; }" \
           " return syscall(SYS_fcntl, file, command, p); }\n"  # fmt: skip
    names = "".join(body % name for name in ("fcntl", "fcntl64"))
    source.write_text("#include <errno.h>\n#include <sys/syscall.h>\nlong syscall(long, ...);\n" + names)
    subprocess.run(["clang", "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    trials = []
    for more in ([], ["--on-fault", "restart"]):
        code, text, error = lab.train(lab.fresh(), [*SMALL, "--steps", "1000", *more], environment={"LD_PRELOAD": str(library)})
        right = code == 0 and lab.fingerprint(text) and "has no locks" in error
        trials.append((str(more), None if right else f"exit code {code}: {error[-200:]}"))
    lab.row("a file system without locks", trials)


def links(lab):
    """Every name that a run writes is a link to a foreign file, and so are the names that it had for temporary files."""
    foreign, trials = lab.folder / "foreign", []
    expected = lab.undisturbed([*SMALL, "--steps", "1920"])
    for name in ("run.toml", "metrics.csv", "metrics-saved.csv", "policy.json", "policy.safetensors", "checkpoints/step-000000001920.safetensors"):
        out = lab.fresh()
        lab.train(out, [*SMALL, "--steps", "960"])
        foreign.write_text("precious")
        (out / name).unlink(missing_ok=True)
        (out / name).symlink_to(foreign)
        (out / f"{name}.tmp-4711").symlink_to(foreign)
        found = lab.resumed(out, [*SMALL, "--steps", "1920"])
        kept = foreign.read_bytes() == b"precious"
        left = [str(path) for path in out.rglob("*.tmp-*")]
        trials.append((name, lab.compared(found, expected) or (None if kept and not left else f"foreign kept {kept}, left {left}")))
    lab.row("links in the place of files", trials)


def plant(kind, path):
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        here = os.getcwd()
        os.chdir(path.parent)  # the path of a socket is short
        with socket.socket(socket.AF_UNIX) as own:
            own.bind(path.name)
        os.chdir(here)
    elif kind == "sparse":
        path.write_bytes(struct.pack("<Q", 2**40 - 8))
        os.truncate(path, 2**40)
    else:
        path.symlink_to(f"/dev/{kind}")


def irregular(lab):
    out = lab.fresh()
    lab.train(out, [*SMALL, "--steps", "1000"])
    keep = lab.folder / "kept"
    shutil.rmtree(keep, ignore_errors=True)
    shutil.move(out, keep)
    odd, trials = lab.folder / "odd", []
    for kind in ("pipe", "zero") if lab.is_quick else ("pipe", "folder", "socket", "zero", "tty", "sparse"):
        for name in ("run.toml", "policy.json", "policy.safetensors", "metrics.csv"):
            copy = lab.folder / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(keep, copy)
            plant(kind, copy / name)
            code, _, error = run(lab, ["reproduce" if name == "metrics.csv" else "evaluate", copy])
            trials.append((f"{kind} {name}", None if code in (2, 4) and error.startswith("ascent: ") else f"{code}: {error[-200:]}"))
        shutil.rmtree(odd, ignore_errors=True) if odd.is_dir() and not odd.is_symlink() else odd.unlink(missing_ok=True)
        plant(kind, odd)
        for line in (["train", "native:cartpole", "--config", odd, "--out", lab.folder / "none"], ["estimate", keep, "--from", odd, "--estimator", "per-decision"],
                     ["clone", odd, "--environment", "native:cartpole", "--out", lab.folder / "none"]):  # fmt: skip
            code, _, error = run(lab, line)
            trials.append((f"{kind} {line[0]}", None if code in (2, 4) and error.startswith("ascent: ") else f"{code}: {error[-200:]}"))
    lab.row("what is no regular file", trials)
