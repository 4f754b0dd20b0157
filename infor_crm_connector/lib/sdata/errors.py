"""Everything that can go wrong with the CRM, as one tree.

    SDataError
    ├─ Unreachable               no answer came back                      retryable
    │  ├─ HostUnknown            the name does not resolve
    │  ├─ ConnectionRefused      nobody listens on that port
    │  ├─ TimedOut               no answer, or not all of it, in time
    │  ├─ ConnectionDropped      the line broke while we talked
    │  └─ TlsFailed              no common encryption (https to a plain port) not
    ├─ Refused                   our own rules forbid the call            not
    │  ├─ PlainHttpRefused       unencrypted, and not allowed
    │  ├─ PrivateAddressRefused  address inside a private network, not allowed
    │  ├─ ForeignAddressRefused  not the connector's own scheme, host and port
    │  ├─ RedirectRefused        the server points elsewhere (``location``)
    │  ├─ BudgetExceeded         too many calls per minute                retryable
    │  └─ Halted                 calls were stopped meanwhile (``reason``) not
    ├─ UntrustedCertificate      who answers cannot prove who it is       not
    ├─ NotSData                  a web page, or another service, answered not
    ├─ LoginRefused              ends every further call of this client   not
    │  ├─ CredentialsRefused     wrong user name or password
    │  ├─ PasswordExpired
    │  ├─ UserRetired
    │  └─ SecondFactorDemanded
    ├─ RightsRefused             good login, but not allowed to do that   not
    ├─ NotFound                  no such record, or hidden from the login not
    ├─ KindNotFound              no such feed                             not
    ├─ PreconditionFailed        somebody changed the record (etag)       not
    ├─ BadRequest                the server does not understand us        not
    ├─ RejectedPayload           a rule, length or required field says no not
    ├─ ServerFault               the server failed (5xx)                  retryable
    │  └─ ServerUnavailable      it is starting, stopped or overloaded    retryable
    └─ UnreadableAnswer          an answer, but not one we can read       retryable
       ├─ TruncatedAnswer        it ends in the middle
       ├─ AnswerTooLarge         more than we accept                      not
       └─ PagingFault            pages repeat or do not move on           not

An error carries facts, never a ready sentence for users: those are made at the
edge. ``str(error)`` is for logs; it holds no secret, no query value and no stack
trace of the server.
"""

from __future__ import annotations

import copy
import re
from typing import Any, TypeVar

MESSAGE_LIMIT = 500
_STACK_LINE = re.compile(r"\s+at\s+[\w.`<>\[\]+]+\.[\w.`<>\[\]+]+\s*\(.*", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufeff]+")

E = TypeVar("E", bound="SDataError")


def clean_message(text: object) -> str:
    """The server's words without stack trace and control characters, cut to length.

    Stack traces are served by production systems and may hold data of records
    (docs/sdata.md 5.6).
    """
    if not isinstance(text, str):
        return ""
    text = _STACK_LINE.sub("", text)
    return _CONTROL.sub(" ", text).strip()[:MESSAGE_LIMIT]


class SDataError(Exception):
    """Root of the tree.

    ``diagnosis``   what the server said, cleaned ("" when it said nothing)
    ``method``      GET, POST, PUT as sent
    ``url_safe``    address without credentials and query values
    ``status``      HTTP status, None when there was no answer
    ``sdata_code``  the protocol's own code, such as ``BadWhereSyntax``
    ``kind``/``key`` feed and record the call was about
    ``reason``      technical cause in few words (an exception's name)
    ``retryable``   a later repeat may well succeed without anybody doing anything
    ``maybe_done``  a write whose answer was lost: it may have happened
    ``retry_after`` seconds the server asked us to wait, or None
    ``extra``       facts that only some errors have (``location``, ``addresses`` …)
    """

    retryable = False

    def __init__(
        self,
        diagnosis: str = "",
        *,
        method: str = "",
        url_safe: str = "",
        status: int | None = None,
        sdata_code: str = "",
        kind: str = "",
        key: str = "",
        reason: str = "",
        retryable: bool | None = None,
        maybe_done: bool = False,
        retry_after: float | None = None,
        **extra: Any,
    ) -> None:
        self.diagnosis = clean_message(diagnosis)
        super().__init__(self.diagnosis)
        self.method = method
        self.url_safe = url_safe
        self.status = status
        self.sdata_code = sdata_code
        self.kind = kind
        self.key = key
        self.reason = reason
        if retryable is not None:
            self.retryable = retryable
        self.maybe_done = maybe_done
        self.retry_after = retry_after
        self.extra = extra

    @property
    def facts(self) -> dict[str, Any]:
        """All that is known, without empty entries; fit for JSON."""
        named = {
            "error": type(self).__name__,
            "diagnosis": self.diagnosis,
            "method": self.method,
            "url": self.url_safe,
            "status": self.status,
            "sdata_code": self.sdata_code,
            "kind": self.kind,
            "key": self.key,
            "reason": self.reason,
            "retryable": self.retryable,
            "maybe_done": self.maybe_done or None,
            "retry_after": self.retry_after,
            **self.extra,
        }
        return {name: value for name, value in named.items() if value not in ("", None)}

    def locate(self: E, **facts: Any) -> E:
        """Fill in facts that were not known where the error arose; return it."""
        for name, value in facts.items():
            if not getattr(self, name):
                setattr(self, name, value)
        return self

    def again(self: E) -> E:
        """A fresh copy, to be raised a second time without the first traceback."""
        return copy.copy(self).with_traceback(None)

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        where = f"{self.method} {self.url_safe}".strip()
        marks = (where, self.status, self.sdata_code, self.reason)
        known = ", ".join(str(mark) for mark in marks if mark)
        head = f"{type(self).__name__} ({known})" if known else type(self).__name__
        return f"{head}: {self.diagnosis}" if self.diagnosis else head


class Unreachable(SDataError):
    retryable = True


class HostUnknown(Unreachable):
    pass


class ConnectionRefused(Unreachable):
    pass


class TimedOut(Unreachable):
    pass


class ConnectionDropped(Unreachable):
    pass


class TlsFailed(Unreachable):
    retryable = False


class Refused(SDataError):
    pass


class PlainHttpRefused(Refused):
    pass


class PrivateAddressRefused(Refused):
    pass


class ForeignAddressRefused(Refused):
    pass


class RedirectRefused(Refused):
    @property
    def location(self) -> str:
        """Where the server pointed to, without query."""
        return str(self.extra.get("location", ""))


class BudgetExceeded(Refused):
    retryable = True


class Halted(Refused):
    pass


class UntrustedCertificate(SDataError):
    pass


class NotSData(SDataError):
    pass


class LoginRefused(SDataError):
    pass


class CredentialsRefused(LoginRefused):
    pass


class PasswordExpired(LoginRefused):
    pass


class UserRetired(LoginRefused):
    pass


class SecondFactorDemanded(LoginRefused):
    pass


class RightsRefused(SDataError):
    pass


class NotFound(SDataError):
    pass


class KindNotFound(SDataError):
    pass


class PreconditionFailed(SDataError):
    pass


class BadRequest(SDataError):
    pass


class RejectedPayload(SDataError):
    pass


class ServerFault(SDataError):
    retryable = True


class ServerUnavailable(ServerFault):
    pass


class UnreadableAnswer(SDataError):
    retryable = True


class TruncatedAnswer(UnreadableAnswer):
    pass


class AnswerTooLarge(UnreadableAnswer):
    retryable = False


class PagingFault(UnreadableAnswer):
    retryable = False
