"""Performs the planned actions of a page, in a fixed number of statements."""

from ..lib.sync import ODOO, Create, Link, Skip, TakeOver, Unchanged, Update, blank
from .consent import impose_opt_outs
from .contact_writer import CONTEXT, PROPERTY, split
from .import_job import MODEL
from .import_rows import Rows, naive


class Performer:
    def __init__(self, env, job):
        self._env = env
        self._job = job
        self._rows = Rows(env, job)

    def perform(self, actions):
        """Write what the actions say, in the caller's transaction."""
        created = self._create_contacts([a for a in actions if isinstance(a, Create)])
        changing = [a for a in actions if isinstance(a, (Link, Update, TakeOver))]
        self._change_contacts({_contact_of(a): a.merge.to_odoo for a in changing})
        links = [a for a in actions if isinstance(a, Link)]
        self._rows.demote([a.demote for a in links if a.demote])
        new = self._rows.insert_bindings(
            [
                self._new_binding(a, created[a.record.key], True)
                for a in actions
                if isinstance(a, Create)
            ]
            + [self._new_binding(a, a.contact, False) for a in links]
        )
        self._rows.update_bindings(
            [self._moved_binding(a) for a in actions if _moves(a)]
        )
        joining = [a.bound for a in actions if isinstance(a, Update) and a.join]
        contact_of = {**new, **{bound.binding: bound.contact for bound in joining}}
        subscriptions = self._rows.subscribe(contact_of.values())
        self._opt_out(actions, created)
        self._rows.remember_members(
            {binding: subscriptions[c] for binding, c in contact_of.items()}
        )

    # --- contacts ---------------------------------------------------------------------

    def _create_contacts(self, actions):
        """{key: id of the new contact}"""
        ids = self._job.writer.insert([dict(a.record.values) for a in actions])
        return {a.record.key: i for a, i in zip(actions, ids, strict=True)}

    def _change_contacts(self, changes_of):
        contacts = self._env[MODEL].with_context(**CONTEXT)
        properties_of = {}
        for contact_id, changes in changes_of.items():
            fields, properties = split(changes)
            if properties:
                properties_of[contact_id] = properties
            if fields:
                vals = {name: False if v is None else v for name, v in fields.items()}
                contacts.browse(contact_id).write(vals)
        # from this env: flushed by another, names would be tracked one by one
        contacts.env.flush_all()
        self._rows.merge_properties(properties_of)
        if properties_of:
            contacts.browse(properties_of).invalidate_recordset(["properties"])

    # --- bindings ---------------------------------------------------------------------

    def _new_binding(self, action, contact, made):
        record = action.record
        agreed = record.values if made else action.merge.agreed
        return {
            "key": record.key,
            "res_id": contact,
            "base": {name: v for name, v in agreed.items() if not blank(v)},
            "moves_values": made or action.leading,
            "made": made,
            "opted_out": record.opted_out,
            "created": naive(record.created),
            "modified": naive(record.modified),
            # who was in Odoo before may have what the CRM lacks
            "again": not made,
            "before": None if made else _before(action),
        }

    @staticmethod
    def _moved_binding(action):
        record = action.record
        return {
            "id": action.bound.binding,
            "key": record.key,
            "base": action.base,
            "opted_out": action.opted_out,
            "created": naive(record.created),
            "modified": naive(record.modified),
            # an edit that waits to be pushed must not be covered by our own write
            "again": not action.bound.clean or bool(action.merge.to_infor),
            "before": _before(action),
        }

    # --- consent ----------------------------------------------------------------------

    def _opt_out(self, actions, created):
        """Who must not be mailed: the address for all mailings, the list's own flag
        besides, in the very transaction that makes them reachable."""
        asked = [a for a in actions if a.opt_out]
        if not asked:
            return
        contacts = {_contact_of(action, created) for action in asked}
        self._rows.opt_out([contact for contact in contacts if contact])
        entries = {}
        for action in asked:
            for address in action.silenced:
                if entries.get(address, ("",))[0] != "impose":
                    entries[address] = (action.opt_out, action.record.modified)
        self._job.imposed += impose_opt_outs(self._env, entries)


def _moves(action):
    return isinstance(action, (Update, TakeOver)) or (
        isinstance(action, Unchanged) and action.stamps_move
    )


def _contact_of(action, created=None):
    """Id of the contact an action is about; None when there is none.

    ``created``: {key: id} of those made meanwhile.
    """
    if isinstance(action, Create):
        return created[action.record.key]
    if isinstance(action, Skip):
        return action.contact or created.get(action.other)
    return action.contact if isinstance(action, Link) else action.bound.contact


def _before(action):
    """Properties before they are pulled, which a form opened until now still shows."""
    if isinstance(action, Link):
        # what was there and is replaced; all else was blank
        odoo = {lost.field: lost.value for lost in action.merge.lost_on(ODOO)}
    else:
        odoo = action.bound.odoo or {}
    before = {
        target: odoo.get(target)
        for target in action.merge.to_odoo
        if target.startswith(PROPERTY)
    }
    return before or None
