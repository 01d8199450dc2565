"""Ways to bring messages to a room and back: WebSocket (section 1), a stream, and polls (section 15)."""

import base64
import contextlib
import hashlib
import http.client
import os
import queue
import socket
import ssl
import struct
import threading
import time
from urllib.parse import urlsplit

from wire import Reader, Refused, varint

WEBSOCKET_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CLOSE_NONE = 1006
CLOSED_MESSAGE = 0x86


class Closed(Exception):
    """The transport has ended: with the server's close code, or with 1006 when it only broke."""

    def __init__(self, code, reason=""):
        super().__init__(f"closed with {code}: {reason}")
        self.code, self.reason = code, reason


class Address:
    """Where the server is: `http://HOST:PORT`, or `https` with a proxy in front."""

    def __init__(self, url, ca=None):
        parts = urlsplit(url)
        self.secure = parts.scheme in ("https", "wss")
        self.host = parts.hostname
        self.port = parts.port or (443 if self.secure else 80)
        self.tls = ssl.create_default_context(cafile=ca) if self.secure else None

    def http(self):
        if self.secure:
            return http.client.HTTPSConnection(self.host, self.port, timeout=15, context=self.tls)
        return http.client.HTTPConnection(self.host, self.port, timeout=15)

    def socket(self):
        plain = socket.create_connection((self.host, self.port), timeout=5)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.tls.wrap_socket(plain, server_hostname=self.host) if self.secure else plain


class WebSocket:
    """The little of RFC 6455 that the protocol needs: whole binary messages, and closes."""

    def __init__(self, address, room, first):
        self.socket = address.socket()
        self.buffer = bytearray()
        self._shake_hands(address, f"/rooms/{room}/ws")
        self.send(first)

    def _shake_hands(self, address, path):
        key = base64.b64encode(os.urandom(16))
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {address.host}:{address.port}\r\nUpgrade: websocket\r\n".encode()
            + b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            + key
            + b"\r\n\r\n"
        )
        while b"\r\n\r\n" not in self.buffer:
            self._fill()
        head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
        accept = base64.b64encode(hashlib.sha1(key + WEBSOCKET_GUID).digest())
        if not head.startswith(b"HTTP/1.1 101") or accept not in head:
            raise Closed(CLOSE_NONE, f"no WebSocket: {head.splitlines()[0].decode()}")
        self.buffer = bytearray(rest)

    def _fill(self):
        data = self.socket.recv(65_536)
        if not data:
            raise Closed(CLOSE_NONE, "the connection broke")
        self.buffer += data

    def _send_frame(self, opcode, data):
        mask = os.urandom(4)
        size = (
            bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))
        )
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data))
        try:
            self.socket.sendall(bytes([0x80 | opcode]) + size + mask + masked)
        except OSError as error:
            raise Closed(CLOSE_NONE, str(error)) from None

    def send(self, message):
        self._send_frame(2, message)

    def receive(self, timeout):
        """The next message, or None when none came in so many seconds."""
        until = time.monotonic() + timeout
        while (frame := self._next_frame()) is None:
            self.socket.settimeout(max(until - time.monotonic(), 0.001))
            try:
                self._fill()
            except TimeoutError:
                return None
            except OSError as error:
                raise Closed(CLOSE_NONE, str(error)) from None
        opcode, data = frame
        if opcode == 8:
            code = struct.unpack(">H", data[:2])[0] if len(data) >= 2 else 1005
            raise Closed(code, data[2:].decode("utf-8", "replace"))
        if opcode == 9:
            self._send_frame(10, data)
            return None
        if opcode != 2:
            raise Refused("a WebSocket frame that is no binary message")
        return data

    def _next_frame(self):
        have = self.buffer
        if len(have) < 2:
            return None
        length, at = have[1], 2
        if length >= 126:
            at = 4 if length == 126 else 10
            if len(have) < at:
                return None
            length = int.from_bytes(have[2:at], "big")
        if len(have) < at + length:
            return None
        opcode, data = have[0] & 15, bytes(have[at : at + length])
        del have[: at + length]
        return opcode, data

    def flush(self):
        """Everything was sent at once."""

    def cut(self):
        """Ends the connection as a network does, without a word."""
        self.socket.close()


