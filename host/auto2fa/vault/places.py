"""Where the index lives on this computer."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """Folder of the index and settings: ``AUTO2FA_HOME``, else the platform's data folder for Auto 2FA."""
    chosen = os.environ.get("AUTO2FA_HOME")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("auto2fa", appauthor=False))


def index_file() -> Path:
    """The SQLite file of portals, accounts (without secrets) and releases."""
    return home() / "index.sqlite3"
