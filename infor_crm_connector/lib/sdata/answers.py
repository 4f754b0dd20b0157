"""Bodies → data, or the error they mean (docs/sdata.md 5.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from . import diagnosis
from .errors import NotSData, SDataError, TruncatedAnswer, UnreadableAnswer
from .transport import Answer, facts_of
from .verdict import judge

_CHARSET = re.compile(r"(?i)charset\s*=\s*\"?([\w.:-]+)")
_HTML = re.compile(
    r"(?i)\s*(<!--.*?-->\s*)*<(!doctype\s+html|html\b|head\b|body\b)", re.S
)
_GOOD = range(200, 300)


def json_of(answer: Answer) -> Any:
    """The JSON document of a good answer; raises what a bad one means."""
    return _data(answer, _json)


def xml_of(answer: Answer) -> ElementTree.Element:
    """The XML document of a good answer (``$schema``)."""
    root = _data(answer, _xml)
    if not isinstance(root, ElementTree.Element):
        raise UnreadableAnswer(reason="not XML", **_facts(answer))
    return root


def _data(answer: Answer, read: Any) -> Any:
    text = text_of(answer)
    page = is_page(answer, text)
    words = re.sub(r"<[^>]*>", " ", text[:4000]) if page else ""
    good = answer.status in _GOOD
    data = None if page else _parsed(answer, text, read if good else _anything)
    worst = diagnosis.worst(_diagnoses(data))
    if page or not good or worst:
        raise _error(answer, worst, page, words)
    if data is None and not answer.call.writes and not text.strip():
        raise TruncatedAnswer(reason="empty", **_facts(answer))
    return data


def text_of(answer: Answer) -> str:
    """The body as text: byte order mark, then declared charset, then UTF-8."""
    content = answer.content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        charset = "utf-16"
    else:
        declared = _CHARSET.search(answer.headers.get("Content-Type", ""))
        charset = declared[1].lower() if declared else "utf-8"
    if charset in ("utf-8", "utf8"):
        charset = "utf-8-sig"
    try:
        text = content.decode(charset)
    except LookupError:
        text = content.decode("utf-8-sig", "replace")
    except UnicodeDecodeError:
        if answer.status in _GOOD:
            raise UnreadableAnswer(reason="charset", **_facts(answer)) from None
        text = content.decode(charset, "replace")
    # a byte order mark that got lost on the server's way arrives as "?"
    return re.sub(r"\A\s*\??(?=\s*[\[{])", "", text)


def is_page(answer: Answer, text: str) -> bool:
    """A web page: by what it is, not only by what it claims to be."""
    return bool(_HTML.match(text[:2000])) or (
        "html" in answer.headers.get("Content-Type", "").lower()
        and not text.lstrip().startswith(("{", "["))
    )


def is_sdata(answer: Answer) -> bool:
    """Whether this answer, good or bad, shows that SData speaks here."""
    try:
        text = text_of(answer)
        data = None if is_page(answer, text) else _anything(text)
    except (SDataError, ValueError):
        return False
    if isinstance(data, ElementTree.Element):
        return "sdata" in text or data.tag.endswith(("}feed", "}service", "}schema"))
    if isinstance(data, Mapping) and any(str(name).startswith("$") for name in data):
        return True
    return bool(diagnosis.of_json(data))


def _parsed(answer: Answer, text: str, read: Any) -> Any:
    if not text.strip():
        return None
    try:
        return read(text)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg
        verdict = TruncatedAnswer if cut else UnreadableAnswer
        if not cut and answer.status in _GOOD and not _resembles(text):
            verdict = NotSData  # type: ignore[assignment]
        raise verdict(reason="JSON", **_facts(answer)) from None
    except ElementTree.ParseError:
        cut = not text.rstrip().endswith(">")
        verdict = TruncatedAnswer if cut else UnreadableAnswer
        raise verdict(reason="XML", **_facts(answer)) from None
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswer(reason=type(error).__name__, **_facts(answer)) from None


def _resembles(text: str) -> bool:
    return text.lstrip()[:1] in tuple("{[<")


def _json(text: str) -> Any:
    if text.lstrip().startswith("<"):
        return _xml(text)
    return json.loads(text, parse_constant=lambda _name: None)


def _xml(text: str) -> Any:
    if not text.lstrip().startswith("<"):
        return _json(text)
    if "<!DOCTYPE" in text[:4000].upper() or "<!ENTITY" in text[:4000].upper():
        raise ValueError("entities are not accepted")
    return ElementTree.fromstring(text.strip())


def _anything(text: str) -> Any:
    """For failure answers: whatever can be read, else nothing."""
    try:
        return _json(text)
    except (ValueError, RecursionError, ElementTree.ParseError):
        return None


def _diagnoses(data: Any) -> list[diagnosis.Diagnosis]:
    if isinstance(data, ElementTree.Element):
        return diagnosis.of_xml(data)
    return diagnosis.of_json(data)


def _error(
    answer: Answer, worst: diagnosis.Diagnosis | None, page: bool, words: str
) -> SDataError:
    call = answer.call
    error = judge(
        answer.status,
        worst,
        writes=call.writes,
        keyed=bool(call.key),
        page=page,
        words=words,
    )
    wait = answer.headers.get("Retry-After", "")
    if wait.isdecimal():
        error.retry_after = float(wait[:6])
    return error.locate(**facts_of(call))


def _facts(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status, **facts_of(answer.call)}
