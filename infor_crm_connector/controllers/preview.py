from markupsafe import Markup

from odoo import http
from odoo.http import request

from ..models.infor_crm_preview import PATH

# A page that shows pictures and follows links, and nothing else. "sandbox" gives it no
# origin: it cannot use the session of whoever looks at it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src http: https: data:; "
    "style-src 'unsafe-inline' http: https:; font-src http: https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Content-Type": "text/html; charset=utf-8",
}
_MESSAGE = Markup(
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{0}</title></head>'
    '<body style="font-family:sans-serif;margin:4em auto;max-width:32em">'
    "<h1>{0}</h1><p>{1}</p></body></html>"
)
# Browsers say so when they fetch a page nobody looks at yet.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")


class Preview(http.Controller):
    """A message as one person got it, for whoever has the link in the note."""

    # No session: neither a cookie nor a login has anything to do here.
    @http.route(
        f"{PATH}<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        save_session=False,
        readonly=False,
    )
    def preview(self, token, mine=None, **_parameters):
        found = request.env["infor.crm.preview"]._of_token(token)
        if not found:
            return self._no_such_page()
        if found.revoked:
            return self._withdrawn()
        if not mine and self._is_looked_at():
            found._count_opening()
        return self._answer(found._page(), 200)

    def _is_looked_at(self):
        sent = request.httprequest
        said = " ".join(sent.headers.get(name, "") for name in _AHEAD).lower()
        return sent.method == "GET" and "prefetch" not in said

    def _no_such_page(self):
        env = request.env
        title = env._("There is no such message")
        text = env._(
            "The link may be incomplete, or the message was forgotten after the time "
            "for which it is kept."
        )
        return self._answer(_MESSAGE.format(title, text), 404)

    def _withdrawn(self):
        env = request.env
        title = env._("This message was withdrawn")
        text = env._("Ask the marketing department if you need to see it.")
        return self._answer(_MESSAGE.format(title, text), 410)

    def _answer(self, page, status):
        return request.make_response(page, headers=list(HEADERS.items()), status=status)
