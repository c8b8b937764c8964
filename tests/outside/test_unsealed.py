"""Kubernetes and Vault logs: nothing seals them, nothing is lost of them, nothing is guessed."""

import json
from datetime import datetime

from .case import OutsideTest, at, place
from .make import pack, unsealed
from .make.bundle import spans
from .make.unsealed import jsonl


class Unsealed(OutsideTest):
    def assert_log(self, got, count, format, path=None):
        self.assert_contradicting(got)
        self.assert_records(got, unproven=count)
        self.assert_case(got, "unproven")
        if path:
            self.assert_source(got, path, "unproven", count)
            self.assertEqual(got.sources(path)[0]["format"], format, str(got))
        for s in got.doc["streams"]:
            self.assertEqual(
                (s["format"], s["verdict"], s["axes"]["integrity"], s["axes"]["author"]),
                (format, "unproven", "unsealed", "none"),
                str(got),
            )

    def rows(self):
        out = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "100000").out
        return [json.loads(line) for line in out.splitlines()]

    def test_kubernetes_lines(self):
        data = jsonl(unsealed.kubernetes(self.chance))
        got = self.imported(self.file("audit.log", data))
        self.assert_log(got, 40, "kubernetes-audit", "audit.log")
        self.assertEqual(got.doc["ledger"]["bytes_in"], len(data), str(got))
        self.assertEqual(got.doc["ledger"]["bytes_rejected"], 0, str(got))
        rows = self.rows()
        self.assertEqual(len(rows), 40)
        self.assertEqual(sorted(r["offset"] for r in rows), [o for o, _ in spans(data)])

    def test_kubernetes_event_list(self):
        got = self.imported(self.file("audit.json", unsealed.event_list(unsealed.kubernetes(self.chance))))
        self.assert_log(got, 40, "kubernetes-audit", "audit.json")

    def test_kubernetes_stages_of_one_request_are_one_act(self):
        self.needs("graph")  # records become events of their own together with the graph
        events = unsealed.kubernetes(self.chance, stages=("RequestReceived", "ResponseComplete"))
        got = self.imported(self.file("audit.log", jsonl(events)))
        self.assert_log(got, 80, "kubernetes-audit")
        self.assertEqual(len(self.rows()), 40, "count ResponseComplete once per auditID")

    def test_vault_lines(self):
        data = jsonl(unsealed.vault(self.chance))
        got = self.imported(self.file("vault_audit.log", data))
        self.assert_log(got, 40, "vault-audit", "vault_audit.log")
        self.assertEqual(got.doc["ledger"]["bytes_rejected"], 0, str(got))
        # A request and its response are one act or two rows of it; never more than there are records.
        self.assertIn(len(self.rows()), (20, 40))

    def test_one_log_in_every_wrapping_gives_one_total(self):
        data = jsonl(unsealed.vault(self.chance))
        wholes = {
            "a.log": data,
            "a.log.gz": pack.gz(data),
            "a.zip": pack.zipped({"a.log": data}),
            "a.tar.gz": pack.gz(pack.tarred({"a.log": data})),
            "a.jsonl": data,
            "noextension": data,
            "no-final-lf.log": data[:-1],
        }
        if pack.zstd(data):
            wholes["a.log.zst"] = pack.zstd(data)
        for name, whole in wholes.items():
            with self.subTest(name):
                self.assert_log(self.imported(self.file(name, whole)), 40, "vault-audit")
        with self.subTest("folder"):
            self.assert_log(self.imported(self.folder({"deep/er/a.log": data})), 40, "vault-audit", "deep/er/a.log")

    def test_keys_do_not_prove_what_nothing_seals(self):
        from .make.keys import Key

        got = self.imported(
            self.file("a.log", jsonl(unsealed.vault(self.chance))), keys=self.keys(Key(self.chance).raw)
        )
        self.assert_log(got, 40, "vault-audit")

    def bad_line(self, make, bad, name="a.log", records=40, at_index=20):
        lines = [unsealed.compact(r) for r in make]
        lines.insert(at_index, bad)
        data = jsonl(lines)
        got = self.imported(self.file(name, data))
        self.assert_contradicting(got)
        where = at(spans(data)[at_index])
        self.assertTrue(
            [
                f
                for f in got.findings
                if (f.get("source"), f.get("offset"), f.get("length")) == (name, where["offset"], where["length"])
            ],
            f"no finding at {where}\n{got}",
        )
        return got

    def test_line_that_is_not_the_format_is_rejected_with_a_finding(self):
        for kind, make in (("vault", unsealed.vault), ("kubernetes", unsealed.kubernetes)):
            for what, bad in {
                "words": b"not json at all",
                "cut": b'{"time":"2026-06-01T00:00:1',
                "array": b"[1,2]",
                "other object": b'{"hello":"world"}',
                "not utf-8": b'{"time":"\xff"}',
            }.items():
                with self.subTest(f"{what} in {kind}"):
                    got = self.bad_line(make(self.chance), bad, f"{kind} {what}.log".replace(" ", "-"))
                    # "a line of an unsealed log that is not its format is rejected bytes, with a finding"; but an
                    # object with a missing member or a bad encoding may also be called a malformed record.
                    count = got.records["total"]
                    self.assertIn(count, (40, 41) if what in ("other object", "not utf-8") else (40,), str(got))
                    self.assert_records(got, unproven=count)
                    rejected = got.doc["ledger"]["bytes_rejected"]
                    self.assertIn(rejected, (0,) if count == 41 else (len(bad), len(bad) + 1), str(got))

    def test_bad_line_first(self):
        # A header row must not become an event, nor hide what follows.
        got = self.bad_line(unsealed.vault(self.chance), b"time,type,auth,request,response", at_index=0)
        self.assert_records(got, unproven=40)
        self.assertEqual(len(self.rows()) in (20, 40), True)

    def test_line_cut_within_a_character(self):
        lines = [unsealed.compact(r) for r in unsealed.vault(self.chance)]
        cut = '{"time":"2026-06-01T00:01:00Z","type":"request","request":{"path":"kv/é'.encode()[:-1]
        data = jsonl(lines) + cut
        got = self.imported(self.file("a.log", data))
        self.assert_records(got, unproven=40)
        self.assert_found(got, place("record-malformed", source="a.log", offset=len(data) - len(cut), length=len(cut)))

    def test_many_bad_lines_lose_no_good_ones(self):
        good = [unsealed.compact(r) for r in unsealed.vault(self.chance, 400)]
        mixed = []
        for i, line in enumerate(good):
            mixed += [line] if i % 4 else [line, b"\x00\x01garbage %d" % i]
        got = self.imported(self.file("a.log", jsonl(mixed)))
        self.assert_records(got, unproven=400)
        self.assertTrue(got.findings, str(got))

    def test_bad_times_lose_no_rows_and_are_not_guessed(self):
        records = unsealed.vault(self.chance)
        times = {
            3: "yesterday",
            7: "",
            11: "2026-13-45T99:99:99Z",
            15: None,
            19: 5,
            23: "06/01/2026 10:00",
            27: "2026-06-01T10:00:00",
            31: "Jun  1 10:00:00",
        }
        for i, time in times.items():
            records[i]["time"] = time
        del records[35]["time"]
        # Each with an id of its own, so that no request lends its response a time.
        for i, r in enumerate(records):
            r["request"] = r["request"] | {"id": f"{i:08d}-0000-4000-8000-000000000000"}
        data = jsonl(records)
        got = self.imported(self.file("a.log", data))
        self.assert_contradicting(got)
        # A record whose time cannot be read is a record, undated, or rejected with a finding; the others stay.
        self.assertIn(got.records["total"], range(40 - len(times) - 1, 41), str(got))
        self.assertTrue(got.records["total"] == 40 or len(got.findings) > 0, str(got))
        where = {o: i for i, (o, _) in enumerate(spans(data))}
        rows = {where[r["offset"]]: r for r in self.rows() if r["offset"] in where}
        for i in [*times, 35]:
            self.assertIsNone(rows.get(i, {}).get("time"), f"record {i} got a time: {rows.get(i)}")
        for i in set(range(40)) - set(times) - {35}:
            if i in rows:
                self.assertEqual(rows[i]["time"][:19], records[i]["time"][:19], rows[i])

    def test_first_and_last_are_not_those_of_the_files_order(self):
        records = unsealed.vault(self.chance)
        self.chance.shuffle(records)
        self.imported(self.file("a.log", jsonl(records)))
        times = [datetime.fromisoformat(r["time"]) for r in self.rows()]
        self.assertGreaterEqual(len(times), 20)
        self.assertEqual(times, sorted(times), "the timeline is in time's order")

    def test_empty_lines_and_crlf(self):
        data = b"\r\n".join([b""] + [unsealed.compact(r) for r in unsealed.vault(self.chance)] + [b"", b""])
        got = self.imported(self.file("a.log", data))
        self.assert_records(got, unproven=40)

    def test_logs_of_all_kinds_in_one_folder(self):
        files = {
            "vault/a.log": jsonl(unsealed.vault(self.chance)),
            "k8s/audit.log": jsonl(unsealed.kubernetes(self.chance)),
            "readme.txt": b"nothing to see",
            "empty": b"",
            "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
        }
        got = self.imported(self.folder(files))
        self.assert_records(got, unproven=80)
        self.assertEqual({s["format"] for s in got.doc["streams"]}, {"vault-audit", "kubernetes-audit"}, str(got))
        # "a file whose format is not known is no finding": its bytes are rejected, and balance.
        self.assertEqual(
            got.doc["ledger"]["bytes_rejected"], len(files["readme.txt"]) + len(files["picture.png"]), str(got)
        )
        self.assertFalse(
            [f for f in got.findings if f.get("source") in ("readme.txt", "picture.png", "empty")], str(got)
        )
