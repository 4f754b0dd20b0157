"""What the tests of the set-up window share: the window as people use it."""

from odoo.tests import Form, new_test_user

from .common import SimulatorCase

WINDOW = "infor.crm.list.setup"


class SetupCase(SimulatorCase):
    """A list imported on paper: its set-up exists, its people do not matter here."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(
            cls.env, "infor_user", "infor_crm_connector.group_user", name="Uma User"
        )
        cls.connector = cls.make_connected()
        cls.list = cls.env["mailing.list"].create({"name": "All Infor CRM Leads"})
        cls.sync = cls.env["infor.crm.list.sync"].create(
            {
                "list_id": cls.list.id,
                "connector_id": cls.connector.id,
                "kind": "lead",
                "column_ids": [(6, 0, cls.field("Industry").ids)],
            }
        )

    @classmethod
    def field(cls, *names, kind="lead", connector=None):
        found = cls.env["infor.crm.field"].search(
            [
                ("connector_id", "=", (connector or cls.connector).id),
                ("kind", "=", kind),
                ("name", "in", names),
            ]
        )
        assert len(found) == len(names), names
        return found

    def opened(self, action):
        """The window that an action opens, for the user who opened it."""
        self.assertEqual(action["res_model"], WINDOW)
        self.assertEqual(action["target"], "new")
        return self.env[WINDOW].with_user(self.user).browse(action["res_id"])

    def window(self, mailing_list=None, columns=False):
        """A form on the window that the menu of a list opens, with *Add List Columns*
        pressed if wanted."""
        mailing_list = mailing_list or self.list
        opened = self.opened(mailing_list.with_user(self.user).action_infor_setup())
        if columns:
            opened.action_ask_columns()
        return Form(opened)

    def pick(self, picker, fields):
        for field in fields:
            picker.add(field)

    def bound(self, email="ann@example.com"):
        """A member of the list, linked with the CRM and in step with it."""
        contact = self.env["mailing.contact"].create(
            {"name": "Ann", "email": email, "list_ids": [(4, self.list.id)]}
        )
        self.env.flush_all()
        return self.env["infor.crm.binding"].create(
            {
                "connector_id": self.connector.id,
                "kind": "lead",
                "key": f"Q{contact.id:011d}",
                "odoo_model": "mailing.contact",
                "res_id": contact.id,
                "odoo_stamp": contact.write_date,
            }
        )
