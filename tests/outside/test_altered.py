"""A case that another hand altered is noticed: when it is opened, or when it is verified wholly."""

import gzip
import sqlite3

from .case import OutsideTest
from .make import bundle
from .test_exports import event

# What was changed, by the sqlite3 of Python, and whether opening notices it or only a whole verification.
ON_OPENING = {
    "a verdict": "UPDATE span SET verdict = 0",
    "the verdict of a stream": "UPDATE stream SET verdict = 0",
    "a finding taken away": "DELETE FROM finding WHERE id = (SELECT max(id) FROM finding)",
    "a file's hash": "UPDATE file SET sha256 = zeroblob(32) WHERE id = 1",
    "a file's path": "UPDATE file SET path = 'other' WHERE id = 1",
    "when it was imported": "UPDATE import SET started = started + 1",
    "a key that was never added": "INSERT INTO trust SELECT id + 100, 'SHA256:x', algorithm, material, cloudtrail_fingerprint, "
    "name, streams, valid_from, valid_until, revoked, how, added FROM trust LIMIT 1",
    "a key's revocation taken away": "UPDATE trust SET revoked = NULL, how = 'trust me'",
    "a note": "UPDATE note SET comment = 'seen by nobody'",
    "a star": "UPDATE note SET starred = 1 - starred",
    "a tag": "UPDATE tag SET tag = 'harmless'",
    "what was made of a finding": "INSERT INTO assessment VALUES ('0123456789abcdef', 'token-replayed', 'a', 'explained', NULL, 0)",
    "a merge": "INSERT INTO merge VALUES ('a', 'b', 1, NULL, 0)",
    "the last record": "DELETE FROM event WHERE id = (SELECT max(id) FROM event)",
    "a name's mentions": "DELETE FROM mention WHERE name = (SELECT actor FROM event WHERE actor NOT NULL LIMIT 1)",
    "where a block lies in time": "UPDATE zone SET min_place = min_place + 3600000000, max_place = max_place + 3600000000",
    "a mark of the timeline": "UPDATE mark SET id = id + 1",
    "a tally": "UPDATE tally SET verified = verified + 1",
    "where a name was learnt": "INSERT INTO alias SELECT actor, 2, type, 1, place, id FROM event WHERE actor NOT NULL LIMIT 1",
    "what stood behind a compressed file": "DELETE FROM kept WHERE what = 'trailing'",
    "a byte of what stood behind it": "UPDATE kept SET data = zeroblob(length(data)) WHERE what = 'trailing'",
    "the compressed original": "DELETE FROM kept WHERE what = 'wrapped'",
    "a block of bytes": "DELETE FROM block WHERE id = (SELECT min(id) FROM block)",
    "a custody entry": "UPDATE custody SET line = replace(line, '\"act\":\"import\"', '\"act\":\"imp0rt\"') WHERE line LIKE '%\"act\":\"import\"%'",
    "a custody entry and its hash": None,
    "a custody entry taken away": "DELETE FROM custody WHERE seq = 1",
    "the newest custody entry": "DELETE FROM custody WHERE seq = (SELECT max(seq) FROM custody)",
}
BY_VERIFYING = {
    "an actor": "UPDATE event SET actor = (SELECT max(id) FROM name) WHERE id = (SELECT min(id) + 5 FROM event)",
    "an outcome": "UPDATE event SET outcome = NULL WHERE id = (SELECT min(id) FROM event WHERE outcome NOT NULL)",
    "a time": "UPDATE event SET place = place + 1000000 WHERE id = (SELECT min(id) + 5 FROM event)",
    "a number": "UPDATE event SET seq = seq + 1 WHERE id = (SELECT min(id) + 5 FROM event)",
    "a record in the middle": "DELETE FROM event WHERE id = (SELECT min(id) + 5 FROM event)",
    "a record put in": "INSERT INTO event(id, place, undated) SELECT id - 1, place, 0 FROM event WHERE id = (SELECT min(id) FROM event)",
    "a name": "UPDATE name SET text = 'spiffe://example.com/agent/nobody' WHERE id = (SELECT actor FROM event WHERE actor NOT NULL LIMIT 1)",
    "a record hidden under another": "UPDATE event SET part_of = (SELECT min(id) FROM event) WHERE id = (SELECT min(id) + 5 FROM event)",
    "a record hidden under one of its id": "UPDATE event SET native = (SELECT native FROM event ORDER BY id LIMIT 1), "
    "part_of = (SELECT min(id) FROM event) WHERE id = (SELECT min(id) + 5 FROM event)",
    "a name that is not found": "DELETE FROM name_hash WHERE name = (SELECT actor FROM event WHERE actor NOT NULL LIMIT 1)",
    "a name that is there twice": "INSERT INTO name SELECT max(id) + 1, (SELECT text FROM name LIMIT 1) FROM name",
    "a byte of a block": None,
}


