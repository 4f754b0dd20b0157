from datetime import UTC, datetime
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

TYPES = [
    ("match", "Which record is it?"),
    ("clear_do_not_email", "Clear DoNotEmail?"),
    ("lift_blacklist", "Lift the blacklisting?"),
    ("conversion", "Became a contact?"),
]
STATES = [
    ("open", "Open"),
    ("decided", "Decided"),
    ("obsolete", "No longer a question"),
]
DECISIONS = [
    ("record", "The chosen record"),
    ("new", "A new lead"),
    ("none", "None of them"),
    ("clear", "Clear it in Infor CRM, too"),
    ("lift", "Lift it in Odoo, too"),
    ("keep", "Leave it as it is"),
    ("opt_out", "No e-mail from either side"),
]

_INSERT = """
    INSERT INTO infor_crm_question
           (connector_id, type, subject_key, state, create_uid, write_uid, create_date,
            write_date)
    SELECT %(connector)s, %(type)s, key, 'open', %(uid)s, %(uid)s,
           now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
      FROM unnest(%(keys)s) AS key
        ON CONFLICT (connector_id, type, subject_key) DO NOTHING
    RETURNING id"""


class Choice(NamedTuple):
    """A possible decision. ``opens``: somebody gets mail again, which takes an
    administrator and a reason."""

    code: str
    opens: bool = False


class Decision(NamedTuple):
    """A remembered one. ``kind``, ``key``: the record, with code ``record``."""

    code: str
    kind: str
    key: str


