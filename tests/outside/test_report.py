"""A report, checked with what every laptop has: sha256sum, ssh-keygen, and a hash function; then by the program."""

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from .case import OutsideTest
from .make import bundle, receipts
from .make.keys import Key

AT = "2026-06-13T09:31:20Z"
EXAMINER = "examiner@example.org"


def tool(*args, **options) -> subprocess.CompletedProcess:
    return subprocess.run(args, capture_output=True, **options)


def climb(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2, word for word."""
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            raise ValueError("the path is too long")
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while fn and not fn & 1:
                fn >>= 1
                sn >>= 1
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn >>= 1
        sn >>= 1
    if sn:
        raise ValueError("the path is too short")
    return r


class Report(OutsideTest):
    def setUp(self):
        super().setUp()
        self.needs("report")
        self.key = self.dir / "examiner"
        made = tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x", "-f", self.key)
        if made.returncode:
            self.skipTest(f"ssh-keygen: {made.stderr.decode()}")
        self.public = self.dir / "examiner.pub"
        self.allowed = self.file("allowed_signers", f"{EXAMINER} {self.public.read_text()}")

    def bundle_case(self, **options):
        self.made = bundle.small(self.chance, **options)
        self.trusted = self.keys(*self.made.key_lines())
        self.imported(self.folder(self.made.sealed()), keys=self.trusted)

    def report(self, *args, name="report", codes=(0,)):
        out = self.dir / name
        result = self.run_program("report", self.case, out, "--at", AT, "--sign-with", self.key, *args)
        self.assertIn(result.code, codes, f"\n{result}")
        return out

    def rows(self, out) -> list[dict]:
        return [json.loads(line) for line in (out / "extract.jsonl").read_text().splitlines()]

    def test_stock_tools_find_it_whole_and_signed(self):
        self.bundle_case()
        out = self.report("--question", "What?", "--answer", "That.")
        sums = tool("sha256sum", "-c", "--strict", "--quiet", "SHA256SUMS", cwd=out)
        self.assertEqual((sums.returncode, sums.stdout), (0, b""), sums.stderr)
        listed = {line.split("  ", 1)[1] for line in (out / "SHA256SUMS").read_text().splitlines()}
        there = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
        self.assertEqual(listed, there - {"SHA256SUMS", "SHA256SUMS.sig"})
        verify = ["ssh-keygen", "-Y", "verify", "-f", self.allowed, "-I", EXAMINER, "-n"]
        signature = ["-s", out / "SHA256SUMS.sig"]
        data = (out / "SHA256SUMS").read_bytes()
        good = tool(*verify, "exhibit-report", *signature, input=data)
        self.assertEqual(good.returncode, 0, good.stderr)
        self.assertNotEqual(tool(*verify, "file", *signature, input=data).returncode, 0)
        self.assertNotEqual(tool(*verify, "exhibit-report", *signature, input=data + b"\n").returncode, 0)

    def test_a_signature_made_by_ssh_keygen_counts_just_as_well(self):
        self.bundle_case()
        out = self.report()
        ours = (out / "SHA256SUMS.sig").read_bytes()
        (out / "SHA256SUMS.sig").unlink()
        signed = tool("ssh-keygen", "-q", "-Y", "sign", "-f", self.key, "-n", "exhibit-report", out / "SHA256SUMS")
        self.assertEqual(signed.returncode, 0, signed.stderr)
        self.assertEqual((out / "SHA256SUMS.sig").read_bytes(), ours)
        self.assertEqual(self.answer("check", out, "--keys", self.public).verdict, "verified")

    def test_an_encrypted_key_signs_with_its_passphrase_and_not_without(self):
        self.bundle_case()
        locked = tool("ssh-keygen", "-q", "-p", "-P", "", "-N", "correct horse", "-f", self.key)
        self.assertEqual(locked.returncode, 0, locked.stderr)
        out = self.dir / "locked"
        args = ("report", self.case, out, "--at", AT, "--sign-with", self.key)
        self.assertIn("passphrase", self.refused(*args, env={"EXHIBIT_PASSPHRASE": "wrong"}).err)
        self.assertFalse(out.exists())
        result = self.run_program(*args, env={"EXHIBIT_PASSPHRASE": "correct horse"})
        self.assertEqual(result.code, 0, f"\n{result}")
        self.assertEqual(self.answer("check", out, "--keys", self.public).verdict, "verified")

    def test_each_record_of_a_bundle_climbs_to_a_root_that_its_key_signed(self):
        self.bundle_case()
        out = self.report()
        rows = self.rows(out)
        self.assertEqual(len(rows), 60)
        for row in rows:
            raw = base64.b64decode(row["raw"])
            digest = hashlib.sha256(raw).digest()
            self.assertEqual(raw, self.made.stream.lines[row["ordinal"]])
            self.assertEqual(row["sha256"], digest.hex())
            self.assertEqual(row["cite"], f"E{row['source']}:{row['ordinal']}:{digest.hex()[:8]}")
            self.assertEqual((row["verdict"], row["alone"]), ("verified", "verified"))
            head, note = (out / row["material"]["proof"]).read_bytes().split(b"\n\n", 1)
            lines = head.decode().split("\n")
            self.assertEqual(lines[:2], ["c2sp.org/tlog-proof@v1", f"index {row['seq']}"])
            origin, size, root = note.decode().split("\n")[:3]
            self.assertEqual(origin, row["stream"])
            leaf = hashlib.sha256(b"\x00" + digest).digest()
            path = [base64.b64decode(line) for line in lines[2:]]
            self.assertEqual(climb(leaf, row["seq"], int(size), path), base64.b64decode(root), row["cite"])
            # The checkpoint is the bundle's own, byte for byte.
            self.assertIn(note, self.made.sealed().values())

    def test_an_altered_record_is_cited_with_the_digest_that_the_log_holds(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        path = next(p for p in files if p.startswith("streams/"))
        lines = bundle.lines_of(files[path])
        sealed = hashlib.sha256(lines[30]).hexdigest()
        lines[30] = lines[30].replace(b'"time":"2026', b'"time":"2025')
        files[path] = bundle.join(lines)
        self.imported(self.folder(files), keys=self.keys(*made.key_lines()))
        out = self.report("--cite", "example.com/agents-prod:30")
        (row,) = self.rows(out)
        self.assertEqual((row["verdict"], row["alone"], row["material"]["sealed"]), ("contradicted", "contradicted", sealed))
        # What the report says is bad; the report is not.
        self.assertEqual(self.answer("check", out, "--keys", self.public).verdict, "verified")

    def test_receipts_are_cited_with_their_neighbours(self):
        key = Key(self.chance)
        chain = receipts.Chain(self.chance, key=key, issuer=key.did, count=9)
        self.imported(self.folder({"r.jsonl": receipts.jsonl(chain.receipts)}))
        out = self.report("--cite", "E1:4")
        (row,) = self.rows(out)
        self.assertEqual((row["verdict"], row["alone"]), ("intact", "intact"))
        held = (out / row["material"]["holder"]).read_bytes().splitlines()
        self.assertEqual(held, [receipts.line(r) if isinstance(r, dict) else r for r in chain.receipts[3:6]])

    def test_a_receipt_signed_by_a_later_key_comes_with_the_rotation_that_made_it_the_chains(self):
        key = Key(self.chance)
        chain = receipts.Chain(self.chance, key=key, issuer=key.did, count=12, rotate={4: Key(self.chance)})
        trusted = self.keys(key.raw)
        self.imported(self.folder({"r.jsonl": receipts.jsonl(chain.receipts)}), keys=trusted)
        out = self.report("--cite", "E1:9")
        (row,) = self.rows(out)
        self.assertEqual((row["verdict"], row["alone"]), ("verified", "verified"))
        held = (out / row["material"]["holder"]).read_bytes().splitlines()
        self.assertEqual(held, [receipts.line(chain.receipts[i]) for i in (3, 8, 9, 10)])

    def test_the_same_case_and_time_give_the_same_bytes(self):
        self.bundle_case()
        one, other = self.report(name="one"), self.report(name="other")
        files = {p.relative_to(one): p.read_bytes() for p in one.rglob("*") if p.is_file()}
        self.assertEqual(files, {p.relative_to(other): p.read_bytes() for p in other.rglob("*") if p.is_file()})
        acts = [line["act"] for line in self.json_of("custody", self.case)["lines"]]
        self.assertEqual(acts[-2:], ["report", "report"])

    def test_what_is_altered_is_named(self):
        self.bundle_case()
        out = self.report()
        sound = self.answer("check", out, "--keys", self.public)
        self.assertEqual((sound.verdict, sound.findings), ("verified", []))
        self.assertEqual(self.answer("check", out).verdict, "intact")
        for path in sorted(p for p in out.rglob("*") if p.is_file()):
            data = path.read_bytes()
            at = self.chance.randrange(len(data))
            path.write_bytes(data[:at] + bytes([data[at] ^ 1 << self.chance.randrange(8)]) + data[at + 1 :])
            said = self.answer("check", out, "--keys", self.public)
            self.assertEqual(said.verdict, "contradicted", f"byte {at} of {path}")
            self.assertEqual([f["source"] for f in said.contradicting], [str(path.relative_to(out))], f"byte {at}\n{said}")
            path.write_bytes(data)

    def test_a_report_rebuilt_by_another_hand_is_not_the_examiners(self):
        self.bundle_case()
        out = self.report()
        page = out / "report.html"
        page.write_bytes(page.read_bytes().replace(b"verified", b"certain ", 1))
        for name in ("SHA256SUMS", "SHA256SUMS.sig"):
            (out / name).unlink()
        listing = tool("sh", "-c", "find . -type f | sed 's,^./,,' | LC_ALL=C sort | xargs sha256sum", cwd=out)
        (out / "SHA256SUMS").write_bytes(listing.stdout)
        other = self.dir / "other"
        tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other)
        tool("ssh-keygen", "-q", "-Y", "sign", "-f", other, "-n", "exhibit-report", out / "SHA256SUMS")
        said = self.answer("check", out, "--keys", self.public)
        # The sums fit and the stranger's signature holds: that the page is not what the data give shows it.
        self.assertEqual([f["source"] for f in said.contradicting], ["report.html"])

    def test_nothing_from_the_evidence_is_markup_or_a_formula(self):
        hostile = "=1+1<script>alert(1)</script>\u202e\u200b<img src=x onerror=alert(1)>"
        events = [json.dumps({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "a", "stage": "ResponseComplete",
                              "requestURI": "/x", "verb": "get", "user": {"username": hostile}, "requestReceivedTimestamp": "2026-06-12T00:00:00.000000Z",
                              "objectRef": {"resource": "secrets", "namespace": hostile, "name": hostile}, "responseStatus": {"code": 200}})]
        self.imported(self.folder({"audit.jsonl": "\n".join(events * 2).encode() + b"\n"}))
        out = self.report("--title", hostile, "--question", hostile, "--answer", hostile)
        page = (out / "report.html").read_text()
        self.assertIsNone(re.search(r"<script|<img|<iframe|<link|javascript:|https?://(?!www\.w3\.org)|url\(", page.replace("url(#tip)", "")))
        for name in ("report.html", "graph.svg", "graph.graphml", "HOW-TO-CHECK.txt", "timeline.csv"):
            text = (out / name).read_text()
            self.assertNotIn("\u202e", text, name)
            self.assertNotIn("\u200b", text, name)
        for name in ("graph.svg", "graph.graphml"):
            ElementTree.fromstring((out / name).read_bytes())
        cells = [cell for row in csv.reader(io.StringIO((out / "timeline.csv").read_bytes().decode(), newline="")) for cell in row]
        self.assertFalse([cell for cell in cells if cell[:1] in ("=", "+", "-", "@")])
        self.assertEqual(self.answer("check", out, "--keys", self.public).verdict, "verified")

    def test_every_content_is_there_and_says_so_where_it_is_empty(self):
        self.bundle_case()
        page = (self.report("--cite", "example.com/agents-prod:0", "--no-graph") / "report.html").read_text()
        titles = re.findall(r"<h2><span class=\"n\">\d+</span>([^<]+)</h2>", page)
        self.assertEqual(len(titles), 26, titles)
        for said in ("The results relate only to the items examined.", "No graph was asked for.", "The examiner gave none.", "Nothing was blacked out"):
            self.assertIn(said, page)

    def test_what_was_starred_and_noted_is_cited_and_said_apart_from_the_facts(self):
        self.bundle_case()
        self.needs("note")
        said = ("--star", "--tag", "first-use", "--comment", "Seen <b>before</b> the leak.")
        self.assertEqual(self.run_program("note", self.case, "example.com/agents-prod:7", *said).code, 0)
        out = self.report("--query", "star:yes")
        self.assertEqual([row["seq"] for row in self.rows(out)], [7])
        page = (out / "report.html").read_text()
        # The custody log tells of the note too.
        facts, interpretation = page.index("Facts cited</h2>"), page.index("Interpretation</h2>")
        self.assertLess(facts, interpretation)
        self.assertGreater(page.rindex("Seen &lt;b&gt;before&lt;/b&gt; the leak."), interpretation)
        self.assertIn("[first-use]", page)

    def test_the_archive_holds_the_same_and_is_checked(self):
        self.bundle_case()
        folder, archive = self.report(name="folder"), self.report(name="archive.zip")
        shutil.unpack_archive(archive, self.dir / "unpacked")
        sums = (folder / "SHA256SUMS").read_bytes()
        self.assertEqual((self.dir / "unpacked" / "SHA256SUMS").read_bytes(), sums)
        self.assertEqual(self.answer("check", archive, "--keys", self.public).verdict, "verified")

    def test_a_bundle_is_checked_without_a_case(self):
        made = bundle.small(self.chance)
        folder, trusted = self.folder(made.sealed()), self.keys(*made.key_lines())
        checked, imported = self.answer("check", folder, "--keys", trusted), self.imported(folder, keys=trusted)
        self.assertEqual(checked.same(), imported.same())

    def test_from_the_demonstration_to_a_report_that_says_what_leaked(self):
        story = self.dir / "story"
        self.run_program("demo", story)
        keys = [story / "keys" / "trusted.keys", story / "keys" / "cloudtrail-keys.json"]
        self.imported(story / "tampered", keys=keys)
        token = re.search(r"jti:[0-9a-f]{32}", (story / "README.txt").read_text())[0]
        out = self.report("--query", token, "--reach", f"{token}@2026-06-12T02:06:31Z", "--lineage", token)
        named = [part for file in [self.public, *keys] for part in ("--keys", file)]
        said = self.answer("check", out, *named)
        self.assertEqual((said.verdict, said.doc["shown"]), ("verified", said.doc["said"]))
        report = json.loads((out / "report.json").read_text())
        self.assertTrue(report["reach"][0]["reached"] and report["affected"]["revoke"] and report["affected"]["rotate"])

