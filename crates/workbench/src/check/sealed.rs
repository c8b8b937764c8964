//! Whether a report is whole, and who signed it.

use super::packet::DATA;
use super::steps::Said;
use crate::api::Word;
use crate::report::folder::Found;
use crate::report::{SIGNATURE, SUMS, sign};
use evidence::keys::{KeyMaterial, TrustedKey};
use report::model::Report;
use report::packet::{self, read_sums, sha256};
use std::collections::BTreeSet;

/// Holds each file against its sum; the paths that are listed.
pub(super) fn sums(found: &Found, said: &mut Said) -> BTreeSet<String> {
    let contradicted = Some(Word::Contradicted);
    for (path, why) in &found.refused {
        said.find(
            "file-unlisted",
            contradicted,
            path,
            format!("it is no plain file of the report: {why}"),
        );
    }
    let Some(bytes) = found.files.get(SUMS) else {
        said.find(
            "file-missing",
            contradicted,
            SUMS,
            "the report has no SHA256SUMS",
        );
        said.step(
            "sums",
            "missing",
            "SHA256SUMS is missing: nothing says which files belong together",
        );
        return BTreeSet::new();
    };
    let listed = match read_sums(bytes) {
        Ok(listed) => listed,
        Err(error) => {
            said.find("seal-invalid", contradicted, SUMS, error.to_string());
            said.step(
                "sums",
                "fails",
                format!("SHA256SUMS cannot be read: {}", error.why),
            );
            return BTreeSet::new();
        }
    };
    if is_only_sums_altered(found) {
        said.find(
            "file-altered",
            contradicted,
            SUMS,
            "it is not what was signed; the files are: with their own sums the signature holds",
        );
        said.step(
            "sums",
            "fails",
            "SHA256SUMS was altered; the files it lists were not",
        );
        return listed.into_keys().collect();
    }
    let own = |path: &str| path == SUMS || path == SIGNATURE;
    for (path, sum) in &listed {
        match found.files.get(path) {
            None => said.find(
                "file-missing",
                contradicted,
                path,
                "it is listed in SHA256SUMS and is not here",
            ),
            Some(bytes) if sha256(bytes) != *sum => {
                said.find(
                    "file-altered",
                    contradicted,
                    path,
                    "its SHA-256 is not the one in SHA256SUMS",
                );
            }
            Some(_) => {}
        }
    }
    for path in found
        .files
        .keys()
        .filter(|path| !own(path) && !listed.contains_key(*path))
    {
        said.find(
            "file-unlisted",
            contradicted,
            path,
            "it is here and not listed in SHA256SUMS: it is no part of the report",
        );
    }
    for path in DATA.iter().filter(|path| !listed.contains_key(**path)) {
        said.find(
            "file-missing",
            contradicted,
            path,
            "a report needs it, and SHA256SUMS does not list it",
        );
    }
    let order: String = listed
        .iter()
        .map(|(path, sum)| format!("{sum}  {path}\n"))
        .collect();
    if order.as_bytes() != bytes.as_slice() {
        said.find(
            "seal-invalid",
            contradicted,
            SUMS,
            "its lines do not stand in the order of their paths",
        );
    }
    if said.is_contradicted() {
        said.step(
            "sums",
            "fails",
            "some files are not those that SHA256SUMS lists",
        );
    } else {
        said.step(
            "sums",
            "holds",
            format!(
                "each of {} files has the SHA-256 that SHA256SUMS lists, and no other file is here",
                listed.len()
            ),
        );
    }
    listed.into_keys().collect()
}

/// Whether the signature holds over the sums of the files as they are, and not over SHA256SUMS.
fn is_only_sums_altered(found: &Found) -> bool {
    let (Some(bytes), Some(signature)) = (found.files.get(SUMS), found.files.get(SIGNATURE)) else {
        return false;
    };
    let mut rest = found.files.clone();
    rest.retain(|path, _| path != SUMS && path != SIGNATURE);
    let own = packet::sums(&rest);
    own != *bytes && sign::signer(signature, &own).is_ok()
}

/// The signature, and what it is worth.
pub(super) struct Signed {
    /// What the report is worth because of it.
    pub worth: Word,
    /// The key's fingerprint.
    pub by: Option<String>,
}

pub(super) fn signature(
    found: &Found,
    keys: &[TrustedKey],
    report: Option<&Report>,
    said: &mut Said,
) -> Signed {
    let none = |worth| Signed { worth, by: None };
    let (Some(bytes), Some(sums)) = (found.files.get(SIGNATURE), found.files.get(SUMS)) else {
        let text = "nobody signed it: whoever has the report could have written all of it anew";
        said.step("signature", "missing", text);
        return none(Word::Unproven);
    };
    let key = match sign::signer(bytes, sums) {
        Ok(key) => key,
        Err(why) => {
            // Where the sums were altered, the signature fails because of that alone.
            if !said.is_against(SUMS) {
                let text = format!("the signature over SHA256SUMS does not hold: {why}");
                said.find(
                    "signature-invalid",
                    Some(Word::Contradicted),
                    SIGNATURE,
                    text,
                );
            }
            said.step(
                "signature",
                "fails",
                format!("the SSH signature does not hold over SHA256SUMS: {why}"),
            );
            return none(Word::Contradicted);
        }
    };
    let by = Some(sign::fingerprint(key));
    said.step("signature", "holds", "the SSH signature (namespace exhibit-report) holds over SHA256SUMS, which lists every file");
    if let Some(step) = said.steps.last_mut() {
        step.value = by.clone();
    }
    let known: Vec<&TrustedKey> = keys
        .iter()
        .filter(|trusted| trusted.key == KeyMaterial::Ed25519(key))
        .collect();
    let at = report.and_then(|report| evidence::time::rfc3339_utc(&report.identification.at));
    let objection = |trusted: &&TrustedKey| trusted.objection_at(at);
    let worth = if known.is_empty() {
        let text = "no key given here made it: nobody whom you named vouches for the report";
        said.find("key-untrusted", Some(Word::Intact), SIGNATURE, text);
        said.step("trust", "missing", text);
        Word::Intact
    } else if let Some(code) = known
        .iter()
        .map(objection)
        .min_by_key(Option::is_some)
        .flatten()
    {
        let text = format!(
            "the key given here did not hold at the report's time ({})",
            code.as_str()
        );
        said.find(code.as_str(), Some(Word::Unproven), SIGNATURE, text.clone());
        said.step("trust", "fails", text);
        Word::Unproven
    } else {
        said.step("trust", "holds", "a key given here made it");
        Word::Verified
    };
    Signed { worth, by }
}
