"""Logs that nothing seals: Kubernetes audit and Vault or OpenBao audit devices."""

import json

from . import clock
from .chance import Chance


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def kubernetes(chance: Chance, count=40, stages=("ResponseComplete",)) -> list[dict]:
    """`count` requests; each stage of a request is a record of its own."""
    events = []
    for i in range(count):
        at, audit = clock.START + i * clock.SECOND, chance.uuid()
        verb, resource, sub = chance.choice(
            [
                ("get", "secrets", None),
                ("list", "secrets", None),
                ("create", "pods", None),
                ("create", "serviceaccounts", "token"),
                ("watch", "configmaps", None),
            ]
        )
        for n, stage in enumerate(stages):
            events.append(
                {
                    "kind": "Event",
                    "apiVersion": "audit.k8s.io/v1",
                    "level": "Metadata",
                    "auditID": audit,
                    "stage": stage,
                    "requestURI": f"/api/v1/namespaces/prod/{resource}",
                    "verb": verb,
                    "user": {
                        "username": "system:serviceaccount:prod:deployer",
                        "uid": "u-1",
                        "groups": ["system:serviceaccounts"],
                        "extra": {"authentication.kubernetes.io/pod-name": ["deployer-0"]},
                    },
                    "sourceIPs": ["10.3.0.9"],
                    "userAgent": "kubectl/v1.33",
                    "objectRef": {"resource": resource, "namespace": "prod", "name": "x", "apiVersion": "v1"}
                    | ({"subresource": sub} if sub else {}),
                    "responseStatus": {"metadata": {}, "code": 200},
                    "requestReceivedTimestamp": clock.micros(at),
                    "stageTimestamp": clock.micros(at + n * 1000),
                    "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "RBAC"},
                }
            )
    return events


def event_list(events: list[dict]) -> bytes:
    return json.dumps(
        {"kind": "EventList", "apiVersion": "audit.k8s.io/v1", "metadata": {}, "items": events}, indent=1
    ).encode()


def vault(chance: Chance, count=40) -> list[dict]:
    """`count` records: requests and their responses in turn."""
    records, token = [], "hmac-sha256:" + chance.hex(32)
    while len(records) < count:
        i = len(records) // 2
        at, request = clock.START + i * clock.SECOND, chance.uuid()
        auth = {
            "client_token": token,
            "accessor": "hmac-sha256:" + "ab" * 32,
            "display_name": "approle",
            "entity_id": "11111111-2222-4333-8444-555555555555",
            "policies": ["default"],
            "token_type": "service",
            "policy_results": {"allowed": True, "granting_policies": [{"name": "kv", "type": "acl"}]},
        }
        ask = {
            "id": request,
            "operation": "read",
            "mount_type": "kv",
            "mount_point": "kv/",
            "path": f"kv/data/app{i % 7}",
            "client_token": token,
            "namespace": {"id": "root"},
            "remote_address": "10.4.0.2",
        }
        records.append({"time": stamp(at), "type": "request", "auth": auth, "request": ask})
        records.append(
            {
                "time": stamp(at + 2000),
                "type": "response",
                "auth": auth,
                "request": ask,
                "response": {"mount_type": "kv", "data": {"data": "hmac-sha256:" + "cd" * 32}},
            }
        )
    return records[:count]


def stamp(at: int) -> str:
    """Vault prints nanoseconds."""
    return clock.micros(at)[:-1] + "001Z"


def jsonl(records) -> bytes:
    return b"".join((r if isinstance(r, bytes) else compact(r)) + b"\n" for r in records)
