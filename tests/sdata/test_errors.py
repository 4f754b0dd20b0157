"""Every way of going wrong has a home in the tree."""

from __future__ import annotations

import inspect
import json
import re

import pytest

from sdata import Credentials, errors
from sdata.answers import json_of
from sdata.diagnosis import Diagnosis
from sdata.transport import Answer, Call
from sdata.verdict import judge

BASE = "http://localhost/sdata/slx"
TRACE = (
    "   at Sage.Platform.SData.RequestHandlerBase`3.GetEntities(Uri u)\r\n   at X.Y()"
)
HTML = "<!DOCTYPE html><html><body><h1>Server Error</h1></body></html>"


def classes() -> dict[str, type[errors.SDataError]]:
    found = inspect.getmembers(errors, inspect.isclass)
    return {n: c for n, c in found if issubclass(c, errors.SDataError)}


def answer(status=200, body="", kind="json", method="GET", key="", writes=False):
    types = {"json": "application/json", "xml": "application/xml", "html": "text/html"}
    call = Call(method, f"{BASE}/dynamic/-/leads", key=key, kind="leads", writes=writes)
    content = body if isinstance(body, bytes) else body.encode()
    headers = {"Content-Type": types.get(kind, kind)}
    return Answer(call, status, headers, content, 0.1)


def diagnosis(message="No.", code="ApplicationDiagnosis", severity="Error", **more):
    return {
        "severity": severity,
        "sdataCode": code,
        "applicationCode": None,
        "message": message,
        "stackTrace": TRACE,
        "payloadPath": None,
        **more,
    }


def xml(message="No.", code="ApplicationDiagnosis", severity="error"):
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<sdata:diagnoses xmlns:sdata="http://schemas.sage.com/sdata/2008/1"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><sdata:diagnosis>'
        f"<sdata:severity>{severity}</sdata:severity>"
        f"<sdata:sdataCode>{code}</sdata:sdataCode>"
        '<sdata:applicationCode xsi:nil="true"/>'
        f"<sdata:message>{message}</sdata:message>"
        f"<sdata:stackTrace>{TRACE}</sdata:stackTrace><sdata:payloadPath/>"
        "</sdata:diagnosis></sdata:diagnoses>"
    )


ENVELOPES = {
    "list": lambda d: (json.dumps([d]), "json"),
    "object": lambda d: (json.dumps({"$diagnoses": [d]}), "json"),
    "lone": lambda d: (json.dumps(d), "json"),
    "nested": lambda d: (json.dumps({"$diagnoses": {"$resources": [d]}}), "json"),
    "bom": lambda d: ("\ufeff" + json.dumps([d]), "json"),
    "lost bom": lambda d: ("?" + json.dumps([d]), "json"),
    "utf-16": lambda d: (json.dumps([d]).encode("utf-16"), "application/json"),
    "xml": lambda d: (xml(d["message"], d["sdataCode"], d["severity"]), "xml"),
}


def test_the_tree_drawn_in_the_docstring_is_the_tree():
    """The drawing names every class, below the right one, with the right verdict."""
    drawn = {}
    path = {}
    for row in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([ │├└─]*)([A-Z]\w+)\b", row)
        if not match:
            continue
        depth = len(match[1]) // 3
        path[depth] = match[2]
        drawn[match[2]] = (path.get(depth - 1) if depth else None, row)
    for name, cls in classes().items():
        parent = cls.__mro__[1].__name__
        assert drawn[name][0] == (parent if parent != "Exception" else None), name
        if "retryable" in drawn[name][1]:
            assert cls.retryable
        elif drawn[name][1].rstrip().endswith(" not"):
            assert not cls.retryable
    assert set(drawn) == set(classes())


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("status", [200, 400, 404, 500])
def test_an_error_is_found_in_any_envelope_under_any_status(envelope, status):
    """A list of diagnoses under 200 is an error like any other."""
    body, kind = ENVELOPES[envelope](diagnosis("could not resolve property: dddd"))
    with pytest.raises(errors.BadRequest) as caught:
        json_of(answer(status, body, kind))
    assert caught.value.diagnosis == "could not resolve property: dddd"
    assert caught.value.sdata_code == "ApplicationDiagnosis"
    assert caught.value.status == status


