//! Signing with an OpenSSH Ed25519 key, and reading SSH signatures.

use crate::failure::{Failure, Result};
use ed25519_dalek::{Signer as _, SigningKey};
use evidence::keys::ed25519;
use ssh_key::private::KeypairData;
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, Signature, SshSig};
use std::path::Path;

/// The namespace of a report's signature: one made for anything else is none here.
pub const NAMESPACE: &str = "exhibit-report";

/// Asks for the passphrase of an encrypted key; `None` where nobody answers.
pub type Passphrase<'a> = &'a dyn Fn() -> Option<String>;

/// Whether a passphrase must be asked for before this OpenSSH Ed25519 private key can sign.
pub fn needs_passphrase(path: &Path) -> Result<bool> {
    let key = private_key(path)?;
    match key.algorithm() {
        Algorithm::Ed25519 => Ok(key.is_encrypted()),
        _ => Err(refused(path, "it is no Ed25519 key")),
    }
}

fn refused(path: &Path, why: &str) -> Failure {
    Failure::request(
        "signing-key",
        format!("{} cannot be used to sign: {why}.", path.display()),
        "Give an OpenSSH Ed25519 private key: `ssh-keygen -t ed25519 -f examiner`.",
    )
}

fn private_key(path: &Path) -> Result<PrivateKey> {
    /// No such key is longer.
    const MOST_BYTES: u64 = 1 << 20;
    let shown = path.display().to_string();
    let meta = std::fs::metadata(path).map_err(|error| Failure::unreadable(&shown, &error))?;
    if !meta.is_file() || meta.len() > MOST_BYTES {
        return Err(refused(path, "it is no key file"));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::unreadable(&shown, &error))?;
    PrivateKey::from_openssh(wrapped_anew(&text)).map_err(|error| refused(path, &error.to_string()))
}

/// The same key with its base64 in lines of 70 letters, as OpenSSH writes it: it reads lines of any
/// length, and agents and vaults write other ones.
fn wrapped_anew(text: &str) -> String {
    const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
    const END: &str = "-----END OPENSSH PRIVATE KEY-----";
    const LETTERS: usize = 70;
    let parts = text.trim().strip_prefix(BEGIN);
    let Some(inner) = parts.and_then(|rest| rest.strip_suffix(END)) else {
        return text.to_owned();
    };
    let letters: Vec<char> = inner.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let mut out = format!("{BEGIN}\n");
    for line in letters.chunks(LETTERS) {
        out.extend(line);
        out.push('\n');
    }
    out.push_str(END);
    out.push('\n');
    out
}

/// Reads an OpenSSH Ed25519 private key.
pub(crate) fn signing_key(path: &Path, passphrase: Passphrase<'_>) -> Result<SigningKey> {
    let shown = path.display().to_string();
    let mut key = private_key(path)?;
    if key.is_encrypted() {
        let Some(passphrase) = passphrase() else {
            return Err(Failure::request(
                "passphrase",
                format!("{shown} is encrypted, and no passphrase was given."),
                "Run it on a terminal, which is asked, or set EXHIBIT_PASSPHRASE.",
            ));
        };
        key = key.decrypt(passphrase).map_err(|_| {
            Failure::request(
                "passphrase",
                format!("The passphrase does not open {shown}."),
                "Try again; nothing was written.",
            )
        })?;
    }
    match key.key_data() {
        KeypairData::Ed25519(pair) => Ok(SigningKey::from_bytes(&pair.private.to_bytes())),
        _ => Err(refused(path, "it is no Ed25519 key")),
    }
}

/// The fingerprint of a signer's key as `ssh-keygen -l` shows it: SHA-256 of the key as OpenSSH
/// writes it.
pub(crate) fn fingerprint(key: [u8; 32]) -> String {
    KeyData::Ed25519(Ed25519PublicKey(key))
        .fingerprint(HashAlg::Sha256)
        .to_string()
}

