"""The listening socket of a link on the local network, which can stop to accept before it is closed."""

from __future__ import annotations

import os
import socket

from auto2fa.errors import Auto2faError


class Listener(socket.socket):
    """A listening socket for an asyncio server that can be closed without leaving a phone on the line.

    asyncio hands an accepted connection to its protocol two rounds of the loop later. When the server is
    closed in between, an assertion fails out of sight (CPython 3.11, ``Server._attach``) and nobody owns the
    connection: the phone waits for a program that no longer listens. So whoever closes the server calls
    :meth:`refuse`, gives the loop its two rounds, and only then closes server and connections.
    """

    __slots__ = ("_refusing",)

    def __init__(self, family: int, kind: int) -> None:
        super().__init__(family, kind)
        self._refusing = False

    def accept(self) -> tuple[socket.socket, object]:
        """Accept a connection; raises BlockingIOError, as if none waited, after :meth:`refuse`."""
        if self._refusing:
            raise BlockingIOError
        return super().accept()

    def refuse(self) -> None:
        """Accept nothing from now on; what waits in the kernel's queue is reset by closing."""
        self._refusing = True


def listen(address: str, port: int) -> Listener:
    """Return a socket bound to an address of this computer; raises Auto2faError noNetwork."""
    try:
        family = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][0]
        listener = Listener(family, socket.SOCK_STREAM)
    except OSError:
        raise Auto2faError("noNetwork") from None
    if os.name == "posix":
        # Windows would let another program share the port; there, closed ports are free at once anyway.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError:
        listener.close()
        raise Auto2faError("noNetwork") from None
    return listener
