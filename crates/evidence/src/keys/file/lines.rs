//! One key a line: the key file of an audit bundle, and OpenSSH public keys.

use super::{KeyFileError, at_line, openssh, usable_ed25519};
use crate::keys::{KeyMaterial, TrustedKey, Vkey};
use crate::time::rfc3339;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Reads the lines. Empty ones and those that begin with `#` are ignored.
pub(super) fn read(lines: &[&str]) -> Result<Vec<TrustedKey>, KeyFileError> {
    lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(i, line)| key(line).map_err(|why| at_line(i, why)))
        .collect()
}

/// Reads one line that holds a key.
fn key(line: &str) -> Result<TrustedKey, String> {
    if line.starts_with("ssh-") {
        return openssh::key(line);
    }
    let mut words = line.split([' ', '\t']).filter(|word| !word.is_empty());
    let mut trusted = bare_key(words.next().unwrap_or_default())?;
    let mut named = false;
    for word in words {
        let Some((option, value)) = word.split_once('=') else {
            return Err(format!("{word:?} is not an option"));
        };
        if value.is_empty() {
            return Err(format!("{option}= is empty"));
        }
        let time =
            || rfc3339(value).ok_or_else(|| format!("{option}={value} is not a time with a zone"));
        let is_first = match option {
            "from" => trusted.from.replace(time()?).is_none(),
            "until" => trusted.until.replace(time()?).is_none(),
            "revoked" => trusted.revoked.replace(time()?).is_none(),
            "name" => {
                trusted.name = Some(value.to_owned());
                !std::mem::replace(&mut named, true)
            }
            "stream" => {
                trusted.streams.push(value.to_owned());
                true
            }
            _ => return Err(format!("{option}= is not an option")),
        };
        if !is_first {
            return Err(format!("{option}= stands twice"));
        }
    }
    Ok(trusted)
}

/// Reads `ed25519:` and a raw key, or a vkey, whose name is its first stream.
fn bare_key(word: &str) -> Result<TrustedKey, String> {
    if let Some(text) = word.strip_prefix("ed25519:") {
        let bytes = STANDARD
            .decode(text)
            .map_err(|_| "the key is not base64".to_owned())?;
        return Ok(TrustedKey::bare(usable_ed25519(&bytes)?));
    }
    let vkey =
        Vkey::parse(word).map_err(|why| format!("not a vkey, nor ed25519: and a key: {why}"))?;
    Ok(TrustedKey {
        name: Some(vkey.name.clone()),
        streams: vec![vkey.name],
        ..TrustedKey::bare(KeyMaterial::Ed25519(vkey.key))
    })
}
