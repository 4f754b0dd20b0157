"""What the server says about an error, in any of its envelopes.

A list of diagnoses, an object with ``$diagnoses``, one lone diagnosis, or XML with
the same elements (docs/sdata.md 5.6). They also arrive under status 200.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from .errors import clean_message

SEVERITIES = frozenset({"info", "warning", "transient", "error", "fatal"})
HARMFUL = frozenset({"error", "fatal", "transient"})
SDATA_NAMESPACE = "{http://schemas.sage.com/sdata/2008/1}"


@dataclass(frozen=True)
class Diagnosis:
    """One complaint. ``trace`` serves to recognise causes; it is never shown."""

    severity: str
    code: str
    message: str
    trace: str = ""
    second_factor: bool = False

    @property
    def harmful(self) -> bool:
        return self.severity in HARMFUL


def of_json(data: Any) -> list[Diagnosis]:
    """All diagnoses in a JSON document; [] when it is an ordinary answer."""
    if isinstance(data, list):
        return [_from_mapping(item) for item in data if _is_diagnosis(item)]
    if not isinstance(data, Mapping):
        return []
    inner = data.get("$diagnoses")
    if isinstance(inner, Mapping):
        inner = inner.get("$resources") or [inner]
    if isinstance(inner, list):
        return [_from_mapping(item) for item in inner if isinstance(item, Mapping)]
    return [_from_mapping(data)] if _is_diagnosis(data) and "$key" not in data else []


def of_xml(root: ElementTree.Element) -> list[Diagnosis]:
    """All ``sdata:diagnosis`` elements, wherever they stand."""
    found = root.iter(f"{SDATA_NAMESPACE}diagnosis")
    return [
        _from_mapping({_local(child.tag): child.text for child in e}) for e in found
    ]


def worst(diagnoses: Iterable[Diagnosis]) -> Diagnosis | None:
    """The first harmful one: the others of the list are consequences."""
    return next(harmful(diagnoses), None)


def harmful(diagnoses: Iterable[Diagnosis]) -> Iterator[Diagnosis]:
    return (diagnosis for diagnosis in diagnoses if diagnosis.harmful)


def _is_diagnosis(item: Any) -> bool:
    """A recorded shape has ``severity``; a lone ``stackTrace`` occurs as well."""
    if not isinstance(item, Mapping):
        return False
    low = {str(name).lower(): value for name, value in item.items()}
    if "stacktrace" in low or "sdatacode" in low:
        return True
    # a record may well have a property of that name
    return str(low.get("severity", "")).strip().lower() in SEVERITIES


def _from_mapping(item: Mapping[str, Any]) -> Diagnosis:
    low = {str(name).lower(): value for name, value in item.items()}
    return Diagnosis(
        severity=str(low.get("severity") or "error").strip().lower(),
        code=str(low.get("sdatacode") or ""),
        message=clean_message(low.get("message")),
        trace=str(low.get("stacktrace") or ""),
        second_factor=low.get("mfarequired") is True,
    )


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]
