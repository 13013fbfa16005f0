"""The ways in which portals put a code into a page, each as HTML."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from support.setup_pages import Case

SHOWN = 220
"""CSS pixels of a code's side, its quiet zone included."""
MODULE = 10
"""Pixels of a module in pictures."""
PAPER = {"light": "#ffffff", "dark-card": "#14171c", "dark-inverted": "#14171c", "filtered": "#ffffff"}
INK = {"light": "#000000", "dark-card": "#000000", "dark-inverted": "#ffffff", "filtered": "#000000"}
CARD = {"light": "#ffffff", "dark-card": "#ffffff", "dark-inverted": "#14171c", "filtered": "#ffffff"}


def data_url(kind: str, data: bytes) -> str:
    """A ``data:`` address."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def script(body: str) -> str:
    """JavaScript that the page's own policy lets run."""
    return f"<script nonce=t>{body}</script>"


def _png(case: Case) -> str:
    return data_url("image/png", case.png())


def _side(case: Case) -> str:
    return f"width:{case.shown}px;height:{case.shown}px"


def _img(case: Case, source: str, more: str = "") -> str:
    return f'<img id=code alt="" style="{_side(case)}" {more} src="{source}">'


def _painted(case: Case, module: int, paint: str) -> str:
    """``paint`` has the loaded picture in ``i`` and the canvas in ``c``."""
    return script(
        "const i=new Image();i.onload=()=>{const c=document.querySelector('canvas');c.width=i.width;"
        f"c.height=i.height;{paint}}};i.src='{data_url('image/png', case.png(module))}'"
    )


_DRAW = "c.getContext('2d').drawImage(i,0,0)"
_WEBGL = """const g=c.getContext('webgl');const s=(t,x)=>{const h=g.createShader(t);g.shaderSource(h,x);
g.compileShader(h);return h};const p=g.createProgram();
g.attachShader(p,s(g.VERTEX_SHADER,'attribute vec2 a;varying vec2 v;void main(){v=vec2(a.x,1.-a.y);
gl_Position=vec4(a*2.-1.,0,1);}'));
g.attachShader(p,s(g.FRAGMENT_SHADER,'precision mediump float;varying vec2 v;uniform sampler2D t;
void main(){gl_FragColor=texture2D(t,v);}'));g.linkProgram(p);g.useProgram(p);
g.bindBuffer(g.ARRAY_BUFFER,g.createBuffer());
g.bufferData(g.ARRAY_BUFFER,new Float32Array([0,0,1,0,0,1,1,1]),g.STATIC_DRAW);
g.enableVertexAttribArray(0);g.vertexAttribPointer(0,2,g.FLOAT,false,0,0);
g.bindTexture(g.TEXTURE_2D,g.createTexture());
g.texImage2D(g.TEXTURE_2D,0,g.RGBA,g.RGBA,g.UNSIGNED_BYTE,i);
for(const [k,w] of [[g.TEXTURE_MIN_FILTER,g.LINEAR],[g.TEXTURE_WRAP_S,g.CLAMP_TO_EDGE],
[g.TEXTURE_WRAP_T,g.CLAMP_TO_EDGE]])g.texParameteri(g.TEXTURE_2D,k,w);
g.viewport(0,0,c.width,c.height);g.drawArrays(g.TRIANGLE_STRIP,0,4)""".replace("\n", "")


def _cells(case: Case) -> str:
    """A table, or boxes in rows."""
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
    side = case.shown / size
    style = (
        f"<style>td,i{{width:{side}px;height:{side}px;padding:0;display:block;flex:none}}"
        "tr,.r{display:flex}table{border-spacing:0;display:block}</style>"
    )
    inside = "".join(rows)
    grid = f"<table id=code><tbody style='display:block'>{inside}</tbody></table>"
    return style + (grid if tag == "td" else f"<div id=code style='width:{case.shown}px'>{inside}</div>")


def _plain_table(case: Case) -> str:
    """As mails and old portals write it: attributes, no style."""
    side = max(2, round(case.shown / len(case.matrix)))
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td width={side} height={side} bgcolor={INK[case.theme] if dark else CARD[case.theme]}></td>"
            for dark in line
        )
        + "</tr>"
        for line in case.matrix
    )
    return f"<table id=code cellspacing=0 cellpadding=0 border=0>{rows}</table>"


