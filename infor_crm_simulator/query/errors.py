"""What goes wrong with a query, as the server would tell it."""

from __future__ import annotations

#: HTTP status of a fault that the object-relational mapper throws, docs/sdata.md 5.6.
SERVER_FAULT = 500

_FRAMES = (
    "Sage.Platform.SData.QueryTranslation.Resolve(String path)",
    "Sage.Platform.SData.RequestHandlerBase`3.GetEntities(SDataUri uri)",
    "Sage.Platform.SData.RequestHandlerBase`3.GetFeed(IRequest request)",
)


class QueryError(Exception):
    """A query the server refuses.

    `status` is the HTTP status, `sdata_code` and `message` belong in the diagnosis;
    `stack_trace` is what a production server also tells (docs/sdata.md 5.6).
    """

    def __init__(
        self, status: int, sdata_code: str, message: str, stack_trace: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.sdata_code = sdata_code
        self.message = message
        self.stack_trace = stack_trace


def bad_where(message: str) -> QueryError:
    return QueryError(400, "BadWhereSyntax", message)


def bad_parameter(message: str) -> QueryError:
    return QueryError(400, "BadQueryParameter", message)


def bad_selector(message: str) -> QueryError:
    return QueryError(400, "BadUrlSyntax", message)


def unknown_property(name: str, entity_name: str) -> QueryError:
    """The one recorded message of its family, docs/sdata.md 5.6."""
    full_name = f"Sage.SalesLogix.Entities.{entity_name}"
    message = f"could not resolve property: {name} of: {full_name}"
    return _thrown("NHibernate.QueryException", message)


def bad_cast(message: str) -> QueryError:
    return _thrown("System.InvalidCastException", message)


def _thrown(exception: str, message: str) -> QueryError:
    trace = "\r\n".join(
        [f"{exception}: {message}", *(f"   at {frame}" for frame in _FRAMES)]
    )
    return QueryError(SERVER_FAULT, "ApplicationDiagnosis", message, trace)
