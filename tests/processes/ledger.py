"""Compares an imported list with the practice CRM's own tables, past the addon."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from real import COUNTED, Database, PracticeCrm

TABLES = {"lead": ("LEAD", "LEADID"), "contact": ("CONTACT", "CONTACTID")}


def usable(text: str | None) -> str:
    """The address as one may compare it, "" when nobody could be written to there.

    Enough for what the practice CRM invents, and nothing of Odoo's or the addon's.
    """
    address = (text or "").strip().lower()
    local, _at, domain = address.partition("@")
    return address if local and "." in domain and " " not in address else ""


@dataclass
class Ledger:
    """``store``: {key: e-mail as stored} of the rows the login may see."""

    store: dict[str, str | None]
    run: dict[str, Any]
    bound: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, list[str]] = field(default_factory=dict)
    members: Counter[str] = field(default_factory=Counter)

    @property
    def missing(self) -> set[str]:
        """Keys of which nobody could say what became of them."""
        return set(self.store) - self.accounted

    @property
    def accounted(self) -> set[str]:
        return set(self.bound) | set(self.outcomes)

    @property
    def words(self) -> str:
        return self.run["message"] or ""

    # --- what must hold whatever the CRM did ------------------------------------------

    def assert_sound(self) -> None:
        """Nothing twice, nothing invented, and the sums are sums of what is there."""
        run = self.run
        assert max(self.bound.values(), default=1) == 1, "a record is bound twice"
        twins = [key for key, reasons in self.outcomes.items() if len(reasons) > 1]
        assert not twins, f"two outcomes: {twins[:5]}"
        assert max(self.members.values(), default=1) == 1, "an address is twice in it"
        assert self.accounted <= set(self.store), "records that the CRM does not have"
        assert run["selected"] == len(self.accounted)
        assert run["failed"] == 0
        assert sum(run[name] for name in COUNTED) <= run["selected"]
        addresses = {usable(self.store[key]) for key in self.bound}
        assert set(self.members) == addresses, "members are not those who are bound"

    def assert_complete(self) -> None:
        """All that the CRM has, each accounted for by the reason that is true of it."""
        self.assert_sound()
        assert not self.missing, f"{len(self.missing)} records silently gone"
        emails = {key: usable(email) for key, email in self.store.items()}
        wanted = {address for address in emails.values() if address}
        assert set(self.members) == wanted
        nobody = {key for key, address in emails.items() if not address}
        assert self._skipped("no_email") == nobody
        twins = len(emails) - len(nobody) - len(wanted)
        assert len(self._skipped("same_address")) == twins
        assert self.run["skipped_no_email"] == len(nobody)
        assert self.run["skipped_same_address"] == twins
        assert self.run["selected"] == len(emails)

    def assert_honest(self) -> None:
        """Complete, or the run says in words that it is not (or not yet)."""
        self.assert_sound()
        if self.run["state"] == "done" and not self.missing:
            self.assert_complete()
        else:
            assert self.words, f"{self.run['state']}, {len(self.missing)} missing, mute"
        if self.missing:
            assert "All records are there" not in self.words

    def _skipped(self, reason: str) -> set[str]:
        return {key for key, found in self.outcomes.items() if found == [reason]}


def ledger(
    database: Database, crm: PracticeCrm, run: dict[str, Any], where: str = "TRUE"
) -> Ledger:
    """``where``: SQL of the practice CRM's rows that the login may see."""
    table, key = TABLES[run["kind"]]
    rows = crm.sql(f"SELECT {key} AS id, EMAIL AS email FROM {table} WHERE {where}")
    book = Ledger({row["id"]: row["email"] for row in rows}, run)
    connector, kind = run["connector_id"], run["kind"]
    book.bound.update(
        row["key"]
        for row in database.rows(
            "SELECT key FROM infor_crm_binding WHERE connector_id = %s AND kind = %s",
            connector,
            kind,
        )
    )
    for row in database.rows(
        "SELECT key, reason, status FROM infor_crm_sync_outcome WHERE run_id = %s",
        run["id"],
    ):
        if row["status"] == "skipped" or row["key"] not in book.bound:
            book.outcomes.setdefault(row["key"], []).append(row["reason"])
    book.members.update(
        row["email_normalized"]
        for row in database.rows(
            """SELECT c.email_normalized FROM mailing_subscription s
                 JOIN infor_crm_list_sync l USING (list_id)
                 JOIN mailing_contact c ON c.id = s.contact_id
                WHERE l.id = %s""",
            run["list_sync_id"],
        )
    )
    return book