def _absolute(case: Case) -> str:
    side = case.shown / len(case.matrix)
    parts = "".join(
        f'<b style="position:absolute;left:{column * side}px;top:{row * side}px;width:{side}px;'
        f'height:{side}px;background:{colour}"></b>'
        for row, column, colour in case.cells()
    )
    return f"<div id=code style='position:relative;{_side(case)};background:{CARD[case.theme]}'>{parts}</div>"


def _shadows(case: Case) -> str:
    """One box of one module; all others are its shadows."""
    side = case.shown / len(case.matrix)
    shadows = ",".join(
        f"{(column + 1) * side:.2f}px {(row + 1) * side:.2f}px 0 .15px {colour}"
        for row, column, colour in case.cells()
    )
    return (
        f"<div id=code style='position:relative;overflow:hidden;{_side(case)};background:{CARD[case.theme]}'>"
        f"<b style='position:absolute;left:-{side}px;top:-{side}px;width:{side}px;height:{side}px;"
        f"box-shadow:{shadows}'></b></div>"
    )


def _blocks(case: Case) -> str:
    """Half blocks: a character is one module wide and two high."""
    matrix = case.matrix
    if len(matrix) % 2:
        matrix = [*matrix, [False] * len(matrix[0])]
    lines = [
        "".join(" ▀▄█"[upper + 2 * lower] for upper, lower in zip(above, below, strict=True))
        for above, below in zip(matrix[::2], matrix[1::2], strict=True)
    ]
    return _pre(case, lines)


def _double_blocks(case: Case) -> str:
    """Two full blocks a module."""
    return _pre(case, ["".join("██" if dark else "  " for dark in line) for line in case.matrix])


def _pre(case: Case, lines: list[str]) -> str:
    return (
        f"<pre id=code style='display:inline-block;margin:0;font:10px/10px monospace;background:{CARD[case.theme]};"
        f"color:{INK[case.theme]}'>" + "\n".join(lines) + "</pre>"
    )


def _element(case: Case, modes: list[str]) -> str:
    """Custom elements, one in the shadow of the other, the drawing in the innermost."""
    inside = case.svg(f'style="{_side(case)};display:block"')
    classes = ""
    for depth, mode in reversed(list(enumerate(modes))):
        classes += (
            f"customElements.define('made-code-{depth}',class extends HTMLElement{{connectedCallback(){{"
            f"this.style.display='inline-block';this.attachShadow({{mode:'{mode}'}}).innerHTML=`{inside}`}}}});"
        )
        inside = f"<made-code-{depth}></made-code-{depth}>"
    return f"<span id=code style='display:inline-block'>{inside}</span>" + script(classes)


def _slotted(case: Case) -> str:
    return f"<made-card id=code>{_img(case, _png(case)).replace('id=code', '')}</made-card>" + script(
        "customElements.define('made-card',class extends HTMLElement{connectedCallback(){"
        "this.style.display='inline-block';"
        "this.attachShadow({mode:'closed'}).innerHTML='<div><slot></slot></div>'}})"
    )


def _video(case: Case) -> str:
    """A picture that comes as a stream, as with some kiosks and conference tools."""
    draw = "c.getContext('2d').drawImage(i,0,0)"
    return f'<video id=code autoplay muted playsinline style="{_side(case)}"></video>' + script(
        "const i=new Image();i.onload=()=>{const c=document.createElement('canvas');c.width=i.width;"
        f"c.height=i.height;{draw};"
        "const v=document.querySelector('video');v.srcObject=c.captureStream(10);v.play();"
        f"setInterval(()=>{{{draw}}},100)}};"
        f"i.src='{data_url('image/png', case.png())}'"
    )


def _svg_path(case: Case) -> str:
    """One path for all modules, as the React and Vue components draw it."""
    size = len(case.matrix)
    path = "".join(f"M{column} {row}h1v1H{column}z" for row, column, _ in case.cells())
    return (
        f'<svg id=code viewBox="0 0 {size} {size}" style="{_side(case)}" shape-rendering="crispEdges">'
        f'<path fill="{CARD[case.theme]}" d="M0 0h{size}v{size}H0z"/>'
        f'<path fill="{INK[case.theme]}" d="{path}"/></svg>'
    )


