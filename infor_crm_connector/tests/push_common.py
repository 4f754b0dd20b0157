"""What the push tests share: people in Odoo, lists to push from, and the CRM's rows."""

import time
from contextlib import contextmanager
from unittest.mock import patch

from ..models import infor_crm_worker_push as push
from .import_common import ImportCase


class PushCase(ImportCase):
    """Pushes execute as in production: by the cron job of a lane."""

    def setUp(self):
        super().setUp()
        self.crm.clear_faults()

    def person(self, email, **values):
        values = {"last_name": "Doe", "company_name": "Acme", **values}
        return self.env["mailing.contact"].create({"email": email, **values})

    def push_list(self, *people, name="Odoo's own", **options):
        """A push-only set-up of a list with these people."""
        target = self.env["mailing.list"].create({"name": name})
        for person in people:
            self.join(target, person)
        sync = self.env["infor.crm.list.sync"]._push_target(
            self.connector, list_id=target.id
        )
        self.options(sync, push=True, push_add=True, push_update=True, **options)
        return sync

    def push_segment(self, model, domain, **options):
        """A push-only set-up of a segment."""
        target = self.env["mailing.filter"].create(
            {
                "name": f"Some of {model}",
                "mailing_model_id": self.env["ir.model"]._get_id(model),
                "mailing_domain": repr(domain),
            }
        )
        sync = self.env["infor.crm.list.sync"]._push_target(
            self.connector, filter_id=target.id
        )
        self.options(sync, push=True, push_add=True, push_update=True, **options)
        return sync

    def join(self, target, person, **values):
        return self.env["mailing.subscription"].create(
            {"list_id": target.id, "contact_id": person.id, **values}
        )

    def options(self, sync, fields=None, **options):
        """``fields``: names of fields of the CRM to push."""
        if fields is not None:
            found = [self.field(name, sync.kind).id for name in fields]
            options["push_field_ids"] = [(6, 0, found)]
        sync.sudo().write(options)
        self.env.flush_all()

    def pushed(self, sync, operation=None):
        """The run, finished."""
        operation = operation or ("push" if sync.push_only else "sync")
        run = sync._queue_run("manual", user=self.user, operation=operation)
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)
        self.assertPushAddsUp(run)
        return run

    def patiently(self, run, calls=30):
        """Work off, also what is put off by seconds."""
        for _call in range(calls):
            self.work_off(run)
            if run.state not in ("queued", "running"):
                return run
            time.sleep(0.3)
            self.hurry(run)
        raise AssertionError(f"{run.state}: {run.message}")

    def hurry(self, run):
        """What is put off becomes due; only the waiting is cut short."""
        if run.next_try:
            self.env.cr.execute(
                "UPDATE infor_crm_sync_run SET next_try = NULL WHERE id = %s", [run.id]
            )
            self.env.invalidate_all()

    def touch(self, record, **values):
        """An edit whose version differs, though the test has one transaction."""
        record.write(values)
        self.env.flush_all()
        self.env.cr.execute(
            f"""UPDATE {record._table} SET write_date = clock_timestamp()
                 AT TIME ZONE 'UTC' WHERE id = ANY(%s)""",
            [record.ids],
        )
        record.invalidate_recordset(["write_date"])

    @contextmanager
    def edited_late(self, key, **columns):
        """Somebody in the CRM saves a lead after it was read for the push, and before
        the push writes it."""
        send = push.put_versioned
        late = [self.connector._client()]

        def send_late(*args):
            while late:
                late.pop().update("leads", key, columns)
            return send(*args)

        with late[0], patch.object(push, "put_versioned", send_late):
            yield

    # --- what there is --------------------------------------------------------------

    def add_record(self, kind, email, **columns):
        """A row of the CRM made past the connector; its key."""
        crm = self.connector._client()
        with crm:
            values = {"LastName": "Doe", "Email": email, **columns}
            if kind == "contact":
                account = self.crm.sql("SELECT ACCOUNTID FROM ACCOUNT LIMIT 1")[0]
                values["Account"] = {"$key": account["ACCOUNTID"].strip()}
            else:
                values.setdefault("Company", "Acme")
            return crm.create(f"{kind}s", values).key

    def crm_row(self, kind, key):
        table = kind.upper()
        (row,) = self.crm.sql(f"SELECT * FROM {table} WHERE {table}ID = ?", [key])
        return row

    def leads_of(self, email):
        return self.crm.sql(
            "SELECT * FROM LEAD WHERE lower(trim(EMAIL)) = ?", [email.lower()]
        )

    def binding_of(self, record):
        return self.env["infor.crm.binding"].search(
            [("odoo_model", "=", record._name), ("res_id", "=", record.id)]
        )

    def outcomes_of(self, run, record):
        return run.outcome_ids.filtered(
            lambda row: (
                (row.odoo_model, row.res_id) == (record._name, record.id)
                and row.direction == "to_infor"
                and "opt_out" not in row.reason
            )
        )

    def outcome_of(self, run, record):
        found = self.outcomes_of(run, record)
        self.assertEqual(len(found), 1, f"outcomes of {record}")
        return found

    def writes(self):
        """Requests that change records, oldest first."""
        return [
            request
            for request in self.crm.requests()
            if request["method"] in ("POST", "PUT") and "/dynamic/" in request["path"]
        ]

    def reads(self):
        """Requests for records by key or by address; consent looks by its own ways."""
        return [
            request
            for request in self.crm.requests()
            if "Id%20in%20" in request["query"] or "lower(" in request["query"]
        ]

    def assertQuiet(self):
        """Nothing was written and no record was read; looking around is cheap."""
        self.assertEqual(self.writes() + self.reads(), [])
        self.assertLessEqual(len(self.crm.requests()), 6)

    def assertPushAddsUp(self, run):
        """Everybody looked at is accounted for once."""
        self.assertGreaterEqual(run.push_unchanged, 0)
        rows = run.outcome_ids.filtered(
            lambda row: row.direction == "to_infor" and "opt_out" not in row.reason
        )
        people = [(row.odoo_model, row.res_id) for row in rows]
        self.assertEqual(len(people), len(set(people)), "somebody has two outcomes")
        for status, counter in (
            ("waiting", run.push_waiting),
            ("skipped", run.push_skipped),
            ("failed", run.push_failed),
        ):
            found = len(rows.filtered(lambda row, status=status: row.status == status))
            self.assertEqual(found, counter, status)
