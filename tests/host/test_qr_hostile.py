"""Hostile and damaged pictures cost bounded time and memory and end in a sentence."""

from __future__ import annotations

import contextlib
import json
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from auto2fa.errors import ERRORS, Auto2faError
from auto2fa.qr.reader import read
from host.qr_made import URI, WHITE, code, file, page

HOST = Path(__file__).parents[2] / "host"
MEASURED = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
from auto2fa.errors import Auto2faError
from auto2fa.qr.reader import read
data = open(sys.argv[2], "rb").read()
begin = time.monotonic()
try:
    outcome = len(read(data).codes)
except Auto2faError as error:
    outcome = error.name
status = open('/proc/self/status').read()
peak = int(status.split('VmHWM:')[1].split()[0]) // 1024
print(json.dumps([outcome, time.monotonic() - begin, peak]))
"""


def measured(data: bytes, folder: Path) -> tuple[int | str, float, int]:
    """Read in a process of its own: number of codes or error name, seconds, megabytes at the peak.

    The peak is Linux's ``VmHWM``: ``getrusage`` counts the parent's memory from before the ``exec`` too.
    """
    if sys.platform != "linux":
        pytest.skip("measures memory by /proc")
    path = folder / "picture"
    path.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(HOST), str(path)], capture_output=True, text=True, timeout=60
    )
    assert done.stderr == "", "nothing is printed, neither by us nor by a library"
    outcome, seconds, peak = json.loads(done.stdout)
    return outcome, seconds, peak


def png(width: int, height: int, *, colour: int = 0, rows: bytes | None = None) -> bytes:
    """A PNG file by hand: any size claimed, any data inside."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    body = zlib.compress(bytes(1000), 9) if rows is None else rows
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _gif(frames: int) -> bytes:
    pictures = [Image.new("P", (120, 120), i % 7) for i in range(frames)]
    return file(pictures[0], "GIF", save_all=True, append_images=pictures[1:], optimize=False, duration=10)


