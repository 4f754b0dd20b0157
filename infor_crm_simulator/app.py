"""The WSGI application: log, latency, faults, login, contract, format."""

from __future__ import annotations

import secrets
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from . import contracts
from .auth import LoginRefused, authenticate
from .context import Context, dynamic_contract
from .control import Control, respond
from .faults import Fault
from .formats import PayloadError
from .http import Answer, Refusal, Request, Response, html_page
from .negotiate import dates_of, render, render_diagnoses, wants_json
from .query import QueryError
from .resources import Diagnosis, Feed
from .state import State

StartResponse = Callable[..., object]


#: How long faults wait that are not told.
_PAUSES = {"slow": 1.0, "timeout": 30.0}


_TOO_LONG = "The request filtering module denies a query string that is too long."


class Dropped(ConnectionError):
    """The connection is to be closed without an answer."""


@dataclass
class Outcome:
    """A response with what the log wants to know of it."""

    response: Response
    user: str = ""
    fault: Fault | None = None


class App:
    """`control` holds the state and serves its own paths beside /sdata."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __call__(self, environ: dict, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        if request.path.startswith("/simulator"):
            return _send(respond(self._control, request), start_response)
        state = self._control.state
        started = time.perf_counter()
        state.sleep(state.latency_ms / 1000)
        fault = state.faults.fire(request)
        outcome = Outcome(Response(0), fault=fault)
        try:
            outcome = self._handle(state, request, fault)
            headers = outcome.response.headers
            headers.setdefault("Date", state.clock.http_date())
            if outcome.user and "asp.net_sessionid" not in request.cookies:
                headers["Set-Cookie"] = (
                    f"ASP.NET_SessionId={_session()}; path=/; HttpOnly"
                )
            if request.method == "HEAD":
                outcome.response.chunks = []
            return _send(outcome.response, start_response)
        except Dropped:
            _hang_up(environ)
            raise
        finally:
            _log(state, request, outcome, started)

    def _handle(self, state: State, request: Request, fault: Fault | None) -> Outcome:
        instead = _instead(state, fault)
        if instead is not None:
            return Outcome(_rendered(request, instead), fault=fault)
        split = request.split_path
        if split is None:
            return Outcome(html_page(404, "File or directory not found."), fault=fault)
        limit = int(str(state.switches["url_limit"]))
        if limit and len(request.query_string) > limit:
            return Outcome(html_page(404, _TOO_LONG), fault=fault)
        plus = state.switches["plus_in_query"] == "space"
        request = Request(**{**vars(request), "plus_is_space": plus}).overridden()
        outcome = self._serve(state, request, fault)
        outcome.response = _mangled(state, request, outcome.response, fault)
        return outcome

    def _serve(self, state: State, request: Request, fault: Fault | None) -> Outcome:
        params = request.params()
        as_json = wants_json(request, params)
        outcome = Outcome(Response(0), fault=fault)
        try:
            user = authenticate(request, state.users, state.switches)
            outcome.user = user.login
            prefix = (request.split_path or ("", ""))[0]
            base = request.origin + prefix
            contract = dynamic_contract(state)
            context = Context(state, request, user, base, as_json, contract, fault)
            answer = contracts.answer(context)
            if isinstance(answer, Response):
                outcome.response = answer
            else:
                _change_feed(state, request, answer, fault)
                dates = dates_of(state.switches)
                outcome.response = render(answer, params, as_json=as_json, dates=dates)
        except LoginRefused as refused:
            outcome.response = refused.response
        except Refusal as refusal:
            outcome.response = render_diagnoses(
                refusal.status, refusal.diagnoses, as_json=as_json
            )
            outcome.response.headers.update(refusal.headers)
        except (QueryError, PayloadError) as error:
            trace = getattr(error, "stack_trace", "")
            found = Diagnosis(error.message, error.sdata_code, stack_trace=trace)
            outcome.response = render_diagnoses(error.status, [found], as_json=as_json)
        except Exception as error:
            # A fault of our own: told to the client as the product would tell its own,
            # and to whoever watches the simulator.
            traceback.print_exc()
            found = Diagnosis(f"{type(error).__name__}: {error}")
            outcome.response = render_diagnoses(500, [found], as_json=as_json)
        return outcome


def _instead(state: State, fault: Fault | None) -> Response | Answer | None:
    """What a fault answers in the server's place; raises Dropped."""
    if fault is None:
        return None
    if fault.fault == "status":
        return Answer([fault.diagnosis()], fault.status or 500)
    if fault.fault == "html_503":
        return html_page(fault.status or 503, "Service Unavailable", fault.message)
    if fault.fault == "not_json":
        return html_page(200, "Log On", "Please log on to continue.")
    if fault.fault in _PAUSES:
        seconds = _PAUSES[fault.fault] if fault.seconds is None else fault.seconds
        state.sleep(seconds)
    if fault.fault in ("timeout", "drop_before"):
        raise Dropped(fault.fault)
    return None


def _rendered(request: Request, answer: Response | Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    params = request.params()
    return render(answer, params, as_json=wants_json(request, params))


def _change_feed(
    state: State, request: Request, answer: Answer, fault: Fault | None
) -> None:
    if isinstance(answer.content, Feed):
        state.faults.change_feed(fault, request.path, answer.content)


def _mangled(
    state: State, request: Request, response: Response, fault: Fault | None
) -> Response:
    """What a fault does to the bytes of a finished answer; raises Dropped."""
    name = fault.fault if fault else ""
    if name == "drop_after":
        raise Dropped(name)
    if fault and name == "error_200":
        return _rendered(request, Answer([fault.diagnosis()], 200))
    if name == "cut_json":
        response.body = response.body[: len(response.body) // 2]
    elif name == "bom":
        response.body = b"\xef\xbb\xbf" + response.body
    elif name == "truncate":
        response.chunks = _truncated(response.body)
    elif fault and name == "slow_body":
        response.chunks = _slowly(state, response.body, fault.seconds)
    return response


def _truncated(body: bytes) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    raise Dropped("truncate")


def _slowly(state: State, body: bytes, seconds: float | None) -> Iterator[bytes]:
    step = max(1, len(body) // 10)
    for start in range(0, len(body), step):
        state.sleep((1 if seconds is None else seconds) / 10)
        yield body[start : start + step]


def _session() -> str:
    return secrets.token_hex(12)


def _send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    headers = {"Server": "Microsoft-IIS/10.0", **response.headers}
    if response.content_type:
        headers["Content-Type"] = response.content_type
    headers["Content-Length"] = str(len(response.body))
    start_response(response.status_line, list(headers.items()))
    return [response.body] if response.chunks is None else response.chunks


def _hang_up(environ: dict) -> None:
    """Closes the connection under a server of ours, so that no byte is sent."""
    close = environ.get("infor_crm.hang_up")
    if close is not None:
        close()


def _log(state: State, request: Request, outcome: Outcome, started: float) -> None:
    state.journal.add(
        method=request.method,
        path=request.path,
        query=request.query_string,
        status=outcome.response.status,
        user=outcome.user,
        ms=round((time.perf_counter() - started) * 1000, 3),
        bytes=len(outcome.response.body),
        request_bytes=len(request.body),
        fault=outcome.fault.fault if outcome.fault else "",
    )
