"""Bells, and files from the hub's folder to the daemon's hands: pure.

A bell says what is newest. Where it is more than this box holds, documents are fetched (not a manifest that the broker
has brought) and verified; only then the files that they name, as far as they are not here; then the daemon takes all of
it, as from a stick. What may come later comes last. One file is fetched at a time, in pieces, so that an alert never
waits for a recording. Where no broker is reached, the bell is fetched each minute. Of a hub that has something else
than was signed, or lacks it, the same is asked of the next one first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ..model.alert_answer import AlertState
from ..trust.floors import WINDOW
from ..trust.signed_documents import LONGEST_ALERT
from .broker_link import OWN_HUB, HubsInTurn, spread
from .courier_steps import (
    Action,
    AlertCame,
    BellDistrusted,
    BellRung,
    CourierEvent,
    DaemonAnswered,
    Distrusted,
    Fetch,
    Fetched,
    Holds,
    HubsNamed,
    LinkDown,
    LinkUp,
    NotFetched,
    TakingEnded,
    TimePassed,
    Verified,
)
from .late_carrier import LateCarrier
from .scope_files import RULES, ScopeFiles
from .topics import TopicKind, document_path, document_topic

POLL_AFTER = 600.0  # s without a broker
POLL, POLL_SPREAD = 60.0, 20.0  # s, between bells that are fetched; more or less
# s at most, until a server that does not answer is asked again, and half of it at least; then the last. At another
# moment by each box: a bell has all of them come at once.
SERVER_AWAY = (5.0, 10.0, 20.0, 40.0)
# s behind a connection in which alerts are not fetched of which a bell tells: the broker brings them, perhaps behind a
# bell that it has kept while the box was away. As long again at most, another time for each box.
CALM = 5.0
# Behind its instant an alert is over, whatever it says (LONGEST_ALERT in trust/), and so are those of lower
# numbers, which were written before it. As long again for clocks of offices that do not agree.
OVER = 2 * LONGEST_ALERT
OWN_AGAIN = 60  # bells, until the box's own hub is asked again where another one has answered


@dataclass(frozen=True, slots=True)
class FileCarrier:
    """Everything that this box fetches; `fetching` is under way.

    `away_since`: without a broker; `poll_at`: when bells are fetched (next); `alerts`: numbers that have come, by
    scope.
    """

    name: str  # of the box
    late: LateCarrier
    scopes: Mapping[str, ScopeFiles] = field(default_factory=dict)
    wanted: tuple[str, ...] = ()  # bells and alerts to be fetched, by their paths
    alerts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    fetching: Fetch | None = None
    away_since: float | None = 0.0
    poll_at: float = 0.0
    polls: int = 0
    failures: int = 0
    server_at: float = 0.0  # not asked before then
    calm_until: float = 0.0
    newest_alerts: Mapping[str, int] = field(default_factory=dict)  # scope -> the newest, of which was told until then
    hub_time: datetime | None = None  # at which the last bell was rung, by its word
    wrongs: int = 0  # hubs in a row that had not what was signed
    hubs: HubsInTurn = OWN_HUB
    served: str = ""  # the hub of which something was fetched last
    link: str = ""  # the hub whose broker has let us in last

    @property
    def wakes_at(self) -> float | None:
        times = [files.again_at for files in self.scopes.values() if files.again_at is not None]
        if self.away_since is not None and self.scopes:
            times.append(self._next_poll)
        if self.newest_alerts:
            times.append(self.calm_until)
        if self.late.wakes_at is not None:
            times.append(self.late.wakes_at)
        if self.fetching is None and (fetches_at := self._fetches_at) is not None:
            times.append(fetches_at)
        return min(times, default=None)

    @property
    def _next_poll(self) -> float:
        return max(self.poll_at, (self.away_since or 0.0) + POLL_AFTER)

    def step(self, event: CourierEvent, now: float) -> tuple[FileCarrier, Sequence[Action]]:
        before, event = self._turn_away(event)
        after, actions = before._take(event, now)._tell_parts(event, now)
        fetch, begins = after._next_fetch(), after._fetches_at
        rests = begins is None or max(now, after.server_at) < begins
        if rests and after.fetching is None and after.away_since is None and after.hubs.current != after.link:
            after = replace(after, hubs=after.hubs.at(after.link))  # whose bell it is that rings next
        if fetch is None or begins is None or after.fetching is not None or now < begins:
            return after, actions
        if fetch == after.late.next_fetch:
            after = replace(after, late=after.late.begin(fetch, now))
        wanted = tuple(path for path in after.wanted if path != fetch.path)
        fetch = replace(fetch, hub=after.hubs.current)
        return replace(after, fetching=fetch, wanted=wanted, served=fetch.hub), [*actions, fetch]

    def _tell_parts(self, event: CourierEvent, now: float) -> tuple[FileCarrier, list[Action]]:
        """Each scope, and what comes late, has its own business with an event."""
        files: dict[str, ScopeFiles] = {}
        actions: list[Action] = []
        for scope, before in self.scopes.items():
            files[scope], asked_for = before.step(event, now)
            actions += asked_for
        late, asked_for = self.late.step(event, now)
        is_same = late is self.late and files == self.scopes
        return self if is_same else replace(self, scopes=files, late=late), [*actions, *asked_for]

    def _turn_away(self, event: CourierEvent) -> tuple[FileCarrier, CourierEvent]:
        """From a hub that had something else than was signed to the next, where one is left to be tried.

        The event is told then as one after which the same is fetched again.
        """
        if not self._is_wrong(event):
            return replace(self, wrongs=0) if self._is_right(event) else self, event
        if self.wrongs + 1 >= len(self.hubs.hubs):
            return replace(self, wrongs=0), event
        after = replace(self, wrongs=self.wrongs + 1, hubs=self.hubs.at(self.served).next())
        match event:
            case Distrusted():
                return after, replace(event, again=True)
            case BellDistrusted(scope):
                return after._want(document_path(scope, "bell")), event
            case NotFetched(path):
                after = replace(after, fetching=None)
                return after._want(path) if path not in [
                    fetch.path for fetch in self._all_fetches()
                ] else after, TimePassed()
        return self, event

    def _is_right(self, event: CourierEvent) -> bool:
        """Is it known of this that it was signed? Of documents only when they are verified."""
        match event:
            case Fetched(path) if self.fetching and self.fetching.path == path:
                return bool(self.fetching.sha256)
            case Verified() | TakingEnded():
                return True
        return False

    def _is_wrong(self, event: CourierEvent) -> bool:
        """Does it tell of something else than was signed, or of nothing where something was? rules.json may lack."""
        match event:
            case NotFetched(path, gone=True) if self.fetching and self.fetching.path == path:
                return not path.endswith(f"/{RULES}.json")
            case Distrusted(scope):
                files = self.scopes.get(scope)
                return files is not None and files.is_verifying
            case BellDistrusted(scope):
                return scope in self.scopes
        return False

    def _all_fetches(self) -> Iterator[Fetch]:
        yield from self._file_fetches()
        if self.late.next_fetch:
            yield self.late.next_fetch

    def _take(self, event: CourierEvent, now: float) -> FileCarrier:
        match event:
            case HubsNamed(hubs):
                return replace(self, hubs=self.hubs.name(hubs))
            case LinkUp() | LinkDown() | TimePassed():
                return self._watch_link(event, now)
            case Fetched(path) | NotFetched(path) if self.fetching and self.fetching.path == path:
                return self._end_fetch(event, now)
            case Holds(held, decided=decided):
                scopes = {scope: self.scopes.get(scope, ScopeFiles(scope)) for scope in sorted(held)}
                alerts = {scope: self.alerts.get(scope, frozenset()) | decided[scope] for scope in decided}
                return replace(self, scopes=scopes, alerts={**self.alerts, **alerts})
            case BellRung(heads, issued):
                return replace(self, hub_time=issued)._hear({scope: head.alert for scope, head in heads.items()}, now)
            case Verified(scope, alert=newest):
                return self._hear({scope: newest}, now)
            case AlertCame(scope=scope, seq=seq):
                after = self._note_alert(scope, seq)
                after = after._pass_over(scope, seq) if self._is_over(event.issued) else after
                return after._hear({scope: seq}, now) if self._is_calm(now) else after._want_between(scope, seq)
            case DaemonAnswered(answer=answer) if answer.state is AlertState.PREPARED:
                return self._forget_alert(answer.alert)
        return self

    def _watch_link(self, event: CourierEvent, now: float) -> FileCarrier:
        """Bells are fetched while there is no broker, and not before it was away for a while."""
        match event:
            case LinkUp(hub):
                wanted = tuple(path for path in self.wanted if not _is_bell(path))
                calm = now + CALM * (1 + spread(self.name, self.polls))
                after = replace(self, away_since=None, wanted=wanted, hubs=self.hubs.at(hub), link=hub)
                return replace(after, calm_until=calm)
            case LinkDown() if self.away_since is None:
                return replace(self, away_since=now)
            case TimePassed() if self.newest_alerts and self.calm_until <= now:
                return replace(self, newest_alerts={})._hear(self.newest_alerts, now)
            case TimePassed() if self.away_since is not None and self.scopes and self._next_poll <= now:
                return self._poll(now)
        return self

    def _poll(self, now: float) -> FileCarrier:
        bells = [document_path(scope, "bell") for scope in self.scopes]
        wait = POLL + POLL_SPREAD * (2 * spread(self.name, self.polls) - 1)
        hubs = self.hubs if self.polls % OWN_AGAIN else self.hubs.at("")
        return replace(self._want(*bells), poll_at=now + wait, polls=self.polls + 1, hubs=hubs)

    def _is_calm(self, now: float) -> bool:
        """Has the broker just let us in, and may still bring what it has kept, in whatever order?"""
        return self.away_since is None and now < self.calm_until

    def _hear(self, newest: Mapping[str, int], now: float) -> FileCarrier:
        """Alerts of which it is known that they are there (scope -> newest), and that have not come, are fetched."""
        if self._is_calm(now):
            known = self.newest_alerts
            highest = {scope: max(newest[scope], known.get(scope, 0)) for scope in newest}
            return replace(self, newest_alerts={**known, **highest})
        after = self
        for scope in self.scopes.keys() & newest.keys():
            after = after._want_alerts(scope, newest[scope])
        return after

    def _want_alerts(self, scope: str, newest: int, after: int = 0) -> FileCarrier:
        """Those up to the number `newest`, behind the number `after`, that have not come; the newest first."""
        lacking = set(range(max(after + 1, newest - WINDOW + 1), newest + 1)) - self.alerts.get(scope, frozenset())
        return self._want(*(document_path(scope, f"alert/{seq}") for seq in sorted(lacking, reverse=True)))

    def _want_between(self, scope: str, seq: int) -> FileCarrier:
        """Where numbers are missing between one that came and the one before: the broker has lost them."""
        before = max((number for number in self.alerts.get(scope, ()) if number < seq), default=seq)
        return self._want_alerts(scope, seq - 1, after=before)

    def _note_alert(self, scope: str, seq: int) -> FileCarrier:
        """It has come, or is not there: it is not fetched (again)."""
        path = document_path(scope, f"alert/{seq}")
        if seq in self.alerts.get(scope, ()) and path not in self.wanted:
            return self
        known = frozenset(number for number in self.alerts.get(scope, ()) if number > seq - 2 * WINDOW) | {seq}
        return replace(
            self, alerts={**self.alerts, scope: known}, wanted=tuple(other for other in self.wanted if other != path)
        )

    def _is_over(self, issued: datetime | None) -> bool:
        """Had an alert of this instant ended long ago when a bell was rung? This box's own clock is not asked."""
        return issued is not None and self.hub_time is not None and self.hub_time - issued > OVER

    def _pass_over(self, scope: str, seq: int) -> FileCarrier:
        """Fetch none of those before this number: a box that has just joined comes for the newest only."""
        earlier = frozenset(range(max(1, seq - WINDOW), seq))
        paths = {document_path(scope, f"alert/{number}") for number in earlier}
        known = {**self.alerts, scope: self.alerts.get(scope, frozenset()) | earlier}
        return replace(self, alerts=known, wanted=tuple(path for path in self.wanted if path not in paths))

    def _forget_alert(self, alert: str) -> FileCarrier:
        """It is fetched once more at the next bell: then somebody else may have signed it."""
        scope, _, seq = alert.partition("/")
        return replace(self, alerts={**self.alerts, scope: self.alerts.get(scope, frozenset()) - {int(seq)}})

    def _end_fetch(self, event: CourierEvent, now: float) -> FileCarrier:
        after = replace(self, fetching=None)
        match event:
            case NotFetched(path, gone=True):
                topic = document_topic(path)
                return after._note_alert(topic.of, topic.seq) if topic and topic.seq else after
            case NotFetched(path):
                is_file = self.fetching is not None and bool(self.fetching.sha256)  # which is asked for again anyway
                return after._wait_for_server("" if is_file else path, now)
        return replace(after, failures=0)

    def _wait_for_server(self, path: str, now: float) -> FileCarrier:
        """What was to be fetched is fetched after a while, from the next hub if there is one.

        At once where a hub has just answered, by something else than was signed: only this one is away. Not so bells,
        which are fetched each minute anyway.
        """
        after = replace(self, hubs=self.hubs.next())
        wait = 0.0 if self.wrongs else self.hubs.back_off(f"{self.name} away", self.failures, SERVER_AWAY)
        if path and path not in [fetch.path for fetch in self._file_fetches()] and not _is_bell(path):
            after = after._want(path)
        return replace(after, failures=self.failures + 1, server_at=now + wait)

    def _want(self, *paths: str) -> FileCarrier:
        under_way = self.fetching.path if self.fetching else ""
        fresh = [path for path in paths if path not in self.wanted and path != under_way]
        return replace(self, wanted=(*self.wanted, *fresh))

    def _next_fetch(self) -> Fetch | None:
        """Bells and alerts first, then documents, then files, then what nothing waits for."""
        if self.wanted:
            return Fetch(self.wanted[0])
        files = min(self._file_fetches(), key=lambda fetch: bool(fetch.sha256), default=None)
        return files or self.late.next_fetch

    @property
    def _fetches_at(self) -> float | None:
        """When the next is fetched; None where there is none."""
        if self.wanted or any(self._file_fetches()):
            return self.server_at
        late_at = self.late.fetches_at
        return None if late_at is None else max(self.server_at, late_at)

    def _file_fetches(self) -> Iterator[Fetch]:
        for files in self.scopes.values():
            if (fetch := files.next_fetch) is not None:
                yield fetch


def _is_bell(path: str) -> bool:
    topic = document_topic(path)
    return topic is not None and topic.kind is TopicKind.BELL