class Requests:
    """What a stream and polls have in common: a key, numbered batches, and refusals."""

    def __init__(self, address, room):
        self.address, self.room = address, room
        self.key = os.urandom(16)
        self.number = 0
        self.out = []
        self.connection = address.http()

    def send(self, message):
        self.out.append(message)

    def body(self, received, wait):
        """One request with all that waits to be sent."""
        batch, self.out = self.out, []
        if batch:
            self.number += 1
        head = struct.pack("<16sIIB", self.key, self.number if batch else 0, received, wait)
        return head + b"".join(varint(len(message)) + message for message in batch)

    def post(self, connection, way, body):
        """The status and the open response. A batch that the server had no room for goes again."""
        while True:
            try:
                connection.request("POST", f"/rooms/{self.room}/{way}", body)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise Closed(CLOSE_NONE, str(error)) from None
            if response.status == 429:
                response.read()
                time.sleep(0.1)
                continue
            if response.status >= 400:
                raise Closed(CLOSE_NONE, response.read().decode("utf-8", "replace"))
            return response

    def cut(self):
        self.connection.close()


def end_if_closed(message):
    if message[0] == CLOSED_MESSAGE:
        raise Closed(int.from_bytes(message[1:3], "little"), message[3:].decode("utf-8", "replace"))
    return message


class Poll(Requests):
    """Polls. With `wait` the server holds each until it has something to say."""

    def __init__(self, address, room, first, wait=0):
        super().__init__(address, room)
        self.wait, self.received = wait, 0
        self.waiting = []
        self.send(first)

    def flush(self):
        """What is to be sent goes with the next poll."""

    def receive(self, timeout):
        if not self.waiting:
            self._poll(timeout)
        return end_if_closed(self.waiting.pop(0)) if self.waiting else None

    def _poll(self, timeout):
        response = self.post(self.connection, "poll", self.body(self.received, self.wait))
        reader = Reader(response.read())
        if response.status == 204:
            time.sleep(min(timeout, 0.01))
            return
        self.received = reader.number("I")
        while reader.left():
            self.waiting.append(reader.take(reader.varint()))


class Stream(Requests):
    """One answer without an end, which a thread reads; what goes up takes requests of its own."""

    def __init__(self, address, room, first):
        super().__init__(address, room)
        self.down = address.http()
        self.down.connect()
        self.socket = self.down.sock
        self.messages = queue.Queue()
        self.send(first)
        response = self.post(self.down, "stream", self.body(0, 0))
        self.reader = threading.Thread(target=self._read, args=(response,), daemon=True)
        self.reader.start()

    def _read(self, response):
        buffer = bytearray()
        try:
            while data := response.read1(65_536):
                buffer += data
                self._split(buffer)
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass
        self.messages.put(None)

    def _split(self, buffer):
        while buffer:
            reader = Reader(buffer)
            try:
                message = reader.take(reader.varint())
            except Refused:
                return
            self.messages.put(message)
            del buffer[: reader.at]

    def flush(self):
        if self.out:
            self.post(self.connection, "send", self.body(0, 0)).read()

    def receive(self, timeout):
        try:
            message = self.messages.get(timeout=timeout)
        except queue.Empty:
            return None
        if message is None:
            raise Closed(CLOSE_NONE, "the stream broke")
        return end_if_closed(message)

    def cut(self):
        super().cut()
        # Closed only when nobody reads from it any more: its number is soon another socket's.
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.reader.join()
        self.socket.close()


WAYS = {
    "ws": WebSocket,
    "stream": Stream,
    "long-poll": lambda address, room, first: Poll(address, room, first, wait=1),
    "poll": Poll,
}
