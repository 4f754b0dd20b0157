"""How fast is a first import, compared with Odoo's own ways to write the same values?

Three ways, one after the other, in one database and one process:

* ``create``  bare ``create()`` in batches of 500, with subscriptions, tracking off
* ``load``    Odoo's CSV import (``load()``) of the same values
* ``import``  ours: from the first request to linked members of the list

    python benchmarks/bench_import.py --database bench --simulator http://127.0.0.1:4711

Each way writes into a list of its own. Afterwards the contacts of the three are counted
and compared, so that nobody is fast by leaving something out. Prints a table, and as
last line JSON. The database gets the addon's data: use one made for the purpose.
"""

import argparse
import json
import resource
import sys
import time

from bench_common import (
    add_options,
    connect,
    our_import,
    results_of,
)

BATCH = 500


def main():
    options = read_options()
    results = results_of(options, run)
    print_table(results)
    print(json.dumps(results))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--skip", nargs="*", default=[], choices=["create", "load"])
    return parser.parse_args()


# --- the three ways ------------------------------------------------------------------


def run(env, crm, options):
    connector = connect(env, crm)
    results = {"leads": options.leads, "batch": BATCH}
    sync, results["import"] = measure(env, our_import, connector)
    rows = values_of(env, sync)
    results["contacts"] = len(rows)
    results["writer"] = writer_name(env)
    results["requests"] = sync.last_run_id.calls
    ours = fingerprint(env, sync.list_id)
    for name, way in (("create", bare_create), ("load", csv_load)):
        if name in options.skip:
            continue
        mailing_list, results[name] = measure(env, way, rows)
        if fingerprint(env, mailing_list) != ours:
            sys.exit(f"{name} did not write what the import wrote")
        results[f"{name}_ratio"] = round(results[name] / results["import"], 2)
    results["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return results


def measure(env, way, argument):
    """(what ``way`` returns, seconds)"""
    env.invalidate_all()
    began = time.perf_counter()
    result = way(env, argument)
    return result, round(time.perf_counter() - began, 2)


def fields_of(sync):
    """Names of the fields an import fills, properties apart."""
    return [row.odoo_field for row in sync._mappings()]


def values_of(env, sync):
    """What the import wrote, as values for ``create()``, one dict per contact."""
    names = [*fields_of(sync), "name"]
    env.cr.execute(
        f"""SELECT {", ".join(names)}, properties FROM mailing_contact c
              JOIN mailing_subscription s ON s.contact_id = c.id
             WHERE s.list_id = %s ORDER BY c.id""",
        [sync.list_id.id],
    )
    rows = env.cr.dictfetchall()
    env.cr.commit()
    return rows


def bare_create(env, rows):
    mailing_list = env["mailing.list"].create({"name": "Bare create()"})
    contacts = env["mailing.contact"].with_context(tracking_disable=True)
    for start in range(0, len(rows), BATCH):
        contacts.create(
            [
                {**row, "subscription_ids": [(0, 0, {"list_id": mailing_list.id})]}
                for row in rows[start : start + BATCH]
            ]
        )
        contacts.env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    return mailing_list


def csv_load(env, rows):
    """As the import screen does it: texts, in batches of its own size."""
    mailing_list = env["mailing.list"].create({"name": "CSV import"})
    contacts = env["mailing.contact"].with_context(
        tracking_disable=True, import_file=True
    )
    properties = sorted({name for row in rows for name in row["properties"] or {}})
    plain = [name for name in rows[0] if name != "properties"]
    header = [f"{name}/.id" if name.endswith("_id") else name for name in plain]
    header += [f"properties.{name}" for name in properties]
    header.append("subscription_ids/list_id/.id")
    for start in range(0, len(rows), 2000):
        data = [
            [*(text(row[name]) for name in plain)]
            + [text((row["properties"] or {}).get(name)) for name in properties]
            + [str(mailing_list.id)]
            for row in rows[start : start + 2000]
        ]
        result = contacts.load(header, data)
        if not result["ids"]:
            sys.exit(f"load() refused: {result['messages'][:3]}")
        env.flush_all()
        env.cr.commit()
        env.invalidate_all()
    return mailing_list


def text(value):
    return "" if value in (None, False) else str(value)


# --- afterwards ----------------------------------------------------------------------


def fingerprint(env, mailing_list):
    """Numbers that differ as soon as a way writes less than another."""
    env.cr.execute(
        """SELECT count(*), count(c.name), count(c.email_normalized), count(c.city),
                  count(c.state_id), count(c.country_id), count(c.phone),
                  count(DISTINCT c.email_normalized)
             FROM mailing_contact c JOIN mailing_subscription s ON s.contact_id = c.id
            WHERE s.list_id = %s""",
        [mailing_list.id],
    )
    return env.cr.fetchone()


def writer_name(env):
    from odoo.addons.infor_crm_connector.tools.contact_writer import choose_writer

    return type(choose_writer(env)).__name__


def print_table(results):
    count = results["contacts"]
    print(f"\n{results['leads']} leads, {count} contacts, {results['writer']}")
    print(f"{'':10}{'seconds':>10}{'per second':>12}{'import is':>14}")
    for name in ("import", "create", "load"):
        if name in results:
            ratio = results.get(f"{name}_ratio")
            faster = f"{ratio} x as fast" if ratio else ""
            seconds = results[name]
            print(f"{name:10}{seconds:>10}{count / seconds:>12.0f}{faster:>18}")
    print(f"{results['requests']} requests, {results['rss_mb']} MB at most\n")


if __name__ == "__main__":
    main()
