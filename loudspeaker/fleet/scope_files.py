"""From a bell to the newest files of one scope: documents, then files, then their taking. Pure.

A manifest that the broker has brought is not fetched. Where it is not believed by itself, all documents are fetched
after all: rules.json may be lacking, by which a box that has missed some versions knows that the rules are the people's
(`station/deliveries/delivery.py`), or somebody has changed it on its way.

Of documents that are not signed as they must be no file is fetched. The daemon is asked to take them all the same: it
keeps a trust document that revokes a key though the manifest beside it is refused, and tells why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ..trust.dsse import parse_envelope
from ..trust.opening import check_scope, read_unverified_as
from ..trust.signed_documents import Heads, SignedManifest
from .courier_steps import (
    Action,
    BellRung,
    CourierEvent,
    Distrusted,
    Fetch,
    Fetched,
    Holds,
    ManifestCame,
    NotFetched,
    Take,
    TakingEnded,
    TimePassed,
    Verified,
    Verify,
)
from .topics import HeldVersions, blob_path, document_path

MOST_TRUST = 16  # documents at a time: more come with the next bell
MOST_BYTES = 500_000_000  # of one delivery: a hub that lies must not fill the disk
AGAIN = 3600.0  # s, until what was refused is looked at again, where no bell tells anything newer
LATER = 300.0  # s, where a file was not there, or the daemon
NO_ROOM = 60.0  # s, where the disk of this box was full: somebody is making room, and asking again costs the hub little
MOST_DOUBLINGS = 6  # of LATER, where that is so again and again: a hub may send other bytes than were signed
NOTHING, NOTHING_HELD = Heads(0, 0, 0), HeldVersions()
RULES = "rules"
UNNUMBERED = ("manifest", RULES)  # documents


def manifest_event(scope: str, raw: bytes) -> ManifestCame:
    """That this was brought as the manifest of a scope. Raises `UntrustedDocument` for what is none of it."""
    document = read_unverified_as(SignedManifest, parse_envelope(raw))
    check_scope(document, scope)
    return ManifestCame(scope, document.version, raw)


class Stage(StrEnum):
    """How far the newest files of a scope are."""

    RESTING = "resting"
    DOCUMENTS = "documents"  # trust documents, manifest, rules
    VERIFYING = "verifying"
    FILES = "files"
    TAKING = "taking"


@dataclass(frozen=True, slots=True)
class ScopeFiles:
    """What bells tell (`rung`), what is held, and what is lacking in between.

    `tried`: what was told (trust, manifest) when it came to nothing last; `again_at`: then it is tried again anyway;
    `misses`: how often in a row a file of this was not there, or not the one that was signed.
    `came`: a manifest that the broker has brought; `chosen`: the one of them that is verified instead of a fetched one.
    """

    scope: str
    held: HeldVersions = NOTHING_HELD
    rung: Heads = NOTHING
    stage: Stage = Stage.RESTING
    documents: tuple[str, ...] = ()  # paths still to be fetched
    files: Mapping[str, int] = field(default_factory=dict)  # the same by SHA-256, with their bytes; verified
    tried: tuple[int, int] | None = None
    again_at: float | None = None
    misses: int = 0
    came: ManifestCame | None = None
    chosen: ManifestCame | None = None

    @property
    def is_behind(self) -> bool:
        return self.rung.manifest > self.held.manifest or self.rung.trust > self.held.trust

    @property
    def _newest(self) -> tuple[int, int]:
        return self.rung.trust, self.rung.manifest

    @property
    def is_verifying(self) -> bool:
        """Are documents being verified of which none was brought by the broker?"""
        return self.stage is Stage.VERIFYING and self.chosen is None

    @property
    def next_fetch(self) -> Fetch | None:
        if self.stage is Stage.DOCUMENTS:
            return Fetch(self.documents[0])
        if self.stage is Stage.FILES:
            sha256 = next(iter(self.files))
            return Fetch(blob_path(sha256), self.files[sha256], sha256)
        return None

    def step(self, event: CourierEvent, now: float) -> tuple[ScopeFiles, Sequence[Action]]:
        match event:
            case BellRung(heads) if self.scope in heads:
                after = replace(self, rung=heads[self.scope])
                return replace(after, misses=self.misses if after._newest == self._newest else 0)._begin()
            case ManifestCame(scope, version) if scope == self.scope and version > self.held.manifest:
                return replace(self, came=event), []
            case Holds(held) if self.scope in held and held[self.scope] != self.held:
                return replace(self, held=held[self.scope], tried=None)._forget()._go_on(now)
            case TimePassed() if self.again_at is not None and self.again_at <= now:
                return replace(self, tried=None, again_at=None)._begin()
            case Fetched(path, False):
                return self._tick_off(path)
            case NotFetched(path, True):
                return self._do_without(path, now)
            case Verified(scope) | Distrusted(scope) | TakingEnded(scope) if scope == self.scope:
                return self._end_stage(event, now)
        return self, []

    def _end_stage(self, event: CourierEvent, now: float) -> tuple[ScopeFiles, Sequence[Action]]:
        """What this box itself has found of what was fetched."""
        match event:
            case Verified(_, files) if self.stage is Stage.VERIFYING:
                wanted = files if sum(files.values()) <= MOST_BYTES else {}
                return replace(self, stage=Stage.FILES, files=wanted, chosen=None)._proceed()
            case Distrusted() if self.stage is Stage.VERIFYING and self.chosen:
                return replace(self, stage=Stage.DOCUMENTS, documents=self._paths(*UNNUMBERED), chosen=None), []
            case Distrusted(again=True) if self.stage is Stage.VERIFYING:
                return replace(self, stage=Stage.DOCUMENTS, documents=self._paths(*self._trusts, *UNNUMBERED)), []
            case Distrusted() if self.stage is Stage.VERIFYING:
                return replace(self, stage=Stage.FILES, files={})._proceed()
            case TakingEnded() if self.stage is Stage.TAKING:
                return replace(self, misses=0)._rest(now + _wait_after(event))
        return self, []

    def _forget(self) -> ScopeFiles:
        """A manifest that is not newer any more than what is held."""
        return replace(self, came=None) if self.came and self.came.version <= self.held.manifest else self

    def _go_on(self, now: float) -> tuple[ScopeFiles, Sequence[Action]]:
        """What a stick has brought meanwhile is fetched no further."""
        is_done = self.stage in (Stage.DOCUMENTS, Stage.FILES) and not self.is_behind
        return self._rest(now) if is_done else self._begin()

    def _begin(self) -> tuple[ScopeFiles, Sequence[Action]]:
        """Where more is told than is held, and it was not this that came to nothing."""
        if self.stage is not Stage.RESTING or not self.is_behind or self._newest == self.tried:
            return self, []
        chosen = self.came if self.came and self.came.version == self.rung.manifest else None
        documents = self._paths(*self._trusts, *(() if chosen else UNNUMBERED))
        begun = replace(self, stage=Stage.DOCUMENTS, documents=documents, tried=self._newest, again_at=None)
        return replace(begun, came=None if chosen else self.came, chosen=chosen)._proceed()

    @property
    def _trusts(self) -> list[str]:
        """Those that are to be fetched."""
        newest = min(self.rung.trust, self.held.trust + MOST_TRUST)
        return [f"trust/{version}" for version in range(self.held.trust + 1, newest + 1)]

    def _paths(self, *names: str) -> tuple[str, ...]:
        return tuple(document_path(self.scope, name) for name in names)

    def _tick_off(self, path: str) -> tuple[ScopeFiles, Sequence[Action]]:
        if path in self.documents and self.stage is Stage.DOCUMENTS:
            return replace(self, documents=tuple(left for left in self.documents if left != path))._proceed()
        left = {sha256: size for sha256, size in self.files.items() if blob_path(sha256) != path}
        if self.stage is Stage.FILES and len(left) < len(self.files):
            return replace(self, files=left)._proceed()
        return self, []

    def _do_without(self, path: str, now: float) -> tuple[ScopeFiles, Sequence[Action]]:
        """Only rules.json need not be there (`station/deliveries/delivery.py`): others are tried again later."""
        fetch = self.next_fetch
        if fetch is None or fetch.path != path:
            return self, []
        if path == document_path(self.scope, RULES):
            return self._tick_off(path)
        wait = LATER * 2.0 ** min(self.misses, MOST_DOUBLINGS)
        return replace(self, misses=self.misses + 1)._rest(now + wait)

    def _proceed(self) -> tuple[ScopeFiles, Sequence[Action]]:
        """To the next stage, where nothing is left of this one."""
        if self.stage is Stage.DOCUMENTS and not self.documents:
            manifest = self.chosen.envelope if self.chosen else b""
            return replace(self, stage=Stage.VERIFYING), [Verify(self.scope, manifest)]
        if self.stage is Stage.FILES and not self.files:
            return replace(self, stage=Stage.TAKING), [Take(self.scope)]
        return self, []

    def _rest(self, again_at: float) -> tuple[ScopeFiles, Sequence[Action]]:
        """Until then, or until a bell tells, or has told meanwhile, of something else."""
        rest = replace(self, stage=Stage.RESTING, documents=(), files={}, chosen=None)
        return replace(rest, again_at=again_at if rest.is_behind else None)._begin()


def _wait_after(taking: TakingEnded) -> float:
    """Seconds until what was not taken is tried again."""
    if not taking.has_room:
        return NO_ROOM
    return AGAIN if taking.answered else LATER
