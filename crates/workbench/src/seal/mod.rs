//! Sealing: exports of any kind into an audit bundle that a collector's key signs.

mod collection;

pub use collection::collection_lacks;

use crate::failure::{Failure, Result};
use crate::progress::{Phase, Progress};
use crate::report::Passphrase;
use crate::report::sign::signing_key;
use crate::session::{Desk, stopped_or};
use crate::walk::{Found, walk};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use evidence::Digest;
use evidence::digest::Hasher;
use evidence::formats::cloudtrail::Lack;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sealing {
    /// The bundle's folder.
    pub bundle: String,
    /// Its UUID.
    pub id: String,
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
    /// SHA-256 of the manifest.
    pub manifest_sha256: String,
    /// The collector's key, as a line of a key file: give it to the examiner by another way.
    pub key: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// What was missing of the collection, each with the command that fetches it: the bundle's
    /// `attachments/not-collected.json` says the same.
    pub missing: Vec<Missing>,
}

/// What was missing of a collection.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Missing {
    /// What, in plain words.
    pub what: String,
    /// The command that fetches it.
    pub fetch: String,
}

/// What says in a bundle what was missing when it was sealed.
const NOT_COLLECTED: &str = "attachments/not-collected.json";

/// Copies each PATH into `out/attachments/`, byte for byte, and writes a manifest over all of it,
/// signed with an OpenSSH Ed25519 key, whose passphrase is asked for where it is encrypted. `lacks`:
/// what [`collection_lacks`] found, which the bundle then says. `out` must not be there yet; should
/// anything fail, it is removed again.
pub fn seal(
    out: &Path,
    paths: &[PathBuf],
    key: &Path,
    passphrase: Passphrase<'_>,
    lacks: &[Lack],
    desk: &Desk,
    progress: &Progress,
) -> Result<Sealing> {
    let key = signing_key(key, passphrase)?;
    let files = named(paths)?;
    let missing: Vec<Missing> = lacks
        .iter()
        .filter(|lack| lack.named)
        .map(|lack| Missing {
            what: lack.what.clone(),
            fetch: lack.fetch.clone(),
        })
        .collect();
    progress.enter(Phase::Reading);
    progress.expect(files.iter().map(|file| file.found.bytes).sum());
    fs::create_dir(out).map_err(|error| {
        Failure::request(
            "path-unwritable",
            format!("{} cannot be made: {error}.", out.display()),
            "Give a new folder where you may write.",
        )
    })?;
    let done = write(out, &files, missing, &key, desk, progress);
    if done.is_err() {
        let _ = fs::remove_dir_all(out);
    }
    done.map_err(|error| {
        stopped_or(
            progress,
            if error.kind() == io::ErrorKind::StorageFull {
                store::StoreError::Full.into()
            } else {
                Failure::program(
                    "seal-io",
                    format!("The bundle could not be written: {error}."),
                    "Check the disk and the permissions.",
                )
            },
        )
    })
}

/// A file, and the path that it has in the bundle.
struct Named {
    name: String,
    found: Found,
}

/// The files below the PATHs, by the path that they have in the bundle.
fn named(paths: &[PathBuf]) -> Result<Vec<Named>> {
    let mut files = Vec::new();
    for path in paths {
        let (found, skipped) = walk(path)?;
        if let Some(skipped) = skipped.first() {
            return Err(Failure::request(
                "path-unsealable",
                format!(
                    "{} is {}; a bundle holds plain files alone.",
                    skipped.path, skipped.why
                ),
                "Leave it out, or copy what it points to.",
            ));
        }
        let top = path
            .canonicalize()
            .ok()
            .as_deref()
            .and_then(Path::file_name)
            .map(crate::walk::printable)
            .unwrap_or_default();
        let is_file = path.is_file();
        for found in found {
            let name = if is_file {
                format!("attachments/{}", found.path)
            } else {
                format!("attachments/{top}/{}", found.path)
            };
            files.push(Named { name, found });
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let own = std::iter::once(NOT_COLLECTED.to_owned());
    let mut lower: Vec<String> = files.iter().map(|file| file.name.to_lowercase()).collect();
    lower.extend(own);
    lower.sort();
    if let Some(pair) = lower.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Failure::request(
            "path-unsealable",
            format!("Two files would have the path {} in the bundle.", pair[0]),
            "Seal them into two bundles, or rename one.",
        ));
    }
    if files.is_empty() {
        return Err(Failure::request(
            "path-empty",
            "There is no file to seal.",
            "Give the files or folders that were collected.",
        ));
    }
    Ok(files)
}

