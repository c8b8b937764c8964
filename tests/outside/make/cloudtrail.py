"""CloudTrail: hourly logs, a chain of signed digests, their sidecars and the key list.

Sources: design/formats.md, and the AWS CloudTrail User Guide, "CloudTrail digest file structure".
"""

import hashlib
import json

from . import clock
from .chance import Chance
from .keys import Rsa, b64
from .pack import gz

ACCOUNT, BUCKET, TRAIL = "111122223333", "audit-example", "org-trail"


class Log:
    """One delivered log file. `spans` are (offset, length) of each event in the inflated bytes."""

    def __init__(self, key: str, events: list[dict]):
        self.key, self.events = key, events
        self.texts = [json.dumps(e, separators=(",", ":"), ensure_ascii=False).encode() for e in events]
        self.write()

    def write(self) -> "Log":
        self.inflated, self.spans = b'{"Records":[', []
        for i, text in enumerate(self.texts):
            self.inflated += b"," if i else b""
            self.spans.append((len(self.inflated), len(text)))
            self.inflated += text
        self.inflated += b"]}"
        return self


class Digest:
    """One digest: its members, the bytes that were signed, and the signature."""

    def __init__(
        self, key: str, members: dict, inflated: bytes, signature: bytes, algorithm="SHA256withRSA", metadata=None
    ):
        self.key, self.members, self.inflated = key, members, inflated
        self.signature, self.algorithm, self.metadata = signature, algorithm, metadata or {}

    def sidecar(self) -> bytes:
        """What `aws s3api head-object` prints."""
        return json.dumps(
            {
                "AcceptRanges": "bytes",
                "LastModified": self.members["digestEndTime"],
                "ContentLength": 1000,
                "ETag": '"0123456789abcdef"',
                "ContentEncoding": "gzip",
                "ContentType": "application/json",
                "Metadata": {"signature": self.signature.hex(), "signature-algorithm": self.algorithm, **self.metadata},
            },
            indent=4,
        ).encode()


class Trail:
    """A region's logs and digests over some hours.

    logs_per_hour          how many logs each hour delivers (0 makes an empty digest)
    change(hour, members)  alters a digest before it is signed: what only its signer could do
    restarts               hours whose digest begins a new chain
    base (trail, hours)    the first hours are those of another trail: a fork
    """

    def __init__(
        self,
        chance: Chance,
        rsa: Rsa,
        region="eu-west-1",
        logs_per_hour=(2, 1, 0, 3, 1),
        form="pkcs1",
        start=clock.START,
        change=None,
        restarts=(),
        base=None,
        backfill=False,
        prefix="",
    ):
        self.chance, self.rsa, self.region, self.form, self.start = chance, rsa, region, form, start
        self.logs: list[list[Log]] = []
        self.digests: list[Digest] = []
        self.prefix, self.backfill = prefix, backfill
        for hour, count in enumerate(logs_per_hour):
            if base and hour < base[1]:
                self.logs.append(base[0].logs[hour])
                self.digests.append(base[0].digests[hour])
                continue
            begin = start + hour * clock.HOUR
            self.logs.append([self.log(begin, i) for i in range(count)])
            previous = self.digests[-1] if hour and hour not in restarts else None
            self.digests.append(self.digest(hour, begin, previous, change))

    def day(self, at: int) -> str:
        return clock.seconds(at)[:10].replace("-", "/")

    def log(self, begin: int, index: int, count: int | None = None) -> Log:
        at = begin + 300 * clock.SECOND * (index + 1)
        key = (
            f"{self.prefix}AWSLogs/{ACCOUNT}/CloudTrail/{self.region}/{self.day(at)}/{ACCOUNT}_CloudTrail_"
            f"{self.region}_{clock.compact(at)[:13]}Z_{self.chance.word()}{self.chance.word()}.json.gz"
        )
        count = count or self.chance.randrange(3, 7)
        return Log(
            key, [event(self.chance, at - 240 * clock.SECOND + i * clock.SECOND, self.region) for i in range(count)]
        )

    def digest(self, hour: int, begin: int, previous: Digest | None, change=None) -> Digest:
        end = begin + clock.HOUR
        suffix = "_backfill" if self.backfill else ""
        key = (
            f"{self.prefix}AWSLogs/{ACCOUNT}/CloudTrail-Digest/{self.region}/{self.day(end)}/{ACCOUNT}_"
            f"CloudTrail-Digest_{self.region}_{TRAIL}_{self.region}_{clock.compact(end)}{suffix}.json.gz"
        )
        times = [e["eventTime"] for log in self.logs[hour] for e in log.events]
        members = {
            "awsAccountId": ACCOUNT,
            "digestStartTime": clock.seconds(begin),
            "digestEndTime": clock.seconds(end),
            "digestS3Bucket": BUCKET,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": self.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": max(times, default=None),
            "oldestEventTime": min(times, default=None),
            "previousDigestS3Bucket": previous and previous.members["digestS3Bucket"],
            "previousDigestS3Object": previous and previous.key,
            "previousDigestHashValue": previous and hashlib.sha256(previous.inflated).hexdigest(),
            "previousDigestHashAlgorithm": previous and "SHA-256",
            "previousDigestSignature": previous and previous.signature.hex(),
            "logFiles": [
                {
                    "s3Bucket": BUCKET,
                    "s3Object": log.key,
                    "hashValue": hashlib.sha256(log.inflated).hexdigest(),
                    "hashAlgorithm": "SHA-256",
                    "newestEventTime": max(e["eventTime"] for e in log.events),
                    "oldestEventTime": min(e["eventTime"] for e in log.events),
                }
                for log in self.logs[hour]
            ],
        }
        if change:
            change(hour, members)
        inflated = json.dumps(members, separators=(",", ":")).encode()
        metadata = {"backfill-generation-timestamp": clock.seconds(end + 60 * clock.SECOND)} if self.backfill else {}
        return Digest(key, members, inflated, self.rsa.sign(string_to_sign(members, inflated)), metadata=metadata)

    @property
    def value(self) -> bytes:
        return self.rsa.der(self.form)

    @property
    def fingerprint(self) -> str:
        return hashlib.md5(self.value).hexdigest()

    def key_list(self, times="iso", name="PublicKeyList", begin=None, end=None) -> bytes:
        """What `aws cloudtrail list-public-keys` prints; times as ISO 8601 or as seconds."""
        return key_list([self], times, name, begin, end)

    def files(self, sidecars=True) -> dict[str, bytes]:
        """The bucket as it was copied: keys as paths."""
        found = {log.key: gz(log.inflated) for hour in self.logs for log in hour}
        for digest in self.digests:
            found[digest.key] = gz(digest.inflated)
            if sidecars:
                found[digest.key + ".metadata.json"] = digest.sidecar()
        return found

    def count(self, *hours: int) -> int:
        """How many events the logs of these hours hold; of all without any."""
        return sum(len(log.events) for h, logs in enumerate(self.logs) if not hours or h in hours for log in logs)


