//! The collector's manifest: every other file of the bundle, signed.

use super::stream::Listed;
use crate::clock::{self, Micros};
use crate::dsse;
use crate::keys::fingerprint;
use crate::rng::hex;
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

/// What the manifest says of a stream.
#[derive(Debug, Clone)]
pub struct StreamEntry {
    /// Its id.
    pub stream: String,
    /// Its file.
    pub path: String,
    /// How many records it has.
    pub records: u64,
    /// Whether it has ended.
    pub closed: bool,
}

/// The manifest's statement.
pub fn statement(
    bundle: &str,
    files: &mut [Listed],
    streams: &[StreamEntry],
    created: Micros,
    period: (Micros, Micros),
) -> Value {
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let subject: Vec<Value> = files
        .iter()
        .map(|file| json!({"name": file.path, "digest": {"sha256": hex(&file.sha256)}}))
        .collect();
    let streams: Vec<Value> = streams
        .iter()
        .map(|entry| json!({"stream": entry.stream, "path": entry.path, "records": entry.records, "closed": entry.closed}))
        .collect();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "urn:nhi-audit-bundle:v1",
        "predicate": {
            "bundle": bundle,
            "created": clock::text(created, 0),
            "collector": {"tool": "scenario", "version": env!("CARGO_PKG_VERSION"), "host": "collector-2.example.com"},
            "period": {"from": clock::text(period.0, 0), "to": clock::text(period.1, 0)},
            "streams": streams,
        },
    })
}

/// The envelope around a statement.
pub fn envelope(statement: &Value, key: &SigningKey) -> String {
    dsse::envelope(&crate::json::canonical(statement), key, &fingerprint(key))
}
