"""Reading a body: not more than allowed, not longer than allowed, all of it."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator

import requests

from .errors import AnswerTooLarge, TimedOut, TruncatedAnswer, UnreadableAnswer

ENCODINGS = "gzip, deflate"
LARGEST = 64 * 1024 * 1024
_CHUNK = 64 * 1024


def read(response: requests.Response, largest: int, deadline: float) -> bytes:
    """The decoded body. ``deadline`` is a moment of the monotonic clock.

    Decoding is ours because the libraries inflate a chunk as far as it goes: a few
    kilobytes can become gigabytes.
    """
    announced = _announced(response)
    if announced is not None and announced > largest:
        raise AnswerTooLarge(status=response.status_code, bytes=announced)
    received = 0
    pieces = []
    size = 0
    inflate = _inflater(response)
    for chunk in response.raw.stream(_CHUNK, decode_content=False):
        received += len(chunk)
        for piece in inflate(chunk):
            size += len(piece)
            if size > largest:
                raise AnswerTooLarge(status=response.status_code, bytes=size)
            pieces.append(piece)
        if time.monotonic() > deadline:
            raise TimedOut(reason="body", status=response.status_code)
    if announced is not None and received < announced:
        raise TruncatedAnswer(status=response.status_code, reason="length")
    inflate(b"", end=True)
    return b"".join(pieces)


def _announced(response: requests.Response) -> int | None:
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None


class _Plain:
    def __call__(self, chunk: bytes, end: bool = False) -> Iterator[bytes]:
        return iter((chunk,))


class _Inflater:
    """gzip and zlib, in pieces of bounded size."""

    def __init__(self, window: int) -> None:
        self._engine = zlib.decompressobj(window)
        self._used = False

    def __call__(self, chunk: bytes, end: bool = False) -> Iterator[bytes]:
        self._used = self._used or bool(chunk)
        if end and self._used and not self._engine.eof:
            raise TruncatedAnswer(reason="compressed")
        return self._pieces(chunk)

    def _pieces(self, chunk: bytes) -> Iterator[bytes]:
        while chunk and not self._engine.eof:
            try:
                yield self._engine.decompress(chunk, _CHUNK)
            except zlib.error:
                raise UnreadableAnswer(reason="compression") from None
            chunk = self._engine.unconsumed_tail


def _inflater(response: requests.Response) -> _Plain | _Inflater:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _Plain()
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _Inflater(zlib.MAX_WBITS | 32)
    raise UnreadableAnswer(status=response.status_code, reason=f"encoding {encoding}")
