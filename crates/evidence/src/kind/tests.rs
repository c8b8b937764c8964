use super::*;
use crate::json::samples;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use std::io::Read;

const LINE: &str = r#"{"v":1,"stream":"example.com/a","seq":7,"prev":"5c5f","time":"2026-06-01T00:00:04Z","type":"token.mint","actor":{"id":"x"}}"#;
const CLOUDTRAIL: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser"},"eventTime":"2023-07-10T11:42:36Z","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"us-east-1"}"#;
const KUBERNETES: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a","stage":"ResponseComplete","requestURI":"/api","verb":"list","user":{"username":"u"}}"#;
const VAULT: &str = r#"{"time":"2026-11-21T07:42:10.315106699Z","type":"request","auth":{"token_type":"default"},"request":{"id":"1","operation":"update","path":"sys/audit/test"}}"#;
const RECEIPT: &str = r#"{"@context":[],"id":"urn:receipt:1","type":["VerifiableCredential","AgentReceipt"],"version":"0.5.0","issuer":{"id":"did:agent:a"},"credentialSubject":{"action":{},"chain":{"chain_id":"c","sequence":1}},"proof":{}}"#;
const DIGEST: &str = r#"{"awsAccountId":"1","digestStartTime":"2026-01-01T00:00:00Z","digestEndTime":"2026-01-01T01:00:00Z","digestS3Bucket":"b","digestS3Object":"k","logFiles":[]}"#;
const SIDECAR: &str = r#"{"AcceptRanges":"bytes","ContentLength":12,"ETag":"\"e\"","Metadata":{"signature":"00ff","signature-algorithm":"SHA256withRSA"}}"#;
const KEYS: &str = r#"{"PublicKeyList":[{"Value":"MIIB","Fingerprint":"aa"}]}"#;
const CHECKPOINT: &str = "example.com/a\n1742\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n\u{2014} example.com/a GisC\n";

fn manifest(statement: &str) -> String {
    let payload = STANDARD.encode(statement);
    format!(
        r#"{{"payloadType":"application/vnd.in-toto+json","payload":"{payload}","signatures":[{{"keyid":"k","sig":"s"}}]}}"#
    )
}

const STATEMENT: &str = r#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"streams/a.jsonl","digest":{"sha256":"00"}}],"predicateType":"urn:nhi-audit-bundle:v1","predicate":{}}"#;

fn kind(head: impl AsRef<[u8]>) -> Kind {
    recognise("some/file", head.as_ref())
}

