"""Faults of descriptors and of output: what is closed, full, or not read; what writes between results; what forks; and
words that a terminal would act on. laboratory.py calls all_of(laboratory)."""

import json
import os
import pathlib
import pty
import shlex
import subprocess
import unicodedata

ROOT = pathlib.Path(__file__).parent.parent.parent
FIXTURES = ROOT / "Tests/Fixtures/outputs.py"
SETTINGS = ["--steps", "512", "--lanes", "2", "--set", "rollout.steps=32"]
SENTENCE = "ascent: cannot write to standard output: "


def all_of(laboratory):
    laboratory.row("results that cannot be written", list(unwritten(laboratory)))
    laboratory.row("standard descriptors that are closed", list(closed(laboratory)))
    laboratory.row("what an environment writes to descriptor 1", list(mixed(laboratory)))
    laboratory.row("readers that end early, restart", list(early_readers(laboratory)))
    laboratory.row("forks that return into the run", list(strays(laboratory)))
    laboratory.row("words that a terminal acts on", list(words(laboratory)))


def ascent(laboratory, arguments, redirections="", **more):
    """Runs ascent by bash, with these redirections: exit code, standard output and error."""
    line = f"{shlex.join(map(str, [laboratory.ascent, *arguments]))} {redirections}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, cwd=ROOT, timeout=120, **more)
    return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")


def training(name, out, more=()):
    environment = name if ":" in name or "-" in name else f"{FIXTURES}:{name}"
    return ["train", environment, *SETTINGS, "--seed", "3", "--json", "--quiet", "--out", out, *more]


def undisturbed(laboratory):
    return laboratory.undisturbed([f"{FIXTURES}:Walk", *SETTINGS])


# --- results


def hung_up(laboratory, arguments):
    """Runs ascent with its results at a terminal that is gone: writes fail with EIO."""
    master, slave = pty.openpty()
    os.close(master)
    done = subprocess.run(
        [laboratory.ascent, *arguments], stdout=slave, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=ROOT)
    os.close(slave)
    return done.returncode, "", done.stderr.decode()


def unwritten(laboratory):
    run = laboratory.fresh()
    ascent(laboratory, training("native:cartpole", run))
    commands = [
        ["evaluate", run, "--episodes", "2"], ["algorithms"], ["help", "metrics"], ["doctor"], ["environments"], ["--help"],
        ["diff", run, run], ["reproduce", run], ["replay", run, "--lane", "0", "--episode", "0"],
        ["estimate", run, "--episodes", "2"], ["sample", run, "--episodes", "2", "--out", laboratory.folder / "s.jsonl"],
        ["check", "native:cartpole", "--steps", "50"],
        ["gradient", "native:two-state", "--batches", "2", "--episodes", "2"],
    ]  # fmt: skip
    for command in commands[:: 6 if laboratory.is_quick else 1]:
        for name, redirections in (("full", "> /dev/full"), ("pipe", "| true"), ("closed", ">&-"), ("hung up", None)):
            if redirections:
                code, _, error = ascent(laboratory, command, redirections)
            else:
                code, _, error = hung_up(laboratory, command)
            right = code == 6 and SENTENCE in error
            yield f"{command[0]}, {name}", None if right else f"exit code {code}: {error[-200:]}"


def closed(laboratory):
    expected = undisturbed(laboratory)
    for which in range(1, 8) if not laboratory.is_quick else (2, 7):
        for workers in "12":
            redirections = " ".join(text for k, text in enumerate(("<&-", ">&-", "2>&-")) if which >> k & 1)
            out = laboratory.fresh()
            more = ["--workers", workers]
            code, text, error = ascent(laboratory, training("Walk", out, more), redirections)
            wrong = None
            if which & 2:
                if code != 6 or (not which & 4 and SENTENCE not in error):
                    wrong = f"exit code {code}: {error[-200:]}"
                found = laboratory.resumed(out, [f"{FIXTURES}:Walk", *SETTINGS])
            else:
                found = laboratory.fingerprint(text)
            wrong = wrong or laboratory.compared(found, expected)
            mixed_up = [path for path in (ROOT / out).rglob("*") if path.is_file() and b'"event"' in path.read_bytes()]
            yield f"{redirections}, {workers} worker(s)", wrong or (f"results are in {mixed_up}" if mixed_up else None)


