"""The staged check: the cause of the first stage that fails, as facts."""

from __future__ import annotations

import json
import socket

import pytest

from infor_crm_simulator import Simulator
from lines import NO_WAIT, Crm, RawServer, WsgiAdapter, reached
from sdata import Credentials, check_connection, errors, find_base
from sdata.check import STAGES

LOGIN = Credentials("lee", "secret")


def checked(url: str, login: Credentials = LOGIN, **options):
    options = {"retry": NO_WAIT, "timeout": 10, **options}
    return list(check_connection(url, login, **options))


def of(crm: Crm, user: str = "lee", password: str = "secret", **options):
    options = {**crm.options(), **options}
    return checked(crm.url, Credentials(user, password), **options)


def failing(results):
    """(stage, error class) of the last result, which must be the only failure."""
    assert [result.ok for result in results[:-1]] == [True] * (len(results) - 1)
    assert not results[-1].ok
    return results[-1].stage, type(results[-1].error)


def test_a_good_connection_passes_every_stage(simulator: Crm, generation):
    """Who is logged in, which generation, how many records: all facts for Connect."""
    results = of(simulator, "admin", "")
    assert tuple(result.stage for result in results) == STAGES
    assert all(result.ok for result in results)
    facts = {result.stage: result.facts for result in results}
    assert facts["service"]["base_url"] == f"{simulator.url}/sdata/slx"
    assert facts["credentials"]["user_name"] == "admin"
    assert facts["credentials"]["generation"] == {"8": "8", "7.5.4": "7.5"}[generation]
    stored = simulator.control.counts()
    assert facts["read"]["counts"] == {
        kind: stored[kind] for kind in ("leads", "contacts", "accounts")
    }
    assert facts["metadata"]["source"] == "properties"
    assert facts["write"]["may_write"] == {"8": "yes", "7.5.4": "unknown"}[generation]
    assert facts["owners"]["sees_all"] is True
    json.dumps([result.facts for result in results])


def test_nothing_is_ever_written(simulator: Crm):
    before = simulator.control.counts()
    simulator.control.clear_requests()
    of(simulator)
    methods = {
        (line["method"], line["path"].rsplit("/", 1)[-1])
        for line in simulator.control.requests()
        if line["method"] != "GET"
    }
    assert methods == {("POST", "getCurrentUser")}
    assert simulator.control.counts() == before


def test_a_check_costs_few_requests(simulator: Crm):
    simulator.control.clear_requests()
    of(simulator, "admin", "")
    assert len(simulator.control.requests()) <= 12


# --- the network --------------------------------------------------------------------


def test_a_host_nobody_knows():
    assert failing(checked("https://crm.invalid")) == ("address", errors.HostUnknown)
    assert failing(checked("not an address")) == ("address", errors.HostUnknown)


def test_a_closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    results = checked(f"http://127.0.0.1:{port}")
    assert failing(results) == ("address", errors.ConnectionRefused)
    assert results[-1].facts["port"] == port


def test_plain_http_to_another_machine_needs_a_tick():
    results = checked("http://93.184.216.34")
    assert failing(results) == ("address", errors.PlainHttpRefused)


def test_a_private_address_needs_a_tick():
    results = checked("https://10.0.0.1")
    assert failing(results) == ("address", errors.PrivateAddressRefused)
    assert results[-1].error.extra["can_allow"]
    assert results[-1].facts["addresses"] == ["10.0.0.1"]


def test_a_server_that_stays_silent():
    with RawServer(lambda connection, head: connection.recv(1)) as server:
        results = checked(server.url, timeout=0.3)
    assert failing(results) == ("address", errors.TimedOut)


@pytest.fixture(scope="module")
def secure():
    """A practice CRM behind TLS, with a certificate of its own authority."""
    simulator = Simulator(seed=1, leads=5, contacts=5)
    server = simulator.control.start_server(leads=5, contacts=5, tls=True)
    yield server
    simulator.close()


def test_a_certificate_nobody_trusts(secure):
    results = checked(secure["url"])
    assert failing(results) == ("tls", errors.UntrustedCertificate)
    assert not results[-1].error.retryable


def test_a_certificate_of_an_authority_of_ones_own(secure):
    results = checked(secure["url"], Credentials("admin"), verify=secure["ca_file"])
    assert all(result.ok for result in results)
    assert results[1].facts["verified"]
    assert not results[1].warning


def test_a_certificate_that_is_not_verified_is_a_warning(secure):
    results = checked(secure["url"], Credentials("admin"), verify=False)
    assert all(result.ok for result in results)
    assert results[1].warning


def test_https_to_a_plain_port():
    with reached(Simulator(leads=1, contacts=1), "over http") as crm:
        results = checked(crm.url.replace("http:", "https:"))
    assert failing(results)[0] == "tls"


# --- the service --------------------------------------------------------------------


def page(status: str, *headers: tuple[str, str], body: bytes = b"<html>Hi</html>"):
    def app(environ, start_response):
        start_response(status, [("Content-Type", "text/html"), *headers])
        return [body]

    return WsgiAdapter(app)


