"""One-time-code widgets of real packages as pages: bundled by esbuild, each shown under a portal's own words."""

from __future__ import annotations

import subprocess
from pathlib import Path

HERE = Path(__file__).parent
NODE = HERE.parent / "js" / "node_modules"
WIDGETS = sorted(path.name for path in (HERE / "widgets").iterdir() if path.suffix in {".js", ".jsx"})


def installed() -> bool:
    """Whether the packages are there: ``npm install`` in tests/js."""
    return (NODE / "esbuild").exists()


def bundle(out: Path) -> Path:
    """Write every widget's script (and style) into a folder."""
    subprocess.run(
        [
            NODE / ".bin" / "esbuild",
            *(str(HERE / "widgets" / name) for name in WIDGETS),
            "--bundle",
            f"--outdir={out}",
            '--define:process.env.NODE_ENV="production"',
            "--define:process.env={}",
            "--log-level=error",
        ],
        check=True,
        env={"NODE_PATH": str(NODE), "PATH": "/usr/bin:/bin:/usr/local/bin"},
    )
    return out


def page(bundles: Path, widget: str, *, more: str = "") -> str:
    """HTML of a page with one widget; the code that the widget took is ``window.accepted``."""
    script = bundles / Path(widget).with_suffix(".js").name
    style = script.with_suffix(".css")
    return (
        "<!doctype html><meta charset=utf-8><title>Portal</title>"
        f"<style>{style.read_text('utf-8') if style.exists() else ''}</style>"
        "<h1>Two-factor authentication</h1><p>Enter the 6-digit code from your authenticator app.</p>"
        f"<div id=app></div><button>Cancel</button><button id=go>Verify</button>{more}"
        f"<script>{script.read_text('utf-8').replace('</script', '<' + chr(92) + '/script')}</script>"
    )
