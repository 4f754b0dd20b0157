"""Pages of a read, fetched by a thread, waited for with a limit."""

import queue
import threading


class FeedTimeout(Exception):
    """No page came in time; the CRM may still be working on it."""


class PageFeed:
    """Iterates over the pages of an ``sdata`` reader in a thread of its own.

    A lane must not wait for the CRM longer than it is allowed to, but a reader blocks
    as long as the connector's time-out and its repeats say. ``ahead`` pages wait
    fetched. Use it in a ``with``: leaving it ends the reading, at the latest with the
    request under way.

    ``prepare`` is called in the thread for each page, and its result handed out: work
    without the database, done while the lane waits for PostgreSQL.
    """

    def __init__(self, reader, prepare=lambda page: page, ahead=2):
        self.reader = reader
        self._prepare = prepare
        #: rows the query counts; None when the server does not count. Known with
        #: the first page.
        self.expected = None
        self._pages = queue.Queue(ahead)
        self._closed = threading.Event()
        self._thread = threading.Thread(
            target=self._work, name="infor-crm-pages", daemon=True
        )

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._closed.set()
        self.reader.close()

    def next(self, timeout):
        """The next page as prepared, None after the last. Raises what the reader
        raised, or :class:`FeedTimeout` after ``timeout`` seconds."""
        try:
            page, error = self._pages.get(timeout=max(timeout, 0))
        except queue.Empty:
            raise FeedTimeout from None
        if error is not None:
            raise error
        return page

    def _work(self):
        end = (None, None)
        try:
            self.expected = self.reader.expected
            for page in self.reader:
                if not self._put((self._prepare(page), None)):
                    return
        except BaseException as error:
            end = (None, error)
        self._put(end)

    def _put(self, item):
        while not self._closed.is_set():
            try:
                self._pages.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False


def within(timeout, call):
    """The result of ``call``, which blocks, or :class:`FeedTimeout` after ``timeout``
    seconds; it then goes on in its thread, and what it brings is dropped."""
    results = queue.Queue(1)

    def work():
        try:
            results.put((call(), None))
        except BaseException as error:
            results.put((None, error))

    threading.Thread(target=work, name="infor-crm-call", daemon=True).start()
    try:
        result, error = results.get(timeout=max(timeout, 0))
    except queue.Empty:
        raise FeedTimeout from None
    if error is not None:
        raise error
    return result
