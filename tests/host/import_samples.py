"""Export files made by the rules of the apps that write them.

Where two libraries can derive a key, the one that the importers do not use does it here.
"""

import base64
import csv
import hashlib
import io
import json
import os
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from nacl import bindings

from auto2fa.otp.factor import OtpFactor

PASSWORD = "Passwort mit Ümläuten 🔑"

FACTORS = [
    OtpFactor(secret=b"Hello!\xde\xad\xbe\xef", issuer="ACME", name="bob@acme.example"),
    OtpFactor(secret=bytes(range(20)), issuer="Müller & Söhne", name="Jörg: 1", digits=8, algorithm="SHA256"),
    OtpFactor(
        secret=bytes(range(64)), issuer="株式会社", name="боб", period=60, algorithm="SHA512", digits=7
    ),
    OtpFactor(secret=bytes(range(100, 120)), issuer="Counter", name="c", type="hotp", counter=10_300),
    OtpFactor(secret=bytes(range(200, 220)), issuer="Steam", name="gamer", type="steam", digits=5),
]


def key(factor: OtpFactor) -> str:
    return base64.b32encode(factor.secret).decode().rstrip("=")


def uri(factor: OtpFactor) -> str:
    """A Key URI as other apps write it: blanks as plus in the query, the type steam."""
    from urllib.parse import quote, quote_plus

    label = f"{quote(factor.issuer)}:{quote(factor.name)}"
    tail = f"&counter={factor.counter}" if factor.type == "hotp" else f"&period={factor.period}"
    return (
        f"otpauth://{factor.type}/{label}?secret={key(factor)}&issuer={quote_plus(factor.issuer)}"
        f"&algorithm={factor.algorithm}&digits={factor.digits}{tail}"
    )


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# --- Aegis --------------------------------------------------------------------------------------------------


def aegis_db() -> dict[str, Any]:
    entries = []
    for f in FACTORS:
        info: dict[str, Any] = {"secret": key(f), "algo": f.algorithm, "digits": f.digits}
        info |= {"counter": f.counter} if f.type == "hotp" else {"period": f.period}
        entries.append(
            {"type": f.type, "uuid": "x", "name": f.name, "issuer": f.issuer, "icon": None, "info": info}
        )
    return {"version": 3, "entries": entries, "groups": []}


def aegis_plain(db: dict[str, Any] | None = None) -> bytes:
    header = {"slots": None, "params": None}
    return json.dumps({"version": 1, "header": header, "db": db or aegis_db()}).encode()


def aegis_encrypted(password: str = PASSWORD, **settings: Any) -> bytes:
    master, salt = os.urandom(32), os.urandom(32)
    cost = {"n": 2**10, "r": 8, "p": 1}
    derived = hashlib.scrypt(password.encode(), salt=salt, dklen=32, **cost)

    def seal(secret_key: bytes, data: bytes) -> tuple[bytes, dict[str, str]]:
        nonce = os.urandom(12)
        sealed = AESGCM(secret_key).encrypt(nonce, data, None)
        return sealed[:-16], {"nonce": nonce.hex(), "tag": sealed[-16:].hex()}

    wrapped, key_params = seal(derived, master)
    db, params = seal(master, json.dumps(aegis_db()).encode())
    slot: dict[str, Any] = {"type": 1, "uuid": "y", "key": wrapped.hex(), "key_params": key_params}
    slot |= cost | {"salt": salt.hex(), "repaired": True} | settings
    fingerprint = {"type": 2, "uuid": "z", "key": wrapped.hex(), "key_params": key_params}
    header = {"slots": [fingerprint, slot], "params": params}
    return json.dumps({"version": 1, "header": header, "db": b64(db)}, indent=4).encode()


# --- 2FAS ---------------------------------------------------------------------------------------------------


def twofas_services() -> list[dict[str, Any]]:
    services = []
    for f in FACTORS:
        otp: dict[str, Any] = {"label": f.name, "account": f.name, "issuer": f.issuer, "digits": f.digits}
        otp |= {"algorithm": f.algorithm, "tokenType": f.type.upper(), "source": "Link"}
        otp |= {"counter": f.counter} if f.type == "hotp" else {"period": f.period}
        services.append({"name": f.issuer, "secret": key(f), "updatedAt": 1, "otp": otp, "order": {}})
    return services


def twofas_plain() -> bytes:
    return json.dumps({"services": twofas_services(), "groups": [], "schemaVersion": 4}).encode()


