"""Records of the CRM by key and by e-mail address; in threads, without database."""

from dataclasses import dataclass, field

from ..const import RESOURCES
from ..lib.sdata import where
from ..lib.sdata.errors import BadRequest, ServerFault
from ..lib.sync import Candidate, Incoming
from .import_values import usable_address

# Feeds come back empty or cut now and then (docs/sdata.md 4.7): nobody is created
# before so many further questions under the claim agreed that there is no such record.
DOUBTS = 2
ADDRESS_FIELD = "Email"
# Rows of one page: several records may have one address.
PAGE = 500


@dataclass(frozen=True)
class Seen:
    """A record as it came, and in Odoo's terms."""

    kind: str
    record: object
    incoming: Incoming
    address: str

    @property
    def place(self):
        return self.kind, self.incoming.key

    @property
    def candidate(self):
        incoming = self.incoming
        return Candidate(
            self.kind,
            incoming.key,
            self.address,
            incoming.modified,
            incoming.created,
            incoming.label,
            str(self.record.get("Company") or self.record.get("AccountName") or ""),
        )


CUT = ValueError("Infor CRM announced more records than it gave.")


@dataclass
class Read:
    """``seen``: {(kind, key): Seen}. ``missing``: keys without a record this login can
    see, by kind. ``unreadable``: {(kind, key): error}."""

    seen: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    unreadable: dict = field(default_factory=dict)


def read_by_key(client, readers, keys_of, size):
    """:class:`Read` for {kind: keys}."""
    found = Read()
    for kind, keys in keys_of.items():
        reader = readers[kind]
        pages = client.read_members(RESOURCES[kind], keys, reader.select, size)
        with pages:
            for page in pages:
                _take_page(found, kind, reader, page)
                if not pages.complete:
                    # what is not there proves nothing
                    cut = dict.fromkeys(((kind, key) for key in page.missing), CUT)
                    found.unreadable |= cut
    return found


def _take_page(found, kind, reader, page):
    read = reader.read_page(page)
    records = {record.key: record for record in page.records}
    for incoming in read.records:
        found.seen[kind, incoming.key] = _seen(kind, records[incoming.key], incoming)
    found.unreadable |= {(kind, key): e for key, e in read.unreadable.items()}
    found.missing.setdefault(kind, []).extend(page.missing)


def read_by_address(client, kind, reader, addresses, around=False):
    """[Seen] with one of these normalised addresses, compared as we normalise them.

    ``around``: also where something else is written around the address, like a name;
    the CRM reads all its addresses for that.
    """
    wanted = set(addresses)
    found = {}
    for clause in _clauses(sorted(addresses), around):
        try:
            records = _read_all(client, kind, reader, clause)
        except BadRequest:
            continue
        except ServerFault:
            if not around:
                raise
            around = False
            continue
        for record in records:
            address = usable_address(record.get(ADDRESS_FIELD))
            if address in wanted and record.key:
                incoming = reader.read_record(record)
                found[record.key] = Seen(kind, record, incoming, address)
        return list(found.values())
    raise BadRequest(reason="no filter by address", kind=RESOURCES[kind])


def _clauses(addresses, around):
    """The best first. Databases may tell letters' cases apart, and people type blanks,
    or a name before the address; plain equality is what every server understands."""
    if around:
        # "_" fits any letter, which finds too many rather than too few
        patterns = [f"%{address}%" for address in addresses if "[" not in address]
        yield where.like_one_of("lower(%s)", ADDRESS_FIELD, patterns or addresses)
    yield where.one_of("lower(trim(%s))", ADDRESS_FIELD, addresses)
    yield where.one_of("lower(%s)", ADDRESS_FIELD, addresses)
    yield where.in_(ADDRESS_FIELD, addresses)


def _read_all(client, kind, reader, clause):
    with client.read(
        RESOURCES[kind],
        where=clause,
        select=reader.select,
        page_size=PAGE,
        read_ahead=0,
        cross_check=False,
    ) as pages:
        return [record for page in pages for record in page.records]


def _seen(kind, record, incoming):
    return Seen(kind, record, incoming, usable_address(record.get(ADDRESS_FIELD)) or "")
