"""report.pdf: PDF/A by its own structure, the same content as report.html, and text that stays text.

Only a build with the feature `pdf` makes one. With EXHIBIT_PAPER set a program that makes none fails here; without it
these tests say that they were skipped, except that of what such a program must say."""

import html.parser
import io
import json
import os
import re
import subprocess

import pypdf

from .case import OutsideTest
from .make import bundle

AT = "2026-06-13T09:31:20Z"
MUST = os.environ.get("EXHIBIT_PAPER")
FOOT = re.compile(r"Report (EX-[0-9a-f-]+) · times are UTC\s*Page (\d+) of (\d+)")


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
        result = self.run_program("report", self.case, out, "--at", AT, *args)
        self.assertEqual(result.code, 0, f"\n{result}")
        self.assertLess(result.memory, 1 << 30)
        makes = (out / "report.pdf").exists()
        self.assertNotEqual(makes, b"this build makes no PDF" in result.out, f"\n{result}")
        if not makes:
            self.assertFalse(MUST, "this program makes no PDF")
            self.skipTest("this program makes no PDF")
        return out

    def pages(self, out) -> list[str]:
        return [page.extract_text() for page in pypdf.PdfReader(out / "report.pdf").pages]

    def text(self, out) -> str:
        """Everything that it says, without what stands at the foot of each page."""
        return flat("".join(FOOT.sub("", page) for page in self.pages(out)))

    def test_it_is_a_pdf_a_by_its_structure(self):
        self.bundle_case()
        data = (self.report("--title", "What leaked") / "report.pdf").read_bytes()
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
        for said in ("<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "<pdfuaid:part>1</pdfuaid:part>", "What leaked", AT[:19]):
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
        pages = self.pages(out)
        self.assertGreater(len(pages), 5)
        feet = [FOOT.search(page).groups() for page in pages]
        self.assertEqual(feet, [(id, str(n + 1), str(len(pages))) for n in range(len(pages))])

    def test_it_says_what_the_page_says_and_in_its_order(self):
        story = self.dir / "story"
        self.run_program("demo", story)
        self.imported(story / "tampered", keys=[story / "keys" / "trusted.keys", story / "keys" / "cloudtrail-keys.json"])
        token = re.search(r"jti:[0-9a-f]{32}", (story / "README.txt").read_text())[0]
        out = self.report("--query", token, "--reach", f"{token}@2026-06-12T02:06:31Z", "--lineage", token, "--question", "What?", "--answer", "That.")
        page = Texts((out / "report.html").read_text())
        self.assertEqual(len(page.titles), 26)
        pdf = pypdf.PdfReader(out / "report.pdf")
        outline = [re.sub(r"^\d+\s*", "", one["/Title"]) for one in pdf.outline if not isinstance(one, list)]
        self.assertEqual(outline, page.titles)
        text = self.text(out)
        # Times stand without their zone there, and the foot of each page gives it.
        missing = [t for t in page.texts if flat(t) not in text and t.strip() != "UTC" and flat(t.replace(" UTC", "")) not in text]
        self.assertEqual(missing, [])

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

    def test_a_long_report_says_how_much_it_leaves_out(self):
        self.events_case([f"user-{i}" for i in range(1_500)])
        out = self.report()
        text = self.text(out)
        self.assertIn(flat("Parts of the sections 14, 17 and 22 do not fit on paper"), text)
        said = re.findall(r"Leftouthere,becauseitdoesnotfitonpaper:([\d,]+)(records|rows|points)\.", text)
        self.assertEqual([what for _, what in said], ["records", "rows", "points"])
        rows = [json.loads(line) for line in (out / "extract.jsonl").read_text().splitlines()]
        facts = sum(flat(f"SHA-256{row['sha256']}") in text for row in rows)
        self.assertEqual(facts + int(said[0][0].replace(",", "")), len(rows))
        # What to do is said, however many names stand before it.
        self.assertIn("Torevoke", text)
        self.assertEqual(self.answer("check", out).verdict, "unproven")

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
