"""CloudTrail logs under their digests: sound in every form, and every tamper by its rule in design/formats.md."""

import json

from .case import OutsideTest, at, place
from .make import clock, cloudtrail, pack
from .make.chance import Chance
from .make.cloudtrail import Digest, Log, Trail
from .make.keys import Rsa

_RSA: dict[str, Rsa] = {}


def rsa(name="first") -> Rsa:
    """RSA keys take a second to make: one a run for each name."""
    if name not in _RSA:
        _RSA[name] = Rsa(Chance("rsa", name))
    return _RSA[name]


class CloudTrailTest(OutsideTest):
    def trail(self, **options) -> Trail:
        return Trail(self.chance, options.pop("rsa", None) or rsa(), **options)

    def got(self, trail, files, keys=None, name="evidence"):
        keys = self.file("keys.json", keys or trail.key_list())
        return self.imported(self.folder(files, name), keys=keys)

    def assert_sound(self, got, trail, verdict="verified"):
        self.assert_contradicting(got)
        self.assert_records(got, **{verdict: trail.count()})
        self.assert_case(got, verdict)


class Sound(CloudTrailTest):
    def test_digests_with_sidecars_and_keys(self):
        trail = self.trail()
        got = self.got(trail, trail.files())
        self.assert_sound(got, trail)
        # No chain's end is ever sealed.
        self.assert_codes(got, "end-unknown")
        for log in [log for hour in trail.logs for log in hour]:
            self.assert_source(got, log.key, "verified", len(log.events))
        for s in got.doc["streams"]:
            self.assertEqual((s["format"], s["verdict"]), ("cloudtrail", "verified"), str(got))
            self.assertEqual(
                (s["axes"]["integrity"], s["axes"]["author"], s["axes"]["completeness"]),
                ("ok", "trusted", "open"),
                str(got),
            )
        files = {log.key: log.inflated for hour in trail.logs for log in hour}
        files |= {d.key: d.inflated for d in trail.digests}
        files |= {d.key + ".metadata.json": d.sidecar() for d in trail.digests}
        self.assertEqual(
            got.doc["ledger"]["bytes_in"],
            sum(map(len, files.values())),
            f"bytes are of the decompressed originals\n{got}",
        )
        self.assertEqual(got.doc["ledger"]["bytes_rejected"], 0, str(got))

    def test_every_form_of_the_key_list(self):
        for form in ("pkcs1", "spki"):
            for times in ("iso", "epoch"):
                for name in ("PublicKeyList", "publicKeyList"):
                    with self.subTest(f"{form} {times} {name}"):
                        trail = self.trail(form=form, logs_per_hour=(1, 1))
                        got = self.got(trail, trail.files(), trail.key_list(times, name), f"{form}{times}{name}")
                        self.assert_sound(got, trail)

    def test_without_keys_nothing_is_verified_and_nothing_contradicted(self):
        trail = self.trail()
        got = self.imported(self.folder(trail.files()))
        self.assert_sound(got, trail, "unproven")
        self.assert_codes(got, "key-unknown", "end-unknown")

    def test_key_list_among_the_evidence_is_no_more_than_intact(self):
        trail = self.trail()
        got = self.imported(self.folder(trail.files() | {"list-public-keys.eu-west-1.json": trail.key_list()}))
        self.assert_sound(got, trail, "intact")
        self.assert_codes(got, "key-untrusted", "end-unknown")

    def test_another_accounts_keys_refute_nothing(self):
        trail, other = self.trail(), self.trail(rsa=rsa("second"))
        got = self.got(trail, trail.files(), other.key_list())
        self.assert_sound(got, trail, "unproven")
        self.assert_codes(got, "key-unknown", "end-unknown")

    def test_without_sidecars_all_but_the_newest_digest_are_proven(self):
        trail = self.trail()
        got = self.got(trail, trail.files(sidecars=False))
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count(0, 1, 2, 3), unproven=trail.count(4))
        self.assert_found(got, place("signature-missing", source=trail.digests[4].key))

    def test_copy_from_below_a_prefix_is_not_moved(self):
        trail = self.trail(prefix="org/o-abc123/")
        files = {k.split(f"AWSLogs/{cloudtrail.ACCOUNT}/")[1]: v for k, v in trail.files().items()}
        got = self.got(trail, files)
        self.assert_sound(got, trail)
        self.assertNotIn("file-moved", got.codes(), str(got))

    def test_in_a_zip_and_a_tar(self):
        trail = self.trail(logs_per_hour=(1, 0, 2))
        keys = self.file("keys.json", trail.key_list())
        for name, data in {
            "b.zip": pack.zipped(trail.files()),
            "b.tar.gz": pack.gz(pack.tarred(trail.files())),
        }.items():
            with self.subTest(name):
                got = self.imported(self.file(name, data), keys=keys)
                self.assert_sound(got, trail)

    def test_two_regions_are_two_chains(self):
        a, b = self.trail(), self.trail(region="us-east-1", rsa=rsa("second"))
        keys = self.file("keys.json", cloudtrail.key_list([a, b]))
        got = self.imported(self.folder(a.files() | b.files()), keys=keys)
        self.assert_contradicting(got)
        self.assert_records(got, verified=a.count() + b.count())

    def test_region_without_any_digest_is_only_unsealed(self):
        a, b = self.trail(), self.trail(region="us-east-1")
        unsealed = {log.key: pack.gz(log.inflated) for hour in b.logs for log in hour}
        got = self.got(a, a.files() | unsealed)
        self.assert_contradicting(got)
        self.assert_records(got, verified=a.count(), unproven=b.count())

    def test_logs_alone_are_unproven(self):
        trail = self.trail()
        files = {log.key: pack.gz(log.inflated) for hour in trail.logs for log in hour}
        got = self.got(trail, files)
        self.assert_sound(got, trail, "unproven")

    def test_chain_that_begins_anew(self):
        trail = self.trail(restarts=(3,))
        got = self.got(trail, trail.files())
        self.assert_sound(got, trail)
        # CloudTrail may start a chain again; it is said, and changes no verdict.
        self.assert_codes(got, "chain-restarted", "end-unknown")

    def test_backfill_digests_are_a_chain_of_their_own(self):
        trail = self.trail()
        fill = self.trail(backfill=True, start=clock.START - 6 * clock.HOUR)
        got = self.got(trail, trail.files() | fill.files())
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count() + fill.count())

    def test_only_empty_digests(self):
        trail = self.trail(logs_per_hour=(0, 0, 0))
        got = self.got(trail, trail.files())
        self.assert_contradicting(got)
        self.assertIn("end-unknown", got.codes(), "three signed hours of nothing are a chain all the same")
        self.assert_records(got)

    def test_log_newer_than_the_newest_digest_is_unproven(self):
        trail = self.trail()
        log = trail.log(clock.START + 5 * clock.HOUR, 0)
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated)})
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count(), unproven=len(log.events))
        self.assert_source(got, log.key, "unproven", len(log.events))

    def test_log_older_than_the_oldest_digest_is_unproven(self):
        trail = self.trail()
        log = trail.log(clock.START - 5 * clock.HOUR, 0)
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated)})
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count(), unproven=len(log.events))

    def test_newest_digest_removed_shows_the_period_covered(self):
        trail = self.trail()
        files = trail.files()
        newest = trail.digests[4].key
        del files[newest], files[newest + ".metadata.json"]
        got = self.got(trail, files)
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count(0, 1, 2, 3), unproven=trail.count(4))
        self.assertIn("end-unknown", got.codes(), str(got))

    def test_oldest_digests_not_exported(self):
        # The collector was asked for the last three hours: the chain names a digest that is not here.
        trail = self.trail()
        files = trail.files()
        for hour in (0, 1):
            for log in trail.logs[hour]:
                del files[log.key]
            del files[trail.digests[hour].key], files[trail.digests[hour].key + ".metadata.json"]
        got = self.got(trail, files)
        # "where another seal names it, its stream also: contradicted" stands without an exception for the
        # beginning of an export; the records that remain are proven either way.
        self.assert_records(got, verified=trail.count(2, 3, 4))
        self.assertLessEqual({f["code"] for f in got.contradicting}, {"seal-missing"}, str(got))

    def test_same_event_in_two_files_is_counted_twice_and_shown_once(self):
        self.needs("graph")  # records become events of their own together with the graph
        trail = self.trail(logs_per_hour=(2,))
        a, b = trail.logs[0]
        b.texts[0] = a.texts[1]
        b.events[0] = a.events[1]
        b.write()
        trail.digests[0] = trail.digest(0, trail.start, None)
        got = self.got(trail, trail.files())
        self.assert_sound(got, trail)
        rows = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "1000").out.splitlines()
        self.assertEqual(len(rows), trail.count() - 1, "an event seen twice is one event")

    def test_uncompressed_log_has_the_listed_hash(self):
        trail = self.trail(logs_per_hour=(1, 1))
        files = trail.files()
        log = trail.logs[0][0]
        del files[log.key]
        files[log.key[:-3]] = log.inflated
        got = self.got(trail, files)
        # Another name than the signed one, the same bytes: moved at most, never altered or missing.
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count())


