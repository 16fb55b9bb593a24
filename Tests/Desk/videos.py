"""Films of evaluations and of training episodes, read back by imageio: python videos.py ASCENT [PART ...]

The Python that runs this hosts the environments (.venv-desk of `make desk`).
"""

import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time

import imageio.v3 as iio
import numpy as np

ascent = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
scratch = tempfile.TemporaryDirectory()
failures = []
drawing = os.path.join(here, "drawing.py")


def run(*arguments, code=0, shell=None, **variables):
    """Runs ascent; returns the last object that it printed, or standard error where it is to fail."""
    command = [ascent, *map(str, arguments), "--python", sys.prefix]
    if code == 0:
        command += ["--json", "--quiet"]
    if shell:
        command = ["bash", "-c", shell + ' "$@"', "bash", *command]
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    done = subprocess.run(command, capture_output=True, text=True, env={**environment, **variables}, cwd=scratch.name)
    if done.returncode != code:
        failures.append(f"{' '.join(command[1:])}: code {done.returncode}, not {code}: {done.stderr.strip()[-400:]}")
        return {} if code == 0 else done.stderr
    return json.loads(done.stdout.splitlines()[-1]) if code == 0 else done.stderr


def expect(what, condition, found=""):
    if not condition:
        failures.append(f"{what}{': ' if found != '' else ''}{found}")


def refused(words, *arguments, code=2, **more):
    text = run(*arguments, code=code, **more)
    expect(f"{arguments}: '{words}'", words in text, text)
    expect(f"{arguments}: one sentence", "Traceback" not in text, text)


def path(name):
    return os.path.join(scratch.name, name)


def check_film(name, result, size, frames, is_moving=True):
    if not os.path.exists(path(name)):
        expect(name, False, "there is no film")
        return np.zeros((1, size[1], size[0], 3))
    film = iio.imread(path(name))
    expect(f"{name}: frames", len(film) == frames == result.get("frames"), (len(film), frames, result.get("frames")))
    expect(f"{name}: size", film.shape[1:3] == (size[1], size[0]) == (result.get("height"), result.get("width")), film.shape)
    expect(f"{name}: something moves", is_moving == any(not np.array_equal(film[0], one) for one in film))
    return film


def train(environment, name, *more, steps=2000):
    run("train", environment, "--out", path(name), "--steps", steps, "--lanes", 4, *more)
    return path(name)


def evaluations(name, environment, size, *more, steps=2000, episodes=2, is_moving=True):
    folder = train(environment, name, *more, steps=steps)
    without = run("evaluate", folder, "--episodes", episodes, "--max-steps", 60)
    with_film = run("evaluate", folder, "--episodes", episodes, "--max-steps", 60, "--video", path(name + ".mp4"), "--returns", path(name + ".csv"))
    expect(f"{name}: a film changes no fingerprint", without.get("fingerprint") == with_film.get("fingerprint"))
    lengths = [int(line.split(",")[2]) for line in open(path(name + ".csv")).read().split()[1:]]
    check_film(name + ".mp4", with_film, size, sum(lengths) + episodes, is_moving)
    return folder


def replays(name, folder, size, lane, episode):
    """Films a training episode, and compares the hash of its observations with those that replay writes."""
    plain = run("replay", folder, "--lane", lane, "--episode", episode, "--out", path("episode.jsonl"))
    film = run("replay", folder, "--lane", lane, "--episode", episode, "--video", path(name + "-replay.mp4"))
    observations = json.load(open(path("episode.jsonl")))["observations"]
    packed = b"".join(struct.pack("<f", number) for row in observations for number in row)
    own = hashlib.sha256(packed).hexdigest()
    expect(f"{name}: hash of the observations", own == plain.get("observations") == film.get("observations"))
    check_film(name + "-replay.mp4", film, size, plain.get("steps", 0) + 1)
    return film


def gymnasiums():
    cartpole = evaluations("cartpole", "CartPole-v1", (600, 400), steps=4000)
    for lane, episode in ((0, 0), (3, 1), (1, 7)):
        replays("cartpole", cartpole, (600, 400), lane, episode)
    result = run("replay", cartpole, "--lane", 1, "--episode", 3, "--video", path("overlay.gif"), "--overlay")
    film = check_film("overlay.gif", result, (600, 488), result.get("steps", 0) + 1)
    expect("the panel changes with the policy", any(not np.array_equal(film[0][400:], one[400:]) for one in film))
    expect("nothing but films is left", not [name for name in os.listdir(scratch.name) if ".tmp-" in name])
    refused("the run has the lanes 0 to 3, not 4", "replay", cartpole, "--lane", 4, "--episode", 0, "--video", path("no.mp4"))
    refused("there is no episode 99999", "replay", cartpole, "--lane", 0, "--episode", 99999, "--video", path("no.mp4"))
    refused("a film is an .mp4 or a .gif, not no.avi", "evaluate", cartpole, "--video", path("no.avi"))
    refused("No such file or directory", "evaluate", cartpole, "--video", path("nowhere/no.mp4"))
    refused("a device or a pipe", "evaluate", cartpole, "--video", path("pipe.mp4"), shell=f"mkfifo {path('pipe.mp4')}; (sleep 3 <{path('pipe.mp4')}) &")
    refused("there is no display", "evaluate", cartpole, "--render", "human")
    refused("--overlay draws into a film", "evaluate", cartpole, "--overlay")
    refused("exclude each other", "replay", cartpole, "--lane", 0, "--episode", 0, "--render", "human", "--video", "a.mp4")
    refused("File too large", "evaluate", cartpole, "--video", path("full.mp4"), "--episodes", 3, code=6, shell="ulimit -f 8;")
    expect("nothing of a film that did not fit is left", not os.path.exists(path("full.mp4")) and not [n for n in os.listdir(scratch.name) if ".tmp-" in n], os.listdir(scratch.name))
    window = run("evaluate", cartpole, "--render", "human", "--max-steps", 20, SDL_VIDEODRIVER="dummy")
    plain = run("evaluate", cartpole, "--episodes", 1, "--max-steps", 20)
    expect("a window changes no fingerprint", window.get("fingerprint") == plain.get("fingerprint"))
    interrupted(cartpole)
    lander = evaluations("lander", "LunarLander-v3", (600, 400))
    replays("lander", lander, (600, 400), 2, 1)
    pendulum = evaluations("pendulum", "Pendulum-v1", (500, 500), "--set", "policy.memory=gru")
    run("replay", pendulum, "--lane", 0, "--episode", 1, "--video", path("gru.mp4"), "--overlay")
    cheetah = evaluations("cheetah", "HalfCheetah-v5", (480, 480), steps=4400)
    replays("cheetah", cheetah, (480, 480), 1, 0)


