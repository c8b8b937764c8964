"""What is shown of a case: timeline, record, custody, findings, lineage, reach, graph, seal, demo."""

import base64
import csv
import hashlib
import io
import json
import xml.etree.ElementTree as ElementTree
from datetime import datetime

from .case import OutsideTest
from .check.bundle import problems
from .make import bundle, clock, cloudtrail
from .make.bundle import spans
from .make.keys import Key, Rsa

AGENTS = "example.com/agents-prod"
PATH = "streams/agents-prod.jsonl"
EVENT_MEMBERS = {
    "event",
    "time",
    "type",
    "actor",
    "subject",
    "credential",
    "token",
    "secret",
    "resource",
    "tool",
    "decision",
    "outcome",
    "source_ip",
    "verdict",
    "stream",
    "seq",
    "source",
    "offset",
}


class Timeline(OutsideTest):
    def setUp(self):
        super().setUp()
        self.made = bundle.small(self.chance)
        self.imported(self.folder(self.made.sealed()), keys=self.keys(*self.made.key_lines()))

    def rows(self, *args):
        out = self.run_program("timeline", self.case, *args, "--format", "jsonl", "--limit", "100000").out
        return [json.loads(line) for line in out.splitlines()]

    def test_one_event_a_line_each_at_its_record(self):
        rows = self.rows()
        self.assertEqual(len(rows), 60)
        places = spans(self.made.stream.data())
        for seq, row in enumerate(rows):
            record = json.loads(self.made.stream.lines[seq])
            self.assertEqual(
                (row["seq"], row["type"], row["verdict"], row["stream"], row["source"], row["offset"]),
                (seq, record["type"], "verified", AGENTS, PATH, places[seq][0]),
                row,
            )
            # The same moment, in any form of RFC 3339 in UTC.
            self.assertEqual(datetime.fromisoformat(row["time"]), datetime.fromisoformat(record["time"]), row)
            self.assertTrue(row["time"].endswith("Z"), row)
            self.assertIsInstance(row["event"], (str, int), row)
            self.assertLessEqual({"event", "time", "type", "verdict", "stream", "seq", "source", "offset"}, set(row))
            if record.get("outcome"):
                self.assertEqual(row["outcome"], record["outcome"], row)
            if "actor" in record:
                self.assertIn(record["actor"]["id"], row["actor"], "a canonical id holds the native one verbatim")
            if record["type"] == "token.mint":
                self.assertIn(record["token"]["id"], row["token"], row)
                self.assertIn(record["subject"]["id"], row["subject"], row)
            if "policy" in record:
                self.assertEqual(row["decision"], record["policy"]["decision"], row)
            if "tool" in record:
                self.assertIn(record["tool"]["name"], json.dumps(row["tool"]), row)
            if "source" in record:
                self.assertEqual(row["source_ip"], record["source"]["ip"], row)
            self.assertFalse([k for k, v in row.items() if v is None], f"absent members are left out: {row}")
        self.assertEqual(len({r["event"] for r in rows}), 60, "each event has an id of its own")
        unknown = set().union(*rows) - EVENT_MEMBERS
        if unknown:
            print(f"    timeline has more members than the contract names: {sorted(unknown)}")

    def test_limit(self):
        out = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "7").out
        self.assertEqual(len(out.splitlines()), 7)

    def test_query(self):
        jti = next(json.loads(line)["token"]["id"] for line in self.made.stream.lines if b"token.mint" in line)
        rows = self.rows(jti)
        self.assertEqual([r["token"].endswith(jti) for r in rows], [True], rows)

    def test_query_that_matches_nothing_or_is_none(self):
        self.assertEqual(self.rows("no-such-word-anywhere"), [])
        # "A malformed time filter matched nothing, in silence": it must be refused, or be a plain word search that
        # also finds nothing; but a filter that looks like one is refused.
        result = self.run_program("timeline", self.case, "after:yesterdayish", "--format", "jsonl")
        self.assertIn(result.code, (0, 2), str(result))

    def test_csv(self):
        result = self.run_program("timeline", self.case, "--format", "csv", "--limit", "1000")
        rows = list(csv.reader(io.StringIO(result.out.decode("utf-8-sig"), newline="")))
        self.assertEqual(len(rows), 61)
        self.assertLessEqual({"time", "type", "verdict"}, set(rows[0]))

    def test_json(self):
        self.json_of("timeline", self.case)

    def test_table_holds_the_verdict_as_a_word(self):
        self.assertIn(b"verified", self.run_program("timeline", self.case).out)

    def test_zone_changes_what_is_shown_not_what_it_is(self):
        out = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "1", "--zone", "Asia/Tokyo")
        time = json.loads(out.out.splitlines()[0])["time"]
        # 2026-06-01T00:00:00Z, told in the zone asked for with its offset, or still in UTC.
        self.assertTrue(
            time.startswith("2026-06-01T09:00:00")
            and "+09" in time
            or time.startswith("2026-06-01T00:00:00")
            and time.endswith("Z"),
            time,
        )

    def test_record_shows_bytes_fields_and_proof(self):
        row = self.rows()[27]
        line = self.made.stream.lines[27]
        result = None
        for name in (row["event"], f"{AGENTS}:27", f"{PATH}:27"):
            result = self.run_program("record", self.case, str(name), "--json")
            if result.code != 2:
                break
        self.assertEqual(result.code, 0, str(result))
        text = json.dumps(json.loads(result.out), ensure_ascii=False)
        shown = [json.dumps(line.decode(), ensure_ascii=False)[1:-1], base64.b64encode(line).decode(), line.hex()]
        self.assertTrue(any(form in text for form in shown), "the raw bytes are not shown")
        self.assertIn(hashlib.sha256(line).hexdigest(), text, "the digest of the line is not shown")
        self.assertIn("verified", text)
        self.assertIn(str(spans(self.made.stream.data())[27][0]), text, "the offset is not shown")
        human = self.run_program("record", self.case, str(name))
        self.assertEqual(human.code, 0, str(human))

    def test_no_such_record(self):
        self.refused("record", self.case, "no-such-record", "--json")

    def test_custody_names_what_was_done(self):
        doc = json.dumps(self.json_of("custody", self.case))
        self.assertIn("import", doc)
        self.run_program("trust", self.case, "add", self.keys(Key(self.chance).vkey("x"), name="more.txt"))
        self.answer("verify", self.case)
        later = json.dumps(self.json_of("custody", self.case))
        self.assertGreater(len(later), len(doc), "trust and verify are acts too")
        self.assertIn("trust", later)

    def test_custody_survives_and_chains(self):
        first = self.run_program("custody", self.case).out
        self.answer("verify", self.case)
        self.assertTrue(first.strip())

    def test_other_views_print_one_json_document(self):
        for args in (["identities"], ["graph"], ["adequacy"], ["findings"]):
            with self.subTest(args[0]):
                self.needs(args[0])
                self.json_of(args[0], self.case)
                self.assertEqual(self.run_program(args[0], self.case).code, 0)

    def test_identities_are_those_of_the_records(self):
        self.needs("identities")
        text = json.dumps(self.json_of("identities", self.case))
        for agent in ("deployer", "triage", "billing"):
            if any(f"agent/{agent}".encode() in line for line in self.made.stream.lines):
                self.assertIn(f"spiffe://example.com/agent/{agent}", text)

    def test_graph_in_its_formats(self):
        self.needs("graph")
        json.loads(self.run_program("graph", self.case, "--format", "json").out)
        ElementTree.fromstring(self.run_program("graph", self.case, "--format", "graphml").out)
        dot = self.run_program("graph", self.case, "--format", "dot").out
        self.assertRegex(dot.decode(), r"\A\s*(strict )?(di)?graph")
        self.assertIn(b"spiffe://example.com", dot)


