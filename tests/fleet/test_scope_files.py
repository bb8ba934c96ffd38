"""What the broker brings as a manifest: only what could be one of that scope goes further."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.office import SCOPE, Office, open_office
from harness.signing import make_alert, signed

from loudspeaker.fleet.courier_steps import ManifestCame
from loudspeaker.fleet.scope_files import manifest_event
from loudspeaker.trust.dsse import format_envelope
from loudspeaker.trust.faults import Fault, UntrustedDocument
from loudspeaker.trust.opening import seal


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    return open_office(home, tmp_path)


def test_its_version_is_known_by_its_own_word(office: Office) -> None:
    raw = (office.own / "manifest.json").read_bytes()

    assert manifest_event(SCOPE, raw) == ManifestCame(SCOPE, 1, raw)


def test_what_is_none_of_this_scope_is_refused(office: Office) -> None:
    raw = (office.own / "manifest.json").read_bytes()
    alert = format_envelope(signed(seal(make_alert(1, scope=SCOPE)), "hoa", "pao"))
    cases = {
        Fault.WRONG_SCOPE: ("xa-khac", raw),
        Fault.WRONG_TYPE: (SCOPE, alert),
        Fault.MALFORMED: (SCOPE, raw[: len(raw) // 2]),
    }
    for fault, (scope, content) in cases.items():
        with pytest.raises(UntrustedDocument) as error:
            manifest_event(scope, content)
        assert error.value.fault is fault
