"""Checkpoints, tiles, rotations and manifests, each with one thing wrong."""

import base64
import json

from .case import OutsideTest, at, place
from .make import bundle, clock
from .make.bundle import MANIFEST, join, spans
from .make.keys import IDENTITY, Key, note_id, b64

AGENTS = "example.com/agents-prod"
PATH = "streams/agents-prod.jsonl"
NEWEST = "checkpoints/agents-prod/000000000060"
MIDDLE = "checkpoints/agents-prod/000000000040"


class Checkpoints(OutsideTest):
    def resealed(self, made, files=None):
        return self.imported(self.folder(files or made.sealed()), keys=self.keys(*made.key_lines()))

    def replaced(self, note: bytes, path=NEWEST, **options):
        made = bundle.small(self.chance, **options)
        made.files[path] = note(made.stream) if callable(note) else note
        return self.resealed(made)

    def assert_newest_void(self, got, code, contradicting=True):
        """The newest checkpoint proves nothing: 40 records are proven by the one before it."""
        codes = {code} if isinstance(code, str) else code
        self.assert_records(got, verified=40, unproven=20)
        if contradicting:
            self.assertEqual(len(got.contradicting), 1, f"one cause, one finding\n{got}")
            self.assertIn(got.contradicting[0]["code"], codes, str(got))
            self.assertEqual(got.contradicting[0].get("source"), NEWEST, str(got))
            if codes != {"stream-crossed"}:  # another stream's seal may be thought no seal of this one
                self.assert_stream(got, AGENTS, "contradicted")
        else:
            self.assert_contradicting(got)
            self.assertTrue([f for f in got.findings if f["code"] in codes], str(got))
            self.assert_stream(got, AGENTS, "unproven")

    def test_bad_signature_voids_the_checkpoint(self):
        got = self.replaced(lambda s: s.checkpoint(60, sign=lambda text: s.key.sign(text + b"!")))
        self.assert_newest_void(got, "signature-invalid")

    def test_bad_signature_on_an_older_checkpoint_leaves_the_records_proven(self):
        got = self.replaced(lambda s: s.checkpoint(40, sign=lambda text: s.key.sign(text + b"!")), MIDDLE)
        self.assert_contradicting(got, place("signature-invalid", source=MIDDLE))
        self.assert_records(got, verified=60)
        self.assert_stream(got, AGENTS, "contradicted")

    def test_signature_with_s_beyond_the_order(self):
        got = self.replaced(lambda s: s.checkpoint(60, sign=s.key.sign_with_high_s))
        self.assert_newest_void(got, "signature-invalid")

    def test_signature_that_only_a_lenient_verifier_passes(self):
        got = self.replaced(lambda s: s.checkpoint(60, sign=s.key.sign_with_identity_r))
        self.assert_newest_void(got, "signature-weak", contradicting=False)

    def test_small_order_key_in_the_evidence_proves_nothing(self):
        def change(seq, record):
            if seq == 0:
                from .make.keys import vkey_of

                record["signer"] = vkey_of(AGENTS, IDENTITY)

        made = bundle.small(self.chance, change=change, signer=False, sizes=(60,))
        text = bundle.note_text(AGENTS, 60, bundle.merkle.root(made.stream.leaves(60)))
        # With A and R the identity and S = 0 the lenient equation holds for every message.
        line = f"— {AGENTS} {b64(note_id(AGENTS, IDENTITY) + IDENTITY + bytes(32))}\n"
        made.files[NEWEST] = (text + "\n" + line).encode()
        got = self.imported(self.folder(made.sealed()), keys=self.keys(made.key_lines()[1]))
        self.assert_records(got, unproven=60)
        self.assertTrue(got.codes() & {"signature-weak", "key-unknown"}, str(got))

    def test_note_without_signatures(self):
        got = self.replaced(lambda s: s.checkpoint(60).split("— ".encode())[0])
        # A note without a signature line is no note (signed-note): malformed, or the signature is missing.
        self.assertEqual(got.records["verified"], 40, str(got))
        self.assertTrue(got.codes() & {"signature-missing", "seal-invalid"}, str(got))

    def test_note_signed_by_a_witness_alone(self):
        def note(s):
            text = bundle.note_text(AGENTS, 60, bundle.merkle.root(s.leaves(60)))
            witness = Key(self.chance)
            return (text + "\n" + witness.note_line("witness.example.com", witness.sign(text.encode()), 4)).encode()

        got = self.replaced(note)
        self.assert_newest_void(got, {"signature-missing", "key-unknown"}, contradicting=False)

    def test_known_and_unknown_signatures_with_a_bad_known_one(self):
        def note(s):
            text = bundle.note_text(AGENTS, 60, bundle.merkle.root(s.leaves(60)))
            other = Key(self.chance)
            return s.checkpoint(
                60,
                sign=lambda t: s.key.sign(b"x" + t),
                extra=other.note_line("other.example.com", other.sign(text.encode())),
            )

        self.assert_newest_void(self.replaced(note), "signature-invalid")

    def test_file_name_size_differs(self):
        made = bundle.small(self.chance, sizes=(20, 40))
        made.files[NEWEST] = made.stream.checkpoint(59)
        self.assert_newest_void(self.resealed(made), "seal-invalid")

    def test_text_that_is_no_checkpoint(self):
        for name, note in {
            "empty": b"",
            "words": b"not a note\n",
            "bytes": b"\xff\x00\xfe",
            "no blank line": f"{AGENTS}\n60\nAAAA\n".encode(),
        }.items():
            with self.subTest(name):
                made = bundle.small(self.chance)
                made.files[NEWEST] = note
                got = self.imported(self.folder(made.sealed(), name), keys=self.keys(*made.key_lines()))
                self.assert_newest_void(got, "seal-invalid")

    def test_signed_size_with_leading_nought(self):
        def note(s):
            text = bundle.note_text(AGENTS, "060", bundle.merkle.root(s.leaves(60)))
            return (text + "\n" + s.key.note_line(AGENTS, s.key.sign(text.encode()))).encode()

        # tlog-checkpoint: ASCII decimal without leading zeroes.
        self.assert_newest_void(self.replaced(note), "seal-invalid")

    def test_root_that_does_not_fit_validly_signed(self):
        got = self.replaced(lambda s: s.checkpoint(60, root=self.chance.randbytes(32)), sizes=(60,))
        self.assert_records(got, unproven=60)
        self.assert_contradicting(got, place("seal-invalid", source={NEWEST, PATH}))

    def test_two_checkpoints_that_are_not_consistent(self):
        made = bundle.small(self.chance)
        branch = bundle.Stream(self.chance, key=made.stream.key, base=(made.stream, 30))
        made.files[MIDDLE] = branch.checkpoint(40)
        got = self.resealed(made)
        self.assert_contradicting(got, place("stream-forked", stream=AGENTS))
        self.assert_stream(got, AGENTS, "contradicted", completeness="forked")
        # Under checkpoint 20, which fits 60, nothing is in doubt.
        self.assertGreaterEqual(got.records["verified"], 20, str(got))

    def test_checkpoint_beyond_the_stream(self):
        made = bundle.small(self.chance)
        longer = bundle.Stream(self.chance, count=70, key=made.stream.key, base=(made.stream, 59))
        made.files["checkpoints/agents-prod/000000000070"] = longer.checkpoint(70)
        # Its root covers a record 59 that is not this stream.close: whether this is named a cut tail or two
        # seals that do not agree depends on what the verifier can tell; both contradict the stream.
        got = self.resealed(made)
        self.assert_case(got, "contradicted")
        self.assertTrue({f["code"] for f in got.contradicting} & {"stream-truncated", "stream-forked"}, str(got))
        self.assertGreaterEqual(got.records["verified"], 40, str(got))

    def test_checkpoint_of_another_stream(self):
        made = bundle.small(self.chance)
        other = bundle.Stream(self.chance, id="example.com/vault-prod", key=made.stream.key)
        made.files[NEWEST] = other.checkpoint(60)
        self.assert_newest_void(self.resealed(made), "stream-crossed")

    def test_checkpoint_of_another_stream_beside_the_true_ones(self):
        made = bundle.small(self.chance)
        other = bundle.Stream(self.chance, id="example.com/vault-prod", key=made.stream.key)
        path = "checkpoints/agents-prod/000000000030"
        made.files[path] = other.checkpoint(30)
        got = self.resealed(made)
        self.assert_contradicting(got, place("stream-crossed", source=path))
        self.assert_records(got, verified=60)

    def test_no_checkpoint_at_all(self):
        got = self.resealed(bundle.small(self.chance, sizes=()))
        self.assert_records(got, unproven=60)
        self.assert_contradicting(got)
        self.assert_codes(got, "seal-missing", beside=("tail-unsealed", "end-unknown"))

    def test_checkpoints_removed_after_collection(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        for size in (20, 40, 60):
            del files[made.stream.checkpoint_path(size)]
        got = self.resealed(made, files)
        self.assert_records(got, unproven=60)
        self.assertEqual({f["code"] for f in got.contradicting} - {"seal-missing"}, {"file-missing"}, str(got))
        self.assert_stream_not("verified", got)

    def assert_stream_not(self, verdict, got):
        self.assertNotEqual(got.streams(AGENTS)[0]["verdict"], verdict, str(got))

    # Tiles

    def test_altered_tile_contradicts_itself_alone(self):
        made = bundle.small(self.chance, tiles=True)
        path = "tiles/agents-prod/tile/0/000.p/60"
        data = bytearray(made.files[path])
        data[32 * 27] ^= 1
        made.files[path] = bytes(data)
        got = self.resealed(made)
        # A tile that does not hash up to a signed root is no seal: the lines are proven without it.
        self.assert_records(got, verified=60)
        self.assertLessEqual({f["code"] for f in got.contradicting}, {"seal-invalid"}, str(got))

    def test_altered_tile_does_not_accuse_an_edited_line_s_neighbour(self):
        made = bundle.small(self.chance, tiles=True)
        path = "tiles/agents-prod/tile/0/000.p/60"
        data = bytearray(made.files[path])
        data[32 * 40] ^= 1
        made.files[path] = bytes(data)
        lines = list(made.stream.lines)
        lines[27] = bundle.compact(json.loads(lines[27]) | {"outcome": "denied"})
        made.files[PATH] = join(lines)
        got = self.resealed(made)
        self.assert_found(got, place("record-altered", seq=27, **at(spans(made.files[PATH])[27])))
        self.assert_records(got, verified=59, contradicted=1)

    def test_tile_of_ragged_length(self):
        made = bundle.small(self.chance, tiles=True)
        path = "tiles/agents-prod/tile/0/000.p/60"
        made.files[path] = made.files[path][:-7]
        got = self.resealed(made)
        self.assert_records(got, verified=60)
        self.assertLessEqual({f["code"] for f in got.contradicting}, {"seal-invalid"}, str(got))


class Rotations(OutsideTest):
    def test_rotation_that_the_old_key_did_not_endorse(self):
        new, stranger = Key(self.chance), Key(self.chance)
        made = bundle.small(self.chance, rotate={30: (new, stranger)})
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        line = spans(made.files[PATH])[30]
        self.assert_contradicting(got, place("endorsement-invalid", source=PATH, stream=AGENTS, seq=30, **at(line)))
        # 20 are sealed by the old key; the rotation is refuted; the rest only the new key seals.
        self.assert_records(got, verified=20, contradicted=1, unproven=39)

    def test_rotation_not_endorsed_to_a_key_that_is_trusted_anyway(self):
        new, stranger = Key(self.chance), Key(self.chance)
        made = bundle.small(self.chance, rotate={30: (new, stranger)})
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines(), new.vkey(AGENTS)))
        self.assert_contradicting(got, place("endorsement-invalid", seq=30))
        self.assert_records(got, verified=59, contradicted=1)

    def test_endorsement_of_another_place_does_not_count(self):
        # Taken from a rotation at 29: the text it signs names seq and prev.
        old, new = Key(self.chance), Key(self.chance)
        elsewhere = bundle.Stream(self.chance, key=old, rotate={29: new})
        taken = json.loads(elsewhere.lines[29])["endorsement"]

        def change(seq, record):
            if seq == 30:
                record["endorsement"] = taken

        made = bundle.small(self.chance, key=old, rotate={30: new}, change=change)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_contradicting(got, place("endorsement-invalid", seq=30))
        self.assert_records(got, verified=20, contradicted=1, unproven=39)

    def test_rotation_without_a_usable_next_key(self):
        def change(seq, record):
            if seq == 30:
                record["next"] = "nonsense"

        made = bundle.small(self.chance, rotate={30: Key(self.chance)}, change=change)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        # An ill-typed member, or an endorsement that fits nothing: both are honest; nobody seals the rest.
        self.assertEqual(got.records["verified"], 20, str(got))
        self.assertTrue(got.codes() & {"record-malformed", "endorsement-invalid"}, str(got))

    def test_old_key_signs_after_its_rotation(self):
        made = bundle.small(self.chance, rotate={30: Key(self.chance)})
        s = made.stream
        made.files[NEWEST] = s.checkpoint(60, key=s.key)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        # Its key's time is over: the signature that is required is not there, or not one that counts.
        self.assert_records(got, verified=40, unproven=20)

    def test_new_key_signs_before_its_rotation(self):
        new = Key(self.chance)
        made = bundle.small(self.chance, rotate={30: new}, sizes=(20,))
        s = made.stream
        made.files[s.checkpoint_path(20)] = s.checkpoint(20, key=new)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        # Nothing that a trusted key signed covers the rotation, so the new key is nobody's.
        self.assertEqual((got.records["verified"], got.records["total"]), (0, 60), str(got))

    def test_forged_tail_with_a_rotation_to_the_forgers_key(self):
        # The forger appends his own rotation, endorses it himself and seals the rest.
        made = bundle.small(self.chance, close=False, sizes=(20, 40))
        forger = Key(self.chance)
        forged = bundle.Stream(self.chance, key=made.stream.key, base=(made.stream, 40), rotate={41: (forger, forger)})
        made.streams = [forged]
        made.files[PATH] = forged.data()
        made.files[NEWEST] = forged.checkpoint(60)
        got = self.imported(
            self.folder(made.sealed()), keys=self.keys(made.stream.key.vkey(AGENTS), made.collector.raw)
        )
        self.assert_contradicting(got, place("endorsement-invalid", seq=41))
        self.assert_records(got, verified=40, contradicted=1, unproven=19)


