"""The one page of each portal that we wrote: what a signed-in customer sees."""

import html

HOME = "Invoices of "


def page(user: str, protected: bool, security: str) -> str:
    """HTML of the invoices page; ``protected``: this session (or account) has passed a second factor."""
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Invoices</title>"
        f"<h1>{HOME}{html.escape(user)}</h1><p id=factor>second factor: {'yes' if protected else 'no'}</p>"
        f'<ul><li>2026-09 &mdash; 118.40</ul><p><a href="{security}">Account security</a></p></html>'
    )
