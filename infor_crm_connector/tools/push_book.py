"""What became of the people of a page: rows for people, and counts that add up."""

from collections import Counter

from ..lib.sdata.errors import PreconditionFailed, RightsRefused
from ..lib.sync import blank

SHOWN = 200  # characters of a value in a sentence
STATUS_OF = {
    "no_email": "skipped",
    "same_address": "skipped",
    "gone": "skipped",
    "not_added": "skipped",
    "incomplete": "skipped",
    "given_up": "failed",
    "ask": "waiting",
    "held": "waiting",
    "no_answer": "waiting",
}


class PushBook:
    """``selected``: how many people this page counts; 0 when they were counted before
    and waited. ``settled``: how many of them do not wait any more."""

    def __init__(self, work):
        self._work = work
        self._env = work.env
        self._counts = Counter()
        self._more = Counter()
        self._rows = []

    @property
    def rows(self):
        return self._rows

    def counts(self, selected, settled=0):
        """Additions to the run's counters; nobody twice."""
        if sum(self._counts.values()) > selected + settled:
            raise ValueError(f"{self._counts} of {selected} people")
        found = Counter({f"push_{name}": n for name, n in self._counts.items()})
        found["push_selected"] = selected
        found["push_waiting"] -= settled
        found.update(self._more)
        return dict(found)

    def more(self, counts):
        """Counters that are no outcome of the push."""
        self._more.update(counts)

    # --- linked people --------------------------------------------------------------

    def change(self, change):
        """What became of a linked person whose record was written in Odoo."""
        notes = self._notes(change)
        if change.failed:
            self._counts["failed"] += 1
            self._failed(change, change.result.error, notes)
        elif change.result is not None:
            self._counts["updated"] += 1
            sent = self._sent_lines(change)
            lost = self._lost_lines(change)
            reason = "overwritten" if lost else "pushed"
            self._of_change(change, "updated", reason, [*sent, *lost, *notes])
        elif change.merged.to_infor:
            self._counts["skipped"] += 1
            self._of_change(change, "skipped", "left_out", notes)
        elif notes:
            self._of_change(change, "conflict", "cleared", notes)

    def gone(self, change):
        """Not found; what became of it is found out next, and has a row of its own."""
        self._counts["skipped"] += 1
        words = self._env._("Not found in Infor CRM, so nothing was sent.")
        self._of_change(change, "skipped", "gone", [words])

    def unreadable(self, change, error):
        self._counts["failed"] += 1
        detail = str(error).strip()[:2000] or type(error).__name__
        self._of_change(change, "failed", "not_read", [detail])

    def _sent_lines(self, change):
        return [self._line(change, target) for target in change.sent]

    def _line(self, change, target):
        column = self._work.columns[change.kind].get(target)
        path = column.path if column else target
        return self._env._(
            "%(field)s: %(old)s → %(new)s",
            field=column.label if column else target,
            old=_shown(change.seen.record.at(path)),
            new=_shown(_at(change.wire, path)),
        )

    def _lost_lines(self, change):
        return [
            self._env._(
                "%(field)s was changed in Infor CRM, too; this was lost: %(value)s",
                field=self._label(change, lost.field),
                value=_shown(lost.value),
            )
            for lost in change.merged.lost_on("infor")
            if lost.field in change.sent
        ]

    def _notes(self, change):
        """What was left out, and what nobody decided about."""
        notes = list(change.problems.values())
        for cleared in change.merged.cleared if change.merged else ():
            words = (
                self._env._("%s is blank in Odoo; Infor CRM keeps its value.")
                if cleared.side == "odoo"
                else self._env._("%s is blank in Infor CRM; Odoo keeps its value.")
            )
            if self._pushes(change, cleared.field):
                notes.append(words % self._label(change, cleared.field))
        return notes

    @staticmethod
    def _pushes(change, target):
        return change.rules[target].push

    def _label(self, change, target):
        column = self._work.columns[change.kind].get(target)
        return column.label if column else target

    def _of_change(self, change, status, reason, lines, **more):
        self._row(
            kind=change.kind,
            key=change.key,
            name=change.seen.incoming.label if change.seen else "",
            status=status,
            reason=reason,
            detail="\n".join(lines),
            res_id=change.res_id,
            **more,
        )

    def _failed(self, change, error, notes):
        lines = [*self._sent_lines(change), *notes]
        words = self._words(error)
        self._of_change(
            change, "failed", _reason(error), [words, *lines], **_crm(error)
        )

    def _words(self, error):
        if isinstance(error, RightsRefused):
            return self._env._(
                "The login of the connector may not change this in Infor CRM: a matter "
                "of rights, not of the data."
            )
        if isinstance(error, PreconditionFailed):
            return self._env._(
                "Somebody changed the record in Infor CRM at the same moment. The next "
                "run looks again."
            )
        return self._env._("Infor CRM did not take it: %s", _message(error))

    # --- people who were not linked -------------------------------------------------

    def person(self, person):
        """By verdict; ``created`` and ``linked`` have their own methods."""
        status = STATUS_OF[person.verdict]
        self._counts[status] += 1
        detail = person.detail or self._why(person)
        self._of_person(person, status, person.verdict, [detail])

    def _why(self, person):
        if person.verdict == "same_address":
            words = self._env._("Same address as %(name)s: %(email)s")
            return words % {"name": person.other or "?", "email": person.address}
        return {
            "no_email": self._env._(
                "Without a usable e-mail address nobody can be matched."
            ),
            "gone": self._env._("The person was in Infor CRM and is gone from there."),
            "not_added": self._env._(
                "Infor CRM does not know the address; adding is off."
            ),
            "ask": self._env._(
                "Several records have the address; waits for a decision."
            ),
            "held": self._env._("Another run is creating this person."),
            "given_up": self._env._(
                "Sent several times and never answered; the next run looks again."
            ),
            "no_answer": self._env._(
                "Sent, but the answer was lost. It is looked for once Infor CRM cannot "
                "be working on it any more."
            ),
        }.get(person.verdict, "")

    def created(self, person, found_later=False):
        """Known from its link; a row only when there is something to say."""
        self._counts["created"] += 1
        notes = list(person.problems.values())
        if found_later:
            notes.append(
                self._env._("The answer had been lost; the lead was found later.")
            )
        if notes:
            key = person.result.key if person.result else person.chosen.incoming.key
            reason = "left_out" if person.problems else "found_later"
            self._of_person(person, "created", reason, notes, key=key)

    def linked(self, person):
        self._counts["linked"] += 1
        change = person.change
        lines = []
        if change.failed:
            lines = [self._words(change.result.error)]
        elif change.result is not None:
            lines = [*self._sent_lines(change), *self._lost_lines(change)]
        lines += self._notes(change)
        self._of_change(change, "updated", "linked", lines)
        self._rows[-1]["name"] = change.seen.incoming.label or person.name

    def not_created(self, person, error):
        self._counts["failed"] += 1
        lines = [self._words(error), *person.problems.values()]
        self._of_person(person, "failed", _reason(error), lines, **_crm(error))

    def _of_person(self, person, status, reason, lines, key="", **more):
        self._row(
            kind=person.kind,
            key=key,
            name=person.name,
            status=status,
            reason=reason,
            detail="\n".join(lines),
            res_id=person.id,
            **more,
        )

    def _row(self, **row):
        self._rows.append(
            {"direction": "to_infor", "odoo_model": self._work.model, **row}
        )


def _reason(error):
    if isinstance(error, RightsRefused):
        return "rights"
    return "changed_meanwhile" if isinstance(error, PreconditionFailed) else "refused"


def _crm(error):
    return {
        "crm_message": error.diagnosis or None,
        "crm_severity": "Error",
        "crm_code": error.sdata_code or (str(error.status) if error.status else None),
    }


def _message(error):
    return error.diagnosis or error.reason or type(error).__name__


def _at(wire, path):
    value = wire
    for step in path.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _shown(value):
    if blank(value):
        return "–"
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
