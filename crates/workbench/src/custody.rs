//! What is trusted, and what was done with the case.

use crate::api::{CustodyAct, CustodyView, KeyView};
use crate::failure::{Failure, Result};
use crate::session::Session;
use evidence::keys::{KeyMaterial, TrustedKey, file};
use evidence::{Digest, Micros};
use std::path::Path;

impl Session {
    /// The keys that are trusted, in the order they were added.
    pub fn trusted(&self) -> Result<Vec<KeyView>> {
        self.reading(|reader| {
            let keys = reader.trust()?;
            Ok(keys
                .into_iter()
                .map(|stored| {
                    let key = stored.key;
                    KeyView {
                        fingerprint: key.fingerprint(),
                        algorithm: match &key.key {
                            KeyMaterial::Ed25519(_) => "ed25519".into(),
                            KeyMaterial::Rsa { .. } => "rsa".into(),
                        },
                        name: key.name,
                        streams: key.streams,
                        from: key.from.map(|time| time.to_string()),
                        until: key.until.map(|time| time.to_string()),
                        revoked: key.revoked.map(|time| time.to_string()),
                        how: key.how,
                        added: stored.added.to_string(),
                    }
                })
                .collect())
        })
    }

    /// The custody log, checked.
    pub fn custody(&self) -> Result<CustodyView> {
        self.reading(|reader| {
            let check = reader.check_custody()?;
            let mut lines = Vec::new();
            for text in reader.custody()? {
                let sha256 = Digest::of(text.as_bytes()).to_string();
                let Ok(line) = serde_json::from_str::<store::CustodyLine>(&text) else {
                    continue;
                };
                lines.push(CustodyAct {
                    seq: line.seq,
                    at: Micros(line.at_us).to_string(),
                    who: line.who,
                    tool: line.tool,
                    act: line.act,
                    about: line.about.to_string(),
                    line: text,
                    sha256,
                });
            }
            Ok(CustodyView {
                holds: check.faults.is_empty(),
                faults: check
                    .faults
                    .iter()
                    .map(|fault| format!("{fault:?}"))
                    .collect(),
                head: check.head.map(|head| head.to_string()),
                lines,
            })
        })
    }
}

/// Reads a key file. `how` is noted with each key.
pub fn read_keys(path: &Path, how: Option<&str>) -> Result<Vec<TrustedKey>> {
    /// No key file is larger.
    const MOST_BYTES: u64 = 16 << 20;
    let shown = path.display().to_string();
    let meta = std::fs::metadata(path).map_err(|error| Failure::unreadable(&shown, &error))?;
    if !meta.is_file() || meta.len() > MOST_BYTES {
        return Err(Failure::request(
            "key-file",
            format!("{shown} is not a key file."),
            "Give a file of public keys: a bundle's key file, PEM, OpenSSH, or the output of `aws cloudtrail list-public-keys`.",
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| Failure::unreadable(&shown, &error))?;
    let mut keys = file::read(&bytes).map_err(|error| {
        Failure::request(
            "key-file",
            format!("{shown} is refused as a whole: {error}."),
            "Mend that line, or ask the key's owner for the file again; no key of it is trusted.",
        )
    })?;
    for key in &mut keys {
        if let Some(how) = how {
            key.how = Some(how.to_owned());
        }
    }
    Ok(keys)
}
