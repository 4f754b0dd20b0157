"""Requests of a push, beside the lane: written in threads, waited for with a limit.

The lane holds no transaction while it waits here, and gives way when it takes long.
"""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

from ..lib.sdata import BatchItem, errors
from .page_feed import FeedTimeout

# About the login, the line or our own rules: every further item would meet the same.
STOPS = (errors.LoginRefused, errors.Refused, errors.UntrustedCertificate)
# The same, unless other items of the same moment went well.
OUTAGES = (
    errors.Unreachable,
    errors.ServerUnavailable,
    errors.KindNotFound,
    errors.NotSData,
)


class PushLine:
    """Carries reads and writes of one slice; use it in a ``with``.

    Leaving it waits for nothing: what was under way then is found out about later.
    """

    def __init__(self, client, seconds):
        self._client = client
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(6, "infor-crm-push")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._pool.shutdown(wait=False, cancel_futures=True)

    def submit(self, work, *args):
        return self._pool.submit(work, self._client, *args)

    def wait(self, future):
        """What the work returned or raised; :class:`FeedTimeout` after too long."""
        try:
            return future.result(timeout=self._seconds)
        except NotYet:
            raise FeedTimeout from None

    def call(self, work, *args):
        return self.wait(self.submit(work, *args))


def put_versioned(client, feed, items):
    """Results of changes, in their order; 412 for those whose record is no longer what
    was read (their etag)."""
    return client.batch(feed, items)


def put_all(client, feed, items):
    """Results of ``(BatchItem, etag)`` pairs, in their order.

    Last write wins, as in the CRM's own clients; only a server that insists on the
    version (412 without one) gets that of the record that was read.
    """
    results = client.batch(feed, [item for item, _etag in items])
    again = [
        (number, BatchItem("PUT", item.key, item.values, etag))
        for number, (item, etag) in enumerate(items)
        if etag and isinstance(results[number].error, errors.PreconditionFailed)
    ]
    if again:
        versioned = client.batch(feed, [item for _number, item in again])
        for (number, _item), result in zip(again, versioned, strict=True):
            results[number] = result
    return results


def post_all(client, feed, wires, singly):
    """Results of creations, in their order. ``singly``: one request each, so that a
    record on which the server fails does not take the others with it."""
    items = [BatchItem("POST", "", wire) for wire in wires]
    if not singly or len(items) < 2:
        return client.batch(feed, items)
    with ThreadPoolExecutor(client.parallel, "infor-crm-post") as pool:
        return [one for (one,) in pool.map(lambda i: client.batch(feed, [i]), items)]


def outage(results, patient=True):
    """The error that concerns more than single items, None when there is none.

    ``patient``: wait for better times when not one item came through; otherwise what
    fails again and again is a matter of that item.
    """
    failed = [result.error for result in results if result.error]
    for error in failed:
        if isinstance(error, STOPS):
            return error
    down = [error for error in failed if isinstance(error, OUTAGES)]
    return down[0] if patient and down and len(down) == len(results) else None
