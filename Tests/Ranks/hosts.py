"""Several hosts on this machine: networks of the kernel (ip netns), joined by a bridge or by a wire with delays and losses."""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import threading
import time

PREFIX = f"asc{os.getpid() % 10000}"


def do(*words, check=True):
    return subprocess.run(list(map(str, words)), check=check, capture_output=True, text=True)


class Wire(threading.Thread):
    """Passes what each network interface sends to all others, some time later, and loses a part of it.

    The kernel's own netem does the same, and many kernels lack it.
    """

    TUNSETIFF, TAP, NO_HEADER = 0x400454CA, 0x0002, 0x1000

    def __init__(self, names, delay, loss):
        super().__init__(daemon=True)
        self.delay, self.loss, self.random, self.ends = delay, loss, random.Random(7), False
        self.ports = []
        for name in names:
            port = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            fcntl.ioctl(port, self.TUNSETIFF, struct.pack("16sH22x", name.encode(), self.TAP | self.NO_HEADER))
            self.ports.append(port)

    def run(self):
        waiting, number = [], 0
        while not self.ends:
            rest = waiting[0][0] - time.monotonic() if waiting else 0.1
            for port in select.select(self.ports, [], [], max(0, min(rest, 0.1)))[0]:
                try:
                    packet = os.read(port, 65536)
                except OSError:
                    continue  # the host is gone
                number += 1
                if self.random.random() >= self.loss:
                    heapq.heappush(waiting, (time.monotonic() + self.delay, number, port, packet))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, origin, packet = heapq.heappop(waiting)
                for port in self.ports:
                    if port != origin:
                        try:
                            os.write(port, packet)
                        except OSError:
                            pass  # the host is gone, or its queue is full: lost
        for port in self.ports:
            os.close(port)


class Hosts:
    """`count` hosts with addresses 10.213.0.1 and so on; mpirun runs in the first, and starts ranks in all.

    With a delay in seconds and a loss between 0 and 1, their packets go through a Wire.
    """

    def __init__(self, count, folder, delay=None, loss=0.0):
        self.count, self.folder, self.delay, self.loss = count, folder, delay, loss
        self.agent = folder / "agent.sh"
        self.wire = None

    @staticmethod
    def obstacle():
        """Why no networks can be made here; None if they can."""
        made = do("ip", "netns", "add", f"{PREFIX}try", check=False)
        do("ip", "netns", "del", f"{PREFIX}try", check=False)
        if made.returncode != 0:
            return made.stderr.strip() or "ip netns add fails"
        return None if os.access("/dev/net/tun", os.R_OK | os.W_OK) else "there is no /dev/net/tun"

    def name(self, k):
        return f"{PREFIX}h{k}"

    def link(self, k):
        return f"{PREFIX}v{k}"

    @staticmethod
    def address(k):
        return f"10.213.0.{k + 1}"

    def __enter__(self):
        self.bridge = f"{PREFIX}b"
        if self.delay is None:
            do("ip", "link", "add", self.bridge, "type", "bridge")
            do("ip", "link", "set", self.bridge, "up")
        else:
            self.wire = Wire([self.link(k) for k in range(self.count)], self.delay, self.loss)
        for k in range(self.count):
            do("ip", "netns", "add", self.name(k))
            if self.wire:
                do("ip", "link", "set", self.link(k), "netns", self.name(k), "name", "eth0")
            else:
                do("ip", "link", "add", self.link(k), "type", "veth", "peer", "name", "eth0", "netns", self.name(k))
                do("ip", "link", "set", self.link(k), "master", self.bridge, "up")
            self.inside(k, "ip", "link", "set", "lo", "up")
            self.inside(k, "ip", "addr", "add", f"{self.address(k)}/24", "dev", "eth0")
            self.inside(k, "ip", "link", "set", "eth0", "up")
        if self.wire:
            self.wire.start()
        # What mpirun calls instead of ssh: HOST COMMAND…
        cases = "\n".join(f"  {self.address(k)}) host={self.name(k)} ;;" for k in range(self.count))
        self.agent.write_text(
            f'#!/bin/sh\ncase "$1" in\n{cases}\nesac\nshift\n'
            'exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"\n')
        self.agent.chmod(0o755)
        return self

    def __exit__(self, *_):
        for k in range(self.count):
            for process in do("ip", "netns", "pids", self.name(k), check=False).stdout.split():
                do("kill", "-9", process, check=False)
            do("ip", "netns", "del", self.name(k), check=False)
            do("ip", "link", "del", self.link(k), check=False)
        do("ip", "link", "del", self.bridge, check=False)
        if self.wire:
            self.wire.ends = True
            self.wire.join()

    def inside(self, k, *words):
        return do("ip", "netns", "exec", self.name(k), *words)

    def cut(self, k):
        do("ip", "link", "set", self.link(k), "down")

    def join(self, k):
        do("ip", "link", "set", self.link(k), "up")
        # The bridge and the other hosts have to find it again.
        time.sleep(3)

    def mpirun(self, ranks, *command):
        """The command that starts ranks on the hosts in turn; they talk by TCP only, as different machines do."""
        hosts = ",".join(f"{self.address(k)}:8" for k in range(self.count))
        words = [
            "mpirun", "--host", hosts, "--map-by", "node", "--bind-to", "none", "--mca", "plm_rsh_agent", self.agent,
            "--mca", "btl", "self,tcp", "--mca", "btl_tcp_if_include", "eth0", "--mca", "oob_tcp_if_include", "eth0",
            "--mca", "oob_tcp_keepalive_time", "1", "--mca", "oob_tcp_keepalive_intvl", "1", "--mca", "oob_tcp_keepalive_probes", "2",
            "-n", ranks, *command]  # fmt: skip
        host = self.name(0)
        return ["ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", f'hostname {host}; exec "$@"', "sh", *words]
