"""The schema (section 3), columns and values, and records (section 4)."""

import math
import struct
from dataclasses import dataclass, field as member

from wire import ControlReader, Refused, bits

AUDIENCES = ("public", "team", "owner")
TYPES = ("bool", "int", "float", "vec2", "vec3", "angle", "quat", "enum", "text")
WIDTH = {"vec2": 2, "vec3": 3, "quat": 4}
TEXT_MAX = 0xFFFFFFFF


def rounded(value):
    """Half away from zero. Infinities stay what they are."""
    if math.isinf(value):
        return value
    whole = math.floor(abs(value))
    whole += abs(value) - whole >= 0.5
    return int(math.copysign(whole, value)) if whole else 0


def to_f32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


@dataclass
class Field:
    """One field: `least` and `step` are of numbers, `size` is of what is counted in bits, bytes or names."""

    name: str
    type: str
    least: float = 0
    most: float = 0
    step: float = 1
    size: int = 0
    names: list = member(default_factory=list)
    predict: str = "hold"
    by: str = ""
    audience: int = 0
    maxes: list = member(default_factory=list)

    @property
    def wraps(self):
        return self.predict == "wrap" or self.type == "angle"

    @property
    def moving(self):
        """Which of its columns have a motion."""
        if self.predict not in ("linear", "wrap") or self.type == "text":
            return range(0)
        return range(1 if self.type == "quat" else 0, len(self.maxes))

    def lay_out(self):
        """Checks the field on its own, and says how many values each of its columns has."""
        width = WIDTH.get(self.type, 1)
        if self.type == "bool":
            self.maxes = [1]
        elif self.type == "int":
            if not 0 <= self.most - self.least < 2**32:
                raise Refused("an int of an impossible range")
            self.maxes = [self.most - self.least]
        elif self.type in ("float", "vec2", "vec3"):
            self.maxes = [self._steps()] * width
        elif self.type in ("angle", "quat"):
            if not (2 if self.type == "angle" else 4) <= self.size <= 16:
                raise Refused("an angle or quat of an impossible size")
            self.maxes = [3] * (width == 4) + [2**self.size - 1] * (3 if width == 4 else 1)
        elif self.type == "enum":
            if not 1 <= len(self.names) <= 256:
                raise Refused("an enum without names, or with too many")
            self.maxes = [len(self.names) - 1]
        else:
            if not 4 <= self.size <= 64 or self.size % 4:
                raise Refused("a text of an impossible size")
            self.maxes = [TEXT_MAX] * (self.size // 4)
        if self.predict == "wrap" and (
            self.type not in ("int", "float", "vec2", "vec3") or self.maxes[0] < 1
        ):
            raise Refused("a field that cannot wrap")

    def _steps(self):
        finite = all(math.isfinite(value) for value in (self.least, self.most, self.step))
        if not finite or not self.least < self.most or not self.step > 0:
            raise Refused("a float of an impossible range")
        steps = rounded((self.most - self.least) / self.step)
        if steps > 2**31 - 1:
            raise Refused("a float of too many steps")
        return max(steps - 1, 0) if self.predict == "wrap" else steps

    def value(self, columns):
        """What a game would call the value of these columns."""
        first = columns[0]
        if self.type == "bool":
            return first != 0
        if self.type == "int":
            return self.least + first
        if self.type in ("float", "vec2", "vec3"):
            parts = [to_f32(self.least + column * self.step) for column in columns]
            return parts[0] if self.type == "float" else parts
        if self.type == "angle":
            return first / 2**self.size * math.tau
        if self.type == "enum":
            return self.names[first]
        if self.type == "text":
            data = b"".join(column.to_bytes(4, "little") for column in columns)
            return data.split(b"\0")[0].decode("utf-8", "replace")
        return self._rotation(columns)

    def _rotation(self, columns):
        parts = [(column / self.maxes[1] * 2 - 1) * math.sqrt(0.5) for column in columns[1:]]
        parts.insert(columns[0], math.sqrt(max(0.0, 1 - sum(part * part for part in parts))))
        length = math.sqrt(sum(part * part for part in parts))
        return [part / length for part in parts]


@dataclass
class Kind:
    name: str
    fields: list

    @property
    def maxes(self):
        return [most for one in self.fields for most in one.maxes]


class Schema:
    """What the welcome says of the game: its kinds of entities, its input, messages and requests."""

    def __init__(self, reader):
        begin = reader.at
        self.game = reader.text()
        self.kinds = reader.list(lambda: read_kind(reader))
        self.input = read_kind(reader)
        self.messages = reader.list(lambda: read_kind(reader))
        self.requests = reader.list(lambda: read_kind(reader))
        self.hash = fnv1a(reader.data[begin : reader.at])
        self._check()

    @classmethod
    def decode(cls, data):
        reader = ControlReader(data)
        schema = cls(reader)
        reader.end()
        return schema

    def _check(self):
        check_name(self.game)
        if max(len(self.kinds), len(self.messages), len(self.requests)) > 64:
            raise Refused("too many kinds, messages or requests")
        check_unique([kind.name for kind in self.kinds])
        for kind in [*self.kinds, self.input, *self.messages, *self.requests]:
            check_kind(kind)


def read_kind(reader):
    return Kind(reader.text(), reader.list(lambda: read_field(reader)))


def read_field(reader):
    field = Field(reader.text(), TYPES[reader.enum(len(TYPES))])
    if field.type == "int":
        field.least, field.most = reader.i64(), reader.i64()
    elif field.type in ("float", "vec2", "vec3"):
        field.least, field.most, field.step = reader.f32(), reader.f32(), reader.f32()
    elif field.type in ("angle", "quat", "text"):
        field.size = reader.u8()
    elif field.type == "enum":
        field.names = reader.list(reader.text)
    field.predict = ("hold", "linear", "by", "wrap")[reader.enum(4)]
    if field.predict == "by":
        field.by = reader.text()
    field.audience = reader.enum(len(AUDIENCES))
    return field


def check_name(name):
    if not 1 <= len(name.encode()) <= 64:
        raise Refused("a name that is empty or too long")


def check_unique(names):
    if len(set(names)) != len(names):
        raise Refused("two of one name")


def check_kind(kind):
    check_name(kind.name)
    check_unique([field.name for field in kind.fields])
    audience = 0
    for field in kind.fields:
        check_name(field.name)
        field.lay_out()
        if field.audience < audience:
            raise Refused("fields out of the order of their audiences")
        audience = field.audience
    if len(kind.maxes) > 64:
        raise Refused("too many columns")
    for field in kind.fields:
        if field.predict == "by":
            check_velocity(kind, field)


def check_velocity(kind, field):
    numbers = ("int", "float", "vec2", "vec3")
    velocity = next((other for other in kind.fields if other.name == field.by), None)
    if (
        field.type not in (*numbers, "angle")
        or velocity is None
        or velocity.type not in numbers
        or velocity.audience != field.audience
        or len(velocity.maxes) != len(field.maxes)
        or velocity.predict in ("by", "wrap")
    ):
        raise Refused("a field by a velocity that cannot be one")


def fnv1a(data):
    value = 0x811C9DC5
    for byte in data:
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def read_record(kind, reader):
    """A record's columns."""
    maxes = kind.maxes
    widths = [bits(most) for most in maxes]
    stream = int.from_bytes(reader.take((sum(widths) + 7) // 8), "little")
    columns = []
    for most, width in zip(maxes, widths):
        columns.append(stream & (1 << width) - 1)
        stream >>= width
        if columns[-1] > most:
            raise Refused("a column above its maximum")
    if stream:
        raise Refused("padding that is not zero")
    return columns


def write_record(kind, columns):
    stream, at = 0, 0
    for most, column in zip(kind.maxes, columns, strict=True):
        assert 0 <= column <= most
        stream |= column << at
        at += bits(most)
    return stream.to_bytes((at + 7) // 8, "little")
