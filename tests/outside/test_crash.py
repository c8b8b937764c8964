"""Imports that end before their time: killed, interrupted, out of space. None may count half a file as the whole."""

import json
import os
import shutil
import signal
import subprocess
import time

from . import program
from .case import OutsideTest
from .make import unsealed

# Enough work that a debug build is still at it after a moment, little enough to write quickly.
LINES = 40_000


class Interrupted(OutsideTest):
    def big(self):
        """A log of many records whose text does not compress to nothing."""
        records = [unsealed.compact(r) for r in unsealed.vault(self.chance, 400)]
        path = self.dir / "big.log"
        with open(path, "wb") as f:
            for i in range(LINES):
                f.write(records[i % 400][:-1] + b',"n":"%s"}\n' % self.chance.randbytes(24).hex().encode())
        return path

    def begin(self, path, case):
        running = program.Running("import", case, path, "--json")
        end = time.monotonic() + 30
        while not case.exists() and not running.ended() and time.monotonic() < end:
            time.sleep(0.01)
        return running

    def assert_whole_or_nothing(self, case, path):
        """The case opens; the file is in it whole or not at all; a second import makes it whole."""
        if case.exists():
            result = self.run_program("verify", case, "--json")
            # A case that was not yet laid out when the end came may be refused as no case.
            self.assertIn(result.code, (0, 2, 3), str(result))
            if result.code == 0:
                self.assertIn(json.loads(result.out)["records"]["total"], (0, LINES), "half a file counts as the whole")
        got = self.imported(path, case=case)
        self.assert_records(got, unproven=LINES)
        again = self.answer("verify", case)
        self.assertEqual(got.same(), again.same())

    def test_kill_in_the_middle(self):
        path = self.big()
        for delay in (0.05, 0.5, 1.5):
            with self.subTest(delay=delay):
                case = self.new_case()
                running = self.begin(path, case)
                time.sleep(delay)
                if running.ended():
                    print(f"    the import was over before it could be killed ({delay} s)")
                running.signal(signal.SIGKILL)
                running.finish()
                self.assert_whole_or_nothing(case, path)

    def test_kill_leaves_earlier_imports_whole(self):
        small = self.file("small.log", unsealed.jsonl(unsealed.vault(self.chance)))
        before = self.imported(small)
        path = self.big()
        running = program.Running("import", self.case, path, "--json")
        time.sleep(0.7)
        running.signal(signal.SIGKILL)
        running.finish()
        got = self.answer("verify", self.case)
        if got.records["total"] != LINES + 40:
            self.assertEqual(got.doc["sources"], before.doc["sources"], str(got))
            self.assertEqual(got.records, before.records, str(got))

    def test_interrupt(self):
        path = self.big()
        case = self.new_case()
        running = self.begin(path, case)
        time.sleep(0.5)
        running.signal(signal.SIGINT)
        asked = time.monotonic()
        result = running.finish(60)
        self.assertLess(time.monotonic() - asked, 30, "it did not end when asked to")
        self.assertNotIn("panicked at", result.err)
        if result.code == 0:
            print("    the import was over before it could be interrupted")
            self.assertEqual(json.loads(result.out)["records"]["total"], LINES)
        else:
            self.assertEqual(result.out, b"", str(result))
        self.assert_whole_or_nothing(case, path)

    def test_disk_full(self):
        if os.geteuid() != 0:
            self.skipTest("a small tmpfs needs root")
        place = self.dir / "small"
        place.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], stderr=subprocess.PIPE)
        if mounted.returncode:
            self.skipTest(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", place])
        path = self.big()
        case = place / "c.exhibit"
        result = program.run("import", case, path, "--json")
        self.assertNotIn("panicked at", result.err, str(result))
        self.assertEqual((result.code, result.out), (3, b""), str(result))
        # What is left is a case that says nothing false, or none.
        if case.exists():
            later = self.run_program("verify", case, "--json")
            if later.code == 0:
                self.assertEqual(json.loads(later.out)["records"]["total"], 0, str(later))
        if case.exists():
            roomy = self.new_case()
            for left in place.glob("c.exhibit*"):
                shutil.copy(left, str(roomy) + left.name[len("c.exhibit") :])
            self.assert_whole_or_nothing(roomy, path)

    def test_standard_output_closed_early(self):
        small = self.file("small.log", unsealed.jsonl(unsealed.vault(self.chance, 4000)))
        self.imported(small)
        read = subprocess.run(
            f"'{program.binary()}' timeline '{self.case}' --format jsonl --limit 100000 | head -n 1",
            shell=True,
            capture_output=True,
            timeout=60,
        )
        self.assertEqual(len(read.stdout.splitlines()), 1)
        self.assertNotIn(b"panicked", read.stderr)

    def test_two_imports_into_one_case_at_once(self):
        a = self.file("a.log", unsealed.jsonl(unsealed.vault(self.chance, 4000)))
        b = self.file("b.log", unsealed.jsonl(unsealed.vault(self.chance, 4000)))
        case = self.new_case()
        runs = [program.Running("import", case, path, "--json") for path in (a, b)]
        results = [r.finish() for r in runs]
        for r in results:
            self.assertEqual(program.faults(r), [], str(r))
        done = sum(r.code == 0 for r in results)
        # Both wait for one another, or one is turned away; what was done is there, and whole.
        self.assertGreaterEqual(done, 1, "\n".join(map(str, results)))
        self.assert_records(self.answer("verify", case), unproven=4000 * done)