#[test]
fn each_kind_is_told_from_one_document() {
    for (head, expected) in [
        (LINE, Kind::BundleStream),
        (&manifest(STATEMENT), Kind::BundleManifest),
        (CHECKPOINT, Kind::BundleCheckpoint),
        (CLOUDTRAIL, Kind::CloudTrailLog),
        (
            &format!(r#"{{"Records":[{CLOUDTRAIL}]}}"#),
            Kind::CloudTrailLog,
        ),
        (&format!("[{CLOUDTRAIL}]"), Kind::CloudTrailLog),
        (r#"{"Records":[]}"#, Kind::CloudTrailLog),
        (DIGEST, Kind::CloudTrailDigest),
        (SIDECAR, Kind::CloudTrailSidecar),
        (KEYS, Kind::CloudTrailKeys),
        (r#"{"publicKeyList": []}"#, Kind::CloudTrailKeys),
        (RECEIPT, Kind::Receipts),
        (&format!("[{RECEIPT}]"), Kind::Receipts),
        ("SQLite format 3\0...", Kind::ReceiptsDatabase),
        (KUBERNETES, Kind::KubernetesAudit),
        (
            &format!(
                r#"{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[{KUBERNETES}]}}"#
            ),
            Kind::KubernetesAudit,
        ),
        (
            &format!(r#"{{"items":[{KUBERNETES}],"kind":"List"}}"#),
            Kind::KubernetesAudit,
        ),
        (VAULT, Kind::VaultAudit),
        ("", Kind::Unknown),
        ("{}", Kind::Unknown),
        ("[]", Kind::Unknown),
        ("plain text\n", Kind::Unknown),
        ("\0\0\0\0", Kind::Unknown),
    ] {
        assert_eq!(kind(head), expected, "{head}");
    }
}

#[test]
fn the_order_of_members_does_not_matter() {
    let stratus = "[\n   {\n      \"awsRegion\": \"apiso-northsouth-3r\",\n      \"errorCode\": \"Client.UnauthorizedOperation\",\n      \"requestParameters\": {\"Records\": [1, {\"a\": [[[[[[]]]]]]}]},\n      \"eventCategory\": \"Management\",\n      \"eventID\": \"e\",\n      \"eventName\": \"GetPasswordData\"";
    assert_eq!(kind(stratus), Kind::CloudTrailLog);
    let vault =
        r#"{"request":{"path":"a","id":"1"},"auth":{},"type":"response","response":{},"time":"t"}"#;
    assert_eq!(kind(vault), Kind::VaultAudit);
    let line = r#"{"actor":{},"type":"call","seq":1,"prev":"","stream":"s","v":1}"#;
    assert_eq!(kind(line), Kind::BundleStream);
}

#[test]
fn a_mention_of_another_formats_words_decides_nothing() {
    let event = KUBERNETES.replace(
        r#""user":"#,
        &format!(r#""requestObject":{{"Records":[{CLOUDTRAIL}],"payloadType":"x","note":"eventName"}},"user":"#),
    );
    assert_eq!(kind(event), Kind::KubernetesAudit);
    assert_eq!(
        kind(r#"{"note":"\"Records\":[{\"eventName\":\"x\"}]"}"#),
        Kind::Unknown
    );
}

#[test]
fn what_only_looks_alike_is_unknown() {
    for head in [
        // An S3 notification, a core event of `kubectl get events -o json`, an audit policy.
        r#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"r","eventTime":"t","eventName":"ObjectCreated:Put","userIdentity":{},"s3":{}}]}"#,
        r#"{"kind":"Event","apiVersion":"v1","involvedObject":{},"user":{},"verb":"x","reason":"Started"}"#,
        r#"{"kind":"Policy","apiVersion":"audit.k8s.io/v1","rules":[{"level":"Metadata"}]}"#,
        // Another tool's attestation, and published receipts inside a file of test vectors.
        &manifest(&STATEMENT.replace("urn:nhi-audit-bundle:v1", "https://slsa.dev/provenance/v1")),
        &format!(r#"{{"version":"0.2.0","keys":{{}},"terminalChain":{{"receipts":[{RECEIPT}]}}}}"#),
        r#"{"type":"request","time":"t","message":"GET /"}"#,
        "three\nlines\nof text\n",
        "example.com\n12\nnot a root\n",
    ] {
        assert_eq!(kind(head), Kind::Unknown, "{head}");
    }
}

#[test]
fn a_manifest_is_told_though_its_payload_is_cut_off() {
    let subjects = r#"{"name":"streams/a.jsonl","digest":{"sha256":"00"}},"#.repeat(3000);
    let long = manifest(&STATEMENT.replace(r#"{"name""#, &format!(r#"{subjects}{{"name""#)));
    assert!(long.len() > HEAD_BYTES);
    assert_eq!(kind(&long.as_bytes()[..HEAD_BYTES]), Kind::BundleManifest);
    let payload_first = long.replace(r#""payloadType":"application/vnd.in-toto+json","#, "");
    assert_eq!(
        kind(&payload_first.as_bytes()[..HEAD_BYTES]),
        Kind::BundleManifest
    );
}

#[test]
fn lines_before_the_first_good_one_do_not_hide_it() {
    let broken = &LINE[..60];
    for good in [LINE, CLOUDTRAIL, KUBERNETES, VAULT, RECEIPT] {
        let expected = kind(good);
        for before in [
            "\0\u{1}\n",
            "not json\n",
            "{\"a\":\n",
            "{]\n",
            "\n\n",
            "\"text\"\n",
            "\u{feff}",
            "}\n",
        ] {
            assert_eq!(kind(format!("{before}{good}\n")), expected, "{before:?}");
        }
        assert_eq!(
            kind(format!("{}{good}\n{good}\n", "garbage\n".repeat(40))),
            expected
        );
    }
    assert_eq!(
        kind(format!("{broken}\n{CLOUDTRAIL}\n{CLOUDTRAIL}")),
        Kind::CloudTrailLog
    );
}

#[test]
fn most_of_the_documents_decide() {
    assert_eq!(
        kind(format!("{KUBERNETES}\n{VAULT}\n{VAULT}\n")),
        Kind::VaultAudit
    );
    assert_eq!(
        kind(format!("{KUBERNETES}\n{VAULT}\n")),
        Kind::KubernetesAudit
    );
}

#[test]
fn the_place_decides_only_where_content_cannot() {
    for (path, head, expected) in [
        ("x/streams/a.jsonl", "", Kind::BundleStream),
        ("x/streams/a.jsonl", "\0\0\0", Kind::BundleStream),
        ("streams/a.jsonl", "{\"v\":1,", Kind::BundleStream),
        ("streams/a.jsonl", CLOUDTRAIL, Kind::CloudTrailLog),
        ("streams/a.jsonl", "{\"okta\":1}\n", Kind::Unknown),
        ("streams/a.log", "", Kind::Unknown),
        ("upstreams/a.jsonl", "", Kind::Unknown),
        (
            "checkpoints/a/000000001742",
            "damaged",
            Kind::BundleCheckpoint,
        ),
        ("checkpoints/a/notes", "damaged", Kind::Unknown),
        ("b/manifest.dsse.json", "{}", Kind::BundleManifest),
        (
            "d.json.gz.metadata.json",
            r#"{"ETag":"e","Metadata":{}}"#,
            Kind::CloudTrailSidecar,
        ),
        ("other.json", r#"{"ETag":"e","Metadata":{}}"#, Kind::Unknown),
        ("renamed.txt", LINE, Kind::BundleStream),
    ] {
        assert_eq!(recognise(path, head.as_bytes()), expected, "{path} {head}");
    }
}

#[test]
fn a_damaged_checkpoint_is_still_one() {
    let root_gone = CHECKPOINT.replace("AAAA", "A");
    let size_gone = CHECKPOINT.replace("1742", "");
    let unsigned = &CHECKPOINT[..CHECKPOINT.find("\n\n").unwrap() + 1];
    for head in [&root_gone, &size_gone, unsigned] {
        assert_eq!(kind(head), Kind::BundleCheckpoint, "{head}");
    }
}

#[test]
fn pretty_printed_documents_are_read_over_their_lines() {
    let pretty = |text: &str| {
        let value: serde_json::Value = serde_json::from_str(text).unwrap();
        serde_json::to_string_pretty(&value).unwrap()
    };
    for one in [
        LINE, CLOUDTRAIL, KUBERNETES, VAULT, RECEIPT, DIGEST, SIDECAR, KEYS,
    ] {
        assert_eq!(kind(pretty(one)), kind(one), "{one}");
        assert_eq!(
            kind(format!("{}\n{}\n", pretty(one), pretty(one))),
            kind(one)
        );
    }
}

proptest! {
    #[test]
    fn a_head_cut_anywhere_past_its_names_is_the_same(cut in 0usize..200) {
        for (one, enough) in [(CLOUDTRAIL, 115), (LINE, 60), (VAULT, 115), (KUBERNETES, 50)] {
            let many = format!("{one}\n{one}\n");
            let cut = (enough + cut).min(many.len());
            prop_assert_eq!(kind(&many[..cut]), kind(one), "{}", &many[..cut]);
        }
    }

    #[test]
    fn any_bytes_have_a_kind(head: Vec<u8>, text in "[\\[\\]{}\",:\\\\a\\n 1]{0,60}") {
        kind(head);
        kind(text);
    }
}

/// What lies in a sample, decompressed.
fn content(path: &str, bytes: Vec<u8>) -> Vec<u8> {
    if !path.ends_with(".gz") {
        return bytes;
    }
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..])
        .read_to_end(&mut out)
        .unwrap();
    out
}

#[test]
fn samples_are_what_their_publishers_say() {
    let expected = |archive: &str, path: &str| match archive {
        _ if path.ends_with("LICENSE") => Kind::Unknown,
        "cloudtrail-invictus.tar.gz" | "cloudtrail-stratus.tar.gz" => Kind::CloudTrailLog,
        "openbao.tar.gz" if path.ends_with("audit.log.gz") => Kind::VaultAudit,
        // A file that holds `{"kind": 0}` and a policy in YAML.
        "kubernetes.tar.gz" if path.ends_with("fal_01_003.json") || path.ends_with(".yaml") => {
            Kind::Unknown
        }
        "kubernetes.tar.gz" => Kind::KubernetesAudit,
        "panther.tar.gz" if path.ends_with("AWS.CloudTrail.jsonl") => Kind::CloudTrailLog,
        "panther.tar.gz" if path.ends_with("Amazon.EKS.Audit.jsonl") => Kind::KubernetesAudit,
        "agent-receipts.tar.gz"
            if path.ends_with("-receipt.json")
                || path.contains("chain-receipt-")
                || path.ends_with("rotation_event.json") =>
        {
            Kind::Receipts
        }
        "vectors/tlog.tar.gz" if path.contains("log/checkpoint") => Kind::BundleCheckpoint,
        _ => Kind::Unknown,
    };
    for archive in [
        "cloudtrail-invictus.tar.gz",
        "cloudtrail-stratus.tar.gz",
        "openbao.tar.gz",
        "kubernetes.tar.gz",
        "panther.tar.gz",
        "agent-receipts.tar.gz",
        "vectors/tlog.tar.gz",
        "vectors/merkle.tar.gz",
        "vectors/jcs.tar.gz",
        "vectors/json-test-suite.tar.gz",
        "vectors/wycheproof.tar.gz",
    ] {
        let Some(files) = samples::archive(archive) else {
            return;
        };
        for (path, bytes) in files {
            let bytes = content(&path, bytes);
            assert_eq!(
                recognise(&path, &bytes),
                expected(archive, &path),
                "{archive} {path}"
            );
            let head = &bytes[..bytes.len().min(4096)];
            let kind = recognise(&path, head);
            assert_eq!(
                kind,
                expected(archive, &path),
                "{archive} {path}, the first 4 KiB"
            );
        }
    }
}
