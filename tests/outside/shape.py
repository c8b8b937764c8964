"""The JSON of `import`, `verify` and `check`, held against contract.md member by member."""

VERDICTS = ("verified", "intact", "unproven", "contradicted")
AXES = {
    "form": {"ok", "malformed"},
    "integrity": {"ok", "broken", "unsealed", "since-collection"},
    "author": {"trusted", "unknown", "unchecked", "refuted", "none"},
    "completeness": {"closed", "open", "gap", "truncated", "forked", "unknown"},
    "time": {"asserted", "anchored", "contradicted"},
}
LEDGER = ("bytes_in", "bytes_records", "bytes_structure", "bytes_rejected")

C, U, I = "contradicted", "unproven", "intact"
# Integrity finding codes, and the verdicts that the contract's table gives their objects; None for a dash.
# Where the third column speaks of several objects (the seal, what it seals), each of them may be named.
CODES = {
    "record-altered": {C},
    "record-missing": {C},
    "record-inserted": {C},
    "record-repeated": {C},
    "record-reordered": {C},
    "record-malformed": {U},
    "stream-truncated": {C},
    "stream-forked": {C},
    "stream-crossed": {C},
    "record-after-end": {C},
    "chain-restarted": {C, None},
    "tail-unsealed": {U},
    "end-unknown": {None},
    "heartbeat-missed": {None},
    "clock-backwards": {None},
    "signature-invalid": {C},
    "signature-missing": {U},
    "signature-weak": {U},
    "algorithm-refused": {U},
    "key-unknown": {U},
    "key-untrusted": {I},
    "key-expired": {U},
    "key-revoked": {U},
    "endorsement-invalid": {C},
    "seal-invalid": {C},
    "seal-missing": {U, C},
    "file-altered": {C},
    "file-missing": {C},
    "file-unlisted": {C},
    "file-moved": {None},
    "period-uncovered": {None},
    "trailing-data": {C},
    "entry-refused": {None},
    "field-uncovered": {None},
}


def worst(verdicts) -> str | None:
    present = set(verdicts) - {None}
    for verdict in reversed(VERDICTS):
        if verdict in present:
            return verdict
    return None


def faults(doc, code: int) -> list[str]:
    """What is wrong with a finished answer whose exit status was `code`."""
    found: list[str] = []

    def need(holds, text):
        if not holds:
            found.append(text)
        return bool(holds)

    def member(value, name, kind, where):
        ok = isinstance(value, dict) and isinstance(value.get(name), kind)
        ok = ok and not (kind is int and isinstance(value[name], bool))
        return need(ok, f"{where}: member {name!r} is missing or not {kind}")

    if not need(isinstance(doc, dict), "the answer is not an object"):
        return found
    for name, kind in (
        ("case", str),
        ("verdict", str),
        ("records", dict),
        ("ledger", dict),
        ("sources", list),
        ("streams", list),
        ("findings", list),
    ):
        member(doc, name, kind, "answer")
    if found:
        return found
    need(doc["verdict"] in VERDICTS, f"verdict {doc['verdict']!r}")

    records = doc["records"]
    if all([member(records, name, int, "records") for name in ("total", *VERDICTS)]):
        need(records["total"] == sum(records[v] for v in VERDICTS), f"records do not add up: {records}")
    ledger = doc["ledger"]
    if all([member(ledger, name, int, "ledger") for name in LEDGER]):
        need(
            ledger["bytes_in"] == ledger["bytes_records"] + ledger["bytes_structure"] + ledger["bytes_rejected"],
            f"the ledger does not balance: {ledger}",
        )
        need(min(ledger[n] for n in LEDGER) >= 0, f"negative bytes: {ledger}")
    need(ledger.get("balanced") is True, f"ledger.balanced is not true: {ledger}")

    for i, s in enumerate(doc["sources"]):
        for name, kind in (
            ("import", int),
            ("path", str),
            ("format", (str, type(None))),
            ("sha256", str),
            ("bytes", int),
            ("records", int),
            ("verdict", str),
        ):
            member(s, name, kind, f"sources[{i}]")
        need(s.get("verdict") in VERDICTS, f"sources[{i}]: verdict {s.get('verdict')!r}")
        digest = s.get("sha256", "")
        need(len(digest) == 64 and set(digest) <= set("0123456789abcdef"), f"sources[{i}]: sha256 {digest!r}")
    for i, s in enumerate(doc["streams"]):
        for name, kind in (("id", str), ("format", str), ("records", int), ("verdict", str), ("axes", dict)):
            member(s, name, kind, f"streams[{i}]")
        need(s.get("verdict") in VERDICTS, f"streams[{i}]: verdict {s.get('verdict')!r}")
        for name in ("first_seq", "last_seq"):
            need(s.get(name) is None or isinstance(s[name], int), f"streams[{i}]: {name} {s.get(name)!r}")
        for axis, answers in AXES.items():
            answer = (s.get("axes") or {}).get(axis)
            need(answer in answers, f"streams[{i}] {s.get('id')}: axis {axis} is {answer!r}")
    for i, f in enumerate(doc["findings"]):
        found += _finding(f, f"findings[{i}]")
    if found:
        return found

    need(
        sum(s["records"] for s in doc["sources"]) == records["total"],
        f"the sources' records add up to {sum(s['records'] for s in doc['sources'])}, not {records['total']}",
    )
    parts = [v for v in VERDICTS if records[v]]
    parts += [s["verdict"] for s in doc["streams"]]
    parts += [s["verdict"] for s in doc["sources"] if s["records"]]
    parts += [f.get("verdict") for f in doc["findings"] if f["class"] == "integrity"]
    expected = worst(parts) or "unproven"  # of an empty case nothing is proven
    need(doc["verdict"] == expected, f"the case is {doc['verdict']}, the worst of its parts is {expected}")
    need(code == (1 if doc["verdict"] == "contradicted" else 0), f"exit status {code} for a case {doc['verdict']}")
    return found


def _finding(f, where) -> list[str]:
    if not isinstance(f, dict) or not all(isinstance(f.get(n), str) and f[n] for n in ("code", "class", "message")):
        return [f"{where}: code, class and message are required: {f}"]
    found = []
    if f["class"] not in ("integrity", "behaviour"):
        found.append(f"{where}: class {f['class']!r}")
    for name in ("seq", "offset", "length"):
        value = f.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            found.append(f"{where}: {name} {value!r}")
    for name in ("source", "stream"):
        if f.get(name) is not None and not isinstance(f[name], str):
            found.append(f"{where}: {name} {f[name]!r}")
    if f["class"] == "integrity":
        # "Everything may be added to": an unknown code is allowed, a known one keeps its verdict.
        if f["code"] in CODES and f.get("verdict") not in CODES[f["code"]]:
            found.append(f"{where}: {f['code']} with verdict {f.get('verdict')!r}, not {CODES[f['code']]}")
        if f.get("verdict") not in (*VERDICTS, None):
            found.append(f"{where}: verdict {f.get('verdict')!r}")
    elif f.get("strength") not in ("proof", "indicator"):
        found.append(f"{where}: a behaviour finding's strength is {f.get('strength')!r}")
    return found
