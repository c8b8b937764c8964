"""The base of all tests: evidence in a folder of its own, imports, and what is asserted of an answer."""

import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path

from . import program, shape
from .make import pack
from .make.chance import Chance

KEEP = os.environ.get("EXHIBIT_KEEP")


class Answer:
    """The JSON of `import`, `verify` or `check`."""

    def __init__(self, doc: dict, result: program.Run):
        self.doc, self.result = doc, result

    @property
    def verdict(self) -> str:
        return self.doc["verdict"]

    @property
    def records(self) -> dict:
        return self.doc["records"]

    @property
    def findings(self) -> list[dict]:
        return [f for f in self.doc["findings"] if f["class"] == "integrity"]

    @property
    def contradicting(self) -> list[dict]:
        return [f for f in self.findings if f.get("verdict") == "contradicted"]

    def codes(self) -> set[str]:
        return {f["code"] for f in self.findings}

    def streams(self, id: str) -> list[dict]:
        return [s for s in self.doc["streams"] if s["id"] == id]

    def sources(self, path: str) -> list[dict]:
        return [s for s in self.doc["sources"] if s["path"] == path]

    def same(self) -> dict:
        """The contract's members but the case's name: equal for equal evidence, trust and version."""
        return {k: self.doc[k] for k in ("verdict", "records", "ledger", "sources", "streams", "findings")}

    def __str__(self) -> str:
        rows = [
            f"  exit {self.result.code}, case {self.verdict}, records {self.records}",
            f"  ledger {self.doc['ledger']}",
        ]
        rows += [
            f"  source {s['import']} {s['path']} {s['format']} {s['records']} {s['verdict']}"
            for s in self.doc["sources"][:40]
        ]
        rows += [f"  stream {s['id']} {s['records']} {s['verdict']} {s['axes']}" for s in self.doc["streams"][:20]]
        rows += ["  findings:"] + [f"    {json.dumps(f, ensure_ascii=False)}" for f in self.doc["findings"][:40]]
        return "\n".join(rows)


def place(code, **wants) -> dict:
    """A finding that is expected. A want is a value, a set of values that are all honest, or a predicate."""
    return {"code": code, **wants}


def fits(finding: dict, wants: dict) -> bool:
    for name, want in wants.items():
        value = finding.get(name)
        if callable(want):
            if not want(value):
                return False
        elif isinstance(want, (set, frozenset)):
            if value not in want:
                return False
        elif value != want:
            return False
    return True


def at(line: tuple[int, int]) -> dict:
    """An exact place in a file, from `spans`."""
    return {"offset": line[0], "length": line[1]}


class OutsideTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if program.binary() is None:
            self.skipTest("no exhibit program: set EXHIBIT_BIN or build it")
        self.chance = Chance(*self.id().split(".")[-2:])
        self.dir = Path(tempfile.mkdtemp(prefix="exhibit-outside-"))
        self.addCleanup(self._clean)
        self._cases = 0

    def _clean(self):
        if KEEP:
            print(f"    kept: {self.dir} ({self.id()})")
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    # Evidence on disk

    def folder(self, files: dict[str, bytes], name="evidence") -> Path:
        return pack.folder(files, self.dir / name)

    def file(self, name: str, data: bytes | str) -> Path:
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def keys(self, *lines: str, name="keys.txt") -> Path:
        return self.file(name, "".join(line.rstrip("\n") + "\n" for line in lines))

    def new_case(self) -> Path:
        self._cases += 1
        return self.dir / f"case{self._cases}.exhibit"

    # Runs

    def needs(self, command: str):
        """Skips, plainly, where the program has no such command yet."""
        if not self.has(command):
            self.skipTest(f"the program has no command `{command}` yet")

    def has(self, command: str) -> bool:
        return program.run(command, "--help").code == 0

    def run_program(self, *args, **options) -> program.Run:
        result = program.run(*args, **options)
        found = program.faults(result)
        if found:
            self.fail("; ".join(found) + f"\n{result}")
        return result

    def answer(self, *args, **options) -> Answer:
        """Runs a command that prints the JSON of `import`, and holds it to its shape."""
        result = self.run_program(*args, "--json", **options)
        if result.code not in (0, 1):
            self.fail(f"evidence, however bad, is never exit status 2 or 3\n{result}")
        try:
            doc = json.loads(result.out)
        except ValueError as error:
            self.fail(f"not one JSON document on standard output: {error}\n{result}")
        found = shape.faults(doc, result.code)
        if found:
            listing = str(Answer(doc, result)) if "the answer" not in found[0] and "answer:" not in found[0] else result
            self.fail("the answer breaks the contract:\n  " + "\n  ".join(found) + f"\n{listing}")
        return Answer(doc, result)

    def imported(self, *paths, keys=(), case: Path | None = None, **options) -> Answer:
        """Imports into a new case, unless one is named. `keys` is a path, or several."""
        keys = [keys] if isinstance(keys, Path) else list(keys)
        named = [part for file in keys for part in ("--keys", file)]
        self.case = case or self.new_case()
        return self.answer("import", self.case, *paths, *named, **options)

    def json_of(self, *args, codes=(0, 1), **options):
        result = self.run_program(*args, "--json", **options)
        self.assertIn(result.code, codes, f"\n{result}")
        try:
            return json.loads(result.out)
        except ValueError as error:
            self.fail(f"not one JSON document on standard output: {error}\n{result}")

    def refused(self, *args, codes=(2,), **options) -> program.Run:
        result = self.run_program(*args, **options)
        self.assertIn(result.code, codes, f"\n{result}")
        self.assertEqual(result.out, b"", f"\n{result}")
        return result

    # What an answer says

    def assert_records(self, answer: Answer, **counts):
        """Exact counts for each verdict; those not named are none."""
        wanted = {v: counts.get(v, 0) for v in shape.VERDICTS}
        got = {v: answer.records[v] for v in shape.VERDICTS}
        if got != wanted:
            self.fail(f"records {got}, should be {wanted}\n{answer}")

    def assert_case(self, answer: Answer, *verdicts: str):
        if answer.verdict not in verdicts:
            self.fail(f"the case is {answer.verdict}, should be {' or '.join(verdicts)}\n{answer}")

    def assert_stream(self, answer: Answer, id: str, verdict: str, **axes):
        """Every stream of that id has the verdict, and the axes given (a value or a set)."""
        streams = answer.streams(id)
        if not streams:
            self.fail(f"no stream {id}\n{answer}")
        for s in streams:
            if s["verdict"] != verdict or not fits(s["axes"], axes):
                self.fail(f"stream {id} should be {verdict} with {axes}\n{answer}")

    def assert_source(self, answer: Answer, path: str, verdict: str, records: int | None = None):
        sources = answer.sources(path)
        if len(sources) != 1:
            self.fail(f"{len(sources)} sources {path}\n{answer}")
        if sources[0]["verdict"] != verdict or records not in (None, sources[0]["records"]):
            self.fail(f"source {path} should be {verdict} with {records} records\n{answer}")

    def assert_found(self, answer: Answer, *places: dict):
        for wanted in places:
            if not any(fits(f, wanted) for f in answer.findings):
                self.fail(f"no finding {_show(wanted)}\n{answer}")

    def assert_contradicting(self, answer: Answer, *places: dict):
        """These contradicting findings and no others: one finding for one cause."""
        rest = list(answer.contradicting)
        for wanted in places:
            match = next((f for f in rest if fits(f, wanted)), None)
            if match is None:
                self.fail(f"no contradicting finding {_show(wanted)}\n{answer}")
            rest.remove(match)
        if rest:
            self.fail(
                f"{len(rest)} contradicting findings too many, first {rest[0]['code']}: "
                f"one cause, one finding\n{answer}"
            )

    def assert_codes(self, answer: Answer, *codes: str, beside=()):
        """Integrity findings of exactly these codes; those of `beside` may stand too."""
        got = answer.codes()
        if not set(codes) <= got or got - set(codes) - set(beside):
            self.fail(
                f"finding codes {sorted(got)}, should be {sorted(codes)}"
                + (f" (and perhaps {sorted(beside)})" if beside else "")
                + f"\n{answer}"
            )


def _show(wanted: dict) -> str:
    return ", ".join(f"{k}={'<predicate>' if callable(v) else v}" for k, v in wanted.items())