class Altered(OutsideTest):
    def setUp(self):
        super().setUp()
        made = bundle.small(self.chance)
        self.trusted = self.keys(*made.key_lines())
        log = self.file("logs/audit.jsonl", "".join(event(at, "alice") + "\n" for at in range(9)))
        tailed = self.file("logs/tailed.jsonl.gz", gzip.compress(event(9, "bob").encode() + b"\n") + b"left behind")
        self.imported(self.folder(made.sealed()), log, tailed, keys=self.trusted)
        noted = self.run_program("note", self.case, "example.com/agents-prod:7", "--star", "--tag", "odd", "--comment", "Seen before.")
        self.assertEqual(noted.code, 0)
        self.whole = self.case.read_bytes()

    def altered(self, what: str, sql: str | None):
        self.case.write_bytes(self.whole)
        with sqlite3.connect(self.case) as case:
            if sql:
                changed = case.execute(sql).rowcount
                self.assertGreater(changed, 0, f"{what}: the test changes nothing")
            elif what == "a byte of a block":
                ((id, data),) = case.execute("SELECT id, data FROM block ORDER BY length(data) DESC LIMIT 1")
                at = len(data) // 2
                case.execute("UPDATE block SET data = ? WHERE id = ?", (data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], id))
            else:
                import hashlib

                ((seq, line),) = case.execute("SELECT seq, line FROM custody WHERE seq = 1")
                line = line.replace('"who":"', '"who":"not ')
                case.execute("UPDATE custody SET line = ?, hash = ? WHERE seq = ?", (line, hashlib.sha256(line.encode()).digest(), seq))
        case.close()

    def test_as_it_was_left_it_opens_and_verifies(self):
        for command in (("timeline",), ("custody",), ("verify",), ("timeline",)):
            # What stands behind the compressed file is a contradiction of its own.
            self.assertEqual(self.run_program(*command, self.case).code, 1 if command == ("verify",) else 0, command)

    def test_what_is_altered_is_noticed_on_opening(self):
        for what, sql in ON_OPENING.items():
            with self.subTest(what):
                self.altered(what, sql)
                before = self.case.read_bytes()
                for command in (("timeline",), ("verify",), ("note",)):
                    args = (*command, self.case, *(["example.com/agents-prod:7", "--star"] if command == ("note",) else []))
                    said = self.refused(*args, codes=(3,))
                    self.assertIn("altered outside Exhibit", said.err)
                said = self.refused("check", self.case, codes=(3,))
                self.assertIn("altered outside Exhibit", said.err)
                # An act would have blessed it: none was possible.
                self.assertEqual(self.case.read_bytes(), before)

    def test_what_only_a_whole_verification_can_see_is_noticed_by_it(self):
        for what, sql in BY_VERIFYING.items():
            with self.subTest(what):
                self.altered(what, sql)
                for command in ("check", "verify"):
                    said = self.refused(command, self.case, codes=(3,))
                    self.assertIn("damaged", said.err, said)

    def test_each_act_leaves_a_state_that_holds(self):
        args = ("example.com/agents-prod:7",)
        for command in (
            ("note", self.case, *args, "--comment", "Seen again."),
            ("note", self.case, *args, "--star"),
            ("trust", self.case, "add", self.trusted),
            ("verify", self.case),
            ("report", self.case, self.dir / "report"),
        ):
            result = self.run_program(*command)
            self.assertIn(result.code, (0, 1), str(result))
            self.assertEqual(self.run_program("timeline", self.case).code, 0, command)
        log = self.json_of("custody", self.case)
        self.assertTrue(log["holds"])
