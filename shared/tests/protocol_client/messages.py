"""Messages other than frames, in both directions (sections 1, 5, 6 and 14)."""

import struct
from dataclasses import dataclass

from schema import Schema
from wire import (
    ControlReader,
    Reader,
    Refused,
    control_option,
    control_text,
    control_unsigned,
    utf8,
)

PROTOCOL = 1
WELCOME, FRAME, PONG, EVIDENCE, RESUMED, CLOSED = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86
NET_FIELDS = (
    "latency_us",
    "jitter_us",
    "loss_ppm",
    "up_bps",
    "down_bps",
    "blackout_ms",
    "blackout_every_ms",
)


def join(name, schema_hash=None, ticket=None):
    insisted = control_option(schema_hash, control_unsigned)
    return (
        b"\x01"
        + control_unsigned(PROTOCOL)
        + control_text(name)
        + insisted
        + control_option(ticket, control_text)
    )


def resume(token, attempt, applied=None):
    return (
        b"\x08"
        + control_unsigned(PROTOCOL)
        + token
        + attempt
        + control_option(applied, control_unsigned)
    )


def player_input(applied, ahead, behind, record):
    return struct.pack("<BIBH", 2, applied, ahead, behind) + record


def ack(applied):
    return struct.pack("<BI", 3, applied)


def leave():
    return b"\x04"


def ping(token):
    return struct.pack("<BI", 5, token)


def mismatch(tick):
    return struct.pack("<BI", 6, tick)


def net(**fields):
    return struct.pack("<B7I", 7, *(fields[name] for name in NET_FIELDS))


def chat(text):
    return b"\x09" + text.encode()


def request(index, record):
    return bytes([0x0A, index]) + record


def moderate(action, player):
    return struct.pack("<BBI", 0x0B, action, player)


@dataclass
class Welcome:
    """What the server says to who has come in."""

    protocol: int
    room: str
    player: int
    spectator: bool
    token: bytes
    grace_ticks: int
    tick_hz: int
    hash_interval: int
    schema: Schema
    priors: bytes
    setup: str

    @classmethod
    def decode(cls, data):
        if data[:1] != bytes([WELCOME]):
            raise Refused("not a welcome")
        read = ControlReader(data[1:])
        welcome = cls(
            read.u32(),
            read.text(),
            read.u32(),
            read.bool(),
            bytes(read.u8() for _ in range(16)),
            read.u32(),
            read.u32(),
            read.u32(),
            Schema(read),
            read.bytes(),
            read.text(),
        )
        read.end()
        return welcome


def read_server_message(data):
    """The kind of a message that is neither a welcome nor a frame, and what it says."""
    read = Reader(data)
    kind = read.u8()
    if kind == PONG:
        said = read.number("I")
    elif kind == EVIDENCE:
        said = (read.number("I"), read.rest())
    elif kind == RESUMED:
        said = read.take(16)
    elif kind == CLOSED:
        said = (read.number("H"), utf8(read.rest()))
    else:
        raise Refused("a message that no server sends")
    read.end()
    return kind, said


def read_room_message(index, body):
    """What the room says, by name; None when this client does not know it."""
    read = Reader(body)
    if index == 0xF0:
        player, flags, name = read.number("I"), read.u8(), utf8(read.rest())
        said = ("presence", player, bool(flags & 1), bool(flags & 2), bool(flags & 4), name)
    elif index == 0xF1:
        said = ("gone", read.number("I"), one_of(read, ("left", "lost", "kicked", "banned")))
    elif index == 0xF2:
        said = ("chat", read.number("I"), utf8(read.rest()))
    elif index == 0xF3:
        said = ("state", one_of(read, ("open", "locked", "draining")))
    elif index == 0xF4:
        said = ("dropped", one_of(read, ("chat", "request")))
    else:
        return None
    read.end()
    return said


def one_of(read, names):
    number = read.u8()
    if number >= len(names):
        raise Refused("a number that means nothing")
    return names[number]