HOSTILE = {
    "bomb that says 60,000 x 60,000": lambda: png(60_000, 60_000),
    "bomb just over the bound": lambda: png(20_000, 4_001),
    "bomb that is what it says": lambda: png(12_000, 6_000, rows=zlib.compress(bytes(6_000 * 12_001), 9)),
    "strip of 100,000 x 1": lambda: file(Image.effect_noise((100_000, 1), 100)),
    "strip of 1 x 100,000": lambda: file(Image.effect_noise((1, 100_000), 100)),
    "strip of 100,000 x 40": lambda: file(Image.effect_noise((100_000, 40), 100)),
    "10,000 frames": lambda: _gif(10_000),
    "strip of 60,000 x 40": lambda: file(Image.effect_noise((60_000, 40), 100)),
    "large noise": lambda: file(Image.effect_noise((3840, 2160), 120), compress_level=1),
    "WebP of the largest size": lambda: (
        b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + b"\xfe\x3f\0" * 2 + b"ANIM\x06\0\0\0" + bytes(6)
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_and_memory_are_bounded(kind: str, tmp_path: Path) -> None:
    outcome, seconds, peak = measured(HOSTILE[kind](), tmp_path)
    assert outcome in (0, "pictureTooLarge", "pictureBroken")
    assert seconds < 4  # 1.5 s, and room for a busy machine
    assert peak < 700


def test_two_hundred_codes_in_one_picture(tmp_path: Path) -> None:
    image = Image.new("L", (2000, 1000), 255)
    for i in range(200):
        part = code(f"otpauth://totp/a{i}?secret=JBSWY3DPEHPK3PXP", module=2, quiet=2, error="l").convert("L")
        image.paste(part, (20 + i % 20 * 98, 10 + i // 20 * 98))
    outcome, seconds, peak = measured(file(image), tmp_path)
    assert outcome == 200
    assert seconds < 4
    assert peak < 300


FORMATS = ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "AVIF", "HEIF", "PPM", "ICO", "PDF"]


@pytest.fixture(scope="module")
def written() -> dict[str, bytes]:
    import pillow_heif

    pillow_heif.register_heif_opener()
    image = page(code(module=5), size=(900, 640))
    icon = Image.new("RGB", (256, 256), WHITE)
    icon.paste(code(module=4), (10, 10))
    return {kind: file(icon if kind == "ICO" else image, kind) for kind in FORMATS}


@pytest.mark.parametrize("kind", FORMATS)
def test_reads_every_format(kind: str, written: dict[str, bytes]) -> None:
    assert [found.text for found in read(written[kind]).codes] == [URI]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.02, 0.3, 0.7])
def test_files_that_are_cut_off(kind: str, share: float, written: dict[str, bytes]) -> None:
    data = written[kind][: max(16, int(len(written[kind]) * share))]
    begin = time.monotonic()
    name, texts = "", set[str]()
    try:
        texts = {found.text for found in read(data).codes}
    except Auto2faError as error:
        name = error.name
    assert name in ("", "pictureBroken", "notAPicture")
    assert texts <= {URI}, "some decoders hand out what they have"
    assert time.monotonic() - begin < 4


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", "packbits", "jpeg", "tiff_adobe_deflate"])
def test_damaged_tiff_files_print_nothing(compression: str, capfd: pytest.CaptureFixture[str]) -> None:
    """libtiff writes to the process's stderr by itself."""
    image = page(code(module=4), size=(400, 300))
    data = bytearray(
        file(image.convert("1") if compression == "group4" else image, "TIFF", compression=compression)
    )
    for at in range(60, len(data) - 300, 40):
        data[at] ^= 0x5A
    with contextlib.suppress(Auto2faError):
        read(bytes(data), budget_s=0.3)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"])
def test_reads_every_pixel_mode(mode: str) -> None:
    image = page(code(module=5), size=(900, 640))
    if mode in ("I;16", "I"):
        grey = image.convert("L")
        made = Image.frombytes("I;16", grey.size, b"".join(struct.pack("<H", v * 16) for v in grey.tobytes()))
        image = made if mode == "I;16" else made.convert("I")
    else:
        image = image.convert(mode)
    assert [found.text for found in read(file(image, "TIFF")).codes] == [URI]


def test_later_frames_and_pages_count() -> None:
    blank, full = Image.new("RGB", (400, 400), WHITE), Image.new("RGB", (400, 400), WHITE)
    full.paste(code(), (20, 20))
    for kind in ("GIF", "WEBP", "TIFF", "PNG", "PDF"):
        data = file(blank, kind, save_all=True, append_images=[blank, full])
        (found,) = read(data).codes
        assert (found.text, found.page > 0) == (URI, True), kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + bytes(500),
        b"BM" + b"x" * 90,
        bytes(range(1, 256)) * 8,
        b"P6 is not always a picture",
        b"\x00\x00\x01\x00 nor is this",
    ],
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(Auto2faError) as caught:
        read(data)
    assert caught.value.name == "notAPicture"


def test_pdf_with_a_password() -> None:
    fpdf = pytest.importorskip("fpdf")
    document = fpdf.FPDF()
    document.add_page()
    document.set_encryption(owner_password="owner", user_password="user")
    with pytest.raises(Auto2faError) as caught:
        read(bytes(document.output()))
    assert caught.value.name == "pictureLocked"


def test_a_huge_pdf_page_is_drawn_small(tmp_path: Path) -> None:
    data = file(page(code(module=5), size=(900, 640)), "PDF", resolution=1)
    outcome, seconds, peak = measured(data, tmp_path)
    assert outcome == 1
    assert seconds < 4
    assert peak < 400


def test_every_error_has_a_sentence() -> None:
    for name in (
        "notAPicture",
        "pictureTooLarge",
        "pictureBroken",
        "pictureLocked",
        "noCodeFound",
        "noScreen",
    ):
        assert ERRORS[name].message
        assert ERRORS[name].next
