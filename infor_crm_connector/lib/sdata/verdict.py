"""Status and diagnosis → error. The table a test walks from end to end."""

from __future__ import annotations

import re

from . import errors
from .diagnosis import Diagnosis
from .errors import SDataError

GONE = "entity does not exist"
_NO_FEED = frozenset(
    {
        "applicationnotfound",
        "datasetnotfound",
        "contractnotfound",
        "resourcekindnotfound",
    }
)
_UNAVAILABLE = frozenset({"applicationunavailable", "datasetunavailable"})
_BAD_REQUEST = frozenset({"badurlsyntax", "badwheresyntax", "badqueryparameter"})
# about the call as such: verb, size, format
_NOT_ACCEPTED = frozenset({405, 406, 411, 413, 414, 415, 501, 505})
_EXPIRED = re.compile(r"(?i)IsValidPassword|password (has |is )?expired")
# the long help texts of web servers mention disabled accounts as well: be exact
_RETIRED = re.compile(
    r"(?i)\buser( account)? (is|has been) (not active|inactive|retired|disabled)"
)
_SECOND_FACTOR = re.compile(r"(?i)multi-?factor|second factor")
_NOT_UNDERSTOOD = re.compile(
    r"(?i)could not resolve property|unknown property|syntax error|unexpected token"
)
_PASSING = re.compile(
    r"(?i)deadlock|timeout expired|timed out|connection pool|transport-level|try again"
)


def judge(
    status: int,
    diagnosis: Diagnosis | None,
    *,
    writes: bool,
    keyed: bool,
    page: bool,
    words: str = "",
) -> SDataError:
    """The error that an answer with a failure status, or a diagnosis, means.

    ``writes``: the call was to change something. ``keyed``: it named one record.
    ``page``: the body is a web page, so the status is not SData's own; ``words`` are
    its visible text, looked at only to tell why a login was refused.
    """
    found = (
        _of_login(status, diagnosis, words)
        or _of_diagnosis(diagnosis)
        or _of_page(status, page)
        or _of_status(status, diagnosis, writes=writes, keyed=keyed)
    )
    return found.locate(
        status=status,
        diagnosis=diagnosis.message if diagnosis else "",
        sdata_code=diagnosis.code if diagnosis else "",
    )


def _of_login(
    status: int, diagnosis: Diagnosis | None, words: str
) -> SDataError | None:
    """401 is always about the login. 403 may be (the client finds out)."""
    words = diagnosis.message if diagnosis else words
    if diagnosis and _EXPIRED.search(diagnosis.trace + " " + words):
        return errors.PasswordExpired()
    if status not in (401, 403):
        return None
    if diagnosis and (diagnosis.second_factor or _SECOND_FACTOR.search(words)):
        return errors.SecondFactorDemanded()
    if _RETIRED.search(words):
        return errors.UserRetired()
    return errors.CredentialsRefused() if status == 401 else errors.RightsRefused()


def _of_diagnosis(diagnosis: Diagnosis | None) -> SDataError | None:
    """Codes and messages that mean the same under every status."""
    if diagnosis is None:
        return None
    code = diagnosis.code.lower()
    if GONE in diagnosis.message.lower():
        return errors.NotFound()
    if code in _NO_FEED:
        return errors.KindNotFound()
    if code in _UNAVAILABLE or diagnosis.severity == "transient":
        return errors.ServerUnavailable()
    if code in _BAD_REQUEST or _NOT_UNDERSTOOD.search(diagnosis.message):
        return errors.BadRequest()
    return None


def _of_page(status: int, page: bool) -> SDataError | None:
    if page and (status < 500 and status not in (408, 429)):
        return errors.NotSData()
    return errors.ServerUnavailable() if page and status == 503 else None


def _of_status(
    status: int, diagnosis: Diagnosis | None, *, writes: bool, keyed: bool
) -> SDataError:
    if status in (404, 410):
        return errors.NotFound() if keyed else errors.KindNotFound()
    if status == 412:
        return errors.PreconditionFailed()
    if status in (408, 429, 502, 503, 504):
        return errors.ServerUnavailable()
    if status in _NOT_ACCEPTED:
        return errors.BadRequest()
    if status == 409 or (writes and diagnosis and not _passes(diagnosis)):
        return errors.RejectedPayload()
    if status >= 500 or status < 400:
        return errors.ServerFault()
    return errors.BadRequest()


def _passes(diagnosis: Diagnosis) -> bool:
    """Failures of the database that a repeat does not meet again."""
    return bool(_PASSING.search(diagnosis.message))
