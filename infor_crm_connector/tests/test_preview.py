"""Previews: a message as it was sent, without power, kept in little space."""

import random
from datetime import timedelta
from urllib.parse import urlsplit

from lxml import html

from odoo import fields
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from ..tools.preview_clean import cleaned, short_codes
from ..tools.preview_delta import delta_of, frame_of, restored
from .notes_common import NotesCase

HOSTS = frozenset({"odoo.example.com"})
BASE = "https://odoo.example.com"


@tagged("post_install", "-at_install")
class TestDelta(BaseCase):
    """Many mails that are nearly the same, kept once."""

    def assertKept(self, first, text, at_most=None):
        frame = frame_of(first)
        delta = delta_of(frame, text)
        self.assertEqual(restored(frame, delta), text)
        if at_most is not None:
            self.assertLessEqual(len(delta), at_most, delta)

    def body(self, name, extra=""):
        rows = "".join(f"<tr><td>Offer {n}</td></tr>" for n in range(200))
        return f"<html><p>Dear {name},</p>{extra}<table>{rows}</table><i>{name}</i>"

    def test_a_name_costs_a_name(self):
        self.assertKept(self.body("Ada"), self.body("Grace"), 60)
        self.assertKept(self.body("Ada"), self.body("Ada"), 12)

    def test_a_paragraph_more_or_less(self):
        with_one = self.body("Ada", "<p>You are <b>special</b>.</p>")
        self.assertKept(self.body("Ada"), with_one, 80)
        self.assertKept(with_one, self.body("Ada"), 40)

    def test_anything_comes_back(self):
        draw = random.Random(3)
        pieces = ["<p>", "</p>", "a", "<b>", "äß", "😀", '"', "\\", "0", "<", ">", " "]
        for _ in range(300):
            texts = ["".join(draw.choices(pieces, k=draw.randrange(30))) for _ in "ab"]
            self.assertKept(*texts)

    def test_nothing_in_common(self):
        self.assertKept("", "<p>x</p>")
        self.assertKept("<p>x</p>", "")


@tagged("post_install", "-at_install")
class TestClean(BaseCase):
    """What is taken out of a mail, and what stays."""

    def clean(self, body, targets=None):
        return cleaned(f"<div>{body}</div>", HOSTS, targets or {}, "Title")

    def links(self, body, targets=None):
        root = html.document_fromstring(self.clean(body, targets))
        return [link for _element, _attribute, link, _at in root.iterlinks()]

    def test_tracked_links_become_their_targets(self):
        body = f'<a href="{BASE}/r/abc/m/17">Read</a> <a href="{BASE}/r/gone">x</a>'
        self.assertEqual(short_codes(body, HOSTS), {"abc", "gone"})
        targets = {"abc": "https://shop.example.com/?a=1&b=2"}
        self.assertEqual(self.links(body, targets), [targets["abc"]])
        self.assertIn(">x</a>", self.clean(body, targets))

    def test_other_peoples_short_links_stay(self):
        link = "https://reddit.example.com/r/python"
        self.assertEqual(self.links(f'<a href="{link}">x</a>'), [link])

    def test_what_counts_or_acts_is_out(self):
        for link in (
            f"{BASE}/mailing/3/confirm_unsubscribe?document_id=1&hash_token=abc",
            f"{BASE}/mailing/3/unsubscribe?hash_token=abc",
            f"{BASE}/mailing/3/view?document_id=1&email=a%40b.c&hash_token=abc",
            f"{BASE}/unsubscribe_from_list",
            f"{BASE}/mail/unfollow?model=x&token=1",
            f"{BASE}/my/orders/1?access_token=abc",
            "/mailing/3/unsubscribe",
            "HTTPS://ODOO.EXAMPLE.COM/mailing/3/view?hash_token=abc",
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "data:text/html,<script>alert(1)</script>",
            "vbscript:x",
        ):
            page = self.clean(f'<a href="{link}">Words</a>')
            self.assertIn("Words", page)
            self.assertNotIn("href", page, link)
            self.assertNotIn("abc", page)

    def test_a_target_that_acts_is_no_target(self):
        body = f'<a href="{BASE}/r/abc">x</a>'
        target = {"abc": f"{BASE}/mailing/3/unsubscribe?hash_token=1"}
        self.assertEqual(self.links(body, target), [])

    def test_the_pixel_is_out_and_pictures_stay(self):
        pictures = [
            f"{BASE}/web/image/12-abc/sun.png?access_token=xyz",
            "https://cdn.example.com/a.gif",
            "data:image/png;base64,AAAA",
        ]
        body = "".join(f'<img src="{link}"/>' for link in pictures)
        body += f'tail<img src="{BASE}/mail/track/9/abcdef/blank.gif"/>more'
        self.assertEqual(self.links(body), pictures)
        self.assertIn("tailmore", self.clean(body))

    def test_nothing_active_stays(self):
        page = self.clean(
            "<script>alert(1)</script><iframe src='//x'></iframe>"
            "<form action='/web/session/logout'><p>Form text</p><input/></form>"
            "<a href='https://a.example/' onclick='x()'>A</a>"
            "<meta http-equiv='refresh' content='0;url=https://evil.example'/>"
            "<base href='https://evil.example/'/><object data='x'></object>"
            "<svg onload='x()'><a xlink:href='javascript:x()'>S</a></svg>"
            "<p style='background:url(javascript:x)'>Styled</p>"
            "<!-- <a href='/mailing/1/unsubscribe?hash_token=abc'> -->"
        ).lower()
        for word in (
            "<script",
            "<iframe",
            "<form",
            "<input",
            "onclick",
            "onload",
            "refresh",
            "<base",
            "<object",
            "javascript",
            "evil",
            "hash_token",
        ):
            self.assertNotIn(word, page)
        for word in ("form text", "styled", "https://a.example/"):
            self.assertIn(word, page)

    def test_texts_are_kept_to_the_letter(self):
        words = "Grüße, 日本 😀 &amp; Co. &lt;b&gt; “quoted”"
        root = html.document_fromstring(self.clean(f"<p>{words}</p>"))
        said = html.fromstring(words).text_content()
        self.assertEqual(root.body.text_content(), said)

    def test_mails_without_text(self):
        for body in ("", "  ", "<!-- nothing -->", None):
            self.assertIn(cleaned(body, HOSTS, {}), ("",))


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
        for wrong in (token[:-1], token.swapcase(), str(preview.id), "%25", "x" * 500):
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
