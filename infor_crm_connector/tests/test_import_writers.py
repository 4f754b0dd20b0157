"""Two ways to write contacts, one result; and no query per record."""

from unittest.mock import patch

from odoo.tests import tagged

from ..tools import contact_guard, import_values
from ..tools.contact_writer import OrmWriter, SqlWriter, choose_writer
from .import_common import ImportCase

OWN = {"id", "create_date", "write_date"}


@tagged("post_install", "-at_install")
class TestWriters(ImportCase):
    crm_options = {"seed": 3, "leads": 300, "contacts": 5}

    def rows_of(self, ids):
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT * FROM mailing_contact WHERE id = ANY(%s) ORDER BY id", [list(ids)]
        )
        return [
            {name: value for name, value in row.items() if name not in OWN}
            for row in self.env.cr.dictfetchall()
        ]

    def assertSameRows(self, values):
        by_orm = self.rows_of(OrmWriter(self.env).insert(values))
        by_sql = self.rows_of(SqlWriter(self.env).insert(values))
        self.assertEqual(len(by_orm), len(values))
        for one, other in zip(by_orm, by_sql, strict=True):
            self.assertEqual(one, other)

    def test_both_leave_the_same_rows(self):
        country = self.env.ref("base.us").id
        every = dict.fromkeys(("company_name", "street", "zip", "city", "phone"))
        self.assertSameRows(
            [
                {
                    "email": "A.B@X.Example",
                    "first_name": "A",
                    "last_name": "B",
                    **every,
                },
                {"email": "b@x.example", "first_name": None, "last_name": "B", **every},
                {
                    "email": "c@x.example",
                    "first_name": None,
                    "last_name": None,
                    **every,
                },
                {
                    "email": "D <d@x.example>; e@x.example",
                    "first_name": 'O\'Hara "x" \\',
                    "last_name": "<b>é漢</b>\n%s %(x)s {}",
                    **every,
                    "company_name": "Döner & Söhne",
                },
            ]
        )
        self.assertSameRows(
            [
                {
                    "email": "f@x.example",
                    "country_id": country,
                    "state_id": self.env.ref("base.state_us_3").id,
                },
                {"email": "g@x.example", "country_id": None, "state_id": None},
            ]
        )

    def test_both_leave_the_same_properties(self):
        definition = self.env[
            "properties.base.definition"
        ]._get_definition_for_property_field("mailing.contact", "properties")
        definition.properties_definition = [
            {"name": "infor_t", "string": "T", "type": "char"},
            {"name": "infor_n", "string": "N", "type": "integer"},
            {"name": "infor_b", "string": "B", "type": "boolean"},
            {"name": "own", "string": "Own", "type": "char", "default": "mine"},
        ]
        self.env.flush_all()
        self.assertSameRows(
            [
                {
                    "email": "a@x.example",
                    "properties.infor_t": "x",
                    "properties.infor_n": 0,
                    "properties.infor_b": False,
                },
                {
                    "email": "b@x.example",
                    "properties.infor_t": None,
                    "properties.infor_n": None,
                    "properties.infor_b": None,
                },
            ]
        )
        self.assertSameRows([{"email": "c@x.example"}])

    def test_both_import_the_same_list(self):
        results = []
        for writer in (OrmWriter, SqlWriter):
            with patch(
                "odoo.addons.infor_crm_connector.models.infor_crm_worker_import"
                ".choose_writer",
                writer,
            ):
                sync, run = self.imported("lead", "CustomerTier", "EngagementScore")
            members = self.members(sync).sorted("email_normalized")
            rows = self.rows_of(members.ids)
            renamed = sorted(map(self.without_connector, rows), key=str)
            results.append((renamed, run.created, run.skipped))
            sync.list_id.unlink()
            self.env["infor.crm.binding"].search([]).unlink()
            members.unlink()
        self.assertEqual(*results)

    def without_connector(self, row):
        return {**row, "properties": sorted((row["properties"] or {}).items())}

    def test_the_fast_way_is_used_where_create_is_known(self):
        self.assertEqual(contact_guard.unknown(self.env), [])
        self.assertIsInstance(choose_writer(self.env), SqlWriter)

    def test_a_create_of_another_addon_is_respected(self):
        cls = type(self.env["mailing.contact"])
        original = cls.create

        def create(self, vals_list):
            return original(self, vals_list)

        with patch.object(cls, "create", create):
            self.assertIn(f"create() of {__name__}", contact_guard.unknown(self.env))
            self.assertIsInstance(choose_writer(self.env), OrmWriter)

    def test_an_added_column_with_a_default_is_respected(self):
        field = self.env["mailing.contact"]._fields["phone"]
        with patch.object(field, "default", lambda model: "555"):
            self.assertIsInstance(choose_writer(self.env), OrmWriter)

    def test_plain_addresses_are_what_odoo_makes_of_them(self):
        from odoo.tools import email_normalize

        for email in (
            "a@b.example",
            "A.B@B.Example",
            "a..b@x.example",
            "a.@x.example",
            "a_b+c-d@sub.x.example",
            "a@b-.example",
            "a@-b.example",
            "a@b.example.",
            "1@2.3",
            "ä@ö.example",
            "x <y@z.example>",
            "a@x.example; b@x.example",
            "a@b@c.example",
        ):
            with self.subTest(email=email):
                usable = import_values.usable_address(email)
                self.assertEqual(usable or False, email_normalize(email, strict=False))

    def test_no_usable_address(self):
        for email in (
            None,
            "",
            "n/a",
            "-",
            "unknown@",
            "@b.example",
            "jane(at)x.example",
        ):
            self.assertIsNone(import_values.usable_address(email))

    # --- queries ----------------------------------------------------------------------

    def queries(self, page_size, work):
        """Queries of one page of ``page_size`` records."""
        self.crm.switches(page_cap=page_size)
        counted = []
        worker = type(self.env["infor.crm.worker"])
        original = worker._write_page

        def count(this, *arguments):
            before = this.env.cr.sql_log_count
            result = original(this, *arguments)
            counted.append(this.env.cr.sql_log_count - before)
            return result

        with patch.object(worker, "_write_page", count):
            work()
        return counted[0]

    def test_a_page_costs_the_same_whatever_its_size(self):
        """First import, import of what is there, and import of what changed."""
        self.crm.sql("UPDATE LEAD SET DONOTEMAIL = 0, DONOTSOLICIT = 0")
        first = {}
        for size in (20, 200):
            first[size] = self.queries(size, self.one_import)
        self.assertLessEqual(first[200], first[20] + 2)
        sync, _run = self.imported("lead", "CustomerTier")
        again, changed = {}, {}
        for size in (20, 200):
            again[size] = self.queries(size, lambda: self.again(sync))
            self.crm.sql(
                "UPDATE LEAD SET LASTNAME = LASTNAME || 'x',"
                " CUSTOMERTIER = COALESCE(CUSTOMERTIER, '') || 'x',"
                " MODIFYDATE = MODIFYDATE + 1000"
            )
            changed[size] = self.queries(size, lambda: self.again(sync))
        self.assertLessEqual(again[200], again[20] + 2)
        self.assertLessEqual(changed[200], changed[20] + 4)

    def one_import(self):
        sync, _run = self.imported("lead", "CustomerTier")
        members = self.members(sync)
        sync.list_id.unlink()
        self.env["infor.crm.binding"].search([]).unlink()
        members.unlink()