def mixed(laboratory):
    expected = undisturbed(laboratory)
    for more in ([], ["--workers", "2"], ["--on-fault", "restart"]):
        _, text, _ = ascent(laboratory, training("Writes", laboratory.fresh(), more))
        strange = [line for line in text.splitlines() if not line.startswith("{")]
        yield " ".join(more) or "one process", f"among the results is {strange[:3]}" if strange else laboratory.compared(
            laboratory.fingerprint(text), expected)  # fmt: skip


def early_readers(laboratory):
    for name in ("CartPole-v1", "Prints"):
        for reader in ("| head -n 1 > /dev/null", "2>&1 | head -n 1 > /dev/null", "| true", "> /dev/full"):
            for form in ([], ["--json"])[:: 2 if laboratory.is_quick else 1]:
                arguments = [word for word in training(name, laboratory.fresh()) if word != "--json"]
                code, _, error = ascent(laboratory, [*arguments, *form, "--on-fault", "restart"], reader)
                # head may have read everything before it ends.
                right = code in ({0, 6, 130} if "head" in reader else {6, 130}) and "fault " not in error
                yield f"{name} {reader} {form}", None if right else f"exit code {code}: {error[-200:]}"


# --- forks


def strays(laboratory):
    expected = undisturbed(laboratory)
    for name in ("Forks", "ForksInReset", "ForksInConstructor"):
        for workers in "1" if laboratory.is_quick else "12":
            out = laboratory.fresh()
            file = laboratory.folder / "stray.txt"
            file.unlink(missing_ok=True)
            # They write stray.txt into the working folder.
            line = [laboratory.ascent, *training(name, (ROOT / out).resolve(), ["--workers", workers])]
            done = subprocess.run(line, capture_output=True, text=True, cwd=laboratory.folder, timeout=120)
            alive = [stray for stray in file.read_text().split() if is_alive(stray)] if file.exists() else ["nobody forked"]
            wrong = f"still there: {alive}" if alive else laboratory.compared(laboratory.fingerprint(done.stdout), expected)
            yield f"{name}, {workers} worker(s)", wrong


def is_alive(process):
    try:
        return ") Z " not in pathlib.Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


# --- words

PARTS = [
    "\x1b[31m", "\x1b]0;title\x07", "\x1b[2J", "\r", "\n", "\nascent: trained 9 steps", "\x00", "\x7f", "\x9b1m", "\x08",
    "\u202e", "\u2066", "\u200b", "\u2028", "\udc80", "\ud800", "\ufeff", "é", "θ", "plain", "'", '"', "\\", "\t",
]  # fmt: skip


def acting(text):
    return sorted({hex(ord(c)) for c in text if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")})


def words(laboratory):
    for k in range(4 if laboratory.is_quick else 60):
        word = "".join(laboratory.random.choice(PARTS) for _ in range(6))
        name = word.encode("utf-8", "surrogateescape" if "\ud800" not in word else "replace").replace(b"\0", b"").decode(
            "utf-8", "replace").replace("/", "")  # fmt: skip
        toml = laboratory.folder / "words.toml"
        toml.write_text(f'{json.dumps(name)} = 1\n["policy"]\n{json.dumps(name)} = 1\n')
        speaking = os.environ | {"ASCENT_TEST_WORDS": json.dumps(word)}
        commands = [
            training("Speaks", laboratory.fresh()), training("SpeaksAtOpening", laboratory.fresh()),
            ["train", name], ["train", f"{name}.py:Walk"], ["evaluate", name], ["train", "native:tiger", "--config", toml],
            ["train", "native:tiger", "--set", f"{name}=1"], ["help", name], [name], ["train", "native:tiger", f"--{name}"],
        ]  # fmt: skip
        for command in commands[k % 2 :: 2] if laboratory.is_quick else commands:
            laboratory.fresh()
            _, text, error = ascent(laboratory, command, env=speaking)
            found = acting(text + error) or [line for line in error.splitlines()[:1] if not line.strip()]
            if command[-1] != name and command[1].startswith(str(FIXTURES)) and "plain" in word and "plain" not in error.splitlines()[0]:
                found = ["the sentence is cut"]
            yield f"{command[:2]} {word!r}", f"{found}: {error[:200]!r}" if found else None
