"""The other online voice, against a local server that speaks the same protocol. Needs the extra `edge`."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from harness.edge_server import FAULTS, needs_edge, service, status, well

from loudspeaker.engines.conformance import LONG, SHORT, faults
from loudspeaker.engines.edge import VIETNAMESE, Edge
from loudspeaker.errors import BadRequest, NotAvailable, RateLimited, TryAgain

VOICE = VIETNAMESE[0]
JUDGED_LATER = {"a cut sound", "silence"}  # by the ear of whoever asks
PASSING = sorted(FAULTS.keys() - JUDGED_LATER - {"too many requests"})


@pytest.fixture
def edge() -> Edge:
    return Edge(longest=1.0, spacing=0, pause=lambda _seconds: None)


def test_without_the_package_the_engine_says_what_to_install(edge: Edge) -> None:
    if find_spec("edge_tts"):
        pytest.skip("the extra is installed")

    assert list(edge.voices()) == []
    with pytest.raises(NotAvailable, match="make install VOICES=yes"):
        edge.synthesize(SHORT, VOICE)


def test_a_voice_that_cannot_be_is_refused(edge: Edge) -> None:
    with pytest.raises(BadRequest):
        edge.fingerprint("HoaiMy")


@needs_edge
def test_a_good_service_keeps_the_contract(edge: Edge) -> None:
    with service(well):
        assert faults(edge, VOICE) == []


@needs_edge
@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_is_a_passing_one(edge: Edge, fault: str) -> None:
    answer, why = FAULTS[fault]
    with service(answer), pytest.raises(TryAgain, match=why):
        edge.synthesize(LONG, VOICE)


@needs_edge
def test_a_request_too_many_is_told(edge: Edge) -> None:
    with service(status(429)), pytest.raises(RateLimited):
        edge.synthesize(SHORT, VOICE)
