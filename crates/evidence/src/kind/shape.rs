//! What documents of each kind look like.

use super::Kind;
use super::sketch::{Document, Sketch, documents};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The kind that most of the documents have, or of their elements where they are arrays; of equal
/// ones, the first.
pub(super) fn most_common(documents: &[Document<'_>], path: &str) -> Kind {
    let mut votes: Vec<(Kind, usize)> = Vec::new();
    let records = documents
        .iter()
        .flat_map(|document| match &document.sketch {
            Sketch::Array(elements) => elements.as_slice(),
            other => std::slice::from_ref(other),
        });
    for kind in records
        .map(|record| of(record, path))
        .filter(|&kind| kind != Kind::Unknown)
    {
        match votes.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => votes.push((kind, 1)),
        }
    }
    // `max_by_key` gives the last of equal ones.
    votes
        .into_iter()
        .rev()
        .max_by_key(|&(_, count)| count)
        .map_or(Kind::Unknown, |(kind, _)| kind)
}

/// The kind of one document.
fn of(document: &Sketch<'_>, path: &str) -> Kind {
    type Shape = fn(&Sketch<'_>) -> bool;
    const SHAPES: [(Shape, Kind); 9] = [
        (is_manifest, Kind::BundleManifest),
        (is_digest, Kind::CloudTrailDigest),
        (is_sidecar, Kind::CloudTrailSidecar),
        (is_key_list, Kind::CloudTrailKeys),
        (is_receipt, Kind::Receipts),
        (is_line, Kind::BundleStream),
        (is_kubernetes, Kind::KubernetesAudit),
        (is_vault, Kind::VaultAudit),
        (is_cloudtrail, Kind::CloudTrailLog),
    ];
    let found = SHAPES
        .into_iter()
        .find(|(fits, _)| fits(document))
        .map(|(_, kind)| kind);
    match found {
        // What `head-object` says of an object that lost its signature.
        None if path.ends_with(".metadata.json") && is_head_object(document) => {
            Kind::CloudTrailSidecar
        }
        found => found.unwrap_or(Kind::Unknown),
    }
}

/// A DSSE envelope over an in-toto statement that is not known to be another tool's.
fn is_manifest(document: &Sketch<'_>) -> bool {
    const IN_TOTO: &[u8] = b"application/vnd.in-toto+json";
    let Some(payload) = document.text("payload") else {
        return false;
    };
    // A base64 text that is cut off in the head still gives its first bytes.
    let whole = &payload[..payload.len() / 4 * 4];
    let payload = STANDARD.decode(whole).unwrap_or_default();
    let statement = documents(&payload);
    let statement = statement.first().map(|document| &document.sketch);
    let predicate = statement.and_then(|statement| statement.text("predicateType"));
    let is_statement = statement
        .and_then(|statement| statement.text("_type"))
        .is_some_and(|kind| kind.starts_with(b"https://in-toto.io/Statement/"));
    (document.text("payloadType") == Some(IN_TOTO) || is_statement)
        && predicate.is_none_or(|predicate| predicate.starts_with(b"urn:nhi-audit-bundle:"))
}

fn is_digest(document: &Sketch<'_>) -> bool {
    const MEMBERS: [&str; 9] = [
        "digestStartTime",
        "digestEndTime",
        "digestS3Bucket",
        "digestS3Object",
        "digestPublicKeyFingerprint",
        "digestSignatureAlgorithm",
        "previousDigestS3Object",
        "previousDigestSignature",
        "logFiles",
    ];
    document.count(&MEMBERS) >= 2
}

fn is_sidecar(document: &Sketch<'_>) -> bool {
    let Some(Sketch::Object(members)) = document.get("Metadata") else {
        return false;
    };
    members.iter().any(|(name, _)| {
        name.eq_ignore_ascii_case(b"signature") || name.eq_ignore_ascii_case(b"signature-algorithm")
    })
}

fn is_head_object(document: &Sketch<'_>) -> bool {
    document.has("Metadata") && document.count(&["ETag", "ContentLength", "LastModified"]) >= 1
}

fn is_key_list(document: &Sketch<'_>) -> bool {
    document
        .elements("PublicKeyList")
        .or(document.elements("publicKeyList"))
        .is_some()
}

fn is_receipt(document: &Sketch<'_>) -> bool {
    let is_named = document.elements("type").is_some_and(|names| {
        names
            .iter()
            .any(|name| matches!(name, Sketch::Text(b"AgentReceipt")))
    });
    let has_chain = document
        .get("credentialSubject")
        .is_some_and(|subject| subject.has("chain"));
    is_named || has_chain
}

fn is_line(document: &Sketch<'_>) -> bool {
    document.text("stream").is_some()
        && document.has("seq")
        && document.count(&["v", "prev", "type"]) >= 1
}

fn is_kubernetes(document: &Sketch<'_>) -> bool {
    const MEMBERS: [&str; 10] = [
        "auditID",
        "stage",
        "verb",
        "requestURI",
        "objectRef",
        "responseStatus",
        "user",
        "sourceIPs",
        "impersonatedUser",
        "requestReceivedTimestamp",
    ];
    let kind = document.text("kind");
    let is_list = matches!(kind, Some(b"EventList" | b"List"));
    if document
        .text("apiVersion")
        .is_some_and(|version| version.starts_with(b"audit.k8s.io/"))
    {
        // The audit policy of a cluster has the same API version.
        return matches!(kind, None | Some(b"Event")) || is_list;
    }
    if is_list || (kind.is_none() && document.has("items")) {
        return document
            .elements("items")
            .is_some_and(|items| items.iter().any(is_kubernetes));
    }
    // `kubectl get events` shows events of another kind, which have an `involvedObject`.
    let members = document.count(&MEMBERS);
    (document.has("auditID") && members >= 2)
        || (kind == Some(b"Event") && members >= 2 && !document.has("involvedObject"))
}

fn is_vault(document: &Sketch<'_>) -> bool {
    let Some(request @ Sketch::Object(_)) = document.get("request") else {
        return false;
    };
    let is_typed = matches!(document.text("type"), Some(b"request" | b"response"));
    let about = document.count(&["time", "auth", "response", "error"]);
    (is_typed && about >= 1) || (about >= 2 && request.count(&["id", "operation", "path"]) >= 2)
}

fn is_cloudtrail(document: &Sketch<'_>) -> bool {
    const MEMBERS: [&str; 10] = [
        "eventVersion",
        "eventSource",
        "eventName",
        "userIdentity",
        "eventTime",
        "eventID",
        "eventType",
        "awsRegion",
        "sourceIPAddress",
        "recipientAccountId",
    ];
    if let Some(records) = document.elements("Records") {
        // Without one event to judge by: an empty log, or one whose records are all damaged.
        return records.iter().any(is_cloudtrail)
            || records
                .iter()
                .all(|record| !matches!(record, Sketch::Object(members) if !members.is_empty()));
    }
    // Notifications of S3, SNS and SQS look alike but for their source: `aws:s3`.
    let is_notification = document
        .text("eventSource")
        .is_some_and(|source| source.starts_with(b"aws:"));
    document.count(&["eventName", "eventSource"]) >= 1
        && document.count(&MEMBERS) >= 3
        && !is_notification
}

/// A tlog-checkpoint (C2SP tlog-checkpoint, *Format*): origin, size, root, perhaps extension lines,
/// a blank line, signatures. The signatures may be cut off or missing; that is judged later.
pub(super) fn is_checkpoint(head: &[u8]) -> bool {
    let mut lines = head.split(|&byte| byte == b'\n');
    let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
        return false;
    };
    let is_size = !size.is_empty() && size.len() <= 20 && size.iter().all(u8::is_ascii_digit);
    let is_root = STANDARD.decode(root).is_ok_and(|root| root.len() == 32);
    let is_signed = lines.any(|line| line.starts_with("\u{2014} ".as_bytes()));
    let is_text = std::str::from_utf8(origin).is_ok_and(|origin| !origin.trim().is_empty());
    is_text && ((is_size && is_root) || (is_signed && (is_size || is_root)))
}
