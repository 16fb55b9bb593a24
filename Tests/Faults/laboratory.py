#!/usr/bin/env python3
"""The fault laboratory: breaks runs in every way that it knows, and looks whether they come to the undisturbed bits.

    make faults                 everything, about ten minutes
    make faults-quick           the same kinds of faults, fewer of each; part of CI

Survived: the run, begun again, ended with the undisturbed fingerprint; or it ended with the right exit code, a sentence,
and an intact newest checkpoint. Everything else is lost, and the exit code is 1.
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import hangs
import hostile
import owners
import resuming
import streams

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
ZOO = HERE / "zoo.py"
DEADLINE = 120

# What ends a run, with the exit codes that fit when nobody looks after it (a signal is a negative number).
DEADLY = {
    "Raises": 3, "NotANumber": 3, "WrongShape": 3, "WrongElements": 3, "RewardIsText": 3, "FourValues": 3, "Recurses": 3,
    "CallsSysExit": 3, "Hangs": 3, "HangsWithoutLettingGo": 3, "Exits": 3, "ExitsInC": 0, "Aborts": -6, "Segfaults": -11,
    "IsKilled": -9, "EatsMemory": 3,
}  # fmt: skip
HARMLESS = (
    "Prints", "ChangesFolder", "ClosesOutput", "StartsThreads", "Forks", "InstallsHandlers", "ChangesWhatItReturned",
    "ReturnsOneArray", "SeedsTheWorld",
)  # fmt: skip
# Environments whose runs are killed: Box2D, MuJoCo, a memory with emissions, and a native one.
KILLED = {
    "CartPole-v1": ["CartPole-v1", "--steps", "12000"],
    "LunarLander-v3": ["LunarLander-v3", "--steps", "6000"],
    "HalfCheetah-v5": ["HalfCheetah-v5", "--steps", "3000", "--set", "rollout.steps=128", "--lanes", "4"],
    "GRU, emissions": [
        "CartPole-v1", "--preset", "none", "--steps", "4000", "--emission", "hide=1,3", "--emission", "flicker=0.1", "--set",
        "policy.memory=gru", "--set", "rollout.steps=32", "--set", "algorithm.minibatch=64"],
    "native:cartpole": ["native:cartpole", "--steps", "60000"],
    "MinAtar, kept state": [str(ROOT / "envs/minatar_kept.py") + ":Breakout", "--preset", "none", "--steps", "8000"],
}  # fmt: skip


class Laboratory:
    def __init__(self, ascent, folder, is_quick):
        self.ascent, self.folder, self.is_quick = ascent, folder, is_quick
        self.random = random.Random(2026)
        self.rows, self.lost = [], []

    # --- runs

    def train(self, out, arguments, *, environment=None, limit=None, kill_after=None):
        """One `ascent train`, killed after so many seconds if it is asked for: exit code, standard output and error."""
        line = [self.ascent, "train", *arguments, "--seed", "3", "--json", "--out", out]
        before = None if limit is None else lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        process = subprocess.Popen(
            list(map(str, line)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=before,
            env=os.environ | (environment or {}))  # fmt: skip
        try:
            text, error = process.communicate(timeout=DEADLINE if kill_after is None else kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            text, error = process.communicate()
            if kill_after is None:
                error += "\nthe laboratory waited too long"
        return process.returncode, text, error

    @staticmethod
    def fingerprint(text):
        lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        return next((line["fingerprint"] for line in reversed(lines) if line["event"] == "done"), None)

    def undisturbed(self, arguments):
        code, text, error = self.train(self.fresh(), arguments)
        found = self.fingerprint(text)
        if code != 0 or found is None:
            raise SystemExit(f"faults: the undisturbed run failed: {error}")
        return found

    def fresh(self):
        # As most people name it: from the folder that they are in, which an environment may leave.
        path = pathlib.Path(os.path.relpath(self.folder / "run", ROOT))
        shutil.rmtree(path, ignore_errors=True)
        (self.folder / "log").unlink(missing_ok=True)
        return path

    def resumed(self, out, arguments):
        """The fingerprint to which a broken run comes when it is begun again."""
        code, text, error = self.train(out, [*arguments, "--resume"])
        return self.fingerprint(text) if code == 0 else f"exit code {code}: {error.strip().splitlines()[-1:]}"

    @staticmethod
    def newest_is_intact(out):
        """Whether the newest checkpoint has the sum that it says; a run without one has lost nothing."""
        files = sorted((out / "checkpoints").glob("step-*.safetensors"))
        if not files:
            return True
        raw = files[-1].read_bytes()
        size = struct.unpack("<Q", raw[:8])[0]
        found = json.loads(raw[8 : 8 + size])["__metadata__"]["sha256_of_file"].encode()
        return found.decode() == hashlib.sha256(raw.replace(found, b"0" * 64, 1)).hexdigest()

    # --- results

    def row(self, name, trials):
        """Counts the trials that survived; each is a name and what went wrong, or None."""
        wrong = [f"{name}, {trial}: {text}" for trial, text in trials if text]
        self.lost += wrong
        self.rows.append((name, len(trials), len(trials) - len(wrong)))
        print(f"{name:44} {len(trials):5} tried {len(trials) - len(wrong):5} survived {len(wrong):3} lost", flush=True)

    def compared(self, found, expected):
        return None if found == expected else f"it came to {found}"

    # --- faults

    def zoo(self):
        settings = ["--steps", "4000", "--set", "rollout.steps=64", "--set", "checkpoint.every_steps=512", "--patience", "5",
                    "--memory-limit", "350"]  # fmt: skip
        always = {"ASCENT_FAULT_LOG": str(self.folder / "log"), "ASCENT_FAULTS": "1000"}
        once = always | {"ASCENT_FAULTS": "1"}
        expected = self.undisturbed([f"{ZOO}:Steady", *settings])
        names = list(DEADLY)[:: 3 if self.is_quick else 1]
        for workers in ("1",) if self.is_quick else ("1", "2"):
            more = [*settings, "--workers", workers]
            trials, restarted = [], []
            for name in names:
                out = self.fresh()
                code, _, error = self.train(out, [f"{ZOO}:{name}", *more], environment=always)
                # With workers the first process tells how the other ended, and its own process may be either.
                codes = {DEADLY[name], 3} if workers == "2" else {DEADLY[name]}
                said = error.strip() or name in ("IsKilled", "ExitsInC")
                right = code in codes and said and self.newest_is_intact(out)
                trials.append((name, None if right else f"exit code {code}, {error.strip()[-200:]}"))
                out = self.fresh()
                _, text, _ = self.train(out, [f"{ZOO}:{name}", *more, "--on-fault", "restart"], environment=once)
                restarted.append((name, self.compared(self.fingerprint(text), expected)))
            self.row(f"deadly environments, stop, {workers} worker(s)", trials)
            self.row(f"deadly environments, restart, {workers} worker(s)", restarted)
        trials = []
        for name in HARMLESS:
            _, text, _ = self.train(self.fresh(), [f"{ZOO}:{name}", *settings], environment=once)
            trials.append((name, self.compared(self.fingerprint(text), expected)))
        self.row("environments that only behave badly", trials)
        early = always | {"ASCENT_FAULT_STEP": "100"}
        code, _, error = self.train(
            self.fresh(), [f"{ZOO}:Segfaults", *settings, "--on-fault", "restart"], environment=early)
        self.row("a fault that comes again is given up", [
            ("Segfaults", None if code == 3 and "the run is given up" in error else f"exit code {code}: {error[-200:]}")])  # fmt: skip

    def kills(self):
        count = 3 if self.is_quick else 40
        for name, arguments in KILLED.items():
            arguments = [*arguments, "--set", "checkpoint.every_steps=500"]
            began = time.monotonic()
            expected = self.undisturbed(arguments)
            seconds = time.monotonic() - began
            trials = []
            for k in range(count):
                out, workers = self.fresh(), ["--workers", str(1 + k % 2)]
                moment = self.random.uniform(0, seconds)
                self.train(out, [*arguments, *workers], kill_after=moment)
                wrong = self.compared(self.resumed(out, [*arguments, "--workers", str(1 + k // 2 % 2)]), expected)
                trials.append((f"SIGKILL after {moment:.3f} s", wrong))
            self.row(f"SIGKILL at random moments, {name}", trials)

    SMALL = ["native:cartpole", "--steps", "3000", "--set", "rollout.steps=64", "--set", "checkpoint.every_steps=1000"]

    def writes(self):
        library = self.folder / "writes.so"
        subprocess.run(
            ["clang", "-O1", "-shared", "-fPIC", "-o", library, HERE / "writes.c"], check=True)
        expected = self.undisturbed(self.SMALL)
        preload = {"LD_PRELOAD": str(library)}
        self.train(self.fresh(), self.SMALL, environment=preload | {"ASCENT_WRITES": str(self.folder / "count")})
        total = int((self.folder / "count").read_text())
        trials = []
        for number in range(1, total + 1, max(1, total // 12) if self.is_quick else 1):
            out = self.fresh()
            code, _, _ = self.train(out, self.SMALL, environment=preload | {"ASCENT_KILL_AT": str(number)})
            wrong = f"it was not killed but ended with {code}" if code != -9 else None
            trials.append((f"call {number} of {total}", wrong or self.compared(self.resumed(out, self.SMALL), expected)))
        self.row("SIGKILL before every call that writes", trials)

    def full_disks(self):
        expected = self.undisturbed(self.SMALL)
        size = max(file.stat().st_size for file in self.folder.glob("run/checkpoints/*"))
        trials = []
        for limit in [self.random.randrange(1, size) for _ in range(3 if self.is_quick else 20)]:
            out = self.fresh()
            code, _, error = self.train(out, self.SMALL, limit=limit)
            right = code == 6 and "cannot write" in error and self.newest_is_intact(out)
            wrong = None if right else f"exit code {code}: {error[-200:]}"
            trials.append((f"files up to {limit} bytes", wrong or self.compared(self.resumed(out, self.SMALL), expected)))
        self.row("no room on the disk", trials)
        # The superuser writes into read-only folders; a folder that is gone is as bad.
        slow = [f"{ZOO}:Steady", "--steps", "60000", "--set", "checkpoint.every_steps=512"]
        out = self.fresh()
        process = subprocess.Popen(
            [self.ascent, "train", *slow, "--seed", "3", "--quiet", "--out", out], stderr=subprocess.PIPE, text=True, cwd=ROOT)
        while process.poll() is None and not list(out.glob("checkpoints/step-*")):
            time.sleep(0.01)
        shutil.rmtree(out / "checkpoints")
        _, error = process.communicate(timeout=DEADLINE)
        right = process.returncode == 2 and "cannot write" in error
        self.row("the checkpoints' folder is taken away", [("rm -r", None if right else f"{process.returncode}: {error}")])

    def bits(self):
        expected = self.undisturbed(self.SMALL)
        newest = sorted(self.folder.glob("run/checkpoints/*"))[-1]
        whole = newest.read_bytes()
        keep = self.folder / "kept"
        shutil.rmtree(keep, ignore_errors=True)
        shutil.move(self.folder / "run", keep)
        size = struct.unpack("<Q", whole[:8])[0]
        header = json.loads(whole[8 : 8 + size])
        offsets = [(name, 8 + size + entry["data_offsets"][0]) for name, entry in header.items() if name != "__metadata__"]
        offsets += [("length of the header", k) for k in range(8)]
        offsets += [("header", 8 + self.random.randrange(size)) for _ in range(40)]
        offsets += [("anywhere", self.random.randrange(len(whole))) for _ in range(40)]
        trials = []
        for name, offset in self.random.sample(offsets, 12) if self.is_quick else offsets:
            damaged = bytearray(whole)
            damaged[offset] ^= 1 << self.random.randrange(8)
            trials.append((f"a bit of byte {offset} ({name})", self.with_damage(keep, newest.name, bytes(damaged), expected)))
        self.row("a bit flipped in the newest checkpoint", trials)
        lengths = [0, 7, 8, 8 + size, len(whole) - 1] + [self.random.randrange(len(whole)) for _ in range(5)]
        trials = [
            (f"{n} bytes", self.with_damage(keep, newest.name, whole[:n], expected))
            for n in (lengths[:4] if self.is_quick else lengths)
        ]  # fmt: skip
        self.row("the newest checkpoint cut short", trials)

    def with_damage(self, keep, name, damaged, expected):
        """Resumes a finished run whose newest checkpoint is damaged: an older one must be taken."""
        out = self.fresh()
        shutil.copytree(keep, out)
        (out / "checkpoints" / name).write_bytes(damaged)
        code, text, error = self.train(out, [*self.SMALL, "--resume"])
        if "trying an older checkpoint" not in error:
            return f"nobody noticed; exit code {code}, {error[-200:]}"
        return self.compared(self.fingerprint(text), expected)


# What --only names, in the order in which all are run.
PARTS = {
    "zoo": Laboratory.zoo, "kills": Laboratory.kills, "writes": Laboratory.writes, "full_disks": Laboratory.full_disks,
    "bits": Laboratory.bits, "owners": owners.all_of, "resuming": resuming.all_of, "hostile": hostile.all_of,
    "streams": streams.all_of, "hangs": hangs.hangs, "stops": hangs.stops, "signals": hangs.signals,
    "commands": hangs.commands, "terminals": hangs.terminals,
}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--ascent", default=ROOT / ".build/release/ascent", type=pathlib.Path)
    parser.add_argument("--only", choices=PARTS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        laboratory = Laboratory(options.ascent.resolve(), pathlib.Path(folder), options.quick)
        began = time.monotonic()
        for name in [options.only] if options.only else PARTS:
            PARTS[name](laboratory)
    tried, survived = sum(row[1] for row in laboratory.rows), sum(row[2] for row in laboratory.rows)
    print(f"\nfaults tried {tried}, survived {survived}, lost: {tried - survived} ({time.monotonic() - began:.0f} s)")
    for text in laboratory.lost:
        print("lost: " + text)
    sys.exit(1 if laboratory.lost else 0)


if __name__ == "__main__":
    main()