/// An SSH signature (PROTOCOL.sshsig) over a message, as `ssh-keygen -Y sign` makes it.
pub(crate) fn sign(key: &SigningKey, message: &[u8]) -> Result<Vec<u8>> {
    let bug = |error: ssh_key::Error| {
        Failure::program(
            "bug",
            format!("The report could not be signed: {error}."),
            "Please report it.",
        )
    };
    let signed = SshSig::signed_data(NAMESPACE, HashAlg::Sha512, message).map_err(bug)?;
    let signature = key.sign(&signed).to_bytes().to_vec();
    let signature = Signature::new(Algorithm::Ed25519, signature).map_err(bug)?;
    let public = KeyData::Ed25519(Ed25519PublicKey(key.verifying_key().to_bytes()));
    let sealed = SshSig::new(public, NAMESPACE, HashAlg::Sha512, signature).map_err(bug)?;
    Ok(sealed.to_pem(LineEnding::LF).map_err(bug)?.into_bytes())
}

/// Whose signature this is, where it holds over the message for a report; else why not, in words.
pub(crate) fn signer(signature: &[u8], message: &[u8]) -> std::result::Result<[u8; 32], String> {
    let read =
        SshSig::from_pem(signature).map_err(|error| format!("it cannot be read: {error}"))?;
    // One way to write it: no byte of the file can be changed unseen.
    let again = read
        .to_pem(LineEnding::LF)
        .map_err(|error| error.to_string())?;
    if again.as_bytes() != signature {
        return Err("it is not written as ssh-keygen writes it".to_owned());
    }
    if read.namespace() != NAMESPACE {
        return Err("it was made for something else than a report".to_owned());
    }
    let KeyData::Ed25519(key) = read.public_key() else {
        return Err("it is by no Ed25519 key".to_owned());
    };
    if !read.reserved().is_empty() {
        return Err("it holds what no version knows".to_owned());
    }
    let signed = SshSig::signed_data(NAMESPACE, read.hash_alg(), message)
        .map_err(|error| format!("it cannot be checked: {error}"))?;
    let bytes: [u8; 64] = read
        .signature_bytes()
        .try_into()
        .map_err(|_| "it is not 64 bytes long".to_owned())?;
    match ed25519::verify(&key.0, &signed, &bytes) {
        ed25519::Check::Valid => Ok(key.0),
        ed25519::Check::Weak => Err("only a lenient verifier would pass it".to_owned()),
        ed25519::Check::Invalid => Err("it does not verify".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_key_is_read_however_its_base64_is_wrapped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(&path)
            .status();
        if made.is_err() {
            eprintln!("SKIPPED: there is no ssh-keygen here to make keys with");
            return;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let key = signing_key(&path, &|| None).unwrap().to_bytes();
        let lines: Vec<&str> = text.lines().collect();
        let base64 = lines[1..lines.len() - 1].concat();
        for width in [64, 76, base64.len()] {
            for end in ["\n", "\r\n"] {
                let chunks = base64.as_bytes().chunks(width);
                let body = chunks.map(|line| std::str::from_utf8(line).unwrap());
                let body: Vec<&str> = body.collect();
                let other = [lines[0], &body.join(end), lines[lines.len() - 1], ""].join(end);
                std::fs::write(&path, other).unwrap();
                let read = signing_key(&path, &|| None).map(|key| key.to_bytes());
                assert_eq!(read.ok(), Some(key), "{width} {end:?}");
            }
        }
        std::fs::write(&path, text.replacen("b3Bl", "b3B*", 1)).unwrap();
        assert_eq!(needs_passphrase(&path).unwrap_err().code, "signing-key");
    }

    #[test]
    fn whether_a_passphrase_is_needed_is_known_before_it_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for (name, kind, passphrase, found) in [
            ("plain", "ed25519", "", Ok(false)),
            ("locked", "ed25519", "correct horse", Ok(true)),
            ("other", "ecdsa", "", Err("signing-key".to_owned())),
        ] {
            let path = folder.path().join(name);
            let made = Command::new("ssh-keygen")
                .args(["-q", "-t", kind, "-N", passphrase, "-f"])
                .arg(&path)
                .status();
            if made.is_err() {
                eprintln!("SKIPPED: there is no ssh-keygen here to make keys with");
                return;
            }
            let said = needs_passphrase(&path).map_err(|failure| failure.code.to_string());
            assert_eq!(said, found, "{name}");
        }
    }
}
