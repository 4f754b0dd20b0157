"""What the tests of syncs share: edits on either side, and what must always hold."""

from datetime import UTC, datetime, timedelta

from .import_common import ImportCase

BLACKLIST = "mail.blacklist"


class SyncCase(ImportCase):
    """A list of all leads that was imported, and pulls what changes."""

    source = "lead"
    columns = ()
    options = {"pull": True, "pull_add": True, "pull_update": True}

    def setUp(self):
        super().setUp()
        self.crm.clear_faults()
        self.sync, self.import_run = self.imported(self.source, *self.columns)
        self.set_up(self.sync, **self.options)

    def set_up(self, sync, pushing=(), **options):
        """``pushing``: names of fields of the CRM that may be pushed."""
        if pushing:
            found = [self.field(name, sync.kind).id for name in pushing]
            options |= {"push": True, "push_update": True}
            options["push_field_ids"] = [(6, 0, found)]
        sync.sudo().write(options)
        self.env.flush_all()

    # --- running ----------------------------------------------------------------------

    def synced(self, sync=None, operation="sync"):
        run = self.started(sync, operation)
        self.work_off(run)
        self.assertEqual(run.state, "done", run.message)
        self.assertAddsUp(run)
        return run

    def started(self, sync=None, operation="sync"):
        run = (sync or self.sync)._queue_run(
            "manual", user=self.user, operation=operation
        )
        self.env.flush_all()
        return run

    def assertAddsUp(self, run):
        """Of what came from Infor CRM; opt-outs that were told are counted apart."""
        rows = run.outcome_ids.filtered(lambda row: row.direction == "to_odoo")
        accounted = run.created + run.updated + run.unchanged + run.conflicts
        self.assertEqual(accounted + run.skipped + run.failed, run.selected)
        self.assertGreaterEqual(run.unchanged, 0)
        self.assertGreaterEqual(run.push_unchanged, 0)
        by_status = {}
        read = rows.filtered(lambda row: row.reason not in FATES)
        for row in read:
            by_status[row.status] = by_status.get(row.status, 0) + 1
        for status, count in (
            ("skipped", run.skipped),
            ("failed", run.failed),
            ("conflict", run.conflicts),
            ("updated", run.updated),
        ):
            self.assertEqual(by_status.get(status, 0), count, status)
        keys = [(row.kind, row.key) for row in read]
        twice = read.filtered(lambda row: keys.count((row.kind, row.key)) > 1)
        said = twice.mapped(lambda row: (row.key, row.status, row.reason, row.detail))
        self.assertFalse(said, "a record has two outcomes")

    # --- the CRM's side ---------------------------------------------------------------

    def crm_edit(self, key, kind="lead", **values):
        """As a user of Infor CRM does it."""
        with self.connector._client() as client:
            client.update(f"{kind}s", key, values)

    def crm_add(self, email, kind="lead", **values):
        """A new record; its key."""
        values = {"LastName": "Doe", "FirstName": "Jane", "Email": email, **values}
        if kind == "contact":
            account = self.crm.sql("SELECT ACCOUNTID FROM ACCOUNT LIMIT 1")[0]
            values["Account"] = {"$key": account["ACCOUNTID"].strip()}
        else:
            values.setdefault("Company", "Acme")
        with self.connector._client() as client:
            return client.create(f"{kind}s", values).key

    def crm_row(self, key, kind="lead"):
        table = kind.upper()
        rows = self.crm.sql(f"SELECT * FROM {table} WHERE {table}ID = ?", [key])
        self.assertEqual(len(rows), 1, key)
        return rows[0]

    def crm_delete(self, key, kind="lead"):
        self.crm.sql(f"DELETE FROM {kind.upper()} WHERE {kind.upper()}ID = ?", [key])

    def crm_convert(self, key, **options):
        return self.crm.call("POST", "convert-lead", {"lead": key, **options})

    def crm_clock(self, minutes):
        self.crm.call("POST", "clock", {"offset_seconds": 60 * minutes})

    def crm_modified(self, key, minutes, kind="lead"):
        """Somebody changed it so many minutes from now, by Infor CRM's own clock."""
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        table = kind.upper()
        self.crm.sql(
            f"UPDATE {table} SET MODIFYDATE = ? WHERE {table}ID = ?",
            [int(moment.timestamp() * 1000), key],
        )

    def crm_writes(self):
        return [r for r in self.crm.requests() if r["method"] in ("POST", "PUT")]

    # --- Odoo's side ------------------------------------------------------------------

    def odoo_edit(self, record, minutes=0, **values):
        """An edit whose version differs, though a test is one transaction."""
        record.write(values)
        self.env.flush_all()
        self.env.cr.execute(
            f"""UPDATE {record._table}
                   SET write_date = clock_timestamp() AT TIME ZONE 'UTC'
                                    + make_interval(mins => %s)
                 WHERE id = ANY(%s)""",
            [minutes, record.ids],
        )
        record.invalidate_recordset()

    def person(self, row, kind="lead"):
        """The mailing contact of a row of the CRM."""
        binding = self.binding(self.key(row, kind), kind).filtered(
            lambda b: b.odoo_model == "mailing.contact"
        )
        return self.env["mailing.contact"].browse(binding.res_id).exists()

    def key(self, row, kind="lead"):
        return row[f"{kind.upper()}ID"].strip()

    def some(self, count, kind="lead", opted_out=False):
        """Rows of the CRM that are linked, each with an address of its own."""
        found = []
        rows = sorted(self.rows(kind), key=lambda row: row[f"{kind.upper()}ID"])
        for row in rows:
            out = bool(row["DONOTEMAIL"] or row["DONOTSOLICIT"])
            if out == opted_out and self.person(row, kind):
                found.append(row)
        self.assertGreaterEqual(len(found), count)
        return found[:count]

    def a_person(self, kind="lead", opted_out=False):
        """(key, mailing contact) of somebody linked."""
        (row,) = self.some(1, kind, opted_out)
        return self.key(row, kind), self.person(row, kind)

    def is_blacklisted(self, address):
        return bool(self.env[BLACKLIST].search_count([("email", "=", address.lower())]))

    def subscription(self, contact, sync=None):
        mailing_list = (sync or self.sync).list_id
        return self.env["mailing.subscription"].search(
            [("contact_id", "=", contact.id), ("list_id", "=", mailing_list.id)]
        )

    def reasons(self, run, key):
        rows = run.outcome_ids.filtered(lambda row: row.key == key)
        return set(rows.mapped("reason"))


# Outcomes of people whose record was not read.
FATES = (
    "left_group",
    "vanished",
    "deleted",
    "converted",
    "conversion_asked",
)
