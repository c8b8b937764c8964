//! The commands of trust and custody. Keys are read from files that the person chose, and stay on
//! this side until a change is kept; of a key that is not kept, the fingerprint is never told.

use crate::commands::{Answer, Held, apart, view};
use rfd::AsyncFileDialog;
use workbench::api::{CustodyView, FingerprintMatch, KeyView, TrustPreview};
use workbench::{Failure, TrustEdit, Typed};

#[tauri::command]
pub async fn trusted(shell: Held<'_>) -> Answer<Vec<KeyView>> {
    apart(&shell, |shell| shell.session()?.trusted()).await
}

#[tauri::command]
pub async fn trust_choose(shell: Held<'_>) -> Answer<Option<TrustPreview>> {
    shell.session().map_err(view)?;
    let chosen = AsyncFileDialog::new()
        .set_title("Choose the key file")
        .pick_file()
        .await;
    let Some(file) = chosen else { return Ok(None) };
    apart(&shell, move |shell| {
        let keys = workbench::read_keys(file.path(), None)?;
        if keys.is_empty() {
            return Err(Failure::request(
                "key-file",
                "There is no key in that file.",
                "Choose a file of public keys: a bundle's key file, PEM, OpenSSH, or the output of `aws cloudtrail list-public-keys`.",
            ));
        }
        shell.preview(TrustEdit::Add(keys)).map(Some)
    })
    .await
}

#[tauri::command]
pub async fn trust_typed(shell: Held<'_>, fingerprint: String) -> Answer<FingerprintMatch> {
    apart(&shell, move |shell| {
        let typed = whole(&fingerprint).ok_or_else(|| {
            Failure::request(
                "fingerprint",
                "That is not a whole fingerprint.",
                "Type all sixteen groups of four; nothing is compared before.",
            )
        })?;
        match shell.session()?.typed_fingerprint(&typed)? {
            Typed::Is(key) => Ok(FingerprintMatch::Key {
                preview: shell.preview(TrustEdit::Add(vec![*key]))?,
            }),
            Typed::Near(groups) => Ok(FingerprintMatch::Near { groups }),
            Typed::Nothing(keys) => Ok(FingerprintMatch::None { keys }),
        }
    })
    .await
}

/// Thirty-two bytes in hex.
fn whole(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = [0; 32];
    for (byte, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}

#[tauri::command]
pub async fn trust_remove(shell: Held<'_>, fingerprint: String) -> Answer<TrustPreview> {
    apart(&shell, move |shell| {
        shell.preview(TrustEdit::Remove(fingerprint))
    })
    .await
}

#[tauri::command]
pub fn trust_keep(shell: Held<'_>, how: String) -> Answer<()> {
    shell.keep(&how).map_err(view)
}

#[tauri::command]
pub fn trust_forget(shell: Held<'_>) {
    shell.forget();
}

#[tauri::command]
pub async fn custody(shell: Held<'_>) -> Answer<CustodyView> {
    apart(&shell, |shell| shell.session()?.custody()).await
}

#[tauri::command]
pub async fn custody_export(shell: Held<'_>) -> Answer<bool> {
    shell.session().map_err(view)?;
    let chosen = AsyncFileDialog::new()
        .set_title("Where the custody log is to lie")
        .set_file_name("custody.jsonl")
        .save_file()
        .await;
    let Some(file) = chosen else {
        return Ok(false);
    };
    apart(&shell, move |shell| {
        shell.session()?.write_custody(file.path())
    })
    .await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn only_a_whole_fingerprint_is_one() {
        assert_eq!(whole(&"0f".repeat(32)), Some([15; 32]));
        for text in [
            "",
            "0f",
            &"0f".repeat(31),
            &"0g".repeat(32),
            &"é".repeat(32),
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}
