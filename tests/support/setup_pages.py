"""Set-up pages of a portal that does not exist: one second factor, drawn in any of the ways that portals use."""

from __future__ import annotations

import base64
import http.server
import io
import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self
from urllib.parse import quote

import segno
from PIL import Image, ImageDraw

from support.renderings import DRAWINGS, INK, MODULE, PAPER, SHOWN, frame, outer, script

RENDERINGS = tuple(DRAWINGS)
THEMES = tuple(PAPER)
"""`filtered`: the whole page turned dark by a filter, as dark-mode extensions do."""
LOOKS = ("plain", "logo", "dots", "gradient")
PLACES = ("plain", "header", "scroller", "scaled", "half-out", "huge")
"""`header`: partly under a bar that stays when the page scrolls. `scroller`: half scrolled out of a box of its
own. `scaled`: drawn smaller by a transform. `half-out`: half above the window's edge. `huge`: larger than it."""
HUGE = 1500
QUIET = (4, 0)
UNSTYLED = {
    "svg-css": {"gradient"},
    "svg-path": {"gradient", "dots"},
    "mask": {"gradient"},
    "blocks": {"dots", "gradient"},
    "double-blocks": {"dots", "gradient"},
    "table-plain": {"dots", "gradient", "logo"},
    "absolute-divs": {"dots"},
    "shadows": {"dots"},
}
"""Looks that a rendering of ours cannot have."""
PIXELS_ONLY = {"canvas-webgl", "canvas-tainted", "shadows"}
"""Renderings of which a page gives away nothing but what is on the screen."""
FORM = (
    "<p>Then type the six digits that the app shows.</p><form><input name=code autocomplete=one-time-code>"
    "<button type=button>Verify</button></form>"
)
NO_DATA = ("svg-mm", "svg-css", "svg-path", "svg-use")
"""Renderings on pages whose policy allows no ``data:`` pictures."""


@dataclass(frozen=True)
class Case:
    """One page."""

    name: str
    """Account name in the code, by which a test knows it again."""
    rendering: str
    theme: str = "light"
    look: str = "plain"
    quiet: int = 4
    top: int = 40
    """CSS pixels above the code: large ones put it out of view."""
    extra: str = ""
    place: str = "plain"
    says: str = "Scan this with your authenticator app"
    asks: bool = True
    """Whether the page has the field for the first code; some portals ask for it on the next page."""

    @property
    def shown(self) -> int:
        """CSS pixels of the code's side, its quiet zone included."""
        return HUGE if self.place == "huge" else SHOWN

    @property
    def uri(self) -> str:
        secret = base64.b32encode(self.name.encode().ljust(20, b"0")).decode().rstrip("=")
        return f"otpauth://totp/Made%20Portal:{self.name}?secret={secret}&issuer=Made%20Portal"

    @property
    def matrix(self) -> list[list[bool]]:
        """Modules, the quiet zone included."""
        code = segno.make(self.uri, error="h" if self.look == "logo" else "m", boost_error=False)
        return [[bool(bit) for bit in row] for row in code.matrix_iter(border=self.quiet)]

    def colour(self, row: int, column: int, size: int) -> str:
        """Of one dark module."""
        if self.look != "gradient":
            return INK[self.theme]
        share = (row + column) / (2 * size)
        start, end = (
            ((160, 200, 255), (255, 190, 160))
            if self.theme == "dark-inverted"
            else ((120, 0, 90), (0, 60, 120))
        )
        return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(start, end, strict=True))

    def cells(self) -> list[tuple[int, int, str]]:
        """Row, column and colour of every dark module."""
        matrix = self.matrix
        size = len(matrix)
        return [
            (row, column, self.colour(row, column, size))
            for row, line in enumerate(matrix)
            for column, dark in enumerate(line)
            if dark and not self._under_logo(row, column, size)
        ]

    def _under_logo(self, row: int, column: int, size: int) -> bool:
        return self.look == "logo" and all(
            abs(place - size / 2 + 0.5) < size * 0.1 for place in (row, column)
        )

    def png(self, module: int = MODULE) -> bytes:
        """As a picture; transparent where the page's own colour should show."""
        size = len(self.matrix)
        paper = (0, 0, 0, 0) if self.theme == "dark-inverted" else (255, 255, 255, 255)
        image = Image.new("RGBA", (size * module, size * module), paper)
        pen = ImageDraw.Draw(image)
        for row, column, colour in self.cells():
            box = (column * module, row * module, (column + 1) * module - 1, (row + 1) * module - 1)
            if self.look == "dots" and module > 2:
                pen.rounded_rectangle(box, radius=module * 0.4, fill=colour)
            else:
                pen.rectangle(box, fill=colour)
        if self.look == "logo":
            middle, half = size * module / 2, size * module * 0.08
            pen.ellipse((middle - half, middle - half, middle + half, middle + half), fill="#d02020")
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    def mask_png(self) -> bytes:
        """Opaque where a module is dark, clear elsewhere."""
        dark = replace(self, theme="dark-inverted")
        return dark.png()

    def svg(self, attributes: str, *, styled: bool = False) -> str:
        """As a drawing, one shape a module; ``styled`` leaves the colours to the page's style sheet."""
        size = len(self.matrix)
        radius = ' rx="0.4"' if self.look == "dots" else ""
        shapes = "".join(
            f'<rect x="{column}" y="{row}" width="1" height="1"{radius} '
            + ('class="m"/>' if styled else f'fill="{colour}"/>')
            for row, column, colour in self.cells()
        )
        paper = "" if self.theme == "dark-inverted" else f'<rect width="{size}" height="{size}" fill="#fff"/>'
        logo = (
            f'<circle cx="{size / 2}" cy="{size / 2}" r="{size * 0.08}" fill="#d02020"/>'
            if self.look == "logo"
            else ""
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" {attributes}>'
            f"{paper}{shapes}{logo}</svg>"
        )


