//! The commands of what the analyst says.

use crate::commands::{Answer, Held, apart};
use workbench::api::{NoteEdit, NoteView};

#[tauri::command]
pub async fn annotate(shell: Held<'_>, edit: NoteEdit) -> Answer<NoteView> {
    apart(&shell, move |shell| shell.session()?.annotate(&edit)).await
}
