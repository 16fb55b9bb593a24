"""Completions as a user gets them: an interactive shell on a terminal, a line, and the Tab key."""

import os
import pty
import re
import select
import signal
import time

MARK = "COMPLETED"
# The line's words, one by one, as the shell passes them: Ctrl-A goes to the beginning of the line, Ctrl-E to its end.
PRINT_WORDS = b"\x01printf '\\n" + MARK.encode() + b"<%s>\\n' \x05\n"
ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07|[=>()][0-9A-Z]?)")


class Shell:
    """An interactive shell without its user's settings, with Ascent's completions."""

    def __init__(self, name, share, folder, variables):
        scripts = {
            "bash": f"source {share}/bash-completion/completions/ascent; bind 'set bell-style none'",
            "zsh": f"fpath=({share}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D",
            "fish": f"source {share}/fish/vendor_completions.d/ascent.fish",
        }
        options = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"], "fish": ["--no-config", "-i"]}
        self.name = name
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(name, [name, *options[name]], {**variables, "TERM": "xterm", "LC_ALL": "C.UTF-8", "COLUMNS": "200"})
        self.read(quiet=1.5)
        self.write(scripts[name].encode() + b"\n")
        self.read(quiet=1.5)

    def write(self, keys):
        os.write(self.terminal, keys)

    def read(self, quiet, until=None, limit=30):
        """Reads until the text is there, or until nothing came for some seconds."""
        text, end = b"", time.monotonic() + limit
        while time.monotonic() < end:
            ready, _, _ = select.select([self.terminal], [], [], quiet)
            if not ready:
                break
            try:
                block = os.read(self.terminal, 65536)
            except OSError:
                break
            if not block:
                break
            text += block
            if until and until.search(text):
                break
        return ESCAPES.sub("", text.decode(errors="replace"))

    def completed(self, line):
        """The words of a line after Tab."""
        self.write(line.encode() + b"\t")
        self.read(quiet=1.0)
        self.write(PRINT_WORDS)
        text = self.read(quiet=1.0)
        return [word for word in re.findall(rf"^{MARK}<(.*)>\r?$", text, re.M)]

    def listed(self, line):
        """What the shell lists for a line that has several completions."""
        self.write(line.encode() + b"\t\t")
        text = self.read(quiet=1.0)
        self.write(b"\x15\x03")
        self.read(quiet=0.7)
        return text

    def end(self):
        os.close(self.terminal)
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
