"""The query language of SData over SQLite tables (docs/sdata.md 4)."""

from .errors import QueryError
from .functions import fold, register_functions
from .grammar import parse_where
from .names import NameTree, parse_include, parse_select
from .nodes import Expression
from .select import Column, CompiledQuery, columns_of, compile_select
from .selectors import Key, Predicate, Selector, parse_predicate_or_key
from .switches import DEFAULTS as DEFAULT_SWITCHES

__all__ = [
    "DEFAULT_SWITCHES",
    "Column",
    "CompiledQuery",
    "Expression",
    "Key",
    "NameTree",
    "Predicate",
    "QueryError",
    "Selector",
    "columns_of",
    "compile_select",
    "fold",
    "parse_include",
    "parse_predicate_or_key",
    "parse_select",
    "parse_where",
    "register_functions",
]
