"""What a push knows while it works: rules, columns and readers, made once per slice."""

from datetime import UTC, timedelta
from functools import cached_property

from ..lib.sync import Times
from .export_values import Encoder, email_target
from .import_values import Column, RecordReader
from .odoo_fields import catalogue, is_property
from .odoo_values import OdooReader
from .permissions import Permissions
from .places import load_places
from .push_target import PushTarget

PUSHED_KINDS = ("contact", "lead")  # in the order in which people are matched


class PushWork:
    """``columns``: {kind: {target: Column}} of everything mapped or picked."""

    def __init__(self, env, job):
        self.env = env
        self.job = job
        self.sync = job.run.list_sync_id
        self.connector = self.sync.connector_id
        self.model = job.model
        self.email = email_target(job.model)
        self.target = PushTarget(env, job.run)
        self.rules = Permissions(
            env,
            self.connector.id,
            self.model,
            within=self.target.among,
            about=self.sync,
        )
        settings = self.connector.sudo()
        self.push_consent = settings.push_consent
        self.match_rule = settings.match_rule
        self._skew = settings.clock_skew

    # What follows costs more than a look for changes, which mostly finds none. Whoever
    # reads people (``odoo``) may ask the CRM for them next: then all is loaded, because
    # nothing may be once the transaction is closed.

    @cached_property
    def encoders(self):
        return {
            kind: Encoder(self.env, self.connector, kind, self.model)
            for kind in PUSHED_KINDS
        }

    @cached_property
    def columns(self):
        return {kind: self._columns(kind) for kind in PUSHED_KINDS}

    @cached_property
    def readers(self):
        places = load_places(self.env)
        return {
            kind: RecordReader(list(columns.values()), places)
            for kind, columns in self.columns.items()
        }

    @cached_property
    def odoo(self):
        return OdooReader(self.env, self.model, self._wanted())

    def _columns(self, kind):
        known = catalogue(self.env, self.model)
        mapping = self.env["infor.crm.field.mapping"]
        fields = (
            mapping._column_fields(self.connector, kind)
            if self.model == "mailing.contact"
            else {}
        )
        rows = mapping._rows_of(self.connector, kind, self.model)
        fields |= {r.odoo_field: r.crm_field_id for r in rows if not r.suspended}
        return {
            target: _column(field, known[target])
            for target, field in fields.items()
            if target in known
        }

    def _wanted(self):
        names = [self.email]
        for kind in self.readers:
            names += [*self.encoders[kind].read_targets, *self.columns[kind]]
        return tuple(dict.fromkeys(names))

    def times(self, stamp, modified):
        """When both records changed, by Odoo's clock."""
        skew = self.job.client.server_clock_skew
        ahead = timedelta(seconds=self._skew if skew is None else skew)
        return Times(
            stamp and stamp.replace(tzinfo=UTC),
            modified and modified - ahead,
            self.job.allowance,
        )

    def created_targets(self, rules):
        """What a new lead is made of: all that is mapped; columns only where picked."""
        encoder = self.encoders["lead"]
        mapped = set(
            self.env["infor.crm.field.mapping"]
            ._rows_of(self.connector, "lead", self.model)
            .mapped("odoo_field")
        )
        return [
            target
            for target in encoder.read_targets
            if target in mapped
            or not is_property(target)
            or (target in rules and rules[target].push)
        ]


def _column(field, odoo):
    choices = odoo.by_label if odoo.type == "selection" else frozenset()
    return Column(odoo.target, field.name, field.label, field.type, odoo.type, choices)
