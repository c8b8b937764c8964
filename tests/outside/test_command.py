"""The command line as contract.md has it: exit statuses, determinism, trust, and what is kept in a case."""

import json
import os
import shutil

from .case import OutsideTest
from .make import bundle, pack, unsealed
from .make.keys import Key
from .make.unsealed import jsonl

AGENTS = "example.com/agents-prod"


class Statuses(OutsideTest):
    def test_no_such_path(self):
        self.refused("import", self.new_case(), self.dir / "absent", "--json")
        self.refused("import", self.new_case(), self.dir / "absent")

    def test_one_good_path_and_one_bad(self):
        good = self.file("a.log", jsonl(unsealed.vault(self.chance)))
        self.refused("import", self.new_case(), good, self.dir / "absent", "--json")

    def test_no_such_case(self):
        for command in ("verify", "timeline", "identities", "graph", "adequacy", "findings", "custody"):
            with self.subTest(command):
                case = self.dir / "absent.exhibit"
                self.refused(command, case, "--json")
                self.assertFalse(case.exists(), f"{command} made a case")

    def test_usage(self):
        case = self.new_case()
        for args in (
            [],
            ["import"],
            ["import", case],
            ["nonsense"],
            ["--nonsense"],
            ["verify"],
            ["import", case, "--keys"],
            ["timeline", case, "--format", "nonsense"],
            ["timeline", case, "--limit", "many"],
            ["trust", case],
            ["trust", case, "nonsense"],
            ["lineage", case],
            ["reach", case],
            ["seal"],
            ["demo"],
            ["check"],
        ):
            with self.subTest(" ".join(map(str, args[:2]))):
                self.refused(*args)

    def test_help_is_no_failure(self):
        result = self.run_program("--help")
        self.assertEqual(result.code, 0, str(result))
        told = result.out.decode() + result.err
        for command in ("import", "verify", "trust", "timeline", "record", "custody", "seal", "demo"):
            self.assertIn(command, told)
        later = "identities graph lineage reach provenance adequacy findings report check".split()
        missing = [command for command in later if command not in told]
        if missing:
            self.skipTest(f"the program has no commands {', '.join(missing)} yet")

    def test_file_that_is_no_case(self):
        for name, data in {"text": b"this is no case at all\n" * 100, "zip": pack.zipped({"a": b"b"})}.items():
            with self.subTest(name):
                path = self.file(f"{name}.exhibit", data)
                # The request was wrong, or the case is damaged: both are plain refusals.
                self.refused("verify", path, "--json", codes=(2, 3))
                self.assertEqual(path.read_bytes(), data, "a file that is no case was written to")

    def test_damaged_case(self):
        made = bundle.small(self.chance)
        self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        whole = self.case.read_bytes()
        for name, data in {
            "half": whole[: len(whole) // 2],
            "noughts": whole[:4096] + bytes(len(whole) - 4096),
        }.items():
            with self.subTest(name):
                path = self.file(f"{name}.exhibit", data)
                self.refused("verify", path, "--json", codes=(3,))

    def test_case_with_flipped_bytes_is_never_called_verified_wrongly(self):
        made = bundle.small(self.chance)
        first = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        whole = bytearray(self.case.read_bytes())
        for n in range(12):
            changed = bytearray(whole)
            for i in self.chance.sample(range(100, len(whole)), 40):
                changed[i] ^= 0xFF
            result = self.run_program("verify", self.file(f"flip{n}.exhibit", bytes(changed)), "--json")
            self.assertIn(result.code, (0, 1, 2, 3), str(result))
            if result.code == 0:
                # Bytes that hold nothing may flip unseen; then the answer is the old one, not another.
                doc = json.loads(result.out)
                self.assertEqual(doc["records"], first.records, "a damaged case gave another answer")

    def test_unwritable_place_for_a_case(self):
        log = self.file("a.log", jsonl(unsealed.vault(self.chance, 4)))
        self.refused("import", self.dir / "no" / "such" / "folder" / "c.exhibit", log, "--json", codes=(2, 3))

    def test_human_output_says_the_verdict_in_a_word(self):
        made = bundle.small(self.chance)
        result = self.run_program(
            "import", self.new_case(), self.folder(made.sealed()), "--keys", self.keys(*made.key_lines())
        )
        self.assertEqual(result.code, 0, str(result))
        self.assertIn(b"verified", result.out)


class SameAnswer(OutsideTest):
    def evidence(self):
        """A folder with something of everything, some of it bad."""
        made = bundle.small(self.chance)
        lines = list(made.stream.lines)
        lines[27] = lines[27].replace(b"success", b"failure")
        del lines[40]
        made.files[made.stream.path] = bundle.join(lines)
        files = {f"bundle/{k}": v for k, v in made.sealed().items()}
        files |= {
            "v/a.log": jsonl(unsealed.vault(self.chance)) + b"nonsense\n",
            "k/a.log": jsonl(unsealed.kubernetes(self.chance)),
            "readme.txt": b"x",
        }
        return self.folder(files), self.keys(*made.key_lines())

    def test_two_cases_give_the_same_json(self):
        folder, keys = self.evidence()
        one, two = self.imported(folder, keys=keys), self.imported(folder, keys=keys)
        # 59 lines of the bundle, one of them edited; two logs.
        self.assert_records(one, verified=58, contradicted=1, unproven=80)
        self.assertEqual(one.same(), two.same())
        name = "same.exhibit"
        for d in ("a", "b"):
            (self.dir / d).mkdir()
        one = self.imported(folder, keys=keys, case=self.dir / "a" / name)
        two = self.imported(folder, keys=keys, case=self.dir / "b" / name)
        self.assertEqual(one.doc["case"], name)
        self.assertEqual(one.result.out, two.result.out, "not the same bytes")

    def test_another_machine_gives_the_same_json(self):
        folder, keys = self.evidence()
        one = self.imported(folder, keys=keys)
        two = self.imported(folder, keys=keys, env={"TZ": "America/New_York", "LC_ALL": "C", "LANG": "tr_TR.UTF-8"})
        self.assertEqual(one.same(), two.same())
        other = self.dir / "elsewhere"
        shutil.copytree(folder, other / "evidence")
        three = self.imported(other / "evidence", keys=keys)
        self.assertEqual(one.same(), three.same())

    def test_order_on_disk_does_not_matter(self):
        folder, keys = self.evidence()
        other = self.dir / "other"
        paths = sorted((p for p in folder.rglob("*") if p.is_file()), reverse=True)
        for p in paths:
            target = other / p.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(p.read_bytes())
            os.utime(target, (1, 1))
        self.assertEqual(self.imported(folder, keys=keys).same(), self.imported(other, keys=keys).same())

    def test_verify_says_what_import_said(self):
        folder, keys = self.evidence()
        one = self.imported(folder, keys=keys)
        two = self.answer("verify", self.case, "--keys", keys)
        self.assertEqual((one.doc["case"], one.same()), (two.doc["case"], two.same()))

    def test_verify_needs_nothing_but_the_case(self):
        folder, keys = self.evidence()
        one = self.imported(folder, keys=keys)
        shutil.rmtree(folder)
        moved = self.dir / "other place" / self.case.name
        moved.parent.mkdir()
        for path in self.dir.glob(self.case.name + "*"):
            shutil.move(path, moved.parent / path.name)
        two = self.answer("verify", moved, "--keys", keys)
        self.assertEqual((one.doc["case"], one.same()), (two.doc["case"], two.same()))

    def test_verify_may_be_repeated(self):
        folder, keys = self.evidence()
        self.imported(folder, keys=keys)
        one = self.answer("verify", self.case, "--keys", keys)
        two = self.answer("verify", self.case, "--keys", keys)
        self.assertEqual(one.result.out, two.result.out)

    def test_check_says_what_import_says(self):
        made = bundle.small(self.chance)
        folder, keys = self.folder(made.sealed()), self.keys(*made.key_lines())
        one = self.imported(folder, keys=keys)
        self.needs("check")
        two = self.answer("check", folder, "--keys", keys)
        for name in ("verdict", "records", "streams", "findings", "ledger"):
            self.assertEqual(one.doc[name], two.doc[name], name)

    def test_evidence_is_only_read(self):
        folder, keys = self.evidence()
        before = {p: (p.read_bytes() if p.is_file() else None, p.stat().st_mtime_ns) for p in folder.rglob("*")}
        self.imported(folder, keys=keys)
        if self.has("check"):
            self.run_program("check", folder, "--keys", keys)
        after = {p: (p.read_bytes() if p.is_file() else None, p.stat().st_mtime_ns) for p in folder.rglob("*")}
        self.assertEqual(before, after)

    def test_evidence_that_cannot_be_written_to(self):
        folder, keys = self.evidence()
        for p in [*folder.rglob("*"), folder]:
            p.chmod(0o555 if p.is_dir() else 0o444)
        self.addCleanup(lambda: [p.chmod(0o755) for p in [folder, *folder.rglob("*")]])
        self.imported(folder, keys=keys)


class Imports(OutsideTest):
    def test_import_again_is_recognised(self):
        made = bundle.small(self.chance)
        folder, keys = self.folder(made.sealed()), self.keys(*made.key_lines())
        one = self.imported(folder, keys=keys)
        self.assert_records(one, verified=60)
        two = self.imported(folder, keys=keys, case=self.case)
        self.assertEqual(two.records, one.records, str(two))
        self.assert_contradicting(two)
        self.assertEqual(two.doc["ledger"], one.doc["ledger"], str(two))

    def test_unsealed_log_again_is_recognised(self):
        log = self.file("a.log", jsonl(unsealed.vault(self.chance)))
        self.imported(log)
        got = self.imported(log, case=self.case)
        self.assert_records(got, unproven=40)
        rows = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "1000").out.splitlines()
        self.assertIn(len(rows), (20, 40))

    def test_paths_are_numbered_in_order(self):
        a = self.file("a.log", jsonl(unsealed.vault(self.chance)))
        b = self.folder({"b.log": jsonl(unsealed.vault(self.chance))}, "b")
        c = self.file("c.zip", pack.zipped({"in/c.log": jsonl(unsealed.vault(self.chance))}))
        self.imported(a, b)
        got = self.imported(c, case=self.case)
        self.assertEqual(
            [(s["import"], s["path"]) for s in got.doc["sources"] if s["records"]],
            [(1, "a.log"), (2, "b.log"), (3, "in/c.log")],
            str(got),
        )
        self.assert_records(got, unproven=120)

    def test_bundle_split_over_two_paths_of_a_case_is_two_bundles(self):
        # Streams without their manifest, the manifest without the streams: nothing is mended across imports.
        made = bundle.small(self.chance)
        files = made.sealed()
        got = self.imported(
            self.folder({k: v for k, v in files.items() if k != bundle.MANIFEST}, "a"),
            keys=self.keys(*made.key_lines()),
        )
        self.assertIn("seal-missing", got.codes(), str(got))
        self.assert_records(got, verified=60)


