"""Where the SData service is, from whatever address people have (docs/sdata.md 1)."""

from __future__ import annotations

from typing import Any

from . import answers, urls
from .errors import NotSData, RedirectRefused, SDataError
from .masking import Credentials
from .transport import Call, Transport, facts_of

# 401 and 403 mean that something guards this path
GUARDED = (401, 403)
# options that mean nothing to a single probe
OF_CLIENT = frozenset({"requests_per_minute", "retry", "sleep"})


def find_base(url: str, credentials: Credentials, **options: Any) -> str:
    """The first candidate at which a service seems to listen. ``options`` are those
    of the client.

    Asks without login: probing must not count as failed logins. Raises what went
    wrong: network errors at once, for they are the same for every path; a web page
    or redirect only after the last candidate.
    """
    failure: SDataError | None = None
    for base in urls.candidates(url):
        try:
            probe(base, credentials, **options)
            return base
        except (NotSData, RedirectRefused) as error:
            failure = failure or error
    assert failure is not None
    raise failure


def probe(base: str, credentials: Credentials, **options: Any) -> Transport:
    """One anonymous request; returns the transport when SData may live here."""
    used = {name: v for name, v in options.items() if name not in OF_CLIENT}
    transport = Transport(base, credentials, **used)
    call = Call("GET", f"{base}/dynamic/-/?format=json", anonymous=True)
    try:
        answer = transport.send(call)
    finally:
        transport.close()
    if answer.status in GUARDED or answers.is_sdata(answer):
        return transport
    if answer.status in (500, 502, 503, 504):
        answers.json_of(answer)
    raise NotSData(status=answer.status, **facts_of(call))
