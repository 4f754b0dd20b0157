"""JSON and Atom, written from and read into the neutral shapes of `resources`."""

from . import atom_format, atom_payload, diagnoses, json_format, json_plan, schema
from .errors import PayloadError
from .scalars import date_writer, read_scalar
from .template import template_entry

__all__ = [
    "PayloadError",
    "atom_format",
    "atom_payload",
    "date_writer",
    "diagnoses",
    "json_format",
    "json_plan",
    "read_scalar",
    "schema",
    "template_entry",
]
