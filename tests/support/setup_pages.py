"""Set-up pages of a portal that does not exist: one second factor, drawn in any of the ways that portals use."""

from __future__ import annotations

import base64
import http.server
import io
import threading
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import quote

import segno
from PIL import Image, ImageDraw

RENDERINGS = (
    "img-png",
    "img-svg",
    "img-session",
    "img-other-site",
    "img-once",
    "picture",
    "canvas",
    "canvas-dots-per-module",
    "svg-mm",
    "svg-css",
    "svg-use",
    "background",
    "background-url",
    "pseudo",
    "table",
    "divs",
    "absolute-divs",
    "blocks",
    "shadow",
    "closed-shadow",
    "iframe",
    "iframe-other-site",
    "object",
)
THEMES = ("light", "dark-card", "dark-inverted")
LOOKS = ("plain", "logo", "dots", "gradient")
MODULE = 10
SHOWN = 220
"""CSS pixels of a code's side, its quiet zone included."""
PAPER = {"light": "#ffffff", "dark-card": "#14171c", "dark-inverted": "#14171c"}
INK = {"light": "#000000", "dark-card": "#000000", "dark-inverted": "#ffffff"}
CARD = {"light": "#ffffff", "dark-card": "#ffffff", "dark-inverted": "#14171c"}


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


