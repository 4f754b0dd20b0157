"""Where a connection may go."""

from __future__ import annotations

import pytest

from sdata import Client, Credentials, errors
from sdata.network import AddressPolicy, GuardedAdapter, plain_address

PUBLIC = "93.184.216.34"


def policy(*addresses: str, allow_private: bool = False) -> AddressPolicy:
    return AddressPolicy(allow_private, lambda host, port: list(addresses))


@pytest.mark.parametrize(
    ("host", "address", "plain", "private"),
    [
        # host, address it resolves to, allowed without and with the tick
        ("crm.example.com", PUBLIC, True, True),
        ("crm.example.com", "2606:4700::1111", True, True),
        ("crm", "10.1.2.3", False, True),
        ("crm", "192.168.1.2", False, True),
        ("crm", "172.20.0.1", False, True),
        ("crm", "100.64.0.1", False, True),
        ("crm", "fd00::1", False, True),
        ("crm", "::ffff:10.1.2.3", False, True),
        ("crm", "64:ff9b::a01:203", False, True),
        ("10.1.2.3", "10.1.2.3", False, True),
        ("localhost", "127.0.0.1", True, True),
        ("127.0.0.1", "127.0.0.1", True, True),
        ("::1", "::1", True, True),
        ("evil.example.com", "127.0.0.1", False, True),
        ("localhost", "10.1.2.3", False, True),
        ("crm", "169.254.169.254", False, False),
        ("crm", "::ffff:169.254.169.254", False, False),
        ("crm", "fe80::1%eth0", False, False),
        ("crm", "0.0.0.0", False, False),
        ("crm", "224.0.0.1", False, False),
    ],
)
def test_which_addresses_are_allowed(host, address, plain, private):
    """Public ones; this machine by its own name; private ones with a tick."""
    for allowed, ticked in ((plain, False), (private, True)):
        rules = policy(address, allow_private=ticked)
        if allowed:
            assert rules.addresses(host, 80) == [address]
            continue
        with pytest.raises(errors.PrivateAddressRefused) as caught:
            rules.addresses(host, 80)
        assert caught.value.extra["can_allow"] is private
        assert not caught.value.retryable


def test_one_bad_address_among_good_ones_is_enough():
    """Or the next attempt would go there."""
    with pytest.raises(errors.PrivateAddressRefused):
        policy(PUBLIC, "10.0.0.1").addresses("crm.example.com", 443)


def test_addresses_in_other_clothes_are_recognised():
    assert str(plain_address("2002:a00:1::")) == "10.0.0.1"
    assert str(plain_address("fe80::1%eth0")) == "fe80::1"


def test_a_name_is_checked_when_the_connection_is_made():
    """A name server that answers "public" to the check and "private" to the connection
    gains nothing: there is only one resolution, that of the connection."""
    answers = [[PUBLIC], ["10.0.0.1"]]
    rules = AddressPolicy(False, lambda host, port: answers.pop(0))
    rules.addresses("crm.example.com", 80)
    client = Client(
        "http://crm.example.com", Credentials("lee"),
        allow_plain_http=True, adapter=GuardedAdapter(rules, 1),
    )  # fmt: skip
    with pytest.raises(errors.PrivateAddressRefused):
        client.count("leads")
    assert answers == []


def test_plain_http_needs_a_tick_except_on_this_machine():
    client = Client("http://crm.example.com", Credentials("lee"))
    with pytest.raises(errors.PlainHttpRefused):
        client.who_am_i()
    assert client.request_count == 0


def test_a_host_nobody_knows():
    client = Client("https://crm.invalid", Credentials("lee"), sleep=lambda s: None)
    with pytest.raises(errors.HostUnknown) as caught:
        client.who_am_i()
    assert caught.value.facts["host"] == "crm.invalid"


def test_a_port_nobody_listens_on():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    client = Client(
        f"http://127.0.0.1:{port}", Credentials("lee"), sleep=lambda s: None
    )
    with pytest.raises(errors.ConnectionRefused):
        client.who_am_i()
    assert client.request_count == 4
