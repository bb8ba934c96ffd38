"""Which pages a station's console has, and where they stand."""

from __future__ import annotations

from ..errors import Message
from .access.audit_pages import DEEDS, TRIALS
from .guard import LARGEST_BODIES, NEEDS
from .site import Entries, SiteMap

# What stands at the foot of a telephone, and what behind its last entry; only what is there and may be looked at.
NAVIGATION: Entries = (
    ("/", Message("Today")),
    ("/lich", Message("Week")),
    ("/ban-tin", Message("Bulletins")),
    ("/khan-cap", Message("Emergency")),
    ("/them", Message("More")),
)
MORE: Entries = (
    ("/duyet", Message("Waiting for approval")),
    ("/nhat-ky", Message("Log and reports")),
    ("/uy-quyen", Message("Somebody approves in my place")),
    ("/im-lang", Message("Keep a village quiet")),
    ("/chep-usb", Message("Copy onto a stick for the villages")),
    ("/thiet-bi", Message("The box")),
    ("/cai-dat", Message("Settings")),
    ("/mat-may", Message("A telephone is lost")),
)
SETTINGS: Entries = (
    ("/cai-dat/quy-che", Message("Policy")),
    ("/cai-dat/quy-che/in", Message("The policy, to be printed")),
    ("/cai-dat/ngay", Message("Special days")),
    ("/cai-dat/cach-doc", Message("Readings of the commune")),
    ("/cai-dat/giong", Message("Voices")),
    ("/cai-dat/nguoi", Message("People")),
    ("/cai-dat/phien", Message("Log-ins")),
    ("/cai-dat/ma", Message("Other programs")),
)

STATION_MAP = SiteMap(
    NEEDS, LARGEST_BODIES, DEEDS, TRIALS, NAVIGATION, MORE, "top.html", "loudspeaker web first", is_live=True
)
