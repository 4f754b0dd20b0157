"""From a mailing's Send button to the page a salesperson sees: a journey."""

import time

from lxml import html

from odoo.tests import HttpCase, common, new_test_user, tagged

from .notes_common import NotesCase

BODY = """<div>
    <p>Dear <t t-out="object.first_name">reader</t> of
       <t t-out="object.company_name">your company</t>,</p>
    <p>our <a href="https://news.example.com/summer">summer news</a>.</p>
    <p><a href="/unsubscribe_from_list">Unsubscribe</a></p>
</div>"""
# a click, as a person makes it
FOLLOW = "document.querySelector('a[href*=\"/infor_crm/preview/\"]').click()"


@tagged("post_install", "-at_install")
class TestToursNotes(NotesCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a busy machine needs longer than ten seconds to start a browser
        cls.classPatch(common, "CHECK_BROWSER_ITERATIONS", 900)

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("web.base.url", self.base_url())
        self.connector.web_client_url = f"{self.crm.url}/SlxClient"
        self.marketer = new_test_user(
            self.env, "marketer", "infor_crm_connector.group_user"
        )

    def test_send_a_mailing_and_open_the_preview_from_the_note(self):
        mailing = self.mailing(body_html=BODY, body_arch=BODY)
        mailing.user_id = self.marketer
        self.start_tour(
            "/odoo/email-marketing", "infor_crm_send_with_note", login="marketer"
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env.ref(
                "mass_mailing.ir_cron_mass_mailing_queue"
            ).method_direct_trigger()
        self.drain()
        self.assertOneEach(mailing)
        row = self.rows(mailing, type="note")[0]
        record = self.connector._record_url(row.kind, row.key)
        preview = self._follow_the_note(record)
        self.assertIn("Dear", preview)
        self.assertEqual(preview, self._words(self._received(row.address)))

    def _received(self, address):
        """The message as that mailbox has it."""
        [body] = [
            mail["body"] for mail in self._mails if address in mail["email_to"][0]
        ]
        return body

    def _words(self, page):
        return " ".join(html.document_fromstring(page).body.text_content().split())

    def _follow_the_note(self, record):
        """What a browser without a login shows after the click on the note's link."""
        browser = common.ChromeBrowser(self)
        try:
            with self.allow_requests(browser=browser):
                browser.navigate_to(record, wait_stop=True)
                browser._websocket_request(
                    "Runtime.evaluate", params={"expression": FOLLOW}
                )
                return self._shown(browser)
        finally:
            browser.stop()

    def _shown(self, browser):
        """Words of the page behind the link, which allows no script to read it."""
        before = ""
        for _ in range(300):
            words = self._preview_words(browser)
            if words and words == before:
                return words
            before = words
            time.sleep(0.1)
        raise AssertionError(f"the link in the note leads nowhere: {before!r}")

    def _preview_words(self, browser):
        """What stands there by now; nothing while the browser changes pages."""
        try:
            root = browser._websocket_request("DOM.getDocument", params={"depth": 0})
            if "/infor_crm/preview/" not in root["root"]["documentURL"]:
                return ""
            outer = browser._websocket_request(
                "DOM.getOuterHTML", params={"nodeId": root["root"]["nodeId"]}
            )
        except common.ChromeBrowserException:
            # the node went with the page that is being left
            return ""
        return self._words(outer["outerHTML"])
