"""Draws the policy's view of a step below the picture. Runs as the module `_ascent_panel`.

What a panel shows is what FilmWords.swift writes: the numbers of the step, and rows, each with a label and either a share
(a probability) and whether it was chosen, or low, middle and high of a number, the action and the range of its axis. After
the last step there are no such numbers.
"""

NARROWEST = 252
MARGIN, LINE, LETTERS = 8, 18, 13
MOST_ROWS = 20

BACKGROUND, INK, FAINT = (24, 27, 32), (236, 239, 243), (72, 79, 90)
BAR, CHOSEN = (108, 160, 220), (255, 176, 59)


class Panel:
    def __init__(self, words, width):
        from PIL import ImageFont

        self.width = max(width, NARROWEST)
        self.rows = min(len(words["rows"]), MOST_ROWS)
        self.height = 2 * MARGIN + LINE * (2 + self.rows + (len(words["rows"]) > self.rows))
        try:
            self.font = ImageFont.load_default(LETTERS)
        except TypeError:  # of Pillow before 10.1
            self.font = ImageFont.load_default()

    def drawn(self, words):
        """Returns the panel as an array of bytes [row × column × 3]."""
        import numpy
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (self.width, self.height), BACKGROUND)
        draw = ImageDraw.Draw(image)
        top = MARGIN
        texts = [text_of(row) for row in words["rows"]]
        for line in lines_of(words):
            draw.text((MARGIN, top), line, INK, self.font)
            top += LINE
        labels = max([self.length(draw, row["label"]) for row in words["rows"]] or [0])
        widest = max(self.length(draw, text) for text in [*texts, "-0.00 ± 0.00"])
        left, right = MARGIN + labels + 8, self.width - MARGIN - widest - 8
        for row, text in zip(words["rows"][: self.rows], texts):
            draw.text((MARGIN, top), row["label"], CHOSEN if row.get("chosen") else INK, self.font)
            draw.text((right + 8, top), text, CHOSEN if row.get("chosen") else INK, self.font)
            self.bar(draw, row, left, right, top + 4)
            top += LINE
        if len(words["rows"]) > self.rows:
            draw.text((MARGIN, top), f"and {len(words['rows']) - self.rows} more", FAINT, self.font)
        return numpy.asarray(image)

    def length(self, draw, text):
        return int(draw.textlength(text, self.font)) + 1

    def bar(self, draw, row, left, right, top):
        bottom = top + LINE - 9
        draw.rectangle((left, top, right, bottom), outline=FAINT)
        if row.get("share") is not None:
            end = left + round((right - left) * min(max(row["share"], 0), 1))
            if end > left:
                draw.rectangle((left, top, end, bottom), CHOSEN if row.get("chosen") else BAR)
        if row.get("middle") is None:
            return
        first, last = row["range"]

        def place(number):
            return left + round((right - left) * min(max((number - first) / ((last - first) or 1), 0), 1))

        draw.rectangle((place(row["low"]), top + 1, place(row["high"]), bottom - 1), BAR)
        draw.line((place(row["middle"]), top, place(row["middle"]), bottom), INK)
        if row.get("action") is not None:
            at = place(row["action"])
            draw.rectangle((at - 1, top - 2, at + 1, bottom + 2), CHOSEN)


def lines_of(words):
    """Returns two lines about a step: the sums so far, and what the policy says."""
    first = f"step {words['step']}   return {words['return']:.5g}"
    if words["end"]:
        return first, words["end"]
    parts = []
    if words["value"] is not None:
        parts.append(f"value {words['value']:.4g}")
    if words["log_probability"] is not None:
        parts.append(f"log p {words['log_probability']:.3g}")
    return first, "   ".join(parts)


def text_of(row):
    if row.get("share") is not None:
        return f"{100 * row['share']:.0f} %"
    if row.get("middle") is not None:
        return f"{row['middle']:.2f} ± {(row['high'] - row['low']) / 2:.2f}"
    return f"{row['action']:.3g}" if row.get("action") is not None else ""
