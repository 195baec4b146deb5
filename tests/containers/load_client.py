"""Puts load on a container in this network, which has nothing but a loopback address, and prints what it saw.

python load_client.py IMAGE PORT PATH BODY steady|stop

`steady` asks 200 times a second for 30 seconds and looks at the memory of all processes of the container; `stop`
asks as fast as it can and stops the container meanwhile. One JSON document on stdout.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path

CONNECTIONS = 4
RATE = 200  # requests a second, all connections together
SECONDS = 30
SAMPLES = 15  # of memory
HARDENED = ("--read-only", "--tmpfs=/tmp:size=64m", "--cap-drop=all", "--security-opt=no-new-privileges")


@dataclass
class Load:
    """Requests to one address, and what became of them."""

    port: int
    path: str
    body: bytes
    seen: Counter[str] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self, connection: HTTPConnection) -> bool:
        """One request; whether the connection goes on. It may be turned away only before it was taken."""
        is_new = connection.sock is None
        try:
            connection.request("POST", self.path, self.body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
        except (ConnectionError, RemoteDisconnected):
            self.seen["turned away" if is_new else "lost"] += 1
            return False
        self.seen["answered" if answer.status == 200 else f"status {answer.status}"] += 1
        return True

    def steady(self, first: int) -> None:
        """This connection's part of the load, at the moments that the rate gives."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        began = time.monotonic()
        for number in range(first, RATE * SECONDS, CONNECTIONS):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            self.ask(connection)
        connection.close()

    def until_turned_away(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not self.ended.is_set() or connection.sock is not None:
            if not self.ask(connection):
                connection.close()
                if self.seen["turned away"]:
                    return


def podman(*words: str) -> str:
    return subprocess.run(["podman", *words], capture_output=True, text=True, check=True).stdout.strip()


def memory(process: int) -> int:
    """Bytes of a process and all that it started, each page once; without those of files, which the system may drop."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    total = int(next(line for line in rollup if line.startswith("Pss_Anon:")).split()[1])
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return total * 1024 + sum(map(memory, map(int, children)))


def wait_until_ready(load: Load, container: str) -> None:
    while podman("inspect", "--format", "{{.State.Running}}", container) == "true":
        connection = HTTPConnection("127.0.0.1", load.port, timeout=30)
        try:
            connection.request("POST", load.path, load.body, {"Content-Type": "application/json"})
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    sys.exit(podman("logs", container))


def steady(load: Load, container: str) -> dict[str, object]:
    process = int(podman("inspect", "--format", "{{.State.Pid}}", container))
    samples = []
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        work = [pool.submit(load.steady, first) for first in range(CONNECTIONS)]
        for _ in range(SAMPLES):
            time.sleep(SECONDS / SAMPLES)
            samples.append(memory(process))
        for one in work:
            one.result()
    return {"memory": samples}


def stop(load: Load, container: str) -> dict[str, object]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        work = [pool.submit(load.until_turned_away) for _ in range(CONNECTIONS)]
        time.sleep(1)
        podman("stop", "-t", "10", container)
        load.ended.set()
        for one in work:
            one.result()
    return {"exit": int(podman("inspect", "--format", "{{.State.ExitCode}}", container))}


def main() -> None:
    image, port, path, body, mode = sys.argv[1:]
    load = Load(int(port), path, body.encode())
    container = podman("run", "--detach", "--network=host", *HARDENED, image)
    try:
        wait_until_ready(load, container)
        told = steady(load, container) if mode == "steady" else stop(load, container)
        sys.stdout.write(json.dumps({"seen": load.seen, **told}))
    finally:
        podman("rm", "--force", container)


if __name__ == "__main__":
    main()
