"""A practice Infor CRM in this process."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .app import App
from .control import Control
from .server import Server
from .state import Options


class Simulator:
    """``with Simulator(leads=20).serve() as url:`` – options are those of `Options`.

    `wsgi` is the application, `control` everything the control paths can do.
    """

    def __init__(self, **options: object) -> None:
        self.control = Control(Options().changed(options), start=self._start)
        self.wsgi = App(self.control)

    @staticmethod
    def _start(options: dict[str, object], port: int, tls: bool) -> tuple:
        """Another simulator with a server of its own."""
        simulator = Simulator(**options)
        return simulator, Server(simulator.wsgi, port=port, tls=tls).start()

    @contextlib.contextmanager
    def serve(
        self, host: str = "127.0.0.1", port: int = 0, *, tls: bool = False
    ) -> Iterator[str]:
        """Serves in threads of this process; yields the address."""
        server = Server(self.wsgi, host, port, tls=tls).start()
        try:
            yield server.url
        finally:
            self.control.state.release()
            server.stop()
            self.close()

    def close(self) -> None:
        self.control.close()
