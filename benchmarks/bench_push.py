"""Do the requests of a push overlap?

A list of ``--leads`` imported leads of which ``--changed`` were edited in Odoo is
pushed to a CRM that takes ``--latency`` milliseconds for each answer and refuses
batches, with ``--parallel`` requests at a time. The ideal is what the changes alone
would take if a request were always under way on each of them.

    python benchmarks/bench_push.py --database bench --simulator http://127.0.0.1:4711

Prints a line and, as last line, JSON. The database gets the addon's data: use one made
for the purpose.
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--changed", type=int, default=10_000)
    parser.add_argument("--latency", type=int, default=50)
    parser.add_argument("--parallel", type=int, default=8)
    parser.add_argument("--batches", action="store_true", help="do not refuse them")
    options = parser.parse_args()
    results = results_of(options, run)
    print(
        "\n{changed} changes, {requests} requests: {seconds} s, "
        "{ratio} of the ideal {ideal} s".format(**results)
    )
    print(json.dumps(results))


def run(env, crm, options):
    connector = connect(env, crm)
    connector.write(
        {"parallel_requests": options.parallel, "requests_per_minute": 60_000}
    )
    sync = our_import(env, connector)
    change(env, sync, options)
    control(Place(crm), "POST", "latency", {"ms": options.latency})
    if not options.batches:
        control(Place(crm), "POST", "switches", {"batch": "refused"})
    began = time.perf_counter()
    sync._queue_run("manual", operation="push")
    done = finish_run(env, sync)
    seconds = time.perf_counter() - began
    if done.push_updated != options.changed:
        sys.exit(f"{done.push_updated} were pushed")
    ideal = options.changed * options.latency / 1000 / options.parallel
    return {
        "changed": options.changed,
        "requests": done.calls,
        "seconds": round(seconds, 2),
        "ideal": round(ideal, 2),
        "ratio": round(seconds / ideal, 3),
    }


def change(env, sync, options):
    """Edits of so many people, as far as a push can tell."""
    field = (
        sync.env["infor.crm.field"]
        .search([("connector_id", "=", sync.connector_id.id), ("name", "=", "Title")])
        .filtered(lambda f: f.kind == "lead")
    )
    sync.write(
        {"push": True, "push_update": True, "push_field_ids": [(6, 0, field.ids)]}
    )
    env.flush_all()
    env.cr.execute(
        """UPDATE mailing_contact
              SET function = 'Changed ' || id, write_date = now() AT TIME ZONE 'UTC'
            WHERE id IN (SELECT contact_id FROM mailing_subscription
                          WHERE list_id = %s ORDER BY contact_id LIMIT %s)""",
        [sync.list_id.id, options.changed],
    )
    env.invalidate_all()
    env.cr.commit()


if __name__ == "__main__":
    main()
