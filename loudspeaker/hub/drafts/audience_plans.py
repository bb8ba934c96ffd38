"""What a draft of an office would do in the communes below it: planned for each of them, beside the pages.

Some 40 ms of the processor a commune: whoever asks is told how far it is. What was planned for a commune is kept, and
planned anew where the draft, the commune’s files, what its boxes play or the hour is another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...errors import LoudspeakerError, Message, Refused
from ...station.deliveries.commune_outlook import CommuneFiles, CommuneOutlook, OfficeFiles, TextOutlines, find_outlook
from ...station.deliveries.delivered_changes import DeliveredFiles
from ...station.deliveries.verified_manifest import files_for_commune, find_carried_approvals
from ...trust.opening import Opened
from ...trust.signed_documents import TrustDocument
from ...web.jobs import Job, JobControl, Jobs

DAYS = 1  # that are planned behind today
MOST_KEPT = 3_000  # communes, of all drafts
NOTHING_PUBLISHED = LoudspeakerError(Message("it has published nothing at this hub yet"))


@dataclass(frozen=True, slots=True)
class AudienceQuestion:
    """A draft and the communes below its office, by their scopes; None: one that has published nothing.

    `digest`: the SHA-256 of what is to be signed; `now`: from when on it is planned, in the hub’s own zone.
    """

    digest: str
    office: OfficeFiles
    communes: Mapping[str, CommuneFiles | None]
    now: datetime

    @property
    def key(self) -> str:
        """Changes with whatever the answer depends on."""
        return "plan " + _hash(*(self.commune_key(scope) for scope in self.communes))

    def commune_key(self, scope: str) -> str:
        """The same of one commune."""
        commune = self.communes[scope]
        known = (commune.revision, *commune.boxes) if commune else ()
        return _hash(self.digest, f"{self.now:%Y-%m-%d %H}", scope, *known)


class AudiencePlans:
    """The plans of one hub. Safe to be used from several threads: one at a time plans."""

    def __init__(self) -> None:
        self.jobs = Jobs()
        self._outlines = TextOutlines()
        self._known: dict[str, CommuneOutlook] = {}

    def ask(self, question: AudienceQuestion) -> Job:
        """How far it is; its `result` are outlooks by scope. Where too much waits it is begun when asked again."""
        key = question.key
        if job := self.jobs.find(key):
            return job
        try:
            return self.jobs.start(key, lambda control: dict(self._plan(question, control)))
        except Refused:
            return Job(key)

    def _plan(self, question: AudienceQuestion, control: JobControl) -> Iterator[tuple[str, CommuneOutlook]]:
        for number, scope in enumerate(question.communes):
            control.tell(number, len(question.communes))
            yield scope, self._outlook(question, scope)

    def _outlook(self, question: AudienceQuestion, scope: str) -> CommuneOutlook:
        commune, key = question.communes[scope], question.commune_key(scope)
        if commune is None:
            return CommuneOutlook(0, 0, {}, NOTHING_PUBLISHED)
        if key not in self._known:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            self._known[key] = find_outlook(question.office, commune, question.now, DAYS, self._outlines)
        return self._known[key]


def office_files(files: DeliveredFiles, trust: TrustDocument, communes: Sequence[str]) -> OfficeFiles:
    """The files of a draft as communes would read them. Raises `Refused` where none of them would take it."""
    for commune in communes[:1]:
        files_for_commune(files.manifest, commune)
    approved = dict(find_carried_approvals(Opened(files.manifest, frozenset()), trust))
    return OfficeFiles(files, approved)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
