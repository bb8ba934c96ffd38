"""A real agent between a real broker, a real web server and a daemon's service: what is signed comes, whatever breaks.

Only the speakers stand in (memory). Agent and service are threads of the test, but for an agent that is killed, a
daemon that cannot start, and another hub; as processes both are in test_hub_and_box.py, too.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Timer

import pytest
from harness.alert_box import sealed
from harness.broker import PROGRAM, mosquitto
from harness.changed_bytes import flip_bit
from harness.fleet_village import FleetVillage, HubClient, alarm
from harness.office import SCOPE, deliveries, speak
from harness.small_commune import ZONE
from harness.static_hub import static_hub
from harness.waiting import wait_for

from loudspeaker.fleet.file_carrier import POLL, POLL_AFTER
from loudspeaker.fleet.late_carrier import SOON
from loudspeaker.fleet.topics import Topic, TopicKind, blob_path
from loudspeaker.model.alert_answer import AlertState
from loudspeaker.station.box.hub_contact import read_hub_contact
from loudspeaker.station.deliveries.fetched_answer import read_fetched_answer
from loudspeaker.station.deliveries.membership import must_have_joined
from loudspeaker.station.signing.alert_packing import AlertDraft, write_alert
from loudspeaker.station.signing.packing import carry_decision
from loudspeaker.station.station import Station
from loudspeaker.store.programmes import ProgrammeStore
from loudspeaker.trust.dsse import format_envelope, parse_envelope
from loudspeaker.trust.signed_documents import AlertKind, ManifestDecision

pytestmark = [pytest.mark.broker, pytest.mark.skipif(PROGRAM is None, reason="needs mosquitto")]

VILLAGES = 2


@pytest.fixture
def village(home: Path, tmp_path: Path) -> Iterator[FleetVillage]:
    with ExitStack() as parts:
        yield FleetVillage(home, tmp_path, parts)


def test_a_bell_brings_the_newest_files_and_the_hub_hears_that_they_are_there(village: FleetVillage) -> None:
    with village.daemon(), village.agent():
        assert village.hub.presence(on=True).held[SCOPE].manifest == 1
        village.office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
        village.office.publish("hoa")
        village.ring(manifest=2)

        wait_for(lambda: village.hub.presence(on=True).held[SCOPE].manifest == 2)
        assert village.version == 2
        wait_for(lambda: not list((village.paths.fleet / "v1/blob").iterdir()))  # the station has them


def fetched_documents(village: FleetVillage) -> set[str]:
    """By HTTPS."""
    return {path.removeprefix(f"v1/{SCOPE}/") for path, _ in village.files.asked if path.startswith(f"v1/{SCOPE}/")}


@pytest.mark.parametrize("says_file", [True, False])
def test_of_a_version_that_the_broker_brings_only_what_is_lacking_is_fetched(
    village: FleetVillage, says_file: bool
) -> None:
    text = "---\ntitle: Tin mới\n---\nHọp thôn.\n"
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        village.office.write("bulletins/tin-sang.md", text)
        village.office.publish("hoa")
        if says_file:
            village.hub.say(Topic(TopicKind.FILE, SCOPE), text.encode(), retain=False)
        village.say_manifest()
        village.ring(manifest=2)

        wait_for(lambda: village.hub.presence(on=True).held[SCOPE].manifest == 2)

    assert village.version == 2
    files = [path for path, _ in village.files.asked if path.startswith("v1/blob/")]
    assert files == ([] if says_file else [blob_path(hashlib.sha256(text.encode()).hexdigest())])
    assert not fetched_documents(village)


def test_of_what_the_broker_brings_nothing_is_taken_that_is_not_signed(village: FleetVillage) -> None:
    village.office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    village.office.publish("hoa")
    raw = (village.office.own / "manifest.json").read_bytes()
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        village.say_manifest(format_envelope(replace(parse_envelope(raw), signatures=())))
        village.say_manifest(raw[: len(raw) // 2])
        village.ring(manifest=2)
        wait_for(lambda: village.hub.presence(on=True).held[SCOPE].manifest == 2)

    assert fetched_documents(village) == {"manifest.json", "rules.json"}
    assert (village.paths.fleet / "v1" / SCOPE / "manifest.json").read_bytes() == raw


def test_a_box_that_has_missed_a_change_of_the_rules_fetches_them(village: FleetVillage) -> None:
    commune = village.office.home / "commune.yaml"
    commune.write_text(commune.read_text(encoding="utf-8") + "\n# khác\n", encoding="utf-8")
    village.office.publish("hoa", "pao")
    village.office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
    village.office.publish("hoa")
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        village.say_manifest()
        village.ring(manifest=3)
        wait_for(lambda: village.hub.presence(on=True).held[SCOPE].manifest == 3)

    assert "rules.json" in fetched_documents(village)


def sounds(village: FleetVillage) -> set[str]:
    """Those that are there with the third version."""
    return {path.stem for path in (village.paths.received / SCOPE / "v000003" / "audio").glob("*")}


def test_sound_comes_behind_its_manifest_and_later_too(village: FleetVillage) -> None:
    soon = f"{datetime.now(ZONE) + timedelta(minutes=90):%H:%M}"
    entries = ", ".join(f'{{bulletin: {name}, at: "{soon}"}}' for name in ("tin-sang", "nhac"))
    village.office.write("schedules/na-hoa.yaml", f"village: Thôn Nà Hoa\nbroadcasts: [{entries}]\n")
    village.office.publish("hoa")
    spoken = {one.bulletin: one.data for one in speak(village.office)}
    late = village.office.stick / "v1/blob" / hashlib.sha256(spoken["tin-sang"]).hexdigest()
    late.unlink()
    with village.daemon():
        with village.agent():
            village.hub.presence(on=True)
            village.ring(manifest=3)
            wait_for(lambda: sounds(village) == {"nhac"}, pause=0.2)
            assert village.version == 3
        late.write_bytes(spoken["tin-sang"])
        with village.agent():  # one that begins anew looks for it at once
            wait_for(lambda: sounds(village) == {"nhac", "tin-sang"}, pause=0.2)

    with closing(Station.open(village.home)) as station:
        spec = station.planner.bulletin_spec(station.files.bulletin("tin-sang"))
        assert {speech.voices for speech in spec.speeches} == {(f"signed:tone:low/{late.name[:12]}", "tone:low")}


def test_the_sound_of_an_alarm_comes_between_its_signatures(village: FleetVillage) -> None:
    draft = AlertDraft(AlertKind.ALERT, "Nước suối đang dâng!", spoken=True)
    with closing(Station.open(village.office.home)) as station:
        alert, _ = write_alert(station, village.office.stick, SCOPE, draft, datetime.now(UTC))
    assert alert.audio
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        village.say_alert(alert.seq, sealed(alert, "hoa"))
        village.hub.receipt(alert.id, AlertState.PREPARED)
        sound = village.paths.received / SCOPE / "alert" / f"{alert.seq}.opus"
        wait_for(sound.exists, pause=0.1)
        village.hub.receipt(alert.id, AlertState.PREPARED)  # asked once more, the daemon has it made anew
        voice = f"signed:{alert.audio.sha256[:12]}"
        made = ProgrammeStore(village.paths.programmes)
        wait_for(lambda: voice in {programme.voice for _recipe, programme in made.all()}, pause=0.1)

        village.say_alert(alert.seq, sealed(alert, "hoa", "pao"))
        village.hub.receipt(alert.id, AlertState.AIRED)
        wait_for(lambda: village.events("started"), pause=0.2)

    assert {event.facts["voice"] for event in village.events("started")} == {voice}


def test_what_the_commune_decides_for_all_boxes_comes_with_its_manifest_and_is_done(village: FleetVillage) -> None:
    until = datetime.now(UTC) + timedelta(hours=6)
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        decision = ManifestDecision("-", "pause", "Chị Hoa", "na-hoa", until=until, why="đám tang")
        carry_decision(village.office.stick, SCOPE, decision, datetime.now(UTC))
        village.office.sign(village.office.own / "manifest.json", "hoa")
        village.ring(manifest=2)
        wait_for(lambda: village.events("pause"), pause=0.5)

    [event] = village.events("pause")
    assert event.facts["via"] == f"{SCOPE}/d-2"


def test_what_is_not_signed_as_it_must_be_is_not_taken_and_the_hub_is_told_why(village: FleetVillage) -> None:
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        village.office.write("bulletins/tin-sang.md", "---\ntitle: Sai\n---\nSai.\n")
        village.office.publish()
        village.ring(manifest=2)

        wait_for(village.paths.taken.exists)
        assert village.version == 1
        assert not [path for path, _ in village.files.asked if "/blob/" in path]


def test_an_alarm_is_heard_and_its_receipt_says_after_how_many_milliseconds(village: FleetVillage) -> None:
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        alert, envelope = alarm(17)
        village.say_alert(17, envelope)

        receipt = village.hub.receipt(alert.id, AlertState.AIRED)

    contact = read_hub_contact(village.paths)
    assert contact
    assert contact.by_broker
    assert receipt.first_sound is not None
    assert set(village.asked().values()) == {1}
    assert len(village.asked()) == VILLAGES


def test_one_alarm_by_every_way_across_a_broker_that_was_wiped_is_heard_once(village: FleetVillage) -> None:
    with village.daemon(), village.agent():
        village.hub.presence(on=True)
        alert, envelope = alarm(17)
        village.say_alert(17, envelope)
        village.say_alert(17, envelope)
        village.hub.receipt(alert.id, AlertState.AIRED)
        village.broker.kill(wipe=True)
        village.broker.start()
        village.lay_alert(17, envelope)
        village.say_alert(17, envelope)  # as a hub does at each connection
        village.ring(manifest=1, alert=17)  # and by HTTPS
        village.hub.presence(on=True)
        taken = subprocess.run(
            village.paths.command_line("fleet", "take", str(village.office.stick)), capture_output=True, check=False
        )

    assert taken.returncode == 0, taken.stderr
    assert set(village.asked().values()) == {1}
    assert set(village.begun().values()) == {1}


def test_an_alarm_that_came_while_the_daemon_was_away_is_acknowledged_by_nobody_and_comes_again(
    village: FleetVillage,
) -> None:
    alert, envelope = alarm(17)
    with village.agent_process() as agent:
        village.hub.presence(on=True)
        village.say_alert(17, envelope, retain=False)  # only the session brings it again
        village.ring(manifest=2)
        wait_for(lambda: village.files.asked)  # the bell, and the alarm before it, have come
        agent.kill()
        agent.wait()
    with village.daemon(), village.agent():
        receipt = village.hub.receipt(alert.id, AlertState.AIRED, AlertState.GIVEN)

    assert len(receipt.airings) == VILLAGES
    assert set(village.asked().values()) == {1}


@pytest.mark.sampled
def test_an_agent_that_is_killed_at_any_step_loses_no_alarm_and_gives_none_twice(
    village: FleetVillage, full: bool
) -> None:
    """Two instants, in `make fault` ten; many more orders of its steps: test_courier.py."""
    chance, count = random.Random(7), 10 if full else 2
    with village.daemon():
        for seq in range(1, count + 1):
            _, envelope = alarm(seq)
            with village.agent_process() as agent:
                village.hub.presence(on=True)
                village.say_alert(seq, envelope, retain=False)
                power = Timer(chance.uniform(0.0, 0.5), agent.kill)
                power.start()
                power.join()
                agent.wait()
        with village.agent():
            village.hub.presence(on=True)
            wait_for(lambda: len(village.asked()) == count * VILLAGES, pause=1.0)

    assert set(village.asked().values()) == {1}


def test_the_hub_hears_that_a_box_has_gone_whether_it_leaves_or_is_cut_off(village: FleetVillage) -> None:
    with village.daemon(), village.agent_process() as agent:
        village.hub.presence(on=True)
        agent.kill()
        village.hub.presence(on=False)
    with village.agent_process() as agent:
        village.hub.presence(on=True)
        agent.terminate()
        village.hub.presence(on=False)
        assert agent.wait(30) == 0


def test_what_a_memory_card_has_damaged_comes_again_over_the_network(village: FleetVillage) -> None:
    with village.daemon(), village.agent() as clock:
        village.hub.presence(on=True)
        folder = village.paths.received / SCOPE / "v000001"
        path = folder / "bulletins" / "tin-sang.md"
        whole = path.read_bytes()
        flip_bit(path)
        clock.ahead += SOON
        wait_for(lambda: path.read_bytes() == whole, pause=0.1)

    assert [path for path, _ in village.files.asked if "/blob/" in path] == [
        blob_path(hashlib.sha256(whole).hexdigest())
    ]


def test_a_daemon_that_cannot_start_without_a_damaged_file_starts_once_the_agent_has_brought_it(
    village: FleetVillage,
) -> None:
    rules = village.paths.received / SCOPE / "v000001" / "commune.yaml"
    flip_bit(rules)
    run = village.paths.command_line("run")
    assert subprocess.run(run, capture_output=True, check=False).returncode
    assert read_fetched_answer(village.paths.taken).damaged

    with village.agent():
        blob = village.paths.fleet / blob_path(must_have_joined(village.paths).accepted.files["commune.yaml"])
        wait_for(blob.exists, pause=0.1)
    with village.daemon_process():
        assert rules.read_bytes() == (village.office.home / "commune.yaml").read_bytes()


def test_where_no_broker_is_reached_files_and_alarms_come_by_https(village: FleetVillage) -> None:
    village.broker.kill()
    _, envelope = alarm(17)
    with village.daemon(), village.agent() as clock:
        village.office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
        village.office.publish("hoa")
        village.lay_alert(17, envelope)
        village.ring(manifest=2, alert=17, to_broker=False)
        clock.ahead = POLL_AFTER + POLL
        wait_for(lambda: len(village.asked()) == VILLAGES, pause=1.0)
        wait_for(lambda: village.version == 2, pause=1.0)

    assert set(village.asked().values()) == {1}


def test_another_hub_that_the_people_have_named_serves_a_box_whose_own_is_away(
    village: FleetVillage, tmp_path: Path
) -> None:
    certificate = village.authority.certificate("localhost")
    with (
        mosquitto(tmp_path / "broker2", certificate) as broker,
        static_hub(village.office.stick, certificate) as files,
        closing(HubClient(broker, village.authority.own)) as mirror,
    ):
        village.office.trust("hoa", "pao", addresses=(f"localhost:{files.port}:{broker.port}",))
        deliveries(village.paths).take(village.office.stick)
        village.hub.close()  # else it may connect to itself, by the port that is free now
        village.broker.kill()
        village.files.status = 503
        with village.daemon_process(), village.agent_process():
            mirror.presence(on=True)
            alert, envelope = alarm(17)
            mirror.say(Topic(TopicKind.ALERT, SCOPE, 17), envelope.encode())
            receipt = mirror.receipt(alert.id, AlertState.AIRED)
            village.office.write("bulletins/tin-sang.md", "---\ntitle: Tin mới\n---\nHọp thôn.\n")
            village.office.publish("hoa")
            mirror.say(Topic(TopicKind.BELL, SCOPE), village.bell(manifest=2))
            wait_for(lambda: village.version == 2, pause=0.5)

    assert receipt.airings
    assert set(village.asked().values()) == {1}
