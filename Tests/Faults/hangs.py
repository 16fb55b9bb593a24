"""The laboratory's hangs, stops and signals: nothing waits for ever, and whoever asks a run to end is heard.

Each function takes the Laboratory of laboratory.py. The environments are those of Tests/Fixtures/hangs.py.
"""

import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import time

ROOT = pathlib.Path(__file__).parent.parent.parent
HANGS, SLOW = ROOT / "Tests/Fixtures/hangs.py", f"{ROOT}/Tests/Fixtures/misbehaving.py:Slow"
SMALL = ["--steps", "200", "--lanes", "2", "--preset", "none", "--set", "rollout.steps=20", "--patience", "2"]
MASKS = ["--set", "environment.action_masks=true"]
# Where environments hang in a run, with what the report says beside the stack.
IN_CALLS = (
    "InStep", "InReset", "WithoutLettingGo", "InThreadWithLock", "InGenerator", "InArray", "InFloat", "InFlag", "InIndex",
    "InItem", "InText", "InDel", "InCollection", "InState", "InMask", "InMaskItem",
)  # fmt: skip
IN_OPENING = ("InConstructor", "InSpace", "InProperty", "InMethodProperty", "InWrapper", "InImport")
AT_END = {
    "InClose": "has not closed", "InDelOfItself": "has not closed", "AtExit": "has not ended", "InThread": "has not ended",
    "InModule": "has not ended", "InExitOfLibrary": "the process has not ended",
}  # fmt: skip


def arguments_of(name):
    """The arguments and environment variables of a run that hangs there."""
    if name == "InWrapper":
        return [f"{HANGS}:Steady", "--wrapper", f"{HANGS}:InWrapper"], {}
    if name == "InImport":
        return [f"{HANGS}:Steady"], {"ASCENT_TEST_HANGS": "import"}
    return [f"{HANGS}:{name}", *(MASKS if "Mask" in name else [])], {}


def hangs(lab):
    names = [*IN_CALLS, *IN_OPENING, *AT_END]
    for workers in ("1",) if lab.is_quick else ("1", "2"):
        trials = []
        for name in names[:: 5 if lab.is_quick else 1]:
            arguments, variables = arguments_of(name)
            began = time.monotonic()
            code, _, error = lab.train(lab.fresh(), [*arguments, *SMALL, "--workers", workers], environment=variables)
            words = AT_END.get(name, "has not been made" if name in IN_OPENING else "has not re")
            right = code == (0 if name in AT_END else 3) and words in error and time.monotonic() - began < 60
            trials.append((name, None if right else f"exit code {code}, {error.strip()[-300:]}"))
        lab.row(f"hangs, stop, {workers} worker(s)", trials)
    trials, once = [], {"ASCENT_FAULT_LOG": str(lab.folder / "log"), "ASCENT_FAULTS": "1"}
    expected = lab.undisturbed([f"{HANGS}:Steady", *SMALL])
    # These are other problems, with bits of their own.
    alike = [name for name in names if name not in ("InIndex", "InItem") and "Mask" not in name]
    for name in alike[:: 7 if lab.is_quick else 1]:
        arguments, variables = arguments_of(name)
        out = lab.fresh()
        _, text, error = lab.train(out, [*arguments, *SMALL, "--on-fault", "restart"], environment=once | variables)
        wrong = None if "has not" in error else "it did not hang"
        trials.append((name, wrong or lab.compared(lab.fingerprint(text), expected)))
    lab.row("hangs, restart", trials)


# --- processes that are stopped, and signals

LONG = [SLOW, "--steps", "2400", "--lanes", "4", "--set", "rollout.steps=40"]
WAYS = {"1 worker": [], "2 workers": ["--workers", "2"], "restart": ["--on-fault", "restart"]}


def begin(lab, out, arguments, rows=2):
    """Starts a run in a session of its own, and waits for so many rows of its metrics."""
    line = [lab.ascent, "train", *arguments, "--quiet", "--json", "--out", out, "--seed", "3"]
    process = subprocess.Popen(
        list(map(str, line)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True)
    metrics = ROOT / out / "metrics.csv"
    wait_for(lambda: process.poll() is not None or (metrics.exists() and metrics.read_text().count("\n") > rows))
    return process


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def is_anyone_left(session):
    """Whether a process of a session still runs."""
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            return True
    return False


def stops(lab):
    expected, trials = lab.undisturbed(LONG), []
    for name, more in list(WAYS.items())[1 if lab.is_quick else 0 :]:
        process = begin(lab, lab.fresh(), [*LONG, *more, "--patience", "1"])
        os.killpg(process.pid, signal.SIGSTOP)
        time.sleep(3)
        os.killpg(process.pid, signal.SIGCONT)
        text, error = process.communicate(timeout=120)
        trials.append((name, error.strip()[-300:] or lab.compared(lab.fingerprint(text), expected)))
    lab.row("stopped for longer than --patience", trials)


def signals(lab):
    expected, trials = lab.undisturbed(LONG), []
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)[: 1 if lab.is_quick else 3]:
        for name, more in WAYS.items():
            for is_group in (False, True):
                out = lab.fresh()
                process = begin(lab, out, [*LONG, *more])
                (os.killpg if is_group else os.kill)(process.pid, number)
                _, error = process.communicate(timeout=60)
                wrong = None if process.returncode == 130 else f"exit code {process.returncode}: {error[-200:]}"
                wrong = wrong or ("processes are left" if is_anyone_left(process.pid) else None)
                whom = "all" if is_group else "one"
                trials.append((f"{number.name} to {whom}, {name}", wrong or lab.compared(lab.resumed(out, LONG), expected)))
    lab.row("SIGHUP, SIGTERM and SIGINT save and end", trials)
    trials = []
    for name, more in WAYS.items():
        for number in (signal.SIGINT, signal.SIGTERM):
            hanging = [f"{HANGS}:InStep", *SMALL[:-2], *more]
            process = begin(lab, lab.fresh(), hanging, rows=1)
            time.sleep(0.3)
            for _ in range(2):
                os.kill(process.pid, number)
                time.sleep(0.2)
            is_over = wait_for(lambda: process.poll() is not None, 3)
            if not is_over:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            wrong = None if is_over and process.returncode == 130 else f"exit code {process.returncode}"
            left = None if wait_for(lambda: not is_anyone_left(process.pid), 5) else "processes are left"
            trials.append((f"{number.name}, {name}", wrong or left))
    lab.row("a second signal ends a hanging run at once", trials)


