"""The one door to the network: :meth:`Transport.send`.

Everything above it works on :class:`Call` and :class:`Answer`; everything below it
is a ``requests`` adapter that can be swapped.

Environment: proxies (``HTTPS_PROXY`` …, ``NO_PROXY``) and certificate bundles
(``REQUESTS_CA_BUNDLE``, ``CURL_CA_BUNDLE``) are honoured because companies steer
their servers by them; ``~/.netrc`` is not, it would replace our login by another.
Through a proxy the name is resolved there, so the address is checked here once
before the call instead of at the connection.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import Cookie
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.cookies import RequestsCookieJar
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from . import body, masking, urls
from .budget import Budget, Pace
from .clock import ClockSkew
from .errors import (
    ForeignAddressRefused,
    Halted,
    PlainHttpRefused,
    RedirectRefused,
    SDataError,
)
from .faults import translated
from .masking import Credentials
from .network import AddressPolicy, GuardedAdapter

_logger = logging.getLogger(__name__)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Call:
    """One request, complete but for login and our standard headers.

    ``writes``: it is to change something. ``harmless``: sending it twice does what
    sending it once does. ``anonymous``: without login (to find out who answers).
    """

    method: str
    url: str
    payload: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    key: str = ""
    writes: bool = False
    harmless: bool = True
    anonymous: bool = False


@dataclass(frozen=True)
class Answer:
    """What came back, unread: status, headers (any case), body as bytes."""

    call: Call
    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float


class _Jar(RequestsCookieJar):
    """One jar for all threads of a client: iterate over a snapshot."""

    def __iter__(self) -> Iterator[Cookie]:  # type: ignore[override]
        with self._cookies_lock:  # type: ignore[attr-defined]
            return iter(list(super().__iter__()))


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: ``requests`` would read the whole body to prepare the next hop."""


