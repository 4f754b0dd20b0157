"""Ways to reach a practice CRM: in this process, or over HTTP."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPMessage
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3 import HTTPResponse

from infor_crm_simulator import Simulator
from sdata import Client, Credentials, Retry

LINES = ("in process", "over http")
NO_WAIT = Retry(first_delay=0.0)


class WsgiAdapter(BaseAdapter):
    """A ``requests`` adapter that calls a WSGI application instead of a socket."""

    def __init__(self, app: Callable) -> None:
        super().__init__()
        self.app = app

    def send(self, request: requests.PreparedRequest, **options: Any):
        caught: dict[str, Any] = {}

        def start_response(status: str, headers: list, _error: Any = None) -> None:
            caught.update(status=int(status.split()[0]), headers=headers)

        try:
            body = b"".join(self.app(_environ(request), start_response))
        except ConnectionError as error:
            raise requests.ConnectionError(error) from error
        return _response(request, caught, body)

    def close(self) -> None:
        pass


def _environ(request: requests.PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url)
    content = request.body or b""
    content = content.encode() if isinstance(content, str) else content
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname,
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        cgi = name.upper().replace("-", "_")
        environ[cgi if cgi == "CONTENT_TYPE" else f"HTTP_{cgi}"] = str(value)
    return environ


def _response(request: requests.PreparedRequest, caught: dict, body: bytes):
    headers = caught["headers"]
    response = requests.Response()
    response.status_code = caught["status"]
    response.headers = requests.structures.CaseInsensitiveDict(headers)
    response.request = request
    response.url = request.url
    response.raw = HTTPResponse(
        io.BytesIO(body),
        headers=headers,
        status=caught["status"],
        preload_content=False,
        decode_content=False,
        original_response=_Original(headers),
    )
    return response


class _Original:
    """The part of the standard library's response that cookies are read from."""

    def __init__(self, headers: list) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        return False

    def close(self) -> None:
        pass


class Crm:
    """A practice CRM with the line to it; ``control`` is its control surface."""

    def __init__(self, simulator: Simulator, url: str, in_process: bool) -> None:
        self.simulator = simulator
        self.control = simulator.control
        self.url = url
        self.in_process = in_process
        self._clients: list[Client] = []

    def options(self, **options: Any) -> dict[str, Any]:
        if self.in_process:
            options.setdefault("adapter", WsgiAdapter(self.simulator.wsgi))
        return {"timeout": 30, "requests_per_minute": 600_000, **options}

    def client(self, user: str = "admin", password: str = "", **options: Any) -> Client:
        options = {"retry": NO_WAIT, **self.options(**options)}
        client = Client(self.url, Credentials(user, password), **options)
        self._clients.append(client)
        return client

    def failed_logins(self) -> int:
        return sum(line["status"] in (401, 403) for line in self.control.requests())

    def close(self) -> None:
        """Close the clients it gave out."""
        while self._clients:
            self._clients.pop().close()


@contextlib.contextmanager
def reached(simulator: Simulator, line: str) -> Iterator[Crm]:
    if line == "in process":
        crm = Crm(simulator, "http://localhost", True)
        with contextlib.closing(crm):
            yield crm
        simulator.close()
    else:
        with (
            simulator.serve() as url,
            contextlib.closing(Crm(simulator, url, False)) as crm,
        ):
            yield crm


class RawServer:
    """Answers each connection with the bytes a script sends: for broken servers.

    The script gets the connected socket and the request's head.
    """

    def __init__(self, script: Callable[[Any, bytes], None]) -> None:
        self._script = script
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/sdata/slx"
        self.heads: list[bytes] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            threading.Thread(
                target=self._answer, args=(connection,), daemon=True
            ).start()

    def _answer(self, connection: Any) -> None:
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            self.heads.append(head)
            self._script(connection, head)


def keys(crm: Crm, kind: str, count: int = 5) -> list[str]:
    """Of the first records of a kind, as the practice CRM stores them."""
    column = {"leads": "LEADID", "contacts": "CONTACTID"}[kind]
    return [row[column].strip() for row in crm.control.store(kind)][:count]