def twofas_encrypted(password: str = PASSWORD) -> bytes:
    salt, nonce = os.urandom(256), os.urandom(12)
    derived = PBKDF2HMAC(hashes.SHA256(), 32, salt, 10_000).derive(password.encode())
    data = AESGCM(derived).encrypt(nonce, json.dumps(twofas_services()).encode(), None)
    document = {
        "services": [],
        "schemaVersion": 4,
        "servicesEncrypted": ":".join(map(b64, (data, salt, nonce))),
    }
    return json.dumps(document).encode()


# --- Bitwarden ----------------------------------------------------------------------------------------------


def bitwarden_document() -> dict[str, Any]:
    items: list[dict[str, Any]] = [
        {"type": 1, "name": "entry", "login": {"username": "u", "password": "p", "totp": uri(f)}}
        for f in FACTORS
    ]
    items.append({"type": 2, "name": "a note", "secureNote": {"type": 0}})
    items.append({"type": 1, "name": "no factor", "login": {"username": "u", "totp": None}})
    return {"encrypted": False, "folders": [], "items": items}


def bitwarden_plain() -> bytes:
    return json.dumps(bitwarden_document()).encode()


def bitwarden_encrypted(password: str = PASSWORD, *, argon: bool = False, **changed: Any) -> bytes:
    salt = b64(os.urandom(16))
    document: dict[str, Any] = {"encrypted": True, "passwordProtected": True, "salt": salt}
    if argon:
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id  # libsodium knows one lane only

        master = Argon2id(
            salt=hashlib.sha256(salt.encode()).digest(),
            length=32,
            iterations=3,
            lanes=4,
            memory_cost=16 * 1024,
        ).derive(password.encode())
        document |= {"kdfType": 1, "kdfIterations": 3, "kdfMemory": 16, "kdfParallelism": 4}
    else:
        master = PBKDF2HMAC(hashes.SHA256(), 32, salt.encode(), 5_000).derive(password.encode())
        document |= {"kdfType": 0, "kdfIterations": 5_000, "kdfMemory": None, "kdfParallelism": None}
    enc, mac = (HKDFExpand(hashes.SHA256(), 32, purpose).derive(master) for purpose in (b"enc", b"mac"))

    def seal(data: bytes) -> str:
        vector = os.urandom(16)
        padder = padding.PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES(enc), modes.CBC(vector)).encryptor()
        sealed = encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()
        tag = hmac.HMAC(mac, hashes.SHA256())
        tag.update(vector + sealed)
        return "2." + "|".join(map(b64, (vector, sealed, tag.finalize())))

    document["encKeyValidation_DO_NOT_EDIT"] = seal(b"8f2d1c7e-0000-4000-8000-000000000000")
    document["data"] = seal(json.dumps(bitwarden_document()).encode())
    return json.dumps(document | changed).encode()


# --- Proton Authenticator -----------------------------------------------------------------------------------


def proton_document() -> dict[str, Any]:
    entries = []
    for f in FACTORS:
        steam = f.type == "steam"
        content = {"uri": f"steam://{key(f)}" if steam else uri(f), "name": f.name}
        content["entry_type"] = "Steam" if steam else "Totp"
        entries.append({"id": "x", "content": content, "note": None})
    return {"version": 1, "entries": entries}


def proton_plain() -> bytes:
    return json.dumps(proton_document()).encode()


def proton_encrypted(password: str = PASSWORD) -> bytes:
    salt, nonce = os.urandom(16), os.urandom(12)
    derived = bindings.crypto_pwhash_alg(
        32, password.encode(), salt, 2, 19 * 1024 * 1024, bindings.crypto_pwhash_ALG_ARGON2ID13
    )
    data = json.dumps(proton_document()).encode()
    sealed = AESGCM(derived).encrypt(nonce, data, b"proton.authenticator.export.v1")
    return json.dumps({"version": 1, "salt": b64(salt), "content": b64(nonce + sealed)}).encode()


# --- andOTP -------------------------------------------------------------------------------------------------


def andotp_plain() -> bytes:
    entries = []
    for f in FACTORS:
        padded = base64.b32encode(f.secret).decode()
        entry: dict[str, Any] = {"secret": padded, "issuer": f.issuer, "label": f.name, "digits": f.digits}
        entry |= {"type": f.type.upper(), "algorithm": f.algorithm, "thumbnail": "Default", "tags": []}
        entry |= {"counter": f.counter} if f.type == "hotp" else {"period": f.period}
        entries.append(entry)
    return json.dumps(entries).encode()


