"""A database of Odoo from inside, for scripts that test one.

They are called with <database> <addons path> <data dir> <log file>; host and user of
PostgreSQL are in the environment.
"""

from __future__ import annotations

import os
import sys

from odoo.tools import config


def configure() -> str:
    """Tell Odoo what the command line says; returns the name of the database."""
    if len(sys.argv) != 5:
        sys.exit(sys.modules["__main__"].__doc__)
    database, addons_path, data_dir, log_file = sys.argv[1:]
    config.parse_config(
        [
            f"--database={database}",
            f"--addons-path={addons_path}",
            f"--data-dir={data_dir}",
            f"--logfile={log_file}",
            f"--db_host={os.environ['PGHOST']}",
            f"--db_user={os.environ['PGUSER']}",
        ],
        setup_logging=True,
    )
    return database
