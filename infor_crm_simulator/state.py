"""Everything one practice CRM is made of, from one reset to the next."""

from __future__ import annotations

import functools
import sqlite3
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from . import seed
from .catalog import metadata_store, picklist_store
from .clock import Clock, milliseconds
from .entities import build_model
from .faults import Faults
from .journal import Journal
from .late import Late
from .model import Entity, EntityModel
from .picklists import Picklists
from .query import register_functions
from .seed import fixed
from .seed.keys import key, number_of
from .store import Store
from .switches import Switches
from .users import User, Users, users_at_start


class UnknownOption(ValueError):
    """An option that a practice CRM does not have."""


@dataclass(frozen=True)
class Options:
    """How a practice CRM starts. `clock` is an ISO moment it starts at, or None.

    With `file` the state is kept there and found again at the next start.
    """

    seed: int = 1
    leads: int = 500
    contacts: int = 500
    accounts: int | None = None
    generation: str = "8"
    file: str | None = None
    clock: str | None = None
    latency_ms: float = 0

    def changed(self, values: dict[str, object]) -> Options:
        known = {item.name for item in fields(Options)}
        if unknown := set(values) - known:
            raise UnknownOption(f"no option {sorted(unknown)}, only {sorted(known)}")
        return replace(self, **values)


class State:
    """Store, logins, switches, faults, log and clock."""

    def __init__(self, options: Options, *, keep_file: bool = False) -> None:
        self.options = options
        self.clock = Clock(milliseconds(options.clock) if options.clock else None)
        self.switches = Switches(generation=options.generation)
        self.users: Users = users_at_start()
        self.faults = Faults(options.seed)
        self.journal = Journal()
        self.picklists = Picklists()
        self.latency_ms = options.latency_ms
        self._ended = threading.Event()
        self.late = Late(self.sleep)
        self._models: dict[tuple, EntityModel] = {}
        self._metadata: dict[tuple, Store] = {}
        self._keys: dict[str, int] = {}
        self._key_lock = threading.Lock()
        # The tables are those of generation 8 for both, so that it can be switched.
        self.store = Store(build_model("8"), options.file, self._prepare)
        if not (keep_file and self._is_filled()):
            size = seed.Size(
                options.seed, options.leads, options.contacts, options.accounts
            )
            seed.fill(self.store, size)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        register_functions(connection, self.clock.now)

    def _is_filled(self) -> bool:
        sql = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'LEAD'"
        return bool(self.store.row(sql)[0])

    def set_user(self, login: str, settings: Mapping[str, object]) -> User:
        """Changes or adds a login; a new one becomes a user of the CRM too."""
        is_new = self.users.find(login) is None
        user = self.users.set(login, settings)
        if is_new:
            person = fixed.Person(user.user_id, login, "", user.pretty_name or login)
            seed.add_person(self.store, person)
        return user

    @property
    def model(self) -> EntityModel:
        key = self._model_key()
        if key not in self._models:
            generation, targets, lead_history = key
            targets_feed = None if targets == "generation" else targets == "on"
            self._models[key] = build_model(
                str(generation),
                targets_feed=targets_feed,
                lead_history_feed=bool(lead_history),
            )
        return self._models[key]

    def _model_key(self) -> tuple[object, ...]:
        """The switches that say which entities and feeds there are."""
        names = ("generation", "campaign_target_feed", "lead_history_feed")
        return tuple(self.switches[name] for name in names)

    def new_key(self, entity: Entity) -> str:
        """The next key of a table: never one that was given before."""
        with self._key_lock:
            if entity.table not in self._keys:
                self._keys[entity.table] = self._last_number(entity)
            self._keys[entity.table] += 1
            return key(entity.key_letter, self._keys[entity.table])

    def _last_number(self, entity: Entity) -> int:
        pattern = key(entity.key_letter, 0)[:5] + "*"
        row = self.store.row(
            f"SELECT MAX({entity.key_column}) FROM {entity.table} "
            f"WHERE {entity.key_column} GLOB ?",
            (pattern,),
        )
        return (number_of(row[0]) or 0) if row and row[0] else 0

    @functools.cached_property
    def picklist_store(self) -> Store:
        return picklist_store(self.picklists, self.clock.now)

    def metadata_store(self) -> Store:
        """Of the generation that answers now; made when first asked for."""
        key = self._model_key()
        with self._key_lock:
            if key not in self._metadata:
                self._metadata[key] = metadata_store(self.model, self.clock.now)
        return self._metadata[key]

    def sleep(self, seconds: float) -> bool:
        """Pauses a request, at most until this state ends; whether it still stands."""
        if seconds > 0:
            self._ended.wait(seconds)
        return not self._ended.is_set()

    def release(self) -> None:
        """Lets every pausing request go on."""
        self._ended.set()

    def close(self) -> None:
        self.release()
        self.store.close()
