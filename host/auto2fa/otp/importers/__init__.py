"""Exports of other authenticator apps and password managers, one file a format."""

from auto2fa.otp.importers.detect import detect_and_read
from auto2fa.otp.importers.result import EntryProblem, ImportedFile

__all__ = ["EntryProblem", "ImportedFile", "detect_and_read"]