class Tampered(CloudTrailTest):
    def test_event_edited(self):
        trail = self.trail()
        log = trail.logs[3][1]
        files = trail.files() | {log.key: pack.gz(log.inflated.replace(b'"readOnly":', b'"readonly":', 1))}
        got = self.got(trail, files)
        self.assert_contradicting(got, place("file-altered", source=log.key))
        n = len(log.events)
        self.assert_records(got, verified=trail.count() - n, contradicted=n)
        self.assert_source(got, log.key, "contradicted", n)
        self.assert_codes(got, "file-altered", "end-unknown")

    def test_event_edited_without_keys(self):
        # The digest still lists another hash; but without its key nobody knows who signed the digest. Its own
        # word against the log's: contradicted is what the table says, unproven what caution says.
        trail = self.trail()
        log = trail.logs[3][1]
        files = trail.files() | {log.key: pack.gz(log.inflated.replace(b'"readOnly":', b'"readonly":', 1))}
        got = self.imported(self.folder(files))
        self.assertEqual(got.records["total"], trail.count(), str(got))
        self.assertEqual(got.records["verified"] + got.records["intact"], 0, str(got))
        self.assertLessEqual({f["code"] for f in got.contradicting}, {"file-altered"}, str(got))

    def test_event_removed_from_a_log(self):
        trail = self.trail()
        log = trail.logs[0][0]
        cut = Log(log.key, log.events[1:])
        got = self.got(trail, trail.files() | {log.key: pack.gz(cut.inflated)})
        self.assert_contradicting(got, place("file-altered", source=log.key))
        self.assert_records(got, verified=trail.count() - len(log.events), contradicted=len(log.events) - 1)

    def test_log_replaced_by_nonsense(self):
        trail = self.trail()
        log = trail.logs[0][0]
        got = self.got(trail, trail.files() | {log.key: b"no gzip at all"})
        self.assertEqual({f["code"] for f in got.contradicting}, {"file-altered"}, str(got))
        self.assert_records(got, verified=trail.count() - len(log.events))

    def test_log_deleted(self):
        trail = self.trail()
        log = trail.logs[3][1]
        files = trail.files()
        del files[log.key]
        got = self.got(trail, files)
        self.assert_contradicting(got, place("file-missing", source={log.key, trail.digests[3].key}))
        self.assert_records(got, verified=trail.count() - len(log.events))

    def test_log_added(self):
        trail = self.trail()
        log = trail.log(clock.START + 3 * clock.HOUR, 7)
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated)})
        self.assert_contradicting(got, place("file-unlisted", source=log.key))
        self.assert_records(got, verified=trail.count(), unproven=len(log.events))

    def test_log_added_to_an_hour_proven_empty(self):
        trail = self.trail()
        log = trail.log(clock.START + 2 * clock.HOUR, 0)
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated)})
        self.assert_contradicting(got, place("file-unlisted", source=log.key))
        self.assert_records(got, verified=trail.count(), unproven=len(log.events))

    def test_log_moved_to_another_day(self):
        trail = self.trail()
        log = trail.logs[3][1]
        files = trail.files()
        files[log.key.replace("/2026/06/01/", "/2026/06/09/")] = files.pop(log.key)
        got = self.got(trail, files)
        self.assert_sound(got, trail)
        self.assert_codes(got, "file-moved", "end-unknown")

    def test_digest_moved_to_another_day(self):
        trail = self.trail()
        key = trail.digests[3].key
        moved = key.replace("/2026/06/01/", "/2026/06/09/")
        files = trail.files()
        files[moved] = files.pop(key)
        files[moved + ".metadata.json"] = files.pop(key + ".metadata.json")
        got = self.got(trail, files)
        self.assert_sound(got, trail)
        self.assert_codes(got, "file-moved", "end-unknown")

    def test_two_logs_exchanged(self):
        trail = self.trail()
        a, b = trail.logs[3][0], trail.logs[3][1]
        got = self.got(trail, trail.files() | {a.key: pack.gz(b.inflated), b.key: pack.gz(a.inflated)})
        # Each holds what another path was signed with: both moved, or both altered; never a silent yes.
        codes = got.codes() - {"end-unknown"}
        self.assertIn(codes, ({"file-moved"}, {"file-altered"}), str(got))

    def test_second_gzip_member_on_a_log(self):
        trail = self.trail()
        log = trail.logs[0][0]
        hidden = trail.log(clock.START, 9)
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated) + pack.gz(hidden.inflated)})
        # Hashed is exactly what is parsed: the second member is neither.
        self.assert_contradicting(got, place("trailing-data", source=log.key))
        self.assert_records(got, verified=trail.count())
        self.assert_source(got, log.key, "contradicted", len(log.events))

    def test_garbage_after_a_log(self):
        trail = self.trail()
        log = trail.logs[0][0]
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated) + b"\0\0garbage"})
        self.assert_contradicting(got, place("trailing-data", source=log.key))
        self.assert_records(got, verified=trail.count())

    def test_garbage_after_a_digest(self):
        trail = self.trail()
        key = trail.digests[2].key
        got = self.got(trail, trail.files() | {key: pack.gz(trail.digests[2].inflated) + b"garbage"})
        self.assert_contradicting(got, place("trailing-data", source=key))
        self.assert_records(got, verified=trail.count())

    def test_log_cut_short(self):
        trail = self.trail()
        log = trail.logs[0][0]
        got = self.got(trail, trail.files() | {log.key: pack.gz(log.inflated)[:-30]})
        self.assertEqual({f["code"] for f in got.contradicting}, {"file-altered"}, str(got))
        self.assertEqual(got.records["verified"], trail.count() - len(log.events), str(got))

    # Digests

    def test_digest_edited(self):
        trail = self.trail()
        d = trail.digests[3]
        edited = d.inflated.replace(b'"newestEventTime"', b'"newesteventTime"', 1)
        got = self.got(trail, trail.files() | {d.key: pack.gz(edited)})
        self.assertEqual(len(got.contradicting), 1, f"one cause, one finding\n{got}")
        # Its signature fails and its successor's hash differs: either names it.
        self.assertIn(got.contradicting[0]["code"], {"file-altered", "signature-invalid"}, str(got))
        self.assertEqual(got.contradicting[0]["source"], d.key, str(got))
        # What it listed nobody seals any more; the rest have their own signatures.
        self.assert_records(got, verified=trail.count() - trail.count(3), unproven=trail.count(3))

    def test_newest_digest_edited(self):
        trail = self.trail()
        d = trail.digests[4]
        got = self.got(
            trail, trail.files() | {d.key: pack.gz(d.inflated.replace(b'"newestEventTime"', b'"newesteventTime"', 1))}
        )
        self.assert_contradicting(got, place("signature-invalid", source=d.key))
        self.assert_records(got, verified=trail.count() - trail.count(4), unproven=trail.count(4))

    def test_digest_edited_to_match_a_forged_log(self):
        trail = self.trail()
        d, log = trail.digests[3], trail.logs[3][0]
        forged = Log(log.key, log.events[1:])
        import hashlib

        edited = d.inflated.replace(
            hashlib.sha256(log.inflated).hexdigest().encode(), hashlib.sha256(forged.inflated).hexdigest().encode()
        )
        got = self.got(trail, trail.files() | {log.key: pack.gz(forged.inflated), d.key: pack.gz(edited)})
        self.assertEqual([f["source"] for f in got.contradicting], [d.key], str(got))
        self.assert_records(got, verified=trail.count() - trail.count(3), unproven=trail.count(3) - 1)

    def test_sidecar_signature_altered_under_a_successor(self):
        trail = self.trail()
        d = trail.digests[2]
        bad = Digest(d.key, d.members, d.inflated, self.chance.randbytes(256))
        got = self.got(trail, trail.files() | {d.key + ".metadata.json": bad.sidecar()})
        # The finding names the digest, not the sidecar; its successor still proves it.
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"signature-invalid", "seal-invalid"}, str(got))
        self.assertEqual(got.contradicting[0]["source"], d.key, str(got))
        self.assert_records(got, verified=trail.count())

    def test_newest_sidecar_signature_altered(self):
        trail = self.trail()
        d = trail.digests[4]
        bad = Digest(d.key, d.members, d.inflated, self.chance.randbytes(256))
        got = self.got(trail, trail.files() | {d.key + ".metadata.json": bad.sidecar()})
        self.assert_contradicting(got, place("signature-invalid", source=d.key))
        self.assert_records(got, verified=trail.count(0, 1, 2, 3), unproven=trail.count(4))

    def test_sidecar_that_cannot_be_read(self):
        trail = self.trail()
        d = trail.digests[4]
        got = self.got(trail, trail.files() | {d.key + ".metadata.json": b"{nonsense"})
        # No signature can be had from it: missing, or an invalid seal.
        self.assertTrue(got.codes() & {"signature-missing", "seal-invalid"}, str(got))
        self.assert_records(got, verified=trail.count(0, 1, 2, 3), unproven=trail.count(4))

    def test_digest_removed_from_the_middle(self):
        trail = self.trail()
        d = trail.digests[3]
        files = trail.files()
        del files[d.key], files[d.key + ".metadata.json"]
        got = self.got(trail, files)
        # Another seal names it: its stream is contradicted; its logs are no strangers, they are unsealed.
        self.assert_contradicting(got, place("seal-missing", source={d.key, trail.digests[4].key, None}))
        self.assert_records(got, verified=trail.count() - trail.count(3), unproven=trail.count(3))

    def test_digest_and_its_logs_removed(self):
        trail = self.trail()
        d = trail.digests[3]
        files = trail.files()
        for key in [d.key, d.key + ".metadata.json"] + [log.key for log in trail.logs[3]]:
            del files[key]
        got = self.got(trail, files)
        self.assert_contradicting(got, place("seal-missing"))
        self.assert_records(got, verified=trail.count() - trail.count(3))

    def test_digest_removed_without_sidecars(self):
        trail = self.trail()
        files = trail.files(sidecars=False)
        del files[trail.digests[2].key]
        got = self.got(trail, files)
        self.assert_contradicting(got, place("seal-missing"))
        # The signature of digest 1 lay in digest 2; digest 4 has none. 0 and 3 are proven by 1's and 4's words,
        # but 1 and 4 themselves are not: only 3's and 0's signatures are at hand.
        self.assert_records(got, verified=trail.count(0, 3), unproven=trail.count(1, 4))

    def test_signer_names_another_hash_of_the_digest_before(self):
        def change(hour, members):
            if hour == 3:
                members["previousDigestHashValue"] = "00" * 32

        trail = self.trail(change=change)
        got = self.got(trail, trail.files())
        # The reference verifier passes this one. Digest 2 has its own valid signature, so its logs stand.
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"seal-invalid", "file-altered", "stream-forked"}, str(got))

    def test_signer_names_another_signature_of_the_digest_before(self):
        def change(hour, members):
            if hour == 3:
                members["previousDigestSignature"] = "00" * 256

        trail = self.trail(change=change)
        got = self.got(trail, trail.files())
        self.assertEqual(len(got.contradicting), 1, str(got))
        self.assertIn(got.contradicting[0]["code"], {"seal-invalid", "signature-invalid", "stream-forked"}, str(got))

    def test_digest_that_is_no_digest(self):
        for name, text in {"words": b"nonsense", "array": b"[]", "no members": b"{}"}.items():
            with self.subTest(name):
                trail = self.trail()
                d = trail.digests[4]
                got = self.got(trail, trail.files() | {d.key: pack.gz(text)}, name=name)
                self.assertEqual(got.records["verified"], trail.count(0, 1, 2, 3), str(got))
                self.assertLessEqual(
                    {f["code"] for f in got.contradicting},
                    {"seal-invalid", "signature-invalid", "file-altered"},
                    str(got),
                )
                self.assertTrue(got.codes() - {"end-unknown"}, f"a seal that cannot be read was passed over\n{got}")

    def test_algorithm_that_the_format_does_not_allow(self):
        def change(hour, members):
            if hour == 4:
                members["digestSignatureAlgorithm"] = "MD5withRSA"

        trail = self.trail(change=change)
        got = self.got(trail, trail.files())
        self.assert_contradicting(got)
        self.assert_records(got, verified=trail.count(0, 1, 2, 3), unproven=trail.count(4))
        self.assert_codes(got, "algorithm-refused", "end-unknown")

    def test_log_hash_algorithm_that_the_format_does_not_allow(self):
        def change(hour, members):
            if hour == 4:
                members["logFiles"][0] |= {"hashAlgorithm": "MD5"}

        trail = self.trail(change=change)
        got = self.got(trail, trail.files())
        self.assertEqual(got.records["verified"], trail.count(0, 1, 2, 3), str(got))
        self.assertTrue(got.codes() & {"algorithm-refused", "seal-invalid"}, str(got))

    def test_key_valid_for_another_time(self):
        trail = self.trail()
        end = clock.START + 3 * clock.HOUR + 600 * clock.SECOND
        got = self.got(trail, trail.files(), trail.key_list(end=end))
        self.assert_contradicting(got)
        # Digests 0 to 2 end before the key does. "By the time of the last record that the signature covers"
        # may put digest 3, whose records end about 03:12, on either side.
        self.assertIn("key-expired", got.codes(), str(got))
        self.assertIn(got.records["verified"], {trail.count(0, 1, 2), trail.count(0, 1, 2, 3)}, str(got))

    def test_two_digests_for_one_hour(self):
        first = self.trail()
        other = self.trail(base=(first, 3))
        keys = self.file("keys.json", first.key_list())
        got = self.imported(self.folder(first.files(), "a"), self.folder(other.files(), "b"), keys=keys)
        self.assert_found(got, place("stream-forked"))
        self.assertEqual({f["code"] for f in got.contradicting}, {"stream-forked"}, str(got))
        self.assert_case(got, "contradicted")
        shared = first.count(0, 1, 2)
        self.assertIn(got.records["verified"], {shared, 2 * shared}, str(got))
        self.assertEqual(got.records["contradicted"], first.count(3, 4) + other.count(3, 4), str(got))

    def test_same_chain_twice_is_no_fork(self):
        trail = self.trail()
        keys = self.file("keys.json", trail.key_list())
        got = self.imported(self.folder(trail.files(), "a"), self.folder(trail.files(), "b"), keys=keys)
        self.assert_contradicting(got)
        self.assertGreaterEqual(got.records["total"], trail.count(), str(got))
        self.assertEqual(got.records["verified"], got.records["total"], str(got))

    # Records as their writer sealed them

    def sealed_log(self, texts):
        trail = self.trail(logs_per_hour=(1, 1))
        log = trail.logs[0][0]
        log.texts = texts(log.texts)
        log.write()
        trail.digests = []
        for hour in (0, 1):
            trail.digests.append(
                trail.digest(hour, trail.start + hour * clock.HOUR, trail.digests[-1] if hour else None)
            )
        return trail, log

    def test_sealed_event_with_a_duplicate_member(self):
        trail, log = self.sealed_log(lambda t: [t[0], t[1][:-1] + b',"eventName":"Harmless"}', *t[2:]])
        got = self.got(trail, trail.files())
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=log.key, **at(log.spans[1])))
        self.assert_records(got, verified=trail.count() - 1, unproven=1)

    def test_sealed_event_that_is_no_object(self):
        trail, log = self.sealed_log(lambda t: [t[0], b'"words"', *t[2:]])
        got = self.got(trail, trail.files())
        self.assert_contradicting(got)
        self.assert_found(got, place("record-malformed", source=log.key, **at(log.spans[1])))
        self.assertEqual(got.records["verified"], trail.count() - 1, str(got))

    def test_sealed_event_without_a_time_stays_undated(self):
        def texts(t):
            e = json.loads(t[1])
            del e["eventTime"]
            return [t[0], cloudtrail.json.dumps(e).encode(), *t[2:]]

        trail, log = self.sealed_log(texts)
        got = self.got(trail, trail.files())
        self.assert_contradicting(got)
        rows = self.run_program("timeline", self.case, "--format", "jsonl", "--limit", "1000").out.splitlines()
        mine = [
            json.loads(r)
            for r in rows
            if json.loads(r).get("offset") == log.spans[1][0] and json.loads(r).get("source") == log.key
        ]
        self.assertGreater(len(rows), 1, str(got))
        self.assertTrue(all("time" not in r or r["time"] is None for r in mine), mine)
