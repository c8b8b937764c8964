"""Agent receipts 0.2 to 0.5: sound chains in every container, and every tamper by its rule in design/formats.md."""

import copy
import json

from .case import OutsideTest, at, place
from .make import clock, receipts
from .make.bundle import spans
from .make.keys import Key, b64
from .make.receipts import Chain, jsonl, sign

FILE = "receipts.jsonl"
# Always there and changing no verdict: the proof block lies outside the signature.
SIDE = ("field-uncovered",)


class ReceiptTest(OutsideTest):
    def got(self, chain, items=None, key="chain", name=FILE):
        """Imports one JSONL file; `key` is the chain's key by default, None for no key file."""
        self.data = jsonl(chain.receipts if items is None else items)
        lines = [] if key is None else [self.keys((chain.key if key == "chain" else key).raw)]
        return self.imported(self.file(name, self.data), keys=lines)

    def line(self, index):
        return at(spans(self.data)[index])

    def assert_chain(self, got, chain, verdict, **axes):
        streams = [s for s in got.doc["streams"] if chain.id in s["id"]]
        self.assertEqual(len(streams), 1, f"one stream for the chain {chain.id}\n{got}")
        self.assertEqual((streams[0]["format"], streams[0]["verdict"]), ("agent-receipts", verdict), str(got))
        for axis, answer in axes.items():
            self.assertEqual(streams[0]["axes"][axis], answer, f"{axis}\n{got}")


