# Sourced by the other scripts: where things live, and how to start PostgreSQL and Odoo.
# shellcheck shell=bash
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# As root, the packaged postgres user must be able to reach the cluster: it cannot below
# /root or any other folder closed to others.
open_to_others() {
    local dir=$1
    while [ "$dir" != / ]; do
        (($(stat -c %a "$dir") % 2)) || return 1
        dir=$(dirname "$dir")
    done
}
default_cache() {
    if [ "$(id -u)" = 0 ] && ! open_to_others "$ROOT"; then
        echo "/var/tmp/infor_crm_connector-$(printf %s "$ROOT" | sha256sum | cut -c1-12)"
    else
        echo "$ROOT/.cache"
    fi
}
CACHE=${INFOR_CRM_CACHE:-$(default_cache)}
VENV=$CACHE/venv
PY=$VENV/bin/python
ODOO_ROOT=$CACHE/odoo
PG_DATA=$CACHE/postgres
PG_ROLE=odoo

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Prints the comment block at the head of a script.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# A socket path may have 107 bytes at most; deep checkouts need a short folder.
pg_socket_dir() {
    local dir=$CACHE/run
    if [ ${#dir} -gt 80 ]; then
        dir=/tmp/infor-crm-$(printf %s "$CACHE" | sha256sum | cut -c1-12)
    fi
    echo "$dir"
}
export PGHOST PGUSER
PGHOST=$(pg_socket_dir)
PGUSER=$PG_ROLE

pg_bin() { # newest installed server binaries
    find /usr/lib/postgresql -maxdepth 2 -name bin -type d 2>/dev/null | sort -V | tail -n 1
}

# PostgreSQL refuses to run as root; there the packaged user runs the cluster.
as_pg() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@")
    else
        "$@"
    fi
}

pg_running() { as_pg "$(pg_bin)/pg_ctl" -D "$PG_DATA" status >/dev/null 2>&1; }

start_postgres() {
    pg_running && return
    mkdir -p "$PGHOST"
    [ "$(id -u)" != 0 ] || chown postgres "$PGHOST"
    # The server outlives us: it must not inherit (and keep) the lock of scripts/setup.
    as_pg "$(pg_bin)/pg_ctl" -D "$PG_DATA" -w -t 60 -l "$PG_DATA/server.log" \
        -o "-k '$PGHOST'" start >/dev/null 9>&- || die "PostgreSQL did not start; see $PG_DATA/server.log"
}

# Runs SQL as the cluster's owner: psql_admin <database> <sql>
psql_admin() {
    as_pg "$(pg_bin)/psql" -X -h "$PGHOST" -U postgres -d "$1" -v ON_ERROR_STOP=1 -Atqc "$2"
}
# Runs SQL as Odoo's role: psql_odoo <database> <sql>
psql_odoo() { "$(pg_bin)/psql" -X -d "$1" -v ON_ERROR_STOP=1 -Atqc "$2"; }
db_exists() { [ "$(psql_odoo template1 "SELECT 1 FROM pg_database WHERE datname='$1'")" = 1 ]; }
# A database is its tables and its files; files never change, so that links will do.
drop_db() {
    psql_odoo template1 "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>/dev/null
    rm -rf "$CACHE/data/filestore/$1"
}
copy_db() {
    psql_odoo template1 "CREATE DATABASE \"$2\" TEMPLATE \"$1\""
    [ ! -d "$CACHE/data/filestore/$1" ] || cp -al "$CACHE/data/filestore/$1" "$CACHE/data/filestore/$2"
}
rename_db() {
    psql_odoo template1 "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    [ ! -d "$CACHE/data/filestore/$1" ] || mv "$CACHE/data/filestore/$1" "$CACHE/data/filestore/$2"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

odoo_addons_path() {
    local home=${ODOO_HOME:-}
    if [ -n "$home" ] && [ -d "$home/addons" ]; then
        echo "$home/addons,$ROOT"
    else
        echo "$ROOT"
    fi
}

# Runs Odoo's command line: odoo <database> <arguments…>
odoo() { (exec_odoo "$@"); }
# The same in place of the calling shell, so that a signal reaches Odoo itself.
exec_odoo() {
    local db=$1
    shift
    exec "$PY" -c 'import odoo.cli; odoo.cli.main()' server -d "$db" \
        --addons-path="$(odoo_addons_path)" --data-dir="$CACHE/data" \
        --db_host="$PGHOST" --db_user="$PG_ROLE" --http-interface=127.0.0.1 "$@"
}

# Starts the practice CRM and sets SIMULATOR_PID and INFOR_CRM_SIMULATOR_URL:
# start_simulator <arguments…>
start_simulator() {
    local line
    mkdir -p "$CACHE/log"
    # two may start at once, in subshells of one script, which share its $$
    line=$CACHE/run-simulator-$BASHPID.json
    : >"$line"
    (cd "$ROOT" && exec "$PY" -m infor_crm_simulator "$@") >"$line" 2>>"$CACHE/log/simulator.log" &
    SIMULATOR_PID=$!
    for _ in $(seq 300); do
        [ -s "$line" ] && break
        kill -0 "$SIMULATOR_PID" 2>/dev/null || die "the practice CRM did not start; see $CACHE/log/simulator.log"
        sleep 0.1
    done
    INFOR_CRM_SIMULATOR_URL=$("$PY" -c 'import json,sys; print(json.loads(open(sys.argv[1]).readline())["url"])' "$line") ||
        die "the practice CRM did not say where it is; see $CACHE/log/simulator.log"
    rm -f "$line"
    export INFOR_CRM_SIMULATOR_URL SIMULATOR_PID
}

# Starts a mail server that delivers nothing and sets MAILBOX_PID, MAILBOX_URL (a page
# with what was sent) and MAILBOX_SMTP (its port)
start_mailbox() {
    local line=$CACHE/run-mailbox-$BASHPID.json
    : >"$line"
    "$PY" "$ROOT/scripts/_mailbox.py" >"$line" 2>>"$CACHE/log/mailbox.log" &
    MAILBOX_PID=$!
    for _ in $(seq 100); do
        [ -s "$line" ] && break
        kill -0 "$MAILBOX_PID" 2>/dev/null || die "the practice mailbox did not start; see $CACHE/log/mailbox.log"
        sleep 0.1
    done
    MAILBOX_URL=$("$PY" -c 'import json,sys; print(json.load(open(sys.argv[1]))["url"])' "$line")
    MAILBOX_SMTP=$("$PY" -c 'import json,sys; print(json.load(open(sys.argv[1]))["smtp"])' "$line")
    rm -f "$line"
    export MAILBOX_PID MAILBOX_URL MAILBOX_SMTP
}

# A new database with the addon: fresh_database <database> <log file>
fresh_database() {
    drop_db "$1" 2>/dev/null
    copy_db "$(cat "$CACHE/template-name")" "$1"
    odoo "$1" -i infor_crm_connector --stop-after-init --logfile="$2" 2>>"$2" ||
        { tail -n 30 "$2" >&2; die "the addon could not be installed"; }
}

# Serves a database on loopback and sets ODOO_PID: serve_odoo <database> <port> <log file>
serve_odoo() {
    (exec_odoo "$1" --http-port="$2" --logfile="$3" >>"$3" 2>&1) &
    ODOO_PID=$!
}

stop_servers() {
    [ -z "${ODOO_PID:-}" ] || { kill "$ODOO_PID" 2>/dev/null; wait "$ODOO_PID" 2>/dev/null; } || true
    [ -z "${SIMULATOR_PID:-}" ] || kill "$SIMULATOR_PID" 2>/dev/null || true
    [ -z "${MAILBOX_PID:-}" ] || kill "$MAILBOX_PID" 2>/dev/null || true
}
