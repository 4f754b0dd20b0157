"""What does a sync cost when nothing changed, and when a little did?

One list of ``--leads`` imported leads, pulled and pushed in all its fields:

* ``import``   the first fill, for comparison
* ``settle``   the first sync after it; another one reads what that one wrote
* ``idle``     a sync with nothing changed on either side, the median of several
* ``changed``  a sync after ``--changed`` other people were edited on each side

    python benchmarks/bench_sync.py --database bench --simulator http://127.0.0.1:4711

For each: seconds, those this process computed, requests, how many of them wrote, and
whether a single row of the contacts, links, members or subscriptions was written in
Odoo. Prints a table, and as last line JSON. The database gets the addon's data: use one
made for the purpose.
"""

import argparse
import json
import sys
import time

from bench_common import (
    Place,
    add_options,
    connect,
    control,
    finish_run,
    our_import,
    results_of,
)

IDLE_RUNS = 5
WRITTEN = (
    "mailing_contact",
    "mailing_subscription",
    "infor_crm_binding",
    "infor_crm_list_member",
    "mail_blacklist",
)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--changed", type=int, default=200)
    options = parser.parse_args()
    results = results_of(options, run)
    print_table(results)
    print(json.dumps(results))


def run(env, crm, options):
    connector = connect(env, crm)
    began, computed = time.perf_counter(), time.process_time()
    sync = our_import(env, connector)
    results = {
        "leads": options.leads,
        "changed": options.changed,
        "import": {
            "seconds": round(time.perf_counter() - began, 2),
            "computed": round(time.process_time() - computed, 2),
        },
    }
    set_up(sync)
    clock(options, crm, 3600)
    results["settle"] = measure(env, sync, crm)
    clock(options, crm, 7200)
    measure(env, sync, crm)
    clock(options, crm, 10800)
    runs = [measure(env, sync, crm) for _n in range(IDLE_RUNS)]
    results["idle"] = sorted(runs, key=lambda run: run["seconds"])[IDLE_RUNS // 2]
    change(env, sync, options, crm)
    clock(options, crm, 14400)
    results["changed_run"] = measure(env, sync, crm)
    check(results["changed_run"], options)
    return results


def set_up(sync):
    fields = sync.env["infor.crm.field"].browse(list(sync._target_of_field()))
    sync.write(
        {
            "push": True,
            "push_add": True,
            "push_update": True,
            "push_field_ids": [(6, 0, fields.filtered(lambda f: not f.read_only).ids)],
            "pull": True,
            "pull_add": True,
            "pull_update": True,
        }
    )


def clock(options, crm, seconds):
    """Time passes for the CRM, so that windows do not overlap what was imported."""
    server(crm, "POST", "clock", {"offset_seconds": seconds})


def server(crm, method, path, body=None):
    return control(Place(crm), method, path, body)


def change(env, sync, options, crm):
    """Other people on each side; in Odoo by the ORM, as people do it."""
    contacts = env["mailing.contact"].search(
        [("list_ids", "in", sync.list_id.ids)], order="id", limit=options.changed
    )
    for contact in contacts:
        contact.function = f"{contact.function or ''} (changed)"[:64]
    env.cr.commit()
    env.cr.execute(
        """SELECT key FROM infor_crm_binding WHERE odoo_model = 'mailing.contact'
            ORDER BY res_id DESC LIMIT %s""",
        [options.changed],
    )
    keys = ", ".join(f"'{key}'" for (key,) in env.cr.fetchall())
    env.cr.commit()
    moment = round((time.time() + 10800 + 1800) * 1000)
    server(
        crm,
        "POST",
        "sql",
        {
            "sql": "UPDATE LEAD SET TITLE = 'Changed there', MODIFYDATE = ?"
            f" WHERE LEADID IN ({keys})",
            "params": [moment],
        },
    )


def measure(env, sync, crm):
    before = versions(env)
    server(crm, "DELETE", "requests")
    began, computed = time.perf_counter(), time.process_time()
    sync._queue_run("manual", operation="sync")
    run = finish_run(env, sync)
    seconds, computed = time.perf_counter() - began, time.process_time() - computed
    log = server(crm, "GET", "requests")
    requests = log["requests"] if isinstance(log, dict) else log
    return {
        "seconds": round(seconds, 3),
        "computed": round(computed, 3),
        "requests": len(requests),
        "writing": sum(entry["method"] in ("PUT", "POST") for entry in requests),
        "rows_written": versions(env) != before,
        "read": run.selected,
        "updated_here": run.updated,
        "updated_there": run.push_updated,
    }


def versions(env):
    """Differs as soon as PostgreSQL wrote a row."""
    found = []
    for table in WRITTEN:
        env.cr.execute(
            f"SELECT md5(string_agg(ctid::text || xmin::text, '' ORDER BY id))"
            f" FROM {table}"
        )
        found.append(env.cr.fetchone()[0])
    env.cr.commit()
    return found


def check(found, options):
    wanted = options.changed
    if (found["updated_here"], found["updated_there"]) != (wanted, wanted):
        sys.exit(f"not what was changed: {found}")


def print_table(results):
    print(f"\n{results['leads']} leads; {results['changed']} changed on each side")
    first = results["import"]["seconds"]
    print(f"import    {first:>8} s, {results['import']['computed']} s computing")
    for name in ("settle", "idle", "changed_run"):
        row = results[name]
        share = 100 * row["seconds"] / first
        print(
            f"{name:12}{row['seconds']:>8} s {share:>6.1f} % of the import,"
            f" {row['computed']} s computing; {row['requests']} requests,"
            f" {row['writing']} of them POST or PUT;"
            f" rows written in Odoo: {row['rows_written']}"
        )
    print()


if __name__ == "__main__":
    main()
