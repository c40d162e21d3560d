"""Runs inside a network namespace with loopback only: starts a real daemon, asks it everything, ends it by its id.

    unshare --net python inside.py EXCHANGES SIGNAL-CLI JAVA-HOME SECONDS

Prints the answers as JSON. A script of the standard library alone; `asking` is also used on the emulator.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

READY_SECONDS = 60.0
ANSWER_SECONDS = 10.0
END_SECONDS = 10.0
JAVA = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"


def raise_loopback() -> None:
    """`ip link set lo up`, where iproute2 is not installed."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, 0x8913, request))[1]  # SIOCGIFFLAGS
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))  # SIOCSIFFLAGS, IFF_UP


def asking(exchanges: list[dict[str, Any]], port: int, path: str) -> dict[str, Any]:
    """Each exchange's answer by its name: [status, type, document] over HTTP, the document over the socket."""
    return {one["name"]: _http(one["http"], port) if "http" in one else _line(one["line"], path) for one in exchanges}


def _http(asked: dict[str, Any], port: int) -> list[Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    body = asked.get("raw", json.dumps(asked["body"]) if "body" in asked else None)
    headers = {"Content-Type": asked.get("type", "application/json")} if body is not None else {}
    connection.request(asked.get("verb", "POST"), asked.get("path", "/api/v1/rpc"), body, headers)
    answer = connection.getresponse()
    payload = answer.read()
    kind = (answer.headers.get("Content-Type") or "").split(";")[0]
    connection.close()
    is_json = kind == "application/json" and bool(payload)
    return [answer.status, kind if is_json else "", json.loads(payload) if is_json else None]


def _line(line: str, path: str) -> Any:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(path)
        connection.sendall(line.encode() + b"\n")
        return json.loads(connection.makefile("rb").readline())


def stream(port: int, seconds: float) -> str:
    """The first bytes of the events' stream, its headers included."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(seconds)
        connection.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
        received = b""
        try:
            while not received.endswith(b"\r\n0\r\n\r\n") and b"\n:\n" not in received.replace(b"\r\n2\r\n", b"\n"):
                chunk = connection.recv(4096)
                if not chunk:
                    break
                received += chunk
        except TimeoutError:
            pass
        return received.decode("latin-1")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def main() -> None:
    exchanges, program, java, seconds = sys.argv[1:5]
    raise_loopback()
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="real-signal-") as folder:
        path = f"{folder}/socket"
        environment = {**os.environ, "JAVA_HOME": java, "JAVA_OPTS": JAVA, "HOME": folder}
        log = Path(folder, "log")
        with log.open("wb") as output:
            daemon = subprocess.Popen(
                ["sh", program, "--config", f"{folder}/data", "daemon", f"--http=127.0.0.1:{port}", f"--socket={path}",
                 "--receive-mode=manual"],
                env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        try:
            _wait(daemon, port, log)
            answers = asking(json.loads(Path(exchanges).read_text("utf-8")), port, path)
            events = stream(port, float(seconds)) if float(seconds) else ""
        finally:
            daemon.terminate()
            try:
                daemon.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
    json.dump({"answers": answers, "stream": events}, sys.stdout)


def _wait(daemon: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until it answers on both doors."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            if _http({"verb": "GET", "path": "/api/v1/check"}, port)[0] == 200:
                return
        except OSError:
            pass
        if daemon.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"the daemon did not start: {log.read_text('utf-8', 'replace')[-1000:]}")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
