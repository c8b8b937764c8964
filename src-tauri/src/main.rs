//! The window of Exhibit: thin commands over the use cases, in a web view that reaches nothing else.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod demo;
mod desk;
mod drawing;
mod export;
mod follow;
#[cfg(test)]
mod names;
mod notes;
mod recent;
mod report;
mod shell;
mod told;
mod trust;
mod work;

use shell::Shell;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::{DragDropEvent, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder, WindowEvent};

const USAGE: &str = "\
The window of Exhibit.

Usage: exhibit-window [CASE [--keys FILE]... [PATH...]]

CASE is opened, or made where it is not there; each PATH is read into it, as if it had been dropped,
with the keys of each FILE trusted.
";

fn main() -> ExitCode {
    let mut asked: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if asked
        .first()
        .is_some_and(|first| first.as_os_str() == "--help" || first.as_os_str() == "-h")
    {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    drawing::choose();
    let shell = Arc::new(Shell::new());
    if !asked.is_empty() {
        let case = asked.remove(0);
        let (keys, paths) = keys_and_paths(asked);
        shell.start(&case, &keys, paths);
    }
    let built = tauri::Builder::default()
        .manage(shell)
        .manage(report::Chosen::default())
        .invoke_handler(tauri::generate_handler![
            commands::watch,
            commands::initial_case,
            commands::open_case,
            commands::create_case,
            commands::close_case,
            commands::demo_case,
            commands::recent_cases,
            commands::open_recent,
            commands::forget_recent,
            commands::start_import,
            commands::cancel_work,
            commands::summary,
            commands::timeline,
            commands::understand,
            commands::matching,
            commands::rank_at,
            commands::survey,
            commands::histogram,
            commands::record,
            commands::proof,
            commands::proving,
            trust::trusted,
            trust::trust_choose,
            trust::trust_typed,
            trust::trust_remove,
            trust::trust_keep,
            trust::trust_forget,
            trust::custody,
            trust::custody_export,
            follow::identities,
            follow::things,
            follow::lineage,
            follow::reach,
            follow::graph,
            follow::findings,
            follow::provenance,
            follow::adequacy,
            notes::annotate,
            notes::assess,
            notes::columns,
            notes::keep_columns,
            export::graph_export,
            export::lineage_export,
            export::reach_export,
            report::report_key,
            report::report_outline,
            report::report_write,
            report::report_keys,
            report::report_check,
            report::report_check_dropped,
        ])
        .on_window_event(heard)
        .setup(|app| {
            // Without such a folder no case is remembered, and nothing else is missing.
            if let Ok(folder) = app.path().app_config_dir() {
                app.state::<Arc<Shell>>().remember_in(&folder);
            }
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Exhibit")
                // The page says which case is open; the desktop lists windows by it.
                .on_document_title_changed(|window, title| drop(window.set_title(&title)))
                .inner_size(1440.0, 900.0)
                .min_inner_size(1024.0, 640.0)
                // The page is the one that is compiled in. No link leads anywhere else.
                .on_navigation(is_own)
                .build()?;
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if matches!(event, RunEvent::Exit) {
                    app.state::<Arc<Shell>>().leave();
                }
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("The window could not be opened: {error}");
            ExitCode::from(3)
        }
    }
}

/// What follows each `--keys`, and the rest.
fn keys_and_paths(asked: Vec<PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut keys, mut paths) = (Vec::new(), Vec::new());
    let mut asked = asked.into_iter();
    while let Some(one) = asked.next() {
        if one.as_os_str() == "--keys" {
            keys.extend(asked.next())
        } else {
            paths.push(one)
        }
    }
    (keys, paths)
}

fn is_own(url: &tauri::Url) -> bool {
    url.scheme() == "tauri"
        || (matches!(url.scheme(), "http" | "https") && url.host_str() == Some("tauri.localhost"))
}

fn heard(window: &tauri::Window, event: &WindowEvent) {
    let WindowEvent::DragDrop(drag) = event else {
        return;
    };
    let shell = Arc::clone(&window.state::<Arc<Shell>>());
    match drag {
        DragDropEvent::Enter { .. } => shell.tell(told::Told::Drag { over: true }),
        DragDropEvent::Leave => shell.tell(told::Told::Drag { over: false }),
        DragDropEvent::Drop { paths, .. } => {
            shell.tell(told::Told::Drag { over: false });
            if !paths.is_empty() {
                tauri::async_runtime::spawn(commands::dropped(shell, paths.clone()));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> serde_json::Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_capability_grants_each_command_by_name_and_nothing_else() {
        let capability = json(include_str!("../capabilities/main.json"));
        let granted: Vec<String> = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap().to_owned())
            .collect();
        let commands: Vec<String> = names::COMMANDS
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        assert_eq!(granted, commands);
        assert!(capability.get("remote").is_none());
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/capabilities"))
            .unwrap()
            .count();
        assert_eq!(files, 1);
    }

    #[test]
    fn each_command_is_handled() {
        let own = include_str!("main.rs");
        for name in names::COMMANDS {
            assert!(own.contains(&format!("::{name},")), "{name}");
        }
    }

    #[test]
    fn the_policy_lets_in_nothing_from_elsewhere() {
        let conf = json(include_str!("../tauri.conf.json"));
        let security = &conf["app"]["security"];
        let policy = security["csp"].as_object().unwrap();
        assert_eq!(policy["default-src"], "'none'");
        assert_eq!(policy["connect-src"], "ipc: http://ipc.localhost");
        for (directive, sources) in policy {
            let sources = sources.as_str().unwrap();
            for forbidden in ["unsafe", "data:", "blob:", "https:", "*", "ws:"] {
                assert!(!sources.contains(forbidden), "{directive} {sources}");
            }
        }
        assert!(
            security
                .get("dangerousDisableAssetCspModification")
                .is_none()
        );
        assert_eq!(security["assetProtocol"]["enable"], false);
        assert_eq!(conf["app"]["withGlobalTauri"], false);
        assert!(conf["build"].get("devUrl").is_none());
    }

    #[test]
    fn keys_are_told_from_paths() {
        let (keys, paths) = keys_and_paths(
            ["a", "--keys", "k", "b", "--keys"]
                .map(PathBuf::from)
                .to_vec(),
        );
        assert_eq!(keys, [PathBuf::from("k")]);
        assert_eq!(paths, [PathBuf::from("a"), PathBuf::from("b")]);
    }

    #[test]
    fn no_page_but_our_own_is_shown() {
        let own = |url: &str| is_own(&url.parse().unwrap());
        assert!(own("tauri://localhost/"));
        assert!(own("http://tauri.localhost/index.html"));
        assert!(!own("https://example.com/"));
        assert!(!own("file:///etc/passwd"));
        assert!(!own("https://tauri.localhost.example.com/"));
        assert!(!own("data:text/html,x"));
    }
}
