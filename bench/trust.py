"""Signed documents: how long one takes to be verified, and whether a changed one is ever taken.

    python bench/trust.py [--mutants 100000]

Budgets: 2 ms for a document with two signatures; 0 of the mutants taken. The baseline is cryptography alone checking
two signatures over the same bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from harness.changed_bytes import change_bytes
from harness.signing import ISSUED, PEOPLE, PHONE, make_alert, make_manifest, make_trust, signed

from loudspeaker.trust.dsse import SignedEnvelope, format_envelope, parse_envelope
from loudspeaker.trust.faults import UntrustedDocument
from loudspeaker.trust.floors import BoxTime, Floors, accept_alert, accept_manifest
from loudspeaker.trust.opening import open_document, seal
from loudspeaker.trust.public_keys import decode_base64
from loudspeaker.trust.signed_documents import Alert, SignedManifest, SigningRole

TRUST = make_trust()
RUNS = 300
TIME = BoxTime(ISSUED, trusted=True)
FLOORS = Floors(trust=1, manifest=9, manifest_sha256="0" * 64, alert=100)


def open_manifest_of(raw: bytes) -> bool:
    """Is this taken as a manifest by a box that holds version 9?"""
    document = open_document(SignedManifest, parse_envelope(raw), TRUST, SigningRole.RULES).document
    accept_manifest(FLOORS, document, "1" * 64, TIME, "0.3")
    return True


def open_alert_of(raw: bytes) -> bool:
    """Is this taken as an alarm by a box that has heard number 100?"""
    document = open_document(Alert, parse_envelope(raw), TRUST, SigningRole.EMERGENCY).document
    accept_alert(FLOORS, document, TIME)
    return True


def milliseconds(do: Callable[[], object]) -> float:
    """The median of `RUNS` runs."""
    spans = []
    for _ in range(RUNS):
        began = time.perf_counter()
        do()
        spans.append(time.perf_counter() - began)
    return median(spans) * 1000


def wrong_envelopes() -> dict[str, SignedEnvelope]:
    """Documents that are whole, and must not be taken."""
    manifest, alert = make_manifest(10), make_alert(101)
    return {
        "signed by one": signed(seal(manifest), "hoa"),
        "one person, two keys": PHONE.sign(signed(seal(alert), "hoa")),
        "signed by the hub": signed(seal(alert), "hub"),
        "another scope": signed(seal(make_alert(101, scope="na-hoa")), "hoa", "pao"),
        "older manifest": signed(seal(make_manifest(8)), "hoa", "pao"),
        "alert before the window": signed(seal(make_alert(36)), "hoa", "pao"),
        "another type": replace(signed(seal(alert), "hoa", "pao"), payload_type=seal(manifest).payload_type),
    }


def taken(raw: bytes) -> bool:
    """Does anything take it?"""
    for opened in (open_manifest_of, open_alert_of):
        with suppress(UntrustedDocument):
            return opened(raw)
    return False


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=100_000)
    count = parser.parse_args().mutants
    good = {
        "manifest": format_envelope(signed(seal(make_manifest(10)), "hoa", "pao")),
        "alert": format_envelope(signed(seal(make_alert(101)), "hoa", "pao")),
        "alert, passkey": format_envelope(PHONE.sign(signed(seal(make_alert(101)), "pao"))),
    }
    for name, raw in good.items():
        assert taken(raw), name
        ours = milliseconds(lambda raw=raw: taken(raw))
        envelope = parse_envelope(raw)
        keys = [Ed25519PublicKey.from_public_bytes(decode_base64(PEOPLE[one].public.public)) for one in ("hoa", "pao")]
        pairs = [
            (key, PEOPLE[one].private.sign(envelope.signed)) for key, one in zip(keys, ("hoa", "pao"), strict=True)
        ]
        bare = milliseconds(lambda: [key.verify(value, envelope.signed) for key, value in pairs])  # noqa: B023
        print(
            f"{name:16} {len(raw):6} bytes   {ours:6.3f} ms   "
            f"two bare signatures {bare:6.3f} ms   ratio {ours / bare:5.2f}"
        )
    dice, outcome = random.Random(2026), Counter[str]()
    originals = list(good.values())
    for _ in range(count):
        raw = dice.choice(originals)
        mutant = change_bytes(raw, dice)
        if mutant == raw:
            outcome["unchanged"] += 1
        elif taken(mutant):
            same = parse_envelope(mutant).signed == parse_envelope(raw).signed
            outcome["same words, signatures hold" if same else "TAKEN"] += 1
        else:
            outcome["refused"] += 1
    for name, envelope in wrong_envelopes().items():
        outcome["TAKEN" if taken(format_envelope(envelope)) else "refused"] += 1
        print(f"{name:24} {'TAKEN' if taken(format_envelope(envelope)) else 'refused'}")
    print(f"{count} mutants:", ", ".join(f"{name} {number}" for name, number in sorted(outcome.items())))
    sys.exit(outcome["TAKEN"] > 0)


if __name__ == "__main__":
    main()
