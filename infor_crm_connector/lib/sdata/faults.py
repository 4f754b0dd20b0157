"""Exceptions of the HTTP libraries → our tree."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.client import IncompleteRead

import requests
from urllib3 import exceptions as urllib3

from .errors import (
    ConnectionDropped,
    ConnectionRefused,
    HostUnknown,
    SDataError,
    TimedOut,
    TlsFailed,
    TruncatedAnswer,
    Unreachable,
    UntrustedCertificate,
)


def translated(error: BaseException) -> SDataError:
    """The most telling error in the chain decides; its text is not kept."""
    chain = list(_chain(error))
    reason = type(chain[-1]).__name__
    for link in chain:
        if isinstance(link, SDataError):
            return link
    for verdict, types in _TABLE:
        if any(isinstance(link, types) for link in chain):
            return verdict(reason=reason)
    return Unreachable(reason=reason)


_TIMEOUTS = (
    TimeoutError,
    requests.Timeout,
    urllib3.ReadTimeoutError,
    urllib3.ConnectTimeoutError,
)
_CUT_OFF = (
    IncompleteRead,
    urllib3.IncompleteRead,
    requests.exceptions.ChunkedEncodingError,
)
_TABLE: tuple[tuple[type[SDataError], tuple[type[BaseException], ...]], ...] = (
    (UntrustedCertificate, (ssl.SSLCertVerificationError, ssl.CertificateError)),
    (TimedOut, _TIMEOUTS),
    (ConnectionRefused, (ConnectionRefusedError,)),
    (TruncatedAnswer, _CUT_OFF),
    (ConnectionDropped, (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)),
    (TlsFailed, (ssl.SSLError, urllib3.SSLError, requests.exceptions.SSLError)),
    (HostUnknown, (urllib3.LocationParseError, requests.exceptions.InvalidURL)),
    (ConnectionDropped, (urllib3.ProtocolError,)),
)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it wraps: as cause, context, reason or first argument."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [getattr(link, "reason", None), link.__cause__, link.__context__]
        waiting += list(link.args[:2])
