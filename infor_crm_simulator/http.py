"""Requests and responses between WSGI and the server's parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import quote, unquote, unquote_to_bytes, urlsplit

from .resources import Diagnosis, Entry, Feed

#: Everything below any path that ends in /sdata, and what the web client serves.
_PREFIX = re.compile(r"(?i)^(?P<prefix>.*?/(?:sdata|slxdata\.ashx))(?P<rest>/.*)?$")


@dataclass(frozen=True)
class Request:
    """One request; header names are lower case, `path` is percent-decoded."""

    method: str
    path: str
    query_string: str
    headers: dict[str, str]
    body: bytes
    origin: str
    plus_is_space: bool = True

    @classmethod
    def from_environ(cls, environ: dict) -> Request:
        headers = {
            name[5:].replace("_", "-").lower(): str(value)
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        headers["content-type"] = environ.get("CONTENT_TYPE", "")
        host = headers.get("host") or environ["SERVER_NAME"]
        raw = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return cls(
            method=environ["REQUEST_METHOD"].upper(),
            path=raw.encode("latin-1").decode("utf-8", "replace"),
            query_string=environ.get("QUERY_STRING", ""),
            headers=headers,
            body=_read_body(environ),
            origin=f"{environ['wsgi.url_scheme']}://{host}",
        )

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    @property
    def cookies(self) -> set[str]:
        """Lower-case names of the cookies that came along."""
        parts = self.header("cookie").split(";")
        return {part.partition("=")[0].strip().lower() for part in parts}

    @property
    def split_path(self) -> tuple[str, str] | None:
        """Prefix up to "/sdata" and the rest, None outside of it."""
        match = _PREFIX.match(self.path)
        return (match["prefix"], match["rest"] or "") if match else None

    @property
    def url(self) -> str:
        """As requested, in one canonical encoding."""
        path = quote(self.path, safe="/$()'\",@=;-_.~!*:")
        return f"{self.origin}{path}" + (
            f"?{self.query_string}" if self.query_string else ""
        )

    def params(self) -> dict[str, str]:
        """Query parameters by lower-case name; the first one counts."""
        found: dict[str, str] = {}
        for part in self.query_string.split("&"):
            name, _sign, value = part.partition("=")
            if name:
                found.setdefault(self._decode(name).lower(), self._decode(value))
        return found

    def _decode(self, text: str) -> str:
        if self.plus_is_space:
            text = text.replace("+", " ")
        return unquote_to_bytes(text).decode("utf-8", "replace")

    def overridden(self) -> Request:
        """What X-HTTP-Method-Override makes of a POST (docs/sdata.md 10).

        For GET the body holds the whole URL, or only its query.
        """
        method = self.header("x-http-method-override").strip().upper()
        if self.method != "POST" or not method:
            return self
        if method != "GET":
            return replace(self, method=method)
        text = self.body.decode("utf-8", "replace").strip().strip('"')
        if not text:
            return replace(self, method="GET", body=b"")
        parts = urlsplit(text)
        query = parts.query if parts.scheme or text.startswith("/") else text
        path = unquote(parts.path) if parts.scheme else self.path
        query = query.lstrip("?")
        return replace(self, method="GET", body=b"", path=path, query_string=query)


def _read_body(environ: dict) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length:
        return environ["wsgi.input"].read(length)
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
        return environ["wsgi.input"].read()
    return b""


Content = Feed | Entry | list[Diagnosis] | None


@dataclass
class Answer:
    """What a handler says, before it is written in a format."""

    content: Content = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Response:
    """Bytes on the wire. `chunks` replaces `body` where it comes slowly."""

    status: int
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Iterable[bytes] | None = None
    cookies: list[str] = field(default_factory=list)

    @property
    def status_line(self) -> str:
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unknown"


class Refusal(Exception):
    """A request that ends in diagnoses."""

    def __init__(self, status: int, *diagnoses: Diagnosis) -> None:
        super().__init__(diagnoses[0].message if diagnoses else str(status))
        self.status = status
        self.diagnoses = list(diagnoses)
        self.headers: dict[str, str] = {}


def refuse(status: int, message: str, code: str = "ApplicationDiagnosis") -> Refusal:
    return Refusal(status, Diagnosis(message, code))


def html_page(status: int, title: str, text: str = "") -> Response:
    """What IIS itself says, without SData having a word."""
    body = (
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN">\r\n'
        f"<html><head><title>{status} - {title}</title></head>\r\n"
        f"<body><h1>Server Error</h1><h2>{status} - {title}</h2>"
        f"<h3>{text}</h3></body></html>"
    )
    return Response(status, body.encode(), "text/html")