class Manifests(OutsideTest):
    def check(self, made, files):
        return self.imported(self.folder(files), keys=self.keys(*made.key_lines()))

    def bad(self, code, records=None, **envelope):
        made = bundle.small(self.chance)
        got = self.check(made, made.sealed(**envelope))
        self.assert_contradicting(got, place(code, source=MANIFEST))
        self.assert_records(got, **(records or {"verified": 60}))
        return got

    def test_bad_signature_under_a_trusted_keyid(self):
        self.bad("signature-invalid", sign=lambda pae: self.chance.randbytes(64))

    def test_payload_changed_after_signing(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        envelope = json.loads(files[MANIFEST])
        payload = base64.b64decode(envelope["payload"]).replace(b'"host": "collector', b'"host": "gatherer!')
        envelope["payload"] = b64(payload)
        got = self.check(made, files | {MANIFEST: json.dumps(envelope).encode()})
        self.assert_contradicting(got, place("signature-invalid", source=MANIFEST))
        self.assert_records(got, verified=60)

    def test_bad_signature_by_an_unknown_key(self):
        made = bundle.small(self.chance, key_in_manifest=False)
        stranger = Key(self.chance)
        got = self.check(made, made.sealed(key=stranger))
        # A key that is not known refutes nothing.
        self.assert_contradicting(got)
        self.assert_codes(got, "key-unknown")
        self.assert_records(got, verified=60)

    def test_another_key_under_the_trusted_keyid(self):
        made = bundle.small(self.chance)
        got = self.check(made, made.sealed(key=Key(self.chance), keyid=made.collector.fingerprint))
        self.assert_contradicting(got, place("signature-invalid", source=MANIFEST))

    def test_signature_that_only_a_lenient_verifier_passes(self):
        made = bundle.small(self.chance)
        got = self.check(made, made.sealed(sign=made.collector.sign_with_identity_r))
        self.assert_contradicting(got)
        self.assert_codes(got, "signature-weak")
        self.assert_records(got, verified=60)

    def test_no_signature(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        envelope = json.loads(files[MANIFEST]) | {"signatures": []}
        got = self.check(made, files | {MANIFEST: json.dumps(envelope).encode()})
        # DSSE asks for at least one: missing, or a malformed envelope.
        self.assertTrue(got.codes() & {"signature-missing", "seal-invalid"}, str(got))
        self.assert_records(got, verified=60)

    def test_wrong_payload_type(self):
        made = bundle.small(self.chance)
        got = self.check(made, made.sealed(payload_type="application/json"))
        # Not what the format allows: refused (unproven) or an invalid seal (contradicted).
        self.assertTrue(got.codes() & {"seal-invalid", "algorithm-refused"}, str(got))
        self.assert_records(got, verified=60)

    def test_wrong_predicate_type(self):
        made = bundle.small(self.chance)
        got = self.check(made, made.sealed(made.statement() | {"predicateType": "urn:nhi-audit-bundle:v2"}))
        self.assertTrue(got.codes() & {"seal-invalid", "algorithm-refused"}, str(got))
        self.assert_records(got, verified=60)

    def test_text_that_is_no_envelope(self):
        for name, text in {
            "words": b"nonsense",
            "array": b"[]",
            "no payload": b"{}",
            "empty": b"",
            "twice": b'{"payload":"","payload":"e30=","payloadType":"x","signatures":[]}',
        }.items():
            with self.subTest(name):
                made = bundle.small(self.chance)
                files = made.sealed() | {MANIFEST: text, "attachments/unlisted": b"1"}
                got = self.imported(self.folder(files, name), keys=self.keys(*made.key_lines()))
                # Without a readable manifest no file is unlisted.
                self.assert_contradicting(got, place("seal-invalid", source=MANIFEST))
                self.assert_records(got, verified=60)

    def test_no_manifest(self):
        made = bundle.small(self.chance)
        got = self.check(made, dict(made.files))
        self.assert_contradicting(got)
        self.assert_codes(got, "seal-missing")
        self.assert_records(got, verified=60)
        self.assert_case(got, "unproven")

    def test_unlisted_file(self):
        made = bundle.small(self.chance)
        got = self.check(made, made.sealed() | {"attachments/added.bin": b"later"})
        self.assert_contradicting(got, place("file-unlisted", source="attachments/added.bin"))
        self.assert_records(got, verified=60)
        self.assert_case(got, "contradicted")

    def test_missing_file(self):
        made = bundle.small(self.chance, attachments={"attachments/a.bin": b"a", "attachments/b.bin": b"b"})
        files = made.sealed()
        del files["attachments/a.bin"]
        got = self.check(made, files)
        self.assert_contradicting(got, place("file-missing", source={"attachments/a.bin", MANIFEST}))
        self.assert_records(got, verified=60)

    def test_altered_file(self):
        made = bundle.small(self.chance, attachments={"attachments/a.bin": b"a", "attachments/b.bin": b"b"})
        got = self.check(made, made.sealed() | {"attachments/a.bin": b"A"})
        self.assert_contradicting(got, place("file-altered", source="attachments/a.bin"))
        self.assert_records(got, verified=60)

    def test_three_different_findings(self):
        made = bundle.small(self.chance, attachments={"attachments/a.bin": b"a", "attachments/b.bin": b"b"})
        files = made.sealed() | {"attachments/a.bin": b"A", "attachments/c.bin": b"c"}
        del files["attachments/b.bin"]
        got = self.check(made, files)
        self.assert_contradicting(
            got,
            place("file-altered", source="attachments/a.bin"),
            place("file-missing", source={"attachments/b.bin", MANIFEST}),
            place("file-unlisted", source="attachments/c.bin"),
        )

    def test_altered_attachment_with_records(self):
        from .make import unsealed

        log = unsealed.jsonl(unsealed.vault(self.chance, 10))
        path = "attachments/vault/audit.log"
        made = bundle.small(self.chance, attachments={path: log})
        got = self.check(made, made.sealed() | {path: log.replace(b'"allowed":true', b'"allowed":null', 1)})
        # No other seal proves its records.
        self.assert_contradicting(got, place("file-altered", source=path))
        self.assert_records(got, verified=60, contradicted=10)
        self.assert_source(got, path, "contradicted", 10)

    def test_unlisted_stream_file_is_as_sealed(self):
        made = bundle.small(self.chance)
        added = bundle.Stream(self.chance, id="example.com/vault-prod", count=10)
        files = made.sealed() | {added.path: added.data()}
        got = self.check(made, files)
        self.assert_contradicting(got, place("file-unlisted", source=added.path))
        self.assert_records(got, verified=60, unproven=10)

    def test_manifest_that_names_more_records_than_there_are(self):
        made = bundle.small(self.chance)
        statement = made.statement()
        statement["predicate"]["streams"][0]["records"] = 70
        got = self.check(made, made.sealed(statement))
        # The file's hash is the listed one, so the collector's own words do not fit each other, or his count
        # names records past the last one here.
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"seal-invalid", "stream-truncated"}, str(got))
        self.assert_records(got, verified=60)

    def test_period_that_no_record_covers_changes_no_verdict(self):
        made = bundle.small(self.chance)
        period = {
            "from": clock.micros(clock.START - 48 * clock.HOUR),
            "to": clock.micros(clock.START + 48 * clock.HOUR),
        }
        got = self.check(made, made.sealed(made.statement(period=period)))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)
        self.assertLessEqual(got.codes(), {"period-uncovered"}, str(got))
