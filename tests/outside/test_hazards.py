"""What has gone wrong in tools like this one (design/hazards.md), tried from outside."""

import csv
import gzip
import io
import json
import os
import zlib

from .case import OutsideTest, at, place
from .make import bundle, pack, unsealed
from .make.bundle import spans
from .make.unsealed import jsonl

MIB = 1 << 20
# performance.md: under 400 MiB while importing, whatever the size.
MEMORY = 400 * MIB
FORMULAS = ["=cmd|'/C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://x","y")']


class Sizes(OutsideTest):
    def assert_memory(self, got):
        self.assertLess(got.result.memory, MEMORY, f"{got.result.memory // MIB} MiB of memory")

    def bomb(self, size=400 * MIB) -> bytes:
        """gzip of noughts at about 1:1030."""
        packer, out = zlib.compressobj(9, wbits=31), []
        for _ in range(size // MIB):
            out.append(packer.compress(bytes(MIB)))
        return b"".join([*out, packer.flush()])

    def test_gzip_bomb_is_refused_and_the_rest_read(self):
        log = jsonl(unsealed.vault(self.chance))
        got = self.imported(self.folder({"bomb.log.gz": self.bomb(), "z.log": log}))
        self.assert_found(got, place("entry-refused", source="bomb.log.gz"))
        self.assert_records(got, unproven=40)
        self.assert_memory(got)

    def test_bomb_within_a_zip_and_a_tar(self):
        log = jsonl(unsealed.vault(self.chance))
        inner = self.bomb()
        for name, data in {
            "b.zip": pack.zipped({"bomb.log.gz": inner, "z.log": log}),
            "b.tar": pack.tarred({"bomb.log.gz": inner, "z.log": log}),
        }.items():
            with self.subTest(name):
                got = self.imported(self.file(name, data))
                self.assert_found(got, place("entry-refused"))
                self.assert_records(got, unproven=40)
                self.assert_memory(got)

    def test_zip_entry_that_is_a_bomb(self):
        log = jsonl(unsealed.vault(self.chance))
        data = pack.zipped([("bomb.log", bytes(400 * MIB)), ("z.log", log)])
        got = self.imported(self.file("b.zip", data))
        self.assert_found(got, place("entry-refused", source="bomb.log"))
        self.assert_records(got, unproven=40)
        self.assert_memory(got)

    def test_highly_compressible_but_small_is_no_bomb(self):
        line = unsealed.compact(unsealed.vault(self.chance, 1)[0])
        data = gzip.compress((line + b"\n") * 2000, mtime=0)
        got = self.imported(self.file("a.log.gz", data))
        self.assertNotIn("entry-refused", got.codes(), str(got))
        self.assertEqual(got.records["total"], 2000, str(got))

    def test_huge_line_in_an_unsealed_log(self):
        lines = [unsealed.compact(r) for r in unsealed.vault(self.chance)]
        lines.insert(20, b'{"time":"2026-06-01T00:00:00Z","type":"request","x":"' + b"a" * (20 * MIB) + b'"}')
        data = jsonl(lines)
        got = self.imported(self.file("a.log", data))
        # What passes the limit of 16 MiB is refused or malformed, and the rest is read.
        self.assertTrue(got.codes() & {"record-malformed", "entry-refused"}, str(got))
        self.assertIn(got.records["total"], (40, 41), str(got))
        self.assertIn(
            got.doc["ledger"]["bytes_rejected"] + (got.records["total"] - 40) * len(lines[20]),
            (len(lines[20]), len(lines[20]) + 1),
            str(got),
        )
        self.assert_memory(got)

    def test_huge_line_in_a_sealed_stream_is_malformed(self):
        made = bundle.small(
            self.chance,
            rewrite=lambda seq, line: line[:-1] + b',"x":"' + b"a" * (17 * MIB) + b'"}' if seq == 27 else line,
        )
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", **at(spans(made.stream.data())[27])))
        self.assert_records(got, verified=59, unproven=1)
        self.assert_memory(got)

    def test_record_just_within_the_limit(self):
        made = bundle.small(
            self.chance,
            count=5,
            sizes=(5,),
            rewrite=lambda seq, line: (line[:-1] + b',"x":"' + b"a" * (15 * MIB) + b'"}' if seq == 2 else line),
        )
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=5)

    def test_deep_documents(self):
        for name, data in {
            "arrays.json": b"[" * 100_000 + b"]" * 100_000,
            "open.json": b"[" * 100_000,
            "objects.json": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
            "records.json": b'{"Records":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            "event.json": b'{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{"a":' + b"[" * 100_000,
            "receipt.json": b'{"@context":["https://agentreceipts.ai/context/v1"],"credentialSubject":'
            + b'{"a":' * 100_000,
        }.items():
            with self.subTest(name):
                got = self.imported(self.file(name, data))
                self.assertEqual(got.records["verified"], 0, str(got))
                self.assertEqual(got.doc["ledger"]["bytes_in"], len(data), str(got))

    def test_deep_line_among_good_ones(self):
        lines = [unsealed.compact(r) for r in unsealed.vault(self.chance)]
        lines.insert(20, lines[0][:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}")
        data = jsonl(lines)
        got = self.imported(self.file("a.log", data))
        self.assert_found(got, place("record-malformed", source="a.log", **at(spans(data)[20])))
        self.assertIn(got.records["total"], (40, 41), str(got))

    def test_deep_manifest_and_sidecars(self):
        made = bundle.small(self.chance)
        deep = b'{"payload":' + b"[" * 100_000
        got = self.imported(self.folder(made.sealed() | {bundle.MANIFEST: deep}), keys=self.keys(*made.key_lines()))
        self.assert_found(got, place("seal-invalid", source=bundle.MANIFEST))
        self.assert_records(got, verified=60)

    def test_wide_document(self):
        text = b'{"Records":[' + b",".join([b"1"] * 200_000) + b"]}"
        got = self.imported(self.file("wide.json", text))
        self.assertEqual(got.doc["ledger"]["bytes_in"], len(text), str(got))
        self.assertEqual(got.records["verified"], 0, str(got))
        self.assertLess(len(got.result.out), 400 * MIB)

    def test_long_run_of_line_feeds(self):
        got = self.imported(self.file("lf.log", b"\n" * MIB))
        self.assert_records(got)


class Names(OutsideTest):
    def test_file_names_that_are_not_utf_8(self):
        data = jsonl(unsealed.vault(self.chance))
        root = self.folder({"plain.log": data})
        try:
            with open(os.path.join(os.fsencode(root), b"bad\xff\xfename.log"), "wb") as f:
                f.write(data)
        except OSError as error:
            self.skipTest(f"this file system refuses such names: {error}")
        got = self.imported(root)
        self.assert_records(got, unproven=80)
        self.assertEqual(len(got.doc["sources"]), 2, str(got))

    def test_zip_and_tar_names_that_are_not_utf_8(self):
        import tarfile

        data = jsonl(unsealed.vault(self.chance))
        info = tarfile.TarInfo("bad\udcff\udcfename.log")  # surrogateescape: the bytes ff fe
        got = self.imported(self.file("b.tar", pack.tarred([("plain.log", data), (info, data)])))
        # Read under a name that can be shown, or refused and said; never an abort.
        self.assertIn(got.records["total"], (40, 80), str(got))
        self.assertTrue(got.records["total"] == 80 or "entry-refused" in got.codes(), str(got))

    def test_names_that_deceive_the_reader(self):
        data = jsonl(unsealed.vault(self.chance, 4))
        names = [
            "evil\u202egol.exe.log",
            "red\x1b[31m.log",
            "zero\u200bwidth.log",
            "<script>alert(1)</script>.log".replace("/", "∕"),
            "line\nfeed.log",
            "=cmd.log",
            "tab\tname.log",
            "bom\ufeff.log",
        ]
        got = self.imported(self.folder({n: data for n in names}))
        self.assert_records(got, unproven=4 * len(names))
        shown = self.run_program("import", self.dir / "text.exhibit", self.folder({n: data for n in names}, "again"))
        self.assert_harmless(shown.out + shown.err.encode(), "import")
        for args in (["timeline", self.case], ["findings", self.case], ["custody", self.case]):
            result = self.run_program(*args)
            self.assert_harmless(result.out, args[0])

    def assert_harmless(self, text: bytes, what: str):
        self.assertNotIn(b"\x1b", text, f"{what}: an escape from the evidence reached the terminal")
        for mark in "\u202e\u200b\u2066\ufeff":
            self.assertNotIn(mark.encode(), text, f"{what}: U+{ord(mark):04X} is not made visible")

    def test_text_that_deceives_the_reader(self):
        marks = [
            "\u202eesrever",
            "\x1b[2J\x1b[31mred",
            "\u200bzero",
            "\u2066isolate",
            "\ufeffbom",
            "\x07bell",
            "\x9b31m",
        ]

        def change(seq, record):
            if 0 < seq < len(marks) + 1:
                mark = marks[seq - 1]
                record["actor"] = {"id": f"agent/{mark}", "kind": "agent", "name": mark}
                record["tool"] = {"name": mark}
                record["source"] = {"user_agent": mark, "host": mark, "ip": mark}
                record["type"] = "tool.invoke"

        made = bundle.small(self.chance, change=change)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        for args in (
            ["timeline", self.case],
            ["identities", self.case],
            ["findings", self.case],
            ["timeline", self.case, "--format", "table"],
        ):
            result = self.run_program(*args)
            self.assert_harmless(result.out, " ".join(args[::2]))
            self.assertNotIn(b"\x07", result.out)
            self.assertNotIn("\x9b".encode(), result.out)
        # The JSON keeps the text exactly.
        rows = [
            json.loads(r)
            for r in self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "1000").out.splitlines()
        ]
        self.assertTrue(any("\u202e" in (r.get("actor") or "") for r in rows), "the id is kept verbatim")

    def test_formulas_do_not_run_in_a_spreadsheet(self):
        def change(seq, record):
            if 0 < seq < len(FORMULAS) + 1:
                text = FORMULAS[seq - 1]
                record |= {
                    "type": "tool.invoke",
                    "actor": {"id": text, "kind": "agent", "name": text},
                    "tool": {"name": text},
                    "source": {"ip": text, "user_agent": text},
                    "resource": {"id": text},
                    "secret": {"id": text},
                    "outcome": "success",
                }

        made = bundle.small(self.chance, change=change)
        self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        result = self.run_program("timeline", self.case, "--format", "csv", "--limit", "1000")
        rows = list(csv.reader(io.StringIO(result.out.decode("utf-8-sig"), newline="")))
        self.assertEqual(len(rows), 61, "a header and a row for each record")
        self.assertEqual({len(r) for r in rows}, {len(rows[0])}, "every row has the header's columns")
        for row in rows:
            for cell in row:
                # A number may begin with a minus; nothing else that a spreadsheet would take for a formula may.
                if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not cell.lstrip("-").replace(".", "", 1).isdigit():
                    self.assertIn(cell, ("-", "--", "—"), f"a live cell: {cell!r}")
        self.assertIn("cmd|", result.out.decode(), "the text itself is kept")


class Small(OutsideTest):
    def test_empty_evidence(self):
        import pathlib

        empty = self.dir / "empty"
        empty.mkdir()
        for name, path in {
            "folder": empty,
            "file": self.file("none.log", b""),
            "zip": self.file("e.zip", pack.zipped({})),
            "tar": self.file("e.tar", pack.tarred({})),
            "gz": self.file("e.log.gz", pack.gz(b"")),
        }.items():
            with self.subTest(name):
                got = self.imported(pathlib.Path(path))
                self.assert_records(got)
                self.assert_case(got, "unproven")
                # The case can be looked at all the same.
                for command in ("timeline", "findings", "custody", "identities", "graph", "adequacy", "verify"):
                    if self.has(command):
                        self.json_of(command, self.case, codes=(0,))

    def test_unknown_formats_are_rejected_bytes_and_no_finding(self):
        files = {
            "a.txt": b"words\nand more\n",
            "b.bin": bytes(range(256)),
            "c.json": b'{"hello":"world"}',
            "d.csv": b"time,user\n2026-06-01,me\n",
            "e.xml": b"<a/>",
            "f.jsonl": b'{"x":1}\n{"x":2}\n',
        }
        got = self.imported(self.folder(files))
        self.assert_records(got)
        self.assertEqual(got.findings, [], str(got))
        self.assertEqual(got.doc["ledger"]["bytes_rejected"], sum(map(len, files.values())), str(got))

    def test_integers_beyond_2_to_53_in_an_unsealed_log_are_not_rounded(self):
        records = unsealed.vault(self.chance)
        line = unsealed.compact(records[4])[:-1] + b',"n":9007199254740993}'
        lines = [unsealed.compact(r) for r in records]
        lines[4] = line
        got = self.imported(self.file("a.log", jsonl(lines)))
        self.assertIn(got.records["total"], (39, 40), str(got))
        self.assertTrue(got.records["total"] == 40 or "record-malformed" in got.codes(), str(got))
        for args in (["timeline", self.case, "--format", "jsonl", "--limit", "100"],):
            self.assertNotIn(b"9007199254740992", self.run_program(*args).out)

    def test_duplicate_member_in_an_unsealed_log(self):
        lines = [unsealed.compact(r) for r in unsealed.kubernetes(self.chance)]
        lines[4] = lines[4][:-1] + b',"verb":"harmless"}'
        data = jsonl(lines)
        got = self.imported(self.file("a.log", data))
        # A malformed record, or rejected bytes; either way it is said where.
        self.assertIn(got.records["total"], (39, 40), str(got))
        self.assert_found(got, place("record-malformed", source="a.log", **at(spans(data)[4])))