def _svg_pattern(case: Case) -> str:
    """A fill that is defined in another drawing."""
    return (
        '<svg width=0 height=0 style="position:absolute"><defs>'
        f'<pattern id=p width="{case.shown}" height="{case.shown}" patternUnits="userSpaceOnUse">'
        f'<image width="{case.shown}" height="{case.shown}" href="{_png(case)}"/></pattern></defs></svg>'
        f'<svg id=code style="{_side(case)}"><rect width="{case.shown}" height="{case.shown}" fill="url(#p)"/></svg>'
    )


def _svg_use(case: Case) -> str:
    size = len(case.matrix)
    return (
        '<svg width=0 height=0 style="position:absolute"><defs><symbol id=q '
        f'viewBox="0 0 {size} {size}">{case.svg("")}</symbol></defs></svg>'
        f'<svg id=code style="{_side(case)}"><use href="#q" width="{case.shown}" height="{case.shown}"/></svg>'
    )


def _mask(case: Case) -> str:
    mask = data_url("image/png", case.mask_png())
    return (
        f"<div style='display:inline-block;background:{CARD[case.theme]}'><div id=code style='{_side(case)};"
        f"background:{INK[case.theme]};-webkit-mask:url({mask}) 0/100%;mask:url({mask}) 0/100%'></div></div>"
    )


def _backgrounds(case: Case) -> str:
    """A code that is the second of three pictures."""
    dot = data_url(
        "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path/></svg>'
    )
    return (
        f'<div id=code style="{_side(case)};background:url({dot}) 0 0 no-repeat,url({_png(case)}) 0/100%,'
        'linear-gradient(#fff0,#fff0)"></div>'
    )


Drawing = Callable[["Case", str], str]
"""HTML of a case; the second argument is the address of the other site."""

