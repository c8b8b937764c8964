//! The commands that write out what was rebuilt. The page says what and as what; where it is to lie
//! is asked in the system's dialog.

use crate::commands::{Answer, Held, apart, view};
use rfd::AsyncFileDialog;
use workbench::{Export, Failure, Form, GraphQuestion, ReachQuestion};

#[tauri::command]
pub async fn graph_export(
    shell: Held<'_>,
    query: String,
    near: Option<(String, usize)>,
    most: usize,
    open: Vec<String>,
    form: String,
) -> Answer<bool> {
    let question = GraphQuestion {
        query,
        near,
        most,
        open,
    };
    write(&shell, "graph", Export::Graph(question), &form).await
}

#[tauri::command]
pub async fn lineage_export(shell: Held<'_>, id: String, form: String) -> Answer<bool> {
    write(&shell, "lineage", Export::Lineage(id), &form).await
}

#[tauri::command]
pub async fn reach_export(
    shell: Held<'_>,
    from: String,
    after: Option<String>,
    origin: bool,
    form: String,
) -> Answer<bool> {
    let question = ReachQuestion {
        from,
        after,
        origin,
        ..ReachQuestion::default()
    };
    let name = match form.as_str() {
        "revoke" => "to-revoke",
        "rotate" => "to-rotate",
        _ => "reach",
    };
    write(&shell, name, Export::Reach(question), &form).await
}

/// False where no place was chosen. The name that is offered is ours: nothing of the evidence
/// becomes a path.
async fn write(shell: &Held<'_>, name: &str, what: Export, form: &str) -> Answer<bool> {
    shell.session().map_err(view)?;
    let form = Form::named(form).ok_or_else(|| {
        view(Failure::request(
            "export-form",
            "Nothing is written in this form.",
            "Choose another.",
        ))
    })?;
    let end = form.extension();
    let chosen = AsyncFileDialog::new()
        .set_title("Where it is to lie")
        .set_file_name(format!("{name}.{end}"))
        .add_filter(end, &[end])
        .save_file()
        .await;
    let Some(file) = chosen else {
        return Ok(false);
    };
    let mut path = file.path().to_owned();
    if path.extension().is_none() {
        path.set_extension(end);
    }
    apart(shell, move |shell| {
        shell.session()?.export(&what, form, &path)
    })
    .await?;
    Ok(true)
}
