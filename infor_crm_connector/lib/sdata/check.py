"""The staged check behind *Connect*: facts only, sentences are made by the addon.

Stages, in order; the first that fails ends the check:

``address``      the host resolves, is allowed, and somebody listens
``tls``          the line is encrypted and the certificate trusted
``service``      an SData service answers; ``facts["base_url"]`` is its base
``credentials``  the login is accepted; ``facts`` tell who and which generation
``read``         leads, contacts and accounts can be read; ``facts["counts"]``
``metadata``     fields can be found; ``facts["source"]`` says where
``write``        may create and change; ``facts["permissions"]`` per kind
``owners``       sees the records of all owners; ``facts["sees_all"]``

``write`` and ``owners`` never fail: what is missing there is a warning, and "cannot
be told" an answer. Nothing is ever written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import urls
from .client import Client
from .discovery import find_base
from .errors import (
    CredentialsRefused,
    HostUnknown,
    KindNotFound,
    NotSData,
    RedirectRefused,
    Refused,
    SDataError,
    TlsFailed,
    Unreachable,
    UnreadableAnswer,
    UntrustedCertificate,
)
from .masking import Credentials
from .network import AddressPolicy
from .owners import Owners
from .record import Identity

KINDS = ("leads", "contacts", "accounts")
STAGES = (
    "address",
    "tls",
    "service",
    "credentials",
    "read",
    "metadata",
    "write",
    "owners",
)
PLACES = ("properties", "schema", "template")
_OF_TLS = (UntrustedCertificate, TlsFailed)


@dataclass(frozen=True)
class StageResult:
    """``ok`` False ends the check, with its ``error``. ``warning``: it works, but
    somebody should know what the facts say. Facts are fit for JSON."""

    stage: str
    ok: bool
    warning: bool = False
    error: SDataError | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def check_connection(
    url: str,
    credentials: Credentials,
    *,
    try_latin1: bool = False,
    **options: Any,
) -> Iterator[StageResult]:
    """Stage by stage. ``options`` are those of :class:`Client`.

    ``try_latin1``: when a login with letters beyond ASCII is refused, try it once
    more in the encoding of old servers. That counts as a second failed login where
    the password is simply wrong, so it must be asked for.
    """
    yield from Check(url, credentials, try_latin1, options).run()


class Check:
    def __init__(
        self,
        url: str,
        credentials: Credentials,
        try_latin1: bool,
        options: dict[str, Any],
    ) -> None:
        self._url = url
        self._credentials = credentials
        self._try_latin1 = try_latin1
        self._options = options
        self._base = ""
        self._identity: Identity | None = None

    def run(self) -> Iterator[StageResult]:
        failure: SDataError | None = None
        try:
            self._base = find_base(self._url, self._credentials, **self._options)
        except ValueError as error:
            failure = HostUnknown(reason=str(error))
        except SDataError as error:
            failure = error
        stage = stage_of(failure)
        yield from self._reached(stage, failure)
        if failure is None:
            with self._client(self._credentials) as client:
                yield from self._logged_in(client)

    # --- network ------------------------------------------------------------------

    def _reached(
        self, failing: str | None, failure: SDataError | None
    ) -> Iterator[StageResult]:
        """Address and TLS, as far as they went well; then what did not."""
        for stage, facts in (("address", self._address), ("tls", self._tls)):
            if stage == failing:
                break
            known = facts()
            warning = stage == "tls" and not (known["encrypted"] and known["verified"])
            yield StageResult(stage, True, warning, None, known)
        if failing is not None:
            yield StageResult(failing, False, False, failure, self._address())

    def _address(self) -> dict[str, Any]:
        try:
            base = self._base or urls.candidates(self._url)[0]
            scheme, host, port = urls.origin(base)
        except ValueError:
            return {}
        facts: dict[str, Any] = {"scheme": scheme, "host": host, "port": port}
        if "adapter" not in self._options:
            facts["addresses"] = _addresses(host, port)
        return facts

    def _tls(self) -> dict[str, Any]:
        base = self._base or urls.candidates(self._url)[0]
        encrypted = base.startswith("https")
        verified = encrypted and self._options.get("verify", True) is not False
        loopback = urls.is_loopback_name(urls.origin(base)[1])
        return {"encrypted": encrypted, "verified": verified, "loopback": loopback}

    # --- login --------------------------------------------------------------------

    def _client(self, credentials: Credentials) -> Client:
        return Client(self._base, credentials, **self._options)

    def _logged_in(self, client: Client) -> Iterator[StageResult]:
        facts = {"base_url": self._base}
        try:
            identity = client.who_am_i()
        except (NotSData, KindNotFound, UnreadableAnswer, RedirectRefused) as error:
            yield StageResult("service", False, False, error, facts)
            return
        except SDataError as error:
            yield StageResult("service", True, facts=facts)
            yield from self._refused(error)
            return
        yield StageResult("service", True, facts=facts)
        yield self._accepted(identity)
        yield from self._permitted(client, identity)

    def _refused(self, error: SDataError) -> Iterator[StageResult]:
        wrong = isinstance(error, CredentialsRefused)
        if not (wrong and self._try_latin1) or self._credentials.is_ascii:
            yield StageResult("credentials", False, False, error)
            return
        with self._client(self._credentials.recoded("latin-1")) as client:
            try:
                identity = client.who_am_i()
            except SDataError as second:
                yield StageResult("credentials", False, False, second)
                return
            yield self._accepted(identity, charset="latin-1")
            yield from self._permitted(client, identity)

    def _accepted(self, identity: Identity, charset: str = "") -> StageResult:
        facts = {
            "user_id": identity.user_id,
            "user_name": identity.user_name,
            "pretty_name": identity.pretty_name,
            "roles": list(identity.roles),
            "generation": identity.generation,
            "charset": charset or self._credentials.charset,
        }
        return StageResult("credentials", True, facts=facts)

    # --- rights -------------------------------------------------------------------

    def _permitted(self, client: Client, identity: Identity) -> Iterator[StageResult]:
        steps: tuple[Callable[[], StageResult], ...] = (
            lambda: self._read(client),
            lambda: self._metadata(client),
            lambda: self._write(client, identity),
            lambda: self._owners(client, identity),
        )
        for stage, step in zip(STAGES[4:], steps, strict=True):
            try:
                result = step()
            except SDataError as error:
                result = StageResult(stage, False, False, error)
            yield result
            if not result.ok:
                return

    def _read(self, client: Client) -> StageResult:
        counts: dict[str, int] = {}
        refused: dict[str, SDataError] = {}
        for kind in KINDS:
            try:
                counts[kind] = client.count(kind)
            except SDataError as error:
                if isinstance(error, Unreachable):
                    raise
                refused[kind] = error
        facts = {"counts": counts, "refused": list(refused)}
        first = next(iter(refused.values()), None)
        return StageResult("read", first is None, False, first, facts)

    def _metadata(self, client: Client) -> StageResult:
        """Any place that names the fields will do; the best one is properties."""
        fields = client.fields(KINDS[0])
        sources = {info.source for info in fields}
        source = next((s for s in PLACES if s in sources), "")
        facts = {
            "source": source,
            "fields": len(fields),
            "lengths": any(info.max_length for info in fields),
        }
        return StageResult(
            "metadata", bool(fields), source != "properties", None, facts
        )

    def _write(self, client: Client, identity: Identity) -> StageResult:
        found = {}
        for kind in KINDS:
            may = client.permissions(kind, identity)
            found[kind] = {
                "create": may.create,
                "update": may.update,
                "read_only_fields": sorted(may.read_only_fields),
                "hidden_fields": sorted(may.hidden_fields),
            }
        words = {
            entry[verb] for entry in found.values() for verb in ("create", "update")
        }
        facts = {
            "permissions": found,
            "may_write": _verdict({str(word) for word in words}),
        }
        return StageResult("write", True, "no" in words, None, facts)

    def _owners(self, client: Client, identity: Identity) -> StageResult:
        facts = Owners(client).facts(identity)
        return StageResult("owners", True, facts["sees_all"] is False, None, facts)


def stage_of(error: SDataError | None) -> str | None:
    """The stage at which an error of the first contact belongs."""
    if error is None:
        return None
    if isinstance(error, _OF_TLS):
        return "tls"
    if isinstance(error, RedirectRefused):
        return "service"
    if isinstance(error, (Unreachable, Refused)):
        return "address"
    return "service"


def _addresses(host: str, port: int) -> list[str]:
    try:
        return AddressPolicy().resolver(host, port)
    except SDataError:
        return []


def _verdict(words: set[str]) -> str:
    """yes: everything · no: something is refused · unknown: cannot be told."""
    return "no" if "no" in words else "unknown" if "unknown" in words else "yes"
