//! OpenSSH public keys: `ssh-ed25519` and `ssh-rsa` (RFC 4253, 6.6; RFC 8709, 4).

use super::usable_ed25519;
use crate::keys::{KeyMaterial, TrustedKey, rsa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Reads one line: the kind, base64, and a comment that is kept as the label.
pub(super) fn key(line: &str) -> Result<TrustedKey, String> {
    let mut parts = line.splitn(3, [' ', '\t']);
    let kind = parts.next().unwrap_or_default();
    let text = parts.next().unwrap_or_default();
    let comment = parts
        .next()
        .map(str::trim)
        .filter(|comment| !comment.is_empty());
    let blob = STANDARD
        .decode(text)
        .map_err(|_| "the key is not base64".to_owned())?;
    let mut rest = &blob[..];
    let mut field = || string(&mut rest).ok_or_else(|| "the key is cut short".to_owned());
    if field()? != kind.as_bytes() {
        return Err(format!("the key inside is not {kind}"));
    }
    let key = match kind {
        "ssh-ed25519" => usable_ed25519(field()?)?,
        "ssh-rsa" => {
            let (exponent, modulus) = (field()?, field()?);
            let key = rsa::PublicKey::from_parts(modulus, exponent)
                .ok_or("the RSA key is not one of 2048 to 8192 bits")?;
            KeyMaterial::rsa(key)
        }
        _ => {
            return Err(format!(
                "{kind} is not a kind that is known: ssh-ed25519, ssh-rsa"
            ));
        }
    };
    if !rest.is_empty() {
        return Err("bytes follow the key".to_owned());
    }
    Ok(TrustedKey {
        name: comment.map(str::to_owned),
        ..TrustedKey::bare(key)
    })
}

/// Takes a string off the front: four bytes of length, big-endian, and as many bytes.
fn string<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (string, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(string)
}