def commands(lab):
    out, file = lab.fresh(), lab.folder / "episodes.jsonl"
    lab.train(out, [SLOW, "--steps", "2400", "--lanes", "4", "--set", "rollout.steps=40"])
    sampling = [lab.ascent, "sample", "native:cartpole", "--episodes", "20000", "--out", file]
    subprocess.run(sampling, cwd=ROOT, check=True, capture_output=True)
    many = ["--episodes", "100000"]
    lines = {
        "evaluate": [out, *many], "estimate": [out, *many], "sample": [SLOW, *many, "--out", lab.folder / "cut.jsonl"],
        "check": [SLOW, "--steps", "3000"], "gradient": [out, "--batches", "10000"], "reproduce": [out],
        "replay": [out, "--lane", "0", "--episode", "115"], "clone": [file, "--out", lab.folder / "cloned"],
    }  # fmt: skip
    trials = []
    for name, line in lines.items():
        for delay in (1.5,) if lab.is_quick else (0.5, 1.0, 1.5, 2.0):
            process = subprocess.Popen(
                list(map(str, [lab.ascent, name, *line])), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            text, error = process.communicate(timeout=60)
            subprocess.run(["rm", "-rf", lab.folder / "cloned"], check=True)
            right = process.returncode == 130 and "KeyboardInterrupt" not in error + text
            trials.append((f"{name} after {delay} s", None if right else f"exit code {process.returncode}: {error[-300:]}"))
    lab.row("Ctrl-C in other commands", trials)


# --- terminals

class Terminal:
    """A shell with job control, at a terminal on which the background may not write."""

    def __init__(self):
        self.shell, self.file = pty.fork()
        if self.shell == 0:
            os.chdir(ROOT)
            os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
        self.text = ""
        self.type("stty tostop; PS1=; echo rea''dy\n")
        self.expect("ready")

    def type(self, text):
        os.write(self.file, text.encode())

    def expect(self, pattern, seconds=60):
        """Reads until the output since the last match has the pattern; returns the match, or None."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = re.search(pattern, self.text)
            if found:
                self.text = self.text[found.end() :]
                return found
            if select.select([self.file], [], [], 0.05)[0]:
                try:
                    self.text += os.read(self.file, 65536).decode(errors="replace")
                except OSError:
                    return None
        return None

    def close(self):
        os.close(self.file)
        os.waitpid(self.shell, 0)


def terminals(lab):
    expected, trials = lab.undisturbed(LONG), []
    for name, more in list(WAYS.items())[2 if lab.is_quick else 0 :]:
        for deed in ("Ctrl-C", "Ctrl-Z and fg", "it is closed"):
            out, terminal = lab.fresh(), Terminal()
            line = [lab.ascent, "train", *LONG, *more, "--patience", "2", "--seed", "3", "--json", "--out", out]
            terminal.type(" ".join(map(str, line)) + "; echo co''de $?\n")
            wrong = None if terminal.expect('"event":"iteration","iteration":2') else f"it did not begin: {terminal.text}"
            if deed == "Ctrl-C":
                terminal.type("\x03")
                code = terminal.expect(r"code (\d+)")
                wrong = wrong or (None if code and code[1] == "130" else f"code {code}: {terminal.text[-300:]}")
            elif deed == "Ctrl-Z and fg":
                terminal.type("\x1a")
                wrong = wrong or (None if terminal.expect("Stopped") else f"it was not stopped: {terminal.text[-300:]}")
                time.sleep(3)
                terminal.text = ""
                terminal.type("fg; echo co''de $?\n")
                done = terminal.expect(r'({"event":"done".*?})\s')
                wrong = wrong or (None if done else f"it did not go on: {terminal.text[-300:]}")
                wrong = wrong or lab.compared(json.loads(done[1])["fingerprint"], expected)
            terminal.close()
            gone = wait_for(lambda shell=terminal.shell: not is_anyone_left(shell), 30)
            wrong = wrong or (None if gone else "processes are left")
            trials.append((f"{deed}, {name}", wrong or lab.compared(lab.resumed(out, LONG), expected)))
    lab.row("a terminal with tostop", trials)
