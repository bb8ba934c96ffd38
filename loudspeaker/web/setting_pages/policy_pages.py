"""Quy chế: the operating rules, for always or for some days, as a form and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from starlette.responses import Response

from ...config import commune_edit, values
from ...errors import BadUsage, LoudspeakerError, Message, NotFound
from ...model.commune import Commune, Policy
from ..pages import PageRequest, Routes
from ..schedule_pages.week_table import SHORT
from ..shared_station import village_names
from .policy_form import APPROVALS, PERSONS, TEMPORARY, PolicyForm, PolicyRow, policy_rows
from .settings import settle

POLICY, FOR_SOME_DAYS = "/cai-dat/quy-che", "/cai-dat/quy-che/tam-thoi"
REASONS: Mapping[str, Message] = {
    "bau-cu": Message("Election"),
    "bao-lu": Message("Storm and flood"),
    "dich": Message("Disease control"),
    "le-hoi": Message("Festival"),
    "thi": Message("Exam week"),
}
ALL_DAY = ("05:00", "21:00")  # on the day of an election, whatever the policy says otherwise
NOON = ("09:00", "15:00")  # a session that begins then is that of noon


@dataclass(frozen=True, slots=True)
class TemporaryForm:
    """Rules for some days: from when until when, and why (one of `REASONS`, or in other words)."""

    first: str
    last: str
    why: str
    other: str
    rules: PolicyForm


def show_policy(page: PageRequest) -> Response:
    if not page.person.proved:
        return page.go(f"/xac-nhan?den={POLICY}")
    return _policy_page(page)


def change_policy(page: PageRequest) -> Response:
    """First what it does, then, as it was shown, the saving. Raises `Refused` where the password is to be typed."""
    page.must_be_proved()
    form = PolicyForm.from_fields(page.text, page.texts)
    now = PolicyForm.of(_commune(page).policy)
    return settle(
        page,
        POLICY,
        lambda data: commune_edit.alter_policy(data, form.changes(now, data)),
        lambda error: _policy_page(page, form, error),
    )


def _policy_page(page: PageRequest, form: PolicyForm | None = None, error: LoudspeakerError | None = None) -> Response:
    with page.console.shared_station.station() as station:
        commune, names, today = station.files.commune, village_names(station), station.clock.now().date()
    return page.page(
        "policy.html",
        422 if error else 200,
        error=error,
        form=form or PolicyForm.of(commune.policy),
        commune=commune,
        own={names.get(village, village): other_rules(commune, rules) for village, rules in commune.policies.items()},
        exceptions=[(at, span, other_rules(commune, span.policy)) for at, span in enumerate(commune.exceptions)],
        today=today,
        done=page.query.get("xong"),
        approvals=APPROVALS,
        persons=PERSONS,
        weekdays=SHORT,
    )


def show_temporary(page: PageRequest) -> Response:
    """The form; `mau` fills in what is usual for a reason."""
    if not page.person.proved:
        return page.go(f"/xac-nhan?den={FOR_SOME_DAYS}")
    return _temporary_page(page, _usual(page.query.get("mau", ""), PolicyForm.of(_commune(page).policy)))


def _usual(why: str, rules: PolicyForm) -> TemporaryForm:
    """What is usual for a reason."""
    if why == "bau-cu":
        rules = replace(rules, hours=(ALL_DAY,), sessions="20", minutes="120")
    if why == "thi":
        rules = replace(rules, hours=tuple(span for span in rules.hours if not NOON[0] <= span[0] < NOON[1]))
    return TemporaryForm("", "", why if why in REASONS else "", "", rules)


def add_temporary(page: PageRequest) -> Response:
    """Rules that end by themselves: first what they do, then the saving. Raises as `change_policy` does."""
    page.must_be_proved()
    first, last, why, other = (page.text(name) for name in ("first", "last", "why", "other"))
    form = TemporaryForm(first, last, why, other, PolicyForm.from_fields(page.text, page.texts))
    now = PolicyForm.of(_commune(page).policy)
    return settle(
        page,
        POLICY,
        lambda data: _with_temporary(page, data, form, now),
        lambda error: _temporary_page(page, form, error),
    )


def _with_temporary(page: PageRequest, data: bytes, form: TemporaryForm, now: PolicyForm) -> bytes:
    why = form.other or (REASONS[form.why].say(page.site.translate) if form.why in REASONS else "")
    if not why:
        raise BadUsage(Message("say why these rules are needed"))
    rules = form.rules.changes(now, data, TEMPORARY)
    if not rules:
        raise BadUsage(Message("these are the rules that hold anyway: change what is to be otherwise in these days"))
    return commune_edit.add_exception(
        data, values.read_typed(values.day, form.first), values.read_typed(values.day, form.last), why, rules
    )


def _temporary_page(page: PageRequest, form: TemporaryForm, error: LoudspeakerError | None = None) -> Response:
    facts = {"form": form, "error": error, "reasons": REASONS, "weekdays": SHORT, "done": page.query.get("xong")}
    return page.page("policy_temporary.html", 422 if error else 200, **facts)


def remove_temporary(page: PageRequest) -> Response:
    """Temporary rules end now, or never begin: first what that does. Raises `NotFound` where they are gone."""
    page.must_be_proved()
    number = int(page.path["number"]) if page.path["number"].isdecimal() else -1
    if not 0 <= number < len(_commune(page).exceptions):
        raise NotFound(Message("these temporary rules are gone already"))
    return settle(
        page,
        POLICY,
        lambda data: commune_edit.remove_exception(data, number),
        lambda error: _policy_page(page, None, error),
    )


def print_policy(page: PageRequest) -> Response:
    """The policy on paper, with the rules of single villages and of the days to come."""
    with page.console.shared_station.station() as station:
        commune, names, now = station.files.commune, village_names(station), station.clock.now()
    coming = [span for span in commune.exceptions if span.last >= now.date()]
    return page.page(
        "policy_print.html",
        commune=commune.name,
        now=now,
        rows=list(policy_rows(commune.policy)),
        own={names.get(village, village): other_rules(commune, rules) for village, rules in commune.policies.items()},
        exceptions=[(span, other_rules(commune, span.policy)) for span in coming],
    )


def other_rules(commune: Commune, policy: Policy) -> Sequence[PolicyRow]:
    """Those of these rules that are other than the commune's."""
    usual = list(policy_rows(commune.policy))
    return [row for row in policy_rows(policy) if row not in usual]


def _commune(page: PageRequest) -> Commune:
    with page.console.shared_station.station() as station:
        return station.files.commune


ROUTES: Routes = {
    "GET /cai-dat/quy-che": show_policy,
    "POST /cai-dat/quy-che": change_policy,
    "GET /cai-dat/quy-che/in": print_policy,
    "GET /cai-dat/quy-che/tam-thoi": show_temporary,
    "POST /cai-dat/quy-che/tam-thoi": add_temporary,
    "POST /cai-dat/quy-che/tam-thoi/{number}/bo": remove_temporary,
}
