"""The client: what the addon talks to.

    with Client("https://crm.example.com/sdata/slx", Credentials("lee", "…")) as crm:
        crm.who_am_i().pretty_name
        for page in crm.read("leads", where=eq("Status", "New"), select=["Email"]):
            for record in page.records:
                record.key, record["Email"]

Thread-safe. Calls block; errors are those of ``errors``. Kinds are named as in
addresses (``leads``, ``contacts``, ``accounts``, any other feed).
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from requests.adapters import BaseAdapter

from . import body, urls
from . import where as filters
from .batch import Batches, BatchItem, BatchResult
from .budget import Budget, Pace
from .door import Door, names_param
from .errors import UnreadableAnswer
from .feeds import feed_of, identity_of, record_of
from .groups import MEMBERS, AdHocMembers, GroupInfo, Groups
from .keyed import KeyedReader
from .login import Login
from .masking import Credentials
from .pages import Ask, Feed
from .paging import Pager
from .permissions import Inspector
from .reader import Reader
from .record import FieldInfo, Identity, Permissions, Picklist, Record
from .retry import Retry
from .schema import Discovery
from .selection import Selection
from .transport import Transport
from .writing import Writing

APPLICATION = ("Infor CRM Connector for Odoo", "19.0")
PAGE_SIZE = 100


class Client:
    """One login at one CRM.

    ===================  ==========================================================
    ``base_url``         ``…/sdata/slx``, or what people have (first candidate)
    ``verify``           check certificates; a path names an authority of one's own
    ``timeout``          seconds until an answer must be complete (one number)
    ``parallel``         calls under way at a time
    ``budget``           asked before each call, may be shared between clients; else one
                         of ``requests_per_minute``
    ``max_body``         bytes of an answer, decoded
    ``login``            what is known about it, where clients share that
    ``adapter``          replaces the network below (tests)
    ``retry``, ``sleep`` for tests
    ===================  ==========================================================

    After :class:`errors.LoginRefused` every further call raises the same without
    asking the server again: repeated wrong logins lock accounts.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        verify: bool | str = True,
        timeout: float = 60,
        parallel: int = 4,
        requests_per_minute: int = 600,
        application: tuple[str, str] = APPLICATION,
        allow_private: bool = False,
        allow_plain_http: bool = False,
        max_body: int = body.LARGEST,
        budget: Pace | None = None,
        adapter: BaseAdapter | None = None,
        login: Login | None = None,
        retry: Retry | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url = urls.candidates(base_url)[0]
        self.parallel = parallel
        self.transport = Transport(
            self.base_url,
            credentials,
            verify=verify,
            timeout=timeout,
            parallel=parallel,
            application=application,
            allow_private=allow_private,
            allow_plain_http=allow_plain_http,
            max_body=max_body,
            budget=budget or Budget(requests_per_minute),
            adapter=adapter,
        )
        self.door = Door(
            self.transport, self.base_url, retry=retry, sleep=sleep, login=login
        )
        self._discovery = Discovery(self.door)
        self._groups = Groups(self.door)
        self._writing = Writing(self.door)
        self._batches = Batches(self.door, parallel, self._writing.write)
        self._selection = Selection(self.door)
        self._readers: weakref.WeakSet[Reader] = weakref.WeakSet()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        for reader in list(self._readers):
            reader.close()
        self._batches.close()
        self.transport.close()

    @property
    def request_count(self) -> int:
        """Requests sent so far, repeats included."""
        return self.transport.request_count

    @property
    def server_clock_skew(self) -> float | None:
        """Seconds the CRM's clock is ahead of ours; None before the first answer."""
        return self.transport.skew.seconds

    # --- reading ------------------------------------------------------------------

    def who_am_i(self) -> Identity:
        """The login, its roles, and the generation of the server.

        ``securedActions`` came with generation 8 (docs/sdata.md 2.4).
        """
        return identity_of(self.door.json(self.door.who_call()))

    def count(self, kind: str, where: str | None = None) -> int:
        """Rows that match, as the server counts them."""
        params = [("select", "Id"), ("count", "1"), *_where_param(where)]
        call = self.door.get(urls.kind_path(kind), params, kind=kind)
        feed = feed_of(self.door.json(call))
        if feed.total is None:
            raise UnreadableAnswer(reason="no total", kind=kind)
        return feed.total

    def get(
        self,
        kind: str,
        key: str,
        select: Sequence[str] = (),
        include: Sequence[str] = (),
    ) -> Record:
        """One record; :class:`errors.NotFound` also when it is hidden from us."""
        path = urls.kind_path(kind) + urls.selector(key)
        data = self._selection.read(kind, key, path, [], select, include)
        return record_of(data, kind, key)

    def read(
        self,
        kind: str,
        *,
        where: str | None = None,
        select: Sequence[str] = (),
        include: Sequence[str] = (),
        after: str | None = None,
        upto: str | None = None,
        page_size: int = PAGE_SIZE,
        read_ahead: int = 2,
        cross_check: bool = True,
    ) -> Reader:
        """All records that match, in pages ordered by key; see :class:`Reader`.

        ``after`` resumes behind a key, ``upto`` stops with one: a large read may be
        split into ranges of keys. Without ``cross_check`` the count that is asked
        first is left out: one request less, for small reads that overlap anyway.
        """
        path = urls.kind_path(kind)

        def fetch(ask: Ask) -> Feed:
            clauses = [where]
            params = [("count", str(ask.count))]
            if ask.start is None:
                params.append(("orderby", "Id"))
                clauses.append(filters.gt_key(ask.after) if ask.after else None)
                clauses.append(filters.le_key(ask.upto) if ask.upto else None)
            else:
                params.append(("startIndex", str(ask.start)))
            params += _where_param(filters.and_(*clauses))
            return feed_of(
                self._selection.read(kind, "", path, params, select, include)
            )

        reader = Reader(Pager(after, upto, page_size, cross_check), fetch, read_ahead)
        self._readers.add(reader)
        return reader

    def read_keys(
        self,
        kind: str,
        keys: Iterable[str],
        select: Sequence[str] = (),
        include: Sequence[str] = (),
    ) -> Iterator[Record]:
        """The records with these keys that the login can see, in lists of keys short
        enough for any server. Those that are gone or hidden are simply not there."""
        for clause in filters.in_chunks("Id", dict.fromkeys(keys)):
            size = filters.KEYS_PER_LIST
            with self.read(
                kind,
                where=clause,
                select=select,
                include=include,
                page_size=size + 1,
                read_ahead=0,
                cross_check=False,
            ) as pages:
                for page in pages:
                    yield from page.records

    def read_members(
        self,
        kind: str,
        keys: Sequence[str],
        select: Sequence[str] = (),
        size: int = filters.KEYS_PER_LIST,
    ) -> KeyedReader:
        """The records with these keys in pages that follow the order of ``keys`` and
        name those that are gone or hidden; see :class:`KeyedReader`."""

        def read(clause: str, count: int) -> Reader:
            return self.read(
                kind,
                where=clause,
                select=select,
                page_size=count + 1,
                read_ahead=0,
                cross_check=False,
            )

        return KeyedReader(keys, read, size)

    # --- groups -------------------------------------------------------------------

    def groups(self, family: str) -> tuple[GroupInfo, ...]:
        """The groups of a family (``Lead``, ``Contact``) that this login may see;
        :class:`errors.KindNotFound` where the server has no groups over SData."""
        return self._groups.of_family(family)

    def group_count(self, group: GroupInfo) -> int | None:
        """How many members the group shows this login; None when not counted."""
        return self._groups.count(group)

    def group_members(
        self, group: GroupInfo, after: str | None = None, page_size: int = MEMBERS
    ) -> Reader | AdHocMembers:
        """Pages of records that hold nothing but their key.

        A query group is read by key and resumes behind ``after``. An ad hoc group
        comes whole, with the keys of members that were deleted since;
        :class:`errors.NotFound` when the group is gone or hidden.
        """
        if group.ad_hoc:
            return self._groups.members(group, page_size)
        reader = self._groups.rows(group, after, page_size)
        self._readers.add(reader)
        return reader

    def fields(self, kind: str) -> list[FieldInfo]:
        """Standard and custom fields, best source first; see ``schema``."""
        return self._discovery.fields(kind)

    def picklist(self, name: str) -> Picklist:
        """Its items in the administrator's order; NotFound when there is no such
        list."""
        return self._discovery.picklist(name)

    def permissions(self, kind: str, identity: Identity | None = None) -> Permissions:
        """What the login may do with a kind; no test record is ever written."""
        return Inspector(self.door).permissions(kind, identity or self.who_am_i())

    # --- writing ------------------------------------------------------------------

    def create(
        self, kind: str, values: Mapping[str, Any], select: Sequence[str] = ()
    ) -> Record:
        """A new record with values of the wire (``codec.encode``).

        Sent once: when the answer is lost the error has ``maybe_done`` and the
        caller must look for the record before it tries again.
        """
        params = names_param("select", select)
        return self._writing.write("POST", kind, "", values, None, params)

    def update(
        self,
        kind: str,
        key: str,
        values: Mapping[str, Any],
        etag: str | None = None,
    ) -> Record:
        """Changes the given properties, None clears, others stay (docs/sdata.md 5.3).

        Repeated on passing faults: writing the same values twice is harmless. With
        ``etag`` only if nobody changed the record since.
        """
        return self._writing.write("PUT", kind, key, values, etag)

    def batch(self, kind: str, items: Sequence[BatchItem]) -> list[BatchResult]:
        """Many writes of one kind; one result per item, in their order.

        Never raises once it sent something: failures are in the results. Where the
        server refuses batches, single calls go in parallel.
        """
        return self._batches.run(kind, items)


def _where_param(where: str | None) -> list[tuple[str, str]]:
    return [("where", where)] if where else []