class Followed(OutsideTest):
    """A credential from its mint to its end, and what it could reach."""

    T = [clock.START + i * 60 * clock.SECOND for i in range(12)]
    STS = {"id": "spiffe://example.com/sts", "kind": "service"}
    A = {"id": "spiffe://example.com/agent/alpha", "kind": "agent"}
    B = {"id": "spiffe://example.com/agent/beta", "kind": "agent"}
    ACTS = {
        1: {
            "type": "token.mint",
            "actor": STS,
            "subject": A,
            "outcome": "success",
            "token": {"id": "jti:aaaa", "scope": ["vault:read"], "expires": "2026-06-01T02:00:00Z"},
        },
        2: {
            "type": "secret.read",
            "actor": A,
            "credential": {"id": "jti:aaaa"},
            "secret": {"id": "vault:kv/db"},
            "policy": {"id": "p", "decision": "allow"},
            "outcome": "success",
        },
        3: {
            "type": "token.delegate",
            "actor": A,
            "subject": B,
            "credential": {"id": "jti:aaaa"},
            "token": {"id": "jti:bbbb", "parent": "jti:aaaa", "scope": ["vault:read"]},
            "outcome": "success",
        },
        4: {
            "type": "secret.read",
            "actor": B,
            "credential": {"id": "jti:bbbb"},
            "secret": {"id": "vault:kv/pay"},
            "policy": {"id": "p", "decision": "allow"},
            "outcome": "success",
        },
        5: {
            "type": "secret.read",
            "actor": B,
            "credential": {"id": "jti:bbbb"},
            "secret": {"id": "vault:kv/hsm"},
            "policy": {"id": "p", "decision": "deny"},
            "outcome": "denied",
        },
        6: {
            "type": "data.access",
            "actor": A,
            "credential": {"id": "jti:aaaa"},
            "resource": {"id": "table/customers", "classification": "secret"},
            "outcome": "success",
        },
        7: {"type": "token.revoke", "actor": STS, "token": {"id": "jti:aaaa"}, "outcome": "success"},
        8: {
            "type": "secret.read",
            "actor": B,
            "credential": {"id": "jti:aaaa"},
            "secret": {"id": "vault:kv/late"},
            "outcome": "success",
        },
    }

    def setUp(self):
        super().setUp()

        def change(seq, record):
            if seq in self.ACTS:
                for name in set(record) - {"v", "stream", "seq", "prev", "time", "type"}:
                    del record[name]
                record |= self.ACTS[seq]

        self.made = bundle.small(
            self.chance, count=10, sizes=(10,), change=change, times={i: t for i, t in enumerate(self.T[:10])}
        )
        self.imported(self.folder(self.made.sealed()), keys=self.keys(*self.made.key_lines()))

    def test_lineage(self):
        self.needs("lineage")
        doc = self.json_of("lineage", self.case, "jti:aaaa")
        self.assertLessEqual(
            {"credential", "kind", "minted", "minted_by", "holder", "parent", "uses", "revoked", "expires", "children"},
            set(doc),
            doc,
        )
        self.assertIn("jti:aaaa", doc["credential"])
        self.assertIsNotNone(doc["minted"], doc)
        self.assertIn(self.STS["id"], json.dumps(doc["minted_by"]), doc)
        self.assertIn(self.A["id"], json.dumps(doc["holder"]), doc)
        self.assertIsNone(doc["parent"], doc)
        # Shown in records 2, 3, 6 and 8; whether delegating counts as a use is left open.
        self.assertIn(doc["uses"]["count"], (3, 4), doc)
        self.assertEqual(
            (doc["uses"]["first"][:19], doc["uses"]["last"][:19]),
            (clock.micros(self.T[2])[:19], clock.micros(self.T[8])[:19]),
            doc,
        )
        self.assertIsNotNone(doc["revoked"], doc)
        self.assertEqual(doc["expires"][:19], "2026-06-01T02:00:00", doc)
        self.assertEqual(
            [(c["join"], c["credential"].endswith("jti:bbbb")) for c in doc["children"]], [("exact", True)], doc
        )

    def test_lineage_of_an_unknown_credential(self):
        self.needs("lineage")
        # Nothing of that name: the request was wrong, or an honest empty tree.
        result = self.run_program("lineage", self.case, "jti:nobody", "--json")
        self.assertIn(result.code, (0, 2), str(result))
        if result.code == 0:
            self.assertIsNone(json.loads(result.out)["minted"])

    def reached(self, *args):
        self.needs("reach")
        doc = self.json_of("reach", self.case, *args)
        self.assertLessEqual({"from", "after", "reached"}, set(doc), doc)
        times = [r["at"] for r in doc["reached"]]
        self.assertEqual(times, sorted(times), "ordered by `at`")
        for r in doc["reached"]:
            self.assertIn(r["certainty"], ("must", "may"), r)
            steps = [s["time"] for s in r["path"]]
            self.assertEqual(steps, sorted(steps), "a path's times never run backwards")
            for step in r["path"]:
                self.assertLessEqual({"event", "time", "from", "to", "type", "join", "verdict"}, set(step), step)
                self.assertEqual(step["verdict"], "verified", step)
        return {r["id"]: r for r in doc["reached"]}

    def among(self, reached, native):
        return any(i.endswith(native) for i in reached)

    def test_reach_from_an_agent(self):
        reached = self.reached("--from", self.A["id"])
        for native in ("vault:kv/db", "jti:bbbb", "table/customers"):
            self.assertTrue(self.among(reached, native), f"{native}: {sorted(reached)}")
        self.assertFalse(self.among(reached, "vault:kv/hsm"), "a denied read reaches nothing")

    def test_reach_from_a_credential(self):
        reached = self.reached("--from", "jti:aaaa")
        self.assertTrue(self.among(reached, "vault:kv/db"), sorted(reached))
        self.assertTrue(self.among(reached, "vault:kv/pay"), sorted(reached))
        self.assertFalse(self.among(reached, "vault:kv/hsm"), sorted(reached))

    def test_minting_does_not_reach_the_minter(self):
        reached = self.reached("--from", "jti:bbbb")
        self.assertFalse(self.among(reached, "vault:kv/db"), sorted(reached))
        self.assertTrue(self.among(reached, "vault:kv/pay"), sorted(reached))

    def test_after_includes_its_moment(self):
        at_read = clock.micros(self.T[2])
        self.assertTrue(self.among(self.reached("--from", "jti:aaaa", "--after", at_read), "vault:kv/db"))
        later = clock.micros(self.T[2] + 1)
        reached = self.reached("--from", "jti:aaaa", "--after", later)
        self.assertFalse(self.among(reached, "vault:kv/db"), sorted(reached))
        self.assertTrue(self.among(reached, "table/customers"), sorted(reached))

    def test_reach_to_one_thing(self):
        reached = self.reached("--from", "jti:aaaa", "--to", "vault:kv/pay")
        self.assertEqual([i.endswith("vault:kv/pay") for i in reached], [True], sorted(reached))

    def test_malformed_after_is_refused(self):
        self.needs("reach")
        self.refused("reach", self.case, "--from", "jti:aaaa", "--after", "yesterdayish", "--json")

    def test_use_after_revocation_is_found(self):
        self.needs("findings")
        doc = json.dumps(self.json_of("findings", self.case))
        self.assertIn("token-after-revoke", doc)
        self.assert_case(self.answer("verify", self.case), "verified")  # behaviour changes no verdict

    def test_provenance(self):
        self.needs("provenance")
        rows = [json.loads(r) for r in self.run_program("timeline", self.case, "--format", "jsonl").out.splitlines()]
        doc = self.json_of("provenance", self.case, str(next(r["event"] for r in rows if r["seq"] == 2)))
        self.assertIn("allow", json.dumps(doc))


