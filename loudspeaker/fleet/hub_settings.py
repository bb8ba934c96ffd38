"""Where a box's hub is, and how the box proves who it is: STATE/fleet/hub.json, which only the agent may read.

    {"address": "loa.laocai.gov.vn", "user": "b-0a1b2c3d", "password": "…", "ca": "-----BEGIN CERTIFICATE-----\\n…"}

and `mqtt_port` (8883) and `https_port` (8443) where they are others. `ca` is the hub's own authority, or several: no
other one is believed, and none of its certificates is refused for its dates, because a box may not know what year it
is. By the same name, password and authority the box logs in at other hubs that the trust document names.
Written by `loudspeaker fleet connect`, and by whatever enrols a box.
"""

from __future__ import annotations

import base64
import json
import os
import pwd
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..codec import UNREADABLE, decode, encode
from ..errors import BadUsage, Message, Refused
from ..station.deliveries.membership import AGENT
from ..station.paths import StationPaths
from ..store.atomic import make_folder, read_regular_file, refuse_link, write_private
from ..trust.signed_documents import HUB

MOST_BYTES = 100_000
MQTT_PORT, HTTPS_PORT = 8883, 8443
# For the keys of a connection. OpenSSL 3.5 would choose what a quantum computer could not break either, with 2 KB more,
# and a quarter more to compute, for each connection; but what boxes are told is for a whole commune to hear.
KEY_EXCHANGE = "X25519"
NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which the module ssl does not name


@dataclass(frozen=True, slots=True)
class HubSettings:
    """A hub, as it was told when this box was connected to it. Raises `BadUsage` when made of what cannot be."""

    address: str  # a host name
    user: str  # the id of this box
    password: str
    ca: str  # PEM
    mqtt_port: int = MQTT_PORT
    https_port: int = HTTPS_PORT

    def __post_init__(self) -> None:
        if not self.address or not self.user or any(letter in self.address for letter in "/@ \n"):
            raise BadUsage(Message("“{address}” is no host name of a hub", address=self.address))
        try:
            make_tls_context(self.ca)
        except (ssl.SSLError, ValueError, TypeError) as error:  # TypeError: letters that no PEM has
            raise BadUsage(Message("this is no certificate of a hub (PEM): {error}", error=str(error))) from error

    def other_hub(self, address: str) -> HubSettings:
        """A hub that a trust document names."""
        match = HUB.fullmatch(address)
        assert match
        https, mqtt = int(match["https"] or self.https_port), int(match["mqtt"] or self.mqtt_port)
        return replace(self, address=match["host"], https_port=https, mqtt_port=mqtt)

    @property
    def log_in(self) -> Mapping[str, str]:
        """The header by which the box logs in at the hub (HTTP Basic, RFC 7617)."""
        credentials = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        return {"Authorization": f"Basic {credentials}"}

    def __repr__(self) -> str:
        """Without what nobody should read in a log."""
        return f"HubSettings({self.user}@{self.address})"


def make_tls_context(ca: str) -> ssl.SSLContext:
    """TLS to a server with a certificate of this authority (PEM), for its name, whatever its dates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cadata=ca)
    context.set_ecdh_curve(KEY_EXCHANGE)
    context.verify_flags |= NO_CHECK_TIME
    return context


def read_hub_settings(paths: StationPaths) -> HubSettings:
    """Raises `Refused` where this box is connected to no hub, or this process may not read how."""
    raw = read_regular_file(paths.hub_settings, MOST_BYTES)
    if raw is None:
        if paths.hub_settings.exists():
            raise Refused(Message("{file} cannot be read: is it this user’s?", file=paths.hub_settings))
        raise Refused(Message("this box is connected to no hub: “loudspeaker fleet connect”"))
    try:
        return decode(HubSettings, json.loads(raw))
    except (*UNREADABLE, BadUsage):
        message = Message("{file} is damaged: connect anew with “loudspeaker fleet connect”", file=paths.hub_settings)
        raise Refused(message) from None


def write_hub_settings(paths: StationPaths, settings: HubSettings) -> None:
    """Keep them for the agent alone: for the service's user where this machine has one.

    Raises `Refused` where only root can hand them to that user, `WriteError`, `SymlinkError`, `OSError`.
    """
    path, agent = paths.hub_settings, agent_user()
    if agent and os.geteuid() not in (0, agent.pw_uid):
        raise Refused(Message("only root can hand the password to the service: do this again with sudo"))
    make_folder(path.parent)
    refuse_link(path)
    if agent:
        os.chown(path.parent, agent.pw_uid, -1)
    write_private(path, json.dumps(encode(settings), indent=1).encode(), path.parent.stat())


def agent_user() -> pwd.struct_passwd | None:
    """The user as which the agent runs; None on a machine where it is no service."""
    try:
        return pwd.getpwnam(AGENT)
    except KeyError:
        return None
