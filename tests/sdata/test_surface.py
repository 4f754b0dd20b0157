"""What the addon may rely on."""

from __future__ import annotations

import inspect

import sdata


def test_every_name_of_the_surface_is_there_and_explained():
    for name in sdata.__all__:
        found = getattr(sdata, name)
        if inspect.isclass(found) or inspect.isfunction(found):
            assert found.__doc__, name


def test_the_clients_methods_say_what_they_promise():
    for name, member in inspect.getmembers(sdata.Client, inspect.isfunction):
        if not name.startswith("_") and name != "close":
            assert member.__doc__, name


def test_everything_is_annotated():
    """Complete types, so that a type checker can hold the library."""
    for name, member in inspect.getmembers(sdata.Client, inspect.isfunction):
        signature = inspect.signature(member)
        for parameter in list(signature.parameters.values())[1:]:
            assert parameter.annotation is not inspect.Parameter.empty, (
                f"{name}: {parameter}"
            )