@pytest.mark.parametrize("envelope", [*ENVELOPES, "html", "empty", "text", "stub"])
@pytest.mark.parametrize("writes", [False, True])
@pytest.mark.parametrize("key", ["", "QSIMA0000001"])
def test_every_status_with_every_body_has_a_home(envelope, writes, key):
    """Whatever a server says, one class of the tree says it too, with its status."""
    plain = {
        "html": (HTML, "html"),
        "empty": ("", "json"),
        "text": ("Service Unavailable", "text/plain"),
        "stub": ('{"$key": ', "json"),
    }
    body, kind = plain.get(envelope) or ENVELOPES[envelope](diagnosis())
    method = "PUT" if writes else "GET"
    for status in [*range(300, 420), 422, 429, *range(500, 512)]:
        with pytest.raises(errors.SDataError) as caught:
            json_of(answer(status, body, kind, method, key, writes))
        assert type(caught.value) is not errors.SDataError
        assert caught.value.status == status
        assert "Sage.Platform" not in str(caught.value) + str(caught.value.facts)


CASES = [
    # status, diagnosis, writes, keyed → class
    (401, None, False, False, errors.CredentialsRefused),
    (403, None, False, False, errors.RightsRefused),
    (404, None, False, True, errors.NotFound),
    (410, None, False, True, errors.NotFound),
    (404, None, False, False, errors.KindNotFound),
    (409, None, True, False, errors.RejectedPayload),
    (412, None, True, True, errors.PreconditionFailed),
    (400, None, False, False, errors.BadRequest),
    (405, None, True, True, errors.BadRequest),
    (429, None, False, False, errors.ServerUnavailable),
    (500, None, False, False, errors.ServerFault),
    (503, None, False, False, errors.ServerUnavailable),
    (500, "Entity does not exist", False, True, errors.NotFound),
    (200, "Entity does not exist", False, False, errors.NotFound),
    (500, "String data would be truncated", True, True, errors.RejectedPayload),
    (200, "Last name is required", True, False, errors.RejectedPayload),
    (400, "Last name is required", True, False, errors.RejectedPayload),
    (500, "Transaction was deadlocked, try again", True, True, errors.ServerFault),
    (500, "Object reference not set", False, False, errors.ServerFault),
    (500, "could not resolve property: x of: Y", False, False, errors.BadRequest),
    (401, "Multi-factor authentication is required", False, False,
     errors.SecondFactorDemanded),
    (401, "The user account has been disabled", False, False, errors.UserRetired),
]  # fmt: skip


@pytest.mark.parametrize(("status", "message", "writes", "keyed", "meant"), CASES)
def test_what_status_and_message_mean(status, message, writes, keyed, meant):
    """One line per meaning the connector acts on."""
    found = message and Diagnosis("error", "ApplicationDiagnosis", message)
    error = judge(status, found or None, writes=writes, keyed=keyed, page=False)
    assert type(error) is meant


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("ApplicationNotFound", errors.KindNotFound),
        ("ResourceKindNotFound", errors.KindNotFound),
        ("BadWhereSyntax", errors.BadRequest),
        ("BadUrlSyntax", errors.BadRequest),
        ("ApplicationUnavailable", errors.ServerUnavailable),
    ],
)
def test_codes_of_the_protocol_count_before_the_status(code, meant):
    """A missing feed is told as such, even where a key was in the address."""
    with pytest.raises(errors.SDataError) as caught:
        json_of(answer(404, json.dumps([diagnosis("x", code)]), key="Q1"))
    assert type(caught.value) is meant


