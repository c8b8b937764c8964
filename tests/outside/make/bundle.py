"""NHI audit bundles, version 1, sound or with any one thing wrong."""

import hashlib
import json

from . import clock, merkle
from .chance import Chance
from .keys import Key, b64

MANIFEST = "manifest.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:nhi-audit-bundle:v1"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Stream:
    """A stream as its writer sealed it.

    change(seq, record)    alters a record before it is written
    rewrite(seq, line)     alters the written line before it is sealed
    rotate {seq: key}      or {seq: (next key, endorsing key)}
    base (stream, n)       the first n lines are those of another stream: a fork
    times {seq: micros}    sets single times
    """

    def __init__(
        self,
        chance: Chance,
        id="example.com/agents-prod",
        count=60,
        key: Key | None = None,
        signer=True,
        close=True,
        heartbeat=3600,
        start=clock.START,
        step=4_120_000,
        rotate=None,
        change=None,
        rewrite=None,
        base=None,
        times=None,
    ):
        self.id, self.name = id, id.rsplit("/", 1)[-1]
        self.key = key or Key(chance)
        self.keys: list[tuple[int, Key]] = [(-1, self.key)]
        self.lines: list[bytes] = []
        self.times: list[int] = []
        for seq in range(count):
            at = (times or {}).get(seq, start + seq * step)
            self.times.append(at)
            rotation = (rotate or {}).get(seq)
            if rotation:
                new, endorser = rotation if isinstance(rotation, tuple) else (rotation, self.keys[-1][1])
                self.keys.append((seq, new))
            if base and seq < base[1]:
                self.lines.append(base[0].lines[seq])
                continue
            prev = sha(self.lines[-1]) if seq else None
            record = {"v": 1, "stream": id, "seq": seq, "prev": prev, "time": clock.micros(at)}
            if seq == 0:
                record["type"] = "stream.open"
                if signer:
                    record["signer"] = self.key.vkey(id)
                if heartbeat:
                    record["heartbeat_s"] = heartbeat
            elif seq == count - 1 and close:
                record["type"] = "stream.close"
            elif rotation:
                vkey = new.vkey(id)
                text = f"nhi-audit-bundle/v1 rotate\n{id}\n{seq}\n{prev}\n{vkey}\n"
                record |= {"type": "key.rotate", "next": vkey, "endorsement": b64(endorser.sign(text.encode()))}
            else:
                record |= act(chance, seq)
            if change:
                change(seq, record)
            line = compact(record)
            self.lines.append(rewrite(seq, line) if rewrite else line)

    @property
    def path(self) -> str:
        return f"streams/{self.name}.jsonl"

    def data(self, lines=None) -> bytes:
        return b"".join(line + b"\n" for line in (self.lines if lines is None else lines))

    def checkpoint_path(self, size: int) -> str:
        return f"checkpoints/{self.name}/{size:012d}"

    def leaves(self, size=None) -> list[bytes]:
        return [merkle.leaf_hash(hashlib.sha256(line).digest()) for line in self.lines[:size]]

    def key_at(self, size: int) -> Key:
        """The key that seals the first `size` records: new keys count from seq + 1 on."""
        return [key for seq, key in self.keys if size > seq][-1]

    def checkpoint(self, size: int, key=None, root=None, origin=None, extra="", sign=None) -> bytes:
        """A signed note. `sign(text)` replaces the signature, `extra` adds signature lines."""
        key = key or self.key_at(size)
        text = note_text(origin or self.id, size, root or merkle.root(self.leaves(size)))
        signature = (sign or key.sign)(text.encode())
        return (text + "\n" + key.note_line(origin or self.id, signature) + extra).encode()

    def tiles(self) -> dict[str, bytes]:
        """Level-0 tiles of C2SP tlog-tiles: 256 leaf hashes each, the last one partial."""
        files, leaves = {}, self.leaves()
        for first in range(0, len(leaves), 256):
            part = leaves[first : first + 256]
            n = first // 256
            assert n < 1000
            suffix = "" if len(part) == 256 else f".p/{len(part)}"
            files[f"tiles/{self.name}/tile/0/{n:03d}{suffix}"] = b"".join(part)
        return files


def note_text(origin: str, size, root: bytes) -> str:
    return f"{origin}\n{size}\n{b64(root)}\n"


