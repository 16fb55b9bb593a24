"""Files as attackers write them, spaces that are too large, code that a run brings, and causes of differences."""

import os
import pathlib
import pty
import resource
import shutil
import subprocess

FIXTURES = pathlib.Path(__file__).parent.parent / "Fixtures"
MEGABYTES = 600  # what a refusal may take, Python and numpy included
SECONDS = 20
MARKS = "\u0301\u0323"


def all_of(laboratory):
    texts_of_toml(laboratory)
    texts_of_json(laboratory)
    huge_spaces(laboratory)
    runs_from_elsewhere(laboratory)
    causes(laboratory)


def limited(laboratory, arguments, seconds=SECONDS):
    """Runs ascent with limits of time and memory; returns the exit code, the error, and the peak memory in megabytes."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))

    line = list(map(str, [laboratory.ascent, *arguments]))
    errors = laboratory.folder / "errors"
    with errors.open("wb") as file:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=file, preexec_fn=limit)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, errors.read_text(errors="replace"), usage.ru_maxrss / 1024


def refusal(code, error, megabytes, codes=(2, 4)):
    """What is wrong with a refusal, or None: one sentence and little memory are right."""
    if code not in codes or not error.startswith("ascent: "):
        return f"exit code {code}: {error[-300:]}"
    if len(error) > 10_000 or "Traceback" in error:
        return f"an error of {len(error)} characters: {error[:300]}"
    return f"{megabytes:.0f} MB" if megabytes > MEGABYTES else None


def repeated(part, size, join=""):
    return join.join(part(k) for k in range(size // (len(part(size)) + len(join))))


def toml_kinds(size):
    key = lambda k: f"k{k} = 1\n"
    return {
        "dotted keys": "a." * (size // 2) + "b = 1\n",
        "many dotted keys": repeated(lambda k: f"a{k}.b.c.d.e = 1\n", size),
        "a header": "[" + "a." * (size // 2) + "b]\n",
        "many headers": repeated(lambda k: f"[a.b{k}.c.d]\n", size),
        "nested arrays": "a = " + "[" * (size // 2) + "]" * (size // 2),
        "nested tables": "a = " + "{a = " * (size // 6) + "1" + "}" * (size // 6),
        "keys of a table": repeated(key, size),
        "arguments": "[environment.arguments]\n" + repeated(key, size),
        "nested arguments": repeated(lambda k: "environment.arguments.a.b.c." + key(k), size),
        "an inline table": "environment.arguments = {" + repeated(lambda k: f"k{k} = 1", size, ", ") + "}",
        "a table in an array": "a = [{" + repeated(lambda k: f"k{k} = 1", size, ", ") + "}]",
        "an array": "a = [" + "1," * (size // 2) + "]",
        "a text": 'a = "' + "x" * size + '"',
        "escapes": 'a = "' + "\\n" * (size // 2) + '"',
        "a name": "x" * size + " = 1",
        "a name of marks": '"e' + MARKS * (size // 4) + '" = 1',
        "a number": "a = " + "1" * size + ".5",
        "an id": 'environment.id = "' + "\U0001f1e6" * (size // 4) + '"',
        "wrappers": "environment.wrappers = [" + '"a:b {c=",' * (size // 10) + "]",
        "emissions": "environment.emission = [" + '"x",' * (size // 4) + "]",
        "modules": 'environment.id = "a:b"\nenvironment.register = [' + '"no_such_module",' * (size // 17) + "]",
    }


def texts_of_toml(laboratory):
    folder = laboratory.fresh()
    folder.mkdir()
    trials = []
    for size in (400_000,) if laboratory.is_quick else (4_000, 40_000, 400_000, 1_000_000, 4_000_000):
        for kind, text in list(toml_kinds(size).items())[:: 4 if laboratory.is_quick else 1]:
            (folder / "run.toml").write_text(text)
            trials.append((f"{kind}, {size} bytes", refusal(*limited(laboratory, ["evaluate", folder, "--episodes", "1"]))))
    laboratory.row("a run.toml that is large or deep", trials)


def json_kinds(size):
    line = (
        '{"environment": "native:cartpole", "observations": [[0,0,0,0],[0,0,0,0]], "actions": [0], "rewards": [1], '
        '"terminated": true, "truncated": false, '
    )
    return {
        "nested arrays": line + '"x": ' + "[" * size,
        "nested objects": line + '"x": {' + '"a":{' * (size // 6),
        "keys": line + repeated(lambda k: f'"k{k}": 1', size, ", "),
        "one key again": line + '"k": 1,' * (size // 7),
        "a text": line + '"x": "' + "x" * size + '"',
        "a name of marks": line + '"e' + MARKS * (size // 4) + '": 1}',
        "a number": line + '"x": ' + "1" * size,
        "empty arrays": line + '"x": [' + "[]," * (size // 3),
    }


def texts_of_json(laboratory):
    base = laboratory.folder / "base"
    shutil.rmtree(base, ignore_errors=True)
    laboratory.train(base, ["native:cartpole", "--steps", "64", "--lanes", "1"])
    lines, trials = laboratory.folder / "lines.jsonl", []
    for size in (400_000,) if laboratory.is_quick else (40_000, 400_000, 4_000_000):
        for kind, text in list(json_kinds(size).items())[:: 3 if laboratory.is_quick else 1]:
            lines.write_text(text)
            arguments = ["clone", lines, "--environment", "native:cartpole", "--out", laboratory.fresh()]
            trials.append((f"{kind}, {size} bytes of .jsonl", refusal(*limited(laboratory, arguments))))
            (base / "policy.json").write_text(text)
            trials.append((f"{kind}, {size} bytes of policy.json", refusal(*limited(laboratory, ["evaluate", base]))))
    laboratory.row("a .jsonl or policy.json that is large or deep", trials)


def huge_spaces(laboratory):
    names = ["Choices", "MostChoices", "ManyChoices", "ManyVectors", "WideVectors", "Bits", "OverflowingBits", "Zero",
             "Numbers", "Parts", "Deep", "Deeper"]  # fmt: skip
    kinds = [name + kind for name in names for kind in ("", "Actions")][:: 6 if laboratory.is_quick else 1]
    trials = []
    for name in kinds:
        arguments = ["train", f"{FIXTURES / 'huge.py'}:{name}", "--steps", "16", "--lanes", "1", "--out", laboratory.fresh()]
        # Gymnasium itself keeps the bounds of 20 million numbers in several copies.
        code, error, megabytes = limited(laboratory, arguments, 60)
        trials.append((name, refusal(code, error, 0 if name.startswith(("Numbers", "WideVectors")) else megabytes)))
    laboratory.row("spaces of 10¹⁰ choices and others", trials)


def runs_from_elsewhere(laboratory):
    """Copies of a run that bring code; each leaves a trace if it runs."""
    project = laboratory.folder / "project"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    trace = project / "trace"
    source = f"open({str(trace)!r}, 'w')\n" + (FIXTURES / "names.py").read_text()
    (project / "own.py").write_text(source)
    small = ["--preset", "none", "--lanes", "1", "--steps", "64", "--set", "rollout.steps=32"]
    laboratory.train(project / "run", [f"{project / 'own.py'}:Names", *small])
    text = (project / "run" / "run.toml").read_text()
    evil = project / "gift" / "evil.py"
    changes = {
        "environment": (f'id = "{project / "own.py"}:Names"', f'id = "{evil}:Names"'),
        "wrapper": ("wrappers = []", f'wrappers = ["{evil}:Names"]'),
        "emission": ("emission = []", f'emission = ["{evil}:Names"]'),
        "register": ("register = []", f'register = ["{evil}"]'),
        "PYTHONPATH": ("[made_with]", f'[made_with]\npython_path = "{evil.parent}"'),
    }
    trials = []
    for name, (old, new) in list(changes.items())[:: 2 if laboratory.is_quick else 1]:
        shutil.rmtree(evil.parent, ignore_errors=True)
        shutil.copytree(project / "run", evil.parent)
        evil.write_text(source)
        (evil.parent / "run.toml").write_text(text.replace(old, new))
        for command in ("evaluate",) if laboratory.is_quick else ("evaluate", "reproduce", "gradient"):
            trace.unlink(missing_ok=True)
            code, error, _ = limited(laboratory, [command, evil.parent])
            wrong = f"exit code {code}: {error[-300:]}" if code != 2 or "--trust" not in error else None
            trials.append((f"{name}, {command}", "its code ran" if trace.exists() else wrong))
    for answer, expected in (("y\n", 0), ("n\n", 2), ("\n", 2), ("\x04", 2)):
        trace.unlink(missing_ok=True)
        (evil.parent / "run.toml").write_text(text.replace(*changes["environment"]))
        code = answered([laboratory.ascent, "evaluate", evil.parent, "--episodes", "1"], answer)
        right = (code, trace.exists()) == (expected, expected == 0)
        trials.append((f"the answer {answer!r}", None if right else f"exit code {code}, its code ran: {trace.exists()}"))
    laboratory.row("code that a run brings along", trials)


def answered(line, answer):
    """Runs a command on a terminal, and answers its first question; returns the exit code."""
    process, terminal = pty.fork()
    if process == 0:
        os.execv(line[0], list(map(str, line)))
    text = b""
    try:
        while part := os.read(terminal, 4096):
            text += part
            if b"[y/N]" in text and answer:
                os.write(terminal, answer.encode())
                answer = None
    except OSError:  # the end of a terminal
        pass
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def causes(laboratory):
    """Differences of what run.toml records, and variables that change what environments compute."""
    base, other = laboratory.folder / "a", laboratory.folder / "b"
    small = ["--preset", "none", "--lanes", "2", "--steps", "128", "--set", "rollout.steps=32"]
    environment = f"{FIXTURES / 'names.py'}:Names"
    shutil.rmtree(base, ignore_errors=True)
    laboratory.train(base, [environment, *small], environment={"PYTHONPATH": "/nowhere"})
    text, rows = (base / "run.toml").read_text(), (base / "metrics.csv").read_text()
    planted = [
        ('rng = "streams"', 'rng = "episodes"', "configuration"), ("arguments = {}", "arguments = {a = 1}", "configuration"),
        ("wrappers = []", 'wrappers = ["a:b"]', "configuration"), ('python = "', 'python = "0', "version"),
        ('environment_file = "', 'environment_file = "0', "changed file"),
        ("[made_with]\n", '[made_with]\nmodule_x = "0"\n', "changed file"),
        ('python_path = "', 'python_path = "/x', "search path"), ('c_library = "', 'c_library = "x', "C library"),
        ('processor = "', 'processor = "x', "processor"),
    ]  # fmt: skip
    trials = []
    for old, new, cause in planted[:: 4 if laboratory.is_quick else 1]:
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(base, other)
        (other / "run.toml").write_text(text.replace(old, new))
        (other / "metrics.csv").write_text(rows.replace(",0.", ",1."))
        found = subprocess.run([laboratory.ascent, "diff", base, other, "--files"], capture_output=True, text=True)
        last = found.stdout.strip().splitlines()[-1:]
        trials.append((f"{cause}: {new[:30]}", None if last == [f"cause: {cause}"] else f"it says {last}, {found.stderr[-200:]}"))
    laboratory.row("causes that diff names", trials)
    expected = laboratory.undisturbed([environment, *small])
    trials = []
    variables = [{"PYTHONHASHSEED": "7"}, {"PYTHONHASHSEED": "random"}, {"PYTHONDONTWRITEBYTECODE": "1"},
                 {"NPY_DISABLE_CPU_FEATURES": "AVX512F"}, {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA"}]  # fmt: skip
    for variable in variables[:: 2 if laboratory.is_quick else 1]:
        _, said, _ = laboratory.train(laboratory.fresh(), [environment, *small], environment=variable)
        trials.append((str(variable), laboratory.compared(laboratory.fingerprint(said), expected)))
    laboratory.row("variables that change no bit here", trials)
