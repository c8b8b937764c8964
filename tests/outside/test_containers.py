"""Folders, zips and tars of a bundle give one answer; hostile entries are refused and the rest is read."""

import gzip
import io
import tarfile
from pathlib import Path

from .case import OutsideTest, place
from .make import bundle, pack

AGENTS = "example.com/agents-prod"
PATH = "streams/agents-prod.jsonl"


class Containers(OutsideTest):
    def setUp(self):
        super().setUp()
        self.made = bundle.small(self.chance)
        self.files = self.made.sealed()
        self.trusted = self.keys(*self.made.key_lines())

    def of(self, name, data):
        return self.imported(self.file(name, data), keys=self.trusted)

    def test_one_bundle_in_every_container(self):
        tar = pack.tarred(self.files)
        wholes = {
            "b.zip": pack.zipped(self.files),
            "b.tar": tar,
            "b.tar.gz": pack.gz(tar),
            "b.tar.zst": pack.zstd(tar),
            "b.tgz": pack.gz(tar),
        }
        plain = self.imported(self.folder(self.files), keys=self.trusted)
        for name, data in wholes.items():
            if data is None:
                print("    skipped: no zstd tool, so no .tar.zst")
                continue
            with self.subTest(name):
                got = self.of(name, data)
                self.assert_case(got, "verified")
                self.assertEqual(got.records, plain.records, str(got))
                self.assertEqual(got.doc["streams"], plain.doc["streams"], str(got))
                self.assertEqual(got.findings, [], str(got))
                self.assert_source(got, PATH, "verified", 60)
                # The entries count; whether a tar's own headers and padding count as structure is left open.
                self.assertGreaterEqual(got.doc["ledger"]["bytes_in"], sum(map(len, self.files.values())), str(got))
                self.assertEqual(got.doc["ledger"]["bytes_records"], plain.doc["ledger"]["bytes_records"], str(got))

    def test_bundle_below_a_folder_of_the_archive(self):
        for name, pack_it in (("b.zip", pack.zipped), ("b.tar", pack.tarred)):
            with self.subTest(name):
                got = self.of(name, pack_it({f"export/x/{k}": v for k, v in self.files.items()}))
                self.assert_case(got, "verified")
                self.assert_source(got, f"export/x/{PATH}", "verified", 60)

    def test_order_of_entries_does_not_matter(self):
        for order in (sorted(self.files), sorted(self.files, reverse=True)):
            got = self.of("b.tar", pack.tarred([(name, self.files[name]) for name in order]))
            self.assert_case(got, "verified")
            self.assert_records(got, verified=60)

    def test_entries_written_with_a_leading_dot(self):
        # `tar -C dir .` writes ./manifest.dsse.json: the same path.
        got = self.of("b.tar", pack.tarred({f"./{k}": v for k, v in self.files.items()}))
        self.assert_case(got, "verified")
        self.assert_records(got, verified=60)

    def test_folder_entries_are_no_files(self):
        folder = tarfile.TarInfo("streams/")
        folder.type = tarfile.DIRTYPE
        got = self.of("b.tar", pack.tarred([(folder, b""), *self.files.items()]))
        self.assert_case(got, "verified")
        self.assertEqual(got.findings, [], str(got))

    def refused_entry(self, name, data, count=1):
        """The entry is refused and said, and the rest is read: still verified, nothing written outside."""
        before = {p for p in self.dir.rglob("*")}
        got = self.of(name, data)
        self.assert_contradicting(got)
        self.assert_records(got, verified=60)
        self.assert_case(got, "verified")
        self.assertEqual(len([f for f in got.findings if f["code"] == "entry-refused"]), count, str(got))
        self.assert_codes(got, "entry-refused")
        new = {p.name for p in self.dir.rglob("*")} - {p.name for p in before}
        self.assertEqual({n for n in new if "exhibit" not in n and n != name}, set(), "files were written")
        self.assertFalse(Path("/tmp/outside-evil").exists())
        return got

    def test_entries_that_climb_out(self):
        for bad in (
            "../evil.jsonl",
            "streams/../../evil",
            "/tmp/outside-evil",
            "streams\\evil",
            "C:\\evil",
            "a/..",
            "//server/share",
        ):
            for name, pack_it in (("b.tar", pack.tarred), ("b.zip", pack.zipped)):
                if bad == "C:\\evil" and name == "b.tar":
                    continue
                with self.subTest(f"{bad} in {name}"):
                    self.refused_entry(name, pack_it([*self.files.items(), (bad, b"evil")]))

    def test_entry_with_a_nul_in_its_name(self):
        info = tarfile.TarInfo("x")
        info.pax_headers = {"path": "streams/a\0b.jsonl"}
        info.size = 4
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for name, data in self.files.items():
                plain = tarfile.TarInfo(name)
                plain.size = len(data)
                archive.addfile(plain, io.BytesIO(data))
            archive.addfile(info, io.BytesIO(b"evil"))
        self.refused_entry("b.tar", out.getvalue())

    def test_links_and_devices(self):
        fifo = tarfile.TarInfo("attachments/fifo")
        fifo.type = tarfile.FIFOTYPE
        device = tarfile.TarInfo("attachments/null")
        device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 3
        for name, entry in {
            "symlink": pack.link("attachments/link", "/etc/passwd"),
            "hard link": pack.link("attachments/link", PATH, tarfile.LNKTYPE),
            "fifo": fifo,
            "device": device,
        }.items():
            with self.subTest(name):
                self.refused_entry("b.tar", pack.tarred([*self.files.items(), (entry, b"")]))

    def test_entries_that_differ_by_case(self):
        other = bundle.small(self.chance).stream.data()
        for bad in ("Streams/agents-prod.jsonl", "STREAMS/AGENTS-PROD.JSONL"):
            for name, pack_it in (("b.tar", pack.tarred), ("b.zip", pack.zipped)):
                with self.subTest(f"{bad} in {name}"):
                    self.refused_entry(name, pack_it([*self.files.items(), (bad, other)]))

    def test_entries_that_differ_by_unicode_case(self):
        files = self.files
        self.made.files["attachments/größe-é"] = b"1"
        self.files = self.made.sealed()
        self.refused_entry("b.zip", pack.zipped([*self.files.items(), ("attachments/GRÖßE-É", b"2")]))
        self.files = files

    def test_same_entry_twice(self):
        other = bundle.small(self.chance).stream.data()
        for name, pack_it in (("b.tar", pack.tarred), ("b.zip", pack.zipped)):
            with self.subTest(name):
                self.refused_entry(name, pack_it([*self.files.items(), (PATH, other)]))

    def test_bytes_after_the_compressed_stream(self):
        tar = pack.gz(pack.tarred(self.files))
        for name, extra in {"garbage": b"garbage after the end", "second member": pack.gz(b"hidden " * 50)}.items():
            with self.subTest(name):
                got = self.of("b.tar.gz", tar + extra)
                self.assert_found(got, place("trailing-data"))
                self.assert_contradicting(got, place("trailing-data"))
                self.assert_records(got, verified=60)

    def test_truncated_archives(self):
        tar = pack.tarred(self.files)
        for name, data in {
            "b.tar": tar[: len(tar) // 2],
            "b.tar.gz": pack.gz(tar)[:-200],
            "b.zip": pack.zipped(self.files)[:-300],
        }.items():
            with self.subTest(name):
                # Half an archive is bad evidence, not an error of the examiner; how much of it is read is left open.
                got = self.of(name, data)
                self.assertNotEqual(got.verdict, "verified", str(got))

    def test_archives_that_are_none(self):
        for name in ("b.zip", "b.tar", "b.tar.gz", "b.tar.zst"):
            for data in (b"", b"nonsense", self.chance.randbytes(2000)):
                with self.subTest(f"{name} of {len(data)}"):
                    got = self.of(name, data)
                    self.assert_records(got)
                    self.assert_case(got, "unproven", "contradicted")

    def test_archive_within_an_archive(self):
        inner = pack.zipped(self.files)
        got = self.of("outer.zip", pack.zipped({"inner.zip": inner}))
        self.assert_records(got, verified=60)
        self.assert_case(got, "verified")

    def test_archives_nested_too_deep(self):
        data = pack.zipped(self.files)
        for i in range(5):
            data = pack.zipped({f"level{i}.zip": data, f"beside{i}.txt": b"x"})
        got = self.of("deep.zip", data)
        self.assert_records(got)
        self.assert_found(got, place("entry-refused"))

    def test_folder_with_links_out_of_it(self):
        import os

        root = self.folder(self.files)
        os.symlink("/etc/passwd", root / "attachments-link")
        os.symlink("..", root / "loop")
        got = self.imported(root, keys=self.trusted)
        self.assert_records(got, verified=60)
        self.assert_contradicting(got)
        self.assert_found(got, place("entry-refused"))
        self.assertFalse([s for s in got.doc["sources"] if "passwd" in s["path"]], str(got))

    def test_zip_that_says_other_sizes_than_it_holds(self):
        data = bytearray(pack.zipped(self.files))
        # The central directory's uncompressed size of the first entry, 24 bytes into its header.
        start = data.index(b"PK\x01\x02")
        data[start + 24 : start + 28] = (7).to_bytes(4, "little")
        got = self.of("b.zip", bytes(data))
        # The manifest or another file is damaged in transport; whatever is read must balance.
        self.assertTrue(got.doc["ledger"]["balanced"], str(got))

    def test_gzip_of_one_stream_file(self):
        # A single file outside of a bundle: the seals are not with it.
        got = self.of("agents-prod.jsonl.gz", gzip.compress(self.made.stream.data(), mtime=0))
        self.assertEqual((got.records["verified"], got.records["total"]), (0, 60), str(got))
        self.assert_contradicting(got)
