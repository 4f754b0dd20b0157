"""Which format an answer takes, and writing it, see docs/sdata.md 3.1."""

from __future__ import annotations

from .formats import atom_format, date_writer, diagnoses, json_format
from .formats.scalars import DateWriter, plain_date
from .http import Answer, Request, Response
from .resources import Diagnosis, Entry, Feed
from .switches import Switches

_ATOM_ENTRY = "application/atom+xml; type=entry; charset=utf-8"
_ATOM_FEED = "application/atom+xml; type=feed; charset=utf-8"


def wants_json(request: Request, params: dict[str, str]) -> bool:
    """``format=json`` asks for JSON; without a format, Accept may."""
    wanted = params.get("format", "").strip().lower()
    if wanted:
        return wanted == "json"
    return "application/json" in request.header("accept").lower()


def dates_of(switches: Switches) -> DateWriter:
    return date_writer(str(switches["json_dates"]), switches.zone)


def render(
    answer: Answer,
    params: dict[str, str],
    *,
    as_json: bool,
    dates: DateWriter = plain_date,
) -> Response:
    """`dates` is how JSON spells them; Atom has one way."""
    content = answer.content
    if isinstance(content, list):
        response = render_diagnoses(answer.status, content, as_json=as_json)
    elif isinstance(content, Feed):
        response = _feed(content, params, as_json, dates)
    elif isinstance(content, Entry):
        response = _entry(content, params, as_json, dates)
    else:
        response = Response(answer.status, b"", "")
    response.status = answer.status
    response.headers.update(answer.headers)
    return response


def render_diagnoses(status: int, found: list[Diagnosis], *, as_json: bool) -> Response:
    if as_json:
        return Response(status, diagnoses.render_json(found), json_format.CONTENT_TYPE)
    return Response(status, diagnoses.render_xml(found), "application/xml")


def _feed(
    feed: Feed, params: dict[str, str], as_json: bool, dates: DateWriter
) -> Response:
    if not as_json:
        return Response(200, atom_format.render_feed(feed), _ATOM_FEED)
    body = json_format.render_feed(feed, _compact(params), dates)
    return Response(200, body, json_format.CONTENT_TYPE)


def _entry(
    entry: Entry, params: dict[str, str], as_json: bool, dates: DateWriter
) -> Response:
    if as_json:
        body = json_format.render_entry(entry, _compact(params), dates)
        response = Response(200, body, json_format.CONTENT_TYPE)
    else:
        response = Response(200, atom_format.render_entry(entry), _ATOM_ENTRY)
    if entry.etag:
        response.headers["ETag"] = f'"{entry.etag}"'
    return response


def _compact(params: dict[str, str]) -> bool:
    return params.get("_compact", "").strip().lower() == "true"
