"""The CRM's opt-outs in Odoo: whoever must not be mailed is on the blacklist."""

from odoo.tools import email_normalize

SILENT = {"tracking_disable": True, "mail_create_nolog": True, "infor_import": True}


def impose_opt_outs(env, entries):
    """Blacklist addresses; never lifts anything.

    ``entries``: {normalised address: (rule, when the record last changed)} with the
    rules of ``lib.sync.Action.opt_out``.
    """
    entries = {
        strict: entry
        for address, entry in entries.items()
        if (strict := email_normalize(address, strict=False))
    }
    if not entries:
        return
    blacklist = env["mail.blacklist"].sudo().with_context(**SILENT)
    known = blacklist.with_context(active_test=False).search(
        [("email", "in", list(entries))]
    )
    again = known.filtered(
        lambda row: not row.active and _again(row, entries[row.email])
    )
    missing = entries.keys() - set(known.mapped("email"))
    again.write({"active": True})
    added = blacklist.create([{"email": address} for address in sorted(missing)])
    reason = env._("Infor CRM says: do not e-mail, or do not solicit.")
    for rows in (added, again):
        if rows:
            rows._message_log_batch(bodies={row.id: reason for row in rows})


def _again(row, entry):
    """Somebody lifted it: the flag of a record we know nothing of counts if newer."""
    rule, modified = entry
    if rule == "impose":
        return True
    return bool(modified) and row.write_date < modified.replace(tzinfo=None)
