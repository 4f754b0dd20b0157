"""A mail server that takes everything and remembers when it came."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
import time
from collections.abc import Iterator

_SUBJECT = re.compile(rb"^Subject: (.*?)\r?$", re.MULTILINE | re.IGNORECASE)


class Sink:
    """``arrived``: {subject: monotonic seconds}."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.port = 0

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await end.wait()

    async def _talk(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self._keep(await reader.readuntil(b"\r\n.\r\n"))
            elif verb == b"QUIT":
                break
            writer.write(b"250 fine\r\n")
            await writer.drain()
        writer.close()

    def _keep(self, mail: bytes) -> None:
        if found := _SUBJECT.search(mail):
            self.arrived[found[1].decode()] = time.monotonic()


@contextlib.contextmanager
def smtp_sink() -> Iterator[Sink]:
    sink, ready, end = Sink(), threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(sink.serve(ready, end)), daemon=True
    )
    thread.start()
    assert ready.wait(10)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
