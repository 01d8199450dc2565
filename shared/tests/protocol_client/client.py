#!/usr/bin/env python3
"""A client of Tickwire, written from PROTOCOL.md alone and from Python's standard library.

It takes a seat, plays at random, checks every state hash, can lose its connection and come back,
and ends with a verdict: `python3 client.py --url http://127.0.0.1:2567 --for 5s --cut 1`.
"""

import argparse
import json
import os
import random
import sys
import time
from dataclasses import replace

import messages
from replica import Replica
from schema import write_record
from transports import WAYS, Address, Closed
from wire import Refused

COMES_BACK = (1006, 4006)
COUNTED = "frames full hashes mismatches differences inputs pongs messages bytes resumes"


class InputClock:
    """Says which tick inputs are for: begins ahead of the first frame, and is led by the frames' slack."""

    def __init__(self, tick_hz, round_trip):
        self.tick_hz, self.round_trip = tick_hz, round_trip
        self.tick = None
        self.speed = 1.0
        self.at = 0.0

    def hear(self, frame, now):
        if self.tick is None:
            self.tick, self.at = frame.tick + 1 + self.round_trip * self.tick_hz, now
        elif frame.slack is not None:
            self.speed = (
                0.0
                if frame.slack >= 4096
                else 1.05
                if frame.slack < 128
                else 0.95
                if frame.slack > 384
                else 1.0
            )

    def read(self, now):
        """The tick that has been reached."""
        self.tick += (now - self.at) * self.tick_hz * self.speed
        self.at = now
        return int(self.tick)


