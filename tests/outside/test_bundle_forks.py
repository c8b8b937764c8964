"""Two versions of one stream, in one case."""

from .case import OutsideTest, at, place
from .make import bundle, pack
from .make.bundle import spans

AGENTS = "example.com/agents-prod"
PATH = "streams/agents-prod.jsonl"


class Forks(OutsideTest):
    def two(self, **second):
        first = bundle.small(self.chance)
        options = {"count": 60, "base": (first.stream, 30), "key": first.stream.key} | second
        sizes = options.pop("sizes", (20, 40, 60))
        other = bundle.small(self.chance, sizes=sizes, collector=first.collector, **options)
        return first, other, self.keys(*first.key_lines())

    def assert_fork(self, got, first, other, agree=30):
        lengths = len(first.stream.lines), len(other.stream.lines)
        self.assert_records(got, verified=2 * agree, contradicted=sum(lengths) - 2 * agree)
        self.assert_stream(got, AGENTS, "contradicted", completeness="forked")
        # A finding has one source and a fork has two: one finding, or one a source, is honest.
        self.assertIn(len(got.contradicting), (1, 2), str(got))
        for f in got.contradicting:
            self.assertEqual((f["code"], f.get("stream"), f.get("seq")), ("stream-forked", AGENTS, agree), str(got))
            places = [spans(b.stream.data())[agree] for b in (first, other)]
            self.assertIn((f.get("offset"), f.get("length")), places, str(got))

    def test_two_versions_in_one_import(self):
        first, other, keys = self.two()
        got = self.imported(self.folder(first.sealed(), "a"), self.folder(other.sealed(), "b"), keys=keys)
        self.assert_fork(got, first, other)
        self.assertEqual([s["import"] for s in got.doc["sources"] if s["path"] == PATH], [1, 2], str(got))

    def test_two_versions_in_two_imports(self):
        first, other, keys = self.two()
        before = self.imported(self.folder(first.sealed(), "a"), keys=keys)
        self.assert_case(before, "verified")
        got = self.imported(self.folder(other.sealed(), "b"), keys=keys, case=self.case)
        self.assert_fork(got, first, other)

    def test_two_versions_below_one_folder(self):
        first, other, keys = self.two()
        files = {f"a/{k}": v for k, v in first.sealed().items()} | {f"b/{k}": v for k, v in other.sealed().items()}
        got = self.imported(self.folder(files), keys=keys)
        self.assert_fork(got, first, other)

    def test_versions_of_different_lengths_and_sizes(self):
        first, other, keys = self.two(count=51, sizes=(33, 51))
        got = self.imported(self.folder(first.sealed(), "a"), self.folder(other.sealed(), "b"), keys=keys)
        self.assert_fork(got, first, other)

    def test_fork_at_the_very_beginning(self):
        first, other, keys = self.two(base=None, heartbeat=1800)
        got = self.imported(self.folder(first.sealed(), "a"), self.folder(other.sealed(), "b"), keys=keys)
        self.assert_fork(got, first, other, agree=0)

    def test_order_of_imports_does_not_matter(self):
        first, other, keys = self.two()
        a, b = self.folder(first.sealed(), "a"), self.folder(other.sealed(), "b")
        one, two = self.imported(a, b, keys=keys), self.imported(b, a, keys=keys)
        self.assert_records(one, verified=60, contradicted=60)
        self.assertEqual((one.verdict, one.records), (two.verdict, two.records), f"{one}\n{two}")
        self.assertEqual(one.codes(), two.codes())

    def test_later_export_of_the_same_stream_is_no_fork(self):
        later = bundle.small(self.chance)
        earlier = bundle.small(
            self.chance,
            count=40,
            sizes=(20, 40),
            base=(later.stream, 40),
            key=later.stream.key,
            collector=later.collector,
        )
        got = self.imported(
            self.folder(earlier.sealed(), "a"), self.folder(later.sealed(), "b"), keys=self.keys(*later.key_lines())
        )
        self.assert_contradicting(got)
        self.assert_case(got, "verified")
        self.assertEqual(got.records["verified"], got.records["total"], str(got))
        self.assertNotIn("record-repeated", got.codes(), str(got))

    def test_the_same_bundle_in_two_containers_is_no_fork(self):
        made = bundle.small(self.chance)
        files = made.sealed()
        got = self.imported(
            self.folder(files), self.file("copy.zip", pack.zipped(files)), keys=self.keys(*made.key_lines())
        )
        self.assert_contradicting(got)
        self.assert_case(got, "verified")
        # Counted where they lie, or recognised as had already: both are said by the contract.
        self.assertIn(got.records["verified"], (60, 120), str(got))

    def test_unsealed_other_version_does_not_contradict_the_sealed_one(self):
        # Anyone can write lines; a version that no seal covers is no proof of equivocation.
        first = bundle.small(self.chance)
        other = bundle.small(
            self.chance, base=(first.stream, 30), key=first.stream.key, sizes=(20,), collector=first.collector
        )
        got = self.imported(
            self.folder(first.sealed(), "a"), self.folder(other.sealed(), "b"), keys=self.keys(*first.key_lines())
        )
        self.assertNotIn("stream-forked", got.codes(), str(got))
        self.assertGreaterEqual(got.records["verified"], 60 + 20, str(got))

    def test_strangers_version_does_not_contradict_the_trusted_one(self):
        # A stranger's key signs a stream of the same name: for a fork both must be sealed by the stream.
        first, other = bundle.small(self.chance), bundle.small(self.chance)
        got = self.imported(
            self.folder(first.sealed(), "a"), self.folder(other.sealed(), "b"), keys=self.keys(*first.key_lines())
        )
        self.assertEqual(got.records["verified"], 60, f"a stranger must not refute what the trusted key sealed\n{got}")

    def test_edited_copy_beside_the_sound_one(self):
        made = bundle.small(self.chance)
        sound = made.sealed()
        lines = list(made.stream.lines)
        lines[27] = lines[27].replace(b'"outcome":"success"', b'"outcome":"failure"')
        made.files[PATH] = bundle.join(lines)
        got = self.imported(self.folder(sound, "a"), self.folder(made.sealed(), "b"), keys=self.keys(*made.key_lines()))
        self.assert_contradicting(got, place("record-altered", seq=27, **at(spans(made.files[PATH])[27])))
        self.assertEqual(got.records["contradicted"], 1, str(got))
