"""Answers byte by byte, and a server that is one function."""

from __future__ import annotations

import json
import time

from lines import WsgiAdapter
from sdata import Client, Credentials, Retry

ONCE = Retry(attempts=1)
GZIP = "Content-Encoding: gzip"
FEED = {"$totalResults": 3, "$itemsPerPage": 1, "$resources": [{"$key": "Q1"}]}


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", *headers]
    if not any(h.lower().startswith(("content-length", "transfer")) for h in headers):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


def sends(*pieces: bytes, pause: float = 0.0):
    def script(connection, head):
        for piece in pieces:
            connection.sendall(piece)
            if pause:
                time.sleep(pause)

    return script


def client(url: str, **options) -> Client:
    options = {"retry": ONCE, "timeout": 10, **options}
    return Client(url, Credentials("lee", "hush"), **options)


class App:
    """A WSGI application that answers by a function and remembers what it was asked."""

    def __init__(self, answer=lambda environ: (200, FEED, [])) -> None:
        self.answer = answer
        self.environs: list[dict] = []
        self.bodies: list[bytes] = []

    def __call__(self, environ, start_response):
        self.environs.append(environ)
        self.bodies.append(environ["wsgi.input"].read())
        status, data, headers = self.answer(environ)
        content = data if isinstance(data, bytes) else json.dumps(data).encode()
        kind = [("Content-Type", "application/json"), *headers]
        start_response(f"{status} X", kind)
        return [content]

    def client(self, url="http://localhost", **options) -> Client:
        return client(url, adapter=WsgiAdapter(self), **options)
