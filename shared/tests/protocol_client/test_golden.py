"""Holds this client to the golden files, which the other implementations are held to as well."""

import json
import unittest
from pathlib import Path

import messages
from coder import Priors
from predict import Layout
from replica import Replica
from schema import Schema, read_field, read_record, write_record
from wire import ControlReader, Reader, Refused

GOLDEN = Path(__file__).resolve().parents[3] / "assets" / "golden"


def golden(name):
    return json.loads((GOLDEN / f"{name}.json").read_text())


def unhex(case, key="hex"):
    return bytes.fromhex(case[key])


def held(replica):
    """The segments as the golden files write them: handle, audience, rows, tick, and whether it rests."""
    return [
        [
            handle,
            segment.audience,
            [written(replica, segment, row) for row in segment.rows],
            segment.tick,
            int(not segment.live),
        ]
        for handle, segment in sorted(replica.segments.items())
    ]


def written(replica, segment, row):
    moving = replica.layouts[segment.audience].kind(row).moving
    return [
        row.id,
        row.values,
        [row.motions[at] for at in moving] + [row.jolts[at] for at in moving],
    ]


class GoldenTest(unittest.TestCase):
    def play(self, replica, step):
        """Applies one step of a session, and holds the replica to all that the step says."""
        if "refused" in step:
            before = held(replica)
            with self.assertRaises(Refused):
                replica.apply(unhex(step))
            self.assertEqual(held(replica), before, "a refused frame changed something")
            return
        frame = replica.apply(unhex(step))
        self.assertEqual((frame.tick, frame.full), (step["tick"], step["full"]))
        self.assertEqual(frame.matches, None if step["hash"] is None else True)
        self.assertEqual([list(message) for message in frame.messages], step["messages"])
        self.assertEqual([frame.slack, frame.age or 0], step["input"])
        self.assertEqual(held(replica), step["segments"])
        self.assertEqual(replica.hash(), step["held"])

    def replica_of(self, case):
        return Replica(Schema.decode(unhex(case, "schema")), unhex(case, "priors"), case["tickHz"])

    def test_every_frame_of_every_session_leads_to_the_state_that_it_should(self):
        for case in golden("sessions"):
            replica = self.replica_of(case)
            for number, step in enumerate(case["steps"]):
                with self.subTest(case["name"], step=number):
                    self.play(replica, step)

    def test_evidence_holds_what_the_last_frame_led_to(self):
        for case in golden("sessions"):
            with self.subTest(case["name"]):
                replica = self.replica_of(case)
                for step in case["steps"]:
                    self.play(replica, step)
                evidence = (
                    bytes([messages.EVIDENCE])
                    + replica.tick.to_bytes(4, "little")
                    + unhex(case, "evidence")
                )
                tick, segments = replica.evidence(evidence)
                self.assertEqual(tick, replica.tick)
                live = {h: s.rows for h, s in replica.segments.items() if s.tick == tick}
                self.assertEqual({h: s.rows for h, s in segments.items() if h in live}, live)

    def test_damaged_frames_do_what_they_do_elsewhere(self):
        sessions = golden("sessions")
        for number, case in enumerate(golden("fuzz")):
            with self.subTest(number):
                replica = self.replica_of(sessions[case["session"]])
                for step in sessions[case["session"]]["steps"][: case["step"]]:
                    if "refused" not in step:
                        replica.apply(unhex(step))
                frame = bytes([messages.FRAME]) + unhex(case)[1:]
                if "refused" in case:
                    self.assertRaises(Refused, replica.apply, frame)
                else:
                    self.assertEqual(replica.apply(frame).tick, case["tick"])
                self.assertEqual(replica.hash(), case["held"])

    def test_what_must_be_refused_is_refused(self):
        setup, *cases = golden("refusals")
        schema, table = Schema.decode(unhex(setup, "schema")), unhex(setup, "table")
        for case in cases:
            with self.subTest(case["name"]):
                if "badPriors" in case:
                    data = unhex(case, "badPriors").ljust(case["length"], b"\0")
                    self.assertRaises(Refused, Priors, data, schema)
                    continue
                replica = Replica(schema, table, 30)
                if not case.get("fresh"):
                    replica.apply(unhex(setup, "first"))
                self.play(replica, {**case, "hex": unhex(case).ljust(case["length"], b"\0").hex()})

    def test_schemas_are_taken_or_refused(self):
        for case in golden("schemas"):
            with self.subTest(case.get("name", case["hash"])):
                if "refused" in case:
                    self.assertRaises(Refused, Schema.decode, unhex(case))
                    continue
                schema = Schema.decode(unhex(case))
                self.assertEqual(schema.hash, case["hash"])
                columns = [
                    [[most, f.wraps] for f in kind.fields for most in f.maxes]
                    for kind in schema.kinds
                ]
                self.assertEqual(columns, case["columns"])

    def test_columns_are_the_values_that_they_should_be(self):
        for case in golden("fields"):
            with self.subTest(case):
                predict = "03" if case.get("wraps") else "00"
                field = read_field(
                    ControlReader(bytes.fromhex("0166" + case["type"] + predict + "00"))
                )
                field.lay_out()
                self.assert_near(field.value(case["columns"]), case["restored"])

    def assert_near(self, value, expected):
        if isinstance(expected, dict):
            expected = [expected[name] for name in "xyzw" if name in expected]
            for one, other in zip(value, expected, strict=True):
                self.assertAlmostEqual(one, other, delta=1e-6)
        elif isinstance(expected, float):
            self.assertAlmostEqual(value, expected, delta=1e-6)
        else:
            self.assertEqual(value, expected)

    def test_records_are_read_and_written(self):
        everything = Schema.decode(unhex(golden("schemas")[0]))
        kinds = {
            kind.name: kind for kind in [*everything.kinds, *everything.messages, everything.input]
        }
        for case in golden("records"):
            with self.subTest(case["hex"], kind=case["kind"]):
                kind, reader = kinds[case["kind"]], Reader(unhex(case))
                if "refused" in case:
                    with self.assertRaises(Refused):
                        read_record(kind, reader)
                        reader.end()
                    continue
                self.assertEqual(read_record(kind, reader), case["columns"])
                self.assertEqual(write_record(kind, case["columns"]), unhex(case))

    def test_welcomes_are_read_or_refused(self):
        for case in golden("welcomes"):
            with self.subTest(case.get("name"), length=case.get("length")):
                data = unhex(case)
                if "refused" in case:
                    self.assertRaises(
                        Refused, messages.Welcome.decode, data.ljust(case.get("length", 0), b"\0")
                    )
                    continue
                welcome = messages.Welcome.decode(data)
                self.assertEqual((welcome.room, welcome.player), (case["room"], case["player"]))
                self.assertEqual(welcome.schema.hash, case["schemaHash"])
                self.assertEqual(welcome.token.hex(), case["token"])
                self.assertEqual(welcome.priors.hex(), case["priors"])
                self.assertEqual(
                    (welcome.tick_hz, welcome.hash_interval), (case["tickHz"], case["hashInterval"])
                )
                Priors(welcome.priors, welcome.schema)
                self.assertEqual(
                    len([Layout(welcome.schema, a, welcome.tick_hz) for a in range(3)]), 3
                )

    def test_a_clients_messages_have_their_bytes(self):
        plain = {
            "ack": messages.ack,
            "ping": messages.ping,
            "mismatch": messages.mismatch,
            "chat": messages.chat,
        }
        plain |= {"leave": messages.leave, "join": messages.join, "moderate": messages.moderate}
        for case in golden("messages"):
            if case["from"] != "client" or "refused" in case:
                continue
            with self.subTest(case["name"], hex=case["hex"]):
                args = case["args"]
                if case["name"] in plain:
                    made = plain[case["name"]](*args)
                elif case["name"] == "resume":
                    made = messages.resume(bytes(args[0]), bytes(args[1]), args[2])
                elif case["name"] == "net":
                    snake = {
                        "".join("_" + c.lower() if c.isupper() else c for c in key): n
                        for key, n in args[0].items()
                    }
                    made = messages.net(**snake)
                else:
                    made = (messages.player_input if case["name"] == "input" else messages.request)(
                        *args[:-1], bytes(args[-1])
                    )
                self.assertEqual(made, unhex(case))

    def test_a_servers_messages_are_read_or_refused(self):
        for case in golden("messages"):
            if case["from"] != "server" or case["name"] in ("frame", "welcome"):
                continue
            with self.subTest(case["name"], hex=case["hex"]):
                if "refused" in case["read"]:
                    self.assertRaises(Refused, messages.read_server_message, unhex(case))
                    continue
                kind, said = messages.read_server_message(unhex(case))
                self.assertEqual(kind, unhex(case)[0])
                expected = [value for key, value in case["read"].items() if key != "kind"]
                said = said if isinstance(said, tuple) else (said,)
                self.assertCountEqual(
                    [s.hex() if isinstance(s, bytes) else s for s in said], expected
                )

    def test_what_the_room_says_is_read_or_refused(self):
        cases = golden("room_messages")
        setup = next(case for case in cases if "schema" in case)
        for case in cases:
            if case is setup:
                continue
            with self.subTest(case["name"]):
                read = case["read"]
                if "frame" in case:
                    self.check_room_frame(setup, unhex(case, "frame"), read)
                elif read is None:
                    self.assertIsNone(
                        messages.read_room_message(case["index"], unhex(case, "body"))
                    )
                elif "refused" in read:
                    self.assertRaises(
                        Refused, messages.read_room_message, case["index"], unhex(case, "body")
                    )
                else:
                    said = messages.read_room_message(case["index"], unhex(case, "body"))
                    self.assertCountEqual(map(str, said), map(str, read.values()))

    def check_room_frame(self, setup, data, read):
        replica = Replica(Schema.decode(unhex(setup, "schema")), unhex(setup, "table"), 30)
        if "refused" in read:
            self.assertRaises(Refused, replica.apply, data)
            return
        frame = replica.apply(data)
        said = [(index, bytes(body)) for index, body in frame.messages]
        self.assertEqual(
            said, [(message["index"], unhex(message, "body")) for message in read["messages"]]
        )

    def test_the_session_of_the_document_goes_as_it_says(self):
        replica = None
        for case in golden("document"):
            with self.subTest(case["name"]):
                if "server" in case:
                    welcome = messages.Welcome.decode(unhex(case, "server"))
                    replica = Replica(welcome.schema, welcome.priors, welcome.tick_hz)
                elif "client" not in case:
                    self.play(replica, case)


if __name__ == "__main__":
    unittest.main()
