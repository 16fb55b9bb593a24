"""Environments with processes, threads, files and exit handlers of their own, as simulators have them.

Each writes its traces into the working folder: pids.txt has the processes that were started.
"""

import asyncio
import atexit
import concurrent.futures
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import gymnasium
import numpy
from gymnasium import spaces


def note(process):
    with open("pids.txt", "a") as file:
        print(process, file=file)


def simulate(pipe):
    x = 0.0
    while True:
        x = 0.9 * x + pipe.recv() - 0.5
        pipe.send(x)


def sleep_long():
    # A signal that comes just before a sleep is handled after it, so the sleeps are short.
    for _ in range(600):
        time.sleep(0.1)


def sleep(pipe):
    pipe.send("ready")
    sleep_long()


def double(x):
    return 2 * x


class Short(gymnasium.Env):
    """Episodes of ten steps; a part of it happens in act()."""

    observation_space = spaces.Box(-10, 10, (1,), numpy.float32)
    action_space = spaces.Discrete(2)
    fault_step = int(os.environ.get("ASCENT_TEST_FAULT_STEP", "0"))
    steps = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.t = 0
        return numpy.zeros(1, numpy.float32), {}

    def step(self, action):
        self.t += 1
        Short.steps += 1
        if Short.steps == self.fault_step:
            raise ValueError("the simulator lost its license")
        x = self.act(int(action))
        return numpy.array([x], numpy.float32), -abs(x), self.t >= 10, False, {}

    def act(self, action):
        return float(action)


class Simulated(Short):
    """Each environment has a daemon process of multiprocessing; those of later ones hold the pipes of earlier ones."""

    method = "fork"

    def __init__(self):
        context = multiprocessing.get_context(self.method)
        self.pipe, theirs = context.Pipe()
        process = context.Process(target=simulate, args=(theirs,), daemon=True)
        process.start()
        note(process.pid)

    def act(self, action):
        self.pipe.send(action)
        return self.pipe.recv()


class HangsBesideSimulator(Simulated):
    def act(self, action):
        if Short.steps >= 30:
            hang()
        return super().act(action)


class Spawned(Simulated):
    method = "spawn"


class ForkServed(Simulated):
    method = "forkserver"


class Pooled(Short):
    """Makes a pool in every twentieth step, and ends it with SIGTERM, as multiprocessing does."""

    def act(self, action):
        if Short.steps % 20 == 0:
            with multiprocessing.Pool(2) as pool:
                return float(sum(pool.map(abs, [-1, action])))
        return float(action)


class Executed(Short):
    """Keeps a pool of concurrent.futures, and never shuts it down."""

    def __init__(self):
        self.pool = concurrent.futures.ProcessPoolExecutor(2)

    def act(self, action):
        return float(self.pool.submit(double, action).result())


class StartedInStep(Short):
    """Starts and joins a process in every twentieth step."""

    def act(self, action):
        if Short.steps % 20 == 0:
            process = multiprocessing.Process(target=double, args=(action,))
            process.start()
            process.join()
            return float(process.exitcode)
        return float(action)


class Forked(Short):
    """Forks; the child ends by sys.exit, which runs the exit handlers, or by an exception."""

    def act(self, action):
        if Short.steps % 20 == 0:
            child = os.fork()
            if child == 0:
                if Short.steps % 40 == 0:
                    sys.exit(7)
                raise ValueError("in the child")
            _, status = os.waitpid(child, 0)
            return float(os.waitstatus_to_exitcode(status))
        return float(action)


class EndedAtOnce(Short):
    """Ends forked children before they have run anything."""

    def act(self, action):
        codes = []
        for _ in range(4):
            process = multiprocessing.Process(target=sleep_long)
            process.start()
            process.terminate()
            process.join(20)
            codes.append(process.exitcode)
        assert codes == [-signal.SIGTERM] * 4, codes
        return float(action)


class Interrupted(Short):
    """Ends forked children with the signals that Ascent handles in its own process."""

    def act(self, action):
        if Short.steps % 20 == 0:
            codes = []
            for number in (signal.SIGTERM, signal.SIGINT):
                ours, theirs = multiprocessing.Pipe()
                process = multiprocessing.Process(target=sleep, args=(theirs,))
                process.start()
                ours.recv()
                os.kill(process.pid, number)
                process.join(30)
                codes.append(process.exitcode)
            assert codes == [-signal.SIGTERM, 1], codes  # 1: KeyboardInterrupt
        return float(action)


class Launched(Short):
    """Has a program of its own, which reads until its input is closed."""

    def __init__(self):
        self.program = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        note(self.program.pid)


class Threaded(Short):
    """Has a thread that must be joined, which writes a file at the end, and a daemon thread, which is left alone."""

    def __init__(self):
        threading.Thread(target=self.write).start()
        threading.Thread(target=lambda: time.sleep(1000), daemon=True).start()

    def write(self):
        threading.main_thread().join()
        with open("thread.txt", "w") as file:
            file.write("joined")


class Logged(Short):
    """Leaves a line for each step in a file that nothing closes, and one in an exit handler."""

    file = None

    def __init__(self):
        if Logged.file is None:
            name = f"-{os.getpid()}" if os.environ.get("ASCENT_TEST_FILE_BY_PROCESS") else ""
            Logged.file = open(f"rows{name}.csv", "w")
            atexit.register(lambda: print("goodbye", file=open(f"goodbye{name}.txt", "w")))
            atexit.register(lambda: 1 / 0)

    def act(self, action):
        Logged.file.write(f"{self.t},{action}\n")
        return float(action)


def hang():
    while True:
        time.sleep(0.05)


class HangsAtExit(Short):
    def __init__(self):
        atexit.register(hang)


class HangsInThread(Short):
    def __init__(self):
        threading.Thread(target=hang).start()


class HangsInClose(Short):
    def close(self):
        hang()


class HangsInConstructor(Short):
    def __init__(self):
        hang()


class HangsInMask(Short):
    def action_masks(self):
        if Short.steps >= 30:
            hang()
        return numpy.ones(2, numpy.int8)


class HangsInState(Short):
    def ascent_get_state(self):
        if Short.steps >= 30:
            hang()
        return b""

    def ascent_set_state(self, state):
        pass


class Handles(Short):
    """Installs handlers of the signals that end a run, as asyncio.run does, and reads them back."""

    def act(self, action):
        async def nothing():
            pass

        asyncio.run(nothing())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            before = signal.signal(number, signal.default_int_handler)
            assert before in (signal.SIG_DFL, signal.default_int_handler), before
            assert signal.getsignal(number) is signal.default_int_handler
        return float(action)


class Watched(Short):
    """Tells a viewer that went away."""

    def reset(self, *, seed=None, options=None):
        reader, self.viewer = os.pipe()
        os.close(reader)
        return super().reset(seed=seed)

    def act(self, action):
        try:
            os.write(self.viewer, b".")
        except BrokenPipeError:
            return 1.0
        raise RuntimeError("a closed pipe was written to")


class Limited(Short):
    """Writes beyond the limit of a file's size."""

    def act(self, action):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
        try:
            with open("large.bin", "wb") as file:
                file.write(bytes(100_000))
        except OSError:
            return 1.0
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        raise RuntimeError("the limit was not kept")
