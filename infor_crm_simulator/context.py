"""One request on its way: what every handler needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from .faults import Fault
from .http import Request, refuse
from .model import Entity, EntityModel
from .query import NameTree, parse_include, parse_select
from .reader import Reader
from .rights import Rights
from .shape import Shape, Shaper
from .state import State
from .store import Store
from .urls import Links
from .users import User


@dataclass(frozen=True)
class Contract:
    """Where a contract's kinds live and how its feeds behave."""

    name: str
    model: EntityModel
    store: Store
    switches: Mapping[str, object]
    default_count: int
    rights: type[Rights] = Rights


@dataclass
class Context:
    """`base` is the URL up to "/sdata"; `json` tells the format of the answer."""

    state: State
    request: Request
    user: User
    base: str
    json: bool
    contract: Contract
    fault: Fault | None = None

    def on(self, contract: Contract) -> Context:
        return replace(self, contract=contract)

    @cached_property
    def params(self) -> dict[str, str]:
        return self.request.params()

    @cached_property
    def rights(self) -> Rights:
        return self.contract.rights(self.user, self.state.switches)

    @cached_property
    def links(self) -> Links:
        return Links(f"{self.base}/slx/{self.contract.name}/-")

    @cached_property
    def reader(self) -> Reader:
        contract = self.contract
        return Reader(contract.store, contract.switches, self.links, self.rights.rows)

    @property
    def select(self) -> NameTree:
        return parse_select(self.params.get("select"))

    @property
    def include(self) -> NameTree:
        return parse_include(self.params.get("include"))

    def shape(self, entity: Entity) -> Shape:
        """What this request wants to see of an entity."""
        select, contract = self.select, self.contract
        if select and entity.name == "User" and self.state.switches["select_users_500"]:
            raise refuse(500, "Object reference not set to an instance of an object.")
        rights = self.rights
        shaper = Shaper(
            contract.model, contract.switches, rights.hidden, rights.permissions
        )
        return shaper.shape(entity, select, self.include)


def dynamic_contract(state: State) -> Contract:
    count = int(str(state.switches["default_count"]))
    return Contract("dynamic", state.model, state.store, state.switches, count)
