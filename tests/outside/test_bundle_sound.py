"""Sound bundles: verified with keys, intact with keys from the evidence, unproven with none, never contradicted."""

import hashlib

from .case import OutsideTest, place
from .make import bundle, clock, cloudtrail
from .make.keys import Key, Rsa

AGENTS = "example.com/agents-prod"


class SoundBundle(OutsideTest):
    def test_closed_stream_is_verified_with_trusted_keys(self):
        made = bundle.small(self.chance)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)
        self.assert_stream(
            got, AGENTS, "verified", form="ok", integrity="ok", author="trusted", completeness="closed", time="asserted"
        )
        self.assertEqual(got.findings, [], f"sound evidence has nothing to find\n{got}")
        stream = got.streams(AGENTS)[0]
        self.assertEqual(
            (stream["format"], stream["records"], stream["first_seq"], stream["last_seq"]),
            ("nhi-audit-bundle", 60, 0, 59),
        )

    def test_sources_and_ledger_are_those_of_the_folder(self):
        made = bundle.small(self.chance, tiles=True, attachments={"attachments/notes/read me.bin": b"\x00\xff" * 50})
        files = made.sealed()
        got = self.imported(self.folder(files), keys=self.keys(*made.key_lines()))
        self.assert_source(got, made.stream.path, "verified", 60)
        source = got.sources(made.stream.path)[0]
        data = files[made.stream.path]
        self.assertEqual(
            (source["import"], source["sha256"], source["bytes"], source["format"]),
            (1, hashlib.sha256(data).hexdigest(), len(data), "nhi-audit-bundle"),
        )
        for s in got.doc["sources"]:
            self.assertEqual(s["sha256"], hashlib.sha256(files[s["path"]]).hexdigest(), s)
        ledger = got.doc["ledger"]
        self.assertEqual(ledger["bytes_in"], sum(map(len, files.values())), str(got))
        lines = sum(map(len, made.stream.lines))
        # A record is its line without the LF; whether the LF counts with the record or as structure is left open.
        self.assertIn(ledger["bytes_records"], range(lines, lines + 61), str(got))
        # The attachment's format is not known, but the manifest lists it: structure, not rejected.
        self.assertEqual(ledger["bytes_rejected"], 0, str(got))

    def test_sizes_that_make_odd_trees(self):
        # An odd node that is duplicated, or hashed alone, gives the wrong root for some of these.
        for count in (1, 2, 3, 4, 5, 6, 7, 11, 255, 257):
            with self.subTest(count=count):
                made = bundle.small(self.chance, count=count, sizes=(count // 2 or 1, count), close=count > 1)
                got = self.imported(self.folder(made.sealed(), f"b{count}"), keys=self.keys(*made.key_lines()))
                self.assert_case(got, "verified")
                self.assert_records(got, verified=count)

    def test_without_keys_it_is_intact(self):
        made = bundle.small(self.chance)
        got = self.imported(self.folder(made.sealed()))
        self.assert_case(got, "intact")
        self.assert_records(got, intact=60)
        self.assert_stream(got, AGENTS, "intact", integrity="ok", author="unknown", completeness="closed")
        self.assert_codes(got, "key-untrusted")

    def test_without_any_key_it_is_unproven(self):
        made = bundle.small(self.chance, signer=False, key_in_manifest=False)
        got = self.imported(self.folder(made.sealed()))
        self.assert_case(got, "unproven")
        self.assert_records(got, unproven=60)
        self.assert_stream(got, AGENTS, "unproven", author="unchecked")
        self.assert_codes(got, "key-unknown")

    def test_stream_key_alone_proves_the_records(self):
        made = bundle.small(self.chance, key_in_manifest=False)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(made.key_lines()[0]))
        self.assert_records(got, verified=60)
        self.assert_stream(got, AGENTS, "verified", author="trusted")
        # The manifest's signer is not known: that finding is unproven, and the case is the worst of its parts.
        self.assert_codes(got, "key-unknown")
        self.assert_case(got, "unproven")

    def test_collector_key_from_the_evidence_is_no_more_than_intact(self):
        made = bundle.small(self.chance)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(made.key_lines()[0]))
        self.assert_records(got, verified=60)
        self.assert_codes(got, "key-untrusted")
        self.assert_case(got, "intact")

    def test_collector_key_does_not_vouch_for_the_stream(self):
        made = bundle.small(self.chance)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(made.key_lines()[1]))
        self.assert_records(got, intact=60)
        self.assert_case(got, "intact")

    def test_records_that_only_the_manifest_covers_are_unproven(self):
        made = bundle.small(self.chance, signer=False)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(made.key_lines()[1]))
        self.assert_records(got, unproven=60)
        self.assert_stream(got, AGENTS, "unproven")
        self.assert_contradicting(got)

    def test_raw_export_among_the_attachments_is_since_collection(self):
        trail = cloudtrail.Trail(self.chance, Rsa(self.chance), logs_per_hour=(1,))
        log = trail.logs[0][0]
        path = f"attachments/cloudtrail/{log.key}"
        made = bundle.small(self.chance, attachments={path: trail.files()[log.key]})
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_records(got, verified=60, unproven=len(log.events))
        self.assert_source(got, path, "unproven", len(log.events))
        self.assert_case(got, "unproven")
        self.assert_contradicting(got)
        axes = [s["axes"]["integrity"] for s in got.doc["streams"] if s["format"] == "cloudtrail"]
        self.assertLessEqual(set(axes), {"since-collection"}, str(got))

    def test_open_stream_is_verified_and_its_end_unknown(self):
        made = bundle.small(self.chance, close=False)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)
        self.assert_stream(got, AGENTS, "verified", completeness="open")
        self.assert_codes(got, "end-unknown")
        self.assert_found(got, place("end-unknown", stream=AGENTS))

    def test_tail_past_the_newest_checkpoint_is_unproven(self):
        made = bundle.small(self.chance, sizes=(20, 40))
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "unproven")
        self.assert_records(got, verified=40, unproven=20)
        self.assert_stream(got, AGENTS, "unproven", completeness="open")
        # The stream.close stands in the tail, so whether the end is also named unknown is left open.
        self.assert_codes(got, "tail-unsealed", beside=("end-unknown",))
        self.assert_found(got, place("tail-unsealed", stream=AGENTS, seq={None, 40, 59}))

    def test_last_line_without_lf_is_a_line(self):
        made = bundle.small(self.chance)
        made.files[made.stream.path] = made.stream.data()[:-1]
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_cr_belongs_to_the_line(self):
        made = bundle.small(self.chance, rewrite=lambda seq, line: line + b"\r" if seq % 2 else line)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_spaces_and_member_order_are_the_writers(self):
        import json

        def rewrite(seq, line):
            record = json.loads(line)
            return json.dumps(dict(reversed(record.items())), indent=None, separators=(" , ", " : ")).encode()

        made = bundle.small(self.chance, rewrite=rewrite)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_integers_up_to_2_to_53_less_1_and_floats_beyond_are_sound(self):
        def change(seq, record):
            record["n"] = [2**53 - 1, -(2**53) + 1, 0]
            record["x"] = 9007199254740993.0  # a fraction: not an integer by rule 2

        made = bundle.small(self.chance, change=change)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")

    def test_two_streams_under_one_manifest(self):
        made = bundle.Bundle(
            self.chance,
            bundle.Stream(self.chance),
            bundle.Stream(self.chance, id="example.com/vault-prod", count=33),
            sizes=(20, 33, 60),
        )
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=93)
        self.assert_stream(got, AGENTS, "verified")
        self.assert_stream(got, "example.com/vault-prod", "verified")

    def test_rotation_that_the_old_key_endorsed(self):
        second, third = Key(self.chance), Key(self.chance)
        made = bundle.small(self.chance, rotate={30: second, 45: third})
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)
        self.assert_stream(got, AGENTS, "verified", author="trusted")
        self.assertEqual(got.findings, [], str(got))

    def test_rotation_without_keys_is_intact(self):
        made = bundle.small(self.chance, rotate={30: Key(self.chance)})
        got = self.imported(self.folder(made.sealed()))
        self.assert_records(got, intact=60)
        self.assert_contradicting(got)

    def test_checkpoint_right_at_the_rotation(self):
        # Sizes 30 and 31 around record 30: the old key still seals 30 records, the new one 31.
        made = bundle.small(self.chance, rotate={30: Key(self.chance)}, sizes=(30, 31, 60))
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_unknown_witnesses_are_ignored(self):
        made = bundle.small(self.chance)
        s, witness = made.stream, Key(self.chance)
        extra = witness.note_line("witness.example.com/w1", self.chance.randbytes(8) + self.chance.randbytes(64), 4)
        made.files[s.checkpoint_path(60)] = s.checkpoint(60, extra=extra)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_unknown_members_and_types_are_kept(self):
        def change(seq, record):
            record["zz"] = {"deep": [{"x": None}]}
            if seq % 3 == 1:
                record["type"] = "example.never-heard-of"

        made = bundle.small(self.chance, change=change)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assertEqual(got.findings, [], str(got))

    def test_missed_heartbeat_changes_no_verdict(self):
        made = bundle.small(
            self.chance,
            heartbeat=60,
            times={seq: clock.START + (seq + (7200 if seq >= 30 else 0)) * clock.SECOND for seq in range(60)},
        )
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)
        self.assert_codes(got, "heartbeat-missed", beside=("period-uncovered",))
        # The silence lies between records 29 and 30; either may carry the finding.
        self.assert_found(got, place("heartbeat-missed", stream=AGENTS, seq={29, 30}))

    def test_backward_clock_changes_no_verdict_and_is_said(self):
        made = bundle.small(self.chance, times={30: clock.START})
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)
        self.assert_codes(got, "clock-backwards")
        self.assert_found(got, place("clock-backwards", stream=AGENTS, seq=30))
        self.assert_stream(got, AGENTS, "verified", time="contradicted")

    def test_checkpoints_cover_only_the_newest_need(self):
        made = bundle.small(self.chance, sizes=(60,))
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_manifest_signature_counts_whatever_its_keyid(self):
        made = bundle.small(self.chance)
        files = made.sealed(keyid="SHA256:not-a-key-of-anybody")
        got = self.imported(self.folder(files), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")

    def test_bundle_in_a_subfolder(self):
        made = bundle.small(self.chance)
        files = {f"2026/export one/{name}": data for name, data in made.sealed().items()}
        got = self.imported(self.folder(files), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_source(got, f"2026/export one/{made.stream.path}", "verified", 60)

    def test_empty_statement_of_streams_seals_files_all_the_same(self):
        made = bundle.small(self.chance)
        got = self.imported(self.folder(made.sealed(made.statement(streams=[]))), keys=self.keys(*made.key_lines()))
        self.assert_records(got, verified=60)
        # A member that says nothing false: not contradicted for what it leaves out.
        self.assert_contradicting(got)
