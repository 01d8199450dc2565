"""What a viewer holds: segments, how a frame changes them, and their hash (sections 6 and 9)."""

from dataclasses import dataclass, field as member

from coder import Priors
from predict import Layout
from schema import read_record
from segment import SegmentDecoder
from wire import Reader, Refused

FULL, HASH, INPUT, MESSAGES, STARVED = 1, 2, 4, 8, 16
DELTA, KEYFRAME, ADVANCE, KEEP, DROP = 0, 2, 4, 6, 7
GAP_MAX, ROWS_MAX = 128, 2**20


@dataclass
class Segment:
    audience: int
    rows: list
    tick: int
    live: bool


@dataclass
class Frame:
    """What a frame said besides the state. Of messages, the game's are columns, and the room's bytes."""

    tick: int
    full: bool
    matches: bool | None = None
    slack: int | None = None
    age: int | None = None
    messages: list = member(default_factory=list)


class Replica:
    """The state of one viewer, after the last frame that was applied."""

    def __init__(self, schema, priors, tick_hz):
        self.schema = schema
        table = Priors(priors, schema)
        self.layouts = [Layout(schema, audience, tick_hz) for audience in range(3)]
        self.models = [table.models(audience) for audience in range(3)]
        self.tick = None
        self.segments = {}

    def apply(self, data):
        """Applies a frame, or raises and stays as it was."""
        reader = Reader(data)
        if reader.u8() != 0x82:
            raise Refused("not a frame")
        flags = reader.u8()
        if flags & ~31:
            raise Refused("flags that nobody knows")
        full = bool(flags & FULL)
        tick, gap = self._tick(reader, full)
        frame = Frame(tick, full)
        claimed = reader.number("I") if flags & HASH else None
        frame.slack = reader.number("h") if flags & INPUT else None
        frame.age = reader.u8() if flags & STARVED else None
        if flags & MESSAGES:
            self._read_messages(reader, frame)
        segments = self._segments(reader, full, tick, gap)
        if sum(len(segment.rows) for segment in segments.values()) > ROWS_MAX:
            raise Refused("too many rows")
        self.tick, self.segments = tick, segments
        frame.matches = None if claimed is None else claimed == self.hash()
        return frame

    def _tick(self, reader, full):
        if full:
            return reader.number("I"), 0
        if self.tick is None:
            raise Refused("a frame that builds upon none")
        gap = reader.u8()
        if not 1 <= gap <= GAP_MAX:
            raise Refused("an impossible gap")
        return self.tick + gap & 0xFFFFFFFF, gap

    def _read_messages(self, reader, frame):
        for _ in range(reader.varint()):
            index = reader.u8()
            if index >= 0xF0:
                frame.messages.append((index, reader.take(reader.varint())))
            elif index < len(self.schema.messages):
                frame.messages.append((index, read_record(self.schema.messages[index], reader)))
            else:
                raise Refused("a message that the schema does not have")

    def _segments(self, reader, full, tick, gap):
        held = {} if full else self.segments
        named, last = {}, -1
        while reader.left():
            head = reader.varint()
            handle, mode = head >> 3, head & 7
            if handle <= last or handle > 0xFFFF:
                raise Refused("handles out of order")
            last = handle
            named[handle] = self._body(reader, held.get(handle), mode, tick)
        after = {}
        for handle in sorted({*held, *named}):
            segment = named[handle] if handle in named else held[handle]
            if handle not in named and segment.live:
                segment = self._advance(segment, gap, tick, True)
            if segment:
                after[handle] = segment
        return after

    def _body(self, reader, held, mode, tick):
        """What a segment becomes; None for one that is dropped."""
        live = mode in (DELTA, KEYFRAME, ADVANCE)
        if not live and mode < KEEP:
            mode -= 1
        if mode == KEYFRAME:
            return self._keyframe(reader, tick, live)
        if held is None:
            raise Refused("a segment that is not held")
        if mode == DROP:
            return None
        if mode == KEEP:
            return Segment(held.audience, held.rows, held.tick, False)
        gap = tick - held.tick & 0xFFFFFFFF
        if not 1 <= gap <= GAP_MAX:
            raise Refused("a segment too old to build upon")
        if mode == ADVANCE:
            return self._advance(held, gap, tick, live)
        rows = self._decode(reader, held.audience, held.rows, gap)
        return Segment(held.audience, rows, tick, live)

    def _keyframe(self, reader, tick, live):
        audience = reader.u8()
        if audience > 2:
            raise Refused("an audience that does not exist")
        return Segment(audience, self._decode(reader, audience, [], 0), tick, live)

    def _decode(self, reader, audience, baseline, gap):
        data = reader.take(reader.varint())
        return SegmentDecoder(data, self.layouts[audience], self.models[audience], gap).decode(
            baseline
        )

    def _advance(self, segment, gap, tick, live):
        layout = self.layouts[segment.audience]
        rows = [layout.kind(row).advanced(row, gap) for row in segment.rows]
        return Segment(segment.audience, rows, tick, live)

    def hash(self):
        """The state's hash, as the server computes it."""
        value = self.tick or 0
        for handle, segment in sorted(self.segments.items()):
            for word in (handle, segment.tick, self._hash_rows(segment)):
                value = mix(value, word)
        return value

    def _hash_rows(self, segment):
        rows, layout = segment.rows, self.layouts[segment.audience]
        words = [row.id for row in rows]
        for row in rows:
            words += row.values
        for row in rows:
            moving = layout.kind(row).moving
            words += [row.motions[at] for at in moving] + [row.jolts[at] for at in moving]
        value = len(rows)
        for word in words:
            value = mix(value, word)
        return value

    def evidence(self, data):
        """The tick and segments of an evidence message, without their keyframes' effect on what is held."""
        reader = Reader(data)
        if reader.u8() != 0x84:
            raise Refused("not evidence")
        tick = reader.number("I")
        return tick, self._segments(reader, True, tick, 0)

    def rows(self):
        """Of each entity and audience the newest row, as {(id, audience): row}."""
        newest = {}
        for segment in self.segments.values():
            age = self.tick - segment.tick & 0xFFFFFFFF
            for row in segment.rows:
                known = newest.get((row.id, segment.audience))
                if known is None or age < known[0]:
                    newest[row.id, segment.audience] = (age, row)
        return {key: row for key, (_, row) in newest.items()}


def mix(h, word):
    h = h + (word & 0xFFFFFFFF) * 0x85EBCA77 & 0xFFFFFFFF
    return ((h << 13 | h >> 19) & 0xFFFFFFFF) * 0x9E3779B1 & 0xFFFFFFFF
