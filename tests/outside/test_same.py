"""The same case and time give the same bytes in surroundings that have nothing in common with the first ones."""

import hashlib
import json
import os
import re
import shutil
import subprocess

from . import program
from .case import OutsideTest
from .make import jcs

AT = "2026-06-13T09:31:20Z"


def files(folder) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def can(*args) -> bool:
    try:
        return subprocess.run([*args, "true"], capture_output=True).returncode == 0
    except OSError:
        return False


class Same(OutsideTest):
    def setUp(self):
        super().setUp()
        self.needs("report")
        story = self.dir / "story"
        self.assertEqual(self.run_program("demo", story).code, 0)
        self.imported(story / "tampered", keys=[story / "keys" / "trusted.keys", story / "keys" / "cloudtrail-keys.json"])
        token = re.search(r"jti:[0-9a-f]{32}", (story / "README.txt").read_text())[0]
        self.asked = ("--at", AT, "--examiner", "ada", "--question", "What?", "--answer", "That.", "--query", token, "--reach", token, "--lineage", token)

    def write(self, case, out):
        result = self.run_program("report", case, out, *self.asked)
        self.assertEqual(result.code, 0, f"\n{result}")
        return out

    def test_elsewhere_the_same_bytes(self):
        home = self.write(self.case, self.dir / "home")
        away = self.dir / "ещё один путь" / "with spaces"
        for name in ("home", "tmp", "work"):
            (away / name).mkdir(parents=True)
        shutil.copy(self.case, away / self.case.name)
        os.chmod(away / self.case.name, 0o600)
        around, said = [], []
        for words, what in ((["taskset", "-c", str(min(os.sched_getaffinity(0)))], "one processor"), (["unshare", "--user", "--map-root-user", "--uts"], "another host name")):
            if can(*around, *words):
                around += words
            else:
                said.append(f"not tried: {what} ({words[0]} is not permitted here)")
        enter = "umask 077; ulimit -n 64; "
        if "unshare" in around:
            enter += "hostname far-away.example; "
        environment = {"HOME": str(away / "home"), "TMPDIR": str(away / "tmp"), "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "20", "USER": "nobody", "SOURCE_DATE_EPOCH": "0"}
        args = [*around, "/bin/sh", "-c", enter + 'exec "$@"', "sh", program.binary(), "report", away / self.case.name, away / "out", *self.asked]
        # PATH is for `hostname` alone: the program is named whole, and is given none.
        made = subprocess.run(args, cwd=away / "work", env={**environment, "PATH": "/usr/bin:/bin"}, capture_output=True)
        self.assertEqual(made.returncode, 0, made.stderr.decode("utf-8", "replace"))
        one, other = files(home), files(away / "out")
        self.assertEqual(list(one), list(other))
        self.assertEqual([path for path in one if one[path] != other[path]], [])
        self.assertEqual(list((away / "work").iterdir()) + list((away / "tmp").iterdir()) + list((away / "home").iterdir()), [])
        if said:
            self.skipTest("the bytes are the same; " + "; ".join(said))

    def test_what_another_build_made_is_not_called_altered(self):
        out = self.write(self.case, self.dir / "other")
        said = json.loads((out / "report.json").read_text())
        said["tool"]["name"] = "exhibit 0.1.0+0123456789ab"
        said["id"] = ""
        digits = hashlib.sha256(jcs.canonical(said)).hexdigest()
        said["id"] = "EX-" + "-".join(digits[i : i + 4] for i in range(0, 16, 4))
        (out / "report.json").write_bytes(jcs.canonical(said))
        listing = "find . -type f ! -name 'SHA256SUMS*' | sed 's,^./,,' | LC_ALL=C sort | xargs sha256sum"
        made = subprocess.run(["sh", "-c", listing], cwd=out, capture_output=True, check=True)
        (out / "SHA256SUMS").write_bytes(made.stdout)
        answer = self.answer("check", out)
        self.assertEqual((answer.verdict, answer.contradicting, answer.codes()), ("unproven", [], {"render-differs"}))
        for found in answer.findings:
            self.assertTrue(found["message"].startswith("made by another build, exhibit 0.1.0+0123456789ab; "), found)
        (step,) = [step for step in answer.doc["steps"] if step["name"] == "render"]
        self.assertEqual(step["outcome"], "missing")
        # One byte of it without a sum of its own is altered all the same.
        page = out / "report.html"
        page.write_bytes(page.read_bytes().replace(b"verified", b"Verified", 1))
        self.assertEqual([f["source"] for f in self.answer("check", out).contradicting], ["report.html"])
