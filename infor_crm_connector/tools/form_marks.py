"""Forms in the markup of a website: what an editor set up, and the seal visitors get.

An editor's options stand as ``data-infor-crm-*`` on the form (in the page, on the
server). Visitors get none of them, only a seal (tools/form_seal.py) that says which
form of which page this is; everything else is read from the page when they send it.
"""

from dataclasses import dataclass, field

from lxml import etree

PREFIX = "data-infor-crm-"
PUSH = f"{PREFIX}push"  # id of the form; there: submissions are pushed
CONSENT = f"{PREFIX}consent"  # on a field: its checkbox is a consent
SEAL = "infor_crm_seal"  # name of the input visitors send
SEAL_ATTRIBUTE = f"{PREFIX}seal"  # where there is no form to put an input in
OPTIONS = ("connector", "source", "owner", "note", "policy")
MANY = 100  # fields of one form
LONG = 200  # characters of a name or label
TEXT = 1000  # characters of what somebody consents to

_INPUTS = ("input", "select", "textarea")
_OURS = frozenset({SEAL, "website_form_signature", "csrf_token", "context"})
_NO_VALUES = frozenset({"hidden", "submit", "button", "image", "reset", "password"})


@dataclass(frozen=True)
class FormField:
    """``choices``: {value: text} where one chooses. ``consent``: the text that a
    checkbox consents to, "" for an ordinary field."""

    name: str
    label: str
    type: str = "text"
    choices: dict = field(default_factory=dict)
    consent: str = ""
    file: bool = False


@dataclass(frozen=True)
class FormMarks:
    """A form with the option on. ``list_id`` and ``text``: of a newsletter's box."""

    id: str
    model: str
    options: dict
    fields: tuple = ()
    list_id: int | None = None
    text: str = ""


def forms(root):
    """The forms and newsletter boxes below an element for which the option is on."""
    for element in root.iter("form", "div", "section"):
        if element.get(PUSH) and (_is_form(element) or _is_newsletter(element)):
            yield element


def model_of(element):
    """ "" for a newsletter box, which no model of the form builder stands for."""
    return element.get("data-model_name") or "" if _is_form(element) else ""


def seal(element, text):
    """Put the seal in, in place of whatever was there."""
    if _is_newsletter(element):
        element.set(SEAL_ATTRIBUTE, text)
        return
    for old in element.xpath(f".//input[@name='{SEAL}']"):
        old.getparent().remove(old)
    attributes = {"type": "hidden", "name": SEAL, "value": text}
    attributes["class"] = "s_website_form_input s_website_form_custom"
    element.append(etree.Element("input", attributes))


def hide_options(root):
    """Nothing of an editor's choices is a visitor's business."""
    for element in root.iter(etree.Element):
        for name in [n for n in element.attrib if n.startswith(PREFIX)]:
            if name != SEAL_ATTRIBUTE:
                del element.attrib[name]


def read(root, form_id, model):
    """:class:`FormMarks` of the form with an id, None when it is not there (any more).

    A block that was copied past the builder has its twin's id; the first one counts.
    """
    for element in forms(root):
        if element.get(PUSH) == form_id and model_of(element) == model:
            return _marks(element, form_id, model)
    return None


def _marks(element, form_id, model):
    options = {n: (element.get(PREFIX + n) or "").strip() for n in OPTIONS}
    if _is_form(element):
        return FormMarks(form_id, model, options, tuple(_fields(element)))
    return FormMarks(
        form_id, model, options, (), _list_id(element), _text(_block(element))[:TEXT]
    )


def _is_form(element):
    return element.tag == "form" and "/website/form" in (element.get("action") or "")


def _is_newsletter(element):
    return element.tag != "form" and has_class(element, "js_subscribe")


def has_class(element, name):
    return name in (element.get("class") or "").split()


def _list_id(element):
    """As the newsletter's own script finds it."""
    for outer in element.iterancestors("section"):
        if outer.get("data-list-id"):
            return _number(outer.get("data-list-id"))
    return _number(element.get("data-list-id"))


def _number(text):
    return int(text) if (text or "").isdecimal() else None


def _block(element):
    """What one reads when one subscribes: the block around it."""
    return next(element.iterancestors("section"), element)


# --- fields ---------------------------------------------------------------------------


def _fields(form):
    found = {}
    for element in form.iter(*_INPUTS):
        name = element.get("name")
        kind = (element.get("type") or element.tag).lower()
        if not name or name in _OURS or kind in _NO_VALUES or len(found) >= MANY:
            continue
        frame = _frame(element, form)
        if name in found:
            found[name].choices.update(_choices(element, kind, form))
        else:
            found[name] = FormField(
                name[:LONG],
                (_label(frame) or name)[:LONG],
                (frame.get("data-type") if frame is not None else "") or kind,
                _choices(element, kind, form),
                _consent(frame, kind),
                kind == "file",
            )
    return found.values()


def _frame(element, form):
    """The field's own block."""
    for outer in element.iterancestors():
        if outer is form:
            return None
        if has_class(outer, "s_website_form_field"):
            return outer
    return None


def _label(frame):
    if frame is None:
        return ""
    for element in frame.iter():
        if has_class(element, "s_website_form_label_content"):
            return _text(element)
    return ""


def _consent(frame, kind):
    """What one agrees to: the label and what is explained below it."""
    if frame is None or kind != "checkbox" or not frame.get(CONSENT):
        return ""
    explained = [
        _text(element)
        for element in frame.iter()
        if has_class(element, "s_website_form_field_description")
    ]
    return "\n".join(filter(None, [_label(frame), *explained]))[:TEXT]


def _choices(element, kind, form):
    if kind == "select":
        return {
            option.get("value") or _text(option): _text(option)
            for option in element.iter("option")
            if option.get("value") or _text(option)
        }
    if kind in ("radio", "checkbox") and element.get("value"):
        own = element.get("id")
        labels = form.xpath(".//label[@for=$own]", own=own) if own else []
        # one box alone has the field's label, which says nothing of its value
        text = _text(labels[-1]) if len(labels) == 1 else ""
        return {element.get("value"): text or element.get("value")}
    return {}


def _text(element):
    return " ".join(" ".join(element.itertext()).split())


def parse(html):
    """The root of a text of HTML, None when there is nothing in it."""
    if not (html or "").strip():
        return None
    return etree.fromstring(f"<body>{html}</body>", etree.HTMLParser())