fn write(
    out: &Path,
    files: &[Named],
    missing: Vec<Missing>,
    key: &SigningKey,
    desk: &Desk,
    progress: &Progress,
) -> io::Result<Sealing> {
    let mut subject = Vec::new();
    let mut total = 0;
    for Named { name, found } in files {
        progress.at(name);
        let to = out.join(name);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        let (digest, bytes) = copy(&found.file, &to, progress)?;
        total += bytes;
        subject.push(json!({"name": name, "digest": {"sha256": digest.to_string()}}));
    }
    if !missing.is_empty() {
        let said = format!("{:#}\n", json!({"missing": missing}));
        let to = out.join(NOT_COLLECTED);
        File::create_new(to)?.write_all(said.as_bytes())?;
        let digest = Digest::of(said.as_bytes()).to_string();
        subject.push(json!({"name": NOT_COLLECTED, "digest": {"sha256": digest}}));
    }
    let created = (desk.now)().to_string();
    let public = key.verifying_key().to_bytes();
    let line = format!("ed25519:{}", STANDARD.encode(public));
    let fingerprint = format!("SHA256:{}", STANDARD_NO_PAD.encode(Digest::of(&public).0));
    // A name for this bundle and no other: from what it holds and when, so nothing random is drawn.
    let id = uuid(&Digest::of(
        format!("{created}\n{}", serde_json::Value::from(subject.clone())).as_bytes(),
    ));
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subject,
        "predicateType": "urn:nhi-audit-bundle:v1",
        "predicate": {
            "bundle": id,
            "created": created,
            "collector": {"tool": desk.tool.split(' ').next().unwrap_or("exhibit"), "version": desk.tool.split(' ').nth(1).unwrap_or("")},
            // Nothing was asked for by time: an empty period.
            "period": {"from": created, "to": created},
            "streams": [],
            "key": line,
        },
    });
    let payload = statement.to_string();
    let kind = "application/vnd.in-toto+json";
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let signature = key.sign(signed.as_bytes());
    let envelope = json!({
        "payloadType": kind,
        "payload": STANDARD.encode(&payload),
        "signatures": [{"keyid": fingerprint, "sig": STANDARD.encode(signature.to_bytes())}],
    })
    .to_string();
    let mut manifest = File::create_new(out.join("manifest.dsse.json"))?;
    manifest.write_all(envelope.as_bytes())?;
    manifest.sync_all()?;
    Ok(Sealing {
        bundle: out.display().to_string(),
        id,
        files: files.len() as u64,
        bytes: total,
        manifest_sha256: Digest::of(envelope.as_bytes()).to_string(),
        key: line,
        fingerprint,
        missing,
    })
}

fn copy(from: &Path, to: &Path, progress: &Progress) -> io::Result<(Digest, u64)> {
    let (mut from, mut to) = (File::open(from)?, File::create_new(to)?);
    let (mut hasher, mut bytes) = (Hasher::default(), 0);
    let mut buffer = vec![0; 256 << 10];
    loop {
        if progress.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok((hasher.finish(), bytes));
        }
        hasher.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
        bytes += count as u64;
        progress.add_bytes(count as u64);
    }
}

/// A version 8 UUID (RFC 9562, 5.8) out of a digest.
fn uuid(digest: &Digest) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.0[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}
