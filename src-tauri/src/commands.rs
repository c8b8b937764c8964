//! The commands of the page. None takes a path: files are chosen in the system's dialogs, dropped on
//! the window, or named in the program's arguments, and stay on this side.

use crate::recent::RecentCase;
use crate::shell::Shell;
use crate::told::{CaseInfo, Told};
use rfd::AsyncFileDialog;
use std::path::PathBuf;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};
use workbench::Failure;
use workbench::api::{
    FailureView, Histogram, ProofView, Proving, RecordId, RecordView, Summary, Survey,
    TimelineFilter, TimelinePage,
};

pub type Answer<T> = Result<T, FailureView>;
pub type Held<'a> = State<'a, Arc<Shell>>;

pub fn view(failure: Failure) -> FailureView {
    failure.view()
}

/// Runs a use case off the window's thread, so that a slow disk never freezes it.
pub async fn apart<T: Send + 'static>(
    shell: &Held<'_>,
    act: impl FnOnce(&Shell) -> Result<T, Failure> + Send + 'static,
) -> Answer<T> {
    let shell = Arc::clone(shell);
    match tauri::async_runtime::spawn_blocking(move || act(&shell)).await {
        Ok(done) => done.map_err(view),
        Err(_) => Err(view(Failure::program(
            "bug",
            "A question ended where it never should.",
            "Please report it, with what was asked for.",
        ))),
    }
}

/// A dialog that begins in the folder of the case: what belongs to a case mostly lies there.
pub fn beside(shell: &Held<'_>) -> AsyncFileDialog {
    let dialog = AsyncFileDialog::new();
    match shell.session() {
        Ok(session) => match session.path().parent() {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        },
        Err(_) => dialog,
    }
}

#[tauri::command]
pub fn watch(shell: Held<'_>, channel: Channel<Told>) {
    shell.watch(channel);
}

#[tauri::command]
pub fn initial_case(shell: Held<'_>) -> Answer<Option<CaseInfo>> {
    match shell.failed_at_start() {
        Some(failure) => Err(view(failure)),
        None => Ok(shell.current()),
    }
}

#[tauri::command]
pub async fn open_case(shell: Held<'_>) -> Answer<Option<CaseInfo>> {
    let chosen = AsyncFileDialog::new()
        .set_title("Open a case")
        .add_filter("Exhibit cases", &["exhibit"])
        .pick_file()
        .await;
    let Some(file) = chosen else { return Ok(None) };
    apart(&shell, move |shell| shell.open(file.path()))
        .await
        .map(Some)
}

#[tauri::command]
pub async fn create_case(shell: Held<'_>) -> Answer<Option<CaseInfo>> {
    let Some(path) = new_case_path().await else {
        return Ok(None);
    };
    apart(&shell, move |shell| shell.create(&path))
        .await
        .map(Some)
}

#[tauri::command]
pub async fn close_case(shell: Held<'_>) -> Answer<()> {
    apart(&shell, Shell::close).await
}

#[tauri::command]
pub async fn demo_case(app: AppHandle, shell: Held<'_>) -> Answer<Option<CaseInfo>> {
    let folder = app.path().app_local_data_dir().map_err(|error| {
        view(Failure::program(
            "no-data-folder",
            format!("The system names no folder for the program's data: {error}."),
            "Use `exhibit demo DIR` and drop that folder here.",
        ))
    })?;
    apart(&shell, move |shell| crate::demo::open(shell, &folder))
        .await
        .map(Some)
}

#[tauri::command]
pub async fn recent_cases(shell: Held<'_>) -> Answer<Vec<RecentCase>> {
    apart(&shell, |shell| Ok(shell.recent())).await
}

#[tauri::command]
pub async fn open_recent(shell: Held<'_>, nth: usize) -> Answer<CaseInfo> {
    apart(&shell, move |shell| shell.open_recent(nth)).await
}

#[tauri::command]
pub fn forget_recent(shell: Held<'_>) {
    shell.forget_recent();
}

