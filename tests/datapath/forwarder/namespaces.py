# Copyright (c) 2026 saas.privatelink contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Machines that are network namespaces on one switch, the programs that run in them, and nothing left afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from tests.tools.system import find, path

STOP_SECONDS = 10


def allowed() -> bool:
    """Return whether this process may make network namespaces."""
    probe = f"pf{os.getpid()}-probe"
    if run("ip", "netns", "add", probe, check=False).returncode:
        return False
    run("ip", "netns", "del", probe)
    return True


def run(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program of the system to its end; its output is captured. Raises RuntimeError with it when it fails."""
    command = [find(program) or program, *arguments]
    environment = {"PATH": path(), "LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done


class Machine:
    """A namespace with one address. What is started here ends with this process, however that ends."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self.processes: dict[subprocess.Popen[bytes], signal.Signals] = {}

    def prefix(self, user: str = "root", capabilities: str = "-all") -> list[str]:
        """The words before a command that run it here, as `user`, with no capability but those named."""
        identity = [f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user != "root" else []
        if user != "root":
            identity += [f"--inh-caps={capabilities}", f"--ambient-caps={capabilities}"]
        words = ["ip", "netns", "exec", self.name, "setpriv", "--pdeathsig=KILL", *identity]
        return [find(word) or word for word in words]

    def run(self, *command: str) -> str:
        """Run a command here to its end and return what it printed."""
        return run(*self.prefix(), find(command[0]) or command[0], *command[1:]).stdout

    def start(
        self,
        log: Path,
        *command: str,
        user: str = "root",
        capabilities: str = "-all",
        ends_by: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Start a program here; its output goes to `log`. To be called in the main thread, with which it ends."""
        words = [*self.prefix(user, capabilities), find(command[0]) or command[0], *command[1:]]
        with log.open("ab") as output:
            process = subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env={"PATH": path(), "LC_ALL": "C"},
            )
        self.processes[process] = ends_by
        return process

    def enter[T](self, act: Callable[[], T]) -> T:
        """Return what `act` returns when it runs here. Sockets that it makes stay here."""
        result: list[T] = []
        errors: list[BaseException] = []

        def body() -> None:
            try:
                with open(f"/run/netns/{self.name}") as handle:
                    os.setns(handle.fileno(), os.CLONE_NEWNET)  # of this thread alone
                result.append(act())
            except BaseException as error:
                errors.append(error)

        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        if errors:
            raise errors[0]
        return result[0]

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """End a program and wait for it."""
        how = self.processes.pop(process)
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def pids(self) -> list[str]:
        """The processes that run here."""
        return run("ip", "netns", "pids", self.name).stdout.split()


class Network:
    """A switch, and machines on it, all in namespaces named after this process."""

    def __init__(self) -> None:
        self.names = f"pf{os.getpid()}"
        self.switch = f"{self.names}-switch"
        self.machines: list[Machine] = []
        self.macs: dict[str, str] = {}
        run("ip", "netns", "add", self.switch)
        self.ip(self.switch, "link", "add", "br0", "type", "bridge")
        self.ip(self.switch, "link", "set", "br0", "up")

    @staticmethod
    def ip(namespace: str, *arguments: str) -> str:
        return run("ip", "-n", namespace, *arguments).stdout

    def machine(self, role: str, *more: str) -> Machine:
        """Add a machine; `more` are further addresses of it."""
        number = len(self.machines) + 10
        machine = Machine(f"{self.names}-{role}", f"10.77.0.{number}")
        self.machines.append(machine)
        mac = f"02:00:00:00:00:{number}"
        run("ip", "netns", "add", machine.name)
        port = f"port{number}"
        peer = ["peer", "name", "eth0", "address", mac, "netns", machine.name]
        self.ip(self.switch, "link", "add", port, "type", "veth", *peer)
        self.ip(self.switch, "link", "set", port, "master", "br0", "up")
        for address in (machine.address, *more):
            self.ip(machine.name, "addr", "add", f"{address}/24", "dev", "eth0")
        self.ip(machine.name, "link", "set", "lo", "up")
        self.ip(machine.name, "link", "set", "eth0", "up")
        self.macs[machine.address] = mac
        # Known for ever, as a VPC knows them: a dead machine is silent, and not refused by its neighbours.
        for machine in self.machines:
            for address, mac in self.macs.items():
                if address != machine.address:
                    self.ip(machine.name, "neigh", "replace", address, "lladdr", mac, "dev", "eth0", "nud", "permanent")
        return machine

    def silence(self, machine: Machine, silent: bool = True) -> None:
        """Unplug a machine, or plug it in: it answers nothing, not even that it is gone."""
        port = f"port{machine.address.rsplit('.', 1)[1]}"
        self.ip(self.switch, "link", "set", port, "down" if silent else "up")

    def close(self) -> list[str]:
        """End every program and take all namespaces away. Returns the ids of processes that were still there."""
        left = []
        for machine in self.machines:
            for process in list(machine.processes):
                machine.stop(process)
            left += machine.pids()
        for pid in left:
            os.kill(int(pid), signal.SIGKILL)
        for name in [machine.name for machine in self.machines] + [self.switch]:
            run("ip", "netns", "del", name)
        return left


def namespaces() -> list[str]:
    """The names of the namespaces that this process has made and not yet taken away."""
    lines = run("ip", "netns", "list").stdout.splitlines()
    return [line.split()[0] for line in lines if line.startswith(f"pf{os.getpid()}-")]
