"""Chờ ký: what was proposed and waits for signatures; one page that shows all of it, signed there with a passkey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import Response

from ...errors import BadUsage, LoudspeakerError, Message, Refused
from ...station.deliveries.commune_outlook import CommuneOutlook
from ...web.jobs import Job
from ..drafts.audience_summary import BulletinSummary, CommuneGap, find_faults, summarize
from ..drafts.manifest_drafts import ManifestDraft
from ..published_files import MANIFEST, RULES
from .hub_page import HubPage, HubRoutes, status_of_refusal
from .passkey_forms import read_assertion, signing_form
from .signature_files import read_signed_file, read_signing_files, send_zip

DOWNLOADS = MANIFEST, RULES  # by which the next version of an office is made


@dataclass(frozen=True, slots=True)
class AudiencePlan:
    """What a draft would do in the communes below: how far it is planned, and what comes of it.

    `assumed`: villages that count as played though no box has told so. `error`: no commune would take the draft.
    """

    job: Job | None = None
    bulletins: Sequence[BulletinSummary] = ()
    faults: Sequence[CommuneGap] = ()
    assumed: int = 0
    error: LoudspeakerError | None = None


def show_drafts(page: HubPage, error: LoudspeakerError | None = None) -> Response:
    """What waits for signatures, and how something is proposed."""
    drafts = [(draft, page.hub.office_name(draft.manifest.scope)) for draft in page.hub.drafts()]
    offices = [
        (office.scope, page.hub.office_name(office.scope), page.hub.served_names(office.scope, DOWNLOADS))
        for office in page.offices()
    ]
    return page.page("hub_drafts.html", status_of_refusal(error), drafts=drafts, offices=offices, error=error)


def send_draft(page: HubPage) -> Response:
    """Keep a .zip of a delivery as what waits for signatures; the page again with what is wrong."""
    sent = page.form.get("file")
    try:
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise BadUsage(Message("choose the .zip file first"))
        scope = page.hub.propose(sent.file)
    except LoudspeakerError as error:
        return show_drafts(page, error)
    return page.go(f"/ky/{scope}")


def show_draft(page: HubPage) -> Response:
    """All that is signed. Raises `NotFound`, `Refused`."""
    return _draft_page(page, page.hub.draft(page.path["scope"]))


def show_plan(page: HubPage) -> Response:
    """What it would do in the communes below, for a page that is open. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.draft(scope)
    if not page.is_fragment:
        return page.go(f"/ky/{scope}")
    return page.page("hub_plan_part.html", scope=scope, plan=_read_plan(page, draft))


def sign_draft(page: HubPage) -> Response:
    """Add a signature, and publish what has all that it needs. Raises `NotFound`."""
    scope = page.path["scope"]
    try:
        draft = page.hub.sign_draft(scope, page.text("digest"), *read_assertion(page))
    except LoudspeakerError as error:
        return _draft_page(page, page.hub.draft(scope), error)
    return page.go(f"/ky/{scope}") if draft.missing else publish_draft(page)


def send_file_to_sign(page: HubPage) -> Response:
    """The draft with the words that are signed, for whoever signs with a key file. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.draft(scope)
    return send_zip(f"{scope}-{draft.manifest.version}.zip", read_signing_files(draft))


def take_signed_file(page: HubPage) -> Response:
    """Take the signatures of a file that was signed elsewhere. Raises `NotFound`."""
    scope = page.path["scope"]
    try:
        draft = page.hub.add_draft_signatures(scope, read_signed_file(page))
    except LoudspeakerError as error:
        return _draft_page(page, page.hub.draft(scope), error)
    return page.go(f"/ky/{scope}") if draft.missing else publish_draft(page)


def publish_draft(page: HubPage) -> Response:
    """Serve what was signed. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.draft(scope)
    try:
        page.hub.publish_draft(scope)
    except LoudspeakerError as error:
        return _draft_page(page, draft, error)
    return page.page("hub_published.html", scope=scope, name=page.hub.office_name(scope), manifest=draft.manifest)


def drop_draft(page: HubPage) -> Response:
    """Let a draft go; done where the box was ticked that says so. Raises `NotFound`."""
    scope = page.path["scope"]
    draft = page.hub.draft(scope)
    if not page.text("sure"):
        return _draft_page(page, draft, BadUsage(Message("tick the box first")))
    page.hub.drop_draft(scope)
    return page.go("/ky")


def _read_plan(page: HubPage, draft: ManifestDraft) -> AudiencePlan | None:
    try:
        job = page.hub.audience_plan(draft)
    except Refused as refused:
        return AudiencePlan(error=refused)
    if job is None:
        return None
    outlooks: Mapping[str, CommuneOutlook] = job.result or {}
    names = {scope: page.hub.office_name(scope) for scope in outlooks}
    summaries, faults = summarize(outlooks, names, page.now), find_faults(outlooks, names)
    assumed = sum(outlook.assumed for outlook in outlooks.values())
    return AudiencePlan(job, summaries, faults, assumed)


def _draft_page(page: HubPage, draft: ManifestDraft, error: LoudspeakerError | None = None) -> Response:
    form = signing_form(page, draft.keys, draft.envelope, draft.digest)
    served = next((office for office in page.hub.published_scopes() if office.scope == draft.manifest.scope), None)
    return page.page(
        "hub_draft.html",
        status_of_refusal(error),
        draft=draft,
        name=page.hub.office_name(draft.manifest.scope),
        served=served.manifest if served else None,
        changes=page.hub.changes(draft),
        plan=_read_plan(page, draft),
        scope=draft.manifest.scope,
        form=form,
        error=error,
    )


ROUTES: HubRoutes = {
    "GET /ky": show_drafts,
    "POST /ky": send_draft,
    "GET /ky/{scope}": show_draft,
    "GET /ky/{scope}/ke-hoach": show_plan,
    "POST /ky/{scope}": sign_draft,
    "GET /ky/{scope}/tep": send_file_to_sign,
    "POST /ky/{scope}/tep": take_signed_file,
    "POST /ky/{scope}/phat-hanh": publish_draft,
    "POST /ky/{scope}/bo": drop_draft,
}
