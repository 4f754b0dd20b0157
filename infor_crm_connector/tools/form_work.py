"""What the submissions of one connector become; decided without requests."""

import re
from dataclasses import dataclass, field

from odoo.tools import SQL

from ..lib.sync import blank, choose, plan_submission
from .export_values import Encoder
from .form_words import FormWords
from .import_values import Column, RecordReader, usable_address
from .odoo_fields import ADDRESS, FIRST, LAST, catalogue
from .people import person_addresses
from .places import load_places, simplify
from .submission import Submission, address_of

MODEL = "crm.lead"  # whose rows of Standard Field Names hold for forms
KINDS = ("contact", "lead")
TOGETHER = (ADDRESS, (FIRST, LAST))
_PHONES = frozenset({"phone", "mobile"})

_LINKS = """
    SELECT DISTINCT ON (people.address, b.id) people.address, b.kind, b.key,
           b.moves_values, b.id
      FROM (%s) people JOIN infor_crm_binding b ON b.id = people.binding
     WHERE people.address = ANY(%s)"""


@dataclass
class Entry:
    """A submission under way.

    ``links``: [(kind, key)] of records that people of this address are linked with, the
    best first. ``chosen``: the record it is for, a Seen. ``asked``: candidates somebody
    has to choose from later. ``wait``: seconds until it may be created. ``sent``:
    {target: value} of ``wire``. ``told``: the lines about what was changed.
    """

    task: object
    row: object
    submission: Submission
    address: str
    refused: bool = False
    links: list = field(default_factory=list)
    chosen: object = None
    asked: tuple = ()
    wait: float | None = None
    wire: dict = field(default_factory=dict)
    sent: dict = field(default_factory=dict)
    lines: list = field(default_factory=list)
    told: list = field(default_factory=list)
    refusal: str = ""
    result: object = None

    @property
    def kind(self):
        return self.chosen.kind if self.chosen else "lead"

    @property
    def key(self):
        return self.chosen.incoming.key if self.chosen else ""

    @property
    def opted_out(self):
        """By either side."""
        return self.refused or bool(self.chosen and self.chosen.incoming.opted_out)


