"""What is sent again when an answer is lost, and what is not."""

from __future__ import annotations

import pytest

from answering import FEED, App, client, http, sends
from lines import NO_WAIT, RawServer
from sdata import Retry, errors


def test_reads_are_repeated_and_waits_follow_the_rule():
    """503, dropped line, then an answer: two pauses, one result."""
    pauses = []
    replies = [
        lambda: (503, b"<html>recycling</html>", [("Content-Type", "text/html")]),
        lambda: (500, [{"severity": "Error", "message": "Timeout expired."}], []),
        lambda: (200, FEED, []),
    ]
    app = App(lambda e: replies.pop(0)())
    crm = app.client(retry=Retry(), sleep=pauses.append)
    assert crm.count("leads") == 3
    assert [round(pause) for pause in pauses] == [1, 2]
    assert crm.request_count == 3


@pytest.mark.parametrize("script", [sends(), sends(b"HTTP/1.1 200 OK\r\n")])
def test_a_create_without_answer_is_not_sent_twice(script):
    """Nobody knows whether it happened; the error says so."""
    with RawServer(script) as server:
        crm = client(server.url, retry=NO_WAIT)
        with pytest.raises(errors.SDataError) as caught:
            crm.create("leads", {"LastName": "Doe"})
        assert caught.value.maybe_done
        assert len(server.heads) == 1


def test_a_change_without_answer_is_sent_again():
    """Writing the same values twice is harmless."""
    tries = []

    def script(connection, head):
        tries.append(head)
        if len(tries) > 1:
            connection.sendall(http(b'{"$key": "Q1", "$etag": "e2"}'))

    with RawServer(script) as server:
        record = client(server.url, retry=NO_WAIT).update("leads", "Q1", {"Title": "x"})
    assert (len(tries), record.etag) == (2, "e2")


def test_a_conflict_after_a_lost_answer_may_be_our_own_echo():
    """With an etag the repeat meets the change that the first try made."""
    tries = []

    def script(connection, head):
        tries.append(head)
        if len(tries) > 1:
            connection.sendall(http(b"[]", status="412 Precondition Failed"))

    with RawServer(script) as server:
        crm = client(server.url, retry=NO_WAIT)
        with pytest.raises(errors.PreconditionFailed) as caught:
            crm.update("leads", "Q1", {}, etag="e1")
    assert caught.value.maybe_done
    assert b"If-Match: e1" in tries[0]
