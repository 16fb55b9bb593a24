"""Writes the pictures of an environment as a film. Runs as the module `_ascent_filming`."""

import json
import math
import subprocess
import tempfile

import _ascent_films as films
import _ascent_host as host

# Pictures with shorter sides are enlarged by whole factors, so that a person can see them.
SHORTEST_SIDE = 168
# Browsers show a GIF of more pictures per second at ten.
FASTEST_GIF = 50.0

ENCODERS = {
    "mp4": ["-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p", "-movflags", "+faststart"],
    "gif": ["-filter_complex", "[0:v]split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none"],
}


def prepare(form, draws_overlay):
    """Imports what a film of this form needs, before anything is played; returns nothing."""
    films.prepare_graphics()
    if form:
        host.import_module("imageio_ffmpeg", "a film")
    if draws_overlay:
        host.import_module("PIL.ImageDraw", "--overlay")
    return ""


class Film:
    """The film that is written: ffmpeg reads its pictures from a pipe."""

    def __init__(self, path, form):
        self.path, self.form = path, form
        self.frames, self.process, self.size, self.panel = 0, None, None, None
        self.messages = tempfile.TemporaryFile()
        self.distinct = set()

    def add(self, lane, words):
        """Adds the picture that the environment draws now; `words` are for the panel, or None."""
        picture = films.picture_of(lane)
        if self.size is None:
            self.shape = picture.shape
            self.factor = max(1, math.ceil(SHORTEST_SIDE / min(picture.shape[:2])))
            self.begin(films.rate_of(lane), words)
        if picture.shape != self.shape:
            raise host.Refusal(
                "unsupported",
                f"the pictures of {films.shown[lane][1]} change their size, from {self.shape[1]}×{self.shape[0]} to "
                f"{picture.shape[1]}×{picture.shape[0]}; a film has one size")
        frame = self.framed(picture, words)
        self.distinct.add(hash(frame))
        try:
            self.process.stdin.write(frame)
        except OSError:
            self.fail()
        self.frames += 1

    def begin(self, rate, words):
        import imageio_ffmpeg

        height, width = self.shape[0] * self.factor, self.shape[1] * self.factor
        if words is not None:
            import _ascent_panel as panel

            self.panel = panel.Panel(words, width)
            width, height = self.panel.width, height + self.panel.height
        # The pixels of H.264's colors are two by two.
        self.size = width + width % 2, height + height % 2
        self.rate = min(rate, FASTEST_GIF) if self.form == "gif" else rate
        command = [
            imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24",
            "-s", f"{self.size[0]}x{self.size[1]}", "-r", f"{self.rate:g}", "-i", "-", "-an", *ENCODERS[self.form],
            "-map_metadata", "-1", "-fflags", "+bitexact", "-f", self.form, "file:" + self.path]  # fmt: skip
        # In a session of its own: Ctrl-C is for the run, which then ends this film.
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self.messages, start_new_session=True,
            restore_signals=False)  # fmt: skip

    def framed(self, picture, words):
        import numpy

        picture = picture.repeat(self.factor, axis=0).repeat(self.factor, axis=1)
        width, height = self.size
        canvas = numpy.zeros((height, width, 3), numpy.uint8)
        left = (width - picture.shape[1]) // 2
        canvas[: picture.shape[0], left : left + picture.shape[1]] = picture
        if self.panel is not None:
            drawn = self.panel.drawn(words)
            canvas[picture.shape[0] : picture.shape[0] + drawn.shape[0], : drawn.shape[1]] = drawn
        # An added row or column repeats its neighbor, which hides it.
        if height > picture.shape[0] + (self.panel.height if self.panel else 0):
            canvas[-1] = canvas[-2]
        if width == picture.shape[1] + 1:
            canvas[:, -1] = canvas[:, -2]
        return canvas.tobytes()

    def finish(self):
        """Ends the film; returns its numbers as JSON."""
        try:
            self.process.stdin.close()
        except OSError:
            self.fail()
        while True:
            try:
                if self.process.wait(timeout=1) != 0:
                    self.fail()
                break
            except subprocess.TimeoutExpired:
                host.alive()
        return json.dumps({
            "frames": self.frames, "width": self.size[0], "height": self.size[1], "rate": self.rate,
            "factor": self.factor, "distinct": len(self.distinct)})  # fmt: skip

    def fail(self):
        self.discard()
        self.messages.seek(0)
        lines = [host.shown(line) for line in self.messages.read().decode("utf-8", "replace").splitlines() if line.strip()]
        code = self.process.returncode
        raise BrokenFilm("; ".join(lines[:2]) or f"ffmpeg ended with {'signal ' + str(-code) if code < 0 else 'code ' + str(code)}")

    def discard(self):
        """Ends ffmpeg without a film."""
        if self.process is None:
            return
        try:
            self.process.stdin.close()
        except OSError:
            pass
        if self.process.poll() is None:
            try:
                self.process.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class BrokenFilm(Exception):
    """ffmpeg could not write the film."""


current = None


def begin(path, form):
    global current
    current = Film(path, form)
    return ""


def answer(call):
    """Returns what `call` returns; the text of a film that cannot be written begins with an exclamation mark."""
    try:
        return call() or ""
    except BrokenFilm as error:
        return "!" + str(error)


def add(lane, words):
    return answer(lambda: current.add(lane, words))


def finish():
    return answer(current.finish)


def discard():
    if current is not None:
        current.discard()
    return ""
