"""Where each bulletin stands between its writer and its approver: by the log and the files, kept nowhere else.

Draft → submitted → approved, or returned with words; any edit of what an approval binds makes it outdated.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..model.asrun_record import Event
from ..model.bulletin import Bulletin
from ..model.enums import ReviewState
from ..playout.ports import Log
from ..production.specification import ProgrammeSpec
from . import approvals

REVIEW, EDIT = "review", "edit"  # kinds of events
SUBMIT, GIVE_BACK = "submit", "give_back"  # steps of a review


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody by their name, and by their account where they came through one."""

    name: str
    account: str = ""

    def is_same(self, other: Signer) -> bool:
        """By their accounts where both have one, else by their names."""
        if self.account and other.account:
            return self.account == other.account
        return _plain(self.name) == _plain(other.name)


@dataclass(frozen=True, slots=True)
class ReviewStep:
    """What somebody did to a bulletin; `why` are the words with which it was given back."""

    by: Signer
    at: datetime
    digest: str
    why: str = ""
    paper: str = ""  # the number of what was signed on paper
    signer: str = ""  # … and who signed it
    photo: str = ""  # … and the SHA-256 of its photograph


@dataclass(frozen=True, slots=True)
class Review:
    """One bulletin as it is now. `editors` saved it last, file and recordings; empty where nobody knows who did."""

    state: ReviewState
    digest: str  # "" while its text has not been read
    editors: tuple[Signer, ...] = ()
    submitted: ReviewStep | None = None  # as it is now
    returned: ReviewStep | None = None  # the last one, as long as it has not been submitted again
    approved: ReviewStep | None = None  # the last approval that nobody took back, of this text or an earlier one


@dataclass(slots=True)
class ReviewLog:
    """What the log says of every bulletin; read once, when it is first asked. Raises `LogUnusable`."""

    log: Log
    _steps: dict[str, list[Event]] = field(default_factory=dict)  # by bulletin, in order
    _edits: dict[str, Event] = field(default_factory=dict)  # the last one, by path
    _approvals: Mapping[str, Event] | None = None

    def review(self, bulletin: Bulletin, spec: ProgrammeSpec, revision: str) -> Review:
        """`spec` is what the bulletin says, `revision` the SHA-256 of its file."""
        approved = self._read().get(bulletin.id)
        steps = self._steps.get(bulletin.id, [])
        digest = "" if spec.unread else approvals.digest(bulletin, spec)
        last = next((event for event in reversed(steps) if event.facts.get("digest") == digest), None)
        returned = steps[-1] if steps and steps[-1].facts.get("step") == GIVE_BACK else None
        stands = approved is not None and approvals.stands(str(approved.facts.get("digest")), bulletin, spec)
        step = _step(approved) if approved else None
        if not stands and (carried := approvals.carried_approval(bulletin, spec)):
            stands, step = True, ReviewStep(Signer(f"{', '.join(carried.by)} ({carried.scope})"), carried.at, digest)
        return Review(
            ReviewState.APPROVED if stands else _state(last, approved),
            digest,
            self._editors(bulletin, revision),
            submitted=_step(last) if last and last.facts.get("step") == SUBMIT else None,
            returned=_step(returned) if returned else None,
            approved=step,
        )

    def open_reviews(self) -> list[str]:
        """Ids of bulletins that were submitted or returned, and have not been approved since."""
        approved = self._read()
        last = {name: steps[-1].at for name, steps in self._steps.items()}
        return [name for name, at in last.items() if name not in approved or approved[name].at < at]

    def _read(self) -> Mapping[str, Event]:
        if self._approvals is None:
            for event in self.log.events(REVIEW):
                self._steps.setdefault(str(event.facts.get("bulletin")), []).append(event)
            self._edits = {str(event.facts["path"]): event for event in self.log.events(EDIT) if "path" in event.facts}
            self._approvals = approvals.standing(self.log)
        return self._approvals

    def _editors(self, bulletin: Bulletin, revision: str) -> tuple[Signer, ...]:
        """Who edited the bulletin and its recordings; unknown for a file that another program changed later."""
        recordings = [part.audio for part in bulletin.parts if part.audio]
        edits = [self._edits[path] for path in (bulletin.path, *recordings) if path in self._edits]
        known = [edit for edit in edits if edit.facts["path"] != bulletin.path or edit.facts.get("after") == revision]
        return tuple(dict.fromkeys(map(_signer, known)))


def _state(last: Event | None, approved: Event | None) -> ReviewState:
    """The state of a bulletin that is not approved; `last`: the last step that was taken with its present version."""
    if last is None:
        return ReviewState.OUTDATED if approved else ReviewState.DRAFT
    return ReviewState.SUBMITTED if last.facts.get("step") == SUBMIT else ReviewState.RETURNED


def _step(event: Event) -> ReviewStep:
    texts = {name: str(event.facts.get(name) or "") for name in ("digest", "why", "paper", "signer", "photo")}
    return ReviewStep(_signer(event), event.at, **texts)


def _signer(event: Event) -> Signer:
    return Signer(str(event.facts.get("by") or ""), str(event.facts.get("account") or ""))


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
