"""Refused logins: the cause is named, and the account never locked."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from answering import App
from lines import Crm
from sdata import errors, where
from sdata.login import GOOD_FOR, Login


@pytest.mark.parametrize("form", ["auto", "401", "403"])
def test_a_wrong_password_is_refused_once_and_for_all(simulator: Crm, form):
    """In both forms of the answer; afterwards no call leaves this client."""
    simulator.control.switches(login_failure=form)
    crm = simulator.client("lee", "wrong")
    for _ in range(3):
        with pytest.raises(errors.CredentialsRefused) as caught:
            crm.who_am_i()
        assert not caught.value.retryable
    assert simulator.failed_logins() == crm.request_count == 1


@pytest.mark.parametrize("form", ["401", "403"])
def test_a_wrong_password_met_while_reading_costs_two_failed_logins_at_most(
    simulator: Crm, form
):
    """A bare 403 says nothing about its cause: who-am-I is asked once."""
    simulator.control.switches(login_failure=form)
    crm = simulator.client("lee", "wrong")
    with pytest.raises(errors.CredentialsRefused):
        crm.count("leads")
    with pytest.raises(errors.CredentialsRefused):
        list(crm.read("contacts"))
    assert simulator.failed_logins() == crm.request_count == (1 if form == "401" else 2)


def test_a_missing_right_is_no_wrong_login(simulator: Crm):
    """The login goes on to do what it may do."""
    crm = simulator.client("noleads", "secret")
    with pytest.raises(errors.RightsRefused) as caught:
        crm.count("leads")
    assert caught.value.kind == "leads"
    assert crm.count("contacts") == 120
    before = crm.request_count
    with pytest.raises(errors.RightsRefused):
        crm.count("leads")
    assert crm.request_count == before + 1


def test_a_password_changed_under_way_ends_the_client(simulator: Crm):
    """Though the login was good a moment ago."""
    simulator.control.switches(login_failure="401")
    crm = simulator.client("lee", "secret")
    assert crm.count("leads") == 250
    simulator.control.users(lee={"password": "new"})
    with pytest.raises(errors.CredentialsRefused):
        crm.count("leads")
    with pytest.raises(errors.CredentialsRefused):
        crm.who_am_i()
    assert simulator.failed_logins() == 1


def test_who_waits_for_a_turn_when_the_login_is_refused_does_not_call():
    """Each wrong login counts towards a lock of the account."""

    def refuse(_environ):
        time.sleep(0.3)
        return 401, {}, []

    app = App(refuse)
    crm = app.client(parallel=1)
    with ThreadPoolExecutor(5) as pool:
        asked = [pool.submit(crm.count, "leads") for _ in range(5)]
        for one in asked:
            assert isinstance(one.exception(), errors.CredentialsRefused)
    assert len(app.environs) == 1


@pytest.mark.parametrize(
    ("user", "meant"),
    [
        ("expired", errors.PasswordExpired),
        ("retired", errors.UserRetired),
        ("mfa", errors.SecondFactorDemanded),
    ],
)
def test_other_refusals_have_their_own_names(simulator: Crm, user, meant):
    crm = simulator.client(user, "secret")
    for _ in range(2):
        with pytest.raises(meant):
            crm.count("leads")
    assert crm.request_count == 1


@pytest.mark.parametrize("generation", ["7.5.4"], indirect=True)
def test_old_servers_read_letters_beyond_ascii_as_latin_1(simulator: Crm):
    """Only an explicit check tries that: it may be one more failed login."""
    from sdata import Credentials, check_connection

    login = Credentials("jürgen", "geheim-ß")
    plain = list(check_connection(simulator.url, login, **simulator.options()))
    assert isinstance(plain[-1].error, errors.CredentialsRefused)
    second = list(
        check_connection(simulator.url, login, try_latin1=True, **simulator.options())
    )
    facts = {result.stage: result.facts for result in second}
    assert facts["credentials"]["charset"] == "latin-1"
    assert second[-1].stage == "owners"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_good_answer_explains_refusals_for_a_while_only():
    """Many refused kinds do not ask who-am-I each time; a later one does again."""
    clock, asked = Clock(), []
    login = Login(clock)
    error = errors.RightsRefused(status=403)
    for _ in range(5):
        assert login.explain(error, lambda: asked.append(1)) is error
    assert len(asked) == 1
    clock.now += GOOD_FOR + 1
    login.explain(error, lambda: asked.append(1))
    assert len(asked) == 2


def test_when_who_am_i_cannot_be_asked_nothing_is_concluded():
    def dead():
        raise errors.ServerUnavailable(status=503)

    login = Login()
    found = login.explain(errors.RightsRefused(status=403), dead)
    assert isinstance(found, errors.ServerUnavailable)
    login.ensure()


def test_a_login_that_sees_some_owners_reads_what_it_sees(simulator: Crm):
    crm = simulator.client("dora", "secret")
    seen = crm.count("leads")
    assert 0 < seen < 250
    with crm.read("leads", where=where.ne_or_null("Status", "x")) as pages:
        assert sum(len(page.records) for page in pages) == seen
        assert pages.complete
