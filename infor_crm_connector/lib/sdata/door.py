"""Repeats, login and reading of answers around the one door."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree

from . import answers, urls
from .errors import (
    LoginRefused,
    NotSData,
    PreconditionFailed,
    RightsRefused,
    SDataError,
)
from .login import Login
from .retry import Retry, may_have_happened
from .transport import Answer, Call, Transport

FORMAT = ("format", "json")
JSON = "application/json"
WHO_AM_I = "system/-/$service/getCurrentUser"


class Door:
    """Sends calls until they are answered, refused, or not worth another try."""

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        *,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
        login: Login | None = None,
    ) -> None:
        self.transport = transport
        self.base_url = base_url
        self.login = login or Login()
        self._retry = retry or Retry()
        self._sleep = sleep

    def json(
        self,
        call: Call,
        attempts: int | None = None,
        only_for: frozenset[int] | None = None,
    ) -> Any:
        """The document that answers. ``attempts``: fewer tries than usual, where given
        ``only_for`` failures under these statuses."""

        def enough(error: SDataError, attempt: int) -> bool:
            counts = only_for is None or error.status in only_for
            return attempts is not None and counts and attempt >= attempts

        return self._repeated(call, answers.json_of, enough)

    def xml(self, call: Call) -> ElementTree.Element:
        root: ElementTree.Element = self._repeated(
            call, answers.xml_of, lambda error, attempt: False
        )
        return root

    def get(self, path: str, params: urls.Params = (), **facts: str) -> Call:
        """A read. Too long for a web server: the address travels in the body of a
        POST, as the official clients do it (docs/sdata.md 10)."""
        url = urls.with_query(f"{self.base_url}/{path}", [*params, FORMAT])
        if len(url) <= urls.LONGEST:
            return Call("GET", url, **facts)  # type: ignore[arg-type]
        headers = {"X-HTTP-Method-Override": "GET", "Content-Type": "text/plain"}
        bare = urls.without_query(url)
        return Call("POST", bare, url.encode("ascii"), headers, **facts)  # type: ignore[arg-type]

    def _repeated(
        self,
        call: Call,
        read: Callable[[Answer], Any],
        enough: Callable[[SDataError, int], bool],
    ) -> Any:
        lost = False
        attempt = 1
        while True:
            try:
                return self._once(call, read)
            except SDataError as error:
                lost = self._note_lost(call, error, lost)
                if enough(error, attempt) or not self._retry.should_retry(
                    error, call.harmless, attempt
                ):
                    raise
                self._sleep(self._retry.delay(attempt, error.retry_after))
                attempt += 1

    def _note_lost(self, call: Call, error: SDataError, lost: bool) -> bool:
        """A 412 after a lost answer may be the echo of our own first write."""
        if call.writes and may_have_happened(error):
            error.maybe_done = lost = True
        if lost and isinstance(error, PreconditionFailed):
            error.maybe_done = True
        return lost

    def _once(self, call: Call, read: Callable[[Answer], Any]) -> Any:
        if call.anonymous:
            return read(self.transport.send(call))
        self.login.ensure()
        try:
            result = read(self.transport.send(call, self.login.ensure, self._note))
        except LoginRefused as error:
            self.login.refuse(error)
            raise
        except RightsRefused as error:
            if self._is_who_call(call):
                raise self.login.wrong(error) from None
            raise self.login.explain(error, self._ask_who) from None
        except NotSData as error:
            # it spoke SData a moment ago: maintenance page, recycled application
            error.retryable = self.login.ever_good
            raise
        self.login.good()
        return result

    def _note(self, answer: Answer) -> None:
        """A refused login, before those who wait for their turn send it again."""
        if answer.status >= 400:
            try:
                answers.json_of(answer)
            except SDataError as error:
                if isinstance(error, LoginRefused):
                    self.login.refuse(error)

    def _ask_who(self) -> None:
        """Bypasses :meth:`_once`: the answer must not be explained by itself."""
        answers.json_of(self.transport.send(self.who_call()))

    def who_call(self) -> Call:
        url = urls.with_query(f"{self.base_url}/{WHO_AM_I}", [FORMAT])
        return Call("POST", url, b"{}", {"Content-Type": JSON})

    @staticmethod
    def _is_who_call(call: Call) -> bool:
        return WHO_AM_I in call.url


def names_param(option: str, names: Sequence[str]) -> list[tuple[str, str]]:
    """``select`` or ``include``; nothing when there are no names."""
    return [(option, ",".join(names))] if names else []
