"""Keeps typed passwords out of Odoo's own debug log.

At debug level Odoo logs every call of the web client with its arguments, thus the
values of a form that is being saved, passwords included.
"""

import logging

MASK = "***"
SECRET_FIELDS = frozenset({"password"})


class CallMask(logging.Filter):
    """Masks secret fields in the logged arguments of calls on our connector."""

    def filter(self, record):
        args = record.args
        if isinstance(args, tuple) and len(args) == 3:
            model, method, params = args
            if getattr(model, "_name", "") == "infor.crm.connector":
                # rows of an uploaded file: which column is secret is not worth a parse
                hidden = MASK if method == "load" else _Masked(params)
                record.args = (model, method, hidden)
        return True


class _Masked:
    def __init__(self, params):
        self.params = params

    def __str__(self):
        args = [repr(masked(arg)) for arg in self.params.args]
        named = sorted(self.params.kwargs.items())
        args.extend(f"{name}={masked(value)!r}" for name, value in named)
        return ", ".join(args)


def masked(value):
    """The value with every secret field replaced, at any depth.

    >>> masked([{"name": "x", "password": "y"}])
    [{'name': 'x', 'password': '***'}]
    """
    if isinstance(value, dict):
        return {
            key: MASK if key in SECRET_FIELDS and item else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    return value


def install():
    logger = logging.getLogger("odoo.service.model")
    if not any(isinstance(item, CallMask) for item in logger.filters):
        logger.addFilter(CallMask())
