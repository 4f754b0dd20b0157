"""The business entities of Infor CRM, with the custom fields of one customer.

Field lists are the complete ones of 7.5.2; generation 8 adds a few and lengthens
some (docs/simulator.md names which of those are our assumption).
"""

from __future__ import annotations

from dataclasses import replace

from ..model import Entity, EntityModel
from .account import ACCOUNT, address
from .activity import ACTIVITY, USER_ACTIVITY
from .campaign import CAMPAIGN, campaign_target
from .contact import CONTACT
from .group import PLUGIN
from .history import HISTORY
from .lead import LEAD, lead_address
from .lead_history import lead_history
from .leadsource import LEAD_SOURCE
from .notation import computed, fields
from .security import OWNER, USER, USER_INFO

GENERATIONS = ("8", "7.5.4")

_NEW_IN_8 = (*fields("GlobalSyncId:36"), computed("Tick", "{t}.ROWVER", "integer"))


def build_model(
    generation: str = "8",
    *,
    targets_feed: bool | None = None,
    lead_history_feed: bool = False,
) -> EntityModel:
    """The model of one generation; ValueError on an unknown one.

    Customers may give feeds to campaign targets (None: as the generation has it) and
    to the history of converted leads.
    """
    if generation not in GENERATIONS:
        raise ValueError(f"generation {generation!r} is none of {GENERATIONS}")
    modern = generation == "8"
    country_length = 64 if modern else 32
    entities = [
        _grown(LEAD, modern),
        _grown(CONTACT, modern),
        _grown(ACCOUNT, modern),
        address(country_length=country_length),
        lead_address(country_length=country_length, has_feed=modern),
        HISTORY,
        OWNER,
        USER,
        USER_INFO,
        LEAD_SOURCE,
        PLUGIN,
        ACTIVITY,
        USER_ACTIVITY,
        CAMPAIGN,
        campaign_target(has_feed=modern if targets_feed is None else targets_feed),
        lead_history(has_feed=lead_history_feed),
    ]
    return EntityModel(tuple(entities))


def _grown(entity: Entity, modern: bool) -> Entity:
    if not modern:
        return entity
    return replace(entity, properties=entity.properties + _NEW_IN_8)