#[tauri::command]
pub async fn start_import(shell: Held<'_>, folder: bool) -> Answer<bool> {
    shell.session().map_err(view)?;
    let dialog = beside(&shell).set_title("Read into the case");
    let chosen = if folder {
        dialog.pick_folders().await
    } else {
        dialog.pick_files().await
    };
    let Some(chosen) = chosen else {
        return Ok(false);
    };
    shell
        .import(chosen.iter().map(|file| file.path().to_owned()).collect())
        .map_err(view)?;
    Ok(true)
}

#[tauri::command]
pub fn cancel_work(shell: Held<'_>, id: u32) {
    shell.cancel(id);
}

#[tauri::command]
pub async fn summary(shell: Held<'_>) -> Answer<Summary> {
    apart(&shell, |shell| shell.session()?.summary()).await
}

#[tauri::command]
pub async fn timeline(
    shell: Held<'_>,
    filter: TimelineFilter,
    first: u64,
    limit: u32,
) -> Answer<TimelinePage> {
    apart(&shell, move |shell| {
        shell.session()?.timeline(&filter, first, limit)
    })
    .await
}

#[tauri::command]
pub async fn understand(shell: Held<'_>, query: String) -> Answer<()> {
    apart(&shell, move |shell| shell.session()?.understand(&query)).await
}

#[tauri::command]
pub async fn matching(shell: Held<'_>, filter: TimelineFilter) -> Answer<u64> {
    apart(&shell, move |shell| shell.session()?.matching(&filter)).await
}

#[tauri::command]
pub async fn rank_at(shell: Held<'_>, filter: TimelineFilter, time: i64) -> Answer<u64> {
    apart(&shell, move |shell| shell.session()?.rank_at(&filter, time)).await
}

#[tauri::command]
pub async fn survey(shell: Held<'_>, filter: TimelineFilter, buckets: u32) -> Answer<Survey> {
    apart(&shell, move |shell| {
        shell.session()?.survey(&filter, buckets)
    })
    .await
}

#[tauri::command]
pub async fn histogram(shell: Held<'_>, filter: TimelineFilter, buckets: u32) -> Answer<Histogram> {
    apart(&shell, move |shell| {
        shell.session()?.histogram(&filter, buckets)
    })
    .await
}

#[tauri::command]
pub async fn proof(shell: Held<'_>, id: RecordId) -> Answer<ProofView> {
    apart(&shell, move |shell| shell.session()?.proof(id)).await
}

#[tauri::command]
pub fn proving(shell: Held<'_>) -> Option<Proving> {
    shell.session().ok()?.proving()
}

#[tauri::command]
pub async fn record(shell: Held<'_>, id: RecordId) -> Answer<RecordView> {
    apart(&shell, move |shell| shell.session()?.record(id)).await
}

/// Asks where a new case is to lie.
async fn new_case_path() -> Option<PathBuf> {
    let chosen = AsyncFileDialog::new()
        .set_title("Where the new case is to lie")
        .set_file_name("case.exhibit")
        .add_filter("Exhibit cases", &["exhibit"])
        .save_file()
        .await?;
    let mut path = chosen.path().to_owned();
    if path.extension().is_none() {
        path.set_extension("exhibit");
    }
    Some(path)
}

/// Files were dropped on the window: they are read into the case, or begin one. A report by itself is
/// checked, and nothing of it comes into the case.
pub async fn dropped(shell: Arc<Shell>, paths: Vec<PathBuf>) {
    if let [path] = &paths[..]
        && workbench::is_report(path)
    {
        if let Err(failure) = shell.drop_report(path.clone()) {
            shell.tell(Told::Failed {
                failure: failure.view(),
            });
        }
        return;
    }
    if shell.current().is_none() {
        let Some(path) = new_case_path().await else {
            return;
        };
        if let Err(failure) = shell.create(&path) {
            shell.tell(Told::Failed {
                failure: failure.view(),
            });
            return;
        }
    }
    if let Err(failure) = shell.import(paths) {
        shell.tell(Told::Failed {
            failure: failure.view(),
        });
    }
}
