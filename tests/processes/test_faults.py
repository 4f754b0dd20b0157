"""Whatever the CRM does during an import, nothing is silently gone.

Each fault meets an import of its own, with a connector, a practice CRM and a list; four
lanes on two servers execute them side by side.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger import Ledger, ledger
from real import Database, PracticeCrm, say
from watch import LEADS, TIMEOUT, Import, Plan, Watch, is_done, is_done_or_spoke

SEED = 5
LEAD_PAGES = {"match": "dynamic/-/leads", "method": "GET"}
LONGER = TIMEOUT + 1
# More often in a row than the client repeats a call; less often, where each costs the
# time-out.
PASSING: dict[str, dict[str, Any]] = {
    "drop_before": {"count": 6},
    "drop_after": {"count": 6},
    "commit_late": {"count": 6, "seconds": 0.5, "delay": 0.5},
    "refuse_login": {"count": 1},
    "status 403": {"count": 6, "status": 403},
    "status 500": {"count": 6, "status": 500, "match": "select="},
    "status 502": {"count": 6, "status": 502},
    "html_503": {"count": 6},
    "not_json": {"count": 6},
    "timeout": {"count": 5, "seconds": LONGER},
    "slow": {"count": 6, "seconds": 1},
    "slow_body": {"count": 5, "seconds": LONGER},
    "truncate": {"count": 6},
    "cut_json": {"count": 6},
    "error_200": {"count": 6},
    "bom": {"count": 6},
    "drop_rows": {"count": 6, "rows": 9},
    "repeat_page": {"count": 6},
    "shrink_page": {"count": 6},
    "empty_feed": {"count": 6},
    "half_feed": {"count": 6},
    "wrong_total": {"count": 6, "rows": 4},
    "no_next": {"count": 6},
}
LIES = (
    "drop_rows",
    "repeat_page",
    "shrink_page",
    "empty_feed",
    "half_feed",
    "wrong_total",
    "no_next",
)
SWITCHES: dict[str, dict[str, Any]] = {
    "pages of 13": {"page_cap": 13},
    "no rows behind the 50th": {"paging_depth": 50},
    "refused batches": {"batch": "refused"},
    "refused metadata": {"metadata": "refused"},
    "neither metadata nor schema": {"metadata": "refused", "schema": "refused"},
    "keys compare in any case": {"id_collation": "CI"},
}


@pytest.fixture(scope="module")
def watch_over(
    copies: Callable[[], Database], practice: PracticeCrm
) -> Iterator[Callable[..., Watch]]:
    """Two servers with two threads for cron jobs each: four lanes at a time."""
    database = copies()
    servers = [database.server(), database.server()]
    sessions = [server.session() for server in servers]

    def watch_over(*plans: Plan) -> Watch:
        watch = Watch(database, sessions, practice)
        watch.start(plans)
        return watch

    yield watch_over
    database.close()


def fault(name: str, **values: Any) -> dict[str, Any]:
    return {"fault": name.split()[0], **LEAD_PAGES, **values}


def test_every_fault_alone_leaves_a_complete_list(
    watch_over: Callable[..., Watch],
) -> None:
    faults = (Plan(n, [fault(n, skip=3, **v)]) for n, v in PASSING.items())
    switches = (Plan(n, switches=v) for n, v in SWITCHES.items())
    watch = watch_over(*faults, *switches)
    watch.until(is_done, 240)

    def complete(one: Import, book: Ledger) -> None:
        assert all(one.crm.fired().values()), "it never fired"
        book.assert_complete()

    watch.check(complete)
    pressed = [one.name for one in watch.imports.values() if one.presses]
    say(
        f"{len(PASSING)} faults and {len(SWITCHES)} switches alone: all complete; "
        f"somebody had to press a button for {', '.join(sorted(pressed))}"
    )


def mixed(draw: random.Random, probability: float) -> list[dict[str, Any]]:
    """All of them, each by chance; of those that are drawn the first one fires. Slow
    ones stay within the time-out: met often, they would only take the test's time."""
    values = {name: dict(found) for name, found in PASSING.items()}
    for found in values.values():
        del found["count"]
        if "seconds" in found:
            found["seconds"] = min(found["seconds"], 1)
    names = draw.sample(list(values), len(values))
    return [fault(n, probability=probability, **values[n]) for n in names]


def test_all_faults_mixed_leave_a_complete_list_or_one_that_says_what_is_missing(
    watch_over: Callable[..., Watch],
) -> None:
    draw = random.Random(SEED)
    plans = [
        Plan(
            f"5 % of requests, {n}", mixed(draw, 0.05 / len(PASSING)), {"page_cap": 40}
        )
        for n in range(4)
    ]
    watch = watch_over(Plan("5 % for each fault", mixed(draw, 0.05)), *plans)
    watch.until(is_done, 240)
    watch.check(lambda one, book: book.assert_honest())
    fired = sum(sum(one.crm.fired().values()) for one in watch.imports.values())
    missing = {one.name: len(b.missing) for one, b in watch.ledgers() if b.missing}
    say(
        f"mixed faults, seed {SEED}: {fired} fired in {len(watch.imports)} imports; "
        f"missing, and said so: {missing or 'none'}"
    )


def test_a_crm_that_lies_for_good_is_not_believed_in_silence(
    watch_over: Callable[..., Watch],
) -> None:
    watch = watch_over(*(Plan(name, [fault(name)]) for name in LIES))
    watch.until(is_done_or_spoke, 120)
    watch.check(lambda one, book: book.assert_honest())
    told = (
        f"{one.name} {book.run['state']} with {len(book.missing)} missing"
        for one, book in watch.ledgers()
    )
    say(f"lasting lies, each with words where rows are missing: {', '.join(told)}")


def test_a_restricted_login_imports_exactly_the_rows_it_may_see(
    watch_over: Callable[..., Watch],
) -> None:
    dora = {"login": "dora", "password": "secret"}
    watch = watch_over(Plan("Dora", connector=dora))
    watch.until(is_done, 60)
    (one,), (run,) = watch.imports.values(), watch.rows()
    owners = one.crm.call("GET", "users")["dora"]["owners"]
    listed = ", ".join(f"'{owner}'" for owner in owners)
    book = ledger(watch.database, one.crm, run, f"SECCODEID IN ({listed})")
    assert 0 < len(book.store) < LEADS
    book.assert_complete()
    say(f"a restricted login: {len(book.store)} of {LEADS} leads, those it may see")