def page(case: Case, other: str) -> str:
    """The whole page, with what stands around a code at a real portal."""
    dark = case.theme.startswith("dark")
    code = DRAWINGS[case.rendering](case, other) if case.rendering in DRAWINGS else ""
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Made Portal</title>"
        f"<style>html{{color-scheme:{'dark' if dark else 'light'}"
        + (";filter:invert(1) hue-rotate(180deg);background:#fff" if case.theme == "filtered" else "")
        + "}body{margin:0;padding:0 40px;"
        f"background:{PAPER[case.theme]};color:{'#ddd' if dark else '#222'};font:15px sans-serif}}</style>"
        f"<body><div style='height:{case.top}px'>{case.says}</div>"
        f"{_placed(case, code)}" + (FORM if case.asks else "") + f"{case.extra}</body>"
    )


def _placed(case: Case, code: str) -> str:
    below = "<div style='height:3000px'></div>"
    scroll = "const s=()=>{{{}}};s();addEventListener('load',s)"
    if case.place == "header":
        bar = "position:fixed;left:0;right:0;top:0;height:60px;background:#0a5;z-index:9"
        return f"<div style='{bar}'>Made Portal</div>{code}{below}" + script(
            scroll.format(
                "scrollTo(0,document.querySelector('#code').getBoundingClientRect().top+scrollY-20)"
            )
        )
    if case.place == "scroller":
        box = f"height:{case.shown // 2}px;width:{case.shown + 40}px;overflow:auto"
        return f"<div id=box style='{box}'>{code}{below}</div>" + script(
            scroll.format(f"document.querySelector('#box').scrollTop={case.shown // 4}")
        )
    if case.place == "scaled":
        return f"<div style='transform:scale(.7);transform-origin:0 0'>{code}</div>"
    if case.place == "half-out":
        return f"{code}{below}" + script(
            scroll.format(
                f"scrollTo(0,document.querySelector('#code').getBoundingClientRect().top+scrollY+{case.shown // 2})"
            )
        )
    return code


@dataclass
class SetupPages:
    """Serves cases at two sites (127.0.0.1 and localhost); use as a context manager."""

    cases: dict[str, Case] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """How often each path was asked for."""

    def __enter__(self) -> Self:
        pages = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class's name
                pages._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def other(self) -> str:
        """The second site."""
        return f"http://localhost:{self.port}"

    def url(self, case: Case) -> str:
        """Where a case is served."""
        self.cases[case.name] = case
        return f"http://127.0.0.1:{self.port}/page/{quote(case.name)}"

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        self.asked[request.path] += 1
        _, kind, name = (*request.path.split("/"), "")[:3]
        name, _, ending = name.partition(".")
        case = self.cases.get(name)
        if case is None:
            request.send_error(404)
            return
        data, content = self._content(request, case, kind, ending)
        request.send_response(200)
        request.send_header("Content-Type", content)
        request.send_header("Content-Length", str(len(data)))
        request.send_header("Cache-Control", "no-store")
        if kind == "page":
            request.send_header("Set-Cookie", "session=yes; HttpOnly; SameSite=Lax; Path=/")
            request.send_header(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-t'; object-src 'self'; "
                f"frame-src 'self' {self.other}; connect-src 'self'; media-src blob:; img-src 'self' {self.other} blob:"
                + ("" if case.rendering in NO_DATA else " data:"),
            )
        request.end_headers()
        request.wfile.write(data)

    def _content(
        self, request: http.server.BaseHTTPRequestHandler, case: Case, kind: str, ending: str
    ) -> tuple[bytes, str]:
        if kind == "page":
            return page(case, self.other).encode(), "text/html"
        if kind == "frame":
            return frame(case).encode(), "text/html"
        if kind == "outer":
            return outer(case).encode(), "text/html"
        if kind == "session" and "session=yes" not in request.headers.get("Cookie", ""):
            return b"<!doctype html><title>Sign in</title>", "text/html"
        if kind == "once" and self.asked[request.path] > 1:
            # A second request makes a second secret, as some portals do.
            return Case(case.name + "-again", case.rendering).png(), "image/png"
        if ending == "pdf":
            out = io.BytesIO()
            Image.open(io.BytesIO(case.png())).convert("RGB").save(out, "PDF", resolution=100)
            return out.getvalue(), "application/pdf"
        if ending == "svg":
            return case.svg("").encode(), "image/svg+xml"
        return case.png(), "image/png"
