"""Why a document is not believed: one class for all, with the kind of fault that a box counts, logs and reports.

A person reads the message; `fault` is for the log, the health of a box and the tests.
"""

from __future__ import annotations

from enum import StrEnum

from ..errors import LoudspeakerError, Message


class Fault(StrEnum):
    """What is wrong with a document."""

    MALFORMED = "malformed"  # not an envelope, not a document, a field that cannot be
    WRONG_TYPE = "wrong-type"  # a manifest where an alert should be
    WRONG_SCOPE = "wrong-scope"  # another commune's
    UNSIGNED = "unsigned"  # fewer persons of the role have signed than must
    STALE = "stale"  # older than what is there, or skipping a version that must come between
    FORKED = "forked"  # the same version with another content: two centres
    EXPIRED = "expired"
    TOO_NEW = "too-new"  # made for a later version of the program


class UntrustedDocument(LoudspeakerError):
    """A document that is not used: it is damaged, not signed by whom it must be, old, or another's."""

    def __init__(self, message: Message, fault: Fault) -> None:
        self.fault = fault
        super().__init__(message)


def require(condition: bool, message: Message) -> None:
    """Raises `UntrustedDocument` where what must hold of a document does not."""
    if not condition:
        raise UntrustedDocument(message, Fault.MALFORMED)
