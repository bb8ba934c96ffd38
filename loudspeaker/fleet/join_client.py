"""Joining a hub by a code, at the box: ask, learn whom to believe, take the first files as from a stick."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from .. import VERSION
from ..errors import Message, NotFound, Refused
from ..station.box.box_key import open_box_key
from ..station.box.box_villages import box_yaml_in_place, box_yaml_of_another, read_box_yaml
from ..station.deliveries.delivery import Deliveries, TakenDelivery
from ..station.deliveries.membership import read_membership
from ..store.atomic import write_atomic
from ..trust.dsse import parse_envelope
from ..trust.opening import read_unverified
from ..trust.signed_documents import ROOT, SignedManifest
from .https import FAILURES, HubFolder, hub_unreachable, read_error
from .hub_settings import HTTPS_PORT, HubSettings, write_hub_settings
from .joining import (
    MOST_ANSWER_BYTES,
    Address,
    JoinAnswer,
    JoinRequest,
    derive_keys,
    format_request,
    open_answer,
    parse_address,
    parse_code,
)
from .scope_files import MOST_BYTES
from .topics import blob_path, document_path

PATIENCE = 30.0  # s


def join_hub(
    deliveries: Deliveries, villages: tuple[str, ...], address: str, code: str, by: str, replaces: str = ""
) -> Iterator[TakenDelivery]:
    """Join the hub at `address` (NAME or NAME:PORT), and take the files of its commune, then of the offices above.

    In the place of the box `replaces`, where one is named: with its box.yaml.

    The same code may be used again by this box as long as nothing of it has changed: an answer that was lost, a line
    that broke. Raises `BadUsage` for what is no code, `Refused` where the hub does not know it or is not the one that
    does, and as `Deliveries.join`; then this box has not joined.
    """
    hub, invitation, paths = parse_address(address, HTTPS_PORT), parse_code(code), deliveries.paths
    keys = derive_keys(invitation)
    box_yaml = read_box_yaml(paths)
    request = JoinRequest(
        invitation.letters,
        open_box_key(paths).public.public,
        villages,
        box_yaml.decode(errors="replace"),
        VERSION,
        replaces,
    )
    raw = format_request(request, keys)
    answer = open_answer(_post(hub, raw), raw, keys)
    settings = HubSettings(hub.host, answer.box, answer.password, answer.ca, answer.mqtt_port, hub.port)
    taken_over = box_yaml_of_another(answer.box_yaml.encode())
    with TemporaryDirectory(prefix="join-") as folder, box_yaml_in_place(paths, taken_over):
        yield from _take_first(deliveries, settings, answer, Path(folder), by)
    write_hub_settings(paths, settings)


def _take_first(
    deliveries: Deliveries, settings: HubSettings, answer: JoinAnswer, folder: Path, by: str
) -> Iterator[TakenDelivery]:
    """Raises as `Deliveries.join`, where a scope has published nothing or the line breaks `Refused`."""
    joined = read_membership(deliveries.paths)
    followed = {followed_scope.scope for followed_scope in joined.scopes} if joined else set()
    with closing(HubFolder(settings, folder)) as hub:
        for scope, trust in answer.trust.items():
            write_atomic(folder / document_path(scope, "trust/1"), trust.encode())  # it came with the code
            try:
                _fetch(hub, folder, scope)
            except FAILURES as error:
                raise Refused(hub_unreachable(settings.address, error)) from error
            if scope in followed:
                yield deliveries.take(folder, scope)
            else:
                yield deliveries.join(folder, deliveries.first_trust(folder, scope), by)


def _fetch(hub: HubFolder, folder: Path, scope: str) -> None:
    """Bring what a new box takes of a scope into the folder; `Deliveries` verifies it then."""
    version = 2
    with suppress(NotFound):  # the one after the last
        while True:
            hub.fetch_document(document_path(scope, f"trust/{version}"))
            version += 1
    hub.fetch_document(document_path(scope, "manifest"))
    with suppress(NotFound):  # the manifest sets the rules itself
        hub.fetch_document(document_path(scope, "rules"))
    manifest = read_unverified(parse_envelope((folder / document_path(scope, "manifest")).read_bytes()))
    files = manifest.files.values() if isinstance(manifest, SignedManifest) else ()
    if sum(file.bytes for file in files) > MOST_BYTES:
        raise Refused(Message("more than {most} bytes", most=MOST_BYTES))
    for file in files:
        while not (folder / blob_path(file.sha256)).is_file() and not hub.fetch_piece(
            blob_path(file.sha256), file.bytes, file.sha256
        ):
            pass


def _post(hub: Address, raw: bytes) -> bytes:
    """What the hub answers. Raises the error that it tells of, `Refused` where none does.

    Whose certificate it shows is not asked: the code vouches for the answer, and nobody else can read it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(http.client.HTTPSConnection(hub.host, hub.port, timeout=PATIENCE, context=context)) as line:
        try:
            line.request("POST", f"/{ROOT}/join", raw, {"Content-Type": "application/json"})
            answer = line.getresponse()
            body = answer.read(MOST_ANSWER_BYTES)
        except FAILURES as error:
            raise Refused(hub_unreachable(hub.host, error)) from error
    if answer.status != http.HTTPStatus.OK:
        raise read_error(body, answer.status)
    return body