@pytest.mark.parametrize("status", ["200 OK", "404 Not Found", "403 Forbidden"])
def test_a_plain_web_page(status):
    """Whatever its status: nothing here speaks SData. A page that guards itself is
    found out by the login, or counts as a refused one."""
    results = checked("http://localhost", adapter=page(status))
    stage, error = failing(results)
    if status.startswith("403"):
        assert (stage, error) == ("credentials", errors.CredentialsRefused)
    else:
        assert (stage, error) == ("service", errors.NotSData)


def test_another_service_that_speaks_json():
    adapter = page("404 Not Found", body=b'{"error": "no such route"}')
    assert failing(checked("http://localhost", adapter=adapter)) == (
        "service",
        errors.NotSData,
    )


def test_a_redirect_says_where_to():
    adapter = page("302 Found", ("Location", "https://crm.example.com/login?x=1"))
    results = checked("http://localhost", adapter=adapter)
    assert failing(results) == ("service", errors.RedirectRefused)
    assert results[-1].error.location == "https://crm.example.com/login"


def test_a_server_that_is_down_for_maintenance():
    adapter = page("503 Service Unavailable")
    results = checked("http://localhost", adapter=adapter)
    assert failing(results) == ("service", errors.ServerUnavailable)
    assert results[-1].error.retryable


@pytest.mark.parametrize(
    "tail", ["", "/", "/sdata", "/sdata/slx", "/slxclient", "/x/y"]
)
def test_whatever_address_people_have_the_service_is_found(simulator: Crm, tail):
    found = find_base(simulator.url + tail, LOGIN, **simulator.options())
    assert found == f"{simulator.url}/sdata/slx"


def test_finding_the_service_sends_no_login(simulator: Crm):
    """Probing must not count as failed logins of anybody."""
    simulator.control.clear_requests()
    find_base(simulator.url, Credentials("lee", "wrong"), **simulator.options())
    assert {line["user"] for line in simulator.control.requests()} <= {"", None}


# --- the login ----------------------------------------------------------------------


@pytest.mark.parametrize("form", ["401", "403"])
def test_a_wrong_password_in_both_forms(simulator: Crm, form):
    simulator.control.switches(login_failure=form)
    results = of(simulator, "lee", "wrong")
    assert failing(results) == ("credentials", errors.CredentialsRefused)
    sent = [line for line in simulator.control.requests() if line["method"] == "POST"]
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("user", "meant"),
    [
        ("expired", errors.PasswordExpired),
        ("mfa", errors.SecondFactorDemanded),
        ("retired", errors.UserRetired),
    ],
)
def test_logins_that_are_refused_for_other_reasons(simulator: Crm, user, meant):
    assert failing(of(simulator, user)) == ("credentials", meant)


# --- the rights ---------------------------------------------------------------------


def test_no_rights_to_leads(simulator: Crm):
    """The kinds that can be read are told nevertheless."""
    results = of(simulator, "noleads")
    assert failing(results) == ("read", errors.RightsRefused)
    assert results[-1].facts["refused"] == ["leads"]
    assert results[-1].facts["counts"]["contacts"] == 120
    assert results[-1].error.kind == "leads"


def test_metadata_refused_is_a_hint(simulator: Crm):
    """``$schema`` serves."""
    results = of(simulator, "nometa")
    metadata = results[STAGES.index("metadata")]
    assert (metadata.ok, metadata.warning) == (True, True)
    assert metadata.facts["source"] == "schema"


def test_a_login_that_may_not_write_is_warned_of(simulator: Crm, generation):
    results = of(simulator, "reader")
    write = results[STAGES.index("write")]
    assert write.ok
    assert write.warning == (generation == "8")
    assert write.facts["may_write"] == {"8": "no", "7.5.4": "unknown"}[generation]


def test_a_login_that_sees_only_some_owners_is_warned_of(simulator: Crm):
    """With the names of teams of which it sees no record."""
    owners = of(simulator, "dora")[-1]
    assert (owners.ok, owners.warning) == (True, True)
    assert owners.facts["sees_all"] is False
    assert "Northeast" in owners.facts["unseen"]


def test_whether_a_login_sees_everything_is_not_claimed_without_evidence(
    simulator: Crm,
):
    """Teams are all seen, but users own nothing: that cannot be told."""
    owners = of(simulator, "lee")[-1]
    assert (owners.ok, owners.warning) == (True, False)
    assert owners.facts["sees_all"] is None


def test_a_row_of_every_owner_is_evidence(simulator: Crm):
    """Whoever sees a record of each owner may read each owner."""
    rows = simulator.control.store("leads")
    owners = [row["SECCODEID"] for row in simulator.control.store("owners")]
    for row, owner in zip(rows, owners, strict=False):
        simulator.control.sql(
            "UPDATE LEAD SET SECCODEID=? WHERE LEADID=?", [owner, row["LEADID"]]
        )
    assert of(simulator, "lee")[-1].facts["sees_all"] is True


def test_a_feed_of_owners_that_may_not_be_read_tells_nothing(simulator: Crm):
    simulator.control.users(lee={"kinds_refused": ["owners"]})
    owners = of(simulator, "lee")[-1]
    assert owners.ok
    assert owners.facts["sees_all"] is None
