"""report.pdf: PDF/A by its own structure, the same content as report.html, and text that stays text.

Only a build with the feature `pdf` makes one. With EXHIBIT_PAPER set a program that makes none fails here; without it
these tests say that they were skipped, except that of what such a program must say."""

import hashlib
import html.parser
import io
import json
import os
import re
import subprocess
from pathlib import Path

import pypdf

from .case import OutsideTest
from .make import bundle, jcs

AT = "2026-06-13T09:31:20Z"
MUST = os.environ.get("EXHIBIT_PAPER")
PINNED = Path(__file__).with_name("paper.sums")
FOOT = re.compile(r"Report (EX-[0-9a-f-]+)(?:, volume (\d+) of (\d+))? · times are UTC\s*Page (\d+) of (\d+)")


def flat(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Texts(html.parser.HTMLParser):
    """The texts of a page's header and sections, one for each element that holds text alone."""

    def __init__(self, page: str):
        super().__init__()
        self.texts, self.titles, self.now, self.skip = [], [], [], 0
        self.feed(page[page.index("<body>") :])

    def handle_starttag(self, tag, attributes):
        self.now.append((tag, dict(attributes).get("class")))
        self.skip += tag in ("svg", "nav")
        if tag in ("br", "path", "circle"):
            self.now.pop()

    def handle_endtag(self, tag):
        while self.now and self.now[-1][0] != tag:
            self.now.pop()
        if self.now:
            self.now.pop()
        self.skip -= tag in ("svg", "nav")

    def handle_data(self, data):
        if self.skip or not data.strip():
            return
        if self.now and self.now[-1][0] == "h2":
            self.titles.append(data)
        self.texts.append(data)


class Paper(OutsideTest):
    def setUp(self):
        super().setUp()
        self.needs("report")
        self.read = {}

    def bundle_case(self):
        self.made = bundle.small(self.chance)
        self.imported(self.folder(self.made.sealed()), keys=self.keys(*self.made.key_lines()))

    def events_case(self, names: list[str]):
        """Kubernetes events by these users."""
        lines = [
            json.dumps({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"a-{i}", "stage": "ResponseComplete",
                        "requestURI": "/x", "verb": "get", "user": {"username": name}, "requestReceivedTimestamp": f"2026-06-12T00:{i // 60 % 60:02}:{i % 60:02}.000000Z",
                        "objectRef": {"resource": "secrets", "namespace": "n", "name": "s"}, "responseStatus": {"code": 200}})
            for i, name in enumerate(names)
        ]
        self.imported(self.folder({"audit.jsonl": "\n".join(lines).encode() + b"\n"}))

    def report(self, *args, name="report"):
        out = self.dir / name
        result = self.run_program("report", self.case, out, "--at", AT, *args, timeout=600.0)
        self.assertEqual(result.code, 0, f"\n{result}")
        self.assertLess(result.memory, 1 << 30)
        makes = (out / "report.pdf").exists()
        self.assertNotEqual(makes, b"this build makes no PDF" in result.out, f"\n{result}")
        if not makes:
            self.assertFalse(MUST, "this program makes no PDF")
            self.skipTest("this program makes no PDF")
        return out

    def volumes(self, out) -> list[Path]:
        found = sorted(out.glob("report*.pdf"), key=lambda path: (len(path.name), path.name))
        self.assertEqual([path.name for path in found], ["report.pdf", *(f"report-{n}.pdf" for n in range(2, len(found) + 1))])
        return found

    def pages(self, volume) -> list[str]:
        data = volume.read_bytes()
        if data not in self.read:
            self.read[data] = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
        return self.read[data]

    def text(self, out) -> str:
        """Everything that it says in all volumes, without what stands at the foot of each page."""
        return flat("".join(FOOT.sub("", page) for volume in self.volumes(out) for page in self.pages(volume)))

    def story_case(self) -> str:
        """The demonstration case; gives the token that leaked."""
        story = self.dir / "story"
        self.run_program("demo", story)
        # A report says how a key was given: by a path that is the same each time.
        self.imported("story/tampered", keys=["story/keys/trusted.keys", "story/keys/cloudtrail-keys.json"], cwd=self.dir)
        return re.search(r"jti:[0-9a-f]{32}", (story / "README.txt").read_text())[0]

    def test_it_is_a_pdf_a_by_its_structure(self):
        self.bundle_case()
        self.pdf_a((self.report("--title", "What leaked") / "report.pdf").read_bytes(), "What leaked")

    def pdf_a(self, data: bytes, title: str):
        self.assertTrue(data.startswith(b"%PDF-1.7\n%"))
        self.assertTrue(all(byte > 127 for byte in data[10:14]), data[:20])
        pdf = pypdf.PdfReader(io.BytesIO(data), strict=True)
        self.assertFalse(pdf.is_encrypted)
        self.assertEqual([bool(part) for part in pdf.trailer["/ID"]], [True, True])
        root = pdf.trailer["/Root"]
        (intent,) = root["/OutputIntents"]
        self.assertEqual(intent["/S"], "/GTS_PDFA1")
        self.assertEqual(intent["/DestOutputProfile"].get_data()[36:40], b"acsp")
        xmp = root["/Metadata"].get_data().decode()
        self.assertNotIn("/Filter", root["/Metadata"])
        for said in ("<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>", title, AT[:19]):
            self.assertIn(said, xmp)
        self.assertEqual((root["/MarkInfo"]["/Marked"], root["/Lang"]), (True, "en"))
        self.assertIn("/K", root["/StructTreeRoot"])
        self.assertTrue(root["/ViewerPreferences"]["/DisplayDocTitle"])
        refused = {"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/AA", "/OpenAction", "/AcroForm", "/XFA", "/URI", "/RichMedia", "/Encrypt"}
        fonts = 0
        for number in range(1, sum(len(x) for x in pdf.xref.values()) + 1):
            it = pypdf.generic.IndirectObject(number, 0, pdf).get_object()
            if not isinstance(it, dict):
                continue
            self.assertFalse(refused & set(it), it)
            # Figures are vectors.
            self.assertNotEqual(it.get("/Subtype"), "/Image")
            if it.get("/Type") == "/FontDescriptor":
                fonts += 1
                self.assertTrue({"/FontFile2", "/FontFile3"} & set(it), it)
            if it.get("/Type") == "/Font":
                self.assertIn("/ToUnicode" if it["/Subtype"] == "/Type0" else "/FontDescriptor", it)
        # Words and data, each in the cuts that are used.
        self.assertGreaterEqual(fonts, 4)
        for page in pdf.pages:
            for note in page.get("/Annots", []):
                self.assertEqual(note.get_object()["/Subtype"], "/Link")

    def test_the_same_case_and_time_give_the_same_bytes(self):
        self.bundle_case()
        one, other = self.report(name="one"), self.report(name="other")
        self.assertEqual((one / "report.pdf").read_bytes(), (other / "report.pdf").read_bytes())

    def test_each_page_has_the_reports_id_and_its_number(self):
        self.bundle_case()
        out = self.report()
        id = json.loads((out / "report.json").read_text())["id"]
        pages = self.pages(out / "report.pdf")
        self.assertGreater(len(pages), 5)
        feet = [FOOT.search(page).groups() for page in pages]
        self.assertEqual(feet, [(id, None, None, str(n + 1), str(len(pages))) for n in range(len(pages))])

    def test_it_says_what_the_page_says_and_in_its_order(self):
        token = self.story_case()
        out = self.report("--query", token, "--reach", f"{token}@2026-06-12T02:06:31Z", "--lineage", token, "--question", "What?", "--answer", "That.")
        self.assertEqual(self.volumes(out), [out / "report.pdf"])
        self.same_content(out)

    def same_content(self, out):
        page = Texts((out / "report.html").read_text())
        self.assertEqual(len(page.titles), 26)
        outline = []
        for volume in self.volumes(out):
            outline += [re.sub(r"^\d+\s*", "", one["/Title"]) for one in pypdf.PdfReader(volume).outline if not isinstance(one, list)]
        self.assertEqual([title for title in outline if not title.endswith(", continued")], page.titles)
        text = self.text(out)
        # Times stand without their zone there, and the foot of each page gives it.
        missing = [t for t in dict.fromkeys(page.texts) if flat(t) not in text and t.strip() != "UTC" and flat(t.replace(" UTC", "")) not in text]
        self.assertEqual(missing, [])
        return text

    def test_evidence_stays_text(self):
        names = ["#panic(\"x\")", "$ x^2 $", "*bold* _lean_", "@x <x>", "\\u{202e} \\", "`raw`", "= Heading", "// gone", "/* gone */", "https://example.com/x", "<script>", "~--..."]
        self.events_case([*names, "a\u202eb\u200bc", "W" * 400, "دانا", "東京", "\ue000", "e\u0301\u0323" * 30])
        said = [part for name in names for part in ("--question", name, "--answer", name)]
        out = self.report("--title", "#panic() $x$ *x* @x", *said)
        text = self.text(out)
        for name in [*names, "#panic() $x$ *x* @x"]:
            self.assertGreaterEqual(text.count(flat(name)), 1, name)
        self.assertIn("aU+202EbU+200Bc", text)
        self.assertIn("W" * 400, text)
        for point in ("U+062F", "U+6771", "U+E000"):
            self.assertIn(point, text)
        self.assertFalse(re.search("[\u202a-\u202e\u2066-\u2069]", text))

    def test_every_letter_there_is_can_be_set(self):
        letters = [chr(c) for c in range(0x20, 0x30000, 7) if not 0xD800 <= c < 0xE000]
        self.events_case(["".join(letters[i : i + 40]) for i in range(0, len(letters), 40)])
        self.report("--title", "".join(letters[::50]), "--question", "".join(letters[::9])[:8000])

    def test_a_long_report_has_volumes_that_hold_all_of_it(self):
        self.events_case([f"user-{i}" for i in range(700)])
        out = self.report()
        text = self.same_content(out)
        volumes = self.volumes(out)
        self.assertGreater(len(volumes), 1)
        self.assertNotIn("notfitonpaper", text)
        rows = [json.loads(line) for line in (out / "extract.jsonl").read_text().splitlines()]
        for row in rows:
            self.assertIn(f"SHA-256{row['sha256']}", text)
        id = json.loads((out / "report.json").read_text())["id"]
        titles = set()
        for number, volume in enumerate(volumes, 1):
            titles.add(pypdf.PdfReader(volume).metadata.title)
            pages = self.pages(volume)
            feet = [FOOT.search(page).groups() for page in pages]
            of = str(len(volumes))
            self.assertEqual(feet, [(id, str(number), of, str(n + 1), str(len(pages))) for n in range(len(pages))])
        self.assertEqual(len(titles), len(volumes))
        # The last is short; all are made alike.
        self.pdf_a(volumes[-1].read_bytes(), f"volume {len(volumes)} of {len(volumes)}")
        # The first tells which records stand in which volume.
        first = flat(self.pages(volumes[0])[0])
        for number, volume in enumerate(volumes[:2], 1):
            cites = [row["cite"] for row in rows if f"SHA-256{row['sha256']}" in flat("".join(self.pages(volume)))]
            self.assertIn(f"{volume.name}", first)
            self.assertIn(f"{cites[0]}…{cites[-1]}", first)
        said = self.answer("check", out)
        self.assertEqual((said.verdict, said.findings), ("unproven", []))
        # Each volume is held against the data, and one that is no part of the report is refused.
        good = volumes[1].read_bytes()
        volumes[1].write_bytes(good[:-2] + b"\n\n")
        self.sum_again(out)
        self.assertEqual([f["source"] for f in self.answer("check", out).contradicting], [volumes[1].name])
        volumes[1].unlink()
        self.sum_again(out)
        self.assertEqual([f["source"] for f in self.answer("check", out).contradicting], [volumes[1].name])
        volumes[1].write_bytes(good)
        more = out / f"report-{len(volumes) + 1}.pdf"
        more.write_bytes(good)
        self.sum_again(out)
        self.assertEqual([f["source"] for f in self.answer("check", out).contradicting], [more.name])

    def test_ten_thousand_records_stay_under_a_gibibyte_with_all_they_say(self):
        self.events_case([f"user-{i % 50}" for i in range(10_000)])
        out = self.report()
        cites = [json.loads(line)["cite"] for line in (out / "extract.jsonl").read_text().splitlines()]
        self.assertEqual(len(cites), 10_000)
        volumes = self.volumes(out)
        # The table of volumes may take more than a page.
        first = "".join(page.extract_text() for page in pypdf.PdfReader(volumes[0]).pages[:2])
        self.assertNotIn("not fit on paper", first)
        # Each record stands in one of them: where one ends the next goes on.
        ranges = [(cites.index(a), cites.index(b)) for a, b in re.findall(r"(E1:\d+:[0-9a-f]{8}) … (E1:\d+:[0-9a-f]{8})", first)]
        self.assertGreater(len(ranges), 5)
        self.assertEqual((ranges[0][0], ranges[-1][1]), (0, len(cites) - 1))
        self.assertEqual([a for a, _ in ranges[1:]], [b + 1 for _, b in ranges[:-1]])
        for (a, _), volume in zip(ranges, volumes):
            self.assertTrue(any(cites[a] in page.extract_text() for page in pypdf.PdfReader(volume).pages[:6]), f"{cites[a]} in {volume.name}")

    def test_paper_has_an_end_and_says_how_much_it_leaves_out(self):
        # A text of the examiner that is longer than half a volume.
        self.bundle_case()
        words = self.file("words.txt", "Question: What?\nAnswer: That.\nOpinion: " + "word " * 200_000 + "\n\nAfter it.\n")
        out = self.report("--text", words)
        text = self.text(out)
        self.assertIn(flat("A part of section 16 does not fit on paper"), text)
        self.assertIn(flat("Left out here, because it does not fit on paper: 1 paragraph."), text)
        self.assertIn("Afterit.", text)
        self.assertEqual(self.answer("check", out).verdict, "unproven")

    def test_the_paper_of_fixed_data_has_the_pinned_bytes(self):
        """Made by another machine and build, at another time: the data are given what changes with those."""
        token = self.story_case()
        out = self.report("--examiner", "ada", "--title", "What leaked", "--query", token, "--reach", token, "--lineage", token)
        said = json.loads((out / "report.json").read_text())
        said["tool"]["name"] = "exhibit 0.0.0"
        said["custody"] = {"acts": [], "holds": True}
        for key in said["trust"]:
            key["added"] = AT
        said["id"] = ""
        digits = hashlib.sha256(jcs.canonical(said)).hexdigest()
        said["id"] = "EX-" + "-".join(digits[i : i + 4] for i in range(0, 16, 4))
        (out / "report.json").write_bytes(jcs.canonical(said))
        self.sum_again(out)
        answer = self.answer("check", out)
        # The files beside it are of the data before: the program tells what these give.
        self.assertEqual(answer.contradicting, [])
        gives = {f["source"]: re.search(r"the data give SHA-256 ([0-9a-f]{64})", f["message"])[1] for f in answer.findings}
        self.assertIn("report.pdf", gives)
        gives |= {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in ("report.json", "extract.jsonl", "timeline.csv", "graph.graphml")}
        made = "".join(f"{gives[name]}  {name}\n" for name in sorted(gives))
        if os.environ.get("EXHIBIT_PIN"):
            PINNED.write_text(made)
        why = f"If a change of what a report says or how it looks is meant, renew {PINNED.name}: EXHIBIT_PIN=1 make paper. Else something of the machine is in the report."
        self.assertEqual(made, PINNED.read_text() if PINNED.exists() else "", why)

    def test_it_is_rendered_again_and_compared(self):
        self.bundle_case()
        out = self.report()
        said = self.answer("check", out)
        self.assertEqual(said.findings, [])
        self.assertFalse([step for step in said.doc["steps"] if step["name"] == "paper"])
        paper = out / "report.pdf"
        data = bytearray(paper.read_bytes())
        data[self.chance.randrange(len(data))] ^= 1
        paper.write_bytes(data)
        self.sum_again(out)
        self.assertEqual([f["source"] for f in self.answer("check", out).contradicting], ["report.pdf"])
        # Left out, with its sum: nothing is refuted, and it is said that there is none.
        paper.unlink()
        self.sum_again(out)
        said = self.answer("check", out)
        self.assertEqual((said.verdict, said.findings), ("unproven", []))
        self.assertEqual([step["outcome"] for step in said.doc["steps"] if step["name"] == "paper"], ["info"])

    def test_a_program_that_makes_none_does_not_call_it_good(self):
        self.bundle_case()
        out = self.dir / "report"
        self.run_program("report", self.case, out, "--at", AT)
        if (out / "report.pdf").exists():
            self.skipTest("this program makes PDFs")
        (out / "report.pdf").write_bytes(b"%PDF-1.7\n")
        self.sum_again(out)
        said = self.answer("check", out)
        (step,) = [step for step in said.doc["steps"] if step["name"] == "paper"]
        self.assertEqual((said.verdict, step["outcome"]), ("unproven", "missing"))
        self.assertIn("this build makes no PDF", step["text"])
        self.assertEqual(said.sources("report.pdf")[0]["verdict"], "unproven")
        self.assertIn("was not rendered again", self.run_program("check", out).out.decode())

    def sum_again(self, out):
        listing = "find . -type f ! -name 'SHA256SUMS*' | sed 's,^./,,' | LC_ALL=C sort | xargs sha256sum"
        made = subprocess.run(["sh", "-c", listing], cwd=out, capture_output=True, check=True)
        (out / "SHA256SUMS").write_bytes(made.stdout)
