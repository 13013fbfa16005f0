"""Google Authenticator's export: ``otpauth-migration://offline?data=`` with a protocol-buffer message.

Google publishes no description; the fields below are those that its app writes and other apps read. What are
enumerations there are plain numbers here, so that a value from a newer app concerns its own account only.
"""

from __future__ import annotations

import base64
import binascii
import functools
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import Algorithm, FactorType, OtpFactor

SCHEME = "otpauth-migration://"
MAX_URI = 65_536
MAX_PARTS = 1000
PER_PART = 10
"""Accounts in one QR code, as Google Authenticator does it."""
COMFORTABLE_URI = 1600
"""Longer addresses make QR codes that phones read badly, so a part ends earlier when labels are long."""

PAYLOAD_FIELDS = (
    ("otp_parameters", 1),
    ("version", 2),
    ("batch_size", 3),
    ("batch_index", 4),
    ("batch_id", 5),
)
ACCOUNT_FIELDS = (
    # Names are bytes here: a broken one would make the whole message unreadable as a string.
    ("secret", 1, "BYTES"),
    ("name", 2, "BYTES"),
    ("issuer", 3, "BYTES"),
    ("algorithm", 4, "INT32"),
    ("digits", 5, "INT32"),
    ("type", 6, "INT32"),
    ("counter", 7, "INT64"),
)
# Zero is "unspecified", which a protocol buffer does not even write.
ALGORITHMS: dict[int, Algorithm] = {0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512"}
DIGITS = {0: 6, 1: 6, 2: 8}
TYPES: dict[int, FactorType] = {0: "totp", 1: "hotp", 2: "totp"}


@dataclass(frozen=True, slots=True)
class MigrationProblem:
    """An account that could not be taken over: its label, and why as an error (see ``errors.py``)."""

    issuer: str
    name: str
    error: Auto2faError


@dataclass(frozen=True, slots=True)
class MigrationPart:
    """One QR code of an export; ``index`` counts from 0 to ``size - 1``, ``batch_id`` is the set's."""

    factors: list[OtpFactor]
    batch_id: int
    index: int
    size: int
    problems: list[MigrationProblem] = field(default_factory=list)


def is_migration(text: str) -> bool:
    """Whether :func:`parse_migration` is the one to ask about ``text``."""
    return text.strip().lower().startswith(SCHEME)


def parse_migration(uri: str) -> MigrationPart:
    """The accounts of one part.

    Raises:
        Auto2faError: ``exportBroken`` when the part as a whole cannot be read.
    """
    payload = _payload(_data(uri))
    factors: list[OtpFactor] = []
    problems: list[MigrationProblem] = []
    for account in payload.otp_parameters:
        issuer, name = _label(account)
        try:
            factors.append(_factor(account, issuer, name))
        except Auto2faError as error:
            problems.append(MigrationProblem(issuer, name, error))
    size = payload.batch_size or 1
    if not (0 < size <= MAX_PARTS and 0 <= payload.batch_index < size):
        raise Auto2faError("exportBroken", detail="its parts are not numbered rightly")
    return MigrationPart(factors, payload.batch_id, payload.batch_index, size, problems)


def join(parts: Iterable[MigrationPart]) -> tuple[list[MigrationPart], list[int]]:
    """The different parts of one export in order, and the numbers of those missing, counted from 1.

    Parts of several exports stand one export after the other; a part seen twice counts once.
    """
    sets: dict[tuple[int, int], dict[int, MigrationPart]] = {}
    for part in parts:
        sets.setdefault((part.batch_id, part.size), {}).setdefault(part.index, part)
    missing = {n + 1 for (_, size), found in sets.items() for n in range(size) if n not in found}
    return [found[n] for found in sets.values() for n in sorted(found)], sorted(missing)


def cannot_carry(factor: OtpFactor) -> str:
    """Why Google's format cannot hold this factor, as a sentence; empty when it can."""
    if factor.type == "steam":
        return "Steam codes are unknown to it"
    if factor.type == "totp" and factor.period != 30:
        return f"it has no place for a period of {factor.period} seconds"
    if factor.digits not in (6, 8):
        return f"it has no place for {factor.digits} digits"
    return ""


def build_migration(factors: list[OtpFactor], *, batch_id: int | None = None) -> list[str]:
    """The addresses of an export, in order, each for one QR code.

    Raises:
        Auto2faError: ``badNumber`` when :func:`cannot_carry` has a reason for one of them.
    """
    for factor in factors:
        if reason := cannot_carry(factor):
            raise Auto2faError("badNumber", detail=f"Google Authenticator's format does not fit: {reason}")
    batch = secrets.randbits(31) if batch_id is None else batch_id
    parts = _parts([_account(factor) for factor in factors])
    return [
        _uri(_message()(otp_parameters=p, version=1, batch_size=len(parts), batch_index=i, batch_id=batch))
        for i, p in enumerate(parts)
    ]


def _parts(accounts: list[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = []
    room = 0
    for account in accounts:
        needs = (account.ByteSize() + 4) * 4 // 3
        if not parts or len(parts[-1]) == PER_PART or needs > room:
            parts.append([])
            room = COMFORTABLE_URI
        parts[-1].append(account)
        room -= needs
    return parts


def _uri(payload: Any) -> str:
    data = base64.b64encode(payload.SerializeToString()).decode("ascii")
    return f"{SCHEME}offline?data={quote(data, safe='')}"


def _account(factor: OtpFactor) -> Any:
    # The app writes the whole label as the name, issuer first. A name without an issuer but with a colon gets
    # an empty issuer in front, or its beginning would be taken for one.
    label = f"{factor.issuer}:{factor.name}" if factor.issuer or ":" in factor.name else factor.name
    if factor.issuer and not factor.name:
        label = factor.issuer
    return _message().OtpParameters(
        secret=factor.secret,
        name=label.encode(),
        issuer=factor.issuer.encode(),
        algorithm={"SHA1": 1, "SHA256": 2, "SHA512": 3}[factor.algorithm],
        digits={6: 1, 8: 2}[factor.digits],
        type={"hotp": 1, "totp": 2}[factor.type],
        counter=factor.counter,
    )


def _label(account: Any) -> tuple[str, str]:
    issuer = account.issuer.decode("utf-8", "replace").strip()
    name = account.name.decode("utf-8", "replace").strip()
    if issuer and name.casefold() == issuer.casefold():
        return issuer, ""
    prefix, colon, rest = name.partition(":")
    if not issuer:
        return (prefix.strip(), rest.strip()) if colon else ("", name)
    if name[: len(issuer)].casefold() == issuer.casefold():
        after = name[len(issuer) :].lstrip()
        if after.startswith(":"):
            return issuer, after[1:].strip()
    return issuer, name


def _factor(account: Any, issuer: str, name: str) -> OtpFactor:
    for value, known, what in (
        (account.algorithm, ALGORITHMS, "hash"),
        (account.digits, DIGITS, "number of digits"),
        (account.type, TYPES, "type"),
    ):
        if value not in known:
            raise Auto2faError("badNumber", detail=f"The export names a {what} that is not known ({value})")
    return OtpFactor(
        secret=account.secret,
        issuer=issuer,
        name=name,
        type=TYPES[account.type],
        digits=DIGITS[account.digits],
        algorithm=ALGORITHMS[account.algorithm],
        counter=account.counter,
    )


def _data(uri: str) -> bytes:
    uri = uri.strip()
    if not is_migration(uri) or len(uri) > MAX_URI:
        raise Auto2faError("exportBroken", detail="it is not an address of the kind otpauth-migration://")
    query = uri.partition("?")[2].replace("&amp;", "&")
    data = next((v for k, _, v in (p.partition("=") for p in query.split("&")) if k == "data"), "")
    # "+" is a base64 digit that careless encoders leave bare and careless decoders turn into a blank.
    data = unquote(data).replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(data + "=" * (-len(data) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise Auto2faError("exportBroken", detail="its data is not base64") from None


def _payload(data: bytes) -> Any:
    from google.protobuf.message import DecodeError

    payload = _message()()
    try:
        payload.ParseFromString(data)
    except DecodeError:
        raise Auto2faError("exportBroken", detail="its data is cut off or garbled") from None
    if not payload.otp_parameters:
        raise Auto2faError("exportBroken", detail="it holds no account")
    return payload


@functools.cache
def _message() -> Any:
    """The message's class; its accounts' class is an attribute of it.

    Made at run time: a dozen fields are not worth a compiler step in the build.
    """
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kinds = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="migration.proto", package="auto2fa", syntax="proto3")
    message = file.message_type.add(name="MigrationPayload")
    account = message.nested_type.add(name="OtpParameters")
    for field_name, number, kind in ACCOUNT_FIELDS:
        account.field.add(
            name=field_name,
            number=number,
            type=kinds.Type.Value(f"TYPE_{kind}"),
            label=kinds.LABEL_OPTIONAL,
        )
    for field_name, number in PAYLOAD_FIELDS:
        if number == 1:
            message.field.add(
                name=field_name,
                number=number,
                type=kinds.TYPE_MESSAGE,
                type_name=".auto2fa.MigrationPayload.OtpParameters",
                label=kinds.LABEL_REPEATED,
            )
        else:
            message.field.add(
                name=field_name, number=number, type=kinds.TYPE_INT32, label=kinds.LABEL_OPTIONAL
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("auto2fa.MigrationPayload"))
