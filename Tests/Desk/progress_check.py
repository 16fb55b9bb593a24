"""Looks at the live rows of `ascent train` on a terminal that is emulated, at 40 and 80 columns and while it is resized.

.venv-desk/bin/python Tests/Desk/progress_check.py ASCENT

The environment prints a numbered line in each tenth episode. Each of them has to be on the screen, or above it, at the end;
no row may be longer than the terminal is wide; and the last rows have the steps, the return and its curve.
"""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte

SOURCE = """
import gymnasium, numpy, sys
class Chatty(gymnasium.Env):
    observation_space = gymnasium.spaces.Box(-1, 1, (2,), numpy.float32)
    action_space = gymnasium.spaces.Discrete(2)
    episodes = 0
    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.left = 20
        type(self).episodes += 1
        if type(self).episodes % 1000 == 0:
            print(f"heard {type(self).episodes // 1000}.", file=sys.stderr, flush=True)
        return self.np_random.uniform(-1, 1, 2).astype(numpy.float32), {}
    def step(self, action):
        self.left -= 1
        return self.np_random.uniform(-1, 1, 2).astype(numpy.float32), float(action), self.left == 0, False, {}
"""


def shown(command, sizes, variables):
    """Runs a command on a terminal; returns all its rows at the end, and the bytes that it wrote."""
    control, terminal = pty.openpty()

    def resize(columns):
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    resize(sizes[0])
    screen = pyte.HistoryScreen(sizes[0], 24, history=10_000, ratio=1)
    stream, written, widths = pyte.ByteStream(screen), b"", [sizes[0]]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=terminal, stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm", **variables}
    )
    began = time.time()
    while process.poll() is None or select.select([control], [], [], 0)[0]:
        if len(sizes) > 1:
            # Another width each quarter of a second.
            columns = sizes[int((time.time() - began) / 0.25) % len(sizes)]
            if columns != widths[-1]:
                widths.append(columns)
                resize(columns)
                screen.resize(24, columns)
        if select.select([control], [], [], 0.05)[0]:
            block = os.read(control, 65536)
            written += block
            stream.feed(block)
    assert process.returncode == 0, process.returncode
    history = ["".join(row[x].data for x in range(max(row, default=-1) + 1)).rstrip() for row in screen.history.top]
    return history + [row.rstrip() for row in screen.display], written


def main(ascent):
    with tempfile.TemporaryDirectory(prefix="ascent-desk-") as folder:
        file = f"{folder}/chatty.py"
        with open(file, "w") as out:
            out.write(SOURCE)

        def line(name, steps=120_000):
            return [ascent, "train", f"{file}:Chatty", "--steps", str(steps), "--lanes", "4", "--set", "rollout.steps=64", "--preset", "none",
                    "--evaluate-every", str(steps // 2), "--evaluate-episodes", "2", "--out", f"{folder}/{name}"]  # fmt: skip

        for sizes in ([80], [40], [80, 40, 60, 34, 100]):
            rows, written = shown(line("-".join(map(str, sizes))), sizes, {})
            text = "\n".join(rows)
            heard = [int(number) for number in re.findall(r"heard (\d+)\.", text)]
            assert heard == list(range(1, len(heard) + 1)) and len(heard) >= 6, f"{sizes}: {heard}\n{text}"
            last = [row for row in rows if row][-2:]
            if len(sizes) > 1:
                # A row may have been on its way while the width changed, and is then wrapped.
                assert "left 0:00" in text and "█" in text and "return 20.0" in text, text
                continue
            assert re.match(r"120,000/120,000( steps)?(  100 %)?  [\d,]+( steps)?/s  left 0:00$", last[0]), f"{sizes}: {last}"
            assert re.match(r"return \d+\.\d ± \d+\.\d  (best \d+\.\d  )?[▁▂▃▄▅▆▇█]{3,}$", last[1]), f"{sizes}: {last}"
            pieces = re.split(rb"\x1b\[[0-9;]*[A-Za-z]|\r|\n", written)
            # Notices are lines of their own, and may be longer.
            live = [piece.decode() for piece in pieces if re.match(rb"\d|return|evaluation", piece)]
            assert len(live) > 4 and all(len(row) < sizes[0] for row in live), max(live, key=len)
            assert text.count("evaluation") == 2 and text.count("left") == 1, text
            assert len(re.findall(r"^heard \d+\.$", text, re.MULTILINE)) == len(heard), text
            assert b"\x1b[36m" in written, sizes
            print(f"progress at {' '.join(map(str, sizes))} columns:\n    {last[0]}\n    {last[1]}")
        _, written = shown(line("plain", 20_000), [80], {"NO_COLOR": "1"})
        assert b"\x1b[36m" not in written and "▁".encode() in written
        _, written = shown(line("dumb", 20_000), [80], {"TERM": "dumb"})
        assert b"\x1b" not in written and b" steps/s " in written
        command = subprocess.run(line("pipe", 20_000), capture_output=True, check=True)
        assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", command.stdout + command.stderr) and b"left 0:00" in command.stderr
    print("progress: nothing was lost, with any width, colors and none, on a terminal and in a pipe")


if __name__ == "__main__":
    main(sys.argv[1])
