"""Errors and facts → sentences for people: what is the matter, and what to do.

The client library raises facts; this is the edge where they become words, in the
reader's language. The words themselves are in ``sentences``.
"""

from ..lib.sdata import errors
from .sentences import BY_ERROR, BY_STAGE, GOOD, KINDS, RESERVATIONS, STAGES, STOPS

__all__ = ["RESERVATIONS", "STAGES", "STOPS"]

# Signs that nothing gets through, whatever is asked. Whether that is so, a probe tells.
BROKEN_CONNECTION = (
    errors.Unreachable,
    errors.UntrustedCertificate,
    errors.NotSData,
    errors.RedirectRefused,
    errors.PlainHttpRefused,
    errors.PrivateAddressRefused,
    errors.ServerFault,
    errors.UnreadableAnswer,
)


class _Facts(dict):
    """Facts a sentence asks for may be unknown: a gap beats a crash."""

    def __missing__(self, key):
        return "…"


def advice_for(facts, stage=""):
    """The most telling advice for the facts of an error, by its class or a parent's."""
    name = facts.get("error") or "SDataError"
    if name == "PrivateAddressRefused" and facts.get("can_allow") is False:
        name = "ForbiddenAddress"
    kind = getattr(errors, name, None)
    names = [link.__name__ for link in kind.__mro__] if kind else [name]
    if found := BY_STAGE.get((stage, name)):
        return found
    general = (BY_ERROR[known] for known in names if known in BY_ERROR)
    return next(general, BY_ERROR["SDataError"])


def state_of(stage, ok, facts):
    """``failed``, ``good``, ``warning``, or ``note`` (what cannot be told)."""
    if not ok:
        return "failed"
    found = reservation_of(stage, facts)
    return ("note" if found.endswith("_unknown") else "warning") if found else "good"


def reservation_of(stage, facts):
    """Which of RESERVATIONS a stage that went well calls for; "" for none."""
    if stage == "tls" and not facts.get("encrypted"):
        return "" if facts.get("loopback") else "tls_plain"
    if stage == "tls":
        return "" if facts.get("verified") else "tls_unverified"
    if stage == "metadata":
        return "" if facts.get("source") == "properties" else "metadata"
    if stage == "write":
        return {"yes": "", "no": "write"}.get(facts.get("may_write"), "write_unknown")
    if stage == "owners":
        return {True: "", False: "owners"}.get(facts.get("sees_all"), "owners_unknown")
    return ""


def good_words(stage, facts):
    plain = stage == "tls" and not facts.get("encrypted")
    return GOOD["tls_loopback" if plain else stage]


def worded(env, facts):
    """Facts with names of kinds and owners in the reader's words."""
    words = dict(facts)
    kind = facts.get("kind")
    if kind in KINDS:
        words["kind"] = env._(KINDS[kind])
    refused = [
        env._(KINDS[name])
        for name, may in (facts.get("permissions") or {}).items()
        if name in KINDS and "no" in (may.get("create"), may.get("update"))
    ]
    words["refused_words"] = ", ".join(refused)
    words["unseen_words"] = ", ".join((facts.get("unseen") or [])[:5])
    return words


def spoken(env, text, facts):
    """A lazy text in the reader's language, with the facts put in."""
    translated = env._(text)
    return translated % _Facts(worded(env, facts))


def sentence(env, facts, stage=""):
    """Cause and remedy in one line, for alerts, toasts and reports."""
    advice = advice_for(facts, stage)
    return f"{spoken(env, advice.cause, facts)} {spoken(env, advice.remedy, facts)}"


def stop_sentence(env, reason):
    return env._(STOPS[reason])
