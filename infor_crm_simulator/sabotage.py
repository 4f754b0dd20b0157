"""Carrying out the faults that answer instead of the server, or spoil its bytes."""

from __future__ import annotations

from collections.abc import Iterator

from .auth import refused_page
from .faults import Fault
from .http import Answer, Request, Response, html_page
from .negotiate import render, wants_json
from .state import State

#: How long faults wait that are not told.
_PAUSES = {"slow": 1.0, "timeout": 30.0}


class Dropped(ConnectionError):
    """The connection is to be closed without an answer."""


def instead(state: State, request: Request, fault: Fault | None) -> Response | None:
    """What a fault answers in the server's place; raises Dropped."""
    if fault is None:
        return None
    if fault.fault == "status":
        return _diagnosis(request, fault, fault.status or 500)
    if fault.fault == "html_503":
        return html_page(fault.status or 503, "Service Unavailable", fault.message)
    if fault.fault == "refuse_login":
        return refused_page(request, fault.status or 401)
    if fault.fault == "not_json":
        return html_page(200, "Log On", "Please log on to continue.")
    if fault.fault in _PAUSES:
        seconds = _PAUSES[fault.fault] if fault.seconds is None else fault.seconds
        state.sleep(seconds)
    if fault.fault in ("timeout", "drop_before"):
        raise Dropped(fault.fault)
    return None


def spoilt(
    state: State, request: Request, response: Response, fault: Fault | None
) -> Response:
    """What a fault leaves of a finished answer; raises Dropped."""
    if fault is None:
        return response
    if fault.fault == "drop_after":
        raise Dropped(fault.fault)
    if fault.fault == "error_200":
        return _diagnosis(request, fault, fault.status or 200)
    if fault.fault == "html_after":
        return html_page(fault.status or 504, "Gateway Time-out", fault.message)
    if fault.fault == "cut_json":
        response.body = response.body[: len(response.body) // 2]
    elif fault.fault == "bom":
        response.body = b"\xef\xbb\xbf" + response.body
    elif fault.fault == "truncate":
        response.chunks = _truncated(response.body)
    elif fault.fault == "slow_body":
        response.chunks = _slowly(state, response.body, fault.seconds)
    return response


def _diagnosis(request: Request, fault: Fault, status: int) -> Response:
    params = request.params()
    answer = Answer([fault.diagnosis()], status)
    return render(answer, params, as_json=wants_json(request, params))


def _truncated(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise Dropped("truncate")


def _slowly(state: State, body: bytes, seconds: float | None) -> Iterator[bytes]:
    step = max(1, len(body) // 10)
    for start in range(0, len(body), step):
        state.sleep((1 if seconds is None else seconds) / 10)
        yield body[start : start + step]