class FormWork:
    """Mapping, columns and readers for one portion of submissions."""

    def __init__(self, env, connector):
        self.env = env
        self.connector = connector.sudo()
        user = connector._responsible()
        self._speaker = connector.with_context(
            lang=user.lang or "en_US", tz=user.tz or "UTC"
        ).env
        self._known = catalogue(env, MODEL)
        self._places = load_places(env)
        self.encoders = {kind: Encoder(env, connector, kind, MODEL) for kind in KINDS}
        columns = {kind: self._columns(kind) for kind in KINDS}
        self._comparable = {
            kind: set(columns[kind]) & set(self.encoders[kind].targets)
            for kind in KINDS
        }
        self.readers = {
            kind: RecordReader(list(columns[kind].values()), self._places)
            for kind in KINDS
        }
        self._labels = {
            simplify(odoo.label): target
            for target, odoo in self._known.items()
            if target in self._comparable["lead"]
        }
        labels = {target: odoo.label for target, odoo in self._known.items()}
        self.words = FormWords(self._speaker, labels)

    def _columns(self, kind):
        rows = self.env["infor.crm.field.mapping"]._rows_of(self.connector, kind, MODEL)
        found = {}
        for row in rows.filtered(lambda r: not r.suspended):
            odoo, crm = self._known.get(row.odoo_field), row.crm_field_id
            if odoo:
                choices = odoo.by_label if odoo.type == "selection" else frozenset()
                found[odoo.target] = Column(
                    odoo.target, crm.name, crm.label, crm.type, odoo.type, choices
                )
        return found

    # --- reading the rows -------------------------------------------------------------

    def entries(self, tasks):
        rows = self.env["infor.crm.outbox"].browse([task.id for task in tasks])
        made = [self._entry(task, row) for task, row in zip(tasks, rows, strict=True)]
        addresses = {entry.address for entry in made if entry.address}
        links = self._links(addresses) if addresses else {}
        blacklist = self.env["mail.blacklist"].sudo()
        refused = set(
            blacklist.search([("email", "in", list(addresses))]).mapped("email")
        )
        for entry in made:
            entry.links = links.get(entry.address, [])
            entry.refused = entry.address in refused
        return made

    def _entry(self, task, row):
        payload = dict(row.payload or {})
        if raw := payload.get("raw"):
            payload["fields"] = [
                {"name": n, "label": n, "type": "text", "value": v, "text": v}
                for n, v in raw.items()
            ]
        address = row.address or address_of(payload.get("fields") or [])
        submission = Submission(payload, address)
        submission.interpret(self._known, self._labels, self._places)
        return Entry(task, row, submission, address or "")

    def _links(self, addresses):
        """{address: [(kind, key)]}: contacts first, then what moves values."""
        standing = SQL(
            "b.connector_id = %s AND b.gone_since IS NULL", self.connector.id
        )
        rows = self.env.execute_query(
            SQL(_LINKS, person_addresses(self.env, standing), list(addresses))
        )
        found = {}
        for address, kind, key, _moves, _id in sorted(
            rows, key=lambda row: (row[1], not row[3], row[4])
        ):
            found.setdefault(address, []).append((kind, key))
        return found

    # --- matching ---------------------------------------------------------------------

    def match(self, entries, by_key, by_address, decisions):
        """Which record each is for: the linked one, else one with the address."""
        for entry in entries:
            linked = [by_key[place] for place in entry.links if place in by_key]
            entry.chosen, entry.asked = (linked[0], ()) if linked else (None, ())
            if not linked and entry.address:
                found = by_address.get(entry.address, {})
                self._choose(entry, found, decisions.get(entry.address))

    def _choose(self, entry, found, decision):
        rule = self.connector.match_rule
        candidates = [one.candidate for one in found.values()]
        # "none of them" was said of somebody else than who writes now
        decided = decision.key if decision and decision.code == "record" else None
        match = choose(candidates, rule, decided)
        if match.ask:
            entry.asked = match.ask
            match = choose(candidates, "recent")
        if match.candidate:
            entry.chosen = found[match.candidate.kind, match.candidate.key]

    # --- what to send -----------------------------------------------------------------

    def prepare(self, entry):
        if entry.chosen:
            self._prepare_change(entry)
        else:
            self._prepare_lead(entry)

    def _prepare_change(self, entry):
        kind, submission = entry.kind, entry.submission
        encoder, infor = self.encoders[kind], dict(entry.chosen.incoming.values)
        comparable = self._comparable[kind]
        form = {t: v for t, v in submission.values.items() if t in comparable}
        _level(form, infor, entry.chosen.record, entry.address)
        plan = plan_submission(form, infor, submission.policy, TOGETHER)
        entry.wire, problems = encoder.encode(plan.send, entry.chosen.record)
        entry.sent = {t: v for t, v in plan.send.items() if t not in problems}
        left = submission.left(comparable - problems.keys())
        changes = self.words.changes(plan, entry.sent, self._shown)
        told = submission.payload.get("told") or {}
        if told.get("key") == entry.key and not entry.wire:
            # sent before without an answer: nothing differs any more, but it did
            changes = told["lines"]
        entry.lines = [
            *self.words.head(submission),
            *self.words.left(left),
            *changes,
            *self.words.tail(submission, problems.values(), entry.opted_out),
        ]
        entry.told = changes

    def _prepare_lead(self, entry):
        submission, encoder = entry.submission, self.encoders["lead"]
        values = {
            target: value
            for target, value in submission.values.items()
            if target in encoder.targets
        }
        wire, problems, refusal = encoder.create_values(values)
        if refusal:
            entry.refusal = self.env._(
                "%s Give a text for that in the connector (Defaults for new records), "
                "or ask for it in the form; then this is sent by itself.",
                refusal,
            )
            return
        entry.sent = {t: v for t, v in values.items() if t not in problems}
        if entry.address:
            # whom nobody could find by address could be created again and again
            wire.setdefault("Email", entry.address)
        self._set_options(entry, wire)
        if entry.refused and self.connector.push_consent:
            wire["DoNotEmail"] = True
        left = submission.left(set(encoder.targets) - problems.keys())
        notes = [
            *self.words.head(submission),
            *self.words.left(left),
            *self.words.tail(submission, problems.values(), entry.opted_out),
            self.words.reference(entry.task.mark),
        ]
        kept = [wire["Notes"], ""] if wire.get("Notes") else []
        wire["Notes"] = "\n".join([*kept, *notes])
        entry.wire = wire

    def _set_options(self, entry, wire):
        """The form's own lead source and owner, while they are known."""
        for option, subject, name in (
            ("source", "lead_source", "LeadSource"),
            ("owner", "owner", "Owner"),
        ):
            chosen = str(entry.submission.options.get(option) or "")
            if not chosen.isdecimal():
                continue
            choice = (
                self.env["infor.crm.choice"]
                .sudo()
                .search(
                    [
                        ("id", "=", int(chosen)),
                        ("connector_id", "=", self.connector.id),
                        ("subject", "=", subject),
                    ]
                )
            )
            if choice:
                wire[name] = {"$key": choice.key}

    def _shown(self, target, value):
        """For people: names instead of ids."""
        if blank(value):
            return "–"
        odoo = self._known.get(target)
        if odoo and odoo.type in ("country", "state"):
            model = "res.country" if odoo.type == "country" else "res.country.state"
            return self._speaker[model].sudo().browse(value).exists().name or str(value)
        return str(value)


def _level(form, infor, record, address):
    """What is the same but for its spelling does not differ."""
    if address and usable_address(record.get("Email")) == address:
        form.pop("email_from", None)
    for target in _PHONES & form.keys():
        known = re.sub(r"\D", "", str(infor.get(target) or ""))
        if known and known == re.sub(r"\D", "", str(form[target])):
            del form[target]
