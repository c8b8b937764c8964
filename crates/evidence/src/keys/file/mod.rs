//! Key files in each form that `--keys` takes.

mod cloudtrail;
mod lines;
mod openssh;
mod pem;

use super::{KeyMaterial, TrustedKey, ed25519};

pub use super::vkey::{Vkey, key_id};

/// Why a key file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// A line that cannot be read, or a key of small order.
    #[error("line {line}: {why}")]
    Line {
        /// From 1.
        line: usize,
        /// In plain words.
        why: String,
    },
    /// None of the forms that are known.
    #[error("not a key file: {why}")]
    Form {
        /// In plain words.
        why: String,
    },
}

/// Reads a bundle's key file (`docs/audit-bundle.md`, *Keys*), the JSON of `aws cloudtrail
/// list-public-keys`, PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`) or OpenSSH public keys (`ssh-ed25519`,
/// `ssh-rsa`); which one is told from the content.
///
/// A file is read as a whole or refused as a whole: a key that is left out in silence would later
/// look like evidence without a key. A file without keys holds none.
pub fn read(bytes: &[u8]) -> Result<Vec<TrustedKey>, KeyFileError> {
    // What some editors put before UTF-8.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.trim_ascii_start().starts_with(b"{") {
        return cloudtrail::read(bytes);
    }
    let lines = lines_of(bytes)?;
    if lines.iter().any(|line| line.starts_with(pem::BEGIN)) {
        pem::read(&lines)
    } else {
        lines::read(&lines)
    }
}

/// The lines, without their ends and without white space around them.
fn lines_of(bytes: &[u8]) -> Result<Vec<&str>, KeyFileError> {
    bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(i, line)| match std::str::from_utf8(line) {
            Ok(line) => Ok(line.trim_matches([' ', '\t', '\r'])),
            Err(_) => Err(at_line(i, "not UTF-8")),
        })
        .collect()
}

/// An error in the line with this index.
fn at_line(index: usize, why: impl Into<String>) -> KeyFileError {
    KeyFileError::Line {
        line: index + 1,
        why: why.into(),
    }
}

/// The Ed25519 key of these bytes, where it is a usable one.
fn usable_ed25519(bytes: &[u8]) -> Result<KeyMaterial, String> {
    let key = <[u8; 32]>::try_from(bytes)
        .map_err(|_| format!("the key has {} bytes, Ed25519 has 32", bytes.len()))?;
    ed25519::check_key(&key).map_err(|fault| format!("the key is {fault}"))?;
    Ok(KeyMaterial::Ed25519(key))
}

#[cfg(test)]
mod tests;