class Player:
    """One player in one room, over one transport at a time."""

    def __init__(self, options):
        self.options = options
        self.address = Address(options.url, options.ca)
        self.random = random.Random(options.seed)
        self.counts = dict.fromkeys(COUNTED.split(), 0)
        self.welcome = self.replica = self.clock = self.transport = None
        self.company = {}
        self.suspect = None
        self.is_right = False
        self.sent_for = 0
        self.acknowledged = None

    def ask(self, path, body):
        """One request to the lobby."""
        connection = self.address.http()
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        connection.close()
        if response.status >= 400:
            raise Closed(1006, f"{answer['code']}: {answer['detail']}")
        return answer

    def come_in(self):
        asked = time.monotonic()
        if self.options.room:
            seat = self.ask(
                f"/rooms/{self.options.room}/seats", {"spectate": self.options.spectate}
            )
        else:
            seat = self.ask("/match", {"game": self.options.game} if self.options.game else {})
        self.round_trip = time.monotonic() - asked
        self.room = seat["room"]["code"]
        self.connect(messages.join(self.options.name, ticket=seat["ticket"]))
        self.hear_until(lambda: self.welcome is not None)

    def connect(self, first):
        self.transport = WAYS[self.options.transport](self.address, self.room, first)

    def come_back(self):
        """Goes on over a new connection: from the last frame that was applied, or with nothing."""
        before = self.counts["resumes"]
        applied = None if self.options.forget else self.replica.tick
        self.connect(messages.resume(self.token, os.urandom(16), applied))
        self.hear_until(lambda: self.counts["resumes"] > before)

    def hear_until(self, done):
        until = time.monotonic() + 10
        while not done():
            if time.monotonic() > until:
                raise Closed(1006, "no answer in ten seconds")
            self.transport.flush()
            self.hear(0.1)

    def hear(self, timeout):
        """Takes one message in, if one comes."""
        data = self.transport.receive(timeout)
        if data is None:
            return
        self.counts["bytes"] += len(data)
        if data[0] == messages.FRAME:
            self.take_frame(data)
        elif data[0] == messages.WELCOME:
            self.take_welcome(messages.Welcome.decode(data))
        else:
            self.take_other(*messages.read_server_message(data), data)

    def take_welcome(self, welcome):
        if welcome.protocol != messages.PROTOCOL:
            raise Refused("another version of the protocol")
        self.counts["resumes"] += self.welcome is not None
        self.welcome, self.token = welcome, welcome.token
        self.replica = Replica(welcome.schema, welcome.priors, welcome.tick_hz)
        self.clock = InputClock(welcome.tick_hz, self.round_trip)

    def take_frame(self, data):
        frame = self.replica.apply(data)
        self.counts["frames"] += 1
        self.counts["full"] += frame.full
        self.counts["messages"] += len(frame.messages)
        for index, said in frame.messages:
            if index >= 0xF0:
                self.hear_room(index, said)
        if frame.matches is not None:
            self.counts["hashes"] += 1
            self.is_right = frame.matches
        if frame.matches is False:
            self.counts["mismatches"] += 1
            self.suspect = dict(self.replica.segments)
            self.transport.send(messages.mismatch(frame.tick))
        self.clock.hear(frame, time.monotonic())
        if self.welcome.spectator:
            self.transport.send(messages.ack(frame.tick))

    def hear_room(self, index, body):
        """Keeps who is there. What makes no sense is passed over, as what is not known is."""
        try:
            said = messages.read_room_message(index, body)
        except Refused:
            return
        if said and said[0] == "presence":
            self.company[said[1]] = said[-1]
        elif said and said[0] == "gone":
            self.company.pop(said[1], None)

    def take_other(self, kind, said, data):
        if kind == messages.PONG:
            self.counts["pongs"] += 1
        elif kind == messages.RESUMED:
            self.token = said
            self.counts["resumes"] += 1
        elif kind == messages.EVIDENCE and self.suspect is not None:
            self.show_differences(*self.replica.evidence(data))

    def spoil(self):
        """Holds something wrong from now on, for the server to find out and to put right."""
        for handle, segment in self.replica.segments.items():
            for at, row in enumerate(segment.rows):
                if row.values:
                    rows = list(segment.rows)
                    rows[at] = replace(row, values=[row.values[0] ^ 1, *row.values[1:]])
                    self.replica.segments[handle] = replace(segment, rows=rows)
                    return

    def show_differences(self, tick, segments):
        for handle, segment in segments.items():
            held = self.suspect.get(handle)
            mine = {row.id: row for row in held.rows} if held else {}
            for row in segment.rows:
                if mine.get(row.id) != row:
                    self.counts["differences"] += 1
                    print(
                        f"tick {tick}, segment {handle}: {mine.get(row.id)} here, {row} on the server",
                        file=sys.stderr,
                    )

    def play(self, now):
        """Sends the input of each tick that the clock has reached."""
        if self.clock.tick is None or self.replica.tick is None or self.welcome.spectator:
            return
        applied = self.replica.tick
        # Who waits in a poll comes to this only with each frame; one input for each teaches the clock.
        reached = max(self.clock.read(now), applied + 1)
        for tick in range(max(self.sent_for + 1, reached - 3, applied + 1), reached + 1):
            ahead = tick - applied
            if ahead > 255:
                break
            columns = [self.random.randint(0, most) for most in self.welcome.schema.input.maxes]
            record = write_record(self.welcome.schema.input, columns)
            self.transport.send(
                messages.player_input(applied, ahead, min(ahead * 256, 0xFFFF), record)
            )
            self.counts["inputs"] += 1
            self.sent_for, self.acknowledged = tick, applied
        if self.acknowledged != applied:
            # Without an input the frame would not be acknowledged, and the server waits for that.
            self.transport.send(messages.ack(applied))
            self.acknowledged = applied

    def run(self, seconds):
        """Plays for so long, losing the connection as often as the options say, and leaves."""
        self.come_in()
        begin = time.monotonic()
        cuts = [begin + seconds * (n + 1) / (self.options.cut + 1) for n in range(self.options.cut)]
        ping_at = begin
        spoil_at = begin + seconds / 3 if self.options.spoil else begin + seconds
        while (now := time.monotonic()) < begin + seconds:
            if cuts and now >= cuts[0]:
                cuts.pop(0)
                self.transport.cut()
                self.come_back()
            if now >= spoil_at:
                self.spoil()
                spoil_at = begin + seconds
            if now >= ping_at:
                self.transport.send(messages.ping(self.counts["pongs"]))
                ping_at = now + 1
            self.play(now)
            self.transport.flush()
            try:
                self.hear(0.5 / self.welcome.tick_hz)
            except Closed as closed:
                if closed.code not in COMES_BACK:
                    raise
                self.come_back()
        self.leave()

    def leave(self):
        self.transport.send(messages.leave())
        self.transport.flush()
        try:
            self.hear_until(lambda: False)
        except Closed as closed:
            if closed.code != 1000:
                raise


