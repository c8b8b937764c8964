"""What a report holds back: left out, blacked out. Nothing of it stands anywhere, and what is said to stay provable is."""

import base64
import copy
import hashlib
import json

from .make import bundle, receipts
from .make.keys import Key
from .test_cloudtrail import rsa
from .make.cloudtrail import Trail
from .test_report import AT, Report as ReportTest, climb

STREAM = "example.com/agents-prod"


class Redactions(ReportTest):
    # The base class's own tests run where they stand.
    for _name in [name for name in dir(ReportTest) if name.startswith("test_")]:
        locals()[_name] = None

    def whole_bytes(self, out):
        """Every byte that a reader of the report has, the bytes in base64 too."""
        for path in out.rglob("*"):
            if path.is_file():
                yield str(path.relative_to(out)), path.read_bytes()
        for row in self.rows(out):
            yield f"raw of {row['cite']}", base64.b64decode(row["raw"])

    def assert_nowhere(self, out, *needles: bytes):
        for place, data in self.whole_bytes(out):
            for needle in needles:
                self.assertNotIn(needle, data, place)

    def assert_place_is_proven(self, out, row):
        """By RFC 6962 from the digest alone, and by the bundle's own checkpoint."""
        digest = hashlib.sha256(self.made.stream.lines[row["ordinal"]]).digest()
        self.assertEqual((row["sha256"], row["length"]), (digest.hex(), len(self.made.stream.lines[row["ordinal"]])))
        head, note = (out / row["material"]["proof"]).read_bytes().split(b"\n\n", 1)
        origin, size, root = note.decode().split("\n")[:3]
        path = [base64.b64decode(line) for line in head.decode().split("\n")[2:]]
        leaf = hashlib.sha256(b"\x00" + digest).digest()
        self.assertEqual(climb(leaf, row["seq"], int(size), path), base64.b64decode(root))
        self.assertIn(note, self.made.sealed().values())

    def checked(self, out, **shown):
        said = self.answer("check", out, "--keys", self.public, "--keys", self.trusted)
        # A declared redaction refutes nothing, and what cannot be shown is not verified.
        self.assertEqual((said.verdict, said.findings), ("verified", []), str(said))
        self.assertEqual({k: v for k, v in said.doc["shown"].items() if v and k != "total"}, shown)
        return said

    def test_a_record_that_is_left_out_keeps_its_place_and_nothing_else(self):
        self.bundle_case()
        out = self.report("--leave-out", f"{STREAM}:20", "It names a patient.")
        rows = {row["ordinal"]: row for row in self.rows(out)}
        row = rows[20]
        self.assertEqual((row["raw"], row["fields"], row["time"]), ("", {"type": "[left out]"}, None))
        self.assertEqual((row["verdict"], row["alone"]), ("verified", "unproven"))
        self.assertEqual(row["withheld"], {"members": [], "why": "It names a patient."})
        self.assert_nowhere(out, self.made.stream.lines[20])
        self.assert_place_is_proven(out, row)
        report = json.loads((out / "report.json").read_text())
        told = [text for text in report["redactions"] if text.startswith(row["cite"])]
        self.assertEqual(len(told), 1)
        self.assertIn("It names a patient. What can be checked: that a record with this SHA-256 was sealed as number 20", told[0])
        self.assertIn("It names a patient", (out / "report.html").read_text())
        # No edge of the graph is shown by it.
        name = f"E{row['source']}:20"
        self.assertFalse([e for e in report["graph"]["edges"] if name in e["events"]])
        self.checked(out, verified=59, unproven=1)

    def test_a_member_that_is_blacked_out_stands_nowhere_and_the_rest_is_unproven(self):
        self.bundle_case()
        lines = [json.loads(line) for line in self.made.stream.lines]
        at, line = next((i, one) for i, one in enumerate(lines) if "source" in one and "ip" in one["source"] and "actor" in one)
        ip = line["source"]["ip"]
        cites = [part for i in (at - 1, at) for part in ("--cite", f"{STREAM}:{i}")]
        if ip in json.dumps(lines[at - 1]):
            self.skipTest("this draw has the address twice")
        out = self.report(*cites, "--black-out", f"{STREAM}:{at}", "/source/ip", "Personal data.", "--black-out", f"{STREAM}:{at}", "/actor/id", "Personal data.")
        (row,) = [row for row in self.rows(out) if row["ordinal"] == at]
        wanted = copy.deepcopy(line)
        wanted["source"]["ip"] = wanted["actor"]["id"] = "[blacked out]"
        self.assertEqual(json.loads(base64.b64decode(row["raw"])), wanted)
        self.assertEqual((row["fields"]["source_ip"], row["fields"]["actor"]), ("[blacked out]", "[blacked out]"))
        self.assertEqual((row["verdict"], row["alone"]), ("verified", "unproven"))
        self.assert_nowhere(out, ip.encode())
        self.assert_place_is_proven(out, row)
        self.checked(out, verified=1, unproven=1)

    def test_a_member_blacked_out_in_one_place_and_shown_in_another_is_refused(self):
        self.bundle_case()
        lines = [json.loads(line) for line in self.made.stream.lines]
        actors = {}
        for at, line in enumerate(lines):
            actors.setdefault(line.get("actor", {}).get("id"), []).append(at)
        one, other = next(places for name, places in actors.items() if name and len(places) > 1)[:2]
        out = self.dir / "report"
        args = ("report", self.case, out, "--at", AT, "--cite", f"{STREAM}:{one}", "--cite", f"{STREAM}:{other}")
        said = self.refused(*args, "--black-out", f"{STREAM}:{one}", "/actor/id", "Why not.")
        self.assertIn("withheld-shown", said.err)
        self.assertFalse(out.exists())
        both = [part for at in (one, other) for part in ("--black-out", f"{STREAM}:{at}", "/actor/id", "Personal data.")]
        self.assertEqual(self.run_program(*args, *both).code, 0)
        self.assert_nowhere(out, lines[one]["actor"]["id"].encode())

    def test_what_is_held_back_needs_a_reason_and_must_be_there(self):
        self.bundle_case()
        for code, *args in (
            ("withheld-why", "--leave-out", f"{STREAM}:3", " "),
            ("withheld-uncited", "--cite", f"{STREAM}:4", "--leave-out", f"{STREAM}:3", "Why."),
            ("withheld-member", "--black-out", f"{STREAM}:3", "/nothing/here", "Why."),
            ("withheld-member", "--black-out", f"{STREAM}:3", "actor", "Why."),
            ("no-such-record", "--leave-out", f"{STREAM}:99999", "Why."),
        ):
            said = self.refused("report", self.case, self.dir / "none", "--at", AT, *args)
            self.assertIn(f"[{code}]", said.err)
        self.assertFalse((self.dir / "none").exists())

    def test_the_opening_and_the_last_record_may_be_left_out_and_nothing_is_refuted(self):
        self.bundle_case()
        last = len(self.made.stream.lines) - 1
        out = self.report(*[part for at in (0, last) for part in ("--leave-out", f"{STREAM}:{at}", "Why.")])
        self.assert_nowhere(out, self.made.stream.lines[0], self.made.stream.lines[last])
        said = self.checked(out, **{k: v for k, v in self.shown(out).items() if v})
        self.assertEqual(said.doc["shown"]["contradicted"], 0)

    def shown(self, out):
        counts = {}
        for row in self.rows(out):
            counts[row["alone"]] = counts.get(row["alone"], 0) + 1
        return counts

    def test_a_log_of_cloudtrail_does_not_travel_where_one_of_its_records_is_held_back(self):
        trail = Trail(self.chance, rsa(), logs_per_hour=(2, 2))
        self.trusted = self.file("keys.json", trail.key_list())
        self.imported(self.folder(trail.files()), keys=self.trusted)
        log = next(log for hour in trail.logs for log in hour if len(log.events) > 2)
        source = next(s for s in self.json_of("verify", self.case)["sources"] if s["path"] == log.key)
        held, beside = (f"E{source['id']}:{at}" for at in (0, 1))
        other = next(s for s in self.json_of("verify", self.case)["sources"] if s["records"] and s["path"] != log.key)
        out = self.report("--cite", held, "--cite", beside, "--cite", f"E{other['id']}:0", "--leave-out", held, "Not of this matter.", "--no-graph")
        self.assert_nowhere(out, log.texts[0], log.inflated)
        rows = {row["cite"].rsplit(":", 1)[0]: row for row in self.rows(out)}
        self.assertEqual([rows[c]["alone"] for c in (held, beside, f"E{other['id']}:0")], ["unproven", "unproven", "verified"])
        self.assertEqual([rows[c]["material"]["kind"] for c in (held, beside)], ["none", "none"])
        self.assertEqual(base64.b64decode(rows[beside]["raw"]), log.texts[1])
        told = " ".join(json.loads((out / "report.json").read_text())["redactions"])
        self.assertIn(f"1 other cited records of {log.key} go without their proof", told)
        self.checked(out, verified=1, unproven=2)

    def test_a_receipt_that_is_left_out_does_not_come_along_as_a_neighbour(self):
        key = Key(self.chance)
        chain = receipts.Chain(self.chance, key=key, issuer=key.did, count=9)
        self.trusted = self.keys(key.raw)
        self.imported(self.folder({"r.jsonl": receipts.jsonl(chain.receipts)}), keys=self.trusted)
        out = self.report("--cite", "E1:4", "--cite", "E1:5", "--leave-out", "E1:5", "Not of this matter.", "--no-graph")
        self.assert_nowhere(out, receipts.line(chain.receipts[5]))
        shown, held = self.rows(out)
        self.assertEqual((shown["alone"], held["alone"], held["material"]["kind"]), ("verified", "unproven", "none"))
        self.checked(out, verified=1, unproven=1)

    def test_a_redaction_made_by_another_hand_is_noticed(self):
        self.bundle_case()
        out = self.report("--cite", f"{STREAM}:20", "--cite", f"{STREAM}:21")
        rows = self.rows(out)
        rows[0] |= {"raw": "", "withheld": {"members": [], "why": "x"}}
        text = "".join(json.dumps(row, separators=(",", ":"), sort_keys=True, ensure_ascii=False) + "\n" for row in rows)
        (out / "extract.jsonl").write_text(text)
        said = self.answer("check", out, "--keys", self.public, "--keys", self.trusted)
        self.assertEqual((said.verdict, {f["source"] for f in said.contradicting}), ("contradicted", {"extract.jsonl"}))


del ReportTest
