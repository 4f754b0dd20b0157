"""What the tests of schedules share: a clock that the test puts, lists, due runs."""

from datetime import datetime
from unittest.mock import patch

from .import_common import ImportCase


def utc(text):
    return datetime.fromisoformat(text)


class ScheduleCase(ImportCase):
    crm_options = {"seed": 1, "leads": 3, "contacts": 3}

    def setUp(self):
        super().setUp()
        self.now = utc("2035-01-15 12:00")  # a Monday
        model = type(self.env["infor.crm.connector"])
        self.startPatcher(patch.object(model, "_now", lambda this: self.now))
        self.marketer = self.make_user("marketer")

    def make_user(self, login, **values):
        group = self.env.ref("infor_crm_connector.group_user")
        return self.env["res.users"].create(
            {
                "name": login.title(),
                "login": login,
                "tz": "Europe/Vienna",
                "group_ids": [(4, group.id)],
                **values,
            }
        )

    def make_list(self, name="Customers", **values):
        """A list that is pushed; there may be any number of them."""
        return self.env["infor.crm.list.sync"].create(
            {
                "list_id": self.env["mailing.list"].create({"name": name}).id,
                "connector_id": self.connector.id,
                "kind": "lead",
                "push_only": True,
                "push": True,
                **values,
            }
        )

    def source_list(self):
        """A list of all leads, whose import is over."""
        sync = self.start("lead")
        self.end(sync.last_run_id)
        return sync

    def schedule(self, sync, at="02:30", tz="Europe/Vienna", user=None, **values):
        """As the window saves it, for a user."""
        hour, minute = map(int, at.split(":"))
        sync = sync.with_user(user or self.marketer).sudo()
        sync.write(
            {
                "scheduled": True,
                "at_hour": hour,
                "at_minute": minute,
                "tz": tz,
                **values,
            }
        )
        return sync

    def scheduled_list(self, name="Customers", **values):
        return self.schedule(self.make_list(name), **values)

    def lanes_look(self):
        """What a lane does with schedules, without executing what it queues."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env["infor.crm.list.sync"]._dispatch_due()
        self.env.invalidate_all()

    def runs(self, sync):
        return sync.run_ids.sorted("id")

    def end(self, runs, state="done"):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE infor_crm_sync_run SET state = %s WHERE id = ANY(%s)",
            [state, runs.ids],
        )
        self.env.invalidate_all()