class Sealing(OutsideTest):
    def test_sealed_exports_are_a_sound_bundle(self):
        trail = cloudtrail.Trail(self.chance, Rsa(self.chance), logs_per_hour=(2, 1))
        logs = {log.key: trail.files()[log.key] for hour in trail.logs for log in hour}
        export = self.folder(logs | {"notes.txt": b"as they came"}, "export")
        single = self.file("extra.log", b"one more file\n")
        key = Key(self.chance)
        private = self.file("collector_ed25519", key.openssh_private)
        private.chmod(0o600)
        out = self.dir / "sealed"
        result = self.run_program("seal", out, export, single, "--sign-with", private)
        self.assertEqual(result.code, 0, str(result))
        self.assertTrue(out.is_dir(), f"a folder was asked for\n{result}")
        files = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        self.assertEqual(problems(files, [], [key.public]), [], sorted(files))
        for data in [*logs.values(), b"as they came", b"one more file\n"]:
            self.assertIn(data, files.values(), "kept as they came")
        self.assertNotIn(key.seed, b"".join(files.values()))
        statement = json.loads(base64.b64decode(json.loads(files[bundle.MANIFEST])["payload"]))
        self.assertLessEqual(
            {"bundle", "created", "collector", "period", "streams"}, set(statement["predicate"]), statement
        )
        got = self.imported(out, keys=self.keys(key.raw))
        self.assert_contradicting(got)
        self.assert_records(got, unproven=trail.count())
        # The collector alone covers them: unproven, since collection.
        self.assertNotIn("key-unknown", got.codes(), str(got))
        changed = next(p for p in out.rglob("*") if p.is_file() and p.read_bytes() == b"one more file\n")
        changed.write_bytes(b"one more lie!\n")
        got = self.imported(out, keys=self.keys(key.raw))
        self.assertEqual([f["code"] for f in got.contradicting], ["file-altered"], str(got))

    def test_sealing_does_not_overwrite(self):
        private = self.file("key", Key(self.chance).openssh_private)
        private.chmod(0o600)
        export = self.folder({"a.txt": b"a"}, "export")
        out = self.folder({"precious.txt": b"precious"}, "out")
        result = self.run_program("seal", out, export, "--sign-with", private)
        self.assertEqual((out / "precious.txt").read_bytes(), b"precious")
        self.assertIn(result.code, (0, 2, 3), str(result))
        if result.code == 0:
            self.fail("a folder with something in it was taken for an output: the manifest would not list it")

    def test_sealing_needs_a_private_key(self):
        export = self.folder({"a.txt": b"a"}, "export")
        self.refused("seal", self.dir / "out", export, "--sign-with", self.file("k", Key(self.chance).openssh))
        self.refused("seal", self.dir / "out2", export, "--sign-with", self.dir / "absent")
        self.refused(
            "seal",
            self.dir / "out3",
            self.dir / "absent",
            "--sign-with",
            self.file("k2", Key(self.chance).openssh_private),
        )

    def test_demonstration_can_be_imported(self):
        out = self.dir / "demo"
        result = self.run_program("demo", out)
        self.assertEqual(result.code, 0, str(result))
        self.assertTrue([p for p in out.rglob("*") if p.is_file()], "nothing was written")
        got = self.imported(out)
        self.assertGreater(got.records["total"], 0, str(got))
        self.assertEqual(got.records["verified"], 0, f"no key from the same folder is trusted\n{got}")

    def test_demonstration_is_the_same_each_time(self):
        trees = []
        for name in ("one", "two"):
            self.run_program("demo", self.dir / name)
            trees.append(
                {p.relative_to(self.dir / name): p.read_bytes() for p in (self.dir / name).rglob("*") if p.is_file()}
            )
        self.assertEqual(sorted(trees[0]), sorted(trees[1]))


