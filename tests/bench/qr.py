"""Measures QR reading: rates and times over folders of pictures, and speed on pictures of its own.

    python tests/bench/qr.py DIR [--budget SECONDS] [--json] [--pipeline-only]
    python tests/bench/qr.py --speed [--json]

DIR holds pictures, in sub-folders if you like, each with ``NAME.txt`` (what its code says, UTF-8) or
``NAME.none`` (no code in it) beside it. A picture counts as read when one of the codes found says what the
truth says (white space at the ends and kinds of line ends aside). Where ``NAME.codes`` (a JSON list of texts)
tells of several codes, ``codes`` counts how many of all were read. ``wrong`` counts codes read where there is
none, and ``otpauth`` texts that are not the truth. Single engines get the same grey picture, already decoded;
the pipeline's time includes decoding the file.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "host"))

from auto2fa.errors import Auto2faError
from auto2fa.qr import engines, pictures
from auto2fa.qr.reader import SCREENSHOT_BUDGET_S, read

Reader = Callable[[bytes, Any], list[str]]


def samples(root: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield the pictures under ``root`` with the texts of their codes (empty: there is none)."""
    for path in sorted(root.rglob("*")):
        if path.suffix in (".txt", ".none", ".codes") or not path.is_file():
            continue
        truth = path.parent / (path.stem + ".txt")
        many = truth.with_suffix(".codes")
        if many.exists():
            yield path, [_plain(text) for text in json.loads(many.read_bytes())]
        elif truth.exists():
            yield path, [_plain(truth.read_bytes().decode("utf-8", "replace"))]
        elif truth.with_suffix(".none").exists():
            yield path, []


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip("\ufeff \t\r\n")


def _alone(engine: engines.Engine) -> Reader:
    return lambda _data, grey: [s.text for s in engine(grey) if s.text]


def _opencv() -> Reader | None:
    """OpenCV is compared with where somebody has it; Auto 2FA does not use it."""
    if importlib.util.find_spec("cv2") is None:
        return None
    import cv2  # type: ignore[import-not-found,unused-ignore]
    import numpy  # type: ignore[import-not-found,unused-ignore]

    detector = cv2.QRCodeDetectorAruco()

    def texts(_data: bytes, grey: Any) -> list[str]:
        # As bytes: the call that returns texts fails on codes that do not hold UTF-8.
        try:
            found = detector.detectAndDecodeBytesMulti(numpy.asarray(grey))[1]
        except cv2.error:  # its own checks fail on some pictures
            return []
        return [bytes(data).decode("utf-8", "replace") for data in found if data]

    return texts


def readers(budget: float, pipeline_only: bool) -> dict[str, Reader | None]:
    """The columns of the table."""
    found: dict[str, Reader | None] = {
        "auto2fa": lambda data, _grey: [code.text for code in read(data, budget_s=budget).codes]
    }
    if not pipeline_only:
        zbar = next(state for state in engines.engines() if state.name == "zbar")
        found |= {
            "zxing-cpp": _alone(engines.zxing),
            "pyzbar": _alone(engines.zbar) if zbar.available else None,
            "opencv": _opencv(),
        }
    return found


def rates(root: Path, budget: float, pipeline_only: bool) -> dict[str, dict[str, Any]]:
    """Return for each folder and reader: pictures, read, codes, codes_read, wrong, median_ms, p95_ms."""
    columns = readers(budget, pipeline_only)
    table: dict[str, dict[str, Any]] = {}
    for path, truth in samples(root):
        data = path.read_bytes()
        try:
            grey = next(iter(pictures.pages(data, time.monotonic() + 60))).grey
        except Auto2faError:
            grey = None
        row = table.setdefault(str(path.parent.relative_to(root)), {})
        for name, reader in columns.items():
            if reader is None:
                row[name] = "not installed"
                continue
            cell = row.setdefault(
                name, {"pictures": 0, "read": 0, "codes": 0, "codes_read": 0, "wrong": 0, "ms": []}
            )
            begin = time.perf_counter()
            try:
                texts = [_plain(text) for text in reader(data, grey)] if grey is not None else []
            except Auto2faError:
                texts = []
            cell["ms"].append((time.perf_counter() - begin) * 1000)
            cell["pictures"] += 1
            there = set(truth) & set(texts)
            cell["read"] += bool(there) if truth else not texts
            cell["codes"] += len(set(truth))
            cell["codes_read"] += len(there)
            cell["wrong"] += sum(
                text not in truth and (not truth or text.startswith("otpauth")) for text in texts
            )
    for row in table.values():
        for cell in row.values():
            if isinstance(cell, dict):
                ms = sorted(cell.pop("ms"))
                cell["median_ms"] = round(statistics.median(ms), 1)
                cell["p95_ms"] = round(ms[min(len(ms) - 1, int(len(ms) * 0.95))], 1)
                cell["rate"] = round(100 * cell["read"] / cell["pictures"], 1)
    return table


