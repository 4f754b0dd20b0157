"""Groups of people that users of the CRM made (docs/sdata.md 8.12).

An *ad hoc* group is a list of keys, a *query group* a stored question. The CRM shows
a login its own groups and those released to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from . import codec, urls
from . import where as filters
from .door import Door
from .errors import BadRequest, ServerFault, UnreadableAnswer
from .feeds import feed_of, record_of
from .offsets import OffsetPager
from .pages import Ask, Feed, Notice, Page
from .paging import Pager
from .reader import Reader
from .record import Record

PATH = "system/-/groups"
#: How the errors of group calls name what was asked for.
KIND = "groups"
LISTED = 100
MEMBERS = 500
_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class GroupInfo:
    """One group. ``family`` is spelled as the server does, which varies.

    ``hidden``: kept out of the tabs of the CRM's own client. ``user_id``: its owner.
    """

    key: str
    name: str
    family: str
    ad_hoc: bool
    hidden: bool = False
    user_id: str = ""
    version: int = 0
    modified: datetime | None = None

    @property
    def key_column(self) -> str:
        """Alias of the members' key in the rows of the group."""
        return f"{self.family.strip().upper()}ID"


class Groups:
    """Lists groups, and who is in them."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def of_family(self, family: str) -> tuple[GroupInfo, ...]:
        """By name; of several releases of one group the newest."""
        clause = f"upper(family) eq {filters.quote(family.upper())}"
        try:
            rows = self._rows(clause)
        except (BadRequest, ServerFault):
            # not every server knows functions in filters
            rows = self._rows(None)
        found = [_group_of(row) for row in rows]
        same = [one for one in found if one.family.upper() == family.upper()]
        return tuple(sorted(_newest(same), key=lambda one: one.name.casefold()))

    def _rows(self, clause: str | None) -> list[Record]:
        """Read by position: nothing says that this contract can order by key."""

        def fetch(ask: Ask) -> Feed:
            start = ("startIndex", str(ask.start))
            params = [*_where(clause), start, ("count", str(ask.count))]
            return feed_of(self._door.json(self._door.get(PATH, params, kind=KIND)))

        with Reader(OffsetPager(LISTED), fetch, 0) as pages:
            return [row for page in pages for row in page.records]

    def rows(
        self,
        group: GroupInfo,
        after: str | None = None,
        page_size: int = MEMBERS,
        read_ahead: int = 0,
    ) -> Reader:
        """Pages of the keys that the group shows now: living and visible ones.

        ``$queries/execute`` pages by position, which loses rows; asking behind the
        last key instead, by its alias, is verified like any other read.
        """
        column = group.key_column

        def fetch(ask: Ask) -> Feed:
            params = [("select", column), ("count", str(ask.count))]
            clauses = []
            if ask.start is None:
                params.append(("orderBy", column))
                clauses.append(filters.gt_key(ask.after, column) if ask.after else None)
                clauses.append(filters.le_key(ask.upto, column) if ask.upto else None)
            else:
                params.append(("startIndex", str(ask.start)))
            params += _where(filters.and_(*clauses))
            return _keys_only(self._execute(group, params), column)

        return Reader(Pager(after, None, page_size), fetch, read_ahead)

    def count(self, group: GroupInfo) -> int | None:
        """How many members the group shows; None where that is not counted."""
        params = [("select", group.key_column), ("count", "1")]
        return self._execute(group, params).total

    def ids(self, group: GroupInfo) -> list[str] | None:
        """``adHocIds``: all members, also deleted and hidden ones, in any order.
        None where the server does not tell."""
        path = PATH + urls.selector(group.key)
        call = self._door.get(path, [("include", "adHocIds")], kind=KIND, key=group.key)
        found = record_of(self._door.json(call), KIND, group.key).get("adHocIds")
        if not isinstance(found, list):
            return None
        keys = [codec.key(one) for one in found if isinstance(one, (str, int))]
        return list(dict.fromkeys(key for key in keys if key))

    def members(self, group: GroupInfo, page_size: int = MEMBERS) -> AdHocMembers:
        """All members of an ad hoc group."""
        return AdHocMembers(
            lambda: self.ids(group),
            lambda: self.count(group),
            lambda: self.rows(group, page_size=page_size),
        )

    def _execute(self, group: GroupInfo, params: urls.Params) -> Feed:
        path = f"{PATH}{urls.selector(group.key)}/$queries/execute"
        call = self._door.get(path, params, kind=KIND, key=group.key)
        return feed_of(self._door.json(call))


class AdHocMembers(Iterator[Page]):
    """The keys of an ad hoc group as pages; a reader without a place to resume.

    The list is cross-checked with the number of rows the group shows: a server that
    cuts it is asked for the rows as well.
    """

    def __init__(
        self,
        ids: Callable[[], list[str] | None],
        count: Callable[[], int | None],
        rows: Callable[[], Reader],
    ) -> None:
        self._ids = ids
        self._count = count
        self._rows = rows
        self._notices: list[Notice] = []
        self._reader: Reader | None = None
        self._pages = self._read()
        self.expected: int | None = None
        self.seen = 0

    def __next__(self) -> Page:
        return next(self._pages)

    def __enter__(self) -> AdHocMembers:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()

    @property
    def notices(self) -> tuple[Notice, ...]:
        return (*self._notices, *(self._reader.notices if self._reader else ()))

    @property
    def complete(self) -> bool:
        return self._reader is None or self._reader.complete

    def _read(self) -> Iterator[Page]:
        listed = self._ids()
        shown = self._count()
        known = dict.fromkeys(listed or ())
        enough = listed is not None and len(known) >= (shown or 0)
        self.expected = max(len(known), shown or 0)
        if known:
            yield self._page(list(known), 1, last=enough)
        if enough:
            return
        if listed is not None:
            facts = {"expected": shown, "seen": len(known)}
            self._notices.append(Notice("missing", facts))
        self._reader = self._rows()
        for page in self._reader:
            fresh = [row.key for row in page.records if row.key not in known]
            if fresh:
                known.update(dict.fromkeys(fresh))
                yield self._page(fresh, page.number + 1, last=page.last)

    def _page(self, keys: list[str], number: int, last: bool) -> Page:
        self.seen += len(keys)
        records = tuple(Record({"$key": key}) for key in keys)
        return Page(records, max(keys), number, last)


def _where(clause: str | None) -> list[tuple[str, str]]:
    return [("where", clause)] if clause else []


def _keys_only(feed: Feed, column: str) -> Feed:
    """Rows of a group have no ``$key``: theirs is in a column of its own."""
    rows = [Record({"$key": row.get(column)}) for row in feed.rows]
    if any(not row.key for row in rows):
        raise UnreadableAnswer(reason=f"a row without {column}", kind=KIND)
    return Feed(rows, feed.total, feed.per_page, feed.more)


def _group_of(row: Record) -> GroupInfo:
    name = _text(row, "displayName") or _text(row, "name") or row.descriptor
    return GroupInfo(
        key=row.key or _text(row, "pluginId"),
        name=name or row.key,
        family=_text(row, "family"),
        ad_hoc=bool(_read(row, "isAdHoc", "boolean")),
        hidden=bool(_read(row, "isHidden", "boolean")),
        user_id=_text(row, "userId"),
        version=_read(row, "version", "integer") or 0,
        modified=_read(row, "modifyDate", "datetime"),
    )


def _newest(groups: list[GroupInfo]) -> list[GroupInfo]:
    """Releases share name and owner; the same name of another owner is a group of
    its own."""
    found: dict[tuple[str, str, bool], GroupInfo] = {}
    for one in sorted(groups, key=lambda one: (*_release(one), one.key)):
        found[one.name.casefold(), one.user_id.upper(), one.ad_hoc] = one
    return list(found.values())


def _release(group: GroupInfo) -> tuple[int, datetime]:
    return group.version, group.modified or _LONG_AGO


def _text(row: Record, name: str) -> str:
    return str(_read(row, name, "string") or "")


def _read(row: Record, name: str, type: str) -> Any:
    """A value that cannot be read says nothing."""
    try:
        return codec.decode(row.get(name), type)
    except ValueError:
        return None