class Report(OutsideTest):
    def test_report_is_checked_by_what_every_laptop_has(self):
        import shutil
        import subprocess

        self.needs("report")
        made = bundle.small(self.chance)
        keys = self.keys(*made.key_lines())
        self.imported(self.folder(made.sealed()), keys=keys)
        key = Key(self.chance)
        private = self.file("examiner", key.openssh_private)
        private.chmod(0o600)
        out = self.dir / "report"
        result = self.run_program("report", self.case, out, "--sign-with", private)
        self.assertEqual(result.code, 0, str(result))
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=out, check=True)
        if shutil.which("ssh-keygen"):
            signers = self.file("signers", f"examiner {key.openssh}\n")
            subprocess.run(
                [
                    "ssh-keygen",
                    "-Y",
                    "verify",
                    "-f",
                    signers,
                    "-I",
                    "examiner",
                    "-n",
                    "exhibit-report",
                    "-s",
                    out / "SHA256SUMS.sig",
                ],
                stdin=open(out / "SHA256SUMS", "rb"),
                check=True,
                stdout=subprocess.DEVNULL,
            )
        self.assertIn(self.run_program("check", out, "--keys", self.file("e.pub", key.openssh + "\n")).code, (0,))
        target = out / "report.html"
        target.write_bytes(target.read_bytes().replace(b"verified", b"verifled", 1))
        self.assertEqual(self.run_program("check", out).code, 1)
