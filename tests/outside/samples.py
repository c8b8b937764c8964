"""Real evidence and published vectors, where EXHIBIT_SAMPLES names the folder that holds them."""

import gzip
import json
import os
import tarfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from . import program
from .case import OutsideTest
from .make import jcs, receipts
from .make.keys import base58


class SampleTest(OutsideTest):
    def setUp(self):
        folder = os.environ.get("EXHIBIT_SAMPLES")
        if not folder:
            self.skipTest("EXHIBIT_SAMPLES is not set: no sample evidence")
        self.samples = Path(folder)
        if program.binary() is None and self._testMethodName.startswith("test_program"):
            self.skipTest("no exhibit program: set EXHIBIT_BIN or build it")
        if program.binary() is not None:
            super().setUp()

    def archive(self, name) -> Path:
        path = self.samples / name
        if not path.exists():
            self.skipTest(f"{path} is not there")
        return path

    def entries(self, name) -> dict[str, bytes]:
        with tarfile.open(self.archive(name)) as tar:
            return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}

    def whole(self, name, count):
        """Imports the archive as it lies, and unpacked: the same count, nothing proven, nothing refuted."""
        entries = self.entries(name)
        packed = self.imported(self.archive(name))
        unpacked = self.imported(self.folder(entries, "unpacked"))
        for got in (packed, unpacked):
            self.assert_records(got, unproven=count)
            self.assert_contradicting(got)
            self.assert_case(got, "unproven")
        self.assertEqual(
            {(s["path"], s["records"]) for s in packed.doc["sources"] if s["records"]},
            {(s["path"], s["records"]) for s in unpacked.doc["sources"] if s["records"]},
        )
        return packed, entries


class Logs(SampleTest):
    def test_program_cloudtrail_invictus(self):
        counts = {
            n: len(json.loads(d)["Records"])
            for n, d in self.entries("cloudtrail-invictus.tar.gz").items()
            if n.endswith(".json")
        }
        self.assertEqual(sum(counts.values()), 2900, "the independent count")
        got, _ = self.whole("cloudtrail-invictus.tar.gz", 2900)
        for name, count in counts.items():
            self.assert_source(got, name, "unproven", count)
        rows = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "100000").out.splitlines()
        self.assertEqual(len(rows), 2900, "no event is there twice")

    def test_program_cloudtrail_stratus(self):
        counts = {
            n: len(json.loads(d)) for n, d in self.entries("cloudtrail-stratus.tar.gz").items() if n.endswith(".json")
        }
        self.assertEqual(sum(counts.values()), 310, "the independent count")
        got, _ = self.whole("cloudtrail-stratus.tar.gz", 310)
        for name, count in counts.items():
            self.assert_source(got, name, "unproven", count)

    def test_program_openbao(self):
        # The archive holds a gzip within a tar within a gzip, and a truth.json that is no log.
        entries = self.entries("openbao.tar.gz")
        log = gzip.decompress(entries["openbao/audit.log.gz"])
        self.assertEqual(len(log.splitlines()), 15_047, "the independent count")
        got = self.imported(self.archive("openbao.tar.gz"))
        self.assert_records(got, unproven=15_047)
        self.assertGreaterEqual(got.doc["ledger"]["bytes_rejected"], len(entries["openbao/truth.json"]), str(got))
        single = self.imported(self.file("audit.log", log))
        self.assert_records(single, unproven=15_047)
        self.assertEqual(single.doc["ledger"]["bytes_in"], len(log), str(single))
        self.assertEqual(single.doc["ledger"]["bytes_rejected"], 0, str(single))

    def test_program_kubernetes(self):
        entries = self.entries("kubernetes.tar.gz")

        def events(data: bytes) -> int:
            """Documents with an auditID and a stage, in lines or one after another."""
            found, text, at = 0, data.decode("utf-8", "replace"), 0
            while at < len(text):
                if text[at].isspace():
                    at += 1
                    continue
                try:
                    value, at = json.JSONDecoder().raw_decode(text, at)
                except ValueError:
                    at = len(text) if "\n" not in text[at:] else text.index("\n", at) + 1
                    continue
                found += isinstance(value, dict) and "auditID" in value and "stage" in value
            return found

        falco = sum(events(d) for n, d in entries.items() if "/falco/" in n)
        demo = sum(events(d) for n, d in entries.items() if "/audit2rbac/" in n)
        self.assertEqual((falco, demo), (51, 37), "the independent count")
        self.whole("kubernetes.tar.gz", 88)


class Receipts(SampleTest):
    def setUp(self):
        super().setUp()
        self.vectors = {
            n.rsplit("/", 1)[-1]: json.loads(d)
            for n, d in self.entries("agent-receipts.tar.gz").items()
            if n.endswith(".json")
        }

    def groups(self):
        """(name, key, receipts): the vectors of 0.2 to 0.5, what belongs to one chain together."""
        for name in ("v020_vectors.json", "v030_vectors.json", "v040_vectors.json", "v050_vectors.json"):
            doc = self.vectors[name]
            for label, value in doc.items():
                if isinstance(value, dict) and value.get("expectedValid"):
                    yield f"{name[:4]}-{label}", doc["keys"]["publicKey"], value.get("receipts") or [value["receipt"]]

    def test_our_own_reading_verifies_thirteen(self):
        count = 0
        for name, pem, group in self.groups():
            key = load_pem_public_key(pem.encode())
            self.assertIsInstance(key, Ed25519PublicKey)
            for r in group:
                import base64

                value = r["proof"]["proofValue"]
                self.assertEqual(value[0], "u")
                key.verify(base64.urlsafe_b64decode(value[1:] + "=="), receipts.signed_bytes(r))
                count += 1
        self.assertEqual(count, 13)

    def test_our_own_canonical_form_is_theirs(self):
        vectors = self.vectors["canonicalization_vectors.json"]
        for v in vectors["canonicalization_vectors"]:
            self.assertEqual(jcs.canonical(v["input"]).decode(), v["canonical"], v["name"])

    def test_our_own_did_keys_are_theirs(self):
        for v in self.vectors["did_key_vectors.json"]["vectors"]:
            self.assertEqual("did:key:z" + base58(b"\xed\x01" + bytes.fromhex(v["public_key_hex"])), v["did"])

    def test_program_verifies_thirteen_with_their_key(self):
        total = 0
        for name, pem, group in self.groups():
            keys = self.file(f"{name}.pem", pem)
            for kind, path in {
                "jsonl": self.file(f"{name}.jsonl", receipts.jsonl(group)),
                "documents": self.folder(receipts.documents(group), name),
                "sqlite": receipts.sqlite(group, self.dir / f"{name}.db"),
            }.items():
                with self.subTest(f"{name} {kind}"):
                    got = self.imported(path, keys=keys)
                    self.assert_records(got, verified=len(group))
                    self.assert_contradicting(got)
                    bare = self.imported(path)
                    self.assert_records(bare, unproven=len(group))
                    self.assert_contradicting(bare)
            total += len(group)
        self.assertEqual(total, 13)

    def test_program_does_not_take_a_vector_file_for_receipts_proven(self):
        # Without its key nothing of the archive is proven, whatever in it is taken for a receipt.
        got = self.imported(self.archive("agent-receipts.tar.gz"))
        self.assertEqual(got.records["verified"] + got.records["intact"], 0, str(got))
