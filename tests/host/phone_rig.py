"""Real parts for the phone's tests: relay processes, a Redis server, a phone that speaks HTTP, a photo."""

from __future__ import annotations

import base64
import contextlib
import http.client
import io
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import segno
from PIL import Image, ImageChops, ImageFilter

from auto2fa.phone.keys import LinkKey
from auto2fa.phone.service import LinkState, OpenLink

ROOT = Path(__file__).resolve().parents[2]
URI = "otpauth://totp/Acme:jo@acme.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Acme"
RELAY = """
import argparse, sys
from auto2fa.phone import relay
parser = argparse.ArgumentParser()
relay.add_arguments(parser)
sys.exit(relay.run(parser.parse_args()))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("it did not happen in time")
        time.sleep(0.02)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Relay:
    """A relay in a process of its own."""

    def __init__(self, store: str = "memory", port: int = 0, *options: str) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-c", RELAY, "--port", str(self.port), "--store", store, *options]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self._command,
            env={**os.environ, "PYTHONPATH": str(ROOT / "host")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        until(lambda: listens(self.port))

    def kill(self) -> bytes:
        """End it at once; return what it printed."""
        self.process.kill()
        output, _ = self.process.communicate(timeout=10)
        return output


@contextlib.contextmanager
def relay(store: str = "memory", *options: str) -> Iterator[Relay]:
    running = Relay(store, 0, *options)
    try:
        yield running
    finally:
        running.kill()


@contextlib.contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


HAS_REDIS = shutil.which("redis-server") is not None


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    url: str,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    seconds: float = 30,
    source: str = "",
) -> Answer:
    """Ask once, on a connection of its own; ``source`` is one of this machine's addresses."""
    parts = urlsplit(url)
    own = (source, 0) if source else None
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, seconds, own)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, named, response.read())
    finally:
        connection.close()


class Phone:
    """What the page does, spoken directly."""

    def __init__(self, url: str, *, through: str = "", source: str = "") -> None:
        self.source = source
        self.base, _, fragment = url.partition("#")
        self.link = self.base.rpartition("/")[2]
        if through:
            self.base = f"{through}/u/{self.link}"
        self.key = LinkKey(self.link, base64.urlsafe_b64decode(fragment + "="))

    def page(self) -> Answer:
        return ask(self.base, source=self.source)

    def open(self) -> Answer:
        return ask(f"{self.base}/open", "POST", source=self.source)

    def send(self, photo: bytes) -> Answer:
        return self.send_sealed(self.key.seal("photo", photo))

    def send_sealed(self, sealed: bytes) -> Answer:
        return ask(f"{self.base}/photo", "POST", sealed, source=self.source)

    def verdict(self, receipt: str, wait: float = 20) -> Answer:
        return ask(f"{self.base}/verdict?wait={wait}", headers={"X-Receipt": receipt}, source=self.source)


class Host:
    """Collects what a link tells and answers as it is told to."""

    def __init__(self, decide: Callable[[bytes], str] = lambda photo: "") -> None:
        self.states: queue.Queue[LinkState] = queue.Queue()
        self.link: OpenLink | None = None
        self._decide = decide

    def __call__(self, state: LinkState) -> None:
        if state.name == "received":
            until(lambda: self.link is not None)
            assert self.link is not None
            problem = self._decide(state.photo)
            self.link.report("unreadable" if problem else "read", problem)
        self.states.put(state)

    def next(self, seconds: float = 10) -> LinkState:
        return self.states.get(timeout=seconds)

    def next_named(self, name: str, seconds: float = 10) -> LinkState:
        while True:
            state = self.next(seconds)
            if state.name == name:
                return state


def drawn(text: str = URI, scale: int = 8) -> Image.Image:
    buffer = io.BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="png", scale=scale, border=4)
    return Image.open(buffer).convert("RGB")


def _coefficients(source: list[tuple[float, float]], target: list[tuple[float, float]]) -> tuple[float, ...]:
    """Solve for the eight numbers of a perspective transform (Gauss elimination, 8 by 8)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for column in range(8):
        pivot = max(range(column, 8), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(8):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[column], strict=True)]
    return tuple(rows[index][8] / rows[index][index] for index in range(8))


def photo(text: str = URI, *, width: int = 1600, height: int = 1200, quality: int = 80) -> bytes:
    """Return a JPEG of a code as a phone takes it of a screen."""
    return photo_of(drawn(text), width=width, height=height, quality=quality)


def photo_of(
    code: Image.Image,
    *,
    width: int = 1600,
    height: int = 1200,
    quality: int = 80,
    blur: float = 1,
    noise: float = 0,
) -> bytes:
    """Return a JPEG of a square picture: in perspective, a little blurred, on a grey desk.

    ``blur`` is the radius in pixels of a photo 1,600 wide; ``noise`` the sensor's, in grey levels.
    """
    side = code.width
    unit = width / 16
    corners = [
        (5.2 * unit, 2.6 * unit),
        (11.2 * unit, 3.2 * unit),
        (10.8 * unit, 9.3 * unit),
        (4.6 * unit, 8.8 * unit),
    ]
    square = [(0.0, 0.0), (float(side), 0.0), (float(side), float(side)), (0.0, float(side))]
    numbers = _coefficients(square, corners)
    laid = code.transform((width, height), Image.Transform.PERSPECTIVE, numbers, Image.Resampling.BICUBIC)
    mask = Image.new("L", code.size, 255).transform(
        (width, height), Image.Transform.PERSPECTIVE, numbers, Image.Resampling.NEAREST
    )
    scene = Image.linear_gradient("L").resize((width, height)).point(lambda value: 70 + value // 4)
    picture = scene.convert("RGB")
    picture.paste(laid, (0, 0), mask)
    buffer = io.BytesIO()
    picture = picture.filter(ImageFilter.GaussianBlur(blur * width / 1600))
    if noise:
        grain = Image.effect_noise((width, height), noise).convert("RGB")
        picture = ImageChops.add(picture, grain, offset=-128)
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def read_code(data: bytes) -> str:
    """Return the text of the first QR code, or nothing."""
    import zxingcpp

    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(data)))
    return found[0].text if found else ""
