"""The modules that commands work with, each imported when a command first asks for something of it.

`--help`, and every command, load no more than they need: that is what makes them come at once.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from ..errors import Message, Refused

if TYPE_CHECKING:
    from .. import clock as clock
    from .. import codec as codec
    from .. import i18n as i18n
    from .. import json_output as json_output
    from ..daemon import alert_delivery as alert_delivery
    from ..daemon import client as client
    from ..daemon import loop as loop
    from ..daemon import on_air as on_air
    from ..daemon import protocol as protocol
    from ..daemon import service as service
    from ..fleet import hub_settings as hub_settings
    from ..fleet import join_client as join_client
    from ..fleet import join_stick as join_stick
    from ..fleet import joining as joining
    from ..fleet import log_sender as log_sender
    from ..fleet import stick_joining as stick_joining
    from ..hub import adoption as adoption
    from ..hub import backups as backups
    from ..hub import hub as hub
    from ..hub import hub_paths as hub_paths
    from ..hub import hub_process as hub_process
    from ..hub import hub_site as hub_site
    from ..hub import published_files as published_files
    from ..hub.boxes import box_board as box_board
    from ..hub.boxes import join_sticks as join_sticks
    from ..hub.drafts import manifest_drafts as manifest_drafts
    from ..hub.watch import notices as notices
    from ..importers import draft as draft
    from ..importers import imports as imports
    from ..importers import sheets as sheets
    from ..maintenance import board_light as board_light
    from ..maintenance import box_setup as box_setup
    from ..maintenance import cache as cache
    from ..maintenance import check as check
    from ..maintenance import clock_state as clock_state
    from ..maintenance import doctor as doctor
    from ..maintenance import installation as installation
    from ..maintenance import trials as trials
    from ..maintenance import voice_list as voice_list
    from ..model import airing as airing
    from ..model import board as board
    from ..model import box as box
    from ..model import enums as enums
    from ..model import office_requests as office_requests
    from ..model import request_checks as request_checks
    from ..model import requests as requests
    from ..reports import audit_trail as audit_trail
    from ..reports import day_chart as day_chart
    from ..reports import explain as explain
    from ..reports import log_export as log_export
    from ..reports import outcome_words as outcome_words
    from ..reports import picture_file as picture_file
    from ..reports import report_tables as report_tables
    from ..station import commune_clock as commune_clock
    from ..station import naming as naming
    from ..station import new_station as new_station
    from ..station import paper_photos as paper_photos
    from ..station import paths as paths
    from ..station import read_text as read_text
    from ..station import restrictions as restrictions
    from ..station import station as station
    from ..station.box import box_key as box_key
    from ..station.box import box_villages as box_villages
    from ..station.box import hub_contact as hub_contact
    from ..station.box import log_lives as log_lives
    from ..station.box import log_segment as log_segment
    from ..station.box import moving as moving
    from ..station.box import returned_logs as returned_logs
    from ..station.deliveries import delivery as delivery
    from ..station.deliveries import late_files as late_files
    from ..station.deliveries import membership as membership
    from ..station.deliveries import offers as offers
    from ..station.deliveries import stick_answer as stick_answer
    from ..station.editing import bulletin_editing as bulletin_editing
    from ..station.editing import bulletin_export as bulletin_export
    from ..station.editing import schedule_editing as schedule_editing
    from ..station.editing import what_if as what_if
    from ..station.emergency import alert_receipts as alert_receipts
    from ..station.emergency import alert_sounds as alert_sounds
    from ..station.signing import alert_packing as alert_packing
    from ..station.signing import packing as packing
    from ..station.signing import sound_packing as sound_packing
    from ..store import atomic as atomic
    from ..store import edits as edits
    from ..synthesis import voice_installer as voice_installer
    from ..trust import dsse as dsse
    from ..trust import fingerprint as fingerprint
    from ..trust import key_file as key_file
    from ..trust import opening as opening
    from ..trust import public_keys as public_keys
    from ..trust import signed_documents as signed_documents
    from ..web import certificate as certificate
    from ..web import console as console
    from ..web import http_server as http_server
    from ..web import serve as serve
    from ..web import site as site
    from ..web.access import access_tokens as access_tokens
    from ..web.access import accounts as accounts
    from ..web.access import audit as audit
    from ..web.access import console_database as console_database

ROOMS = {
    "": ("clock", "codec", "i18n", "json_output"),
    "daemon.": ("alert_delivery", "client", "loop", "on_air", "protocol", "service"),
    "fleet.": ("hub_settings", "join_client", "join_stick", "joining", "log_sender", "stick_joining"),
    "hub.": ("adoption", "backups", "hub", "hub_paths", "hub_process", "hub_site", "published_files"),
    "hub.boxes.": ("box_board", "join_sticks"),
    "hub.drafts.": ("manifest_drafts",),
    "hub.watch.": ("notices",),
    "importers.": ("draft", "imports", "sheets"),
    "maintenance.": (
        *("board_light", "box_setup", "cache", "check", "clock_state", "doctor", "installation", "trials"),
        *("voice_list",),
    ),
    "model.": ("airing", "board", "box", "enums", "office_requests", "request_checks", "requests"),
    "reports.": ("audit_trail", "day_chart", "explain", "log_export", "outcome_words", "picture_file", "report_tables"),
    "station.": (
        *("commune_clock", "naming", "new_station", "paper_photos", "paths", "read_text", "restrictions", "station"),
    ),
    "station.box.": ("box_key", "box_villages", "hub_contact", "log_lives", "log_segment", "moving", "returned_logs"),
    "station.deliveries.": ("delivery", "late_files", "membership", "offers", "stick_answer"),
    "station.editing.": ("bulletin_editing", "bulletin_export", "schedule_editing", "what_if"),
    "station.emergency.": ("alert_receipts", "alert_sounds"),
    "station.signing.": ("alert_packing", "packing", "sound_packing"),
    "store.": ("atomic", "edits"),
    "synthesis.": ("voice_installer",),
    "trust.": ("dsse", "fingerprint", "key_file", "opening", "public_keys", "signed_documents"),
    "web.": ("certificate", "console", "http_server", "serve", "site"),
    "web.access.": ("access_tokens", "accounts", "audit", "console_database"),
}
MODULES = {name: f"..{room}{name}" for room, names in ROOMS.items() for name in names}


def __getattr__(name: str) -> ModuleType:
    """Import a module of `MODULES` when it is first asked for (PEP 562).

    Raises `AttributeError`, and `Refused` where it needs a package that only some stations have installed.
    """
    if name not in MODULES:
        raise AttributeError(name)
    try:
        module = import_module(MODULES[name], __package__)
    except ModuleNotFoundError as error:
        raise Refused(
            Message("this needs the package “{package}”, which is not installed", package=error.name)
        ) from error
    globals()[name] = module
    return module
