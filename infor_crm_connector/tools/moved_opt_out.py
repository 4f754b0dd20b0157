"""Opt-outs of people whose address changes in Odoo."""

from contextlib import contextmanager

from odoo.tools import SQL

from .consent import impose_opt_outs

# Whose address was taken away before the new one came is known by the former.
_REFUSED = """
    SELECT p.id, p.email_normalized FROM %(table)s p
     WHERE p.id = ANY(%(ids)s)
       AND EXISTS (SELECT FROM infor_crm_binding b
                     JOIN mail_blacklist l
                       ON l.email = COALESCE(p.email_normalized, b.consent_address)
                      AND l.active
                    WHERE b.res_id = p.id AND b.odoo_model = %(model)s)"""


@contextmanager
def refused_follow(records, vals, email):
    """Around the write of ``vals``: ``email`` is the model's field of the address."""
    refused = refused_among(records) if email in vals else {}
    yield
    if refused:
        refuse_new_addresses(records, refused)


def refused_among(records):
    """{id: address, maybe None} of those who are linked with Infor CRM and
    blacklisted."""
    records.flush_recordset(["email_normalized"])
    records.env["mail.blacklist"].flush_model(["email", "active"])
    records.env["infor.crm.binding"].flush_model()
    rows = records.env.execute_query(
        SQL(
            _REFUSED,
            table=SQL.identifier(records._table),
            ids=records.ids,
            model=records._name,
        )
    )
    return dict(rows)


def refuse_new_addresses(records, refused):
    """Blacklist the addresses that these people have by now. ``refused``: see
    :func:`refused_among`."""
    people = records.browse(refused)
    moved = [p for p in people if p.email_normalized != refused[p.id]]
    entries = {p.email_normalized: ("impose", None) for p in moved}
    entries.pop(False, None)
    reason = records.env._("The opt-out of this person, whose address changed.")
    impose_opt_outs(records.env, entries, reason)
