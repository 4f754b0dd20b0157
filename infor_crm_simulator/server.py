"""A practice CRM on a port: keep-alive, many connections, TLS where wanted."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

from cheroot import errors, wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter

from .tls import Certificate, self_signed

_THREADS = 32
_KEPT_ALIVE = 500


class _Gateway(wsgi.Gateway_10):
    """Tells the application how to hang up without an answer."""

    def get_environ(self) -> dict:
        environ = super().get_environ()
        environ["infor_crm.hang_up"] = self._hang_up
        return environ

    def _hang_up(self) -> None:
        connection = self.req.conn
        connection.linger = False
        self.req.close_connection = True
        # From here on nothing may reach the client, not even an error page.
        self.req.sent_headers = True
        with contextlib.suppress(OSError):
            connection.socket.shutdown(socket.SHUT_RDWR)

    def respond(self) -> None:
        try:
            super().respond()
        except ConnectionError as error:
            self._hang_up()
            raise errors.FatalSSLAlert() from error


class Server:
    """Serves a WSGI callable until `stop`. Port 0 takes a free one."""

    def __init__(
        self,
        app: Callable,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        tls: bool = False,
    ) -> None:
        self._server = wsgi.Server(
            (host, port),
            app,
            numthreads=_THREADS,
            request_queue_size=128,
            timeout=60,
            shutdown_timeout=1,
        )
        self._server.gateway = _Gateway
        self._server.keep_alive_conn_limit = _KEPT_ALIVE
        self.certificate: Certificate | None = None
        if tls:
            self.certificate = self_signed(host)
            self._server.ssl_adapter = BuiltinSSLAdapter(
                self.certificate.cert_file, self.certificate.key_file
            )
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, daemon=True)

    @property
    def url(self) -> str:
        host, port = self._server.bind_addr[:2]
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://{host}:{port}"

    def start(self) -> Server:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        if self.certificate:
            self.certificate.remove()

    def wait(self) -> None:
        """Until the server ends or Ctrl-C."""
        while self._thread.is_alive():
            self._thread.join(timeout=1)