class Transport:
    """Sends calls of one connector to one origin (scheme, host, port)."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        verify: bool | str = True,
        timeout: float = 60,
        parallel: int = 4,
        application: tuple[str, str] = ("", ""),
        allow_private: bool = False,
        allow_plain_http: bool = False,
        max_body: int = body.LARGEST,
        budget: Pace | None = None,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.origin = urls.origin(base_url)
        self.timeout = timeout
        self.max_body = max_body
        self.request_count = 0
        self.skew = ClockSkew()
        self.policy = AddressPolicy(allow_private)
        self._credentials = credentials
        self._verify = verify
        self._application = application
        self._allow_plain_http = allow_plain_http
        self._budget = budget or Budget()
        self._guarded = adapter is None
        self._adapter = adapter or GuardedAdapter(self.policy, parallel + 1)
        self._slots = threading.BoundedSemaphore(parallel)
        self._count_lock = threading.Lock()
        self._closed = False
        self._jar = _Jar()
        self._local = threading.local()
        masking.install(__name__)

    def send(
        self,
        call: Call,
        ready: Callable[[], None] | None = None,
        seen: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """The only place from which bytes leave. One try; errors as our own tree.

        The answer must be complete ``timeout`` seconds after the request went out,
        and have at most ``max_body`` bytes; connecting has ``timeout`` of its own.
        ``ready`` may still refuse, in the moment in which the request would leave;
        ``seen`` looks at the answer before the next request may.
        """
        self._check_target(call)
        self._budget.take()
        # only what waits for the server takes up one of the few calls at a time
        with self._told(call):
            session = self._session()
            prepared = self._prepared(session, call)
        with self._slots, self._told(call):
            if self._closed:
                raise Halted(reason="closed")
            if ready:
                ready()
            self._counted()
            started = time.monotonic()
            with session.send(
                prepared,
                timeout=self.timeout,
                stream=True,
                allow_redirects=False,
                verify=self._trusted(),
                proxies=self._proxies(call.url),
            ) as response:
                content = body.read(response, self.max_body, started + self.timeout)
            answer = self._answer(call, response, content, time.monotonic() - started)
            if seen:
                seen(answer)
        _refuse_redirect(answer)
        return answer

    def close(self) -> None:
        """From here on nothing leaves, whatever threads may still be at work; idle
        connections are closed, an adapter that was given stays the giver's."""
        self._closed = True
        if self._guarded:
            self._adapter.close()

    def check_scheme(self, url: str) -> None:
        """Plain http only on this machine, or where it was allowed."""
        scheme, host, _port = urls.origin(url)
        plain = scheme == "http" and not urls.is_loopback_name(host)
        if plain and not self._allow_plain_http:
            raise PlainHttpRefused(url_safe=urls.safe(url), host=host)

    def _check_target(self, call: Call) -> None:
        if urls.origin(call.url) != self.origin:
            raise ForeignAddressRefused(url_safe=urls.safe(call.url))
        self.check_scheme(call.url)
        if self._guarded and self._proxies(call.url):
            self.policy.addresses(*self.origin[1:])

    def _prepared(
        self, session: requests.Session, call: Call
    ) -> requests.PreparedRequest:
        headers = {**self._headers(), **call.headers}
        request = requests.Request(
            call.method, call.url, headers=headers, data=call.payload
        )
        prepared = session.prepare_request(request)
        if not call.anonymous:
            # added last: older releases of requests refuse any kind of str but str
            prepared.headers.update(self._login_headers())
        return prepared

    def _headers(self) -> dict[str, str]:
        name, version = self._application
        return {
            "Accept": "application/json,*/*",
            "Accept-Encoding": body.ENCODINGS,
            "User-Agent": f"{name}/{version}".replace(" ", "-"),
            "X-Application-Name": name,
            "X-Application-Version": version,
        }

    def _login_headers(self) -> dict[str, str]:
        """Proxies and IIS modules eat the first one; the third keeps the server from
        asking a browser for a login (docs/sdata.md 2.1)."""
        return {
            "Authorization": self._credentials.basic,
            "X-Authorization": self._credentials.basic,
            "X-Authorization-Mode": "no-challenge",
        }

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = _Session()
            session.trust_env = False
            session.headers.clear()
            session.cookies = self._jar
            session.mount("https://", self._adapter)
            session.mount("http://", self._adapter)
        return session

    def _trusted(self) -> bool | str:
        if self._verify is not True:
            return self._verify
        bundles = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        return next((os.environ[n] for n in bundles if os.environ.get(n)), True)

    def _proxies(self, url: str) -> dict[str, str]:
        if not self._guarded or urls.is_loopback_name(self.origin[1]):
            return {}
        return dict(get_environ_proxies(url))

    def _answer(
        self, call: Call, response: requests.Response, content: bytes, seconds: float
    ) -> Answer:
        self.skew.note(response.headers.get("Date"), seconds)
        _logger.debug(
            "%s %s → %s in %d ms, %d bytes",
            call.method,
            urls.safe(call.url),
            response.status_code,
            seconds * 1000,
            len(content),
        )
        return Answer(call, response.status_code, response.headers, content, seconds)

    def _counted(self) -> None:
        with self._count_lock:
            self.request_count += 1

    @contextmanager
    def _told(self, call: Call) -> Iterator[None]:
        """Errors of the libraries become ours, with the facts of the call.

        The originals are not chained: they hold headers and query values.
        """
        try:
            yield
        except SDataError as error:
            # without its frames: those of the libraries hold the headers as locals
            failure = error.again()
        except (requests.RequestException, HTTPError, OSError) as error:
            failure = translated(error)
        else:
            return
        _logger.debug(
            "%s %s → %s", call.method, urls.safe(call.url), type(failure).__name__
        )
        raise failure.locate(**facts_of(call)) from None


def facts_of(call: Call) -> dict[str, Any]:
    return {
        "method": call.method,
        "url_safe": urls.safe(call.url),
        "kind": call.kind,
        "key": call.key,
    }


def _refuse_redirect(answer: Answer) -> None:
    target = answer.headers.get("Location", "")
    if answer.status in REDIRECTS:
        raise RedirectRefused(
            status=answer.status,
            location=urls.safe(urls.without_query(target)),
            **facts_of(answer.call),
        )
