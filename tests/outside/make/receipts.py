"""Agent receipts 0.2 to 0.5 (design/formats.md): chains of signed JSON documents."""

import copy
import hashlib
import json
import sqlite3
from pathlib import Path

from . import clock
from .chance import Chance
from .jcs import canonical
from .keys import Key, b64url

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://agentreceipts.ai/context/v1"]


def without_nulls(value, keep=("previous_receipt_hash",)):
    """Optional members that are null are left out; the link of a beginning is not optional."""
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None or k in keep}
    return [without_nulls(v) for v in value] if isinstance(value, list) else value


def signed_bytes(receipt: dict) -> bytes:
    return canonical(without_nulls({k: v for k, v in receipt.items() if k != "proof"}))


def digest(receipt: dict) -> str:
    return "sha256:" + hashlib.sha256(signed_bytes(receipt)).hexdigest()


def sign(receipt: dict, key: Key, how=None) -> dict:
    """The receipt with a proof by `key`; `how` replaces the key's way to sign."""
    receipt = {k: v for k, v in receipt.items() if k != "proof"}
    return receipt | {
        "proof": {
            "type": "Ed25519Signature2020",
            "created": receipt["issuanceDate"],
            "verificationMethod": receipt["issuer"]["id"] + "#key-1",
            "proofPurpose": "assertionMethod",
            "proofValue": "u" + b64url((how or key.sign)(signed_bytes(receipt))),
        }
    }


class Chain:
    """A chain of signed receipts.

    change(sequence, receipt)  alters a receipt before it is signed: what only its signer could do
    rotate {sequence: key}     that receipt, signed by the old key, names the new one
    base (chain, n)            the first n receipts are those of another chain: a fork
    """

    def __init__(
        self,
        chance: Chance,
        count=12,
        key: Key | None = None,
        issuer=None,
        version="0.5.0",
        chain_id=None,
        terminal=True,
        change=None,
        rotate=None,
        base=None,
        how=None,
        start=clock.START,
        step=clock.SECOND * 60,
    ):
        self.chance, self.key = chance, key or Key(chance)
        self.issuer = issuer or f"did:agent:{chance.word()}"
        self.id = chain_id or f"chain_{chance.word()}"
        self.version = version
        self.receipts: list[dict] = []
        self.times: list[int] = []
        signer = self.key
        for sequence in range(1, count + 1):
            at = start + sequence * step
            self.times.append(at)
            if base and sequence <= base[1]:
                self.receipts.append(base[0].receipts[sequence - 1])
                continue
            receipt = self.receipt(sequence, self.receipts[-1] if self.receipts else None, at)
            new = (rotate or {}).get(sequence)
            if new:
                receipt["credentialSubject"]["action"] |= {"type": "agent.key.rotate", "risk_level": "high"}
                receipt["credentialSubject"]["keyRotation"] = rotation(signer, new)
            if sequence == count and terminal:
                receipt["credentialSubject"]["chain"]["terminal"] = True
            if change:
                change(sequence, receipt)
            self.receipts.append(sign(receipt, signer, how(sequence, signer) if how else None))
            signer = new or signer
        self.last_key = signer

    def receipt(self, sequence: int, previous: dict | None, at: int) -> dict:
        return {
            "@context": CONTEXT,
            "id": f"urn:receipt:{self.chance.uuid()}",
            "type": ["VerifiableCredential", "AgentReceipt"],
            "version": self.version,
            "issuer": {"id": self.issuer, "type": "AIAgent", "name": "Fixture"},
            "issuanceDate": clock.seconds(at),
            "credentialSubject": {
                "principal": {"id": "did:user:alice", "type": "HumanPrincipal"},
                "action": {
                    "id": f"act_{self.chance.uuid()}",
                    "type": "filesystem.file.read",
                    "risk_level": "low",
                    "target": {"system": "local", "resource": f"/home/alice/<é>&{sequence}.txt"},
                    "timestamp": clock.seconds(at),
                },
                "outcome": {"status": "success"},
                "chain": {
                    "sequence": sequence,
                    "chain_id": self.id,
                    "previous_receipt_hash": previous and digest(previous),
                },
            },
        }

    def again(self, sequence: int, change, key: Key | None = None) -> dict:
        """Another receipt for a place, changed and validly signed."""
        receipt = copy.deepcopy(self.receipts[sequence - 1])
        change(receipt)
        return sign(receipt, key or self.key)


def rotation(old: Key, new: Key) -> dict:
    return {
        "event_type": "key_rotated",
        "signed_with": "old",
        "old_algorithm": "ed25519",
        "old_key_fingerprint": "sha256:" + hashlib.sha256(old.public).hexdigest(),
        "new_algorithm": "ed25519",
        "new_public_key": "u" + b64url(new.public),
        "new_key_fingerprint": "sha256:" + hashlib.sha256(new.public).hexdigest(),
    }


def line(receipt: dict) -> bytes:
    return json.dumps(receipt, separators=(",", ":"), ensure_ascii=False).encode()


def jsonl(receipts) -> bytes:
    return b"".join((r if isinstance(r, bytes) else line(r)) + b"\n" for r in receipts)


def documents(receipts) -> dict[str, bytes]:
    """One pretty-printed JSON file a receipt."""
    return {f"receipt-{i:03d}.json": json.dumps(r, indent=2).encode() for i, r in enumerate(receipts, 1)}


def sqlite(receipts, path: Path, lying_columns=False) -> Path:
    """The daemon's database. With `lying_columns` the columns beside the text say something else."""
    db = sqlite3.connect(path)
    db.execute(
        "CREATE TABLE receipts (id TEXT PRIMARY KEY, chain_id TEXT NOT NULL, sequence INTEGER NOT NULL, "
        "action_type TEXT, status TEXT, timestamp TEXT, receipt_json TEXT NOT NULL, receipt_hash TEXT)"
    )
    for r in receipts:
        chain = r["credentialSubject"]["chain"]
        db.execute(
            "INSERT INTO receipts VALUES (?,?,?,?,?,?,?,?)",
            (
                r["id"],
                "somebody-else" if lying_columns else chain["chain_id"],
                chain["sequence"] + (1000 if lying_columns else 0),
                "harmless" if lying_columns else r["credentialSubject"]["action"]["type"],
                r["credentialSubject"]["outcome"]["status"],
                r["issuanceDate"],
                line(r).decode(),
                "sha256:" + "0" * 64 if lying_columns else digest(r),
            ),
        )
    db.commit()
    db.close()
    return path
