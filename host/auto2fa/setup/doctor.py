"""``auto2fa doctor``: looks at everything that Auto 2FA needs and says what to do about what is not there."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from auto2fa.setup.browsers import found
from auto2fa.setup.doctor_browsers import check_browser, check_extension, check_host
from auto2fa.setup.finding import Finding

__all__ = ["Finding", "examine"]

LIBRARIES = (
    ("pyotp", "codes"),
    ("zxingcpp", "reading QR codes"),
    ("PIL", "pictures"),
    ("pypdfium2", "PDF files"),
    ("keyring", "the keyring"),
    ("nativemessaging", "the browser's channel"),
    ("msgspec", "messages"),
    ("publicsuffixlist", "site names"),
    ("segno", "drawing QR codes"),
    ("cryptography", "the phone link"),
)


@dataclass(frozen=True, slots=True)
class _Check:
    name: str
    run: Callable[[], list[Finding]]


def examine() -> list[Finding]:
    """Every finding, in the order in which a person would put things right; never raises."""
    checks = [
        _Check("Python", _python),
        _Check("Libraries", _libraries),
        _Check("Second QR reader", _zbar),
        _Check("iPhone photos", _heic),
        _Check("Keyring", _keyring),
        _Check("List of portals", _index),
        _Check("Extension", lambda: [check_extension()]),
        _Check("Browsers", _browsers),
        _Check("Host", lambda: [check_host()]),
    ]
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check.run()
        except Exception as error:
            # The doctor must get to the end; what surprises it is a finding as well.
            findings.append(
                Finding(check.name, False, f"the check itself failed: {type(error).__name__}: {error}")
            )
    return findings


def _python() -> list[Finding]:
    version = ".".join(str(part) for part in sys.version_info[:3])
    fits = sys.version_info >= (3, 11)
    return [
        Finding("Python", fits, f"{version} in {sys.prefix}", "" if fits else "Install Python 3.11 or newer.")
    ]


def _libraries() -> list[Finding]:
    import importlib

    missing: list[str] = []
    for name, purpose in LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(f"{name} ({purpose})")
    if missing:
        step = f"Install Auto 2FA again: {sys.executable} -m pip install --force-reinstall auto2fa"
        return [Finding("Libraries", False, f"missing: {', '.join(missing)}", step)]
    return [Finding("Libraries", True, f"all {len(LIBRARIES)} are there")]


def _zbar() -> list[Finding]:
    try:
        from pyzbar import pyzbar  # noqa: F401 - importing it loads the system's library
    except ImportError:
        return [
            Finding(
                "Second QR reader",
                False,
                "the library libzbar is missing, so some worn or blurred photos are not read; all else works",
                "On Debian and Ubuntu: sudo apt install libzbar0. On macOS: brew install zbar.",
                needed=False,
            )
        ]
    return [Finding("Second QR reader", True, "libzbar is there", needed=False)]


def _heic() -> list[Finding]:
    try:
        import pillow_heif
    except ImportError:
        detail = "the library pillow-heif is missing, so HEIC photos cannot be opened; all else works"
        step = f"{sys.executable} -m pip install pillow-heif"
        return [Finding("iPhone photos", False, detail, step, needed=False)]
    return [Finding("iPhone photos", True, f"pillow-heif {pillow_heif.__version__}", needed=False)]


def _keyring() -> list[Finding]:
    """A real entry is written, read and removed: only that shows that secrets will be kept."""
    import secrets

    from auto2fa.errors import ERRORS, Auto2faError
    from auto2fa.vault.secrets import Secrets

    store = Secrets()
    backend, problem = store.state()
    if problem:
        error = Auto2faError(problem, backend=backend, detail=backend) if problem in ERRORS else None
        return [Finding("Keyring", False, error.message if error else problem, error.next if error else "")]
    entry, text = f"doctor-{secrets.token_hex(8)}", secrets.token_hex(16)
    try:
        store.set(entry, text)
        kept = store.get(entry) == text
        store.delete(entry)
        gone = store.get(entry) is None
    except Auto2faError as error:
        return [Finding("Keyring", False, f"{backend}: {error.message}", error.next)]
    if not kept or not gone:
        detail = f"{backend} {'does not keep what is written' if not kept else 'does not remove entries'}"
        return [Finding("Keyring", False, detail, Auto2faError("keyringFailed", detail=detail).next)]
    return [Finding("Keyring", True, f"{backend}: an entry was written, read and removed")]


def _index() -> list[Finding]:
    from auto2fa.errors import Auto2faError
    from auto2fa.vault.index import Index
    from auto2fa.vault.places import index_file

    file = index_file()
    if not file.exists():
        return [Finding("List of portals", True, f"none yet; it will be {file}")]
    try:
        index = Index(file)
        count = index.count_portals()
        index.close()
    except Auto2faError as error:
        return [Finding("List of portals", False, error.message, error.next)]
    return [Finding("List of portals", True, f"{count} portal{'' if count == 1 else 's'} in {file}")]


def _browsers() -> list[Finding]:
    browsers = found()
    if not browsers:
        step = "Install one, or name its profile folder: auto2fa install --user-data-dir DIR"
        return [Finding("Browsers", False, "no browser of the known ones was found", step, needed=False)]
    findings = [check_browser(browser) for browser in browsers]
    if not any(finding.ok for finding in findings):
        findings.append(
            Finding("Browsers", False, "the host is registered in no browser", "Run “auto2fa install”.")
        )
    return findings
