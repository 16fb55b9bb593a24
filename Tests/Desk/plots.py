"""Looks at what `ascent plot` draws: python Tests/Desk/plots.py ASCENT, with matplotlib and numpy.

Pictures are the same bytes each time, whatever the user's settings of matplotlib; what a run says is text in them; centers
and intervals agree with numpy; without matplotlib there is a sentence. Prints how long ten runs of a million steps take.
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import resource
import struct
import subprocess
import sys
import tempfile
import termios
import time
import xml.etree.ElementTree

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import runs  # noqa: E402


def check_bytes(ascent, folder, scratch):
    unwritable = scratch / "unwritable"
    unwritable.write_text("a file, not a folder")
    own = scratch / "own"
    own.mkdir()
    (own / "matplotlibrc").write_text("lines.linewidth: 9\naxes.facecolor: red\nno.such.key: 1\nfont.family: serif\n")
    for ending, start in (("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")):
        found = set()
        for k, variables in enumerate([{}, {"MPLCONFIGDIR": str(own)}, {"MPLCONFIGDIR": str(unwritable), "HOME": None},
                                       {"MPLBACKEND": "tkagg", "DISPLAY": None, "TZ": "Asia/Tokyo"}]):
            path = scratch / f"{k}.{ending}"
            out, error = runs.ascent(ascent, "plot", folder, "--out", path, "--python", sys.executable, **variables)
            assert error == "" and out == f"{path}\n", (out, error)
            found.add(path.read_bytes())
        assert len(found) == 1, f"{ending}: {len(found)} different files"
        content = found.pop()
        assert content.startswith(start), ending
        assert not any(word in content for word in (b"2026", b"CreationDate", b"matplotlib.org")), ending
        if ending == "svg":
            xml.etree.ElementTree.fromstring(content)
    print("plots: the same bytes of PNG, SVG and PDF with other settings of matplotlib, without HOME, with another backend")


def check_text(ascent, run, scratch):
    odd = runs.copies(run, scratch / "odd", 2, 50, [("native:cartpole", "native:$x_1$<b>&\u4e16%s")])
    path = scratch / "odd.svg"
    _, error = runs.ascent(ascent, "plot", odd, "--out", path, "--python", sys.executable)
    assert error == "", error
    xml.etree.ElementTree.parse(path)
    print("plots: names with the signs of mathematics and of XML are text")


def check_numbers(ascent, folder):
    out, _ = runs.ascent(ascent, "plot", folder, "--json", "--group-by", "run")
    single = [json.loads(line) for line in out.splitlines()][:-1]
    out, _ = runs.ascent(ascent, "plot", folder, "--json", "--group-by", "environment")
    together = json.loads(out.splitlines()[0])
    values = numpy.array([numpy.interp(together["x"], curve["x"], curve["y"]) for curve in single])
    assert together["x"] == single[0]["x"], "runs of equal steps have another grid"
    assert numpy.allclose(together["y"], values.mean(0))
    draw = numpy.random.default_rng(1).integers(len(values), size=(20000, len(values)))
    low, high = numpy.percentile(values[draw].mean(1), [2.5, 97.5], axis=0)
    # 1000 resamples: the standard error of a percentile is about a tenth of the interval's width.
    width = (high - low).mean()
    worst = max(abs(numpy.array(together["low"]) - low).max(), abs(numpy.array(together["high"]) - high).max())
    assert worst < 0.35 * width, (worst, width)
    print(f"plots: the mean is numpy's, the intervals differ by at most {worst / width:.0%} of their width")


def on_terminal(ascent, folder, columns, **variables):
    """What `ascent plot` writes to a terminal of a width."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "", **variables}
    with subprocess.Popen([ascent, "plot", folder], stdout=other, stderr=other, stdin=other, env=environment):
        os.close(other)
        text = b""
        try:
            while block := os.read(main, 65536):
                text += block
        except OSError:
            pass  # the terminal is closed
    os.close(main)
    return text.decode().replace("\r\n", "\n")


def check_terminal(ascent, folder):
    for columns in (30, 40, 80, 200):
        text = on_terminal(ascent, folder, columns)
        plain = re.sub("\x1b\\[[0-9]*m", "", text)
        assert plain != text and "\x1b" not in plain
        widest = max(map(len, plain.splitlines()))
        assert widest == min(columns, 100), (columns, widest)
        for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            text = on_terminal(ascent, folder, columns, **variables)
            assert "\x1b" not in text and max(map(len, text.splitlines())) <= columns
    print("plots: as wide as a terminal of 30, 40, 80 and 200 columns, in color unless NO_COLOR is set")


def check_missing(ascent, folder, scratch):
    bare = scratch / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", bare], check=True)
    _, error = runs.ascent(ascent, "plot", folder, "--out", scratch / "x.png", "--python", bare, ok=False)
    assert "needs matplotlib" in error and "pip install matplotlib" in error, error
    assert error.count("\n") == 1 and not (scratch / "x.png").exists(), error
    out, _ = runs.ascent(ascent, "plot", folder, "--terminal", "--python", bare, LC_ALL="C")
    assert out.isascii() and max(map(len, out.splitlines())) <= 80
    print("plots: without matplotlib there is one sentence, and --terminal draws")


def main():
    ascent = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        folder = runs.trained(ascent, scratch / "runs")
        check_bytes(ascent, folder, scratch)
        check_text(ascent, folder / "ppo-1", scratch)
        check_terminal(ascent, folder)
        check_missing(ascent, folder, scratch)
        million = runs.copies(folder / "ppo-1", scratch / "million", 10, 3906)
        check_numbers(ascent, million)
        began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        runs.ascent(ascent, "plot", million, "--out", scratch / "million.png", "--python", sys.executable)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"plots: ten runs of a million steps as PNG in {time.monotonic() - began:.1f} s, {busy:.1f} s of a core")


if __name__ == "__main__":
    main()
