"""Pages for people: what a salesperson would see in the browser.

The real web client is an application of its own; these few pages are here so that
somebody who tries the addon can look at a lead, and follow the link in a note. They
show, change nothing, ask for no login, and no code of the addon reads them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from urllib.parse import parse_qs, quote

from .http import Request, Response
from .state import State

PATH = "/slxclient"
_MOST = 50
_KINDS = {
    "lead": ("LEAD", "LEADID", "COMPANY"),
    "contact": ("CONTACT", "CONTACTID", "ACCOUNTNAME"),
}
_SHOWN = (
    ("Company", "COMPANY"),
    ("Account", "ACCOUNTNAME"),
    ("Title", "TITLE"),
    ("E-mail", "EMAIL"),
    ("Work phone", "WORKPHONE"),
    ("Mobile", "MOBILE"),
    ("Status", "STATUS"),
    ("Type", "TYPE"),
    ("Lead source", "SOURCE"),
    ("Owner", "OWNER"),
    ("Notes", "NOTES"),
)
_RECORD = """SELECT r.*, o.OWNERDESCRIPTION AS OWNER {source} FROM {table} r
             LEFT JOIN SECCODE o ON o.SECCODEID = r.SECCODEID {join}
             WHERE r.{key} = ?"""
_OF_LEADS = "LEFT JOIN LEADSOURCE s ON s.LEADSOURCEID = r.LEADSOURCEID"
_HISTORY = """SELECT * FROM HISTORY WHERE TYPE <> 'atDatabaseChange' {where}
              ORDER BY CREATEDATE DESC, HISTORYID DESC LIMIT ?"""
_PEOPLE = """SELECT '{kind}' AS KIND, {key} AS ID, FIRSTNAME, LASTNAME, EMAIL,
                    {company} AS FIRM, CREATEDATE
               FROM {table}
              WHERE ? = '' OR instr(lower(coalesce(FIRSTNAME, '') || ' ' ||
                    coalesce(LASTNAME, '') || ' ' || coalesce(EMAIL, '') || ' ' ||
                    coalesce({company}, '')), lower(?))"""
_LINK = re.compile(r"https?://[^\s<>\"]+")
_STYLE = """
body{font:15px/1.5 sans-serif;margin:0;color:#222;background:#f3f4f6}
header{background:#1f4e79;color:#fff;padding:10px 24px;display:flex;gap:24px;
align-items:center}header a{color:#fff;text-decoration:none;font-weight:bold}
header form{margin-left:auto}main{max-width:960px;margin:24px auto;padding:0 16px}
section{background:#fff;border:1px solid #d5d9de;border-radius:4px;padding:12px 20px;
margin-bottom:20px}table{border-collapse:collapse;width:100%}
th{text-align:left;color:#5b6470;font-weight:normal;width:1%;padding:4px 16px 4px 0;
vertical-align:top;white-space:nowrap}td{padding:4px 16px 4px 0;vertical-align:top;
overflow-wrap:anywhere}
.text{white-space:pre-wrap}.mark{background:#fde8e8;color:#9b1c1c;padding:2px 8px;
border-radius:4px;margin-right:8px;font-size:13px}h1{margin:4px 0 12px;font-size:24px}
h2{font-size:17px;margin:4px 0 8px}.when{white-space:nowrap;color:#5b6470;width:1%}
tr+tr td,tr+tr th{border-top:1px solid #e8eaed}
"""

Row = dict[str, object]


def is_asked(request: Request) -> bool:
    path = request.path.lower()
    return path == PATH or path.startswith(f"{PATH}/")


def respond(state: State, request: Request) -> Response:
    query = {k.lower(): v[0] for k, v in parse_qs(request.query_string).items()}
    name = request.path[len(PATH) :].strip("/").lower().removesuffix(".aspx")
    if name in _KINDS:
        return _person(state, name, query.get("entityid", ""))
    if name in ("", "default"):
        return _start(state, query.get("q", "").strip())
    return _page(404, "No such page", "<section>There is no such page.</section>")


def _rows(state: State, sql: str, params: list[object]) -> list[Row]:
    names, rows = state.store.table(sql, params)
    return [dict(zip(names, row, strict=True)) for row in rows]


# Pages


def _start(state: State, wanted: str) -> Response:
    people = " UNION ALL ".join(
        _PEOPLE.format(kind=kind, table=table, key=key, company=company)
        for kind, (table, key, company) in _KINDS.items()
    )
    sql = f"{people} ORDER BY CREATEDATE DESC, ID DESC LIMIT ?"
    found = _rows(state, sql, [wanted] * 4 + [_MOST])
    title = f"Found: “{wanted}”" if wanted else "Newest leads and contacts"
    blocks = [_block(title, "".join(map(_line, found)) or _nothing())]
    if not wanted:
        notes = _rows(state, _HISTORY.format(where=""), [_MOST])
        blocks.insert(0, _block("Newest notes", "".join(_note(n, True) for n in notes)))
    return _page(200, "Practice Infor CRM", "".join(blocks), wanted)


def _person(state: State, kind: str, key: str) -> Response:
    table, column, _company = _KINDS[kind]
    of_leads = kind == "lead"
    sql = _RECORD.format(
        table=table,
        key=column,
        source=", s.DESCRIPTION AS SOURCE" if of_leads else "",
        join=_OF_LEADS if of_leads else "",
    )
    found = _rows(state, sql, [key])
    if not found:
        text = f"<section>There is no {kind} {escape(key)}.</section>"
        return _page(404, "No such record", text)
    where = f"AND {column} = ?"
    notes = _rows(state, _HISTORY.format(where=where), [key, _MOST])
    listed = "".join(_note(note) for note in notes) or _nothing()
    facts = _facts(kind, found[0])
    return _page(200, _name(found[0]), facts + _block("Notes/History", listed))


def _facts(kind: str, row: Row) -> str:
    marks = "".join(
        f'<span class="mark">{label}</span>'
        for label, column in (
            ("Do not e-mail", "DONOTEMAIL"),
            ("Do not solicit", "DONOTSOLICIT"),
        )
        if row[column]
    )
    lines = "".join(
        f'<tr><th>{label}</th><td class="text">{_text(row[column])}</td></tr>'
        for label, column in _SHOWN
        if row.get(column)
    )
    return (
        f"<section><div>{kind.capitalize()}</div><h1>{escape(_name(row))}</h1>{marks}"
        f"<table>{lines}</table></section>"
    )


# Pieces


def _name(row: Row) -> str:
    return " ".join(str(row[n]) for n in ("FIRSTNAME", "LASTNAME") if row[n])


def _text(value: object) -> str:
    """Escaped, with its links to click on."""
    parts, end = [], 0
    text = str(value)
    for match in _LINK.finditer(text):
        link = escape(match[0])
        parts += escape(text[end : match.start()]), f'<a href="{link}">{link}</a>'
        end = match.end()
    return "".join(parts) + escape(text[end:])


def _moment(milliseconds: object) -> str:
    if milliseconds is None:
        return ""
    moment = datetime.fromtimestamp(int(str(milliseconds)) / 1000, tz=UTC)
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _link(kind: str, key: object, name: object) -> str:
    address = f"/SlxClient/{kind.capitalize()}.aspx?entityid={quote(str(key))}"
    return f'<a href="{address}">{escape(str(name))}</a>'


def _line(row: Row) -> str:
    kind = str(row["KIND"])
    cells = [_link(kind, row["ID"], _name(row) or row["ID"]), kind]
    cells += [escape(str(row[name] or "")) for name in ("EMAIL", "FIRM")]
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _note(row: Row, named: bool = False) -> str:
    about = ""
    if named and row["LEADID"]:
        about = _link("lead", row["LEADID"], row["LEADNAME"] or row["LEADID"])
    elif named and row["CONTACTID"]:
        about = _link("contact", row["CONTACTID"], row["CONTACTNAME"] or "contact")
    text = row["LONGNOTES"] or row["NOTES"] or ""
    return (
        f'<tr><td class="when">{_moment(row["CREATEDATE"])}</td>'
        f"<td>{about}<div><b>{escape(str(row['DESCRIPTION'] or ''))}</b></div>"
        f'<div class="text">{_text(text)}</div></td></tr>'
    )


def _nothing() -> str:
    return "<tr><td>Nothing yet.</td></tr>"


def _block(title: str, lines: str) -> str:
    return f"<section><h2>{escape(title)}</h2><table>{lines}</table></section>"


def _page(status: int, title: str, body: str, wanted: str = "") -> Response:
    html = (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>"
        '<header><a href="/SlxClient/">Practice Infor CRM</a>'
        '<form action="/SlxClient/"><input name="q" placeholder="Name or e-mail" '
        f'value="{escape(wanted)}"> <button>Search</button></form></header>'
        f"<main>{body}</main></body></html>"
    )
    return Response(status, html.encode())
