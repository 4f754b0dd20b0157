"""Sockets: where a connection may go, and how long an answer may take.

``requests`` resolves a name when it connects. Checking the name beforehand would
leave a gap (a name server that answers differently the second time), so the check
sits in the connection itself: resolve once, check every address, connect to one of
the checked addresses.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import time
from collections.abc import Callable
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from .errors import (
    ConnectionDropped,
    ConnectionRefused,
    HostUnknown,
    PrivateAddressRefused,
    TimedOut,
    Unreachable,
)
from .urls import is_loopback_name

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name, in the system's order."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise HostUnknown(reason=type(error).__name__, host=host) from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class AddressPolicy:
    """Which addresses a connector may talk to.

    Public ones always. This machine when it was named as such (``localhost``,
    ``127.0.0.1``). Inside a private network, or a name that leads to this machine,
    only with ``allow_private``. Link-local (where clouds keep their secrets),
    multicast and unspecified addresses never: ``can_allow`` is then False.
    """

    def __init__(self, allow_private: bool = False, resolver: Resolver = resolve):
        self.allow_private = allow_private
        self.resolver = resolver

    def addresses(self, host: str, port: int) -> list[str]:
        """Checked addresses of the host; refuses when one of them is not allowed."""
        found = self.resolver(host, port)
        if not is_loopback_name(host):
            for address in found:
                self.check(host, address)
        elif strangers := [a for a in found if not self.is_loopback(a)]:
            # a name server that sends "localhost" elsewhere
            self.check(host, strangers[0])
        return found

    def check(self, host: str, address: str) -> None:
        number = plain_address(address)
        if number.is_link_local or number.is_multicast or number.is_unspecified:
            raise PrivateAddressRefused(host=host, address=address, can_allow=False)
        if not number.is_global and not self.allow_private:
            raise PrivateAddressRefused(host=host, address=address, can_allow=True)

    @staticmethod
    def is_loopback(address: str) -> bool:
        return plain_address(address).is_loopback


def plain_address(text: str) -> Address:
    """The address meant, also when it is an IPv4 one in IPv6 clothes."""
    number = ipaddress.ip_address(text.split("%", 1)[0])
    if isinstance(number, ipaddress.IPv4Address):
        return number
    if number in _NAT64:
        return ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)
    return number.ipv4_mapped or number.sixtofour or number


class _TimedRaw(io.RawIOBase):
    """Reads from a socket until a moment, however slowly the bytes drip."""

    def __init__(self, sock: socket.socket, deadline: float | None) -> None:
        self._sock = sock
        self._inner = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            remaining = self._deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(remaining)
        return self._inner.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


class _TimedSocket:
    """Stands in for the socket where the answer asks for its file."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, *_mode: Any, **_options: Any) -> io.BufferedReader:
        limit = self._sock.gettimeout()
        deadline = None if limit is None else time.monotonic() + limit
        return io.BufferedReader(_TimedRaw(self._sock, deadline), 64 * 1024)


class _TimedResponse(http.client.HTTPResponse):
    """Head and body together must be in within the read timeout."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(_TimedSocket(sock), *args, **options)  # type: ignore[arg-type]


class _Guarded(HTTPConnection):
    """Connects to checked addresses only; never prints what it sends."""

    policy: ClassVar[AddressPolicy]
    response_class = _TimedResponse
    debuglevel = 0

    def set_debuglevel(self, level: int) -> None:
        """The printed dump would hold the Authorization header."""

    def _new_conn(self) -> socket.socket:
        host = getattr(self, "_dns_host", self.host)
        limit = self.timeout if isinstance(self.timeout, (int, float)) else None
        ends = None if limit is None else time.monotonic() + limit
        failure: Unreachable = Unreachable(reason="no address")
        for address in self.policy.addresses(host, self.port):
            left = None if ends is None else max(0.001, ends - time.monotonic())
            try:
                return create_connection(
                    (address, self.port),
                    left,
                    source_address=self.source_address,
                    socket_options=self.socket_options,
                )
            except OSError as error:
                failure = connect_failure(error)
        raise failure


def connect_failure(error: OSError) -> Unreachable:
    reason = type(error).__name__
    if isinstance(error, TimeoutError):
        return TimedOut(reason=reason, phase="connect")
    if isinstance(error, ConnectionRefusedError):
        return ConnectionRefused(reason=reason)
    if isinstance(error, ConnectionError):
        return ConnectionDropped(reason=reason)
    return Unreachable(reason=error.strerror or reason)


def _pools(address_policy: AddressPolicy) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(_Guarded):
        policy = address_policy

    class Tls(_Guarded, HTTPSConnection):
        policy = address_policy

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = Tls

        def _validate_conn(self, conn: Any) -> None:
            """Without the library's warning at each request: where certificates are
            not verified, an administrator chose so, and the check says so."""
            if getattr(conn, "sock", None) is None:
                conn.connect()

    return {"http": PlainPool, "https": TlsPool}


class GuardedAdapter(HTTPAdapter):
    """The adapter of ``requests`` over guarded connections, kept alive and shared."""

    def __init__(self, policy: AddressPolicy, connections: int) -> None:
        self._policy = policy
        super().__init__(pool_connections=2, pool_maxsize=connections, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _pools(self._policy)
