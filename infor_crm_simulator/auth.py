"""Who asks, and every way of being refused, see docs/sdata.md 2."""

from __future__ import annotations

import base64
import binascii
import json

from .http import Refusal, Request, Response, html_page
from .resources import Diagnosis
from .switches import Switches
from .users import User, Users

_RULE_TRACE = (
    "   at Sage.SalesLogix.User.Rules.IsValidPassword(IUser user, String password)\r\n"
    "   at Sage.SalesLogix.Security.SLXUserService.Validate();"
)


class LoginRefused(Exception):
    """Carries the response, which need not be a diagnosis."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_line)
        self.response = response


def authenticate(request: Request, users: Users, switches: Switches) -> User:
    """The user who asks; LoginRefused or Refusal."""
    credentials = _credentials(request, switches)
    if credentials is None:
        raise LoginRefused(_unknown(request, switches))
    login, password = credentials
    user = users.find(login)
    if user is None or user.password != password:
        raise LoginRefused(_unknown(request, switches))
    if not user.enabled:
        status = int(str(switches["retired_login"]))
        raise LoginRefused(_page(request, status, "The user is not active."))
    if user.expired:
        raise _expired()
    if user.mfa:
        raise _second_factor()
    return user


def _credentials(request: Request, switches: Switches) -> tuple[str, str] | None:
    """Of Authorization, or of X-Authorization where a proxy ate the first."""
    for name in ("authorization", "x-authorization"):
        scheme, _blank, value = request.header(name).strip().partition(" ")
        if scheme.lower() == "basic":
            return _decoded(value.strip(), _charset(switches))
    return None


def _decoded(value: str, charset: str) -> tuple[str, str] | None:
    try:
        text = base64.b64decode(value, validate=True).decode(charset)
    except (binascii.Error, ValueError):
        return None
    login, colon, password = text.partition(":")
    return (login, password) if colon else None


def _charset(switches: Switches) -> str:
    charset = str(switches["credentials_charset"])
    if charset != "auto":
        return charset
    return "utf-8" if switches["generation"] == "8" else "latin-1"


def _no_challenge(request: Request) -> bool:
    mode = request.header("x-authorization-mode").strip().lower()
    return mode == "no-challenge"


def _unknown(request: Request, switches: Switches) -> Response:
    """403 to those who ask for no challenge, 401 to the others; or as switched."""
    wanted = str(switches["login_failure"])
    status = 403 if _no_challenge(request) else 401
    if wanted != "auto":
        status = int(wanted)
    return refused_page(request, status)


def refused_page(request: Request, status: int) -> Response:
    """What a wrong password is told."""
    return _page(request, status, "Invalid user name or password.")


def _page(request: Request, status: int, text: str) -> Response:
    title = "Unauthorized" if status == 401 else "Forbidden: Access is denied."
    response = html_page(status, title, text)
    if status == 401 and not _no_challenge(request):
        response.headers["WWW-Authenticate"] = 'Basic realm="Infor CRM"'
    return response


def _expired() -> Refusal:
    return Refusal(500, Diagnosis("The password has expired.", stack_trace=_RULE_TRACE))


def _second_factor() -> LoginRefused:
    body = {
        "severity": "Error",
        "sdataCode": "ApplicationDiagnosis",
        "message": "Multi-factor authentication verification is required.",
        "mfaRequired": True,
        "hasDevices": True,
        "mfaStatusUrl": "slx/system/-/mfa/status",
        "mfaDevicesUrl": "slx/system/-/mfa/devices",
        "mfaVerifyUrl": "slx/system/-/mfa/devices/$service/verify",
    }
    return LoginRefused(Response(401, json.dumps(body).encode(), "application/json"))
