"""What stands in a note about a message that was sent (docs/sdata.md 8.5).

``facts`` are those of ``infor.crm.outbox._note_facts``; ``speaker`` any record whose
environment has the language to speak.
"""

from datetime import timezone

from odoo.tools import format_datetime

from ..lib.sdata import codec

# lengths of the columns of a note
REGARDING, SHORT, NAME, ACCOUNT = 64, 250, 64, 128
MEMO = "memo"


def texts(speaker, facts):
    """{property: value} of the words: regarding, short text and long text."""
    env = speaker.with_context(lang=facts["lang"], tz=facts["tz"]).env
    lines = _lines(env, facts)
    return {
        "Description": cut(_regarding(env, facts), REGARDING),
        "Notes": codec.encode(_short(env, facts, lines), MEMO),
        "LongNotes": codec.encode("\n".join(lines), MEMO),
    }


def person_values(kind, record):
    """Whose note it is. Names are copies that the client sends."""
    name = cut(record.descriptor or _last_first(record), NAME)
    if kind == "lead":
        company = record.get("Company")
        return {
            "LeadId": record.key,
            "LeadName": name,
            "AccountName": cut(company or "", ACCOUNT) or None,
        }
    return {
        "ContactId": record.key,
        "ContactName": name,
        "AccountId": codec.key(record.at("Account/$key", "")) or None,
        "AccountName": cut(record.get("AccountName") or "", ACCOUNT) or None,
    }


def moment_values(facts):
    moment = codec.encode(facts["sent"].replace(tzinfo=timezone.utc), "datetime")
    return {
        "StartDate": moment,
        "OriginalDate": moment,
        "CompletedDate": moment,
        "Duration": 0,
        "Timeless": False,
    }


def user_values(key, name):
    if not key:
        return {}
    return {"UserId": key, "UserName": cut(name or "", NAME), "CompletedUser": key}


def cut(text, length):
    """To a length, with a sign that there was more."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _regarding(env, facts):
    if facts.get("regarding"):
        return facts["regarding"]
    if facts.get("bounced"):
        return env._("Bounced: %s", facts["subject"])
    return env._("E-mail: %s", facts["subject"])


def _lines(env, facts):
    if "lines" in facts:
        return facts["lines"]
    said = [env._("E-mail sent from Odoo: %s", facts["subject"])]
    said.append(env._("Sent: %s", _at(env, facts["sent"])))
    if facts.get("address"):
        said.append(env._("To: %s", facts["address"]))
    if facts.get("bounced"):
        said.append(
            env._(
                "It bounced on %s: the message did not reach the person.",
                _at(env, facts["bounced"]),
            )
        )
    if facts.get("url"):
        said.append(env._("As it was sent: %s", facts["url"]))
    if facts.get("opened"):
        said.append(env._("Opened: %s", _at(env, facts["opened"])))
    if facts.get("clicked"):
        said.append(
            env._(
                "Links clicked: %(count)s, the last time %(when)s",
                count=facts.get("clicks") or 1,
                when=_at(env, facts["clicked"]),
            )
        )
    return said


def _short(env, facts, lines):
    """The beginning, or when that is too long, what matters: when and where."""
    if "lines" in facts:
        return cut(" · ".join(lines), SHORT)
    text = "\n".join(lines)
    if len(text) <= SHORT:
        return text
    rest = "\n".join(lines[1:4])
    room = SHORT - len(rest) - 1
    if room < 20:
        return text[:SHORT]
    return f"{cut(lines[0], room)}\n{rest}"


def _at(env, moment):
    return format_datetime(env, moment, dt_format="medium") + f" ({env.context['tz']})"


def _last_first(record):
    parts = (record.get("LastName"), record.get("FirstName"))
    return ", ".join(part for part in parts if part)
