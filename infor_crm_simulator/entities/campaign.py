"""Campaigns and their targets, see docs/sdata.md 8.14."""

from __future__ import annotations

from ..model import Collection, Entity, Reference
from .notation import STAMPS, enum, fields

CAMPAIGN = Entity(
    name="Campaign",
    path="campaigns",
    table="CAMPAIGN",
    plural="Campaigns",
    key_column="CAMPAIGNID",
    key_letter="x",
    display="CampaignName",
    properties=(
        *fields("""
        CampaignName:64! CampaignCode:32 CampaignType:64 Status:32 Description:128
        Objectives:memo StartDate:date EndDate:date LaunchDate:date Budget:dec
        """),
        *STAMPS,
    ),
    references=(
        Reference("Owner", "Owner", "SECCODEID", nullable=False),
        Reference("AccountManager", "User", "ACCOUNTMANAGERID"),
    ),
    collections=(Collection("CampaignTargets", "CampaignTarget", "CAMPAIGNID"),),
    owner_column="SECCODEID",
)


def campaign_target(*, has_feed: bool) -> Entity:
    """A person on a campaign's list; 7.5 has no feed for it by default."""
    return Entity(
        name="CampaignTarget",
        path="campaignTargets",
        table="CAMPAIGNTARGET",
        plural="CampaignTargets",
        key_column="CAMPAIGNTARGETID",
        key_letter="y",
        display="TargetType",
        properties=(
            *fields("EntityId:id!"),
            enum("TargetType", (("Contact", 0), ("Lead", 1)), nullable=False),
            *fields("Status:32 Stage:64 GroupName:32 InitialTarget:bool"),
            *STAMPS,
        ),
        references=(Reference("Campaign", "Campaign", "CAMPAIGNID", nullable=False),),
        has_feed=has_feed,
        label="Campaign Target",
    )
