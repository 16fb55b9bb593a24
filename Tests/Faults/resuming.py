"""Faults of the laboratory between two parts of a run: what has changed, what is lost, and how many steps are asked for."""

import csv
import hashlib
import json
import struct

import owners


def all_of(lab):
    for part in (changes, rows, budgets, weights):
        part(lab)


def changes(lab):
    source, sees = lab.folder / "walk.py", lab.folder / "sees.py"
    line = [f"{source}:Walk", "--emission", f"{sees}:Sees", *owners.SMALL[1:], "--steps"]
    trials = []
    for name in ("environment file", "emission file", "version"):
        source.write_text(owners.WALK)
        sees.write_text(owners.WALK)
        out = lab.fresh()
        lab.train(out, [*line, "500"])
        if name == "version":
            toml = out / "run.toml"
            toml.write_text(toml.read_text().replace('numpy = "', 'numpy = "0.'))
        else:
            {"environment file": source, "emission file": sees}[name].write_text(owners.WALK + "\n# edited\n")
        code, _, error = lab.train(out, [*line, "1000", "--resume"])
        wrong = None if code == 2 and "--accept-changes" in error else f"not noticed: {code}, {error[-200:]}"
        code, _, error = lab.train(out, [*line, "1000", "--resume", "--accept-changes"])
        if code != 0 or "change_1 = " not in (out / "run.toml").read_text():
            wrong = wrong or f"not accepted: {code}, {error[-200:]}"
        trials.append((name, wrong))
    lab.row("what a run is made of has changed", trials)


def rows(lab):
    def table(folder):
        with open(folder / "metrics.csv", newline="") as file:
            return [[row[key] for key in row if key != "seconds"] for row in csv.DictReader(file)]

    whole = lab.fresh()
    lab.train(whole, [*owners.SMALL, "--steps", "1920"])
    expected, trials = table(whole), []
    for k in range(3 if lab.is_quick else 21):
        out = lab.fresh()
        lab.train(out, [*owners.SMALL, "--steps", "960"])
        path = out / "metrics.csv"
        text, at = path.read_bytes(), lab.random.randrange(40, path.stat().st_size - 40)
        name = ("shortened", "CRLF", "a byte", "rows", "gone", "beginning", "zeros")[k % 7]
        lines = text.splitlines(keepends=True)
        row = lab.random.randrange(1, len(lines) - 1)
        damaged = {
            "shortened": text[:at], "CRLF": text.replace(b"\n", b"\r\n"), "a byte": text[:at] + b"\x00" + text[at + 1 :],
            "rows": b"".join(lines[:row] + lines[row + 1 :]), "beginning": text[at:], "gone": None, "zeros": text[:at] + bytes(len(text) - at),
        }[name]  # fmt: skip
        path.unlink() if damaged is None else path.write_bytes(damaged)
        _, _, error = lab.train(out, [*owners.SMALL, "--steps", "1920", "--resume"])
        told, same = "metrics.csv" in error, table(out) == expected
        # A number of the column `seconds` is nobody's.
        trials.append((f"{name} at {at}", None if same and (told or name == "a byte") else f"told {told}, the same {same}"))
    lab.row("damage of metrics.csv", trials)


def budgets(lab):
    trials = []
    for k in range(1 if lab.is_quick else 6):
        out, steps = lab.fresh(), sorted(lab.random.sample(range(200, 3000), 2 + k % 2))
        for number in steps:
            lab.train(out, [*owners.SMALL, "--set", "algorithm.rate_schedule=linear", "--steps", number, "--resume"])
        code, text, error = owners.run(lab, ["reproduce", out.resolve(), "--workers", 1 + k % 2, "--quiet"])
        less, _, _ = lab.train(out, [*owners.SMALL, "--set", "algorithm.rate_schedule=linear", "--steps", steps[0], "--resume"])
        wrong = f"reproduce: {code}, {text}{error[-200:]}" if code != 0 else None if less == 2 else f"fewer steps: {less}"
        trials.append((str(steps), wrong))
    lab.row("runs of several budgets, reproduced", trials)


def weights(lab):
    out = lab.fresh()
    lab.train(out, [*owners.SMALL, "--steps", "500"])
    path, trials = out / "policy.safetensors", []
    raw = bytearray(path.read_bytes())
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    offset = 8 + size + header[next(name for name in header if name.startswith("actor."))]["data_offsets"][0]
    for value in ("nan", "inf"):
        raw[offset : offset + 4] = struct.pack("<f", float(value))
        old = json.loads(raw[8 : 8 + size])["__metadata__"]["sha256_of_file"].encode()
        blank = raw.replace(old, b"0" * 64, 1)
        raw = blank.replace(b"0" * 64, hashlib.sha256(blank).hexdigest().encode(), 1)
        path.write_bytes(raw)
        for line in (["evaluate", out.resolve()], ["sample", out.resolve(), "--out", lab.folder / "x.jsonl"]):
            code, _, error = owners.run(lab, line)
            trials.append((f"{value}, {line[0]}", None if code == 4 and "not finite" in error else f"{code}: {error[-200:]}"))
    lab.row("weights that are not finite", trials)