def test_an_expired_password_is_recognised_by_its_trace_which_is_never_told():
    """Official clients recognise it that way; the trace itself stays inside."""
    trace = "   at Sage.SalesLogix.User.Rules.IsValidPassword();"
    body = json.dumps([{"stackTrace": trace}])
    with pytest.raises(errors.PasswordExpired) as caught:
        json_of(answer(500, body))
    assert "IsValidPassword" not in f"{caught.value!r} {caught.value.facts}"


def test_severities_below_error_are_no_errors():
    """A warning beside a record does not take the record away."""
    entry = {"$key": "Q1", "$diagnoses": [diagnosis(severity="Warning")]}
    assert json_of(answer(200, json.dumps(entry)))["$key"] == "Q1"


def test_a_transient_diagnosis_may_be_tried_again():
    with pytest.raises(errors.ServerUnavailable) as caught:
        json_of(answer(500, json.dumps([diagnosis(severity="Transient")])))
    assert caught.value.retryable


def test_a_property_called_severity_is_data():
    """Entities may have one; only the protocol's own words make a diagnosis."""
    entry = {"$key": "t1", "Severity": "Error", "message": "a ticket"}
    assert json_of(answer(200, json.dumps(entry))) == entry
    entry = {"Severity": "High", "message": "a ticket"}
    assert json_of(answer(200, json.dumps(entry))) == entry


@pytest.mark.parametrize("kind", ["html", "json"])
def test_a_web_page_under_200_is_not_sdata(kind):
    """Login portals and maintenance pages answer 200; they are no empty feed."""
    with pytest.raises(errors.NotSData):
        json_of(answer(200, HTML, kind))


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ('{"$resources": [{"a": 1}, ', errors.TruncatedAnswer),
        ('{"$resources": [{"a": "x', errors.TruncatedAnswer),
        ('{"a": 1} trailing', errors.UnreadableAnswer),
        ("[" * 100_000, errors.UnreadableAnswer),
        ('{"a": ' + "9" * 10_000 + "}", errors.UnreadableAnswer),
        (b'{"a": "\xe4"}', errors.UnreadableAnswer),
        ("OK", errors.NotSData),
    ],
)
def test_what_cannot_be_read_is_told_apart(body, meant):
    """Cut off, wrong, hostile, or not ours at all."""
    with pytest.raises(errors.SDataError) as caught:
        json_of(answer(200, body))
    assert isinstance(caught.value, meant)


def test_entities_of_xml_are_not_expanded():
    """A hostile schema cannot blow up memory or read files."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'
    with pytest.raises(errors.UnreadableAnswer):
        json_of(answer(200, bomb, "xml"))


def test_the_declared_charset_counts():
    body = '{"name": "Müller"}'.encode("latin-1")
    found = json_of(answer(200, body, "application/json; charset=iso-8859-1"))
    assert found == {"name": "Müller"}


def test_messages_hold_no_trace_and_no_control_characters():
    """Stack traces of production servers may hold data of records."""
    said = "Bad\x00 value\r\n   at Sage.Platform.Foo.Bar(String s) in c:\\x.cs:line 3"
    error = errors.ServerFault(said)
    assert error.diagnosis == "Bad  value"
    assert len(errors.ServerFault("x" * 10_000).diagnosis) == errors.MESSAGE_LIMIT


def test_facts_are_fit_for_json_and_hold_no_secret():
    error = errors.RightsRefused("No.", status=403, kind="leads", hosts=["a"])
    assert json.loads(json.dumps(error.facts))["kind"] == "leads"
    assert repr(Credentials("lee", "hush")) == "Credentials('lee', ***)"


def test_an_error_can_be_raised_again_without_its_first_traceback():
    first = errors.CredentialsRefused("No.", status=401, host="h")
    with pytest.raises(errors.CredentialsRefused) as caught:
        raise first
    second = caught.value.again()
    assert second.__traceback__ is None
    assert second.facts == first.facts
