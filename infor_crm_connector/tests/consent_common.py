"""What the tests of opt-outs share."""

from .sync_common import SyncCase

REASON = "<p>asked me to</p>"


class ConsentCase(SyncCase):
    options = {"pull": True, "pull_add": True, "pull_update": True}

    def blacklist(self, address):
        return self.env["mail.blacklist"].sudo()._add(address, message="<p>no</p>")

    def lift(self, address):
        self.env["mail.blacklist"].sudo()._remove(address, message=REASON)
        self.env.flush_all()

    def questions(self, question_type):
        return self.env["infor.crm.question"].search(
            [("connector_id", "=", self.connector.id), ("type", "=", question_type)]
        )

    def flag(self, key, kind="lead"):
        return bool(self.crm_row(key, kind)["DONOTEMAIL"])
