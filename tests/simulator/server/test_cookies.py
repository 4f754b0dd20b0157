"""Cookies of the session (docs/sdata.md 2.3)."""

from __future__ import annotations

SESSION, STICKY = "ASP.NET_SessionId", "SlxStickySessionId"


def test_a_session_cookie_is_set_once_and_never_asked_for(crm):
    assert set(crm.request("GET", "leads?count=1").cookies.keys()) == {SESSION}
    assert not crm.request("GET", "leads?count=1").cookies
    crm.session.cookies.clear()
    assert crm.request("GET", "leads?count=1").status_code == 200


def test_a_refused_login_gets_no_cookie(login):
    assert not login("admin", "wrong").request("GET", "leads").cookies


def test_behind_a_load_balancer_there_is_a_second_cookie(crm):
    crm.control.switches(load_balancer="sticky")
    answer = crm.request("GET", "leads?count=1")
    assert set(answer.cookies.keys()) == {SESSION, STICKY}
    del crm.session.cookies[STICKY]
    assert crm.request("GET", "leads?count=1").status_code == 200


def test_a_strict_balancer_loses_a_session_without_its_partner(crm):
    crm.control.switches(load_balancer="strict")
    statuses = [crm.request("GET", "leads?count=1").status_code for _ in range(3)]
    assert statuses == [200, 200, 200]
    del crm.session.cookies[STICKY]
    assert crm.request("GET", "leads?count=1").status_code == 401
    crm.session.cookies.clear()
    assert crm.request("GET", "leads?count=1").status_code == 200
