"""The cookies of a session, see docs/sdata.md 2.3.

Nobody needs them: every request logs in by itself. Behind a load balancer they belong
together; the strict one sends a session without its partner to a server that does not
know it.
"""

from __future__ import annotations

import secrets

from .http import Request, Response, html_page
from .state import State

_SESSION = "ASP.NET_SessionId"
_STICKY = "SlxStickySessionId"


def lost(state: State, request: Request) -> Response | None:
    """What the wrong server behind a balancer answers."""
    strict = state.switches["load_balancer"] == "strict"
    if strict and _has(request, _SESSION) and not _has(request, _STICKY):
        return html_page(401, "Unauthorized", "The session is not known here.")
    return None


def give(state: State, request: Request, response: Response) -> None:
    """What is missing of the cookies."""
    if not _has(request, _SESSION):
        response.cookies.append(_cookie(_SESSION))
    balanced = state.switches["load_balancer"] != "none"
    if balanced and not _has(request, _STICKY):
        response.cookies.append(_cookie(_STICKY))


def _has(request: Request, name: str) -> bool:
    return name.lower() in request.cookies


def _cookie(name: str) -> str:
    return f"{name}={secrets.token_hex(12)}; path=/; HttpOnly"
