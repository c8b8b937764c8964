//! The commands of what the analyst says of events and findings, and of how rows are shown.

use crate::commands::{Answer, Held, apart};
use workbench::api::{AssessmentView, Column, FindingEdit, NoteEdit, NoteView};

#[tauri::command]
pub async fn annotate(shell: Held<'_>, edit: NoteEdit) -> Answer<NoteView> {
    apart(&shell, move |shell| shell.session()?.annotate(&edit)).await
}

#[tauri::command]
pub async fn assess(shell: Held<'_>, edit: FindingEdit) -> Answer<AssessmentView> {
    apart(&shell, move |shell| shell.session()?.assess(&edit)).await
}

#[tauri::command]
pub async fn columns(shell: Held<'_>) -> Answer<Vec<Column>> {
    apart(&shell, |shell| shell.session()?.columns()).await
}

#[tauri::command]
pub async fn keep_columns(shell: Held<'_>, columns: Vec<Column>) -> Answer<()> {
    apart(&shell, move |shell| shell.session()?.keep_columns(&columns)).await
}
