"""What a sync knows while it runs."""

from dataclasses import dataclass
from datetime import timedelta

from ..lib.sync import Policy


@dataclass
class SyncJob:
    """``model``: of the people, mailing.contact, res.partner or crm.lead.
    ``kind``: of the list's source; its members may be linked to records of others.
    ``allowance``: clocks that differ by less say nothing about who was later."""

    run: object
    lane: int
    client: object
    list_sync_id: int
    list_id: int | None
    connector_id: int
    kind: str
    model: str
    policy: Policy
    allowance: timedelta = timedelta(seconds=2)
    calls: int = 0

    @classmethod
    def of(cls, run, lane, client):
        sync = run.list_sync_id
        connector = run.connector_id.sudo()
        return cls(
            run=run,
            lane=lane,
            client=client,
            list_sync_id=sync.id,
            list_id=sync.list_id.id,
            connector_id=connector.id,
            kind=sync.kind,
            model=sync.target_model,
            policy=Policy(
                conflict=connector.conflict_rule,
                whole_record=connector.conflict_scope == "record",
            ),
        )
