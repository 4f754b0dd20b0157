"""Feeds and entries as Atom (docs/sdata.md 3.4)."""

from __future__ import annotations

import time
from collections.abc import Mapping

from lxml import etree

from ..resources import CollectionStub, Entry, Feed, ReferenceStub, Scalar
from .atom_payload import parse_entry, parse_feed
from .diagnoses import append_xml, as_objects
from .json_plan import LazyEntry
from .scalars import NO_MOMENT, atom_date
from .xml_text import (
    ATOM,
    HTTP,
    NIL,
    OPENSEARCH,
    PAYLOADS,
    SDATA,
    XSI,
    add,
    clean,
    serialized,
)

__all__ = [
    "ENTRY_TYPE",
    "FEED_TYPE",
    "parse_entry",
    "parse_feed",
    "render_entry",
    "render_feed",
]

FEED_TYPE = "application/atom+xml; type=feed; charset=utf-8"
ENTRY_TYPE = "application/atom+xml; type=entry; charset=utf-8"

_LINK_TYPE = "application/atom+xml; type={}"
_BASE = {None: ATOM, "sdata": SDATA, "http": HTTP, "xsi": XSI}


def render_feed(feed: Feed, compact: bool = False) -> bytes:
    """A feed. Atom has no compact form: `compact` changes nothing."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={**_BASE, "opensearch": OPENSEARCH})
    add(root, ATOM, "id", feed.url)
    add(root, ATOM, "title", feed.descriptor)
    add(root, ATOM, "updated", atom_date(_or_now(feed.updated)))
    add(add(root, ATOM, "author"), ATOM, "name", "slx")
    _add_links(root, feed)
    for name, count in (
        ("totalResults", feed.total_results),
        ("startIndex", feed.start_index),
        ("itemsPerPage", feed.items_per_page),
    ):
        if count is not None:
            add(root, OPENSEARCH, name, count)
    for item in feed.entries:
        entry = item.entry() if isinstance(item, LazyEntry) else item
        _fill_entry(add(root, ATOM, "entry"), entry)
    return serialized(root)


def render_entry(entry: Entry, compact: bool = False) -> bytes:
    """A single resource as a document of its own."""
    root = etree.Element(f"{{{ATOM}}}entry", nsmap=_BASE)
    _fill_entry(root, entry)
    return serialized(root)


def _or_now(moment: int | None) -> int:
    return int(time.time()) * 1000 if moment is None else moment


def _add_links(root: etree._Element, feed: Feed) -> None:
    links = {
        "self": feed.url,
        "first": feed.first,
        "previous": feed.previous,
        "next": feed.next,
        "last": feed.last,
    }
    for relation, url in links.items():
        if url:
            _add_link(root, relation, url, "feed")


def _add_link(parent: etree._Element, relation: str, url: str, kind: str) -> None:
    link = add(parent, ATOM, "link")
    link.set("rel", relation)
    link.set("type", _LINK_TYPE.format(kind))
    link.set("href", clean(url))


def _fill_entry(root: etree._Element, entry: Entry) -> None:
    add(root, ATOM, "id", entry.url)
    add(root, ATOM, "title", entry.descriptor or "")
    add(root, ATOM, "updated", atom_date(_or_now(entry.updated)))
    add(add(root, ATOM, "author"), ATOM, "name", "slx")
    if entry.url:
        _add_link(root, "self", entry.url, "entry")
    _add_http(root, entry)
    for members in as_objects(entry.diagnoses):
        append_xml(root, members)
    payload = add(root, SDATA, "payload")
    _add_resource(payload, entry.element, entry, PAYLOADS[entry.namespace])


def _add_http(root: etree._Element, entry: Entry) -> None:
    """What HTTP says about the entry, one by one in a batch."""
    members: Mapping[str, object] = {
        "etag": entry.etag,
        "httpMethod": entry.http_method,
        "httpStatus": entry.http_status,
        "httpMessage": entry.http_message,
        "location": entry.location,
    }
    for name, value in members.items():
        if value not in (None, ""):
            add(root, HTTP, name, value)


def _add_resource(
    parent: etree._Element, name: str, entry: Entry, namespace: str
) -> None:
    prefix = {"slx": namespace}
    element = etree.SubElement(parent, f"{{{namespace}}}{name}", nsmap=prefix)
    _set_system(element, entry.key, entry.url, entry.lookup)
    for value_name, value in entry.values.items():
        kind = entry.type_of(value_name)
        if value is None and kind == "datetime" and not entry.key:
            value, kind = NO_MOMENT, "string"
        _add_value(element, namespace, value_name, value, kind)
    for related_name, related in (
        *entry.references.items(),
        *entry.collections.items(),
    ):
        _add_related(element, related_name, related, namespace)
    for extra_name, value in entry.extra.items():
        if not extra_name.startswith("$"):
            _add_plain(element, namespace, extra_name, value)


def _set_system(element: etree._Element, key: str, url: str, lookup: str) -> None:
    for name, value in (("key", key), ("uri", url), ("lookup", lookup)):
        if value:
            element.set(f"{{{SDATA}}}{name}", clean(value))


def _add_value(
    parent: etree._Element, namespace: str, name: str, value: Scalar, kind: str
) -> None:
    child = add(parent, namespace, name)
    if value is None:
        child.set(NIL, "true")
    elif kind == "datetime" and isinstance(value, (int, float)):
        child.text = atom_date(int(value))
    elif kind == "boolean" or isinstance(value, bool):
        child.text = "true" if value else "false"
    else:
        child.text = clean(str(value))


def _add_related(
    parent: etree._Element, name: str, related: object, namespace: str
) -> None:
    if isinstance(related, Entry):
        _add_resource(parent, name, related, namespace)
        return
    element = add(parent, namespace, name)
    if isinstance(related, ReferenceStub):
        _set_system(element, related.key, related.url, related.lookup)
    elif isinstance(related, CollectionStub):
        _set_system(element, "", related.url, "")
    elif isinstance(related, Feed):
        _set_system(element, "", related.url, "")
        for entry in related.entries:
            _add_resource(element, entry.element, entry, namespace)
    else:
        element.set(NIL, "true")


def _add_plain(
    parent: etree._Element, namespace: str, name: str, value: object
) -> None:
    """A member that JSON shows as it is: arrays repeat a child in the singular."""
    if isinstance(value, (list, tuple)):
        holder = add(parent, namespace, name)
        singular = name.removesuffix("s")
        for item in value:
            _add_plain(holder, namespace, singular, item)
    elif isinstance(value, Mapping):
        holder = add(parent, namespace, name)
        for key, item in value.items():
            if not str(key).startswith("$"):
                _add_plain(holder, namespace, str(key), item)
    else:
        _add_value(parent, namespace, name, value, "string")