def _data(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _script(case: Case, module: int) -> str:
    return (
        "<script nonce=t>const i=new Image();i.onload=()=>{const c=document.querySelector('canvas');"
        "c.width=i.width;c.height=i.height;c.getContext('2d').drawImage(i,0,0)};"
        f"i.src='{_data('image/png', case.png(module))}'</script>"
    )


def _boxes(case: Case) -> str:
    """Cells for table and div grid."""
    size = len(case.matrix)
    dark = {(row, column): colour for row, column, colour in case.cells()}
    paper = CARD[case.theme]
    tag = "td" if case.rendering == "table" else "i"
    rows = []
    for row in range(size):
        cells = "".join(
            f'<{tag} style="background:{dark.get((row, column), paper)}'
            + (";border-radius:40%" if case.look == "dots" and (row, column) in dark else "")
            + f'"></{tag}>'
            for column in range(size)
        )
        rows.append(f"<tr>{cells}</tr>" if tag == "td" else f"<div class=r>{cells}</div>")
    side = SHOWN / size
    style = (
        f"<style>td,i{{width:{side}px;height:{side}px;padding:0;display:block;flex:none}}"
        "tr,.r{display:flex}table{border-spacing:0;display:block}</style>"
    )
    inside = "".join(rows)
    grid = f"<table id=code><tbody style='display:block'>{inside}</tbody></table>"
    return style + (grid if tag == "td" else f"<div id=code style='width:{SHOWN}px'>{inside}</div>")


def _absolute(case: Case) -> str:
    side = SHOWN / len(case.matrix)
    parts = "".join(
        f'<b style="position:absolute;left:{column * side}px;top:{row * side}px;width:{side}px;'
        f'height:{side}px;background:{colour}"></b>'
        for row, column, colour in case.cells()
    )
    return (
        f"<div id=code style='position:relative;width:{SHOWN}px;height:{SHOWN}px;"
        f"background:{CARD[case.theme]}'>{parts}</div>"
    )


def _blocks(case: Case) -> str:
    matrix = case.matrix
    if len(matrix) % 2:
        matrix = [*matrix, [False] * len(matrix[0])]
    lines = [
        "".join(" ▀▄█"[upper + 2 * lower] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(matrix[::2], matrix[1::2], strict=True)
    ]
    return (
        f"<pre id=code style='display:inline-block;margin:0;font:10px/10px monospace;background:{CARD[case.theme]};"
        f"color:{INK[case.theme]}'>" + "\n".join(lines) + "</pre>"
    )


def _code(case: Case, other: str) -> str:
    side = f"width:{SHOWN}px;height:{SHOWN}px"
    name = quote(case.name)
    shadow = case.rendering.removesuffix("shadow").strip("-") or "open"
    drawings = {
        "img-png": lambda: f'<img id=code alt="" style="{side}" src="{_data("image/png", case.png())}">',
        "img-svg": lambda: (
            f'<img id=code style="{side}" src="{_data("image/svg+xml", case.svg("").encode())}">'
        ),
        "img-session": lambda: f'<img id=code style="{side}" src="/session/{name}.png">',
        "img-other-site": lambda: f'<img id=code style="{side}" src="{other}/open/{name}.png">',
        "img-once": lambda: f'<img id=code style="{side}" src="/once/{name}.png">',
        "picture": lambda: (
            f'<picture><source srcset="/open/{name}.png"><img id=code style="{side}" src="/missing.png"></picture>'
        ),
        "canvas": lambda: f'<canvas id=code style="{side}"></canvas>{_script(case, MODULE)}',
        "canvas-dots-per-module": lambda: (
            f'<canvas id=code style="{side};image-rendering:pixelated"></canvas>{_script(case, 1)}'
        ),
        "svg-mm": lambda: case.svg('id="code" width="58mm" height="58mm"'),
        "svg-css": lambda: (
            f"<style>.m{{fill:{INK[case.theme]}}}#code{{{side}}}</style>" + case.svg('id="code"', styled=True)
        ),
        "svg-use": lambda: (
            f'<svg width=0 height=0 style="position:absolute"><defs><symbol id=q '
            f'viewBox="0 0 {len(case.matrix)} {len(case.matrix)}">{case.svg("")}</symbol></defs></svg>'
            f'<svg id=code style="{side}"><use href="#q" width="{SHOWN}" height="{SHOWN}"/></svg>'
        ),
        "background": lambda: (
            f'<div id=code style="{side};background:url({_data("image/png", case.png())}) 0/100%"></div>'
        ),
        "background-url": lambda: (
            f'<div id=code style="{side};background:url(/session/{name}.png) 0/100%"></div>'
        ),
        "pseudo": lambda: (
            f"<style>#code::before{{content:'';display:block;{side};"
            f"background:url({_data('image/png', case.png())}) 0/100%}}</style><div id=code style='{side}'></div>"
        ),
        "table": lambda: _boxes(case),
        "divs": lambda: _boxes(case),
        "absolute-divs": lambda: _absolute(case),
        "blocks": lambda: _blocks(case),
        "shadow": lambda: "<made-code id=code></made-code>" + _element(case, shadow),
        "closed-shadow": lambda: "<made-code id=code></made-code>" + _element(case, shadow),
        "iframe": lambda: f'<iframe id=code style="{side};border:0" src="/frame/{name}"></iframe>',
        "iframe-other-site": lambda: (
            f'<iframe id=code style="{side};border:0" src="{other}/frame/{name}"></iframe>'
        ),
        "object": lambda: (
            f'<object id=code type="image/svg+xml" style="{side}" data="/open/{name}.svg"></object>'
        ),
    }
    return drawings[case.rendering]() if case.rendering in drawings else ""


def _element(case: Case, mode: str) -> str:
    picture = case.svg(f'style="width:{SHOWN}px;height:{SHOWN}px;display:block"')
    return (
        "<script nonce=t>customElements.define('made-code',class extends HTMLElement{connectedCallback(){"
        f"this.style.display='inline-block';this.attachShadow({{mode:'{mode}'}}).innerHTML=`{picture}`}}}})</script>"
    )


def page(case: Case, other: str) -> str:
    """The whole page, with what stands around a code at a real portal."""
    dark = case.theme != "light"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Made Portal: two-factor set-up</title>"
        f"<style>html{{color-scheme:{'dark' if dark else 'light'}}}body{{margin:0;padding:0 40px;"
        f"background:{PAPER[case.theme]};color:{'#ddd' if dark else '#222'};font:15px sans-serif}}</style>"
        f"<body><div style='height:{case.top}px'>Scan this with your authenticator app</div>"
        f"{_code(case, other)}"
        f"<p>Then type the six digits that the app shows.</p><form><input name=code autocomplete=one-time-code>"
        f"<button type=button>Verify</button></form>{case.extra}</body>"
    )


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
                f"frame-src 'self' {self.other}; img-src 'self' {self.other}"
                + ("" if case.rendering.startswith("svg") else " data:"),
            )
        request.end_headers()
        request.wfile.write(data)

    def _content(
        self, request: http.server.BaseHTTPRequestHandler, case: Case, kind: str, ending: str
    ) -> tuple[bytes, str]:
        if kind == "page":
            return page(case, self.other).encode(), "text/html"
        if kind == "frame":
            picture = case.svg(f'width="{SHOWN}" height="{SHOWN}" style="display:block"')
            scheme = "light" if case.theme == "light" else "dark"
            return (
                f"<!doctype html><style>html{{color-scheme:{scheme}}}body{{margin:0;"
                f"background:{PAPER[case.theme]}}}</style>{picture}"
            ).encode(), "text/html"
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