class Sound(ReceiptTest):
    def test_every_version_with_a_trusted_key(self):
        for version in ("0.2.0", "0.2.1", "0.3.0", "0.4.0", "0.5.0"):
            with self.subTest(version):
                chain = Chain(self.chance, version=version)
                got = self.got(chain)
                self.assert_case(got, "verified")
                self.assert_records(got, verified=12)
                self.assert_codes(got, beside=SIDE)
                self.assert_chain(
                    got, chain, "verified", form="ok", integrity="ok", author="trusted", completeness="closed"
                )

    def test_the_proof_block_is_named_as_uncovered(self):
        got = self.got(Chain(self.chance))
        self.assert_found(got, place("field-uncovered"))
        self.assertTrue(any("proof" in f["message"] for f in got.findings if f["code"] == "field-uncovered"), str(got))

    def test_json_files_jsonl_array_and_database(self):
        chain = Chain(self.chance)
        keys = self.keys(chain.key.pem)
        kinds = {
            "documents": self.folder(receipts.documents(chain.receipts), "documents"),
            "jsonl": self.file(FILE, jsonl(chain.receipts)),
            "sqlite": receipts.sqlite(chain.receipts, self.dir / "receipts.db"),
        }
        for name, path in kinds.items():
            with self.subTest(name):
                got = self.imported(path, keys=keys)
                self.assert_case(got, "verified")
                self.assert_records(got, verified=12)
                self.assert_chain(got, chain, "verified", completeness="closed")
                size = sum(p.stat().st_size for p in (path.rglob("*") if path.is_dir() else [path]) if p.is_file())
                self.assertEqual(got.doc["ledger"]["bytes_in"], size, str(got))

    def test_key_in_every_written_form(self):
        chain = Chain(self.chance)
        for name, text in {
            "raw": chain.key.raw,
            "pem": chain.key.pem,
            "openssh": chain.key.openssh,
            "vkey": chain.key.vkey("agent.example.com"),
            "raw with name": chain.key.raw + " name=agent",
        }.items():
            with self.subTest(name):
                path = self.file(FILE, jsonl(chain.receipts))
                got = self.imported(path, keys=self.file(f"key {name}", text.rstrip("\n") + "\n"))
                self.assert_records(got, verified=12)

    def test_without_a_key_it_is_unproven(self):
        chain = Chain(self.chance)
        got = self.got(chain, key=None)
        self.assert_case(got, "unproven")
        self.assert_records(got, unproven=12)
        self.assert_codes(got, "key-unknown", beside=SIDE)
        self.assert_chain(got, chain, "unproven", author="unchecked")

    def test_did_key_issuer_without_a_key_is_intact(self):
        key = Key(self.chance)
        chain = Chain(self.chance, key=key, issuer=key.did)
        got = self.got(chain, key=None)
        self.assert_case(got, "intact")
        self.assert_records(got, intact=12)
        self.assert_codes(got, "key-untrusted", beside=SIDE)
        self.assert_chain(got, chain, "intact", author="unknown")

    def test_did_key_issuer_with_the_key_trusted_is_verified(self):
        key = Key(self.chance)
        chain = Chain(self.chance, key=key, issuer=key.did)
        got = self.got(chain)
        self.assert_records(got, verified=12)

    def test_wrong_key_refutes_nothing(self):
        chain = Chain(self.chance)
        got = self.got(chain, key=Key(self.chance))
        self.assert_case(got, "unproven")
        self.assert_records(got, unproven=12)
        self.assert_codes(got, "key-unknown", beside=SIDE)

    def test_forgers_did_key_beside_a_trusted_key_is_intact(self):
        forger = Key(self.chance)
        got = self.got(Chain(self.chance, key=forger, issuer=forger.did), key=Key(self.chance))
        self.assert_case(got, "intact")
        self.assert_records(got, intact=12)

    def test_two_chains_in_one_file(self):
        a, b = Chain(self.chance), Chain(self.chance, count=5)
        mixed = [r for pair in zip(a.receipts[:5], b.receipts) for r in pair] + a.receipts[5:]
        got = self.imported(self.file(FILE, jsonl(mixed)), keys=self.keys(a.key.raw, b.key.raw))
        self.assert_contradicting(got)
        self.assert_records(got, verified=17)

    def test_open_chain_has_an_unknown_end(self):
        chain = Chain(self.chance, terminal=False)
        got = self.got(chain)
        self.assert_case(got, "verified")
        self.assert_codes(got, "end-unknown", beside=SIDE)
        self.assert_chain(got, chain, "verified", completeness="open")

    def test_rotation_signed_by_the_old_key(self):
        second, third = Key(self.chance), Key(self.chance)
        got = self.got(Chain(self.chance, rotate={4: second, 9: third}))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=12)

    def test_rotation_under_a_did_key_is_intact(self):
        key = Key(self.chance)
        got = self.got(Chain(self.chance, key=key, issuer=key.did, rotate={4: Key(self.chance)}), key=None)
        self.assert_contradicting(got)
        self.assert_records(got, intact=12)

    def test_optional_members_that_are_null_are_left_out(self):
        def change(sequence, receipt):
            receipt["credentialSubject"]["outcome"]["error"] = None
            receipt["credentialSubject"]["action"]["trusted_timestamp"] = None

        got = self.got(Chain(self.chance, change=change))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=12)

    def test_member_order_spaces_escapes_and_number_forms_are_the_writers(self):
        def change(sequence, receipt):
            receipt["credentialSubject"]["action"]["cost"] = [1e21, 1e-7, 0.1, 100.0, -0.0, 1e20, 333333333.3333333]
            receipt["credentialSubject"]["action"]["words"] = {"\ue000": 1, "🎉": 2, "\u007f": "\u0001\t</é\u2028"}

        chain = Chain(self.chance, change=change)
        texts = []
        for i, r in enumerate(chain.receipts):
            r = dict(reversed(r.items())) if i % 2 else r
            texts.append(
                json.dumps(r, ensure_ascii=bool(i % 3), separators=((" , ", " : ") if i % 2 else (",", ":"))).encode()
            )
        got = self.got(chain, texts)
        self.assert_case(got, "verified")
        self.assert_records(got, verified=12)

    def test_database_columns_are_never_believed(self):
        chain = Chain(self.chance)
        path = receipts.sqlite(chain.receipts, self.dir / "receipts.db", lying_columns=True)
        got = self.imported(path, keys=self.keys(chain.key.raw))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=12)
        self.assert_chain(got, chain, "verified", completeness="closed")

    def test_delegation_names_its_parent(self):
        parent = Chain(self.chance)

        def change(sequence, receipt):
            receipt["credentialSubject"]["delegation"] = {
                "parent_chain_id": parent.id,
                "parent_receipt_id": parent.receipts[3]["id"],
                "delegator": {"id": parent.issuer},
            }

        child = Chain(self.chance, count=5, change=change)
        got = self.imported(
            self.file(FILE, jsonl(parent.receipts + child.receipts)), keys=self.keys(parent.key.raw, child.key.raw)
        )
        self.assert_contradicting(got)
        self.assert_records(got, verified=17)


