"""What stands before a company's relays: one HTTPS address with a path of its own, and plain HTTP behind it."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PREFIX = "/auto2fa"


def certificate(folder: Path) -> Path:
    """Write a certificate for localhost with its key; a client trusts it by naming the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


class HttpsProxy:
    """Passes requests below :data:`PREFIX` on, one a connection; ``route`` chooses the port by the path."""

    def __init__(self, pem: Path, route: Callable[[str], int]) -> None:
        self._route = route
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.seen: list[str] = []
        """Request lines and headers, as they came: what a proxy's log could hold."""
        self.url = f"https://localhost:{self._listener.getsockname()[1]}{PREFIX}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, address = self._listener.accept()
                threading.Thread(target=self._serve, args=(line, address[0]), daemon=True).start()

    def _serve(self, line: socket.socket, sender: str) -> None:
        # Cut lines, browsers that only looked, a relay that is down: the client sees a closed connection.
        with line, contextlib.suppress(OSError, ValueError):
            line.settimeout(60)
            with self._context.wrap_socket(line, server_side=True) as phone:
                head, body = b"", b""
                while b"\r\n\r\n" not in head:
                    part = phone.recv(65_536)
                    if not part:
                        return
                    head += part
                head, _, body = head.partition(b"\r\n\r\n")
                self.seen.append(head.decode("latin-1"))
                first, *headers = head.decode("latin-1").split("\r\n")
                method, path, version = first.split(" ")
                names = {header.partition(":")[0].lower(): header.partition(":")[2] for header in headers}
                kept = [header for header in headers if not header.lower().startswith("connection:")]
                path = path.removeprefix(PREFIX)
                with socket.create_connection(("127.0.0.1", self._route(path)), 60) as relay:
                    passed = [
                        f"{method} {path} {version}",
                        *kept,
                        f"X-Forwarded-For: {sender}",
                        "Connection: close",
                    ]
                    relay.sendall("\r\n".join(passed).encode("latin-1") + b"\r\n\r\n" + body)
                    missing = int(names.get("content-length", "0")) - len(body)
                    while missing > 0:
                        part = phone.recv(65_536)
                        if not part:
                            return
                        missing -= len(part)
                        relay.sendall(part)
                    while part := relay.recv(65_536):
                        phone.sendall(part)
