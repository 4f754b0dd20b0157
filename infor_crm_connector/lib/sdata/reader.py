"""Pages of a query as an iterator, fetched ahead of their use."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Generator, Iterator

from .errors import BadRequest, SDataError, ServerFault
from .offsets import OffsetPager
from .pages import Ask, Feed, Notice, Page
from .paging import Pager

_POLL = 0.2
Steps = Generator[Ask | Page, Feed | None, None]


class Reader(Iterator[Page]):
    """Iterates over :class:`Page`; also a context manager.

    With ``read_ahead`` up to that many pages wait fetched, by a thread that ends
    with :meth:`close`, with the last page, or with an error; with 0 each page is
    fetched when it is asked for, in the caller's thread.

    ``expected``: rows the query counts, asked first (the first page is fetched when
    nothing was yet); None when the server does not count. ``notices``: oddities so
    far. ``complete``: False when rows are known to be missing.
    """

    def __init__(
        self, pager: Pager, fetch: Callable[[Ask], Feed], read_ahead: int = 2
    ) -> None:
        self._pager: Pager | OffsetPager = pager
        self._fetch = fetch
        self._pages: Iterator[Page] = self._converse()
        self._buffer: list[Page] = []
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._queue: queue.Queue[Page | BaseException | None] = queue.Queue(
            max(1, read_ahead)
        )
        if read_ahead:
            self._thread = threading.Thread(
                target=self._work, name="infor-crm-read-ahead", daemon=True
            )

    @property
    def expected(self) -> int | None:
        if self._pager.expected is None and not self._buffer:
            with contextlib.suppress(StopIteration):
                self._buffer.append(self._take())
        return self._pager.expected

    @property
    def notices(self) -> tuple[Notice, ...]:
        return tuple(self._pager.notices)

    @property
    def complete(self) -> bool:
        return self._pager.complete

    @property
    def seen(self) -> int:
        """Rows fetched and found good so far."""
        return self._pager.seen

    def __next__(self) -> Page:
        return self._buffer.pop(0) if self._buffer else self._take()

    def close(self) -> None:
        """Stop reading ahead. The request under way ends with its own time limit."""
        self._closed.set()

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- the conversation ---------------------------------------------------------

    def _converse(self) -> Generator[Page, None, None]:
        try:
            steps, step = self._opened(self._pager.run())
            while True:
                if isinstance(step, Page):
                    yield step
                    step = steps.send(None)
                else:
                    step = self._answered(steps, step)
        except StopIteration:
            return

    def _opened(self, steps: Steps) -> tuple[Steps, Ask | Page]:
        """The first answer shows whether this feed can be read by key at all; where
        it cannot, the conversation starts again by position."""
        ask = next(steps)
        assert isinstance(ask, Ask)
        try:
            feed = self._fetch(ask)
        except (BadRequest, ServerFault) as error:
            unordered = self._by_position(error)
            if unordered is None:
                return steps, steps.throw(error)
        else:
            return steps, steps.send(feed)
        self._pager = OffsetPager(self._pager.page_size)
        steps = self._pager.run()
        next(steps)
        return steps, steps.send(unordered)

    def _by_position(self, error: SDataError) -> Feed | None:
        if isinstance(error, ServerFault) and error.status != 500:
            return None
        try:
            return self._fetch(Ask(None, None, self._pager.page_size, start=1))
        except SDataError:
            return None

    def _answered(self, steps: Steps, ask: Ask) -> Ask | Page:
        try:
            feed = self._fetch(ask)
        except SDataError as error:
            return steps.throw(error)
        return steps.send(feed)

    # --- reading ahead ------------------------------------------------------------

    def _take(self) -> Page:
        if self._thread is None:
            return next(self._pages)
        if not self._thread.ident:
            self._thread.start()
        while not self._closed.is_set():
            try:
                found = self._queue.get(timeout=_POLL)
            except queue.Empty:
                continue
            if isinstance(found, Page):
                return found
            self._closed.set()
            if found is not None:
                raise found
        raise StopIteration

    def _work(self) -> None:
        end: BaseException | None = None
        try:
            for page in self._pages:
                if not self._put(page):
                    return
        except BaseException as error:
            end = error
        self._put(end)

    def _put(self, item: Page | BaseException | None) -> bool:
        while not self._closed.is_set():
            try:
                self._queue.put(item, timeout=_POLL)
                return True
            except queue.Full:
                continue
        return False
