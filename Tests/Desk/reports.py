"""Looks at the pages of `ascent report` in Chromium: python Tests/Desk/reports.py ASCENT [FOLDER for the screenshots].

The line of a page makes its run again, with the same fingerprint. At 400 and 1,400 pixels, light and dark: nothing is wider than the page, the console is silent, nothing is requested, texts
are large enough and have contrast, pictures have names and tables have heads.
"""

import html
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import browser  # noqa: E402
import runs  # noqa: E402

# The smallest height in pixels of a letter box, and the least contrast of a text with what is behind it (WCAG AA).
SMALLEST, LEAST_CONTRAST = 9.5, 4.5

# Every element with a text of its own: its size in pixels on the screen, and its contrast.
TEXTS = """
(() => {
  const channel = c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const color = numbers(getComputedStyle(element).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  let [smallest, least] = [[99, ''], [99, '']];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const box = element.getBoundingClientRect();
    if (!own || !box.width || element.closest('title, style, caption')) continue;
    const style = getComputedStyle(element);
    const svg = element.closest('svg');
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < smallest[0]) smallest = [size, element.textContent];
    const [a, b] = [luminance(numbers(svg ? style.fill : style.color)), luminance(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < least[0]) least = [contrast, element.textContent];
  }
  return [smallest, least];
})()
"""

ACCESS = """
(() => {
  const faults = [];
  if (!document.title || document.documentElement.lang !== 'en') faults.push('title or language');
  if (document.querySelectorAll('h1').length !== 1) faults.push('h1');
  for (const svg of document.querySelectorAll('svg'))
    if (svg.getAttribute('role') !== 'img' || !(svg.querySelector('title') || svg.getAttribute('aria-label'))) faults.push('svg');
  for (const table of document.querySelectorAll('table'))
    if (!table.caption || !table.querySelector('thead th[scope=col]')) faults.push('table');
  for (const other of document.querySelectorAll('img:not([alt]), video:not([aria-label]), script')) faults.push(other.tagName);
  const names = [...document.querySelectorAll('[id]')].map(element => element.id);
  if (new Set(names).size !== names.length) faults.push('an id twice');
  return faults;
})()
"""


def look(page, name, browser_, shots):
    """Opens a page in both widths and schemes."""
    assert page.stat().st_size < 5_000_000, f"{name}: {page.stat().st_size} bytes"
    for width in (400, 1400):
        for scheme in ("light", "dark"):
            browser_.open(page, width, scheme=scheme)
            where = f"{name} at {width} pixels, {scheme}"
            widest = browser_.value("document.documentElement.scrollWidth")
            assert widest <= width, f"{where}: it is {widest} pixels wide"
            smallest, least = browser_.value(TEXTS)
            assert smallest[0] >= SMALLEST, f"{where}: a text of {smallest[0]:.1f} pixels: {smallest[1]}"
            assert least[0] >= LEAST_CONTRAST, f"{where}: a contrast of {least[0]:.2f}: {least[1]}"
            faults = browser_.value(ACCESS) + browser_.faults()
            assert not faults, f"{where}: {faults}"
            browser_.screenshot(shots / f"{name}-{width}-{scheme}.png")
    print(f"reports: {name}: 400 and 1,400 pixels, light and dark, silent console, no request")


# The smallest GIF: one pixel.
GIF = bytes.fromhex("47494638396101000100800000000000ffffff2c00000000010001000002024401003b")


def pages(ascent, scratch):
    """Writes a page about one run, one about two algorithms, one about many settings, and one with hostile names."""
    folder = runs.trained(ascent, scratch / "runs")
    single = scratch / "runs" / "ppo-1"
    (single / "episode.gif").write_bytes(GIF)
    (single / "evaluations.csv").write_text("steps,mean_return,standard_error\n4000,60,4\n8000,190,9\n12000,310,20\n")
    many = scratch / "many"
    for k in range(1, 13):
        runs.copies(single, many / f"{k}", 2, 80, [("\nrate = 0.0003", f"\nrate = {0.0001 * k:.4f}"),
                                                   ("\nepochs = 10", f"\nepochs = {k}")])
    hostile = scratch / "hostile"
    name = "native:</title><script>console.log(1)</script><img src=http://example.org onerror=alert(1)>" + "x" * 90
    runs.copies(single, hostile, 2, 50, [("native:cartpole", name)])
    for name, path in (("one", single), ("two", folder), ("many", many), ("hostile", hostile)):
        page = scratch / f"{name}.html"
        runs.ascent(ascent, "report", path, "--out", page)
        yield name, page


# Presets, none, those of partly observed questions, and values that are written in several ways.
LINES = [
    "CartPole-v1 --steps 2000", "CartPole-v1 --steps 2000 --preset none --seed 77 --lanes 3",
    "CartPole-v1 --steps 2000 --emission hide=1,3 --set policy.memory=gru",
    "CartPole-v1 --steps 1000 --emission gaussian=0.1 --emission delay=2 --set environment.frame_stack=3",
    "CartPole-v1 --steps 1000 --wrapper 'gymnasium.wrappers:ClipReward {min_reward = -1.0, max_reward = 0.5}'",
    "Pendulum-v1 --steps 2000 --algorithm trpo", "Pendulum-v1 --steps 1000 --environment-rng native",
    "FrozenLake-v1 --steps 1000 --env-arg is_slippery=false --env-arg map_name=8x8",
    "native:cartpole --steps 2000 --algorithm reinforce --set algorithm.estimator=total-return --set policy.hidden=8",
    "native:tiger --steps 2000 --set policy.memory=lstm", "envs/arrivals.py:Queue --steps 1000",
]


def check_lines(ascent, scratch):
    def fingerprint(words, folder):
        out, _ = runs.ascent(ascent, "train", *words, "--quiet", "--json", "--out", folder, folder=PROJECT)
        return json.loads(out.splitlines()[-1])["fingerprint"]

    for number, line in enumerate(LINES):
        first = fingerprint(shlex.split(line), scratch / f"first-{number}")
        runs.ascent(ascent, "report", scratch / f"first-{number}")
        page = (scratch / f"first-{number}/report.html").read_text()
        again = html.unescape(re.search(r"<pre[^>]*>(.*)", page)[1])
        assert again.startswith("ascent train ") and first in page, again
        words = subprocess.run(["bash", "-c", f"printf '%s\\n' {again}"], capture_output=True, text=True, check=True).stdout
        assert fingerprint(words.splitlines()[2:], scratch / f"again-{number}") == first, again
    print(f"reports: the lines of {len(LINES)} runs make them again, with the same fingerprints")


PROJECT = pathlib.Path(__file__).resolve().parents[2]


def main():
    ascent = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        shots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else scratch
        check_lines(ascent, scratch)
        chromium = browser.Browser()
        for name, page in pages(ascent, scratch):
            look(page, name, chromium, shots)
        chromium.close()


if __name__ == "__main__":
    main()
