"""Faults as recorded from a real server (docs/sdata.md 5.6).

JSON has an array at the top. XML has a list of ``sdata:diagnosis``, its severity in
small letters and its empty members as nil or as empty elements.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from ..resources import Diagnosis
from .json_text import dumps, encoded
from .xml_text import NIL, SDATA, XSI, add, serialized


def as_objects(diagnoses: Iterable[Diagnosis]) -> list[dict[str, object]]:
    """The members of each fault under their names on the wire, in recorded order."""
    return [
        {
            "severity": fault.severity,
            "sdataCode": fault.sdata_code,
            "applicationCode": fault.application_code,
            "message": fault.message,
            "stackTrace": fault.stack_trace,
            "payloadPath": fault.payload_path,
        }
        for fault in diagnoses
    ]


def render_json(diagnoses: Iterable[Diagnosis]) -> bytes:
    return encoded(dumps(as_objects(diagnoses)))


def render_xml(diagnoses: Iterable[Diagnosis]) -> bytes:
    root = etree.Element(f"{{{SDATA}}}diagnoses", nsmap={"sdata": SDATA, "xsi": XSI})
    for members in as_objects(diagnoses):
        append_xml(root, members)
    return serialized(root)


def append_xml(parent: etree._Element, members: dict[str, object]) -> None:
    """One ``sdata:diagnosis`` below `parent`."""
    fault = add(parent, SDATA, "diagnosis")
    for name, value in members.items():
        if name == "severity":
            value = str(value).lower()
        child = add(fault, SDATA, name, value or None)
        if value is None:
            child.set(NIL, "true")
