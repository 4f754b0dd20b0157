"""Which database is this?

Stored when somebody connects and compared before every call, so that a copy of the
database never talks to the CRM of the original by itself.
"""


def fingerprint(env):
    """Text that differs in every copy: dump and restore, template copy, other cluster.

    The uuid changes with Odoo's own *duplicate*, the number of the database with any
    copy inside a cluster, the identifier of the cluster with a restore elsewhere. A
    neutralized database is told from the same one before.
    """
    parameter = env["ir.config_parameter"].sudo().get_param
    env.cr.execute(
        "SELECT oid FROM pg_database WHERE datname = current_database()",
    )
    [oid] = env.cr.fetchone()
    neutralized = "neutralized" if is_neutralized(env) else "live"
    return "/".join([parameter("database.uuid"), str(oid), _cluster(env), neutralized])


def is_neutralized(env):
    parameter = env["ir.config_parameter"].sudo().get_param
    return bool(parameter("database.is_neutralized"))


def _cluster(env):
    """Identifier of the PostgreSQL cluster; empty where the server hides it."""
    env.cr.execute("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')")
    if not env.cr.fetchone()[0]:
        return ""
    env.cr.execute("SELECT system_identifier FROM pg_control_system()")
    return str(env.cr.fetchone()[0])
