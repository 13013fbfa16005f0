"""The demonstration portal's invoices: real PDF files of a made-up supplier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

VAT = 0.19


@dataclass(frozen=True, slots=True)
class Invoice:
    """One month's invoice; ``kilowatt_hours`` at ``price`` euros each, plus the basic price."""

    number: str
    date: date
    what: str
    kilowatt_hours: int
    price: float = 0.3142
    basic: float = 14.90

    @property
    def net(self) -> float:
        """Euros before tax."""
        return self.kilowatt_hours * self.price + self.basic

    @property
    def gross_text(self) -> str:
        """The amount to pay, in euros."""
        return f"{self.net * (1 + VAT):,.2f} €"


INVOICES = tuple(
    Invoice(f"NE-2026-{month:02}417", date(2026, month, 28), f"Electricity, {name}", used)
    for month, name, used in (
        (10, "October 2026", 1312),
        (9, "September 2026", 1187),
        (8, "August 2026", 1094),
        (7, "July 2026", 1121),
    )
)


def pdf(invoice: Invoice, company: str) -> bytes:
    """The invoice as a PDF file of one page."""
    from fpdf import FPDF

    page = FPDF(format="A4")
    page.set_title(f"Invoice {invoice.number}")
    page.set_margin(22)
    page.add_page()
    page.set_font("Helvetica", "B", 20)
    page.set_text_color(0, 105, 91)
    page.cell(0, 12, "Nordlicht Energie", new_x="LMARGIN", new_y="NEXT")
    page.set_text_color(20, 33, 30)
    page.set_font("Helvetica", size=11)
    page.multi_cell(0, 6, f"\n{company}\nMusterweg 7\n12345 Musterstadt\n\n", new_x="LMARGIN", new_y="NEXT")
    page.set_font("Helvetica", "B", 13)
    page.cell(0, 9, f"Invoice {invoice.number} of {invoice.date:%d %B %Y}", new_x="LMARGIN", new_y="NEXT")
    page.ln(4)
    page.set_font("Helvetica", size=11)
    rows = (
        (invoice.what, f"{invoice.kilowatt_hours:,} kWh", f"{invoice.kilowatt_hours * invoice.price:,.2f}"),
        ("Basic price", "1 month", f"{invoice.basic:,.2f}"),
        (f"VAT {VAT:.0%}", "", f"{invoice.net * VAT:,.2f}"),
        ("To pay (EUR)", "", invoice.gross_text.removesuffix(" €")),
    )
    for what, quantity, amount in rows:
        page.cell(90, 8, what, border="B")
        page.cell(38, 8, quantity, border="B", align="R")
        page.cell(38, 8, amount, border="B", align="R", new_x="LMARGIN", new_y="NEXT")
    page.ln(8)
    page.multi_cell(0, 6, "This supplier is made up; the invoice belongs to the Auto 2FA demonstration.")
    return bytes(page.output())
