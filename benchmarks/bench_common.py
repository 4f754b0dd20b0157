"""What the benchmarks share: Odoo without a server, the practice CRM, an import."""

import json
import sys
import urllib.request

COLUMNS = ("CustomerTier", "EngagementScore")  # one custom text, one custom number


def add_options(parser):
    parser.add_argument("--database", required=True)
    parser.add_argument("--simulator", required=True, help="its control address")
    parser.add_argument("--leads", type=int, default=20_000)
    parser.add_argument("--addons-path", default="")
    parser.add_argument("--data-dir", default="")


def open_odoo(options):
    """(env of the superuser, function that closes it)"""
    import odoo
    from odoo.modules.registry import Registry
    from odoo.tools import config

    arguments = ["--database", options.database, "--log-level", "warn"]
    if options.addons_path:
        arguments += ["--addons-path", options.addons_path]
    if options.data_dir:
        arguments += ["--data-dir", options.data_dir]
    config.parse_config(arguments, setup_logging=True)
    registry = Registry(options.database)
    cr = registry.cursor()
    return odoo.api.Environment(cr, odoo.SUPERUSER_ID, {}), cr.close


# --- the practice CRM ----------------------------------------------------------------


def control(options, method, path, body=None):
    request = urllib.request.Request(
        f"{options.simulator}/simulator/{path}",
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=600) as answer:
        return json.loads(answer.read() or b"null")


def start_crm(options):
    return control(
        options,
        "POST",
        "servers",
        {"seed": 1, "leads": options.leads, "contacts": 1, "accounts": 1},
    )


def stop_crm(options, crm):
    control(options, "DELETE", f"servers/{crm['id']}")


# --- the connector -----------------------------------------------------------------


def connect(env, crm):
    connector = env["infor.crm.connector"].create(
        {
            "name": "Benchmark",
            "url": crm["sdata"],
            "login": "admin",
            "requests_per_minute": 6000,
        }
    )
    connector.action_connect()
    env.cr.commit()
    if connector.state != "connected":
        sys.exit(f"not connected: {connector.check_html}")
    return connector


def our_import(env, connector):
    columns = connector.field_ids.filtered(
        lambda field: field.kind == "lead" and field.name in COLUMNS
    )
    assert len(columns) == len(COLUMNS)
    sync = connector._start_import("lead", columns, env.ref("base.user_admin"))
    finish_run(env, sync)
    return sync


def finish_run(env, sync):
    """Execute the run of a list as a lane does; the run."""
    env.cr.commit()
    env.invalidate_all()
    while sync.last_run_id.state in ("queued", "running"):
        env["infor.crm.lane"]._run_lane(1)
        env.invalidate_all()
    run = sync.last_run_id
    if run.state != "done":
        sys.exit(f"the run ended as {run.state}: {run.message}")
    return run


def results_of(options, run):
    """What ``run(env, crm, options)`` returns, with a practice CRM of its own."""
    env, close = open_odoo(options)
    try:
        crm = start_crm(options)
        results = run(env, crm, options)
        stop_crm(options, crm)
    finally:
        close()
    return results


class Place:
    """Where ``control`` finds the server that was started for a benchmark."""

    def __init__(self, crm):
        self.simulator = crm["url"]