def verdict(player, seconds, failure):
    """Why the run is not good; nothing if it is."""
    reasons, counts = [failure] if failure else [], player.counts
    if player.options.spoil:
        if not counts["mismatches"] or not counts["differences"] or not player.is_right:
            reasons.append("what was spoiled was not put right")
    elif counts["mismatches"]:
        reasons.append(f"{counts['mismatches']} hashes did not match")
    if player.welcome:
        due = seconds * player.welcome.tick_hz
        if counts["frames"] < due / 4:
            reasons.append(f"only {counts['frames']} frames, of {due:.0f} ticks")
        if counts["hashes"] < due / player.welcome.hash_interval / 4:
            reasons.append(f"only {counts['hashes']} hashes")
    if counts["resumes"] < player.options.cut:
        reasons.append(f"{counts['resumes']} resumes after {player.options.cut} cuts")
    return reasons


def parse(arguments):
    parser = argparse.ArgumentParser(description="A client of Tickwire, written from PROTOCOL.md.")
    parser.add_argument("--url", default="http://127.0.0.1:2567", help="where the server is")
    parser.add_argument("--for", dest="seconds", default="5s", help="how long to play, such as 5s")
    parser.add_argument("--game", help="which game; the server's own, if not given")
    parser.add_argument("--room", help="the code of a room, instead of any")
    parser.add_argument("--name", default="Python")
    parser.add_argument("--transport", choices=sorted(WAYS), default="ws")
    parser.add_argument(
        "--cut", type=int, default=0, help="how often to lose the connection and come back"
    )
    parser.add_argument(
        "--forget", action="store_true", help="come back as a page that was loaded again"
    )
    parser.add_argument("--spectate", action="store_true", help="only watch the room")
    parser.add_argument("--spoil", action="store_true", help="hold something wrong, once")
    parser.add_argument("--seed", type=int, default=1, help="of what it plays")
    parser.add_argument("--ca", help="a file of certificates to trust, for https")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    seconds = float(options.seconds.removesuffix("s"))
    player, failure = Player(options), None
    try:
        player.run(seconds)
    except (Closed, Refused, OSError) as error:
        failure = f"{type(error).__name__}: {error}"
    reasons = verdict(player, seconds, failure)
    counts = player.counts
    if player.welcome:
        print(
            f"  room               {player.room}, {player.welcome.schema.game} at {player.welcome.tick_hz} Hz, over {options.transport}"
        )
    print(
        f"  hashes             {counts['hashes']:,} verified, {counts['mismatches']:,} mismatches"
    )
    print(f"  frames             {counts['frames']:,}, of them {counts['full']:,} full")
    print(f"  sent               {counts['inputs']:,} inputs; {counts['resumes']:,} resumes")
    print(
        f"  received           {counts['bytes']:,} bytes; {counts['messages']:,} messages in frames; {counts['pongs']:,} pongs"
    )
    for reason in reasons:
        print(f"  - {reason}")
    print(f"VERDICT: {'FAIL' if reasons else 'PASS'}")
    return 1 if reasons else 0


if __name__ == "__main__":
    sys.exit(main())
