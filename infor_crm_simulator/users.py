"""Logins of the practice CRM and what each may see, see docs/sdata.md 2 and 9."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from .seed import fixed
from .seed.keys import ADMIN, EVERYONE, key

#: Kinds whose secured actions a login is told of.
_SECURED = ("Account", "Contact", "Lead", "History", "Opportunity", "Activity")
_ACTIONS = ("Add", "View", "Edit", "Delete")


class UnknownSetting(ValueError):
    """A setting that users do not have."""


@dataclass(frozen=True)
class User:
    """A login. `owners` of None sees every row; names compare case-insensitively.

    `kinds_refused` are resource kinds ("leads"); `locked_fields` and `hidden_fields`
    are "Contact.Email" words: ignored on write, shown as null.
    """

    login: str
    user_id: str
    password: str = ""
    pretty_name: str = ""
    enabled: bool = True
    expired: bool = False
    mfa: bool = False
    owners: tuple[str, ...] | None = None
    default_owner: str = EVERYONE
    kinds_refused: tuple[str, ...] = ()
    kinds_read_only: tuple[str, ...] = ()
    metadata: bool = True
    roles: tuple[str, ...] = ("Standard User",)
    locked_fields: tuple[str, ...] = ()
    hidden_fields: tuple[str, ...] = ()

    @property
    def is_admin(self) -> bool:
        return self.user_id == ADMIN

    @property
    def secured_actions(self) -> list[str]:
        refused = {_singular(kind) for kind in self.kinds_refused}
        locked = {_singular(kind) for kind in self.kinds_read_only}
        return [
            f"Entities/{kind}/{action}"
            for kind in _SECURED
            for action in _ACTIONS
            if kind.lower() not in refused
            and (action == "View" or kind.lower() not in locked)
        ]


def _singular(kind: str) -> str:
    return kind.lower().removesuffix("s")


_LISTS = ("owners", "kinds_refused", "kinds_read_only", "roles")
_FIELD_LISTS = ("locked_fields", "hidden_fields")


@dataclass
class Users:
    """All logins, by lower-case name."""

    by_login: dict[str, User] = field(default_factory=dict)

    def find(self, login: str) -> User | None:
        return self.by_login.get(login.strip().lower())

    def all(self) -> Iterable[User]:
        return self.by_login.values()

    def set(self, login: str, settings: Mapping[str, object]) -> User:
        """Changes or adds a login; UnknownSetting on a name users do not have."""
        known = {item.name for item in fields(User)} - {"login"}
        if unknown := set(settings) - known:
            raise UnknownSetting(
                f"users have no {sorted(unknown)}, only {sorted(known)}"
            )
        user = self.find(login) or User(login, self._free_id(), pretty_name=login)
        changed = replace(user, **{k: _tupled(k, v) for k, v in settings.items()})
        self.by_login[login.strip().lower()] = changed
        return changed

    def _free_id(self) -> str:
        return key("U", 1000 + len(self.by_login))


def _tupled(name: str, value: object) -> object:
    if name in (*_LISTS, *_FIELD_LISTS) and isinstance(value, list):
        return tuple(str(item) for item in value)
    return value


#: What sets the users of the start apart from "sees all, blank password".
_SPECIAL: dict[str, dict[str, object]] = {
    "admin": {"roles": ("Administrator",)},
    "lee": {"password": "secret"},
    "dora": {
        "password": "secret",
        "owners": (EVERYONE, fixed.MIDWEST),
        "default_owner": fixed.MIDWEST,
    },
    "noleads": {"password": "secret", "kinds_refused": ("leads",)},
    "expired": {"password": "secret", "expired": True},
    "retired": {"password": "secret", "enabled": False},
    "mfa": {"password": "secret", "mfa": True},
    "nometa": {"password": "secret", "metadata": False},
    "reader": {
        "password": "secret",
        "kinds_read_only": ("leads", "contacts", "accounts"),
    },
    "jürgen": {"password": "geheim-ß"},
    "webviewer": {"password": "secret"},
    "guarded": {
        "password": "secret",
        "locked_fields": ("Lead.Email", "Contact.Email"),
        "hidden_fields": ("Lead.Mobile", "Contact.Mobile"),
    },
}


def users_at_start() -> Users:
    users = Users()
    for person in fixed.PEOPLE:
        name = " ".join(filter(None, (person.first, person.last)))
        user = User(
            login=person.login,
            user_id=person.key,
            pretty_name=name,
            default_owner=person.default_owner,
        )
        users.by_login[person.login] = replace(user, **_SPECIAL[person.login])
    return users
