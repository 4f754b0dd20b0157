"""The WSGI application: log, latency, faults, login, contract, format."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from . import contracts, cookies, webclient
from .auth import LoginRefused, authenticate
from .context import Context, dynamic_contract
from .control import Control, respond
from .faults import Fault
from .formats import PayloadError
from .http import Refusal, Request, Response, html_page
from .negotiate import dates_of, render, render_diagnoses, wants_json
from .query import QueryError
from .resources import Diagnosis, Feed
from .sabotage import Dropped, instead, spoilt
from .state import State

StartResponse = Callable[..., object]

_TOO_LONG = "The request filtering module denies a query string that is too long."


@dataclass
class Outcome:
    """What the log wants to know of a request."""

    fault: Fault | None
    user: str = ""
    status: int = 0
    size: int = 0


class App:
    """`control` holds the state and serves its own paths beside /sdata."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __call__(self, environ: dict, start_response: StartResponse) -> Iterable[bytes]:
        request = Request.from_environ(environ)
        if request.path.startswith("/simulator"):
            return _send(respond(self._control, request), start_response)
        state = self._control.state
        if webclient.is_asked(request):
            return _send(webclient.respond(state, request), start_response)
        started = time.perf_counter()
        state.sleep(state.latency_ms / 1000)
        outcome = Outcome(state.faults.fire(request))
        try:
            response = _handle(state, request, outcome)
            outcome.status, outcome.size = response.status, len(response.body)
            return _send(response, start_response)
        except Dropped:
            _hang_up(environ)
            raise
        finally:
            _log(state, request, outcome, started)


def _handle(state: State, request: Request, outcome: Outcome) -> Response:
    _put_off(state, request, outcome.fault)
    response = instead(state, request, outcome.fault)
    if response is None:
        response = _filter(state, request) or _serve(state, request, outcome)
        if request.method == "GET":
            state.late.looked(request.path)
    response.headers.setdefault("Date", state.clock.http_date())
    if outcome.user:
        cookies.give(state, request, response)
    if request.method == "HEAD":
        response.chunks = []
    return response


def _put_off(state: State, request: Request, fault: Fault | None) -> None:
    """A write that is done after its sender gave up; raises Dropped."""
    if fault is None or fault.fault != "commit_late":
        return

    def work() -> None:
        _filter(state, request) or _serve(state, request, Outcome(None))

    state.sleep(fault.seconds or 0)
    state.late.add(request.path, work, fault.lookups, fault.delay)
    raise Dropped(fault.fault)


def _filter(state: State, request: Request) -> Response | None:
    """What the web server turns away before SData sees it."""
    if request.split_path is None:
        return html_page(404, "File or directory not found.")
    limit = int(str(state.switches["url_limit"]))
    if limit and len(request.query_string) > limit:
        return html_page(404, _TOO_LONG)
    return cookies.lost(state, request)


def _serve(state: State, request: Request, outcome: Outcome) -> Response:
    plus = state.switches["plus_in_query"] == "space"
    request = replace(request, plus_is_space=plus).overridden()
    as_json = wants_json(request, request.params())
    try:
        response = _answer(state, request, outcome, as_json)
    except LoginRefused as refused:
        response = refused.response
    except Refusal as refusal:
        found = refusal.diagnoses
        response = render_diagnoses(refusal.status, found, as_json=as_json)
        response.headers.update(refusal.headers)
    except Exception as error:
        status, diagnosis = _told(error)
        response = render_diagnoses(status, [diagnosis], as_json=as_json)
    return spoilt(state, request, response, outcome.fault)


def _answer(
    state: State, request: Request, outcome: Outcome, as_json: bool
) -> Response:
    user = authenticate(request, state.users, state.switches)
    outcome.user = user.login
    base = request.origin + (request.split_path or ("", ""))[0]
    contract = dynamic_contract(state)
    context = Context(state, request, user, base, as_json, contract, outcome.fault)
    answer = contracts.answer(context)
    if isinstance(answer, Response):
        return answer
    if isinstance(answer.content, Feed):
        state.faults.change_feed(outcome.fault, request.path, answer.content)
    dates = dates_of(state.switches)
    return render(answer, request.params(), as_json=as_json, dates=dates)


def _told(error: Exception) -> tuple[int, Diagnosis]:
    """Status and diagnosis of what was thrown while answering."""
    if isinstance(error, QueryError):
        trace = error.stack_trace
        found = Diagnosis(error.message, error.sdata_code, stack_trace=trace)
        return error.status, found
    if isinstance(error, PayloadError):
        return error.status, Diagnosis(error.message, error.sdata_code)
    # A fault of our own: told to the client as the product would tell its own, and to
    # whoever watches the simulator.
    traceback.print_exception(error)
    return 500, Diagnosis(f"{type(error).__name__}: {error}")


def _send(response: Response, start_response: StartResponse) -> Iterable[bytes]:
    headers = {"Server": "Microsoft-IIS/10.0", **response.headers}
    if response.content_type:
        headers["Content-Type"] = response.content_type
    headers["Content-Length"] = str(len(response.body))
    cookies_set = [("Set-Cookie", cookie) for cookie in response.cookies]
    start_response(response.status_line, [*headers.items(), *cookies_set])
    return [response.body] if response.chunks is None else response.chunks


def _hang_up(environ: dict) -> None:
    """Closes the connection under a server of ours, so that no byte is sent."""
    close = environ.get("infor_crm.hang_up")
    if close is not None:
        close()


def _log(state: State, request: Request, outcome: Outcome, started: float) -> None:
    took = time.perf_counter() - started
    state.journal.add(
        at=round(time.time() - took, 3),
        method=request.method,
        path=request.path,
        query=request.query_string,
        status=outcome.status,
        user=outcome.user,
        ms=round(took * 1000, 3),
        bytes=outcome.size,
        request_bytes=len(request.body),
        fault=outcome.fault.fault if outcome.fault else "",
    )
