#!/usr/bin/env python3
"""Runs of several ranks beside the same run of one process: equal fingerprints, and what ends or refuses them.

    make ranks                                        everything; part of CI
    Tests/Ranks/ranks.py ASCENT --only equal,lost_rank  some of it

ASCENT is a program that `make mpi` has built. With root's rights, several networks are made on this machine, each with a
host name of its own (ip netns), and mpirun starts ranks in them as on so many machines.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from hosts import Hosts

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FAULTY = ROOT / "Tests/Ranks/faulty.py"
PLAIN = ROOT / ".build/release/ascent"
DEADLINE = 120
# mpirun wants to be asked twice as root.
VARIABLES = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

# Every kind of update and of lane: minibatches, natural gradients, whole trajectories, memory, pictures of which some ranks
# have no slice of a minibatch, pictures of bytes that convolutions read, gradients that are added up in parts, vectors, Box2D.
RUNS = {
    "ppo": ["CartPole-v1", "--steps", "6000", "--lanes", "8", "--set", "rollout.steps=64"],
    "trpo": ["Pendulum-v1", "--algorithm", "trpo", "--preset", "none", "--steps", "4000", "--lanes", "8", "--set", "rollout.steps=64"],
    "a2c": ["native:pendulum", "--algorithm", "a2c", "--preset", "none", "--steps", "4000", "--lanes", "8"],
    "reinforce": ["native:cartpole", "--algorithm", "reinforce", "--preset", "none", "--steps", "8000", "--lanes", "8"],
    "lstm": [
        "CartPole-v1", "--preset", "none", "--emission", "hide=1,3", "--set", "policy.memory=lstm", "--steps", "4000", "--lanes",
        "8", "--set", "rollout.steps=64"],
    "picture": [
        "MinAtar/Breakout-v1", "--preset", "none", "--steps", "1200", "--lanes", "8", "--set", "rollout.steps=32", "--set",
        "algorithm.epochs=2", "--set", "algorithm.minibatch=256"],
    "bytes": [
        "Benchmarks/environments/pictures.py:Pictures", "--preset", "none", "--steps", "768", "--lanes", "8", "--set",
        "rollout.steps=32", "--set", "algorithm.minibatch=256", "--set", "algorithm.epochs=2", "--set", "policy.convolutions=8x8/8",
        "--set", "policy.hidden=16", "--set", "policy.trunk=shared"],
    "wide": ["Pendulum-v1", "--preset", "none", "--steps", "4000", "--lanes", "8", "--set", "rollout.steps=64", "--set",
             "policy.hidden=128,128", "--set", "algorithm.minibatch=512", "--set", "algorithm.epochs=2"],
    "vector": ["CartPole-v1", "--vector", "--set", "environment.vector=2", "--preset", "none", "--steps", "4000", "--lanes", "16",
               "--set", "rollout.steps=32"],
    "box2d": ["LunarLander-v3", "--preset", "none", "--steps", "3000", "--lanes", "8", "--set", "rollout.steps=32"],
}  # fmt: skip
# Ranks and the workers of each; three and five do not divide eight lanes.
SHAPES = ((1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (8, 1), (2, 2), (3, 2))
LONG = ["CartPole-v1", "--steps", "400000", "--lanes", "4", "--set", "rollout.steps=64", "--set", "checkpoint.every_steps=2000"]
# Its ranks give each other pictures and parts of sums, besides what all receive.
TRADING = [*RUNS["bytes"], "--set", "policy.hidden=128", "--set", "checkpoint.every_steps=256"]


class Ranks:
    def __init__(self, ascent, folder):
        self.ascent, self.folder = str(pathlib.Path(ascent).resolve()), folder
        self.faulty, self.count = [], 0

    # --- runs

    def fresh(self, name="run"):
        self.count += 1
        return str(self.folder / f"{name}-{self.count}")

    def line(self, arguments, out, *more):
        return [self.ascent, "train", *arguments, "--seed", "3", "--json", "--quiet", "--out", out, *more]

    def start(self, command, folder=ROOT):
        return subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=VARIABLES)

    def finish(self, process, within=DEADLINE):
        try:
            out, error = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            out, error = process.communicate()
            error += f"\nnot ended within {within} s"
        return process.returncode, out, error

    def run(self, command, folder=ROOT):
        return self.finish(self.start(command, folder))

    @staticmethod
    def mpirun(count, *command, options=()):
        return ["mpirun", "--oversubscribe", "--bind-to", "none", *options, "-n", count, *command]

    @staticmethod
    def fingerprint(out):
        done = [json.loads(line) for line in out.splitlines() if line.startswith('{"event":"done"')]
        return done[-1]["fingerprint"][:12] if done else None

    def await_rows(self, out, rows, process):
        path = pathlib.Path(out) / "metrics.csv"
        for _ in range(3000):
            if process.poll() is not None or (path.exists() and path.read_text().count("\n") > rows):
                return
            time.sleep(0.02)

    def expect(self, what, holds, shown=""):
        if not holds:
            self.faulty.append(what)
        print(f"{'' if holds else 'FAULT: '}{what}{': ' if shown else ''}{shown}", flush=True)

    @staticmethod
    def sentence(error):
        return next((line for line in error.splitlines() if line.startswith("ascent: ")), error.strip()[-200:])

    def refused(self, what, command, words, code=2, folder=ROOT):
        """The command ends with this code and one sentence that has these words."""
        found, _, error = self.run(command, folder)
        said = [line for line in error.splitlines() if line.startswith("ascent: ")]
        self.expect(what, found == code and len(said) == 1 and words in said[0], f"exit {found}; {' / '.join(said) or error[-200:]}")

    # --- what is shown

    def equal(self):
        """Every kind of run for every number of ranks."""
        for name, arguments in RUNS.items():
            _, out, error = self.run(self.line(arguments, self.fresh()))
            alone = self.fingerprint(out)
            found = {}
            for ranks, workers in SHAPES:
                code, out, said = self.run(
                    self.mpirun(ranks, *self.line(arguments, self.fresh(), "--workers", str(workers))))
                found[f"{ranks}×{workers}"] = self.fingerprint(out) if code == 0 else self.sentence(said)
            same = alone is not None and all(value == alone for value in found.values())
            rest = ", ".join(found) if same else json.dumps(found, ensure_ascii=False)
            self.expect(f"{name}: {rest} as one process", same, alone or self.sentence(error))

    def resumed(self):
        """A run that was stopped goes on with another number of ranks."""
        arguments = ["CartPole-v1", "--steps", "60000", "--lanes", "8", "--set", "rollout.steps=64", "--set", "checkpoint.every_steps=2000"]
        alone = self.fingerprint(self.run(self.line(arguments, self.fresh()))[1])
        for ranks, then, number in ((3, 2, signal.SIGTERM), (2, 5, signal.SIGKILL), (1, 4, signal.SIGKILL), (4, 1, signal.SIGTERM)):
            out = self.fresh()
            process = self.start(self.mpirun(ranks, *self.line(arguments, out)))
            self.await_rows(out, 20, process)
            process.send_signal(number)
            stopped = self.finish(process)[0]
            time.sleep(3 if number == signal.SIGKILL else 0)
            code, text, error = self.run(self.mpirun(then, self.ascent, "train", "--out", out, "--resume", "--json", "--quiet"))
            found = self.fingerprint(text)
            self.expect(
                f"{ranks} ranks stopped by {number.name} (exit {stopped}), resumed with {then}", code == 0 and found == alone,
                found or self.sentence(error))

    def lost_rank(self):
        """A rank that is killed ends the job, and the run can go on."""
        for victim, arguments in ((0, LONG), (2, LONG), (1, TRADING), (0, TRADING)):
            out = self.fresh()
            process = self.start(self.mpirun(3, *self.line(arguments, out, "--steps", "4000000")))
            self.await_rows(out, 20 if arguments == LONG else 3, process)
            ranks = subprocess.run(
                ["pgrep", "-f", f"{self.ascent} train .*{out} "], capture_output=True, text=True, check=False).stdout.split()
            # mpirun itself has the same words.
            ranks = [int(p) for p in ranks if self.is_of_ascent(p)]
            ranks.sort(key=lambda p: self.variable(p, "OMPI_COMM_WORLD_RANK"))
            began = time.monotonic()
            if len(ranks) == 3:
                os.kill(ranks[victim], signal.SIGKILL)
            code, _, error = self.finish(process, 30)
            seconds = time.monotonic() - began
            time.sleep(1)
            left = [p for p in ranks if self.is_of_ascent(p)]
            said = "signal 9" in error and "noticed" in error
            self.expect(
                f"rank {victim} of 3 killed: the job ends", code == 137 and said and not left,
                f"exit {code} after {seconds:.1f} s, {len(left)} processes left")
            checkpoints = list((pathlib.Path(out) / "checkpoints").iterdir())
            self.expect("  it has a checkpoint to go on from", bool(checkpoints))

    def is_of_ascent(self, process):
        try:
            return os.readlink(f"/proc/{process}/exe") == self.ascent
        except OSError:
            return False

    @staticmethod
    def variable(process, name):
        text = pathlib.Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
        return next((int(v.split(b"=")[1]) for v in text if v.startswith(name.encode() + b"=")), -1)

    def faults(self):
        """Environments that fail in another rank than 0."""
        file = FAULTY
        for name, words, more in (
            ("Raises", "rank 1", []), ("RaisesFirst", "the simulator is out of order", []), ("Hangs", "has not returned for 2 seconds", ["--patience", "2"]), ("Exits", "os._exit(3) was called", []),
            ("ClosesSlowly", "", ["--patience", "2"]),
        ):  # fmt: skip
            out = self.fresh()
            arguments = [f"{file}:{name}", "--preset", "none", "--steps", "4000", "--lanes", "4", "--set", "rollout.steps=32", *more]
            began = time.monotonic()
            code, _, error = self.run(self.mpirun(2, *self.line(arguments, out)))
            seconds = time.monotonic() - began
            said = [line for line in error.splitlines() if line.startswith("ascent: ")]
            expected = 0 if name == "ClosesSlowly" else 3
            self.expect(
                f"an environment of rank {0 if name == 'RaisesFirst' else 1} {name.lower()}", code == expected and words in " ".join(said),
                f"exit {code} after {seconds:.1f} s; {said[0] if said else error.strip()[-100:]}")
        # A worker that is slower than the others is no silent rank.
        arguments = [f"{file}:Slow", "--preset", "none", "--steps", "512", "--lanes", "4", "--set", "rollout.steps=64"]
        code, out, error = self.run(self.mpirun(2, *self.line(arguments, self.fresh(), "--workers", "2", "--patience", "2")))
        self.expect("a slow worker of rank 1 is waited for", code == 0, f"exit {code}; {self.fingerprint(out) or self.sentence(error)}")
        out = self.fresh()
        process = self.start(self.mpirun(2, *self.line([*arguments, "--steps", "100000"], out, "--workers", "2")))
        self.await_rows(out, 1, process)
        time.sleep(2)
        process.send_signal(signal.SIGTERM)
        code, _, error = self.finish(process)
        saved = list(pathlib.Path(out, "checkpoints").glob("*"))
        self.expect("a stop is heard while a rank waits for its worker", bool(saved), f"exit {code}, {len(saved)} checkpoints")
        code, _, error = self.run(
            self.mpirun(2, *self.line([f"{file}:Raises", "--preset", "none", "--steps", "4000", "--lanes", "4"], self.fresh(), "--workers", "2")))
        self.expect("an environment of a worker of rank 1 raises", code == 3 and "rank 1" in error, f"exit {code}; {self.sentence(error)}")

    def refusals(self):
        """What cannot be one run of several ranks."""
        small = ["native:cartpole", "--steps", "2000", "--lanes", "4"]
        self.refused(
            "more ranks than lanes", self.mpirun(5, *self.line(small, self.fresh())), "5 ranks for 4 lanes")
        other = self.line(["native:cartpole", "--steps", "2000", "--lanes", "4"], "OUT", "--set", "algorithm.rate=0.1")
        out = self.fresh()
        self.refused(
            "other arguments", [*self.mpirun(2, *self.line(small, out)), ":", "-n", 1, *[out if w == "OUT" else w for w in other]],
            "rank 2 differs in arguments")
        copy = self.folder / "ascent-copy"
        shutil.copy(self.ascent, copy)
        with open(copy, "ab") as file:
            file.write(b"\0")
        line = self.line(small, out)
        self.refused("another executable", [*self.mpirun(1, *line), ":", "-n", 1, copy, *line[1:]], "rank 1 differs in executable")
        for name in ("a", "b"):
            (self.folder / name).mkdir(exist_ok=True)
            (self.folder / name / "own.py").write_text(FAULTY.read_text() + f"\n# {name}\n")
        line = [*self.line(["own.py:Works", "--preset", "none", "--steps", "500", "--lanes", "2"], self.fresh()), "--python", ROOT / ".venv/bin/python"]
        both = ["-wdir", self.folder / "a", *line, ":", "-n", 1, "-wdir", self.folder / "b", *line]
        self.refused("another environment file", self.mpirun(1, *both), "rank 1 differs in environment_file")
        self.refused(
            "a build without MPI", self.mpirun(2, PLAIN, *self.line(small, self.fresh())[1:]), "built without MPI")
        self.refused(
            "one trial under mpirun", self.mpirun(2, self.ascent, "sweep", "Examples/sweeps/cartpole.toml", "--trial", "0"), "know nothing of each other")
        self.refused("another command", self.mpirun(2, self.ascent, "evaluate", out), "no work for several ranks")
        self.refused(
            "--on-fault restart", self.mpirun(2, *self.line(small, self.fresh(), "--on-fault", "restart")), "start mpirun again, with --resume")
        exists = self.fresh()
        self.run(self.line(small, exists))
        self.refused("a folder with a run", self.mpirun(2, *self.line(small, exists)), "already exists")
        self.refused("an unknown environment", self.mpirun(3, *self.line(["native:cartpol"], self.fresh())), "cartpole")
        code, out, _ = self.run(self.mpirun(2, self.ascent, "train", *small, "--dry-run"))
        self.expect("--dry-run prints once", code == 0 and out.count("[run]") == 1, f"exit {code}")

    def sweeps(self):
        """Trials that ranks take, one that is killed, and a rank that is lost."""
        file = self.folder / "sweep.toml"
        file.write_text(
            'environment = "CartPole-v1"\nalgorithms = ["ppo", "a2c"]\nseeds = 4\nsteps = 100_000\n[evaluation]\nepisodes = 2\n')

        def results(out):
            lines = pathlib.Path(out, "sweep.csv").read_text().splitlines()[1:]
            return [[w for k, w in enumerate(line.split(",")) if k != 6] for line in lines]

        def sweep(out, *more, ranks=3):
            return self.mpirun(ranks, self.ascent, "sweep", file, "--out", out, "--quiet", *more)

        alone, out = self.fresh("sweep"), self.fresh("sweep")
        self.run([self.ascent, "sweep", file, "--out", alone, "--quiet"])
        began = time.monotonic()
        code, _, error = self.run(sweep(out))
        self.expect("a sweep over 3 ranks has the bits of one process", code == 0 and results(out) == results(alone),
                    f"exit {code}, {time.monotonic() - began:.1f} s {error[-200:]}")  # fmt: skip
        out = self.fresh("sweep")
        process = self.start(sweep(out))
        trial = self.await_trial(out, process)
        if trial:
            os.kill(trial, signal.SIGKILL)
        code, _, error = self.finish(process)
        self.expect("a trial that is killed is made elsewhere", trial and code == 0 and results(out) == results(alone), f"exit {code} {error[-200:]}")
        out = self.fresh("sweep")
        process = self.start(sweep(out))
        self.await_trial(out, process)
        while process.poll() is None and len(list(pathlib.Path(out, "results").glob("*.json"))) < 3:
            time.sleep(0.02)
        process.kill()
        self.finish(process)
        time.sleep(4)
        made = {p.name: p.stat().st_mtime_ns for p in pathlib.Path(out, "results").glob("*.json")}
        left = subprocess.run(["pgrep", "-f", f"--out {out}"], capture_output=True, text=True, check=False).stdout.split()
        code, _, error = self.run(sweep(out, "--resume", ranks=2))
        kept = {p.name: p.stat().st_mtime_ns for p in pathlib.Path(out, "results").glob("*.json") if p.name in made}
        self.expect(
            f"mpirun is killed after {len(made)} of 8 trials, and 2 ranks make the others",
            code == 0 and results(out) == results(alone) and kept == made and not left, f"exit {code}, {len(left)} processes left {error[-200:]}")

    def await_trial(self, out, process):
        """The process of a trial that trains; None if there was none."""
        while process.poll() is None:
            found = subprocess.run(["pgrep", "-f", f"train .*--out {out}/"], capture_output=True, text=True, check=False)
            if found.stdout:
                return int(found.stdout.split()[0])
            time.sleep(0.02)
        return None

    def hosts(self):
        """Ranks in several networks, with delays and losses, and one that is cut off."""
        reason = Hosts.obstacle()
        if reason:
            # A container may forbid it to root, too.
            print(f"NOT TRIED: several networks on this machine: {reason}", flush=True)
            return
        arguments = ["CartPole-v1", "--steps", "8000", "--lanes", "8", "--set", "rollout.steps=128"]
        alone = self.fingerprint(self.run(self.line(arguments, self.fresh()))[1])
        def compare(hosts, what, shapes):
            for ranks, workers in shapes:
                began = time.monotonic()
                line = self.line(arguments, self.fresh(), "--workers", str(workers))
                code, out, error = self.run(hosts.mpirun(ranks, *line))
                found = self.fingerprint(out)
                shown = f"{found or error[-300:]}, {time.monotonic() - began:.1f} s"
                self.expect(f"3 hosts, {ranks} ranks × {workers}{what}", code == 0 and found == alone, shown)

        with Hosts(3, self.folder, delay=0.001, loss=0.01) as hosts:
            compare(hosts, ", 1 ms and 1 % loss", ((3, 1),))
        with Hosts(3, self.folder) as hosts:
            compare(hosts, "", ((3, 1), (4, 1), (3, 2)))
            out = self.fresh()
            process = self.start(hosts.mpirun(3, *self.line(LONG, out, "--steps", "40000000", "--patience", "2")))
            self.await_rows(out, 10, process)
            began = time.monotonic()
            hosts.cut(2)
            code, _, error = self.finish(process, 30)
            self.expect(
                "a host that is cut off ends the job",
                code != 0 and ("has not responded" in error or "lost communication with a remote daemon" in error),
                f"exit {code} after {time.monotonic() - began:.1f} s; {self.sentence(error)}")
            hosts.join(2)
            steps = pathlib.Path(out, "metrics.csv").read_text().splitlines()[-1].split(",")[1]
            code, text, error = self.run(
                hosts.mpirun(2, self.ascent, "train", "--out", out, "--resume", "--json", "--quiet", "--steps", int(steps) + 2000))
            self.expect("  it goes on with two ranks", code == 0, f"exit {code}; {self.fingerprint(text) or self.sentence(error)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ascent")
    parser.add_argument("--only", help="some of equal, resumed, lost_rank, faults, refusals, sweeps, hosts")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tests = Ranks(options.ascent, pathlib.Path(folder))
        for name in (options.only or "equal,resumed,lost_rank,faults,refusals,sweeps,hosts").split(","):
            getattr(tests, name)()
    print(f"ranks: {len(tests.faulty)} faults, {time.monotonic() - began:.0f} s")
    sys.exit(1 if tests.faulty else 0)


if __name__ == "__main__":
    main()