class Tampered(ReceiptTest):
    def edited(self, receipt, **outcome):
        receipt = copy.deepcopy(receipt)
        receipt["credentialSubject"]["outcome"] |= outcome or {"status": "failure"}
        return receipt

    def test_receipt_edited(self):
        for index in (0, 5, 11):
            with self.subTest(index=index):
                chain = Chain(self.chance)
                items = list(chain.receipts)
                items[index] = self.edited(items[index])
                got = self.got(chain, items)
                # Its own signature fails and its successor's link differs: one cause, under either name.
                self.assertEqual(len(got.contradicting), 1, str(got))
                f = got.contradicting[0]
                self.assertIn(f["code"], {"signature-invalid", "record-altered"}, str(got))
                self.assertEqual(
                    (f["source"], f["seq"], f["offset"], f["length"]),
                    (FILE, index + 1, *self.line(index).values()),
                    str(got),
                )
                self.assert_records(got, verified=11, contradicted=1)
                self.assert_chain(got, chain, "contradicted", integrity="broken")

    def test_receipt_edited_without_a_key(self):
        chain = Chain(self.chance)
        items = list(chain.receipts)
        items[5] = self.edited(items[5])
        got = self.got(chain, items, key=None)
        # A successor's link does not replace a signature: nobody vouches for the link either. Whether the link
        # that differs is called altered or the chain only unproven, nothing may be called proven.
        self.assertEqual(got.records["verified"] + got.records["intact"], 0, str(got))
        self.assertLessEqual(got.records["contradicted"], 1, str(got))
        self.assertTrue(got.codes() & {"record-altered", "key-unknown"}, str(got))

    def test_did_key_receipt_edited(self):
        key = Key(self.chance)
        chain = Chain(self.chance, key=key, issuer=key.did)
        items = list(chain.receipts)
        items[5] = self.edited(items[5])
        got = self.got(chain, items, key=None)
        self.assertEqual([f["seq"] for f in got.contradicting], [6], str(got))
        self.assert_records(got, intact=11, contradicted=1)

    def test_signature_replaced(self):
        chain = Chain(self.chance)
        items = copy.deepcopy(chain.receipts)
        items[5]["proof"]["proofValue"] = items[6]["proof"]["proofValue"]
        got = self.got(chain, items)
        self.assert_contradicting(got, place("signature-invalid", source=FILE, seq=6, **self.line(5)))
        self.assert_records(got, verified=11, contradicted=1)

    def test_receipt_by_a_stranger_put_in(self):
        chain, stranger = Chain(self.chance), Key(self.chance)
        items = list(chain.receipts)
        items[5] = chain.again(6, lambda r: r["credentialSubject"]["outcome"].update(status="failure"), stranger)
        got = self.got(chain, items)
        # A receipt that fails under the chain's key is refuted, whoever signed it.
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"signature-invalid", "record-altered"}, str(got))
        self.assert_records(got, verified=11, contradicted=1)

    def test_signature_with_s_beyond_the_order(self):
        chain = Chain(self.chance, how=lambda n, key: key.sign_with_high_s if n == 6 else key.sign)
        got = self.got(chain)
        self.assert_contradicting(got, place("signature-invalid", seq=6, **self.line(5)))
        self.assert_records(got, verified=11, contradicted=1)

    def test_signature_that_only_a_lenient_verifier_passes(self):
        chain = Chain(self.chance, how=lambda n, key: key.sign_with_identity_r if n == 6 else key.sign)
        got = self.got(chain)
        self.assert_contradicting(got)
        self.assert_found(got, place("signature-weak", seq=6, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)

    def test_all_signatures_weak_in_a_long_run(self):
        # A batch that passes what single verification refuses is a bug.
        chain = Chain(self.chance, count=300, how=lambda n, key: key.sign_with_identity_r if n % 97 == 0 else key.sign)
        got = self.got(chain)
        self.assert_contradicting(got)
        self.assert_records(got, verified=297, unproven=3)

    def test_receipt_deleted(self):
        chain = Chain(self.chance)
        items = list(chain.receipts)
        del items[5]
        got = self.got(chain, items)
        self.assert_contradicting(got, place("record-missing", first_seq=6, last_seq=6, count=1))
        self.assert_records(got, verified=11)
        self.assert_chain(got, chain, "contradicted", completeness="gap")

    def test_run_of_receipts_deleted(self):
        chain = Chain(self.chance)
        got = self.got(chain, chain.receipts[:4] + chain.receipts[8:])
        self.assert_contradicting(got, place("record-missing", first_seq=5, last_seq=8, count=4))
        self.assert_records(got, verified=8)

    def test_beginning_cut(self):
        chain = Chain(self.chance)
        got = self.got(chain, chain.receipts[3:])
        self.assert_contradicting(got, place("record-missing", first_seq=1, last_seq=3, count=3))
        self.assert_records(got, verified=9)

    def test_end_cut_cannot_be_seen_and_is_said(self):
        chain = Chain(self.chance, count=19)
        got = self.got(chain, chain.receipts[:12])
        self.assert_case(got, "verified")
        self.assert_codes(got, "end-unknown", beside=SIDE)
        self.assert_chain(got, chain, "verified", completeness="open")

    def test_receipts_swapped(self):
        chain = Chain(self.chance)
        items = list(chain.receipts)
        items[4], items[5] = items[5], items[4]
        got = self.got(chain, items)
        # A receipt names its own place. That the lines of one file stand in another order is reordering by the
        # table; a reader that holds a file of receipts for an unordered heap says nothing. Never anything else.
        self.assertLessEqual({f["code"] for f in got.contradicting}, {"record-reordered"}, str(got))
        self.assert_records(got, verified=12)

    def test_receipt_repeated(self):
        chain = Chain(self.chance)
        items = chain.receipts[:9] + [chain.receipts[5]] + chain.receipts[9:]
        got = self.got(chain, items)
        self.assert_contradicting(got, place("record-repeated", source=FILE, seq=6, **self.line(9)))
        self.assert_records(got, verified=12, contradicted=1)

    def test_two_receipts_for_one_place(self):
        chain = Chain(self.chance)
        other = chain.again(12, lambda r: r["credentialSubject"]["outcome"].update(status="failure"))
        got = self.got(chain, chain.receipts + [other])
        self.assert_found(got, place("stream-forked", seq=12))
        self.assertEqual({f["code"] for f in got.contradicting}, {"stream-forked"}, str(got))
        self.assert_records(got, verified=11, contradicted=2)
        self.assert_chain(got, chain, "contradicted", completeness="forked")

    def test_two_versions_across_imports(self):
        chain = Chain(self.chance)
        other = Chain(self.chance, key=chain.key, issuer=chain.issuer, chain_id=chain.id, base=(chain, 7))
        keys = self.keys(chain.key.raw)
        first = self.imported(self.file("a.jsonl", jsonl(chain.receipts)), keys=keys)
        self.assert_case(first, "verified")
        got = self.imported(self.file("b.jsonl", jsonl(other.receipts)), keys=keys, case=self.case)
        self.assertEqual({f["code"] for f in got.contradicting}, {"stream-forked"}, str(got))
        self.assertEqual({f["seq"] for f in got.contradicting}, {8}, str(got))
        self.assert_records(got, verified=14, contradicted=10)

    def test_same_chain_in_two_files_is_no_fork(self):
        chain = Chain(self.chance)
        got = self.imported(
            self.file("a.jsonl", jsonl(chain.receipts)),
            self.file("b.jsonl", jsonl(chain.receipts[:7])),
            keys=self.keys(chain.key.raw),
        )
        self.assert_contradicting(got)
        self.assertGreaterEqual(got.records["total"], 12, str(got))
        self.assertEqual(got.records["verified"], got.records["total"], str(got))

    def test_strangers_receipt_for_a_taken_place_is_no_fork(self):
        chain = Chain(self.chance)
        forged = chain.again(6, lambda r: r["credentialSubject"]["outcome"].update(status="failure"), Key(self.chance))
        got = self.got(chain, chain.receipts + [forged])
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"signature-invalid", "record-inserted"}, str(got))
        self.assert_records(got, verified=12, contradicted=1)

    def test_receipt_after_the_terminal_one(self):
        def change(sequence, receipt):
            if sequence == 10:
                receipt["credentialSubject"]["chain"]["terminal"] = True

        chain = Chain(self.chance, terminal=False, change=change)
        got = self.got(chain)
        self.assertEqual({f["code"] for f in got.contradicting}, {"record-after-end"}, str(got))
        self.assert_found(got, place("record-after-end", seq=11, **self.line(10)))
        self.assert_records(got, verified=12)
        self.assert_chain(got, chain, "contradicted")

    def test_chain_that_begins_anew(self):
        chain = Chain(self.chance, terminal=False)
        again = Chain(
            self.chance,
            count=3,
            key=chain.key,
            issuer=chain.issuer,
            chain_id=chain.id,
            terminal=False,
            start=chain.times[-1],
        )
        got = self.got(chain, chain.receipts + again.receipts)
        # A restart, or three places taken twice: the table has both, the stream is contradicted either way.
        self.assertTrue({f["code"] for f in got.contradicting} <= {"chain-restarted", "stream-forked"}, str(got))
        self.assert_chain(got, chain, "contradicted")

    def test_signer_links_to_another_predecessor(self):
        def change(sequence, receipt):
            if sequence == 6:
                receipt["credentialSubject"]["chain"]["previous_receipt_hash"] = "sha256:" + "0" * 64

        chain = Chain(self.chance, change=change)
        got = self.got(chain)
        # Every signature holds and the chain does not: contradicted, whatever it is called.
        self.assert_case(got, "contradicted")
        self.assertEqual(len(got.contradicting), 1, f"one cause, one finding\n{got}")

    def test_signer_changes_the_issuer_within_a_chain(self):
        def change(sequence, receipt):
            if sequence == 6:
                receipt["issuer"] = receipt["issuer"] | {"id": "did:agent:somebody-else"}

        got = self.got(Chain(self.chance, change=change))
        self.assertTrue(got.codes() - {"field-uncovered", "end-unknown"}, f"one chain has one issuer\n{got}")
        self.assertLess(got.records["verified"] - (got.verdict == "contradicted"), 12, str(got))

    def test_signer_skips_a_sequence(self):
        def change(sequence, receipt):
            if sequence >= 6:
                receipt["credentialSubject"]["chain"]["sequence"] = sequence + 1

        got = self.got(Chain(self.chance, change=change))
        # `sequence` rises by exactly one: a gap, though the links hold.
        self.assert_case(got, "contradicted")

    def test_clock_runs_backwards(self):
        def change(sequence, receipt):
            if sequence == 6:
                receipt["issuanceDate"] = clock.seconds(clock.START)
                receipt["credentialSubject"]["action"]["timestamp"] = clock.seconds(clock.START)

        got = self.got(Chain(self.chance, change=change))
        self.assert_case(got, "verified")
        self.assert_codes(got, "clock-backwards", beside=SIDE)
        self.assert_found(got, place("clock-backwards", seq=6))

    # Proofs

    def changed_proof(self, change):
        chain = Chain(self.chance)
        items = copy.deepcopy(chain.receipts)
        change(items[5])
        return self.got(chain, items)

    def test_no_proof(self):
        got = self.changed_proof(lambda r: r.pop("proof"))
        self.assert_contradicting(got)
        self.assert_found(got, place("signature-missing", source=FILE, seq=6, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)
        self.assert_case(got, "unproven")

    def test_empty_proof(self):
        got = self.changed_proof(lambda r: r.update(proof={}))
        self.assert_contradicting(got)
        self.assertTrue(got.codes() & {"signature-missing", "record-malformed", "algorithm-refused"}, str(got))
        self.assert_records(got, verified=11, unproven=1)

    def test_no_receipt_has_a_proof(self):
        chain = Chain(self.chance)
        got = self.got(chain, [{k: v for k, v in r.items() if k != "proof"} for r in chain.receipts])
        self.assert_contradicting(got)
        self.assert_records(got, unproven=12)
        self.assertIn("signature-missing", got.codes(), str(got))

    def test_proof_of_an_unknown_type_is_not_skipped(self):
        got = self.changed_proof(lambda r: r["proof"].update(type="NoneSignature2020"))
        self.assert_contradicting(got)
        self.assert_found(got, place("algorithm-refused", source=FILE, seq=6, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)

    def test_version_that_is_not_known(self):
        def change(sequence, receipt):
            if sequence == 6:
                receipt["version"] = "9.9.0"

        got = self.got(Chain(self.chance, change=change))
        self.assert_contradicting(got)
        self.assert_found(got, place("algorithm-refused", seq=6))
        self.assert_records(got, verified=11, unproven=1)

    def test_proof_value_that_is_no_signature(self):
        for name, value in {
            "empty": "",
            "no prefix": "A" * 86,
            "other base": "z" + "A" * 86,
            "short": "uAAAA",
            "padded": "u" + b64(bytes(64)),
            "number": 5,
            "null": None,
        }.items():
            with self.subTest(name):
                got = self.changed_proof(lambda r: r["proof"].update(proofValue=value))
                # Not of the shape the format wants: malformed, or a signature that does not verify, or none.
                self.assertEqual(got.records["verified"], 11, str(got))
                self.assertEqual(got.records["intact"], 0, str(got))
                self.assertTrue(
                    got.codes() & {"record-malformed", "signature-invalid", "signature-missing", "algorithm-refused"},
                    str(got),
                )

    # Rotations

    def test_rotation_signed_by_the_new_key(self):
        new = Key(self.chance)
        chain = Chain(self.chance, rotate={5: new}, how=lambda n, key: new.sign if n == 5 else key.sign)
        got = self.got(chain)
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"endorsement-invalid", "signature-invalid"}, str(got))
        self.assertEqual(got.contradicting[0]["seq"], 5, str(got))
        # The rotation is refuted, and what only the new key signed is unproven.
        self.assert_records(got, verified=4, contradicted=1, unproven=7)

    def test_rotation_to_a_forgers_key_after_the_truth(self):
        chain, forger = Chain(self.chance, count=6, terminal=False), Key(self.chance)
        forged = Chain(
            self.chance, key=forger, issuer=chain.issuer, chain_id=chain.id, base=(chain, 6), rotate={7: forger}
        )
        got = self.got(chain, forged.receipts)
        self.assertEqual([f["seq"] for f in got.contradicting], [7], str(got))
        self.assertEqual(got.records["verified"], 6, str(got))
        self.assertEqual(got.records["intact"], 0, str(got))

    def test_old_key_after_its_rotation(self):
        new = Key(self.chance)
        chain = Chain(self.chance, rotate={5: new})
        items = list(chain.receipts)
        items[8] = sign(items[8], chain.key)
        got = self.got(chain, items)
        self.assert_contradicting(got, place("signature-invalid", seq=9, **self.line(8)))
        self.assert_records(got, verified=11, contradicted=1)

    # Validity

    def test_expired_and_revoked_key(self):
        for option, code in (("until", "key-expired"), ("revoked", "key-revoked")):
            with self.subTest(option):
                chain = Chain(self.chance)
                path = self.file(FILE, jsonl(chain.receipts))
                moment = clock.seconds(chain.times[7] + 30 * clock.SECOND)
                got = self.imported(path, keys=self.keys(f"{chain.key.raw} {option}={moment}"))
                self.assert_contradicting(got)
                self.assert_records(got, verified=8, unproven=4)
                self.assert_codes(got, code, beside=SIDE)

    # Documents that two readers may read differently

    def raw(self, rewrite, change=None):
        chain = Chain(self.chance, change=change)
        items = [receipts.line(r) for r in chain.receipts]
        items[5] = rewrite(items[5])
        return self.got(chain, items)

    def test_duplicate_member(self):
        got = self.raw(lambda t: t[:-1] + b',"version":"0.5.0"}')
        # Both readings agree here, and still there is no canonical form of it.
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=FILE, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)

    def test_duplicate_member_that_hides_another_value(self):
        got = self.raw(
            lambda t: t.replace(b'"outcome":{"status":"success"', b'"outcome":{"status":"denied","status":"success"')
        )
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=FILE, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)

    def test_integer_beyond_2_to_53(self):
        def change(sequence, receipt):
            if sequence == 6:
                receipt["credentialSubject"]["action"]["n"] = 9007199254740992

        # The signed canonical form holds …992; the text says …993, which common canonicalisers round to it.
        got = self.raw(lambda t: t.replace(b"9007199254740992", b"9007199254740993"), change)
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=FILE, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)

    def test_lone_surrogate(self):
        got = self.raw(lambda t: t[:-1] + b',"s":"\\udc00"}')
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=FILE, **self.line(5)))
        self.assert_records(got, verified=11, unproven=1)

    def test_link_left_out_at_the_beginning(self):
        def change(sequence, receipt):
            if sequence == 1:
                del receipt["credentialSubject"]["chain"]["previous_receipt_hash"]

        got = self.got(Chain(self.chance, change=change))
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", seq={1, None}, **self.line(0)))
        self.assert_records(got, verified=11, unproven=1)

    def test_sequence_as_text(self):
        def change(sequence, receipt):
            if sequence == 12:
                receipt["credentialSubject"]["chain"]["sequence"] = "12"

        got = self.got(Chain(self.chance, change=change))
        self.assert_contradicting(got)
        self.assert_records(got, verified=11, unproven=1)
        self.assertIn("record-malformed", got.codes(), str(got))

    def test_line_that_is_no_receipt(self):
        chain = Chain(self.chance)
        items = [receipts.line(r) for r in chain.receipts]
        items.insert(6, b"half a line {")
        got = self.got(chain, items)
        # A line among receipts has no place of its own: a malformed record, or rejected bytes with a finding.
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=FILE, **self.line(6)))
        self.assertEqual(got.records["verified"], 12, str(got))
        self.assertIn(got.records["total"], {12, 13}, str(got))
