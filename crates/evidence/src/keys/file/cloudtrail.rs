//! The output of `aws cloudtrail list-public-keys`.

use super::KeyFileError;
use crate::Micros;
use crate::json::{self, Value};
use crate::keys::{KeyMaterial, TrustedKey, rsa};
use crate::time::rfc3339;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How deep the JSON may nest: an object, a list, an object, and room to spare.
const DEPTH: usize = 16;

/// Reads `{"PublicKeyList": [{"Value", "Fingerprint", "ValidityStartTime", "ValidityEndTime"}]}`,
/// the names' first letters of either case. The fingerprint is reckoned anew, and one that differs
/// refuses the file.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<TrustedKey>, KeyFileError> {
    let form = |why: String| KeyFileError::Form { why };
    let document = json::read(bytes, DEPTH).map_err(|error| form(error.to_string()))?;
    if let Some(lapse) = document.lapse {
        return Err(form(format!(
            "JSON that two readers may read differently: {lapse:?}"
        )));
    }
    let list = member(&document.root, "PublicKeyList")
        .and_then(Value::as_array)
        .ok_or_else(|| form("JSON without a PublicKeyList".to_owned()))?;
    list.iter()
        .enumerate()
        .map(|(i, entry)| key(entry).map_err(|why| form(format!("key {}: {why}", i + 1))))
        .collect()
}

/// A member by its name with a capital or a small first letter.
fn member<'v, 'a>(value: &'v Value<'a>, name: &str) -> Option<&'v Value<'a>> {
    let small = name[..1].to_ascii_lowercase() + &name[1..];
    value.get(name).or_else(|| value.get(&small))
}

fn key(entry: &Value<'_>) -> Result<TrustedKey, String> {
    let value = member(entry, "Value")
        .and_then(Value::as_str)
        .ok_or("it has no Value")?;
    let der = STANDARD
        .decode(value)
        .map_err(|_| "its Value is not base64")?;
    let key = rsa::PublicKey::from_der(&der)
        .ok_or("its Value is no RSA key of 2048 to 8192 bits in PKCS#1 or SPKI DER")?;
    let fingerprint = rsa::cloudtrail_fingerprint(&der);
    match member(entry, "Fingerprint") {
        None => {}
        Some(Value::String(stated)) if stated.eq_ignore_ascii_case(&fingerprint) => {}
        Some(_) => {
            return Err(format!(
                "its Fingerprint is not that of its Value, {fingerprint}"
            ));
        }
    }
    Ok(TrustedKey {
        from: time(entry, "ValidityStartTime")?,
        until: time(entry, "ValidityEndTime")?,
        ..TrustedKey::bare(KeyMaterial::Rsa {
            key,
            cloudtrail_fingerprint: fingerprint,
        })
    })
}

/// A time in ISO 8601 with a zone, or in seconds since 1970.
fn time(entry: &Value<'_>, name: &str) -> Result<Option<Micros>, String> {
    let read = match member(entry, name) {
        None => return Ok(None),
        Some(Value::String(text)) => rfc3339(text),
        Some(Value::Number(number)) => seconds(number.0),
        Some(_) => None,
    };
    read.map(Some)
        .ok_or_else(|| format!("its {name} is not a time"))
}

/// Reads seconds since 1970, digits past the sixth of a fraction cut. Nothing goes through a float.
fn seconds(text: &str) -> Option<Micros> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !(whole.bytes().chain(fraction.bytes())).all(|c| c.is_ascii_digit()) || fraction.is_empty() {
        return None;
    }
    let micros = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let micros = micros.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    Some(Micros(
        whole
            .parse::<i64>()
            .ok()?
            .checked_mul(1_000_000)?
            .checked_add(micros)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_read_exactly() {
        assert_eq!(seconds("1436486400"), Some(Micros(1_436_486_400_000_000)));
        assert_eq!(seconds("1436486400.0"), Some(Micros(1_436_486_400_000_000)));
        assert_eq!(
            seconds("1436486400.123456789"),
            Some(Micros(1_436_486_400_123_456))
        );
        for text in [
            "",
            "-1",
            "1.",
            "1e9",
            "1.0E9",
            "99999999999999999999",
            "9223372036855",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
        assert_eq!(seconds("9223372036854.775807"), Some(Micros(i64::MAX)));
        assert_eq!(seconds("9223372036854.775808"), None);
    }
}
