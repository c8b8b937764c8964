"""Every way to tamper with a bundle's lines: the table "What each attack meets", each attack once.

`before` tampers happened at the writer's end: the collector's manifest fits them. `after` tampers happened
to the collected bundle, so the manifest's hash of the stream file differs as well; that is the same cause.
"""

import json

from .case import OutsideTest, at, place
from .make import bundle
from .make.bundle import join, lines_of, spans
from .make.keys import Key

AGENTS = "example.com/agents-prod"
PATH = "streams/agents-prod.jsonl"


class BundleLines(OutsideTest):
    def tampered(self, made: bundle.Bundle, data, collected=False):
        """Imports with the stream file replaced, before the collector seals or (collected) after."""
        data = data if isinstance(data, bytes) else join(data)
        if collected:
            files = made.sealed() | {PATH: data}
        else:
            made.files[PATH] = data
            files = made.sealed()
        self.data = data
        return self.imported(self.folder(files), keys=self.keys(*made.key_lines()))

    def line(self, index: int) -> dict:
        return at(spans(self.data)[index])

    def edited(self, line: bytes, **members) -> bytes:
        return bundle.compact(json.loads(line) | members)

    # Edits

    def test_line_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = self.edited(lines[27], outcome="denied")
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, stream=AGENTS, seq=27, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)
        self.assert_stream(got, AGENTS, "contradicted", form="ok", integrity="broken", completeness="closed")
        self.assert_source(got, PATH, "contradicted", 60)
        self.assert_codes(got, "record-altered")

    def test_line_edited_after_collection_is_one_cause(self):
        # "One finding for one cause": the manifest's hash of the file differs because the line does.
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = self.edited(lines[27], outcome="denied")
        got = self.tampered(made, lines, collected=True)
        self.assert_contradicting(got, place("record-altered", source=PATH, stream=AGENTS, seq=27, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_one_byte_of_a_line_edited_without_changing_its_length(self):
        made = bundle.small(self.chance)
        data = made.stream.data()
        offset, length = spans(data)[33]
        i = data.index(b"success", offset)
        got = self.tampered(made, data[:i] + b"S" + data[i + 1 :])
        self.assert_contradicting(got, place("record-altered", seq=33, source=PATH, offset=offset, length=length))
        self.assert_records(got, verified=59, contradicted=1)

    def test_several_lines_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        for i in (3, 27, 28, 50):
            lines[i] = self.edited(lines[i], outcome="denied")
        got = self.tampered(made, lines)
        # 27 and 28 are neighbours, and only a line whose own digest is the sealed one speaks for its
        # predecessor: 27's digest is lost, unless a verifier tries the edited 28's `prev` and the root proves
        # it. So past checkpoint 20 both answers are honest; under it, 3 alone is refuted.
        self.assert_found(got, place("record-altered", seq=3, source=PATH, **self.line(3)))
        self.assert_case(got, "contradicted")
        self.assertIn(got.records["verified"], (19, 56), str(got))

    def test_lines_edited_far_apart(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        for i in (3, 27, 50):
            lines[i] = self.edited(lines[i], outcome="denied")
        got = self.tampered(made, lines)
        self.assert_contradicting(
            got, *[place("record-altered", source=PATH, stream=AGENTS, seq=i, **self.line(i)) for i in (3, 27, 50)]
        )
        self.assert_records(got, verified=57, contradicted=3)

    def test_neighbours_edited_with_tiles(self):
        made = bundle.small(self.chance, tiles=True)
        lines = lines_of(made.stream.data())
        for i in (27, 28):
            lines[i] = self.edited(lines[i], outcome="denied")
        got = self.tampered(made, lines)
        self.assert_contradicting(got, *[place("record-altered", seq=i, **self.line(i)) for i in (27, 28)])
        self.assert_records(got, verified=58, contradicted=2)

    def test_line_edited_and_the_chain_after_it_rebuilt(self):
        # A careful forger edits record 27 and corrects every later `prev`; the sealed root refutes him.
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = self.edited(lines[27], outcome="denied")
        for i in range(28, 60):
            lines[i] = self.edited(lines[i], prev=bundle.sha(lines[i - 1]))
        got = self.tampered(made, lines)
        self.assert_case(got, "contradicted")
        # The records under checkpoint 20 are proven; no later line is, and none may be called so.
        self.assertEqual(got.records["verified"] + got.records["intact"], 20, str(got))

    def test_line_edited_and_the_chain_rebuilt_with_tiles(self):
        made = bundle.small(self.chance, tiles=True)
        lines = lines_of(made.stream.data())
        lines[27] = self.edited(lines[27], outcome="denied")
        for i in range(28, 60):
            lines[i] = self.edited(lines[i], prev=bundle.sha(lines[i - 1]))
        got = self.tampered(made, lines)
        self.assert_records(got, verified=27, contradicted=33)

    def test_seq_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = self.edited(lines[27], seq=99)
        got = self.tampered(made, lines)
        # One edit explains it: not a missing 27 and an inserted 99. Which number is shown is left open.
        self.assert_contradicting(got, place("record-altered", source=PATH, seq={27, 99, None}, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_prev_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = self.edited(lines[27], prev="00" * 32)
        got = self.tampered(made, lines)
        # Not 26: its line still has the sealed digest.
        self.assert_contradicting(got, place("record-altered", source=PATH, seq=27, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_line_made_unreadable(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = lines[27][:40]
        got = self.tampered(made, lines)
        # Its seq cannot be read; a verifier may still say which place it has.
        self.assert_contradicting(got, place("record-altered", source=PATH, seq={None, 27}, **self.line(27)))
        self.assert_found(got, place("record-malformed", source=PATH, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)
        self.assert_stream(got, AGENTS, "contradicted", form="malformed")

    def test_line_overwritten_with_noughts(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = bytes(len(lines[27]))
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq={None, 27}, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_first_line_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[0] = self.edited(lines[0], heartbeat_s=7200)
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq=0, **self.line(0)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_last_line_under_the_newest_checkpoint_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[59] = self.edited(lines[59], reason="harmless")
        got = self.tampered(made, lines)
        # No successor holds its digest and no checkpoint ends just before it: past 40 nothing is proven.
        self.assert_records(got, verified=40, unproven=20)
        self.assert_contradicting(got, place("seal-invalid", source={"checkpoints/agents-prod/000000000060", PATH}))
        self.assert_stream(got, AGENTS, "contradicted")

    def test_last_line_edited_where_a_checkpoint_ends_just_before(self):
        made = bundle.small(self.chance, sizes=(20, 59, 60))
        lines = lines_of(made.stream.data())
        lines[59] = self.edited(lines[59], reason="harmless")
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq=59, **self.line(59)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_last_line_edited_with_tiles(self):
        made = bundle.small(self.chance, tiles=True)
        lines = lines_of(made.stream.data())
        lines[59] = self.edited(lines[59], reason="harmless")
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq=59, **self.line(59)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_last_line_of_an_older_checkpoint_edited(self):
        # Record 19 ends checkpoint 20, but record 20 holds its digest: the root of 20 mends too.
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[19] = self.edited(lines[19], outcome="denied")
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq=19, **self.line(19)))
        self.assert_records(got, verified=59, contradicted=1)

    def test_cr_added_to_a_line(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] += b"\r"
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq=27, **self.line(27)))

    # Deletions

    def test_one_line_deleted(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        del lines[27]
        got = self.tampered(made, lines)
        self.assert_contradicting(
            got, place("record-missing", source=PATH, stream=AGENTS, first_seq=27, last_seq=27, count=1)
        )
        self.assert_records(got, verified=59)
        self.assert_stream(got, AGENTS, "contradicted", completeness="gap")

    def test_one_line_deleted_after_collection_is_one_cause(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        del lines[27]
        got = self.tampered(made, lines, collected=True)
        self.assert_contradicting(got, place("record-missing", first_seq=27, last_seq=27, count=1))
        self.assert_records(got, verified=59)

    def test_first_line_deleted(self):
        made = bundle.small(self.chance)
        got = self.tampered(made, lines_of(made.stream.data())[1:])
        self.assert_contradicting(got, place("record-missing", first_seq=0, last_seq=0, count=1))
        self.assert_records(got, verified=59)

    def test_two_lines_deleted_apart(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        del lines[45], lines[27]
        got = self.tampered(made, lines)
        self.assert_contradicting(
            got,
            place("record-missing", first_seq=27, last_seq=27, count=1),
            place("record-missing", first_seq=45, last_seq=45, count=1),
        )
        self.assert_records(got, verified=58)

    def test_run_of_lines_deleted(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        del lines[27:30]
        got = self.tampered(made, lines)
        self.assert_contradicting(
            got, place("record-missing", source=PATH, stream=AGENTS, first_seq=27, last_seq=29, count=3)
        )
        # Two digests are lost: what lies under the last checkpoint before the gap is proven, the rest is not.
        self.assert_records(got, verified=20, unproven=37)
        self.assert_stream(got, AGENTS, "contradicted", completeness="gap")

    def test_run_of_lines_deleted_with_tiles(self):
        made = bundle.small(self.chance, tiles=True)
        lines = lines_of(made.stream.data())
        del lines[27:30]
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-missing", first_seq=27, last_seq=29, count=3))
        self.assert_records(got, verified=57)

    def test_one_line_deleted_and_another_edited(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[45] = self.edited(lines[45], outcome="denied")
        del lines[27]
        got = self.tampered(made, lines)
        self.assert_contradicting(
            got,
            place("record-missing", first_seq=27, last_seq=27, count=1),
            place("record-altered", seq=45, **self.line(44)),
        )
        self.assert_records(got, verified=58, contradicted=1)

    # Insertions and repetitions

    def test_line_inserted(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        forged = self.edited(lines[28], outcome="denied", type="secret.read")
        lines.insert(28, forged)
        got = self.tampered(made, lines)
        # A second line for seq 28 that no seal covers is an inserted one, not a fork.
        self.assert_contradicting(
            got, place("record-inserted", source=PATH, stream=AGENTS, seq={28, None}, **self.line(28))
        )
        self.assert_records(got, verified=60, contradicted=1)
        self.assert_stream(got, AGENTS, "contradicted")

    def test_line_inserted_after_the_real_one(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(29, self.edited(lines[28], outcome="denied"))
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-inserted", **self.line(29)))
        self.assert_records(got, verified=60, contradicted=1)

    def test_line_of_another_seq_inserted(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(10, self.edited(lines[28], seq=777, prev="11" * 32))
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-inserted", **self.line(10)))
        self.assert_records(got, verified=60, contradicted=1)

    def test_empty_line_inserted(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(28, b"")
        got = self.tampered(made, lines)
        # A line of a sealed stream has a place and is a record, however malformed.
        self.assert_contradicting(got, place("record-inserted", source=PATH, **self.line(28)))
        self.assert_records(got, verified=60, contradicted=1)

    def test_lines_that_are_not_json_inserted(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(28, b"\xff\xfe not json")
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-inserted", source=PATH, **self.line(28)))
        self.assert_records(got, verified=60, contradicted=1)

    def test_line_repeated_at_once(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(28, lines[27])
        got = self.tampered(made, lines)
        # Two equal neighbours: either one may be called the copy.
        self.assert_contradicting(
            got,
            place(
                "record-repeated",
                source=PATH,
                stream=AGENTS,
                seq=27,
                offset={self.line(27)["offset"], self.line(28)["offset"]},
                length=self.line(28)["length"],
            ),
        )
        self.assert_records(got, verified=60, contradicted=1)

    def test_line_repeated_later(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(50, lines[27])
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-repeated", source=PATH, seq=27, **self.line(50)))
        self.assert_records(got, verified=60, contradicted=1)

    def test_line_repeated_earlier(self):
        # The copy stands before the original: it is still the one out of its place.
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(10, lines[27])
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-repeated", source=PATH, seq=27, **self.line(10)))
        self.assert_records(got, verified=60, contradicted=1)

    # Orders

    def test_neighbours_swapped(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27], lines[28] = lines[28], lines[27]
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-reordered", source=PATH, stream=AGENTS, seq={27, 28}))
        self.assert_records(got, verified=60)
        self.assert_stream(got, AGENTS, "contradicted")

    def test_line_moved_far(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines.insert(10, lines.pop(50))
        got = self.tampered(made, lines)
        # One line moved, not forty the other way.
        self.assert_contradicting(got, place("record-reordered", source=PATH, seq=50, **self.line(10)))
        self.assert_records(got, verified=60)

    def test_lines_swapped_far_apart(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[10], lines[50] = lines[50], lines[10]
        got = self.tampered(made, lines)
        self.assertEqual({f["code"] for f in got.contradicting}, {"record-reordered"}, str(got))
        self.assertLessEqual({f.get("seq") for f in got.contradicting}, {10, 50}, str(got))
        self.assert_records(got, verified=60)

    # Tails

    def test_tail_cut(self):
        made = bundle.small(self.chance)
        got = self.tampered(made, lines_of(made.stream.data())[:55])
        self.assert_contradicting(
            got, place("stream-truncated", stream=AGENTS, source={PATH, "checkpoints/agents-prod/000000000060"})
        )
        self.assert_records(got, verified=40, unproven=15)
        self.assert_stream(got, AGENTS, "contradicted", completeness="truncated")

    def test_tail_cut_after_collection_is_one_cause(self):
        made = bundle.small(self.chance)
        got = self.tampered(made, lines_of(made.stream.data())[:55], collected=True)
        self.assert_contradicting(got, place("stream-truncated", stream=AGENTS))
        self.assert_case(got, "contradicted")
        self.assertEqual(got.records["verified"], 40, str(got))

    def test_tail_cut_with_tiles(self):
        made = bundle.small(self.chance, tiles=True)
        got = self.tampered(made, lines_of(made.stream.data())[:55])
        self.assert_contradicting(got, place("stream-truncated", stream=AGENTS))
        self.assert_records(got, verified=55)

    def test_tail_cut_at_a_checkpoint(self):
        made = bundle.small(self.chance)
        got = self.tampered(made, lines_of(made.stream.data())[:40])
        self.assert_contradicting(got, place("stream-truncated", stream=AGENTS))
        self.assert_records(got, verified=40)

    def test_last_line_cut_in_the_middle(self):
        made = bundle.small(self.chance)
        got = self.tampered(made, made.stream.data()[:-20])
        # Half a line is still a line and a record: its digest cannot be the sealed one, but no successor
        # says so, and past checkpoint 40 nothing is proven.
        self.assert_case(got, "contradicted")
        self.assertEqual(got.records["verified"], 40, str(got))
        self.assertEqual(got.records["total"], 60, str(got))
        self.assert_found(got, place("record-malformed", source=PATH, **self.line(59)))

    def test_tail_and_its_checkpoints_cut_before_collection(self):
        made = bundle.small(self.chance)
        del made.files[made.stream.checkpoint_path(60)]
        got = self.tampered(made, lines_of(made.stream.data())[:40])
        # Nothing inside can show it: that the end was never sealed must be said.
        self.assert_case(got, "verified")
        self.assert_records(got, verified=40)
        self.assert_stream(got, AGENTS, "verified", completeness="open")
        self.assert_codes(got, "end-unknown")

    def test_tail_and_its_checkpoints_cut_after_collection(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        del files[made.stream.checkpoint_path(60)]
        files[PATH] = join(made.stream.lines[:40])
        got = self.imported(self.folder(files), keys=self.keys(*made.key_lines()))
        # The manifest's list and its `records` both show it; each is an honest name.
        codes = {f["code"] for f in got.contradicting}
        self.assertLessEqual(codes, {"stream-truncated", "file-missing", "file-altered"}, str(got))
        self.assertTrue(codes & {"stream-truncated", "file-missing"}, str(got))
        self.assert_case(got, "contradicted")
        self.assert_records(got, verified=40)

    def test_stream_cut_to_nothing(self):
        made = bundle.small(self.chance)
        got = self.tampered(made, b"")
        self.assert_contradicting(got, place("stream-truncated"))
        self.assert_records(got)

    def test_chain_of_19_cut_to_12_is_not_called_whole(self):
        made = bundle.small(self.chance, count=19, sizes=(19,))
        got = self.tampered(made, lines_of(made.stream.data())[:12])
        self.assert_contradicting(got, place("stream-truncated"))
        self.assert_records(got, unproven=12)

    # Ends and beginnings

    def test_line_after_the_end(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        last = json.loads(lines[58]) | {"seq": 60, "prev": bundle.sha(lines[59])}
        got = self.tampered(made, lines + [bundle.compact(last)])
        self.assert_contradicting(got, place("record-after-end", source=PATH, stream=AGENTS, seq=60, **self.line(60)))
        # It is past the newest seal as well, which leaves it unproven.
        self.assert_records(got, verified=60, unproven=1)
        self.assert_stream(got, AGENTS, "contradicted")

    def test_sealed_line_after_the_end(self):
        def change(seq, record):
            if seq == 50:
                record["type"] = "stream.close"

        made = bundle.small(self.chance, change=change, close=False)
        got = self.tampered(made, made.stream.data())
        self.assertEqual({f["code"] for f in got.contradicting}, {"record-after-end"}, str(got))
        self.assert_records(got, verified=60)
        self.assert_stream(got, AGENTS, "contradicted")

    def test_new_beginning_in_the_middle(self):
        made = bundle.small(self.chance, close=False)
        again = bundle.Stream(
            self.chance, count=10, key=made.stream.key, close=False, start=made.stream.times[-1] + 1_000_000
        )
        got = self.tampered(made, made.stream.data() + again.data())
        self.assert_found(got, place("chain-restarted", stream=AGENTS, source=PATH))
        self.assert_stream(got, AGENTS, "contradicted")
        self.assert_records(got, verified=60, unproven=10)

    # Streams

    def test_record_of_another_stream_put_in(self):
        other = bundle.Stream(self.chance, id="example.com/vault-prod")
        made = bundle.Bundle(self.chance, bundle.Stream(self.chance), other)
        lines = lines_of(made.stream.data())
        lines.insert(28, other.lines[28])
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("stream-crossed", source=PATH, **self.line(28)))
        self.assert_records(got, verified=120, contradicted=1)
        self.assert_stream(got, "example.com/vault-prod", "verified")

    def test_record_moved_to_another_stream(self):
        other = bundle.Stream(self.chance, id="example.com/vault-prod")
        made = bundle.Bundle(self.chance, bundle.Stream(self.chance), other)
        made.files[other.path] = join(other.lines[:28] + other.lines[29:])
        lines = lines_of(made.stream.data())
        lines.insert(28, other.lines[28])
        got = self.tampered(made, lines)
        self.assert_contradicting(
            got,
            place("stream-crossed", source=PATH, **self.line(28)),
            place("record-missing", source=other.path, first_seq=28, last_seq=28, count=1),
        )
        self.assert_records(got, verified=119, contradicted=1)

    # Lines that two readers may read differently, as their writer sealed them

    def malformed(self, rewrite, codes=("record-malformed",), verdict_of_rest="verified"):
        made = bundle.small(self.chance, rewrite=lambda seq, line: rewrite(line) if seq == 27 else line)
        got = self.tampered(made, made.stream.data())
        self.assert_contradicting(got)
        self.assert_records(got, unproven=1, **{verdict_of_rest: 59})
        self.assertTrue(
            [
                f
                for f in got.findings
                if f["code"] in codes and f.get("source") == PATH and (f["offset"], f["length"]) == spans(self.data)[27]
            ],
            f"none of {codes} at line 27\n{got}",
        )
        self.assertLessEqual(got.codes(), set(codes), str(got))
        return got

    def test_sealed_duplicate_member(self):
        self.malformed(lambda line: line[:-1] + b',"outcome":"denied"}')

    def test_sealed_duplicate_member_deep_inside(self):
        self.malformed(lambda line: line[:-1] + b',"x":[{"y":{"a":1,"b":2,"a":3}}]}')

    def test_sealed_duplicate_member_spelt_with_an_escape(self):
        self.malformed(lambda line: line[:-1] + b',"outc\\u006fme":"denied"}')

    def test_sealed_integer_beyond_2_to_53(self):
        self.malformed(lambda line: line[:-1] + b',"n":9007199254740993}')

    def test_sealed_integer_of_2_to_53(self):
        self.malformed(lambda line: line[:-1] + b',"n":-9007199254740992}')

    def test_sealed_lone_surrogate(self):
        self.malformed(lambda line: line[:-1] + b',"s":"\\ud800"}')

    def test_sealed_bytes_that_are_not_utf_8(self):
        self.malformed(lambda line: line[:-1] + b',"s":"\xff\xfe"}')

    def test_sealed_overlong_utf_8(self):
        self.malformed(lambda line: line[:-1] + b',"s":"\xc0\xaf"}')

    def test_sealed_trailing_comma(self):
        self.malformed(lambda line: line[:-1] + b",}")

    def test_sealed_byte_order_mark(self):
        self.malformed(lambda line: b"\xef\xbb\xbf" + line)

    def test_sealed_nan(self):
        self.malformed(lambda line: line[:-1] + b',"n":NaN}')

    def test_sealed_line_without_type(self):
        self.malformed(lambda line: bundle.compact({k: v for k, v in json.loads(line).items() if k != "type"}))

    def test_sealed_local_time_without_zone(self):
        self.malformed(lambda line: self.edited(line, time="2026-06-01T00:01:51.240000"))

    def test_sealed_time_with_an_offset(self):
        self.malformed(lambda line: self.edited(line, time="2026-06-01T02:01:51.240000+02:00"))

    def test_sealed_time_finer_than_nanoseconds(self):
        self.malformed(lambda line: self.edited(line, time="2026-06-01T00:01:51.2400000001Z"))

    def test_sealed_impossible_date(self):
        self.malformed(lambda line: self.edited(line, time="2026-02-30T00:00:00Z"))

    def test_sealed_ill_typed_seq(self):
        self.malformed(lambda line: self.edited(line, seq="27"))

    def test_sealed_seq_as_a_float(self):
        self.malformed(lambda line: line.replace(b'"seq":27', b'"seq":27.0'))

    def test_sealed_upper_case_prev(self):
        def rewrite(line):
            return self.edited(line, prev=json.loads(line)["prev"].upper())

        # A hex digest of digits alone is the same in both cases: not with this seed's chance.
        self.malformed(rewrite)

    def test_sealed_line_of_another_version(self):
        # `v` = 1 is required: a version the format does not allow, or an ill member; both are honest.
        self.malformed(lambda line: self.edited(line, v=2), codes=("algorithm-refused", "record-malformed"))

    def test_sealed_line_that_is_an_array(self):
        self.malformed(lambda line: b"[" + line + b"]")

    def test_sealed_deep_nesting(self):
        self.malformed(lambda line: line[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}")

    def test_nesting_just_within_the_limit(self):
        # Depth 128 is allowed: the record is one level, 127 arrays are the others.
        made = bundle.small(
            self.chance,
            rewrite=lambda seq, line: line[:-1] + b',"x":' + b"[" * 127 + b"]" * 127 + b"}" if seq == 27 else line,
        )
        got = self.tampered(made, made.stream.data())
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_malformed_and_altered_both_stand(self):
        made = bundle.small(self.chance)
        lines = lines_of(made.stream.data())
        lines[27] = lines[27][:-1] + b',"outcome":"denied"}'
        got = self.tampered(made, lines)
        self.assert_contradicting(got, place("record-altered", source=PATH, seq={27, None}, **self.line(27)))
        self.assert_found(got, place("record-malformed", source=PATH, **self.line(27)))
        self.assert_records(got, verified=59, contradicted=1)

    # Authors

    def test_bundle_rebuilt_with_another_key(self):
        made, forged = bundle.small(self.chance), bundle.small(self.chance)
        got = self.imported(self.folder(forged.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "intact")
        self.assert_records(got, intact=60)
        self.assert_codes(got, "key-untrusted")
        self.assert_stream(got, AGENTS, "intact", author="unknown")

    def test_bundle_rebuilt_without_naming_its_key(self):
        made = bundle.small(self.chance)
        forged = bundle.small(self.chance, signer=False, key_in_manifest=False)
        got = self.imported(self.folder(forged.sealed()), keys=self.keys(*made.key_lines()))
        # A key that is not at hand never says "tampered".
        self.assert_case(got, "unproven")
        self.assert_records(got, unproven=60)

    def test_insider_seals_another_stream(self):
        insider = Key(self.chance)
        own = bundle.Stream(self.chance, key=insider)
        other = bundle.Stream(self.chance, id="example.com/vault-prod", key=insider)
        made = bundle.Bundle(self.chance, own, other)
        real = Key(self.chance)  # the key that vault-prod really has
        got = self.imported(
            self.folder(made.sealed()),
            keys=self.keys(insider.vkey(AGENTS), real.vkey("example.com/vault-prod"), made.collector.raw),
        )
        self.assert_stream(got, AGENTS, "verified", author="trusted")
        # A trusted key on another's stream is, for that stream, a key that nobody vouched for.
        self.assert_stream(got, "example.com/vault-prod", "intact", author="unknown")
        self.assert_records(got, verified=60, intact=60)
        self.assert_contradicting(got)

    def test_insider_signs_under_his_own_name(self):
        insider = Key(self.chance)
        own, other = bundle.Stream(self.chance, key=insider), bundle.Stream(self.chance, id="example.com/vault-prod")
        made = bundle.Bundle(self.chance, own, other, sizes=(60,))
        text = bundle.note_text(other.id, 60, bundle.merkle.root(other.leaves(60)))
        made.files[other.checkpoint_path(60)] = (
            text + "\n" + insider.note_line(AGENTS, insider.sign(text.encode()))
        ).encode()
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        # The stream's own key did not sign: whatever that is called, it is not verified.
        self.assert_stream(got, AGENTS, "verified")
        self.assertEqual(got.records["verified"], 60, str(got))
        self.assertTrue(got.codes() & {"signature-missing", "key-untrusted", "key-unknown", "stream-crossed"}, str(got))
