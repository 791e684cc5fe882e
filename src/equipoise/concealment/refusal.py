"""A refusal that the ledger keeps."""

from __future__ import annotations

from equipoise.errors import DataError


class RefusedError(DataError):
    """A request that is refused for a reason that the ledger keeps: `why` is one of its words."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why
