"""Exports, each read back by the library that its consumers use, and held against what the program says as JSON."""

import collections
import csv
import datetime
import io
import ipaddress
import json
import re
import unicodedata
import warnings

from . import program
from .case import OutsideTest
from .make import bundle

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|' /C calc'!A0", "a,b\"c\nd", "</node><script>", "\u202egpj", "ü 東京"]


def event(at: int, name: str) -> str:
    """A request of the Kubernetes audit log, as its documentation has it."""
    when = f"2026-06-12T00:{at // 60:02}:{at % 60:02}.123456Z"
    return json.dumps({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": f"id-{at}",
                       "stage": "ResponseComplete", "requestURI": "/x", "verb": "get", "user": {"username": name},
                       "userAgent": name, "requestReceivedTimestamp": when, "stageTimestamp": when, "sourceIPs": [name if at < 7 else f"10.0.0.{at % 9}"],
                       "objectRef": {"resource": "secrets", "namespace": "prod", "name": name}, "responseStatus": {"code": 200}})


def is_address(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def visible(text: str) -> str:
    return "".join(f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in ("Cc", "Cf") else c for c in text)


class Exports(OutsideTest):
    """One case with sealed records, and unsealed ones whose texts are hostile."""

    def setUp(self):
        super().setUp()
        self.needs("export")
        made = bundle.small(self.chance)
        self.log = "\n".join(event(at, name) for at, name in enumerate(HOSTILE)).encode() + b"\n"
        self.imported(self.folder(made.sealed()), self.folder({"audit.jsonl": self.log}, "logs"), keys=self.keys(*made.key_lines()))
        lines = self.run_program("timeline", self.case, "--format", "jsonl").out.decode().splitlines()
        self.events = [json.loads(line) for line in lines]
        self.graph = self.json_of("graph", self.case, "--limit", "100000")
        self.assertGreater(len(self.events), 60)
        self.assertFalse(self.graph["grouped"])

    def library(self, name):
        try:
            return __import__(name, fromlist=["*"])
        except ImportError:
            self.skipTest(f"no {name}: install tests/outside/requirements.txt")

    def export(self, to, *args) -> bytes:
        result = self.run_program("export", self.case, "--to", to, *args)
        self.assertEqual(result.code, 0, f"\n{result}")
        self.assertRegex(result.err, "left out", "it says what it leaves out")
        return result.out

    def tables(self, *args, name="tables"):
        parquet = self.library("pyarrow.parquet")
        out = self.dir / name
        self.export("parquet", "--out", out, *args)
        return parquet.ParquetFile(out / "events.parquet"), parquet.ParquetFile(out / "edges.parquet")

    def counted(self, edges):
        return collections.Counter({(e["from"], e["kind"], e["to"]): e["count"] for e in edges})

    # Parquet

    def test_parquet_has_every_event_with_what_the_timeline_says_of_it(self):
        events, _ = self.tables()
        rows = events.read().to_pylist()
        self.assertEqual(len(rows), len(self.events))
        for row, said in zip(rows, self.events, strict=True):
            self.assertEqual(row["time"].tzinfo.utcoffset(row["time"]), datetime.timedelta(0))
            self.assertEqual(row["time"], datetime.datetime.fromisoformat(said["time"]))
            same = {k: v for k, v in said.items() if k not in ("time", "records")}
            self.assertEqual({k: row[k] for k in same}, same)
            self.assertEqual(len((row["other_records"] or "").split()), said.get("records", 1) - 1)
            absent = {"type", "actor", "subject", "credential", "token", "secret", "tool", "outcome"} - set(said)
            self.assertEqual([k for k in absent if row[k] is not None], [])
        self.assertEqual(collections.Counter(r["verdict"] for r in rows), collections.Counter(e["verdict"] for e in self.events))

    def test_a_row_of_parquet_leads_to_its_bytes(self):
        import hashlib

        events, _ = self.tables("actor:*")
        found = 0
        for row in events.read().to_pylist():
            if row["source"] != "audit.jsonl":
                continue
            found += 1
            self.assertEqual(row["source_sha256"], hashlib.sha256(self.log).hexdigest())
            raw = self.log[row["offset"] : row["offset"] + row["length"]]
            self.assertEqual(json.loads(raw)["user"]["username"].strip(), row["agent"].strip())
        self.assertEqual(found, len(HOSTILE))

    def test_the_edges_of_parquet_are_those_of_the_graph(self):
        events, edges = self.tables()
        rows = edges.read().to_pylist()
        self.assertEqual(collections.Counter((r["from_id"], r["kind"], r["to_id"]) for r in rows), self.counted(self.graph["edges"]))
        times = [r["time"] for r in rows if r["time"]]
        self.assertEqual(times, sorted(times))
        known = set(events.read().column("event").to_pylist())
        self.assertLessEqual({r["event"] for r in rows}, known)

    def test_the_schema_is_the_documented_one(self):
        text = (program.ROOT / "docs" / "exports.md").read_text()
        names = {"time": "timestamp[us, tz=UTC]", "text": "string", "number": "int64"}
        for file, name in zip(self.tables(), ("events", "edges"), strict=True):
            part = text.split(f"### {name}.parquet")[1].split("###")[0]
            wanted = [(c, names[t], not always) for c, t, always in re.findall(r"^\| `(\w+)` \| (\w+)(, always)? \|", part, re.M)]
            self.assertEqual([(f.name, str(f.type), f.nullable) for f in file.schema_arrow], wanted)
            self.assertIn("left out", file.metadata.metadata[b"exhibit.leaves_out"].decode())

    def test_parquet_is_the_same_twice_and_holds_what_the_query_picks(self):
        self.tables(name="one")
        self.tables(name="other")
        for file in ("events.parquet", "edges.parquet"):
            self.assertEqual((self.dir / "one" / file).read_bytes(), (self.dir / "other" / file).read_bytes())
        events, edges = self.tables("verdict:verified", name="picked")
        self.assertEqual(set(events.read().column("verdict").to_pylist()), {"verified"})
        self.assertEqual(set(edges.read().column("verdict").to_pylist()), {"verified"})
        none, _ = self.tables("actor:nobody-at-all", name="none")
        self.assertEqual(none.metadata.num_rows, 0)

    def test_parquet_is_not_written_over_anything_nor_to_standard_output(self):
        self.refused("export", self.case, "--to", "parquet")
        self.refused("export", self.case, "--to", "stix", "--out", self.dir / "x")
        (self.dir / "there").mkdir()
        self.refused("export", self.case, "--to", "parquet", "--out", self.dir / "there")
        self.assertEqual(list((self.dir / "there").iterdir()), [])

    # The graph

    def test_networkx_reads_the_graphml(self):
        networkx = self.library("networkx")
        text = self.run_program("graph", self.case, "--format", "graphml", "--limit", "100000").out
        read = networkx.parse_graphml(text.decode(), force_multigraph=True)
        self.assertEqual((read.number_of_nodes(), read.number_of_edges()), (len(self.graph["nodes"]), len(self.graph["edges"])))
        label = {node: data.get("label") or data.get("id") or node for node, data in read.nodes(data=True)}
        found = collections.Counter()
        for source, target, data in read.edges(data=True):
            found[(label[source], data["kind"], label[target])] += int(data["count"])
        # XML has no place for control characters, and what turns the direction of others is shown for what it is.
        shown = collections.Counter()
        for (source, kind, target), count in self.counted(self.graph["edges"]).items():
            shown[(visible(source), kind, visible(target))] += count
        self.assertEqual(found, shown)

    def test_pydot_reads_the_dot(self):
        pydot = self.library("pydot")
        text = self.run_program("graph", self.case, "--format", "dot", "--limit", "100000").out.decode()
        (read,) = pydot.graph_from_dot_data(text)
        self.assertEqual(len(read.get_edges()), len(self.graph["edges"]))
        nodes = [n for n in read.get_nodes() if n.get_name() not in ("node", "edge", "graph")]
        self.assertEqual(len(nodes), len(self.graph["nodes"]))

    # Events

    def test_stix2_reads_the_indicators_and_their_patterns(self):
        stix2 = self.library("stix2")
        text = self.export("stix").decode()
        read = stix2.parse(text, allow_custom=False)
        indicators = [o for o in read.objects if o.type == "indicator"]
        seen = collections.Counter(e["source_ip"] for e in self.events if is_address(e.get("source_ip", "")))
        self.assertEqual({i.pattern for i in indicators}, {f"[ipv4-addr:value = '{ip}']" for ip in seen})
        for one in indicators:
            ip = re.search(r"'(.+)'", one.pattern)[1]
            self.assertIn(f"source of {seen[ip]} recorded", one.description)
            first = min(e["time"] for e in self.events if e.get("source_ip") == ip)
            self.assertEqual(one.valid_from, datetime.datetime.fromisoformat(first))

    def test_pandas_reads_the_csv_and_no_cell_is_a_formula(self):
        pandas = self.library("pandas")
        text = self.run_program("timeline", self.case, "--format", "csv").out
        table = pandas.read_csv(io.BytesIO(text), dtype=str, keep_default_na=False)
        self.assertEqual(len(table), len(self.events))
        self.assertEqual(list(table["verdict"]), [e["verdict"] for e in self.events])
        same = pandas.to_datetime(table["time"], format="ISO8601", utc=True)
        self.assertEqual(list(same), [pandas.Timestamp(e["time"]) for e in self.events])
        # A spreadsheet's own eyes: white space first does not keep it from a formula.
        cells = [cell for row in csv.reader(io.StringIO(text.decode(), newline="")) for cell in row]
        self.assertEqual([c for c in cells if c.lstrip()[:1] in ("=", "+", "-", "@") or c[:1] in ("\t", "\r")], [])
        self.assertEqual({c for c in cells if c.startswith("'")}, {"'" + visible(name) for name in HOSTILE[:7]})

    def test_timesketch_takes_every_line(self):
        lines = [json.loads(line) for line in self.export("timesketch").decode().splitlines()]
        self.assertEqual(len(lines), sum("time" in e for e in self.events))
        for line, said in zip(lines, (e for e in self.events if "time" in e), strict=True):
            # Its importer asks for these three (guides/user/import-from-json-csv).
            self.assertEqual((line["datetime"], line["event"]), (said["time"], said["event"]))
            self.assertTrue(line["message"] and line["timestamp_desc"])
            datetime.datetime.fromisoformat(line["datetime"])

    def test_rdflib_reads_the_case_document(self):
        rdflib = self.library("rdflib")
        core = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/core/")
        types = rdflib.Namespace("https://ontology.unifiedcyberontology.org/uco/types/")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = rdflib.Graph().parse(data=self.export("case").decode(), format="json-ld")
        found = list(read.subjects(rdflib.RDF.type, core.Event))
        self.assertEqual(len(found), len(self.events))
        kinds = collections.Counter(str(read.value(one, core.eventType)) for one in found)
        self.assertEqual(kinds, collections.Counter(e.get("type", "unknown") for e in self.events))
        keys = collections.Counter(str(o) for o in read.objects(None, types.key))
        self.assertEqual(keys["verdict"], len(self.events))
