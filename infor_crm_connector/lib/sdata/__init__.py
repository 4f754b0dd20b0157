"""HTTP client for SData as Infor CRM speaks it. Knows no Odoo, no merge rules.

See :class:`Client`; the wire facts are in docs/sdata.md.
"""

from . import codec, errors, urls, where
from .batch import BatchItem, BatchResult
from .budget import Budget, Pace
from .check import StageResult, check_connection
from .client import Client
from .discovery import find_base
from .groups import AdHocMembers, GroupInfo
from .keyed import KeyedPage, KeyedReader
from .login import Login
from .masking import Credentials, MaskingFilter
from .pages import Notice, Page
from .reader import Reader
from .record import FieldInfo, Identity, Permissions, Picklist, PicklistItem, Record
from .retry import Retry
from .urls import candidates

__all__ = [
    "AdHocMembers",
    "BatchItem",
    "BatchResult",
    "Budget",
    "Client",
    "Credentials",
    "FieldInfo",
    "GroupInfo",
    "Identity",
    "KeyedPage",
    "KeyedReader",
    "Login",
    "MaskingFilter",
    "Notice",
    "Pace",
    "Page",
    "Permissions",
    "Picklist",
    "PicklistItem",
    "Reader",
    "Record",
    "Retry",
    "StageResult",
    "candidates",
    "check_connection",
    "codec",
    "errors",
    "find_base",
    "urls",
    "where",
]