def string_to_sign(members: dict, inflated: bytes) -> bytes:
    return "\n".join(
        [
            members["digestEndTime"],
            f"{members['digestS3Bucket']}/{members['digestS3Object']}",
            hashlib.sha256(inflated).hexdigest(),
            members["previousDigestSignature"] or "null",
        ]
    ).encode()


def key_list(trails: list[Trail], times="iso", name="PublicKeyList", begin=None, end=None) -> bytes:
    begin = clock.START - 30 * 24 * clock.HOUR if begin is None else begin
    end = clock.START + 30 * 24 * clock.HOUR if end is None else end
    # The AWS CLI prints ISO 8601 with an offset, or seconds with a fraction.
    show = (lambda at: clock.seconds(at).replace("Z", "+00:00")) if times == "iso" else lambda at: at / 1e6
    return json.dumps(
        {
            name: [
                {
                    "Value": b64(t.value),
                    "ValidityStartTime": show(begin),
                    "ValidityEndTime": show(end),
                    "Fingerprint": t.fingerprint,
                }
                for t in trails
            ]
        },
        indent=4,
    ).encode()


def event(chance: Chance, at: int, region: str) -> dict:
    """An ordinary event; secrets are read and roles are assumed now and then."""
    session = chance.word()
    name, source, response = chance.choice(
        [
            ("GetSecretValue", "secretsmanager.amazonaws.com", None),
            (
                "AssumeRole",
                "sts.amazonaws.com",
                {
                    "credentials": {
                        "accessKeyId": "ASIA" + chance.hex(8).upper(),
                        "expiration": "Jun 1, 2026, 12:00:00 PM",
                        "sessionToken": "…",
                    }
                },
            ),
            ("DescribeInstances", "ec2.amazonaws.com", None),
            ("ListBuckets", "s3.amazonaws.com", None),
        ]
    )
    return {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE:{session}",
            "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/{session}",
            "accountId": ACCOUNT,
            "accessKeyId": "ASIA" + chance.hex(8).upper(),
        },
        "eventTime": clock.seconds(at),
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": f"10.2.{chance.randrange(256)}.7",
        "userAgent": "aws-sdk-go/1.50 (grüße)",
        "requestParameters": {"secretId": "prod/db"} if name == "GetSecretValue" else None,
        "responseElements": response,
        "requestID": chance.uuid(),
        "eventID": chance.uuid(),
        "readOnly": name != "AssumeRole",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
