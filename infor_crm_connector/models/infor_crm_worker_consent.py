from odoo import models

from ..lib.sync import Flags, plan_consent
from ..tools import consent_flags, membership
from ..tools.consent import impose_opt_outs
from ..tools.flag_writer import Sent
from ..tools.outcome_rows import insert_outcomes

# Links, or members, in one transaction; and opt-outs told in one go.
PORTION = 500
CHUNK = 100
STEPS = ("members", "flags", "tell")


class InforCrmWorkerConsent(models.AbstractModel):
    """Opt-outs of Odoo: found by comparison, kept, and told to Infor CRM.

    Those of Infor CRM come with its records. First of all phases, because nobody may be
    mailed by mistake, or overwritten, while the others work.
    """

    _inherit = "infor.crm.worker"

    def _phase_consent(self, job, cursor, end):
        known = cursor.get("consent") or {}
        first = STEPS.index(known.get("step", STEPS[0]))
        for step in STEPS[first:]:
            after = known.get("after", 0) if step == known.get("step") else 0
            if not getattr(self, f"_consent_{step}")(job, cursor, after, end):
                return None
        cursor.pop("consent", None)
        return cursor

    def _portions(self, job, cursor, place, end, load, handle):
        """Load and handle, each portion in a transaction; False when the slice or the
        run ended. ``load``: (after) → rows with id; ``handle``: (rows) → counts."""
        while rows := load(place["after"]):
            place["after"] = rows[-1]["id"]
            cursor["consent"] = dict(place)

            def work(rows=rows):
                return self._close_page(job, handle(rows), dict(cursor))

            if self._serialized(work):
                return False
            if self._time_over(end):
                return False
        return True

    # --- lists ------------------------------------------------------------------------

    def _consent_members(self, job, cursor, after, end):
        """Who joined, left or opted out of the list."""
        sync = job.run.list_sync_id
        if not sync.list_id:
            return True
        membership.note_unknown(self.env, sync)
        return self._portions(
            job,
            cursor,
            {"step": "members", "after": after},
            end,
            lambda last: membership.moved(self.env, sync, last, PORTION),
            lambda rows: self._members_moved(job, sync, rows),
        )

    def _members_moved(self, job, sync, rows):
        """A subscription that is made anew inherits the opt-out of the former one."""
        again = [
            row for row in rows if row["opt_out"] and row["now"] != row["subscription"]
        ]
        membership.inherit(self.env, [row["now"] for row in again if row["now"]])
        joined = [r["binding_id"] for r in rows if r["now"] and not r["subscription"]]
        membership.look_again(self.env, joined)
        membership.seen(self.env, sync, [row["id"] for row in rows])
        left = [row for row in rows if row["out"] and not row["opt_out"]]
        if left and sync.leaving_opts_out:
            return self._leaving_opts_out(sync, left)
        return {}

    def _leaving_opts_out(self, sync, rows):
        """This list says that who leaves it refuses all e-mail."""
        reason = self.env._("Left the mailing list “%s”.", sync._target_name())
        bindings = [row["binding_id"] for row in rows]
        return {"consent_imposed": self._impose_on_links(bindings, reason)}

    def _impose_on_links(self, bindings, reason):
        """Blacklist the people of these links (mailing contacts), and have Infor CRM
        told. Returns how many were not blacklisted yet."""
        found = consent_flags.flags_of(self.env, "mailing.contact", bindings)
        new = [r for r in found.values() if not r["opted_out"] and r["address"]]
        imposed = _all_imposed(row["address"] for row in new)
        count = impose_opt_outs(self.env, imposed, reason)
        out = Flags(odoo=True, infor=False)
        consent_flags.remember(self.env, [_remembered(r, out, due=True) for r in new])
        return count

    # --- the blacklist ----------------------------------------------------------------

    def _consent_flags(self, job, cursor, after, end):
        """Who was blacklisted or let off in Odoo, or moved to another address."""
        begun = (cursor.get("consent") or {}).get("model", "")
        linked = consent_flags.models_linked(self.env, job.connector_id)
        for model in sorted(model for model in linked if model >= begun):
            place = {"step": "flags", "model": model, "after": after}
            if not self._portions(
                job,
                cursor,
                place,
                end,
                lambda last, model=model: consent_flags.changed_flags(
                    self.env, job.connector_id, model, last, PORTION
                ),
                lambda rows: self._flags_changed(job, rows),
            ):
                return False
            after = 0
        return True

    def _flags_changed(self, job, rows):
        reason = self.env._("The opt-out of this person, whose address changed.")
        return self._settle_flags(job, rows, {}, reason)

    def _settle_flags(self, job, rows, crm_flags, reason=None):
        """Compare the flags of links with those last agreed on, and do what follows.

        ``rows``: of ``consent_flags``; ``crm_flags``: {id: flag} of records just read.
        Returns counts.
        """
        may_push = job.run.connector_id.sudo().push_consent
        imposed, asked, kept = [], [], []
        for row in rows:
            now = Flags(
                row["refused"], crm_flags.get(row["id"], bool(row["opted_out"]))
            )
            plan = self._plan_flags(row, now, may_push)
            if plan.impose_odoo and row["address"]:
                imposed.append(row["address"])
            if plan.ask:
                asked.append((plan.ask, row))
            kept.append(_settled(row, now, plan))
        impose_opt_outs(self.env, _all_imposed(imposed), reason)
        consent_flags.remember(self.env, kept)
        questions = self._ask_consent(job, asked)
        return {"consent_imposed": len(set(imposed)), "questions": questions}

    def _plan_flags(self, row, now, may_push):
        base = None
        if row["blacklisted"] is not None:
            base = Flags(row["blacklisted"], bool(row["opted_out"]))
        before = row["address_before"]
        moved = bool(before) and before != row["address"]
        # somebody lifted it, and the person moved: the lifting counts
        moved = moved and not row["consent_lifted"]
        left = moved and row["left_refused"]
        return plan_consent(base, now, moved, left, may_push)

    def _ask_consent(self, job, asked):
        """Number of questions that opened. The links are marked already."""
        connector = job.run.connector_id
        opened = 0
        for question_type in {one for one, _row in asked}:
            values_of = {
                row["address"]: {
                    "address": row["address"],
                    "odoo_model": row["odoo_model"],
                    "res_id": row["res_id"],
                    "binding_id": row["id"],
                    "cause": self._consent_cause(question_type),
                }
                for one, row in asked
                if one == question_type and row["address"]
            }
            opened += len(
                self.env["infor.crm.question"]._ask_all(
                    connector, question_type, values_of
                )
            )
        return opened

    def _consent_cause(self, question_type):
        causes = {
            "clear_do_not_email": self.env._("Taken off the blacklist in Odoo."),
            "lift_blacklist": self.env._("Cleared in Infor CRM."),
        }
        return causes[question_type]

    # --- telling Infor CRM ------------------------------------------------------------

    def _consent_tell(self, job, cursor, after, end):
        """Set DoNotEmail. What Infor CRM refuses stays due for the next run."""
        while rows := consent_flags.due(self.env, job.connector_id, after, CHUNK):
            after = rows[-1]["id"]
            cursor["consent"] = {"step": "tell", "after": after}
            sent = self._send_opt_outs(job, rows)

            def keep(rows=rows, sent=sent):
                counts = self._keep_told(job, rows, sent)
                return self._close_page(job, counts, dict(cursor))

            if self._serialized(keep):
                return False
            missing = [row for row in rows if _key(row) in sent.missing]
            if missing and not self._settle_missing(
                job, _by_binding(missing), sure=False
            ):
                return False
            if self._time_over(end):
                return False
        return True

    def _send_opt_outs(self, job, rows):
        # no transaction is open while we wait for the CRM
        self.env["ir.cron"]._commit_progress()
        sent = Sent(job.client, list({_key(row) for row in rows}))
        sent.put({_key(row): {"DoNotEmail": True} for row in rows})
        return sent

    def _keep_told(self, job, rows, sent):
        told = [row for row in rows if _key(row) in sent.after]
        consent_flags.told(
            self.env,
            [{"id": row["id"], "echo": sent.echo.get(_key(row))} for row in told],
        )
        # a run may ask twice, and what counts is the last answer
        self.env.cr.execute(
            """DELETE FROM infor_crm_sync_outcome
                WHERE run_id = %s AND key = ANY(%s) AND reason = 'opt_out_refused'""",
            [job.run.id, [row["key"] for row in rows]],
        )
        insert_outcomes(self.env, job.run, self._told_outcomes(job, rows, sent))
        return {
            "consent_sent": len({_key(row) for row in told}),
            "calls": job.client.request_count - job.calls,
        }

    def _told_outcomes(self, job, rows, sent):
        """One line for each record, whatever it is linked with in Odoo."""
        for key, row in {_key(row): row for row in rows}.items():
            values = {
                "kind": row["kind"],
                "key": row["key"],
                "name": sent.names.get(key, ""),
                "direction": "to_infor",
                "odoo_model": row["odoo_model"],
                "res_id": row["res_id"],
            }
            if key in sent.after:
                yield {**values, "status": "updated", "reason": "opt_out_told"}
            elif key in sent.errors:
                error = sent.errors[key]
                yield {
                    **values,
                    "status": "failed",
                    "reason": "opt_out_refused",
                    "detail": job.run.connector_id._sentence(error),
                    "crm_message": error.diagnosis,
                    "crm_code": error.sdata_code,
                }


def _key(row):
    return row["kind"], row["key"]


def _by_binding(rows):
    return {row["id"]: _key(row) for row in rows}


def _all_imposed(addresses):
    return dict.fromkeys(filter(None, addresses), ("impose", None))


def _settled(row, now, plan):
    """What to remember of a link. Infor CRM is told later, so its flag stays as it is;
    ``opt_out_due`` says that it has to be."""
    refused = now.odoo or plan.impose_odoo
    due = refused and not now.infor and (plan.impose_infor or bool(row["opt_out_due"]))
    flags = Flags(plan.base.odoo or due, now.infor)
    return _remembered(row, flags, due, lifted=now.infor and not refused)


def _remembered(row, flags, due=False, lifted=False):
    return {
        "id": row["id"],
        "opted_out": flags.infor,
        "blacklisted": flags.odoo,
        "consent_lifted": lifted,
        "opt_out_due": due,
        "address": row["address"],
    }