class Trust(OutsideTest):
    def test_trust_changes_verdicts_and_says_which(self):
        made = bundle.small(self.chance)
        keys = self.keys(*made.key_lines())
        before = self.imported(self.folder(made.sealed()))
        self.assert_case(before, "intact")
        added = self.run_program("trust", self.case, "add", keys, "--how", "read from paper, in person")
        self.assertEqual(added.code, 0, str(added))
        self.assertIn(b"verified", added.out, "it must say which verdicts change")
        self.assertIn(b"intact", added.out, "it must say from what")
        self.assert_case(self.answer("verify", self.case), "verified")
        listed = self.run_program("trust", self.case, "list")
        self.assertIn(made.stream.key.fingerprint.encode(), listed.out)
        self.assertIn(b"read from paper, in person", listed.out)
        removed = self.run_program("trust", self.case, "remove", made.stream.key.fingerprint)
        self.assertEqual(removed.code, 0, str(removed))
        self.assertIn(b"intact", removed.out)
        after = self.answer("verify", self.case)
        self.assert_records(after, intact=60)

    def test_trust_prints_one_json_document(self):
        made = bundle.small(self.chance)
        keys = self.keys(*made.key_lines())
        self.imported(self.folder(made.sealed()))
        self.json_of("trust", self.case, "add", keys)
        self.json_of("trust", self.case, "list")
        self.json_of("trust", self.case, "remove", made.stream.key.fingerprint)

    def test_trusted_keys_stay_with_the_case(self):
        made = bundle.small(self.chance)
        self.imported(self.folder(made.sealed()))
        self.run_program("trust", self.case, "add", self.keys(*made.key_lines()))
        second = bundle.small(self.chance, id="example.com/second", key=made.stream.key, collector=made.collector)
        self.run_program("trust", self.case, "add", self.keys(second.key_lines()[0], name="more.txt"))
        got = self.imported(self.folder(second.sealed(), "second"), case=self.case)
        self.assert_records(got, verified=120)

    def test_a_verdict_does_not_outlive_its_trust(self):
        made = bundle.small(self.chance)
        keys = self.keys(*made.key_lines())
        self.imported(self.folder(made.sealed()))
        self.run_program("trust", self.case, "add", keys)
        self.run_program("trust", self.case, "remove", made.stream.key.fingerprint)
        rows = [
            json.loads(r)
            for r in self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "100").out.splitlines()
        ]
        self.assertEqual({r["verdict"] for r in rows}, {"intact"})

    def test_bad_requests(self):
        made = bundle.small(self.chance)
        self.imported(self.folder(made.sealed()))
        self.refused("trust", self.case, "add", self.file("bad.txt", "nonsense\n"))
        self.refused("trust", self.case, "add", self.dir / "absent.txt")
        self.refused("trust", self.case, "remove", Key(self.chance).fingerprint)
        self.refused("trust", self.dir / "absent.exhibit", "list")

    def test_private_parts_of_keys_are_not_needed_nor_kept(self):
        made = bundle.small(self.chance)
        got = self.imported(self.folder(made.sealed()), keys=self.keys(*made.key_lines()))
        self.assert_case(got, "verified")
        self.assertNotIn(made.stream.key.seed, self.case.read_bytes())
