//! The commands that write a report and check one. Where it is to lie, what is checked and which keys
//! count is chosen in the system's dialogs and stays on this side; a passphrase is used once.

use crate::commands::{Answer, Held, apart, beside, view};
use crate::desk::desk;
use crate::work::Act;
use rfd::AsyncFileDialog;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tauri::State;
use ts_rs::TS;
use workbench::api::{ReportAsked, ReportCheck, ReportOutline, Wrote};
use workbench::{Checked, Failure, Progress, Reporting, TrustedKey};

/// The files that were chosen last, which the page does not know.
#[derive(Default)]
pub struct Chosen {
    /// The private key that signs.
    signing: Mutex<Option<PathBuf>>,
    /// The keys that a report is checked under.
    keys: Mutex<Vec<TrustedKey>>,
}

/// A private key that was chosen to sign with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SigningKeyView {
    /// Its file's name.
    pub name: String,
    /// Whether a passphrase opens it.
    pub encrypted: bool,
}

/// The keys that were chosen to check a report under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct CheckKeysView {
    /// Their files' names.
    pub names: Vec<String>,
    /// How many keys.
    pub keys: u64,
}

#[tauri::command]
pub async fn report_key(
    shell: Held<'_>,
    chosen: State<'_, Chosen>,
) -> Answer<Option<SigningKeyView>> {
    let file = AsyncFileDialog::new()
        .set_title("Choose the private key that signs")
        .pick_file()
        .await;
    let Some(file) = file else { return Ok(None) };
    let path = file.path().to_owned();
    let asked = path.clone();
    let encrypted = apart(&shell, move |_| workbench::needs_passphrase(&asked)).await?;
    let name = name_of(&path);
    *hold(&chosen.signing) = Some(path);
    Ok(Some(SigningKeyView { name, encrypted }))
}

#[tauri::command]
pub async fn report_outline(shell: Held<'_>, asked: ReportAsked) -> Answer<ReportOutline> {
    apart(&shell, move |shell| shell.session()?.report_outline(&asked)).await
}

#[tauri::command]
pub async fn report_write(
    shell: Held<'_>,
    chosen: State<'_, Chosen>,
    asked: ReportAsked,
    sign: bool,
    passphrase: Option<String>,
) -> Answer<Option<Wrote>> {
    shell.session().map_err(view)?;
    let mut asked = Reporting::try_from(asked).map_err(view)?;
    if sign {
        let key = hold(&chosen.signing).clone();
        asked.sign_with = Some(key.ok_or_else(|| {
            view(Failure::request(
                "signing-key",
                "No key was chosen to sign with.",
                "Choose it, or write the report unsigned.",
            ))
        })?);
    }
    let file = beside(&shell)
        .set_title("A new folder for the report, or a new name that ends with .zip")
        .set_file_name("report")
        .save_file()
        .await;
    let Some(file) = file else { return Ok(None) };
    let out = file.path().to_owned();
    let wrote = apart(&shell, move |shell| {
        shell.wait_for(|asker| Act::Report(out, Box::new(asked), passphrase, asker))
    });
    Ok(Some(wrote.await?))
}

#[tauri::command]
pub async fn report_keys(
    shell: Held<'_>,
    chosen: State<'_, Chosen>,
) -> Answer<Option<CheckKeysView>> {
    let files = AsyncFileDialog::new()
        .set_title("Choose the public keys that count")
        .pick_files()
        .await;
    let Some(files) = files else { return Ok(None) };
    let names = files.iter().map(|file| name_of(file.path())).collect();
    let keys = apart(&shell, move |_| {
        let mut keys = Vec::new();
        for file in &files {
            keys.extend(workbench::read_keys(file.path(), None)?);
        }
        if keys.is_empty() {
            return Err(Failure::request(
                "key-file",
                "There is no key in what was chosen.",
                "Choose the examiner's public key, a line that begins with ssh-ed25519, or a file of trusted keys.",
            ));
        }
        Ok(keys)
    })
    .await?;
    let count = keys.len() as u64;
    *hold(&chosen.keys) = keys;
    Ok(Some(CheckKeysView { names, keys: count }))
}

#[tauri::command]
pub async fn report_check(
    shell: Held<'_>,
    chosen: State<'_, Chosen>,
    folder: bool,
    with_keys: bool,
) -> Answer<Option<ReportCheck>> {
    let dialog = beside(&shell).set_title("Choose the report to check");
    let file = if folder {
        dialog.pick_folder().await
    } else {
        dialog
            .add_filter("Reports in one file", &["zip"])
            .pick_file()
            .await
    };
    let Some(file) = file else { return Ok(None) };
    let keys = if with_keys {
        hold(&chosen.keys).clone()
    } else {
        Vec::new()
    };
    let at = file.path().to_owned();
    let checked = apart(&shell, move |shell| {
        shell.wait_for(|asker| Act::Check(at, keys, asker))
    });
    Ok(Some(checked.await?))
}

#[tauri::command]
pub async fn report_check_dropped(
    shell: Held<'_>,
    chosen: State<'_, Chosen>,
    with_keys: bool,
) -> Answer<ReportCheck> {
    let keys = if with_keys {
        hold(&chosen.keys).clone()
    } else {
        Vec::new()
    };
    apart(&shell, move |shell| {
        let at = shell.dropped_report()?;
        shell.wait_for(|asker| Act::Check(at, keys, asker))
    })
    .await
}

/// Checks a report, and nothing else.
pub fn checked(
    at: &Path,
    keys: &[TrustedKey],
    progress: &Progress,
) -> Result<ReportCheck, Failure> {
    let no_report = || {
        Failure::request(
            "not-a-report",
            format!("{} is no report.", at.display()),
            "Choose the folder that holds report.json and SHA256SUMS, or the .zip of it. Evidence is read into a case instead.",
        )
    };
    if !workbench::is_report(at) {
        return Err(no_report());
    }
    match workbench::check(at, keys, &desk(), progress)? {
        Checked::Report(checked) => Ok(*checked),
        Checked::Evidence(_) => Err(no_report()),
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn hold<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_no_report_is_not_read_as_one() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        assert_eq!(
            checked(here, &[], &Progress::default()).unwrap_err().code,
            "not-a-report"
        );
    }
}