def refusals():
    native = train("native:cartpole", "native")
    refused("native environments are numbers only", "evaluate", native, "--video", path("no.mp4"))
    vector = train("CartPole-v1", "vector", "--vector")
    refused("--set environment.vector=0", "evaluate", vector, "--video", path("no.mp4"))
    refused("film an evaluation", "replay", vector, "--lane", 0, "--episode", 0, "--video", path("no.mp4"))
    own = train("CartPole-v1", "own", "--environment-rng", "native")
    replays("own", own, (600, 400), 1, 3)


def interrupted(folder):
    """Ctrl-C in the middle leaves nothing behind."""
    command = [ascent, "evaluate", folder, "--episodes", "200", "--video", path("stopped.mp4"), "--python", sys.prefix]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=scratch.name)
    deadline = time.monotonic() + 60
    while not any(".tmp-" in name for name in os.listdir(scratch.name)) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    expect("Ctrl-C ends a film with 130", process.returncode == 130, process.returncode)
    expect("Ctrl-C leaves nothing", not [name for name in os.listdir(scratch.name) if name.startswith("stopped")])


def pictures():
    grid = train("minigrid:MiniGrid-Empty-5x5-v0", "grid")
    result = run("evaluate", grid, "--stochastic", "--max-steps", 30, "--video", path("grid.mp4"), "--overlay")
    check_film("grid.mp4", result, (320, 498), result.get("frames"))
    breakout = train("MinAtar/Breakout-v1", "breakout", "--environment-rng", "episodes")
    result = run("evaluate", breakout, "--stochastic", "--video", path("breakout.mp4"))
    check_film("breakout.mp4", result, (170, 170), result.get("frames"))


def own_environments():
    dial = evaluations("dial", f"{drawing}:Dial", (204, 170))
    replays("dial", dial, (204, 170), 3, 5)
    result = run("evaluate", dial, "--video", path("dial.gif"), "--overlay")
    expect("the rate is the environment's", result.get("frames_per_second") == 10, result)
    evaluations("gray", f"{drawing}:Gray", (204, 170))
    keeper = evaluations("keeper", f"{drawing}:Keeper", (204, 170), episodes=5)
    replays("keeper", keeper, (204, 170), 2, 6)
    gambler = train(f"{drawing}:Gambler", "gambler")
    refused("takes another course while it is drawn", "evaluate", gambler, "--video", path("no.mp4"), code=5)
    refused("takes another course while it is drawn", "replay", gambler, "--lane", 0, "--episode", 2, "--video", path("no.mp4"), code=5)
    for name, words in (("Blind", "has no pictures"), ("Mute", "returned nothing"), ("Growing", "change their size"), ("Failing", "RuntimeError: out of paint")):
        folder = train(f"{drawing}:{name}", name)
        refused(words, "evaluate", folder, "--video", path("no.mp4"))
    expect("no film of what cannot be filmed", not os.path.exists(path("no.mp4")))


def missing_packages():
    """A Python without imageio-ffmpeg: the sentence has the line for pip."""
    folder = train("CartPole-v1", "bare", steps=500)
    text = run("evaluate", folder, "--video", path("no.mp4"), code=2, shell=f"PYTHONPATH={path('hidden')}")
    expect("the line for pip", "-m pip install 'imageio[ffmpeg]'" in text, text)


os.mkdir(path("hidden"))
with open(path("hidden/imageio_ffmpeg.py"), "w") as file:
    file.write("raise ModuleNotFoundError(\"No module named 'imageio_ffmpeg'\", name='imageio_ffmpeg')\n")
for part in (own_environments, gymnasiums, refusals, pictures, missing_packages):
    if sys.argv[2:] and part.__name__ not in sys.argv[2:]:
        continue
    began = time.monotonic()
    part()
    print(f"videos: {part.__name__} in {time.monotonic() - began:.0f} s", flush=True)
print(*failures, sep="\n")
sys.exit(1 if failures else 0)
