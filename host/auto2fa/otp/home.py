"""Where an exported account belongs: a remark in our own lists, so that a backup brings its portals back."""

from __future__ import annotations

import json
from dataclasses import dataclass

MARK = "#portal "
"""Begins the remark; every other program takes the line for a comment."""
LONGEST_TEXT = 500
MOST_SITES = 50


@dataclass(frozen=True, slots=True)
class Home:
    """A portal's name, its sites (origins), and what the user types as user name there."""

    portal: str
    sites: tuple[str, ...]
    username: str = ""


def remark(home: Home) -> str:
    """The line that stands before the account's address."""
    said = {"name": home.portal, "sites": list(home.sites), "username": home.username}
    return MARK + json.dumps(said, ensure_ascii=True)


def from_remark(line: str) -> Home | None:
    """What such a line says; ``None`` for any other remark, and for one that somebody broke.

    The file may come from anybody: whoever links the sites checks them like typed ones.
    """
    if not line.startswith(MARK):
        return None
    try:
        said = json.loads(line.removeprefix(MARK))
        name, username, sites = said["name"], said["username"], said["sites"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    texts = [name, username, *sites] if isinstance(sites, list) and len(sites) <= MOST_SITES else [None]
    if not sites or not all(isinstance(text, str) and len(text) <= LONGEST_TEXT for text in texts):
        return None
    return Home(name, tuple(sites), username)
