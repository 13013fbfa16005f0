"""Where the product's own files are: inside the installed package, or in the repository it runs from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from auto2fa.errors import Auto2faError

PACKAGE = Path(__file__).resolve().parents[1]


def product_folder(name: Literal["extension", "manifest"]) -> Path:
    """A folder of the product.

    Raises:
        Auto2faError: ``productMissing``.
    """
    for folder in (PACKAGE / "_product" / name, PACKAGE.parents[1] / name):
        if folder.is_dir():
            return folder
    raise Auto2faError("productMissing", folder=name)


def manifest_part(name: str) -> dict[str, Any]:
    """One JSON file of ``manifest/``, by its name without the ending.

    Raises:
        Auto2faError: ``productMissing``.
    """
    file = product_folder("manifest") / f"{name}.json"
    try:
        part: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise Auto2faError("productMissing", folder=f"manifest/{name}.json") from None
    return part