def andotp_encrypted(password: str = PASSWORD, iterations: int = 140_000) -> bytes:
    salt, nonce = os.urandom(12), os.urandom(12)
    derived = PBKDF2HMAC(hashes.SHA1(), 32, salt, iterations).derive(password.encode())
    return struct.pack(">I", iterations) + salt + nonce + AESGCM(derived).encrypt(nonce, andotp_plain(), None)


def andotp_encrypted_old(password: str = PASSWORD) -> bytes:
    nonce = b"\xff" + os.urandom(11)  # no number of iterations
    return nonce + AESGCM(hashlib.sha256(password.encode()).digest()).encrypt(nonce, andotp_plain(), None)


# --- FreeOTP+ -----------------------------------------------------------------------------------------------


def freeotp_plain() -> bytes:
    tokens = []
    for f in FACTORS:
        token: dict[str, Any] = {"algo": f.algorithm, "digits": f.digits, "period": f.period, "label": f.name}
        token |= {"issuerExt": f.issuer, "issuerInt": f.issuer}
        token |= {"type": "HOTP" if f.type == "hotp" else "TOTP"}
        token |= {"counter": f.counter - 1 if f.type == "hotp" else 0}
        token["secret"] = list(struct.unpack(f"{len(f.secret)}b", f.secret))
        tokens.append(token)
    return json.dumps({"tokenOrder": [], "tokens": tokens}).encode()


# --- Ente ---------------------------------------------------------------------------------------------------


def uri_list() -> bytes:
    shown = "&codeDisplay=%7B%22pinned%22%3Afalse%2C%22trashed%22%3Afalse%7D"
    return "\n".join(uri(f) + shown for f in FACTORS).encode() + b"\n"


def ente_encrypted(password: str = PASSWORD, **changed: Any) -> bytes:
    salt = os.urandom(16)
    memory, passes = 8 * 1024 * 1024, 3
    derived = bindings.crypto_pwhash_alg(
        32, password.encode(), salt, passes, memory, bindings.crypto_pwhash_ALG_ARGON2ID13
    )
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, derived)
    final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    sealed = bindings.crypto_secretstream_xchacha20poly1305_push(state, uri_list(), tag=final)
    document = {
        "version": 1,
        "kdfParams": {"memLimit": memory, "opsLimit": passes, "salt": b64(salt)},
        "encryptedData": b64(sealed),
        "encryptionNonce": b64(header),
    }
    return json.dumps(document | changed).encode()


# --- Stratum, Raivo, tables ---------------------------------------------------------------------------------


def stratum_plain() -> bytes:
    entries = []
    for f in FACTORS:
        entry = {"Type": {"hotp": 1, "totp": 2, "steam": 4}[f.type], "Issuer": f.issuer, "Username": f.name}
        entry |= {"Secret": key(f), "Algorithm": ["SHA1", "SHA256", "SHA512"].index(f.algorithm)}
        entry |= {"Digits": f.digits, "Period": f.period, "Counter": f.counter, "Pin": None}
        entries.append(entry)
    return json.dumps({"Authenticators": entries, "Categories": []}).encode()


def raivo_plain() -> bytes:
    entries = []
    for f in FACTORS:
        entry = {
            "number": "1",
            "issuer": f.issuer,
            "account": f.name,
            "secret": key(f),
            "kind": f.type.upper(),
        }
        entry |= {"algorithm": f.algorithm, "digits": str(f.digits), "timer": str(f.period)}
        entries.append(entry | {"counter": str(f.counter)})
    return json.dumps(entries).encode()


def _csv(columns: list[str], row: list[str], quoting: Any) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting)
    writer.writerow(columns)
    for f in FACTORS:
        writer.writerow([uri(f) if cell == "URI" else cell for cell in row])
    return out.getvalue().encode()


def keepassxc_table() -> bytes:
    columns = [
        "Group",
        "Title",
        "Username",
        "Password",
        "URL",
        "Notes",
        "TOTP",
        "Icon",
        "Last Modified",
        "Created",
    ]
    row = ["Root", "t", "u", "p", "https://x.example", 'two\nlines, "quoted"', "URI", "0", "", ""]
    return _csv(columns, row, csv.QUOTE_ALL)


def bitwarden_table() -> bytes:
    columns = "folder,favorite,type,name,notes,fields,login_uri,login_username,login_password,login_totp"
    return _csv(columns.split(","), ["", "", "login", "n", "", "", "", "u", "p", "URI"], csv.QUOTE_MINIMAL)


def apple_table() -> bytes:
    return b"\xef\xbb\xbf" + _csv(
        ["Title", "URL", "Username", "Password", "Notes", "OTPAuth"],
        ["t", "https://x.example/", "u", "p", "", "URI"],
        csv.QUOTE_MINIMAL,
    )
