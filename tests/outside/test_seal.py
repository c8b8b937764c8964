"""Sealing on the collecting machine: what is missing of a collection is said while it can still be fetched."""

import json
import shlex
import subprocess

from .make import cloudtrail
from .test_cloudtrail import CloudTrailTest


class Seal(CloudTrailTest):
    def setUp(self):
        super().setUp()
        self.needs("seal")
        self.key = self.dir / "collector"
        made = subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.key], capture_output=True)
        if made.returncode:
            self.skipTest(f"ssh-keygen: {made.stderr.decode()}")

    def collected(self, files, keys=True, name="copy"):
        self.made = self.trail(logs_per_hour=(1, 2)) if not hasattr(self, "made") else self.made
        args = ["--keys", self.file("aws.json", self.made.key_list())] if keys else []
        return ["seal", self.dir / "sealed", self.folder(files, name), "--sign-with", self.key, *args]

    def commands(self, err: str) -> list[list[str]]:
        """Each command that is told, as a shell would divide it."""
        return [shlex.split(line) for line in err.splitlines() if line.startswith("    aws ")]

    def test_a_whole_collection_is_sealed_and_verified_when_it_is_imported(self):
        self.made = self.trail()
        args = self.collected(self.made.files())
        sealing = self.json_of(*args, codes=(0,))
        self.assertEqual(sealing["missing"], [])
        trusted = [self.keys(sealing["key"]), self.dir / "aws.json"]
        got = self.imported(self.dir / "sealed", keys=trusted)
        self.assert_records(got, verified=self.made.count())
        self.assert_contradicting(got)

    def test_what_is_missing_is_named_with_its_command_and_nothing_is_sealed(self):
        self.made = self.trail(logs_per_hour=(1, 2, 1, 1))
        whole = self.made.files()
        digest, log = self.made.digests[1], next(log for hour in self.made.logs for log in hour)
        gap = (digest.key, digest.key + ".metadata.json")
        bucket = cloudtrail.BUCKET
        for number, (left_out, keys, wanted) in enumerate((
            ((digest.key + ".metadata.json",), True, ["aws", "s3api", "head-object", "--bucket", bucket, "--key", digest.key]),
            ((log.key,), True, ["aws", "s3", "cp", f"s3://{bucket}/{log.key}", f"copy/{log.key}"]),
            (gap, True, ["aws", "s3", "cp", f"s3://{bucket}/{digest.key}", f"copy/{digest.key}"]),
            ((), False, ["aws", "cloudtrail", "list-public-keys", "--region"]),
        )):
            with self.subTest(left_out=left_out, keys=keys):
                args = self.collected({path: data for path, data in whole.items() if path not in left_out}, keys, f"{number}/copy")
                said = self.refused(*args)
                self.assertIn("[collection-incomplete]", said.err)
                self.assertFalse((self.dir / "sealed").exists())
                (command,) = self.commands(said.err)
                there = [word.replace(f"{self.dir}/{number}/", "") for word in command]
                self.assertEqual(there[: len(wanted)], wanted)

    def test_the_key_list_may_lie_among_what_is_sealed(self):
        self.made = self.trail()
        args = self.collected(self.made.files() | {"keys-eu-west-1.json": self.made.key_list()}, keys=False)
        self.assertEqual(self.run_program(*args).code, 0)

    def test_sealed_all_the_same_the_bundle_says_what_was_missing(self):
        self.made = self.trail(logs_per_hour=(2, 2))
        log = self.made.logs[0][0]
        files = {path: data for path, data in self.made.files().items() if path != log.key}
        sealing = self.json_of(*self.collected(files), "--incomplete", codes=(0,))
        self.assertEqual(len(sealing["missing"]), 1)
        told = json.loads((self.dir / "sealed" / "attachments" / "not-collected.json").read_text())
        self.assertEqual(told, {"missing": sealing["missing"]})
        self.assertIn(log.key, told["missing"][0]["what"])
        # It is of the bundle: its manifest lists it, and to change it is noticed.
        trusted = [self.keys(sealing["key"]), self.dir / "aws.json"]
        got = self.imported(self.dir / "sealed", keys=trusted)
        self.assertNotIn("file-unlisted", got.codes())
        path = self.dir / "sealed" / "attachments" / "not-collected.json"
        path.write_text(path.read_text().replace("log", "LOG", 1))
        changed = self.imported(self.dir / "sealed", keys=trusted)
        self.assertIn("file-altered", changed.codes())

    def test_names_of_the_evidence_in_a_command_are_data(self):
        self.made = self.trail(logs_per_hour=(1, 1))
        files = self.made.files()
        digest = self.made.digests[0]
        hostile = "x'; touch /tmp/pwned; '\u001b[2J.json.gz"
        inflated = json.loads(digest.inflated)
        inflated["logFiles"][0]["s3Object"] = hostile
        from .make.pack import gz

        files[digest.key] = gz(json.dumps(inflated).encode())
        said = self.refused(*self.collected(files))
        self.assertNotIn("\u001b", said.err)
        for command in self.commands(said.err):
            self.assertEqual(command[0], "aws")
            self.assertNotIn("touch", command)
        self.assertTrue([c for c in self.commands(said.err) if any("touch /tmp/pwned" in word for word in c)])


del CloudTrailTest