def act(chance: Chance, seq: int) -> dict:
    """What an ordinary record says: all types take turns, ids repeat as they do in life."""
    agent = {"id": f"spiffe://example.com/agent/{chance.choice(['deployer', 'triage', 'billing'])}", "kind": "agent"}
    service = {"id": "spiffe://example.com/sts", "kind": "service"}
    source = {"source": {"ip": f"10.1.{chance.randrange(256)}.{chance.randrange(1, 255)}"}}
    return (
        [
            lambda: {
                "type": "token.mint",
                "actor": service,
                "subject": agent,
                "token": {"id": "jti:" + chance.hex(8), "scope": ["vault:read"]},
                "policy": {"id": "mint-short-lived", "version": "12", "decision": "allow"},
            },
            lambda: {"type": "tool.invoke", "actor": agent, "tool": {"name": "search", "server": "mcp.example.com"}},
            lambda: {"type": "call", "actor": agent, "subject": service, "trace": {"id": chance.hex(16)}},
            lambda: {
                "type": "data.access",
                "actor": agent,
                "resource": {"id": f"table/orders/{chance.randrange(50)}", "classification": "internal"},
            },
            lambda: {
                "type": "policy.decide",
                "actor": service,
                "subject": agent,
                "policy": {"id": "data-use", "version": "3", "decision": "allow"},
            },
            lambda: {"type": "example.custom", "actor": agent, "note": "Grüße, 世界 — an unknown type is kept"},
        ][seq % 6]()
        | {"outcome": "success"}
        | source
    )


class Bundle:
    """A bundle's files without the manifest; `sealed()` adds one by the collector over what is there."""

    def __init__(
        self,
        chance: Chance,
        *streams: Stream,
        sizes=(20, 40, 60),
        tiles=False,
        attachments=None,
        collector: Key | None = None,
        key_in_manifest=True,
    ):
        self.chance, self.streams = chance, list(streams)
        self.collector = collector or Key(chance)
        self.key_in_manifest = key_in_manifest
        self.id = chance.uuid()
        self.files: dict[str, bytes] = dict(attachments or {})
        for stream in streams:
            self.files[stream.path] = stream.data()
            for size in sizes:
                if size <= len(stream.lines):
                    self.files[stream.checkpoint_path(size)] = stream.checkpoint(size)
            if tiles:
                self.files |= stream.tiles()

    @property
    def stream(self) -> Stream:
        return self.streams[0]

    def key_lines(self) -> list[str]:
        """What the examiner has on paper: each stream's first key, and the collector's."""
        return [s.key.vkey(s.id) for s in self.streams] + [self.collector.vkey("collector.example.com")]

    def statement(self, **predicate) -> dict:
        """The in-toto statement; members of the predicate can be given, None leaves one out."""
        times = [t for s in self.streams for t in s.times] or [clock.START]
        listed = []
        for s in self.streams:
            lines = self.files.get(s.path, b"").split(b"\n")
            lines = lines[:-1] if lines[-1] == b"" else lines
            listed.append(
                {
                    "stream": s.id,
                    "path": s.path,
                    "records": len(lines),
                    "closed": any(b'"type":"stream.close"' in line for line in lines),
                }
            )
        body = {
            "bundle": self.id,
            "created": clock.micros(max(times) + 60 * clock.SECOND),
            "collector": {"tool": "outside", "version": "1.0", "host": "collector.example.com"},
            "period": {"from": clock.micros(min(times)), "to": clock.micros(max(times))},
            "streams": listed,
        }
        if self.key_in_manifest:
            body["key"] = self.collector.vkey("collector.example.com")
        body |= predicate
        return {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": sha(data)}} for name, data in sorted(self.files.items())],
            "predicateType": PREDICATE_TYPE,
            "predicate": {k: v for k, v in body.items() if v is not None},
        }

    def sealed(self, statement=None, **envelope) -> dict[str, bytes]:
        """All files, with a manifest that the collector signs now."""
        return {MANIFEST: self.manifest(statement, **envelope), **self.files}

    def manifest(self, statement=None, key=None, keyid=None, payload_type=PAYLOAD_TYPE, sign=None) -> bytes:
        key = key or self.collector
        return envelope(
            json.dumps(statement or self.statement(), indent=1).encode(),
            sign or key.sign,
            keyid or key.fingerprint,
            payload_type,
        )


def envelope(payload: bytes, sign, keyid: str, payload_type=PAYLOAD_TYPE) -> bytes:
    """A DSSE v1 envelope with one signature."""
    pae = b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)
    return json.dumps(
        {"payload": b64(payload), "payloadType": payload_type, "signatures": [{"keyid": keyid, "sig": b64(sign(pae))}]},
        indent=1,
    ).encode()


def spans(data: bytes) -> list[tuple[int, int]]:
    """(offset, length) of each line, the LF not counted."""
    found, offset = [], 0
    for line in data.split(b"\n"):
        found.append((offset, len(line)))
        offset += len(line) + 1
    return found[:-1] if data.endswith(b"\n") or not data else found


def lines_of(data: bytes) -> list[bytes]:
    return [data[offset : offset + length] for offset, length in spans(data)]


def join(lines) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def small(
    chance: Chance,
    count=60,
    sizes=(20, 40, 60),
    tiles=False,
    attachments=None,
    key_in_manifest=True,
    collector=None,
    **stream,
) -> Bundle:
    """The usual evidence: one closed stream of 60 records under three checkpoints."""
    return Bundle(
        chance,
        Stream(chance, count=count, **stream),
        sizes=sizes,
        tiles=tiles,
        attachments=attachments,
        key_in_manifest=key_in_manifest,
        collector=collector,
    )
