"""A second reading of spec/audit-bundle.md: is a bundle sound, whole and signed by known keys?

It does not mend and does not explain: it lists every rule that is broken. An empty list means that
every record is sealed by a trusted key and every file is as it was collected.
"""

import base64
import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL = {b"\1" + bytes(31), bytes(32), b"\xec" + b"\xff" * 30 + b"\x7f"}


def problems(files: dict[str, bytes], trusted: list[str], collectors: list[bytes]) -> list[str]:
    """Broken rules of the bundle in `files`; `trusted` are vkeys, `collectors` raw keys."""
    found: list[str] = []
    listed = _manifest(files, collectors, found)
    for path in sorted(files):
        if path.startswith("streams/"):
            _stream(files, path, trusted, listed.get(path), found)
    return found


def _manifest(files, collectors, found) -> dict:
    try:
        envelope = json.loads(files["manifest.dsse.json"])
        payload = base64.b64decode(envelope["payload"], validate=True)
        kind = envelope["payloadType"]
        pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        if not any(
            _verifies(key, base64.b64decode(s["sig"]), pae) for key in collectors for s in envelope["signatures"]
        ):
            found.append("manifest: no signature by a trusted collector")
        statement = json.loads(payload)
        if (kind, statement["_type"], statement["predicateType"]) != (
            "application/vnd.in-toto+json",
            "https://in-toto.io/Statement/v1",
            "urn:nhi-audit-bundle:v1",
        ):
            found.append("manifest: wrong types")
        digests = {s["name"]: s["digest"]["sha256"] for s in statement["subject"]}
        streams = {s["path"]: (s["stream"], s["records"]) for s in statement["predicate"]["streams"]}
    except Exception as error:  # whatever is wrong with it, it seals nothing
        found.append(f"manifest: unreadable: {error!r}")
        return {}
    for path in sorted(set(files) - {"manifest.dsse.json"} | set(digests)):
        if path not in files:
            found.append(f"{path}: listed and missing")
        elif path not in digests:
            found.append(f"{path}: not listed")
        elif hashlib.sha256(files[path]).hexdigest() != digests[path]:
            found.append(f"{path}: altered")
    return streams


def _stream(files, path, trusted, listed, found) -> None:
    name = path[len("streams/") : -len(".jsonl")]
    lines = files[path].split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    records = [_record(line, f"{path}:{i}", found) for i, line in enumerate(lines)]
    digests = [hashlib.sha256(line).digest() for line in lines]
    ids = {r.get("stream") for r in records}
    if len(ids) != 1:
        found.append(f"{path}: streams {ids}")
        return
    stream = ids.pop()
    for i, r in enumerate(records):
        if r.get("seq") != i:
            found.append(f"{path}:{i}: seq {r.get('seq')}")
        if r.get("prev", "") != (digests[i - 1].hex() if i else None):
            found.append(f"{path}:{i}: prev")
        if (r.get("type") == "stream.open") != (i == 0):
            found.append(f"{path}:{i}: stream.open")
        if r.get("type") == "stream.close" and i != len(records) - 1:
            found.append(f"{path}:{i}: stream.close is not last")
    if listed and listed != (stream, len(lines)):
        found.append(f"{path}: the manifest says {listed}")
    try:
        keys = _keys(stream, records, trusted, found)
    except (ValueError, KeyError, AssertionError) as error:
        found.append(f"{stream}: a rotation cannot be read: {error!r}")
        keys = []
    sizes = []
    for other in sorted(files):
        if other.startswith(f"checkpoints/{name}/"):
            try:
                size = _checkpoint(files[other], stream, digests, keys, other, found)
            except ValueError as error:
                size = found.append(f"{other}: unreadable: {error!r}")
            if size is not None:
                sizes.append(size)
                if other != f"checkpoints/{name}/{size:012d}":
                    found.append(f"{other}: signs size {size}")
        elif other.startswith(f"tiles/{name}/tile/0/"):
            n, _, width = other[len(f"tiles/{name}/tile/0/") :].partition(".p/")
            part = digests[int(n) * 256 : int(n) * 256 + int(width or 256)]
            if files[other] != b"".join(hashlib.sha256(b"\0" + d).digest() for d in part):
                found.append(f"{other}: leaf hashes differ")
    if not sizes or max(sizes) != len(lines):
        found.append(f"{path}: {len(lines)} records, checkpoints {sizes}")


def _record(line: bytes, place: str, found) -> dict:
    def pairs(items):
        if len({k for k, _ in items}) != len(items):
            raise ValueError("duplicate member")
        return dict(items)

    def integer(text):
        if abs(int(text)) > 2**53 - 1:
            raise ValueError("integer beyond 2^53")
        return int(text)

    try:
        text = line.decode("utf-8")
        record = json.loads(text, object_pairs_hook=pairs, parse_int=integer)
        json.dumps(record, ensure_ascii=False).encode("utf-8")  # refuses lone surrogates
        if record["v"] != 1 or not TIME.fullmatch(record["time"]) or not isinstance(record["type"], str):
            raise ValueError("a required member is wrong")
        return record
    except Exception as error:
        found.append(f"{place}: malformed: {error!r}")
        return {}


def _keys(stream, records, trusted, found) -> list[tuple[int, bytes]]:
    """(first seq it does not seal, key): the stream's keys in order, each endorsed by the one before."""
    keys = [(-1, raw) for name, raw in map(_vkey, trusted) if name == stream]
    for r in records:
        if r.get("type") == "key.rotate" and keys:
            text = f"nhi-audit-bundle/v1 rotate\n{stream}\n{r['seq']}\n{r['prev']}\n{r['next']}\n"
            if not _verifies(keys[-1][1], base64.b64decode(r["endorsement"]), text.encode()):
                found.append(f"{stream}:{r['seq']}: endorsement")
            else:
                keys.append((r["seq"], _vkey(r["next"])[1]))
    return keys


def _vkey(text: str) -> tuple[str, bytes]:
    name, key_hash, encoded = text.split("+", 2)
    data = base64.b64decode(encoded, validate=True)
    assert data[0] == 1 and len(data) == 33, text
    assert hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8] == key_hash, text
    return name, data[1:]


def _checkpoint(note: bytes, stream, digests, keys, path, found) -> int | None:
    text, split, signatures = note.decode().partition("\n\n")
    parts = text.split("\n")
    if not split or len(parts) < 3 or parts[0] != stream or not parts[1].isdigit():
        found.append(f"{path}: not a checkpoint of {stream}")
        return None
    size, text = int(parts[1]), text + "\n"
    if size > len(digests) or parts[2] != base64.b64encode(_root(digests[:size])).decode():
        found.append(f"{path}: the root differs")
    key = [k for seq, k in keys if size > seq][-1:]
    for line in signatures.splitlines():
        dash, name, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if (
            key
            and dash == "—"
            and name == stream
            and data[:4] == hashlib.sha256(name.encode() + b"\n\1" + key[0]).digest()[:4]
            and _verifies(key[0], data[4:], text.encode())
        ):
            return size
    found.append(f"{path}: no signature by the stream's key")
    return size


def _root(digests: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, word by word."""
    if not digests:
        return hashlib.sha256(b"").digest()
    if len(digests) == 1:
        return hashlib.sha256(b"\0" + digests[0]).digest()
    k = 1
    while k * 2 < len(digests):
        k *= 2
    return hashlib.sha256(b"\1" + _root(digests[:k]) + _root(digests[k:])).digest()


def _verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    """Strict: no S beyond the order, no small-order key or R."""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    if key in SMALL or signature[:32] in SMALL:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except InvalidSignature:
        return False
