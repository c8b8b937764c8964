//! PEM (RFC 7468): `PUBLIC KEY` with an Ed25519 or RSA key, and `RSA PUBLIC KEY`.

use super::{KeyFileError, at_line, usable_ed25519};
use crate::keys::{KeyMaterial, TrustedKey, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How a block begins.
pub(super) const BEGIN: &str = "-----BEGIN ";

/// The DER of a `SubjectPublicKeyInfo` for Ed25519 up to its 32 bytes of key (RFC 8410, 4 and 10.1).
const ED25519_SPKI: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// Reads every block. Between blocks there may be empty lines and those that begin with `#`; RFC
/// 7468 allows any text there, but here it could be a key of another form, left out in silence.
pub(super) fn read(lines: &[&str]) -> Result<Vec<TrustedKey>, KeyFileError> {
    let mut keys = Vec::new();
    let mut lines = lines.iter().enumerate();
    while let Some((begin, line)) = lines.next() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let label = line
            .strip_prefix(BEGIN)
            .and_then(|rest| rest.strip_suffix("-----"))
            .ok_or_else(|| at_line(begin, "neither a PEM block nor a comment"))?;
        let end = format!("-----END {label}-----");
        let mut text = String::new();
        loop {
            match lines.next() {
                Some((_, line)) if *line == end => break,
                Some((i, line)) if line.starts_with('-') => {
                    return Err(at_line(i, format!("{end} expected")));
                }
                Some((_, line)) => text.push_str(line),
                None => return Err(at_line(begin, "the PEM block does not end")),
            }
        }
        let der = STANDARD
            .decode(text)
            .map_err(|_| at_line(begin, "the block is not base64"))?;
        let key = key(label, &der).map_err(|why| at_line(begin, why))?;
        keys.push(TrustedKey::bare(key));
    }
    Ok(keys)
}

fn key(label: &str, der: &[u8]) -> Result<KeyMaterial, String> {
    match label {
        "PUBLIC KEY" => {
            if let Some(key) = der.strip_prefix(&ED25519_SPKI) {
                return usable_ed25519(key);
            }
        }
        "RSA PUBLIC KEY" => {}
        _ if label.ends_with("PRIVATE KEY") => {
            return Err("this is a private key; only its public key is wanted here".to_owned());
        }
        _ => {
            return Err(format!(
                "{label} is not a kind that is known: PUBLIC KEY, RSA PUBLIC KEY"
            ));
        }
    }
    let key = rsa::PublicKey::from_der(der)
        .ok_or("neither an Ed25519 key nor an RSA key of 2048 to 8192 bits")?;
    Ok(KeyMaterial::rsa(key))
}
