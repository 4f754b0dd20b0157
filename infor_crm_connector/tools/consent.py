"""The CRM's opt-outs in Odoo: whoever must not be mailed is on the blacklist."""

from contextlib import contextmanager

from odoo.tools import email_normalize, plaintext2html

SILENT = {"tracking_disable": True, "mail_create_nolog": True, "infor_import": True}


def impose_opt_outs(env, entries, reason=None):
    """Blacklist addresses; never lifts anything.

    ``entries``: {normalised address: (rule, when the record last changed)} with the
    rules of ``lib.sync.Action.opt_out``. ``reason``: in words, for people who look at
    the entry; by default what Infor CRM says. Returns how many were added.
    """
    entries = {
        strict: entry
        for address, entry in entries.items()
        if (strict := email_normalize(address, strict=False))
    }
    if not entries:
        return 0
    with _without_trigrams(env.cr):
        return _impose(env, entries, reason)


@contextmanager
def _without_trigrams(cr):
    """Have PostgreSQL look addresses up in the unique index.

    It prefers Odoo's trigram index on ``mail_blacklist.email``, which takes 200 ms for
    40 addresses among 2,400: half the time of an import of 40,000 leads.
    """
    cr.execute("SET LOCAL enable_bitmapscan = off")
    yield
    # not in a "finally": an error ends the transaction, or rolls back to a savepoint
    cr.execute("SET LOCAL enable_bitmapscan TO DEFAULT")


def _impose(env, entries, reason):
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
    _log_why(env, (added | again).ids, reason)
    return len(added | again)


def _again(row, entry):
    """Somebody lifted it: the flag of a record we know nothing of counts if newer."""
    rule, modified = entry
    if rule == "impose":
        return True
    return bool(modified) and row.write_date < modified.replace(tzinfo=None)


def _log_why(env, ids, reason):
    """A note on each entry, as ``_message_log()`` writes it; by SQL because the notes
    would otherwise cost a fifth of an import."""
    if not ids:
        return
    reason = reason or env._("Infor CRM says: do not e-mail, or do not solicit.")
    author, email_from = env["mail.thread"]._message_compute_author()
    env["mail.message"].flush_model()
    env.cr.execute(
        """INSERT INTO mail_message
                  (model, res_id, message_type, subtype_id, is_internal, body,
                   author_id, email_from, reply_to, email_add_signature, date,
                   message_id, create_uid, write_uid, create_date, write_date)
           SELECT 'mail.blacklist', id, 'notification', %(subtype)s, TRUE, %(body)s,
                  %(author)s, %(email)s, %(email)s, FALSE,
                  date_trunc('second', %(now)s::timestamp),
                  '<' || md5(id || random()::text) || '-infor-crm-import@odoo>',
                  %(uid)s, %(uid)s, %(now)s, %(now)s
             FROM unnest(%(ids)s) AS id""",
        {
            "subtype": env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "body": str(plaintext2html(reason)),
            "author": author or None,
            "email": email_from or None,
            "uid": env.uid,
            "now": env.cr.now(),
            "ids": list(ids),
        },
    )
