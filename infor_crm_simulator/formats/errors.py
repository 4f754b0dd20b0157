"""What is wrong with a body that a client sent."""

from __future__ import annotations


class PayloadError(Exception):
    """A body that cannot be read: `status` and `sdata_code` of the answer."""

    def __init__(
        self,
        message: str,
        status: int = 400,
        sdata_code: str = "ApplicationDiagnosis",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.sdata_code = sdata_code
