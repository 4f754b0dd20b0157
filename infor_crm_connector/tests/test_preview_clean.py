"""Previews hold a mail without power, in little space."""

import random

from lxml import html

from odoo.tests import BaseCase, tagged

from ..tools.preview_clean import cleaned, short_codes
from ..tools.preview_delta import delta_of, frame_of, restored

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
