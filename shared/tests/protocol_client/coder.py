"""The range decoder, adaptive bits, the priors that they begin with, and the codes (section 8.1 to 8.4)."""

from wire import Reader, Refused, bits, i32

ONCE, KIND, GROUP = 513, 85, 987
RATE = [131072 // (2 * seen + 3) for seen in range(251)]
SEEN = (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 160, 250)
PRIORS_LIMIT = 40_960


class Decoder:
    """Bits of one segment's bytes. `models` are what each model begins with, as (p0, seen)."""

    def __init__(self, data, models):
        self.data, self.models = data, models
        self.learned = {}
        self.at = 0
        self.range = 0xFFFFFFFF
        self.code = 0
        for _ in range(4):
            self._byte()

    def _byte(self):
        byte = self.data[self.at] if self.at < len(self.data) else 0
        self.at += 1
        self.code = (self.code << 8 | byte) & 0xFFFFFFFF

    def _normalise(self):
        while self.range < 1 << 24:
            self._byte()
            self.range = self.range << 8 & 0xFFFFFFFF

    def check(self):
        if self.at > len(self.data) + 4:
            raise Refused("a segment claims more than its bytes")

    def end(self):
        self.check()
        if self.at < len(self.data):
            raise Refused("a segment's bytes go on after its end")

    def bit(self, model):
        p0, seen = self.learned.get(model) or self.models[model]
        bound = (self.range >> 15) * p0
        bit = self.code >= bound
        if bit:
            self.code -= bound
            self.range -= bound
        else:
            self.range = bound
        target = 32 if bit else 32768 - 32
        self.learned[model] = (p0 + ((target - p0) * RATE[seen] >> 16), min(seen + 1, 250))
        if self.range < 1 << 24:
            self._normalise()
        return bit

    def raw(self, count):
        value = 0
        for _ in range(count):
            self.range >>= 1
            bit = self.code >= self.range
            if bit:
                self.code -= self.range
            value = value << 1 | bit
            self._normalise()
        return value

    def unary(self, first, models, most):
        n = 0
        while n < most and self.bit(first + min(n, models - 1)):
            n += 1
        return n

    def count(self, first):
        size = self.unary(first, 16, 31)
        return 1 << size - 1 | self.raw(size - 1) if size else 0

    def tree(self, first, n):
        node = 1
        for _ in range(n):
            node = node << 1 | self.bit(first + node)
        return node - (1 << n)

    def fresh(self, group, most):
        n = bits(most)
        high = min(n, 3)
        return self.tree(group + 78, high) << (n - high) | self.raw(n - high)

    def signed(self, group, size, negative):
        """A number of a class that is not 0."""
        mantissa = group + 725 + 3 * min(size - 1, 15)
        if size == 1:
            value = 1
        else:
            value = 2 | self.bit(mantissa)
            if size > 2:
                value = value << 1 | self.bit(mantissa + 1 + (value & 1))
                value = value << (size - 3) | self.raw(size - 3)
        return i32(-value if negative else value)

    def text(self, columns):
        """How many columns, and what they hold."""
        data = bytearray()
        while len(data) < 4 * columns:
            byte = self.tree(257, 8)
            if byte == 0:
                break
            data.append(byte)
        data = data.ljust(4 * columns, b"\0")
        return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data), 4)]


def unpack(entry):
    """A model of a table's entry."""
    return ((entry >> 4) * 8 + 4, SEEN[entry & 15])


class Priors:
    """What the models begin with: read once, and laid out for each audience."""

    def __init__(self, data, schema):
        if len(data) > PRIORS_LIMIT:
            raise Refused("priors over their limit")
        reader = Reader(data)
        if reader.take(4) != b"TWPR" or reader.u8() != 1:
            raise Refused("not priors of this version")
        schema_hash = reader.number("I")
        kind_tables, group_tables = reader.u8(), reader.u8()
        if schema_hash not in (0, schema.hash):
            raise Refused("priors of another schema")
        if schema_hash == 0 and (kind_tables, group_tables) != (1, 9):
            raise Refused("priors for any schema with other tables")
        self.schema = schema
        self.once = read_parts(reader, 1, ONCE)[0]
        kinds = read_parts(reader, kind_tables, KIND)
        groups = read_parts(reader, group_tables, GROUP)
        fields = [field for kind in schema.kinds for field in kind.fields]
        if schema_hash == 0:
            of_kinds, of_fields = [0] * len(schema.kinds), [class_of(field) for field in fields]
        else:
            of_kinds = [reader.u8() for _ in schema.kinds]
            of_fields = [reader.u8() for _ in fields]
        reader.end()
        if any(at >= kind_tables for at in of_kinds) or any(at >= group_tables for at in of_fields):
            raise Refused("priors name a table that does not exist")
        self.kinds = [kinds[at] for at in of_kinds]
        self.fields = [(field, groups[at]) for field, at in zip(fields, of_fields)]

    def models(self, audience):
        """All models of the segments of one audience."""
        tables = [self.once, *self.kinds]
        tables += [table for field, table in self.fields if field.audience == audience]
        return [unpack(entry) for table in tables for entry in table]


def read_parts(reader, count, length):
    parts = []
    for _ in range(count):
        parent = reader.u8()
        if parent != 255 and parent >= len(parts):
            raise Refused("priors build upon a part that does not exist")
        part = list(parts[parent]) if parent != 255 else [0x8000] * length
        at = 0
        while at < length:
            skip, take = read_count(reader), read_count(reader)
            if skip + take == 0 or at + skip + take > length:
                raise Refused("priors of a wrong length")
            at += skip
            for _ in range(take):
                part[at] = reader.number("H")
                at += 1
        parts.append(part)
    return parts


def read_count(reader):
    count = reader.u8()
    return reader.number("H") if count == 255 else count


def class_of(field):
    """Which of the nine tables for any schema is this field's."""
    if field.type in ("text", "quat"):
        return 0 if field.type == "text" else 1
    if field.predict == "by":
        return 2
    if field.predict in ("linear", "wrap"):
        return 5 if len(field.maxes) > 1 else 3 if field.wraps else 4
    if len(field.maxes) > 1:
        return 6
    return 7 if field.maxes[0] < 16 else 8
