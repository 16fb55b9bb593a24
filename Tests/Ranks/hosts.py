"""Several hosts on this machine: networks of the kernel (ip netns) that are joined by a bridge."""

import os
import subprocess

PREFIX = f"asc{os.getpid() % 10000}"


def do(*words, check=True):
    return subprocess.run(list(map(str, words)), check=check, capture_output=True, text=True)


class Hosts:
    """`count` hosts with addresses 10.213.0.1 and so on; mpirun runs in the first, and starts ranks in all."""

    def __init__(self, count, folder):
        self.count, self.folder = count, folder
        self.agent = folder / "agent.sh"

    def name(self, k):
        return f"{PREFIX}h{k}"

    def link(self, k):
        return f"{PREFIX}v{k}"

    @staticmethod
    def address(k):
        return f"10.213.0.{k + 1}"

    def __enter__(self):
        self.bridge = f"{PREFIX}b"
        do("ip", "link", "add", self.bridge, "type", "bridge")
        do("ip", "link", "set", self.bridge, "up")
        for k in range(self.count):
            do("ip", "netns", "add", self.name(k))
            do("ip", "link", "add", self.link(k), "type", "veth", "peer", "name", "eth0", "netns", self.name(k))
            do("ip", "link", "set", self.link(k), "master", self.bridge, "up")
            self.inside(k, "ip", "link", "set", "lo", "up")
            self.inside(k, "ip", "addr", "add", f"{self.address(k)}/24", "dev", "eth0")
            self.inside(k, "ip", "link", "set", "eth0", "up")
        # What mpirun calls instead of ssh: HOST COMMAND…
        cases = "\n".join(f"  {self.address(k)}) host={self.name(k)} ;;" for k in range(self.count))
        self.agent.write_text(
            f'#!/bin/sh\ncase "$1" in\n{cases}\nesac\nshift\n'
            'exec ip netns exec "$host" unshare --uts sh -c "hostname $host; $*"\n')
        self.agent.chmod(0o755)
        return self

    def __exit__(self, *_):
        for k in range(self.count):
            do("ip", "netns", "del", self.name(k), check=False)
            do("ip", "link", "del", self.link(k), check=False)
        do("ip", "link", "del", self.bridge, check=False)

    def inside(self, k, *words):
        return do("ip", "netns", "exec", self.name(k), *words)

    def slow(self, network):
        """Delays and losses, as arguments of netem, at each host."""
        for k in range(self.count):
            self.inside(k, "tc", "qdisc", "add", "dev", "eth0", "root", "netem", *network)

    def quick(self):
        for k in range(self.count):
            self.inside(k, "tc", "qdisc", "del", "dev", "eth0", "root")

    def cut(self, k):
        do("ip", "link", "set", self.link(k), "down")

    def join(self, k):
        do("ip", "link", "set", self.link(k), "up")

    def mpirun(self, ranks, *command):
        """The command that starts ranks on the hosts in turn; they talk by TCP only, as different machines do."""
        hosts = ",".join(f"{self.address(k)}:8" for k in range(self.count))
        words = [
            "mpirun", "--host", hosts, "--map-by", "node", "--bind-to", "none", "--mca", "plm_rsh_agent", self.agent,
            "--mca", "btl", "self,tcp", "--mca", "btl_tcp_if_include", "eth0", "--mca", "oob_tcp_if_include", "eth0",
            "-n", ranks, *command]  # fmt: skip
        host = self.name(0)
        return ["ip", "netns", "exec", host, "unshare", "--uts", "sh", "-c", f'hostname {host}; exec "$@"', "sh", *words]
