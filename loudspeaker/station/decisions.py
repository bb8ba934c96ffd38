"""What people decide about what is to be heard, kept in the log: skips, pauses, reviews, commissioning, edits.

Written by the daemon for whoever may talk to it, or by a command that may write the log itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import BadUsage, BeingRead, Message, NotFound, OutOfDate, Refused
from ..model.bulletin import Bulletin
from ..model.enums import ApprovalRule, ReviewState
from ..model.envelope import Envelope
from ..model.office_requests import ConfirmVillage, DeclineOffer
from ..model.requests import (
    Approve,
    Commission,
    ExplainStop,
    GiveBack,
    NoteEdit,
    Pause,
    Request,
    Resume,
    Skip,
    SoftenOutput,
    Submit,
)
from ..playout import deadlines
from ..production.specification import NOT_READ_YET
from . import approvals, reviews
from .commune_clock import parse_instant
from .deliveries.offers import DECLINE, find_offer
from .paper_photos import is_kept
from .restrictions import (
    COMMISSION,
    CONFIRM_VILLAGE,
    MEMORY,
    SOFTEN,
    awaits_village,
    skips,
    standing_pauses,
    uncommissioned_outputs,
)
from .reviews import EDIT

if TYPE_CHECKING:
    from .station import Station


@dataclass(frozen=True, slots=True)
class Decisions:
    """Records decisions in the log of the station. `who` is the person who decides."""

    station: Station

    def skip(self, request: Skip, who: Envelope) -> None:
        """Leave one airing out, or take that back. Raises `NotFound`, `Refused` where it is over or under way."""
        airing, log, undo = self.station.airings.find(request.airing), self.station.log, request.undo
        if log.verdict_of(airing.id):
            raise Refused(Message("{airing} is over already", airing=airing.id))
        gone = self.station.clock.now() - (airing.starts_at or airing.scheduled_at)
        if not undo and gone > deadlines.GRACE[airing.level] and not log.events("started", airing.id):
            raise Refused(Message("{airing} is past: it can be left out no more", airing=airing.id))
        if undo and airing.id not in skips(log, self.station.clock.now() - MEMORY):
            raise Refused(Message("{airing} was not skipped", airing=airing.id))
        if log.events("on-air", airing.id):
            raise Refused(Message("{airing} is on the air: use “loudspeaker stop”", airing=airing.id))
        self._note("skip", who, airing.id, why=request.why, undo=undo)

    def pause(self, request: Pause, who: Envelope) -> None:
        """Pause a village until an instant. Raises `NotFound`, `BadUsage` where it is past."""
        ends = parse_instant(request.until, self.station.files.commune.zone)
        if ends <= self.station.clock.now():
            raise BadUsage(Message("{until} is past", until=f"{ends:%H:%M %d/%m/%Y}"))
        village = self.station.files.village_id(request.village)
        self._note("pause", who, village=village, until=ends.isoformat(), why=request.why)

    def resume(self, request: Resume, who: Envelope) -> None:
        """End a pause. Raises `NotFound`, `Refused` where there is none."""
        village = self.station.files.village_id(request.village)
        known = standing_pauses(self.station.log, self.station.clock.now())
        standing = [pause for pause in known if pause.village == village]
        if not standing:
            raise Refused(Message("{village} is not paused", village=village))
        self._note("resume", who, village=village, pauses=[pause.begins.isoformat() for pause in standing])

    def submit(self, request: Submit, who: Envelope) -> None:
        """Put a bulletin before its approvers. Raises as `approve` does; a second call records nothing."""
        bulletin, review = self._find_shown(request.bulletin, request.digest)
        if review.state not in (ReviewState.SUBMITTED, ReviewState.APPROVED):
            self._note(reviews.REVIEW, who, bulletin=bulletin.id, digest=request.digest, step=reviews.SUBMIT)

    def approve(self, request: Approve, who: Envelope) -> None:
        """The bulletin as it is now, and as `digest` says that it was shown, may be aired; or take that back.

        Raises `NotFound`, `BeingRead`, `OutOfDate` where it is another by now, `Refused` where policy wants another
        person's word, or where there is nothing to take back.
        """
        if request.undo:
            return self._disapprove(request, who)
        bulletin, review = self._find_shown(request.bulletin, request.digest)
        paper = self._paper(request)
        signer = reviews.Signer(request.signer) if request.signer else reviews.Signer(who.by or "", who.account)
        optional = {"heard": request.heard, "in_place_of": request.in_place_of}
        facts: dict[str, object] = {name: value for name, value in optional.items() if value is not None}
        if self.station.files.commune.approval_rule(self.station.clock.now().date()) is ApprovalRule.TWO:
            for editor in review.editors:
                if editor.is_same(signer):
                    raise Refused(
                        Message(
                            "{name} saved “{bulletin}” last: another must approve it",
                            name=signer.name,
                            bulletin=bulletin.id,
                        )
                    )
            facts |= {} if review.editors else {"editor": "unknown"}
        return self._note("approve", who, "", bulletin=bulletin.id, digest=request.digest, **paper, **facts)

    def _paper(self, request: Approve) -> dict[str, str]:
        """What is kept of an approval that was signed on paper.

        Raises `Refused` where policy knows none, `BadUsage`.
        """
        if request.paper is None and request.signer is None and request.photo is None:
            return {}
        if not ((request.paper or request.photo) and request.signer):
            raise BadUsage(
                Message("of what was signed on paper say its number, or send a photograph, and who signed it")
            )
        if not self.station.files.commune.policy_of("", self.station.clock.now().date()).approval_on_paper:
            raise Refused(
                Message("the policy knows no approval on paper: write `approval_on_paper: yes` into commune.yaml")
            )
        if request.photo and not is_kept(self.station.paths.home, request.photo):
            raise NotFound(Message("the photograph is not there any more, or was changed"))
        photo = {"photo": request.photo} if request.photo else {}
        return {"paper": request.paper or "", "signer": request.signer, **photo}

    def _disapprove(self, request: Approve, who: Envelope) -> None:
        bulletin = request.bulletin
        with suppress(NotFound):  # its file may be gone
            bulletin = self.station.files.bulletin_id(bulletin)
        if bulletin not in approvals.standing(self.station.log):
            self._must_be_approved_here(self.station.files.bulletin_id(bulletin))
            raise Refused(Message("“{bulletin}” is not approved", bulletin=bulletin))
        self._note("approve", who, bulletin=bulletin, digest=request.digest, undo=True)

    def give_back(self, request: GiveBack, who: Envelope) -> None:
        """Return a bulletin to its editor; an approval of it is withdrawn. Raises as `approve` does."""
        if not request.why.strip():
            raise BadUsage(Message("say what is to be written otherwise"))
        bulletin, review = self._find_shown(request.bulletin, request.digest)
        self._must_be_approved_here(bulletin.id)
        if review.state is ReviewState.APPROVED:
            self._note("approve", who, bulletin=bulletin.id, digest=request.digest, undo=True)
        facts = {"bulletin": bulletin.id, "digest": request.digest, "why": request.why}
        self._note(reviews.REVIEW, who, step=reviews.GIVE_BACK, **facts)

    def _must_be_approved_here(self, name: str) -> None:
        """Raises `Refused` where an approval came with the bulletin, which only those who gave it can take back."""
        bulletin = self.station.files.contents.bulletins.get(name)
        if bulletin and (carried := approvals.carried_approval(bulletin, self.station.planner.bulletin_spec(bulletin))):
            message = Message(
                "“{bulletin}” was approved at {scope}: have it changed there", bulletin=name, scope=carried.scope
            )
            raise Refused(message)

    def _find_shown(self, name: str, digest: str) -> tuple[Bulletin, reviews.Review]:
        """The bulletin that was shown with this digest. Raises `NotFound`, `BeingRead`, `OutOfDate`."""
        bulletin = self.station.files.bulletin(name)
        spec = self.station.planner.bulletin_spec(bulletin)
        if spec.unread:
            raise BeingRead(NOT_READ_YET)
        if digest != approvals.digest(bulletin, spec):
            raise OutOfDate(Message("“{bulletin}” is not what was shown any more; look at it again", bulletin=name))
        return bulletin, reviews.ReviewLog(self.station.log).review(
            bulletin, spec, self.station.planner.revision(bulletin)
        )

    def commission(self, request: Commission, who: Envelope) -> None:
        """A person heard this output: from now on it airs what is planned. Raises `NotFound`."""
        output = request.output
        if output not in self.station.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=output))
        self._note(COMMISSION, who, output=output)

    def confirm_village(self, _request: ConfirmVillage, who: Envelope) -> None:
        """Somebody heard its test in the right village: what is planned is aired, on outputs of a new station, too.

        Raises `Refused` where nothing is to be confirmed.
        """
        if not awaits_village(self.station.log):
            raise Refused(Message("nothing is to be confirmed: this box airs what is planned"))
        for output in sorted(uncommissioned_outputs(self.station.log, self.station.files.box.outputs)):
            self._note(COMMISSION, who, output=output)
        self._note(CONFIRM_VILLAGE, who)

    def soften(self, request: SoftenOutput, who: Envelope) -> None:
        """An output is to be softer, or again as the technician has set it. Raises `NotFound`."""
        if request.output not in self.station.files.box.outputs:
            raise NotFound(Message("there is no output “{name}” in box.yaml", name=request.output))
        self._note(SOFTEN, who, output=request.output, decibels=request.decibels)

    def decline_offer(self, request: DeclineOffer, who: Envelope) -> None:
        """The commune does not air what it was offered, or does not decide so any more.

        Raises `NotFound`, `OutOfDate` where something else is offered by now, `BadUsage` without a reason.
        """
        if not request.undo and not request.why.strip():
            raise BadUsage(Message("say why it is not aired: the office that sent it reads that"))
        offer = find_offer(self.station.files, request.offer)
        if offer.digest != request.digest:
            raise OutOfDate(Message("“{title}” is not what was shown any more; look at it again", title=offer.title))
        facts = {"offer": offer.name, "title": offer.title, "digest": offer.digest, "why": request.why}
        self._note(DECLINE, who, **facts, undo=request.undo)

    def note_edit(self, request: NoteEdit, who: Envelope) -> None:
        """A file was saved, and by whom: the files themselves do not tell."""
        self._note(EDIT, who, path=request.path, before=request.before, after=request.after)

    def explain_stop(self, request: ExplainStop, who: Envelope) -> None:
        """Why airings were stopped. Raises `Refused` where one was not."""
        for airing in request.airings:
            if not self.station.log.events("stop", airing):
                raise Refused(Message("{airing} was not stopped", airing=airing))
        for airing in request.airings:
            self._note("explain", who, airing, why=request.why)

    def _note(self, kind: str, who: Envelope, airing: str = "", **facts: object) -> None:
        self.station.log.event(kind, airing, self.station.clock.now(), **facts, **who.sender())


DECISIONS: Mapping[type[Request], Callable[[Decisions, Any, Envelope], None]] = {
    Skip: Decisions.skip,
    Pause: Decisions.pause,
    Resume: Decisions.resume,
    Submit: Decisions.submit,
    Approve: Decisions.approve,
    GiveBack: Decisions.give_back,
    Commission: Decisions.commission,
    ConfirmVillage: Decisions.confirm_village,
    SoftenOutput: Decisions.soften,
    DeclineOffer: Decisions.decline_offer,
    NoteEdit: Decisions.note_edit,
    ExplainStop: Decisions.explain_stop,
}
