"""Previews: a message as it was sent, without power, kept in little space."""

from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from lxml import html

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .notes_common import NotesCase


@tagged("post_install", "-at_install")
class TestPreviewPage(NotesCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.message = self.sent()
        self.mails = {
            mail["email_to"][0].split("<")[-1].strip("<>"): mail["body"]
            for mail in self._mails
        }

    def preview(self, number=0):
        return self.rows(self.message)[number].preview_id

    def open(self, preview, **options):
        self.authenticate(None, None)
        self.opener.cookies.clear()
        return self.url_open(urlsplit(preview._url()).path, **options)

    def words(self, page):
        return " ".join(html.document_fromstring(page).text_content().split())

    def body_words(self, page):
        body = html.document_fromstring(page).body
        return " ".join(body.text_content().split())

    def test_it_is_the_very_message(self):
        for row in self.rows(self.message):
            answer = self.open(row.preview_id)
            self.assertEqual(answer.status_code, 200)
            self.assertEqual(
                self.body_words(answer.text),
                self.body_words(self.mails[row.address]),
            )
            self.assertEqual(
                html.document_fromstring(answer.text).findtext(".//title"), row.subject
            )

    def test_it_can_do_nothing(self):
        page = self.open(self.preview()).text
        for word in ("hash_token", "/mailing/", "/mail/track", "/r/", "unsubscribe_"):
            self.assertNotIn(word, page)
        self.assertIn("Unsubscribe", page)
        self.assertIn("https://news.example.com/summer?a=1&amp;b=2", page)
        self.assertIn("https://news.example.com/sun.png", page)
        self.assertIn("hash_token", self.mails[self.rows(self.message)[0].address])

    def test_links_that_a_websites_own_domain_counts_are_disarmed_too(self):
        """Odoo counts clicks where the company's website is, not where Odoo is."""
        self.env["website"].search([]).domain = "https://www.example.org"
        tracker = type(self.env["link.tracker"])
        for host in ("www.example.org", "short.example.net"):

            def hosted(links, host=host):
                links.short_url_host = f"https://{host}/r/"

            with patch.object(tracker, "_compute_short_url_host", hosted):
                message = self.sent(subject=f"From {host}")
            mail = next(m for m in self._mails if host in m["subject"])
            self.assertIn(f"https://{host}/r/", mail["body"])
            page = self.rows(message)[0].preview_id._page()
            self.assertNotIn("/r/", page)
            self.assertIn("https://news.example.com/summer?a=1&amp;b=2", page)

    def test_it_is_in_the_language_of_who_got_it(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        body = """<p><t t-if="object.lang == 'fr_FR'">Bonjour</t>
            <t t-else="">Hello</t> <t t-out="format_date('2026-05-03', 'd MMMM')"/></p>
            """
        people = self.env["res.partner"].create(
            [
                {"name": lang, "lang": lang, "email": member.email}
                for lang, member in zip(
                    ("en_US", "fr_FR"), self.list.contact_ids, strict=False
                )
            ]
        )
        message = self.sent(
            mailing_model_id=self.env["ir.model"]._get_id("res.partner"),
            mailing_domain=f"[('id', 'in', {people.ids})]",
            contact_list_ids=False,
            subject="News",
            body_html=body,
            lang="{{ object.lang }}",
            infor_note=True,
        )
        said = {
            row.res_id: self.body_words(row.preview_id._page())
            for row in self.rows(message)
        }
        self.assertEqual(
            said, dict(zip(people.ids, ("Hello 3 May", "Bonjour 3 mai"), strict=True))
        )

    def test_its_headers_keep_it_harmless_and_private(self):
        answer = self.open(self.preview())
        policy = answer.headers["Content-Security-Policy"]
        for part in ("default-src 'none'", "form-action 'none'", "sandbox"):
            self.assertIn(part, policy)
        self.assertNotIn("allow-scripts", policy)
        self.assertNotIn("allow-same-origin", policy)
        self.assertIn("noindex", answer.headers["X-Robots-Tag"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("Set-Cookie", answer.headers)

    @mute_logger("odoo.http")
    def test_it_cannot_be_guessed(self):
        preview = self.preview()
        token = preview.sudo().token
        self.assertGreaterEqual(len(token), 22)
        path = "/infor_crm/preview/"
        for wrong in (
            token[:-1],
            token.swapcase(),
            str(preview.id),
            "%25",
            "%00",
            f"{token}%00",
            "%ED%A0%80",
            "x" * 500,
        ):
            answer = self.url_open(path + wrong)
            self.assertEqual(answer.status_code, 404)
            self.assertNotIn("Summer", answer.text)
        self.assertEqual(self.url_open(path).status_code, 404)

    def test_it_is_what_was_sent_and_not_todays_rendering(self):
        row = self.rows(self.message)[0]
        before = self.open(row.preview_id).text
        self.env["mailing.contact"].browse(row.res_id).first_name = "Renamed"
        self.message.write({"body_html": "<p>Other</p>", "subject": "Other"})
        self.assertEqual(self.open(row.preview_id).text, before)

    def test_it_survives_mail_contact_and_mailing(self):
        row = self.rows(self.message)[0]
        preview = row.preview_id
        before = self.open(preview).text
        self.env["link.tracker"].search([]).unlink()
        self.env["mailing.contact"].browse(row.res_id).unlink()
        self.message.unlink()
        self.assertEqual(self.open(preview).text, before)

    def test_one_person_or_all_can_be_withdrawn(self):
        one, other = self.preview(0), self.preview(1)
        one.with_user(self.user).action_revoke()
        answer = self.open(one)
        self.assertEqual(answer.status_code, 410)
        self.assertNotIn("Summer", answer.text)
        self.assertEqual(self.open(other).status_code, 200)
        self.message.with_user(self.user).action_revoke_previews()
        self.assertEqual(self.open(other).status_code, 410)
        # what is sent from now on is withdrawn, too
        self.env["infor.crm.outbox"].search([]).unlink()
        trace = self.message.mailing_trace_ids[0]
        self.env["mail.mail"]._infor_note_sent(trace, {"subject": "S", "body": "<p/>"})
        self.assertTrue(self.preview().revoked)
        self.message.with_user(self.user).action_allow_previews()
        self.assertEqual(self.open(other).status_code, 200)

    def test_openings_are_counted_for_who_is_responsible(self):
        preview = self.preview()
        for _ in range(3):
            self.open(preview)
        self.open(preview, headers={"Sec-Purpose": "prefetch"})
        self.url_open(urlsplit(preview._url()).path + "?mine=1")
        self.env.invalidate_all()
        self.assertEqual(preview.opened, 3)
        self.assertTrue(preview.last_opened)
        self.assertEqual(self.message.with_user(self.user).infor_preview_opened, 3)
        # nobody who was mailed is taken to have opened it
        self.assertFalse(self.message.mailing_trace_ids.filtered("open_datetime"))

    def test_it_is_forgotten_when_its_time_is_over(self):
        preview = self.preview()
        self.drain()
        previews = self.env["infor.crm.preview"]
        previews._gc_previews()
        self.assertTrue(preview.exists())
        old = fields.Datetime.now() - timedelta(days=365 * 2 + 40)
        self.rows(self.message).preview_id.sent = old
        previews._gc_previews()
        self.assertFalse(preview.exists())
        self.assertFalse(
            self.env["infor.crm.preview.frame"]
            .sudo()
            .search([("mailing_id", "=", self.message.id)])
        )

    def test_how_long_is_a_setting(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.infor_preview_months, 24)
        settings.infor_preview_months = 1
        settings.execute()
        self.preview().sent = fields.Datetime.now() - timedelta(days=40)
        kept = self.preview(1)
        self.env["infor.crm.preview"]._gc_previews()
        self.assertFalse(self.preview())
        self.assertTrue(kept.exists())
        settings = self.env["res.config.settings"].create({"infor_preview_months": 0})
        settings.execute()
        kept.sent = "2001-01-01"
        self.env["infor.crm.preview"]._gc_previews()
        self.assertTrue(kept.exists(), "0: for ever")

    def test_a_mailing_is_kept_once(self):
        frames = self.env["infor.crm.preview.frame"].sudo()
        self.assertEqual(len(self.rows(self.message).preview_id.frame_id), 1)
        self.assertEqual(frames.search_count([("mailing_id", "=", self.message.id)]), 1)
        for row in self.rows(self.message)[1:]:
            self.assertLess(len(row.preview_id.sudo().delta), 250)