class InforCrmQuestion(models.Model):
    """Something only a person can decide; the inbox is what is open of these.

    One row for each (connector, type, subject key), so nothing is asked twice: a
    decision is remembered until an administrator reopens the question.

    A type is these methods (infor_crm_question_types.py has those that stand):

    =====================  ===========================================================
    ``_cards_<type>``      (values) → [card]: the records to show, the Odoo one first
    ``_decisions_<type>``  → (Choice, …)
    ``_sentence_<type>``   → what is asked, in words
    ``_apply_<type>``      performs a decision in the user's transaction; never calls
                           Infor CRM: it returns True when that is left to a run
    ``_stale_<type>``      → SQL about ``q``: nothing is left to decide
    ``_writes_<type>``     → {(kind, key): values for the CRM}, for the run
    ``_written_<type>``    (after) after the run wrote them, in its transaction
    =====================  ===========================================================

    Subject keys: ``match``, ``clear_do_not_email``, ``lift_blacklist`` the normalised
    address; ``conversion`` the key of the lead.

    For workers: :meth:`_ask`, :meth:`_ask_all`, :meth:`_decision`,
    :meth:`_decisions_of`, :meth:`_to_perform`, :meth:`_close_stale`.
    """

    _name = "infor.crm.question"
    _description = "Infor CRM Question"
    _inherit = ["mail.thread"]
    _order = "create_date desc, id desc"
    _rec_name = "subject_key"

    connector_id = fields.Many2one(
        "infor.crm.connector", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="connector_id.company_id")
    type = fields.Selection(TYPES, "Question", required=True)
    subject_key = fields.Char(required=True)
    name = fields.Char("Person")
    address = fields.Char("E-mail")
    odoo_model = fields.Char()
    res_id = fields.Many2oneReference("Odoo record", model_field="odoo_model")
    binding_id = fields.Many2one(
        "infor.crm.binding", index="btree_not_null", ondelete="set null"
    )
    cause = fields.Char(help="When, where from and why it is asked.")
    # as asked, to see whether the records changed since
    cards = fields.Json()
    card_ids = fields.One2many("infor.crm.question.card", "question_id", "Records")
    sentence = fields.Char(compute="_compute_sentence")

    state = fields.Selection(STATES, default="open", required=True, index=True)
    decision = fields.Selection(DECISIONS)
    decision_kind = fields.Char()
    decision_key = fields.Char()
    reason = fields.Char()
    decided_uid = fields.Many2one("res.users", "Decided by")
    decided_at = fields.Datetime("Decided on")
    to_do = fields.Boolean(help="Decided; Infor CRM is still to be told, by a run.")
    problem = fields.Text(help="Why Infor CRM could not be told yet.")

    _subject_unique = models.UniqueIndex("(connector_id, type, subject_key)")
    _to_do_idx = models.Index("(connector_id) WHERE to_do")

    @api.depends("name", "address", "subject_key")
    def _compute_display_name(self):
        for question in self:
            question.display_name = (
                question.name or question.address or question.subject_key
            )

    @api.depends("type", "name", "address", "cause", "card_ids")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for question in self:
            question.sentence = question.type and question._of_type("sentence")

    def _of_type(self, what, *args):
        return getattr(self, f"_{what}_{self.type}")(*args)

    # --- for workers ------------------------------------------------------------------

    @api.model
    def _ask(self, connector, question_type, subject_key, /, **values):
        """Ask unless it is known; returns the question, in whatever state it is.

        ``values``: ``name``, ``address``, ``odoo_model``, ``res_id``, ``binding_id``,
        ``cause``, and ``cards``: a list of dicts (or of objects with the attributes)
        ``kind, key, name, company, email`` (or ``address``), ``created, modified``
        (moments in UTC), ``details`` ([[label, value]]); all but the first two may be
        missing.

        A decided question stays decided, except a decision for a record that is no
        longer among the cards: that one is asked anew. An obsolete one opens again.
        """
        self._ask_all(connector, question_type, {subject_key: values})
        return self._of(connector, question_type, [subject_key])

    @api.model
    def _ask_all(self, connector, question_type, values_of, /):
        """:meth:`_ask` for {subject key: values}; returns those that opened by it."""
        if not values_of:
            return self.browse()
        self = self.sudo().with_context(tracking_disable=True)
        new = self._insert(connector, question_type, values_of)
        opened = new
        for question in self._of(connector, question_type, list(values_of)):
            values = values_of[question.subject_key]
            if question in new or question._is_open_again(values):
                question._open(values)
                opened |= question
            elif question.state == "open":
                question._refresh(values)
        opened._tell(connector)
        return opened

    def _insert(self, connector, question_type, keys):
        self.flush_model(["connector_id", "type", "subject_key"])
        rows = self.env.execute_query(
            SQL(
                _INSERT,
                connector=connector.id,
                type=question_type,
                keys=sorted(keys),
                uid=self.env.uid,
            )
        )
        return self.browse([row[0] for row in rows])

    @api.model
    def _of(self, connector, question_type, keys):
        return self.sudo().search(
            [
                ("connector_id", "=", connector.id),
                ("type", "=", question_type),
                ("subject_key", "in", list(keys)),
            ]
        )

    @api.model
    def _decision(self, connector, question_type, subject_key, /):
        """The remembered :class:`Decision`, None while there is none."""
        found = self._decisions_of(connector, question_type, [subject_key])
        return found.get(subject_key)

    @api.model
    def _decisions_of(self, connector, question_type, keys, /):
        """{subject key: Decision} of those that are decided."""
        decided = self._of(connector, question_type, keys).filtered(
            lambda q: q.state == "decided"
        )
        return {
            q.subject_key: Decision(
                q.decision, q.decision_kind or "", q.decision_key or ""
            )
            for q in decided
        }

    @api.model
    def _to_perform(self, connector, /):
        """Decided questions whose decision Infor CRM is still to be told."""
        return self.sudo().search(
            [
                ("connector_id", "=", connector.id),
                ("state", "=", "decided"),
                ("to_do", "=", True),
            ],
            order="id",
        )

    def _performed(self):
        self.sudo().write({"to_do": False, "problem": False})

    def _refused(self, problem):
        """It stays to be done: the next run tries again, people read why."""
        self.sudo().write({"problem": problem})

    # --- opening ----------------------------------------------------------------------

    def _is_open_again(self, values):
        if self.state == "obsolete":
            return True
        keys = {(card["kind"], card["key"]) for card in _plain_cards(values)}
        chosen = (self.decision_kind, self.decision_key)
        return (
            self.state == "decided"
            and self.decision == "record"
            and bool(keys)
            and chosen not in keys
        )

    def _open(self, values):
        self.ensure_one()
        undecided = dict.fromkeys(
            ("decision", "decision_kind", "decision_key", "reason", "decided_uid"),
            False,
        )
        self.write(
            {**undecided, "decided_at": False, "to_do": False, "problem": False}
            | {"state": "open"}
        )
        self._refresh(values, anew=True)

    def _refresh(self, values, anew=False):
        """Show what the records hold now; the cause is that of the first time."""
        kept = {"cards"} if anew else {"cards", "cause"}
        facts = {
            name: value
            for name, value in values.items()
            if name not in kept and self._holds(name) != (value or False)
        }
        if facts:
            self.write(facts)
        cards = _plain_cards(values)
        if anew or cards != (self.cards or []):
            self.write({"cards": cards})
            self.card_ids.unlink()
            rows = self._of_type("cards", cards)
            self.env["infor.crm.question.card"].create(
                [{"question_id": self.id, **row} for row in rows]
            )

    def _holds(self, name):
        return self._fields[name].convert_to_write(self[name], self)


CARD_FIELDS = ("kind", "key", "name", "company", "email", "created", "modified")


def _plain_cards(values):
    """The cards of ``_ask`` as JSON."""
    return [_plain_card(card) for card in values.get("cards") or []]


def _plain_card(card):
    def get(name):
        return card.get(name) if isinstance(card, dict) else getattr(card, name, None)

    plain = {name: _plain(get(name)) for name in CARD_FIELDS}
    plain["email"] = plain["email"] or _plain(get("address"))
    plain["details"] = [[str(a), _plain(b)] for a, b in get("details") or []]
    return plain


def _plain(value):
    if isinstance(value, datetime):
        if value.tzinfo:
            value = value.astimezone(UTC).replace(tzinfo=None)
        return value.replace(microsecond=0).isoformat(" ")
    return value or None
