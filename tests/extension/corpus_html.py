"""Facts about a page (``corpus/pages.json``) made into a page again, as its product shows it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Facts = dict[str, Any]

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""A documentation secret; the pages are never served to anyone."""

INSERTED_MS = 10
"""How long after the load a page's script puts its form in."""

NOT_ATTRIBUTES = {
    "tag", "label", "note", "is_target", "otp_channel", "initially_hidden", "code", "drawn_boxes", "value_note",
}  # fmt: skip
CODE_KINDS = {"totp_prompt": "app", "combined": "combined", "totp_enrol": "setup"}
OTHER_KINDS = {
    "sms_prompt": "sms",
    "email_prompt": "email",
    "backup_code_prompt": "recovery",
    "webauthn_prompt": "none",
}
NEGATIVES = [
    ("captcha", "captcha"), ("device", "device"), ("coupon", "coupon"), ("voucher", "coupon"), ("gift", "coupon"),
    ("postal", "postal"), ("post code", "postal"), ("cvv", "cvv"), ("cvc", "cvv"), ("order", "order"),
    ("invite", "invite"), ("invitation", "invite"), ("search", "search"), ("tan", "tan"), ("append", "passwordAppend"),
    ("pin", "pin"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One page in one language."""

    id: str
    facts: Facts
    expected: str
    """Kind that the content scripts should report; ``other`` stands for any kind that is never filled."""

    @property
    def takes_code(self) -> bool:
        # A page whose only code field is not on show yet, or that has none of its own, cannot be filled.
        shown = any(
            each.get("is_target") and not each.get("initially_hidden") for each in self.facts["inputs"]
        )
        return self.facts["kind"] in CODE_KINDS and shown


def expected_kind(facts: Facts) -> str:
    kind = facts["kind"]
    if kind in CODE_KINDS and not any(
        each.get("is_target") and not each.get("initially_hidden") for each in facts["inputs"]
    ):
        return "other"
    if kind in CODE_KINDS:
        return CODE_KINDS[kind]
    if kind in OTHER_KINDS:
        return OTHER_KINDS[kind]
    negative = str(facts.get("negative_type", "")).lower()
    words = negative.replace("(", " ").replace("/", " ").replace(",", " ").split()
    for word, name in NEGATIVES:
        if word in negative if " " in word or len(word) > 4 else word in words:
            return name
    return "other"


def cases(pages: list[Facts]) -> Iterator[Case]:
    """Every page, and each of its translations as a page of its own."""
    for facts in pages:
        yield Case(facts["id"], facts, expected_kind(facts))
        for language, strings in (facts.get("translations") or {}).items():
            yield Case(
                f"{facts['id']}@{language}", translated(facts, language, strings), expected_kind(facts)
            )


def translated(facts: Facts, language: str, strings: dict[str, Any]) -> Facts:
    new: Facts = {**facts, "lang": language, "translations": {}}
    for key in ("heading", "description", "submit"):
        if strings.get(key):
            new[key] = strings[key]
    inputs = []
    for each in facts["inputs"]:
        changed = dict(each)
        if each.get("is_target") or len(facts["inputs"]) == 1:
            for key in ("label", "placeholder"):
                if strings.get(key) and each.get(key):
                    changed[key] = strings[key]
        if strings.get("remember") and each.get("type") == "checkbox":
            changed["label"] = strings["remember"]
        inputs.append(changed)
    new["inputs"] = inputs
    return new


def text(value: object) -> str:
    return html.escape(str(value), quote=True)


def attributes(facts: Facts, index: int) -> str:
    parts = [f'data-corpus="{index}"']
    for name, value in facts.items():
        if name in NOT_ATTRIBUTES or value is None or value is False or name == "value":
            continue
        if (
            not name.replace("-", "")
            .replace(":", "")
            .replace("_", "")
            .replace("@", "")
            .replace(".", "")
            .isalnum()
        ):
            continue
        parts.append(name if value is True else f'{name}="{text(value)}"')
    return " ".join(parts)


def field(facts: Facts, index: int, render: str, *, value: str = "") -> str:
    """One input with its label, as forms have it: bound by id, or wrapped around."""
    tag = facts.get("tag", "input")
    label = text(facts.get("label") or "")
    hidden = ' style="display:none"' if facts.get("initially_hidden") else ""
    attrs = attributes(facts, index)
    if value:
        attrs += f' value="{text(value)}"'
    if tag == "select":
        control = f"<select {attrs}><option>1</option></select>"
    elif tag == "textarea":
        control = f"<textarea {attrs}></textarea>"
    else:
        box = ' style="width:42px;height:48px"' if render == "segmented" else ""
        control = f"<input {attrs}{box}>"
    if render == "segmented":
        return control
    if facts.get("type") in ("checkbox", "radio"):
        return f"<div{hidden}><label>{control} {label}</label></div>"
    if not label:
        return f"<div class=row{hidden}>{control}</div>"
    if facts.get("id"):
        return f'<div class=row{hidden}><label for="{text(facts["id"])}">{label}</label> {control}</div>'
    return f"<div class=row{hidden}><label>{label} {control}</label></div>"


def qr_rects() -> str:
    cells = ((x, y) for x in range(29) for y in range(29) if (x * 7 + y * 13 + x * y) % 3 == 0)
    return "".join(f'<rect x="{x}" y="{y}" width="1" height="1"/>' for x, y in cells)


def qr_svg(attrs: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 29 29" {attrs}>{qr_rects()}</svg>'


def qr(facts: Facts) -> str:
    """The set-up picture in the way in which this product draws it."""
    drawn = str(facts.get("qr_class") or "").lower()
    if not drawn or drawn == "none":
        return ""
    if "canvas" in drawn:
        return '<canvas width="200" height="200"></canvas>'
    if "custom element" in drawn:
        return f"<x-picture><template shadowrootmode=open>{qr_svg()}</template></x-picture>"
    if "grid" in drawn:
        return (
            '<div class="qr" style="width:203px;height:203px;line-height:0">'
            + '<i style="display:inline-block;width:7px;height:7px"></i>' * 841
            + "</div>"
        )
    if "table" in drawn:
        row = "<tr>" + "<td></td>" * 29 + "</tr>"
        return f'<table cellspacing=0 cellpadding=0 style="width:203px;height:203px">{row * 29}</table>'
    if "data" in drawn:
        picture = qr_svg().replace('"', "'").replace("<", "%3C").replace(">", "%3E").replace("#", "%23")
        return f'<img width=200 height=200 src="data:image/svg+xml;utf8,{picture}">'
    if "img" in drawn or "url" in drawn:
        return '<img width=200 height=200 src="/picture.svg">'
    return qr_svg()


def secret_text(facts: Facts) -> str:
    shown = str(facts.get("secret_class") or "").lower()
    secret = (
        " ".join(SECRET[i : i + 4] for i in range(0, len(SECRET), 4))
        if facts.get("secret_grouped")
        else SECRET
    )
    if not shown or "not shown" in shown or "hidden" in shown:
        return f'<p style="display:none">{secret}</p>' if "collapsed" in shown else ""
    if "value of" in shown:
        return ""
    return f"<p><code>{secret}</code></p>" if "code" in shown else f"<p><span>{secret}</span></p>"


def is_secret_input(facts: Facts) -> bool:
    said = f"{facts.get('name', '')} {facts.get('label', '')} {facts.get('id', '')}".lower()
    return bool(facts.get("readonly") or facts.get("disabled")) and any(
        word in said for word in ("secret", "key", "manual")
    )


def body(facts: Facts) -> str:
    render = facts.get("render_class", "single")
    controls = []
    boxes: list[str] = []
    in_input = "value of" in str(facts.get("secret_class") or "")
    if in_input and not any(is_secret_input(each) for each in facts["inputs"]):
        controls.append(f'<div class=row><input readonly value="{SECRET}"></div>')
    for index, each in enumerate(facts["inputs"]):
        if render == "segmented" and is_box(each, facts["inputs"]):
            boxes.append(field(each, index, "segmented"))
            continue
        if render == "overlay" and index == first_target(facts["inputs"]):
            drawn = "<span class=box></span>" * 6
            style = (
                "position:absolute;inset:0;width:100%;height:48px;opacity:0"
                if index % 2
                else "position:absolute;inset:0;width:100%;height:48px;color:transparent;background:transparent;border:0;letter-spacing:40px"
            )
            controls.append(
                f'<div style="position:relative;width:288px;height:48px">{drawn}<input {attributes(each, index)} style="{style}"></div>'
            )
            continue
        controls.append(
            field(each, index, "single", value=SECRET if in_input and is_secret_input(each) else "")
        )
    if boxes:
        label = next(
            (
                each.get("label")
                for each in facts["inputs"]
                if each.get("label") and is_box(each, facts["inputs"])
            ),
            "",
        )
        caption = f"<div class=caption>{text(label)}</div>" if label else ""
        controls.append(
            f"<div role=group>{caption}<div style='display:flex;gap:8px'>{''.join(boxes)}</div></div>"
        )
    if facts.get("remember_device") and not any(each.get("type") == "checkbox" for each in facts["inputs"]):
        controls.append(
            "<div><label><input type=checkbox name=remember_device> Remember this device</label></div>"
        )
    submit = (
        f'<button type="submit" class="btn btn-primary">{text(facts["submit"])}</button>'
        if facts.get("submit")
        else ""
    )
    parts = "".join(controls) + submit
    formless = facts.get("inserted_by_js") and facts.get("form_action") is None and not facts.get("submit")
    action = f' action="{text(facts["form_action"])}"' if facts.get("form_action") else ""
    form = parts if formless else f'<form method="post"{action} onsubmit="return false">{parts}</form>'
    heading = f"<h1>{text(facts['heading'])}</h1>" if facts.get("heading") else ""
    description = f"<p>{text(facts['description'])}</p>" if facts.get("description") else ""
    return f"{heading}{description}{qr(facts)}{secret_text(facts)}{form}"


def is_box(each: Facts, inputs: list[Facts]) -> bool:
    if each.get("type") not in (None, "text", "tel", "number", "password"):
        return False
    return (
        sum(
            1
            for other in inputs
            if other.get("is_target") == each.get("is_target") and other.get("type") == each.get("type")
        )
        >= 4
    )


def first_target(inputs: list[Facts]) -> int:
    for index, each in enumerate(inputs):
        if each.get("is_target"):
            return index
    return 0


def document(facts: Facts) -> str:
    """The whole page; ``/frame`` variants are used for facts inside an iframe."""
    inner = body(facts)
    if facts.get("shadow_dom"):
        inner = f"<x-executor><template shadowrootmode=open><x-stage><template shadowrootmode=open>{inner}</template></x-stage></template></x-executor>"
    title = text(facts.get("document_title") or facts.get("product", ""))
    page = f"<main class=card>{inner}</main>"
    if facts.get("inserted_by_js"):
        made = json.dumps(page).replace("</", "<\\/")
        page = f"<div id=app></div><script>setTimeout(() => document.getElementById('app').setHTMLUnsafe({made}), {INSERTED_MS})</script>"
    return (
        f'<!doctype html><html lang="{text(facts.get("lang", "en"))}"><head><meta charset=utf-8><title>{title}</title>'
        "<style>body{font:16px sans-serif;color:#222}.row{margin:8px 0}label{display:block}"
        ".box{display:inline-block;width:40px;height:44px;border:1px solid #888;margin-right:6px}</style></head>"
        f"<body><header><a href='/'>{title}</a></header>{page}<footer><a href='/privacy'>Privacy</a></footer></body></html>"
    )
