"""Bytes: the numbers of messages and frames, and the control encoding (section 2)."""

import struct

CONTROL_LIMIT = 65_536


class Refused(Exception):
    """What came is not of the protocol; whoever sent it is not spoken to any more."""


def bits(value):
    """The number of bits that an unsigned value needs."""
    return value.bit_length()


def i32(value):
    """A whole number as 32 bits of two's complement hold it."""
    return ((value + 2**31) & 0xFFFFFFFF) - 2**31


class Reader:
    """Reads fixed numbers, varints and stretches of bytes, each of them checked."""

    def __init__(self, data):
        self.data = bytes(data)
        self.at = 0

    def left(self):
        return len(self.data) - self.at

    def take(self, length):
        if length > self.left():
            raise Refused("the message ends too early")
        self.at += length
        return self.data[self.at - length : self.at]

    def rest(self):
        return self.take(self.left())

    def number(self, form):
        """One number in one of the forms of `struct`, little-endian."""
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))[0]

    def u8(self):
        return self.take(1)[0]

    def varint(self):
        value = 0
        for place in range(5):
            byte = self.u8()
            value |= (byte & 0x7F) << (7 * place)
            if byte < 0x80:
                if value >= 2**32:
                    raise Refused("a varint of more than 32 bits")
                return value
        raise Refused("a varint of more than five bytes")

    def end(self):
        if self.left():
            raise Refused("the message goes on after its end")


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("a text is not UTF-8") from None


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class ControlReader(Reader):
    """Reads the control encoding, and counts what its values claim."""

    def __init__(self, data):
        super().__init__(data)
        if len(data) > CONTROL_LIMIT:
            raise Refused("a control message over its limit")
        self.claims = CONTROL_LIMIT

    def claim(self, size):
        self.claims -= size
        if self.claims < 0:
            raise Refused("a control message claims more than its limit")

    def u8(self):
        self.claim(1)
        return super().u8()

    def bool(self):
        value = self.u8()
        if value > 1:
            raise Refused("a bool that is neither 0 nor 1")
        return value == 1

    def _unsigned(self, size):
        self.claim(size)
        first = self.take(1)[0]
        if first <= 250:
            return first
        width = {251: 2, 252: 4, 253: 8}.get(first)
        if width is None or width > size:
            raise Refused("a marker wider than its number")
        return int.from_bytes(self.take(width), "little")

    def u32(self):
        return self._unsigned(4)

    def length(self):
        return self._unsigned(8)

    def i64(self):
        value = self._unsigned(8)
        return -(value + 1) // 2 if value & 1 else value // 2

    def f32(self):
        self.claim(4)
        return self.number("f")

    def bytes(self):
        length = self.length()
        self.claim(length)
        return self.take(length)

    def text(self):
        return utf8(self.bytes())

    def list(self, item):
        return [item() for _ in range(self.length())]

    def enum(self, variants):
        """The number of a variant, of so many."""
        variant = self.u32()
        if variant >= variants:
            raise Refused("a variant that does not exist")
        return variant

    def option(self, item):
        return item() if self.bool() else None


def control_unsigned(value):
    """A `u32` or a length in the control encoding."""
    for most, marker, form in ((250, None, "<B"), (0xFFFF, 251, "<H"), (0xFFFFFFFF, 252, "<I")):
        if value <= most:
            return (b"" if marker is None else bytes([marker])) + struct.pack(form, value)
    return b"\xfd" + struct.pack("<Q", value)


def control_text(text):
    data = text.encode()
    return control_unsigned(len(data)) + data


def control_option(value, encode):
    return b"\0" if value is None else b"\1" + encode(value)
