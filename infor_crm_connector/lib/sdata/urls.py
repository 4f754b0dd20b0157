"""Addresses: building, showing and guessing them (docs/sdata.md 1)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlsplit

# some servers insist on literal quotes and @, none on encoded ones (docs/sdata.md 4.4)
SAFE_IN_QUERY = "'@(),./"
SAFE_IN_KEY = "'@(),.;="
# IIS refuses queries of about 2 KB; official clients switch at 2000
LONGEST = 1800
DEFAULT_PORTS = {"http": 80, "https": 443}
_KIND = re.compile(r"[A-Za-z][\w-]*\Z", re.ASCII)
_BASE = re.compile(r"(?i)^(.*?/sdata/slx)(?:/|\Z)")
_APPLICATION = re.compile(r"(?i)^(.*/slx)/(?:dynamic|system|metadata|gcrm)(?:/|\Z)")
_VIRTUAL = re.compile(r"(?i)^(.*/sdata)/?\Z")

Params = Sequence[tuple[str, str]]


def kind_path(kind: str) -> str:
    """``dynamic/-/leads``; ``ValueError`` for anything that is not a plain name."""
    if not _KIND.match(kind):
        raise ValueError(f"not a kind: {kind!r}")
    return f"dynamic/-/{kind}"


def selector(key: str) -> str:
    """``('KEY')`` with the key quoted and encoded."""
    inner = key.replace("'", "''")
    return "('" + quote(inner, safe=SAFE_IN_KEY) + "')"


def predicate(clause: str) -> str:
    """``(name eq 'Title')``: one record by a condition (system contract)."""
    return "(" + quote(clause, safe=SAFE_IN_KEY) + ")"


def with_query(url: str, params: Iterable[tuple[str, str]]) -> str:
    query = "&".join(f"{n}={quote(value, safe=SAFE_IN_QUERY)}" for n, value in params)
    return f"{url}?{query}" if query else url


def query_names(query: str) -> str:
    """``where=Email eq 'x'&count=5`` → ``where=…&count=…``."""
    names = (part.split("=", 1)[0] for part in query.split("&") if part)
    return "&".join(f"{name}=…" for name in names)


def safe(url: str) -> str:
    """The address for logs and messages: no credentials, no query values."""
    try:
        parts = urlsplit(url)
        origin = _authority(parts.hostname or "", parts.port, parts.scheme)
    except ValueError:
        return ""
    shown = f"{parts.scheme}://{origin}{parts.path}" if parts.scheme else parts.path
    return f"{shown}?{query_names(parts.query)}" if parts.query else shown


def without_query(url: str) -> str:
    return url.split("?", 1)[0]


def origin(url: str) -> tuple[str, str, int]:
    """(scheme, host, port); ``ValueError`` when it is no http address."""
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an http address")
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]


def is_loopback_name(host: str) -> bool:
    """Names and literals that mean this machine, whatever a name server says."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def candidates(url: str) -> list[str]:
    """Full bases (``…/sdata/slx``) to try, in order, for what people have.

    >>> candidates("http://crm:3333")
    ['http://crm:3333/sdata/slx']
    >>> candidates("https://crm.example.com/slxclient/Contact.aspx?x=1")[0]
    'https://crm.example.com/sdata/slx'

    Without a scheme https comes first. ``ValueError`` when there is no host in it.
    """
    url = url.strip()
    if "://" in url:
        return _bases(url)
    found = [base for scheme in _schemes(url) for base in _bases(f"{scheme}://{url}")]
    return list(dict.fromkeys(found))


def _schemes(address: str) -> tuple[str, ...]:
    host = urlsplit(f"//{address}").hostname or ""
    return ("http", "https") if is_loopback_name(host) else ("https", "http")


def _bases(url: str) -> list[str]:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError("not an http address")
    root = f"{scheme}://{_authority(parts.hostname, parts.port, scheme)}"
    return [root + path for path in _paths(parts.path.rstrip("/"))]


def _paths(path: str) -> list[str]:
    for shape in (_BASE, _APPLICATION):
        if match := shape.match(path):
            return [match[1]]
    if match := _VIRTUAL.match(path):
        return [f"{match[1]}/slx"]
    if path.lower().endswith("/slx"):
        return [path, "/sdata/slx"]
    nested = [f"{path}/sdata/slx"] if path and not _is_page(path) else []
    return ["/sdata/slx", *nested]


def _is_page(path: str) -> bool:
    """Addresses copied from the browser: the web client and its pages."""
    return "slxclient" in path.lower() or "." in path.rsplit("/", 1)[-1]


def _authority(host: str, port: int | None, scheme: str) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port in (None, DEFAULT_PORTS.get(scheme)) else f"{shown}:{port}"