def speed(rounds: int = 15) -> dict[str, float]:
    """Median milliseconds in :func:`read`, decoding the PNG file included, on pictures made here."""
    result = {}
    for name, size, module in (
        ("crop of one code", None, 4),
        ("1920 x 1080", (1920, 1080), 4),
        ("3840 x 2160", (3840, 2160), 6),
        ("1920 x 1080 without a code", (1920, 1080), 0),
        ("3840 x 2160 without a code", (3840, 2160), 0),
    ):
        data = _page(size, module)
        times = []
        for _ in range(rounds if module else 3):
            begin = time.perf_counter()
            codes = read(data).codes
            times.append((time.perf_counter() - begin) * 1000)
            if len(codes) != bool(module):
                raise SystemExit(f"{name}: {len(codes)} codes read")
        result[name] = round(statistics.median(times), 1)
    return result


def _page(size: tuple[int, int] | None, module: int) -> bytes:
    """A page of text with a code of ``module`` pixels a module on it, or the code alone."""
    import segno
    from PIL import Image, ImageDraw

    image = Image.new("RGB", size or (10, 10), "white")
    chance = random.Random(2)
    if size:
        draw = ImageDraw.Draw(image)
        for y in range(0, size[1], 26):
            for x in range(20, size[0] // 2, 90):
                word = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9)))
                draw.text((x, y), word, fill=(40, 40, 50), font_size=15)
    if module:
        out = io.BytesIO()
        uri = "otpauth://totp/Portal:me@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Portal"
        segno.make_qr(uri, error="m").save(out, kind="png", scale=module)
        code = Image.open(out).convert("RGB")
        if size:
            image.paste(code, (int(size[0] * 0.7), int(size[1] * 0.4)))
        else:
            image = code
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _show(table: dict[str, dict[str, Any]]) -> None:
    names = list(next(iter(table.values())))
    print(
        f"{'folder':28}{'n':>5}" + "".join(f" | {name + ': % (median, p95 ms; wrong)':>38}" for name in names)
    )
    for folder, row in sorted(table.items()):
        for name, cell in row.items():
            if isinstance(cell, dict) and cell["codes"] > cell["pictures"]:
                print(f"{folder[:27]:28}      {name}: {cell['codes_read']} of {cell['codes']} codes")
        count = next(cell["pictures"] for cell in row.values() if isinstance(cell, dict))
        cells = [
            f"{c['rate']:6.1f} ({c['median_ms']:7.1f}, {c['p95_ms']:7.1f}; {c['wrong']})"
            if isinstance(c, dict)
            else c
            for c in row.values()
        ]
        print(f"{folder[:27]:28}{count:>5}" + "".join(f" | {cell:>38}" for cell in cells))


def main() -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description="Rates and times of QR reading.")
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument(
        "--budget", type=float, default=SCREENSHOT_BUDGET_S, help="seconds a picture (%(default)s)"
    )
    parser.add_argument("--speed", action="store_true", help="time pictures made here")
    parser.add_argument("--pipeline-only", action="store_true", help="leave the single engines out")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not options.speed and options.folder is None:
        parser.error("name a folder, or --speed")
    if options.speed:
        times = speed()
        if options.json:
            print(json.dumps(times))
        else:
            print("\n".join(f"{name:32}{ms:9.1f} ms" for name, ms in times.items()))
        return 0
    table = rates(options.folder, options.budget, options.pipeline_only)
    if not table:
        print(f"{options.folder} holds no picture with a .txt or .none file beside it.", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps({"budget_s": options.budget, "folders": table}))
    else:
        print(f"budget {options.budget} s a picture")
        _show(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
