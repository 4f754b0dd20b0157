"""A mail as it was sent → a page that shows it and can do nothing.

Taken out: what would count an opening or a click, what could unsubscribe or act as the
person who got the mail, and everything active (scripts, forms, frames). Texts, images
and ordinary links stay. No Odoo in here.
"""

import re
from urllib.parse import parse_qsl, urlsplit

from lxml import etree, html


def _words(text):
    return frozenset(text.split())


_DROPPED = _words(
    "script noscript iframe frame frameset object embed applet base link meta svg math "
    "template audio video source track input button select textarea option dialog "
    "portal"
)
_UNWRAPPED = ("form", "fieldset")
_ADDRESSES = _words("href src background poster cite longdesc xlink:href data")
_FORBIDDEN = _words(
    "srcdoc srcset ping formaction action http-equiv integrity nonce autofocus "
    "contenteditable"
)
_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", ""})
_PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp|bmp);", re.IGNORECASE)
_SHORT = re.compile(r"/r/([^/?#]+)")
_COUNTS = re.compile(r"/mail/track/")
# Odoo's own pages that act for whoever was mailed
_ACTS = re.compile(
    r"/(mailing|mail|mass_mailing|unsubscribe_from_list|view|unfollow)(/|$)"
)
_FILES = re.compile(r"/web/(image|content|assets)(/|$)")
_KEYS = frozenset({"hash_token", "token", "access_token", "signup_token"})
_IN_TEXT = re.compile(r"(hash_token)=[\w%.-]+")
_BAD_STYLE = re.compile(
    r"(?i)javascript:|expression\s*\(|-moz-binding|behavior\s*:|@import|/mail/track/"
    r"|hash_token"
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# XML, and so lxml, knows no such characters
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def short_codes(body, hosts):
    """Codes of the tracked links (``/r/<code>``) of our own hosts in a mail."""
    root = _parsed(body)
    if root is None:
        return set()
    links = (element.get("href", "") for element in root.iter("a", "area"))
    return {code for code in (_code_of(link, hosts) for link in links) if code}


def counting_hosts(body, trace_id):
    """Hosts of the links that count clicks of this very person."""
    root = _parsed(body)
    if root is None:
        return set()
    ends = f"/m/{trace_id}"
    found = set()
    for element in root.iter("a", "area"):
        try:
            parts = urlsplit(element.get("href", "").strip())
        except ValueError:
            continue
        if parts.netloc and _SHORT.match(parts.path) and parts.path.endswith(ends):
            found.add(parts.netloc.lower())
    return found


def cleaned(body, hosts, targets, title=""):
    """The page, as a whole HTML document; "" for a mail without text.

    ``hosts``: names (with port) of this Odoo, lower-cased. ``targets``: {code of a
    tracked link: where it leads}; a code that is not there leads nowhere any more.
    """
    root = _parsed(body)
    if root is None:
        return ""
    etree.strip_tags(root, *_UNWRAPPED)
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag.lower() in _DROPPED:
            _remove(element)
        else:
            _disarm(element, hosts, targets)
    _entitle(root, title)
    text = html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")
    return _IN_TEXT.sub(r"\1=", text)


def _parsed(body):
    text = _CONTROL.sub("", _DECLARATION.sub("", body or ""))
    try:
        return html.document_fromstring(text, parser=html.HTMLParser(huge_tree=True))
    except etree.ParserError:
        return None  # nothing but blanks or comments


def _entitle(root, title):
    head = root.find("head")
    if head is None:
        head = etree.Element("head")
        root.insert(0, head)
    if head.find("title") is None:
        etree.SubElement(head, "title").text = _CONTROL.sub("", title)


def _remove(element):
    """With its content, but not with the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)


def _disarm(element, hosts, targets):
    if element.tag.lower() == "style" and _BAD_STYLE.search(element.text or ""):
        element.text = _BAD_STYLE.sub("", element.text)
    for name, value in list(element.attrib.items()):
        plain = name.lower()
        styled = plain == "style" and _BAD_STYLE.search(value)
        if styled or plain.startswith("on") or plain in _FORBIDDEN:
            del element.attrib[name]
        elif plain in _ADDRESSES:
            _redirect(element, name, _harmless(value, plain, hosts, targets))
    if element.tag.lower() == "a" and element.get("href"):
        element.set("rel", "noopener noreferrer nofollow")


def _redirect(element, name, address):
    if address:
        element.set(name, address)
        return
    del element.attrib[name]
    if element.tag.lower() == "img" and name.lower() == "src":
        _remove(element)


def _harmless(value, attribute, hosts, targets):
    """The address to show; "" when it must not be there."""
    address = value.strip()
    if attribute != "href" and _PICTURE.match(address):
        return address
    if code := _code_of(address, hosts):
        address = targets.get(code) or ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme.lower() not in _SCHEMES:
        return ""
    return "" if _is_power(parts, hosts) else address


def _is_power(parts, hosts):
    """Does this address of ours count something, or act as the person mailed?"""
    if not _is_ours(parts, hosts):
        return False
    if _COUNTS.match(parts.path) or _ACTS.match(parts.path):
        return True
    keys = {name for name, _value in parse_qsl(parts.query)}
    return bool(keys & _KEYS) and not _FILES.match(parts.path)


def _is_ours(parts, hosts):
    if parts.scheme and parts.scheme.lower() not in ("http", "https"):
        return False
    return not parts.netloc or parts.netloc.lower() in hosts


def _code_of(address, hosts):
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    found = _SHORT.match(parts.path) if _is_ours(parts, hosts) else None
    return found and found[1]
