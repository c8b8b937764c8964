"""What a key file says is what counts: names, streams, validity, revocation; and key files that are refused."""

from .case import OutsideTest, place
from .make import bundle, clock
from .make.keys import SMALL_ORDER, Key, b64, vkey_of

AGENTS = "example.com/agents-prod"


class BundleKeys(OutsideTest):
    def with_keys(self, made, *lines):
        return self.imported(
            self.folder(made.sealed(), f"e{self._cases}"), keys=self.keys(*lines, name=f"k{self._cases}.txt")
        )

    def test_every_written_form_of_the_streams_key(self):
        made = bundle.small(self.chance)
        key = made.stream.key
        for name, line in {
            "vkey": key.vkey(AGENTS),
            "raw with stream": f"{key.raw} stream={AGENTS}",
            "all options": f"{key.raw} from=2026-01-01T00:00:00Z until=2027-01-01T00:00:00Z name=agents stream={AGENTS}",
            "comments around": f"# the agents' key\n\n{key.vkey(AGENTS)}\n# end",
        }.items():
            with self.subTest(name):
                got = self.with_keys(made, line, made.collector.raw)
                self.assert_records(got, verified=60)
                self.assert_case(got, "verified")

    def test_crlf_and_no_final_newline(self):
        # Not promised by the specification, but a file that was saved elsewhere must be read or refused, never
        # half read: verified, or exit status 2.
        made = bundle.small(self.chance)
        file = self.file("k.txt", "\r\n".join(made.key_lines()))
        result = self.run_program("import", self.new_case(), self.folder(made.sealed()), "--keys", file, "--json")
        self.assertIn(result.code, (0, 2), str(result))
        if result.code == 0:
            self.assertIn(b'"verified"', result.out)

    def test_collector_keys_of_other_kinds(self):
        made = bundle.small(self.chance)
        for name, text in {
            "openssh": made.collector.openssh,
            "openssh with comment": made.collector.openssh + " me@x",
            "pem": made.collector.pem,
            "raw": made.collector.raw,
            "vkey": made.collector.vkey("anything.example.com"),
        }.items():
            with self.subTest(name):
                one = self.keys(made.key_lines()[0], name=f"stream {name}.txt")
                two = self.file(f"collector {name}", text if text.endswith("\n") else text + "\n")
                got = self.imported(self.folder(made.sealed(), name), keys=(one, two))
                self.assert_case(got, "verified")

    def test_key_without_stream_does_not_vouch_for_a_bundles_stream(self):
        made = bundle.small(self.chance)
        for name, text in {
            "raw": made.stream.key.raw,
            "raw with a label": f"{made.stream.key.raw} name=agents",
            "pem": made.stream.key.pem,
            "openssh": made.stream.key.openssh,
            "vkey of another name": made.stream.key.vkey("example.com/other"),
            "another stream": f"{made.stream.key.raw} stream=example.com/other",
        }.items():
            with self.subTest(name):
                one = self.file(f"key {name}", text if text.endswith("\n") else text + "\n")
                got = self.imported(self.folder(made.sealed(), name), keys=(one, self.keys(made.collector.raw)))
                self.assert_records(got, intact=60)
                self.assert_contradicting(got)

    def test_vkey_for_a_stream_of_another_name(self):
        # `stream=` extends a vkey to another stream; its signature lines then carry the vkey's name.
        made = bundle.small(self.chance, signer=False, sizes=(60,))
        s, key = made.stream, made.stream.key
        text = bundle.note_text(AGENTS, 60, bundle.merkle.root(s.leaves(60)))
        made.files[s.checkpoint_path(60)] = (
            text + "\n" + key.note_line("example.com/sealer", key.sign(text.encode()))
        ).encode()
        got = self.with_keys(made, f"{key.vkey('example.com/sealer')} stream={AGENTS}", made.collector.raw)
        self.assert_records(got, verified=60)

    def test_two_keys_for_one_stream(self):
        made = bundle.small(self.chance)
        got = self.with_keys(made, Key(self.chance).vkey(AGENTS), *made.key_lines())
        self.assert_records(got, verified=60)
        self.assert_case(got, "verified")

    def between(self, made, a, b):
        return clock.micros((made.stream.times[a] + made.stream.times[b]) // 2)

    def test_expired_key(self):
        made = bundle.small(self.chance)
        got = self.with_keys(made, f"{made.key_lines()[0]} until={self.between(made, 45, 46)}", made.key_lines()[1])
        # Checkpoint 40's last record is inside the validity, checkpoint 60's is not.
        self.assert_records(got, verified=40, unproven=20)
        self.assert_contradicting(got)
        self.assert_codes(got, "key-expired")

    def test_key_not_yet_valid(self):
        made = bundle.small(self.chance, sizes=(20,))
        got = self.with_keys(made, f"{made.key_lines()[0]} from={self.between(made, 30, 31)}", made.key_lines()[1])
        self.assert_records(got, unproven=60)
        self.assert_found(got, place("key-expired"))

    def test_revoked_key(self):
        made = bundle.small(self.chance)
        got = self.with_keys(made, f"{made.key_lines()[0]} revoked={self.between(made, 45, 46)}", made.key_lines()[1])
        self.assert_records(got, verified=40, unproven=20)
        self.assert_contradicting(got)
        self.assert_codes(got, "key-revoked")

    def test_revoked_long_after(self):
        made = bundle.small(self.chance)
        got = self.with_keys(made, f"{made.key_lines()[0]} revoked=2027-01-01T00:00:00Z", made.key_lines()[1])
        self.assert_records(got, verified=60)
        self.assert_case(got, "verified")

    def test_expired_collector(self):
        made = bundle.small(self.chance)
        got = self.with_keys(made, made.key_lines()[0], f"{made.key_lines()[1]} until=2026-05-01T00:00:00Z")
        self.assert_records(got, verified=60)
        self.assert_contradicting(got)
        self.assert_codes(got, "key-expired")
        self.assert_case(got, "unproven")

    def test_revoked_collector(self):
        made = bundle.small(self.chance)
        got = self.with_keys(made, made.key_lines()[0], f"{made.collector.raw} revoked=2026-05-01T00:00:00Z")
        self.assert_records(got, verified=60)
        self.assert_codes(got, "key-revoked")


class KeyFiles(OutsideTest):
    def refused_file(self, text, line=None):
        made = bundle.small(self.chance, count=3, sizes=(3,))
        folder = self.folder(made.sealed())
        result = self.refused("import", self.new_case(), folder, "--keys", self.file("bad.txt", text), "--json")
        if line:
            self.assertRegex(result.err, rf"\b{line}\b", f"the line's number is not named\n{result}")

    def test_line_that_cannot_be_read(self):
        good = Key(self.chance).vkey(AGENTS)
        for name, bad in {
            "word": "nonsense",
            "raw of 31 bytes": "ed25519:" + b64(bytes(range(31))),
            "raw of 33 bytes": "ed25519:" + b64(bytes(range(33))),
            "raw without base64": "ed25519:!!!",
            "vkey hash": good.replace("+", "+0", 1)[:-1],
            "vkey wrong hash": vkey_of("other", b"\7" * 32).replace("other", AGENTS),
            "unknown option": good + " colour=blue",
            "time without zone": good + " until=2026-06-01T00:00:00",
            "time nonsense": good + " until=tomorrow",
        }.items():
            with self.subTest(name):
                self.refused_file(f"# keys\n{good}\n\n{bad}\n{good}\n", line=4)

    def test_small_order_keys(self):
        for point in SMALL_ORDER:
            with self.subTest(point):
                self.refused_file("ed25519:" + b64(bytes.fromhex(point)) + "\n", line=1)
        self.refused_file("\n" + vkey_of(AGENTS, bytes.fromhex(SMALL_ORDER[0])) + "\n", line=2)

    def test_file_that_is_none(self):
        self.refused_file(b"\x00\xff\xfe\x01binary")
        folder = self.folder(bundle.small(self.chance, count=3, sizes=(3,)).sealed())
        self.refused("import", self.new_case(), folder, "--keys", self.dir / "absent.txt", "--json")
        self.refused("import", self.new_case(), folder, "--keys", self.dir, "--json")

    def test_private_key_is_no_public_key(self):
        self.refused_file(Key(self.chance).openssh_private)
