"""Namespaces and elements of SData in Atom (docs/sdata.md 3.4)."""

from __future__ import annotations

import re

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
SDATA = "http://schemas.sage.com/sdata/2008/1"
HTTP = "http://schemas.sage.com/sdata/http/2008/1"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
SME = "http://schemas.sage.com/sdata/sme/2007"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XS = "http://www.w3.org/2001/XMLSchema"

#: Namespaces of payloads by contract.
PAYLOADS = {
    "dynamic": "http://schemas.sage.com/dynamic/2007",
    "system": "http://schemas.sage.com/slx/system/2010",
}

NIL = f"{{{XSI}}}nil"

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NO_XML.sub("", text)


def add(parent: etree._Element, namespace: str, name: str, text: object = None):
    """A new child; None leaves it empty."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}")
    if text is not None:
        child.text = clean(str(text))
    return child


def serialized(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
