"""Giọng đọc: what each voice is, how it sounds, and the change to another one, whose sound is made before it speaks.

The old voice is heard until everything that is coming has been made anew; then commune.yaml names the new one. A voice
that is not here yet is installed by the daemon, whose folder nobody else may write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from starlette.responses import Response

from ...errors import Message, Refused
from ...model.office_requests import InstallVoice
from ..console import Console
from ..jobs import Job, JobControl
from ..pages import PageRequest, Routes

VOICES = "/cai-dat/giong"
CHANGE = "voice"  # the key of the job: one change at a time
PIPER = "piper:"  # the engine whose voices can be installed


def show_voices(page: PageRequest) -> Response:
    """Every voice that there is or could be, the commune's first."""
    voices: Sequence[Mapping[str, object]] = json.loads(page.run_command("voices", "list", "--json", is_long=False))
    with page.console.shared_station.station() as station:
        spoken, here = station.files.commune.voices, station.files.contents.voices
    order = {voice: number for number, voice in enumerate(here)}
    ordered = sorted(voices, key=lambda row: (order.get(str(row["voice"]), len(order)), not row["here"]))
    facts = {"voices": ordered, "spoken": spoken, "first": here[0], "job": page.console.jobs.find(CHANGE)}
    installation, folder = page.console.shared_station.installation(), page.console.shared_station.paths.voice_files
    return page.page("voices.html", installation=installation, folder=folder, **facts)


def install_voice(page: PageRequest) -> Response:
    """Have one installed, from the net or from files on the box. Raises `Refused` while another one is."""
    account, voice = page.person.account, page.text("voice").removeprefix(PIPER)
    page.console.shared_station.ask(InstallVoice(voice, page.text("from") == "box"), account.name, account.login)
    return page.go(VOICES)


def show_installation(page: PageRequest) -> Response:
    """How far it is: a fragment that asks again while it runs or nobody knows; then the whole page is loaded anew."""
    if not page.is_fragment:
        return page.go(VOICES)
    installation = page.console.shared_station.installation()
    response = page.page("voice_installation.html", installation=installation)
    if installation and not installation.running:
        response.headers["HX-Refresh"] = "true"  # it can be heard now
    return response


def use_voice(page: PageRequest) -> Response:
    """Begin to make what is coming in another voice. Raises `Refused` where it cannot be the commune's."""
    voice, console, account = page.text("voice"), page.console, page.person.account
    with console.shared_station.station() as station:
        station.editing.commune.use_voice(voice)  # raises
    job = console.jobs.find(CHANGE)
    if job and job.is_open:
        raise Refused(Message("the voice is being changed already"))
    console.jobs.start(CHANGE, lambda control: _change(console, voice, account.name, account.login, control))
    return page.go(VOICES)


def _change(console: Console, voice: str, by: str, login: str, control: JobControl) -> str:
    """Make everything that is coming in the new voice, then name it in commune.yaml; which one it is."""
    control.run(console.shared_station.paths.command_line("voices", "use", voice, "--only-make", "--progress-json"))
    with console.shared_station.station() as station:
        edit = station.editing.commune.use_voice(voice)
    console.shared_station.save([edit], by, login)
    return voice


def show_progress(page: PageRequest) -> Response:
    """How far the change is: a fragment that asks again."""
    job: Job | None = page.console.jobs.find(CHANGE)
    return page.page("voice_progress.html", job=job) if page.is_fragment else page.go(VOICES)


def cancel(page: PageRequest) -> Response:
    """The commune keeps its voice."""
    page.console.jobs.forget(CHANGE)
    return page.go(VOICES)


ROUTES: Routes = {
    "GET /cai-dat/giong": show_voices,
    "POST /cai-dat/giong": use_voice,
    "GET /cai-dat/giong/cai": show_installation,
    "POST /cai-dat/giong/cai": install_voice,
    "GET /cai-dat/giong/tien-do": show_progress,
    "POST /cai-dat/giong/thoi": cancel,
}
