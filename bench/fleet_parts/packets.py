"""MQTT 5 (OASIS, 2019) as bytes, as far as the light clients of `boxes.py` need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

KEEPALIVE = 240  # s
EXPIRY, RECEIVE_MAXIMUM = 7 * 86_400, 20  # as the agent's


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return len(raw).to_bytes(2, "big") + raw


def packet(kind: int, body: bytes) -> bytes:
    left, length = len(body), bytearray()
    while True:
        left, digit = divmod(left, 128)
        length.append(digit | (128 if left else 0))
        if not left:
            return bytes([kind]) + bytes(length) + body


def connect_packet(name: str, password: str, will: tuple[str, bytes] | None) -> bytes:
    flags = (0x80 | 0x40 if password else 0x02) | (0x20 | 0x08 | 0x04 if will else 0)
    session = b"\x11" + EXPIRY.to_bytes(4, "big") if password else b""
    properties = session + b"\x21" + RECEIVE_MAXIMUM.to_bytes(2, "big")
    head = text("MQTT") + bytes([5, flags]) + KEEPALIVE.to_bytes(2, "big") + bytes([len(properties)]) + properties
    said = b"\x00" + text(will[0]) + text(will[1]) if will else b""
    return packet(0x10, head + text(name) + said + (text(name) + text(password) if password else b""))


def publish_packet(number: int, topic: str, payload: bytes, retain: bool) -> bytes:
    return packet(0x32 | retain, text(topic) + number.to_bytes(2, "big") + b"\x00" + payload)


def subscribe_packet(number: int, filters: Mapping[str, int]) -> bytes:
    """At QoS 1; to each filter belongs its retain handling (3.8.3.1)."""
    wanted = b"".join(text(one) + bytes([0x01 | handling << 4]) for one, handling in filters.items())
    return packet(0x82, number.to_bytes(2, "big") + b"\x00" + wanted)


def packets_in(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Kind and body of each whole packet, which is taken out of the buffer."""
    while len(buffer) >= 2:
        length, digits = 0, 0
        while True:
            if digits + 1 >= len(buffer):
                return
            digit = buffer[1 + digits]
            length |= (digit & 127) << 7 * digits
            digits += 1
            if not digit & 128:
                break
        ends = 1 + digits + length
        if len(buffer) < ends:
            return
        yield buffer[0], bytes(buffer[1 + digits : ends])
        del buffer[:ends]


def publication(kind: int, body: bytes) -> tuple[str, int, bytes]:
    """Topic, number (0 without QoS) and payload of a PUBLISH packet."""
    at = 2 + int.from_bytes(body[:2], "big")
    topic, number = body[2:at].decode(), 0
    if kind & 0x06:
        number, at = int.from_bytes(body[at : at + 2], "big"), at + 2
    properties = body[at]  # ours are shorter than 128 bytes
    return topic, number, body[at + 1 + properties :]