DRAWINGS: dict[str, Drawing] = {
    "img-png": lambda case, _: _img(case, _png(case)),
    "img-svg": lambda case, _: _img(case, data_url("image/svg+xml", case.svg("").encode())),
    "img-session": lambda case, _: _img(case, f"/session/{quote(case.name)}.png"),
    "img-other-site": lambda case, other: _img(case, f"{other}/open/{quote(case.name)}.png"),
    "img-once": lambda case, _: _img(case, f"/once/{quote(case.name)}.png"),
    "img-lying": lambda case, _: _img(case, data_url("image/jpeg", case.png())),
    "img-blob": lambda case, _: (
        _img(case, "")
        + script(
            f"fetch('/open/{quote(case.name)}.png').then(r=>r.blob()).then(b=>{{"
            "const u=URL.createObjectURL(b),i=document.querySelector('#code');"
            "i.onload=()=>URL.revokeObjectURL(u);i.src=u})"
        )
    ),
    "img-lazy": lambda case, _: _img(case, f"/open/{quote(case.name)}.png", "loading=lazy"),
    "input-image": lambda case, _: (
        f'<input type=image id=code alt="" style="{_side(case)}" src="/open/{quote(case.name)}.png">'
    ),
    "picture": lambda case, _: (
        f'<picture><source srcset="/open/{quote(case.name)}.png">{_img(case, "/missing.png")}</picture>'
    ),
    "canvas": lambda case, _: (
        f'<canvas id=code style="{_side(case)}"></canvas>{_painted(case, MODULE, _DRAW)}'
    ),
    "canvas-dots-per-module": lambda case, _: (
        f'<canvas id=code style="{_side(case)};image-rendering:pixelated"></canvas>{_painted(case, 1, _DRAW)}'
    ),
    "canvas-webgl": lambda case, _: (
        f'<canvas id=code style="{_side(case)}"></canvas>{_painted(case, MODULE, _WEBGL)}'
    ),
    "canvas-tainted": lambda case, other: (
        f'<canvas id=code style="{_side(case)}"></canvas>'
        + script(
            "const i=new Image();i.onload=()=>{const c=document.querySelector('canvas');c.width=i.width;"
            f"c.height=i.height;{_DRAW}}};i.src='{other}/open/{quote(case.name)}.png'"
        )
    ),
    "svg-mm": lambda case, _: case.svg(
        f'id="code" width="{case.shown / 3.78}mm" height="{case.shown / 3.78}mm"'
    ),
    "svg-css": lambda case, _: (
        f"<style>.m{{fill:{INK[case.theme]}}}#code{{{_side(case)}}}</style>"
        + case.svg('id="code"', styled=True)
    ),
    "svg-path": lambda case, _: _svg_path(case),
    "svg-use": lambda case, _: _svg_use(case),
    "svg-image": lambda case, _: (
        f'<svg id=code style="{_side(case)}" viewBox="0 0 100 100">'
        f'<image width="100" height="100" href="{_png(case)}"/></svg>'
    ),
    "svg-image-url": lambda case, _: (
        f'<svg id=code style="{_side(case)}" viewBox="0 0 100 100">'
        f'<image width="100" height="100" href="/session/{quote(case.name)}.png"/></svg>'
    ),
    "svg-pattern": lambda case, _: _svg_pattern(case),
    "background": lambda case, _: (
        f'<div id=code style="{_side(case)};background:url({_png(case)}) 0/100%"></div>'
    ),
    "background-url": lambda case, _: (
        f'<div id=code style="{_side(case)};background:url(/session/{quote(case.name)}.png) 0/100%"></div>'
    ),
    "backgrounds": lambda case, _: _backgrounds(case),
    "pseudo": lambda case, _: (
        f"<style>#code::before{{content:'';display:block;{_side(case)};"
        f"background:url({_png(case)}) 0/100%}}</style><div id=code style='{_side(case)}'></div>"
    ),
    "content": lambda case, _: f'<div id=code style="{_side(case)};content:url({_png(case)})"></div>',
    "mask": lambda case, _: _mask(case),
    "table": lambda case, _: _cells(case),
    "table-plain": lambda case, _: _plain_table(case),
    "divs": lambda case, _: _cells(case),
    "absolute-divs": lambda case, _: _absolute(case),
    "shadows": lambda case, _: _shadows(case),
    "blocks": lambda case, _: _blocks(case),
    "double-blocks": lambda case, _: _double_blocks(case),
    "shadow": lambda case, _: _element(case, ["open"]),
    "closed-shadow": lambda case, _: _element(case, ["closed"]),
    "nested-shadow": lambda case, _: _element(case, ["open", "closed"]),
    "slot": lambda case, _: _slotted(case),
    "dialog": lambda case, _: (
        f"<dialog style='padding:20px;border:0;background:{CARD[case.theme]}'>{_img(case, _png(case))}</dialog>"
        + script("document.querySelector('dialog').showModal()")
    ),
    "iframe": lambda case, _: _frame(case, f'src="/frame/{quote(case.name)}"'),
    "iframe-nested": lambda case, _: _frame(case, f'src="/outer/{quote(case.name)}"'),
    "iframe-srcdoc": lambda case, _: _frame(
        case, 'srcdoc=\'<body style="margin:0">' + case.svg(_side_attributes(case)) + "'"
    ),
    "iframe-sandbox": lambda case, _: _frame(case, f'sandbox src="/frame/{quote(case.name)}"'),
    "iframe-other-site": lambda case, other: _frame(case, f'src="{other}/frame/{quote(case.name)}"'),
    "object": lambda case, _: (
        f'<object id=code type="image/svg+xml" style="{_side(case)}" data="/open/{quote(case.name)}.svg"></object>'
    ),
    "object-png": lambda case, _: (
        f'<object id=code style="{_side(case)}" data="/session/{quote(case.name)}.png"></object>'
    ),
    "embed": lambda case, _: (
        f'<embed id=code type="image/png" style="{_side(case)}" src="/session/{quote(case.name)}.png">'
    ),
    "video": lambda case, _: _video(case),
}


def _side_attributes(case: Case) -> str:
    return f'width="{case.shown}" height="{case.shown}" style="display:block"'


def _frame(case: Case, attributes: str) -> str:
    return f'<iframe id=code style="{_side(case)};border:0" {attributes}></iframe>'


def frame(case: Case) -> str:
    """The page inside a frame that holds the code alone."""
    scheme = "light" if case.theme in ("light", "filtered") else "dark"
    return (
        f"<!doctype html><style>html{{color-scheme:{scheme}}}body{{margin:0;"
        f"background:{PAPER[case.theme]}}}</style>{case.svg(_side_attributes(case))}"
    )


def outer(case: Case) -> str:
    """A frame with a frame in it."""
    return f"<!doctype html><style>body{{margin:0}}</style>{_frame(case, f'src=/frame/{quote(case.name)}')}"
