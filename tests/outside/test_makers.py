"""The makers of evidence themselves: published values, and a second reading of what they make. No program is run."""

import base64
import hashlib
import json
import struct
import unittest
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from . import shape
from .check.bundle import problems
from .make import bundle, cloudtrail, jcs, keys, merkle, receipts
from .make.chance import Chance


class Makers(unittest.TestCase):
    def setUp(self):
        self.chance = Chance(*self.id().split(".")[-2:])

    def check(self, made: bundle.Bundle, files=None) -> list[str]:
        return problems(files or made.sealed(), made.key_lines(), [made.collector.public])

    def meaning(self, manifest: bytes):
        try:
            doc = json.loads(manifest)
            return (
                doc["payloadType"],
                base64.b64decode(doc["payload"]),
                [base64.b64decode(s["sig"]) for s in doc["signatures"]],
            )
        except Exception:
            return None

    def test_merkle_roots_are_those_of_certificate_transparency(self):
        # RFC 6962's reference implementation, merkle_tree_test: inputs and the roots over the first n of them.
        inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        leaves = [merkle.leaf_hash(bytes.fromhex(i)) for i in inputs]
        roots = {
            0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        }
        for n, expected in roots.items():
            self.assertEqual(merkle.root(leaves[:n]).hex(), expected, n)

    def test_sound_bundles_are_sound(self):
        for count in (1, 2, 3, 5, 7, 60, 61, 300):
            for options in ({}, {"tiles": True}, {"rotate": {count // 2: keys.Key(self.chance)}} if count > 4 else {}):
                made = bundle.small(self.chance, count=count, sizes=(1, 2, 20, 40, count), **options)
                self.assertEqual(self.check(made), [], (count, options))

    def test_the_checker_sees_every_byte(self):
        made = bundle.small(self.chance, count=9, sizes=(4, 9), tiles=True)
        files = made.sealed()
        for name, data in files.items():
            for i in self.chance.sample(range(len(data)), 20):
                changed = files | {name: data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :]}
                if name == bundle.MANIFEST and self.meaning(changed[name]) == self.meaning(data):
                    continue  # the envelope's spaces and its keyid are not sealed
                self.assertNotEqual(self.check(made, changed), [], (name, i, data[i : i + 1]))

    def test_the_checker_sees_what_is_missing_or_added(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        for name in files:
            self.assertNotEqual(self.check(made, {k: v for k, v in files.items() if k != name}), [], name)
        self.assertNotEqual(self.check(made, files | {"attachments/new": b""}), [])

    def test_a_weak_signature_passes_a_lenient_verifier(self):
        key = keys.Key(self.chance)
        weak = key.sign_with_identity_r(b"message")
        Ed25519PublicKey.from_public_bytes(key.public).verify(weak, b"message")  # OpenSSL is lenient here
        with self.assertRaises(Exception):
            Ed25519PublicKey.from_public_bytes(key.public).verify(key.sign_with_high_s(b"message"), b"message")

    def test_vkey_is_as_in_c2sp(self):
        # signed-note.md: the example key of the Go checksum database, sum.golang.org.
        name, key_hash, data = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".split("+", 2)
        raw = base64.b64decode(data)
        self.assertEqual(keys.vkey_of(name, raw[1:]), f"{name}+{key_hash}+{data}")

    def test_numbers_are_those_of_rfc_8785(self):
        # RFC 8785 appendix B.
        for bits, text in {
            0x0000000000000000: "0",
            0x8000000000000000: "0",
            0x0000000000000001: "5e-324",
            0x7FEFFFFFFFFFFFFF: "1.7976931348623157e+308",
            0x4340000000000000: "9007199254740992",
            0x4430000000000000: "295147905179352830000",
            0x44B52D02C7E14AF5: "9.999999999999997e+22",
            0x444B1AE4D6E2EF4F: "999999999999999900000",
            0x444B1AE4D6E2EF50: "1e+21",
            0x3EB0C6F7A0B5ED8C: "9.999999999999997e-7",
            0x3EB0C6F7A0B5ED8D: "0.000001",
            0x41B3DE4355555553: "333333333.3333332",
            0xBECBF647612F3696: "-0.0000033333333333333333",
        }.items():
            self.assertEqual(jcs.number(struct.unpack(">d", bits.to_bytes(8, "big"))[0]), text)

    def test_receipt_chains_link_and_verify(self):
        chain = receipts.Chain(self.chance, rotate={5: keys.Key(self.chance)})
        before = None
        for r in chain.receipts:
            link = r["credentialSubject"]["chain"]["previous_receipt_hash"]
            self.assertEqual(link, before and receipts.digest(before))
            before = r

    def test_digests_verify_and_chain(self):
        rsa = keys.Rsa(self.chance)
        trail = cloudtrail.Trail(self.chance, rsa)
        for before, digest in zip([None, *trail.digests], trail.digests):
            self.assertTrue(rsa.verifies(digest.signature, cloudtrail.string_to_sign(digest.members, digest.inflated)))
            self.assertEqual(
                json.loads(digest.inflated)["previousDigestHashValue"],
                before and hashlib.sha256(before.inflated).hexdigest(),
            )
        for log in [log for hour in trail.logs for log in hour]:
            self.assertEqual([log.inflated[o : o + n] for o, n in log.spans], log.texts)
            self.assertEqual(json.loads(log.inflated)["Records"], log.events)

    def test_every_finding_code_is_asked_for(self):
        tests = "".join(p.read_text() for p in Path(__file__).parent.glob("test_*.py"))
        self.assertEqual([code for code in shape.CODES if f'"{code}"' not in tests], [])
