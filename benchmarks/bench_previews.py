"""Bytes per recipient of what is kept of a mailing: previews, frames, outbox.

A newsletter of 60 KB to 10,000 people, each addressed by name, with a city in the text
and a paragraph that every third one gets. Sizes are PostgreSQL's, indexes included.
"""

import argparse
import json
import random
import time

from bench_common import add_options, open_odoo

TABLES = ("infor_crm_preview", "infor_crm_preview_frame", "infor_crm_outbox")
WORDS = [
    "summer",
    "offer",
    "news",
    "price",
    "garden",
    "table",
    "paper",
    "cloud",
    "river",
    "stone",
]
NAMES = [
    "Ada",
    "Grace",
    "Edsger",
    "Barbara",
    "Donald",
    "Jürgen",
    "Λίνος",
    "日向",
    "Margaret",
    "Linus",
]
CITIES = ["Linz", "Graz", "Oslo", "Porto", "Kyoto", "Leeds", "Bern"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--kilobytes", type=int, default=60)
    options = parser.parse_args()
    env, close = open_odoo(options)
    letter = newsletter(options.kilobytes * 1000)
    before = sizes(env)
    seconds = keep(env, letter, options.people)
    after = sizes(env)
    print_results(options, len(letter.encode()), before, after, seconds)
    close()


def newsletter(size):
    """Rows of a table as newsletters have them, with two placeholders."""
    draw = random.Random(1)
    parts = ["<html><body><p>Dear {name},</p>{extra}<table>"]
    while sum(map(len, parts)) < size:
        text = " ".join(draw.choices(WORDS, k=40))
        link = f"https://shop.example.com/{draw.randrange(10**6)}"
        style = "font-family:Arial,sans-serif;font-size:14px;line-height:20px"
        parts.append(f'<tr><td style="{style}"><a href="{link}">{text}</a></td></tr>')
    parts.append("</table><p>Yours in {city}</p></body></html>")
    return "".join(parts)


def keep(env, letter, people):
    """What sending adds for each of them, one by one; seconds."""
    connector, traces = recipients(env, people)
    outbox = env["infor.crm.outbox"].sudo()
    draw = random.Random(2)
    hosts = frozenset({"odoo.example.com"})
    started = time.monotonic()
    for number, trace in enumerate(traces):
        name, city = draw.choice(NAMES) + f" {number}", draw.choice(CITIES)
        extra = "" if number % 3 else "<p>Thank you for your <b>order</b>!</p>"
        body = letter.format(name=name, city=city, extra=extra)
        mail = {
            "subject": f"Summer news for {name}",
            "body": body,
            "hosts": hosts,
            "targets": {},
        }
        target = {
            "connector_id": connector.id,
            "kind": "lead",
            "key": f"QBENCH{number:06}",
        }
        outbox._add_note(trace, target, mail)
        if number % 500 == 499:
            env.flush_all()
            env.cr.commit()
            env.invalidate_all()
    env.flush_all()
    env.cr.commit()
    return time.monotonic() - started


def recipients(env, people):
    connector = env["infor.crm.connector"].create(
        {"name": "Bench", "url": "http://127.0.0.1:9"}
    )
    mailing = env["mailing.mailing"].create(
        {"subject": "Summer", "email_from": "news@example.com"}
    )
    values = {
        "mass_mailing_id": mailing.id,
        "model": "mailing.contact",
        "sent_datetime": "2025-06-01 10:00:00",
        "trace_status": "sent",
    }
    traces = env["mailing.trace"].create(
        [
            {**values, "res_id": number, "email": f"person{number}@mail.example.com"}
            for number in range(1, people + 1)
        ]
    )
    env.cr.commit()
    return connector, traces


def sizes(env):
    found = {}
    for table in TABLES:
        env.cr.execute(f"SELECT pg_total_relation_size('{table}')")
        found[table] = env.cr.fetchone()[0]
    return found


def print_results(options, size, before, after, seconds):
    print(f"\n{options.people} people, a newsletter of {size / 1000:.0f} KB")
    results = {"people": options.people, "newsletter_bytes": size}
    for table in TABLES:
        each = (after[table] - before[table]) / options.people
        results[table] = round(each)
        print(f"{table:28}{each:>10.0f} bytes per recipient")
    total = sum(results[table] for table in TABLES)
    results["bytes_per_recipient"] = total
    results["ms_per_mail"] = round(1000 * seconds / options.people, 1)
    print(f"{'together':28}{total:>10} ({total / size:.1%} of the newsletter)")
    print(f"{results['ms_per_mail']} ms per mail\n")
    print(json.dumps(results))


if __name__ == "__main__":
    main()
