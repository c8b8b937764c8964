//! Whether what is for people is what the data give: rendered again, and compared.

use super::packet::DATA;
use super::steps::Said;
use crate::api::Word;
use crate::report::paper::volumes;
use crate::report::{SIGNATURE, SUMS};
use crate::session::Desk;
use report::extract::Cited;
use report::model::Report;
use report::packet::sha256;
use report::render::{Files, render};

/// Renders again and compares.
pub(super) fn rendering(
    files: &Files,
    report: &Report,
    cited: &[Cited],
    desk: &Desk,
    said: &mut Said,
) {
    if DATA.iter().any(|path| said.is_against(path)) {
        said.step(
            "render",
            "missing",
            "the data were altered, so the page was not rendered again from them",
        );
        return;
    }
    let mut rendered = render(report, cited);
    let printed = paper(files, report, cited, said);
    let is_printed = !printed.is_empty();
    rendered.extend(printed);
    let same_build = build(report.tool.name.as_str()) == build(&desk.tool);
    let otherwise = |place: &str| {
        format!(
            "made by another build, {:.80}; {} renders it otherwise, so it cannot be compared: {place}",
            report.tool.name.as_str(),
            desk.tool
        )
    };
    let mut bad = 0;
    for (path, wanted) in &rendered {
        let Some(bytes) = files.get(path) else {
            bad += 1;
            let text = "the data give this file, and it is not here";
            if said.is_against(path) {
                continue;
            }
            if same_build {
                said.find("file-missing", Some(Word::Contradicted), path, text);
            } else {
                said.find("render-differs", None, path, otherwise(text));
            }
            continue;
        };
        if bytes == wanted {
            continue;
        }
        bad += 1;
        let place = first_difference(path, wanted, bytes);
        let place = format!("{place}; the data give SHA-256 {}", sha256(wanted));
        if said.is_against(path) || same_build {
            said.find(
                "file-altered",
                Some(Word::Contradicted),
                path,
                format!("it is not what the data give: {place}"),
            );
        } else {
            // Another build may draw otherwise: that refutes nothing.
            said.find("render-differs", None, path, otherwise(&place));
        }
    }
    let ours = |path: &str| {
        rendered.contains_key(path)
            || DATA.contains(&path)
            || path == SUMS
            || path == SIGNATURE
            || (pdf::is_path(path) && !(same_build && is_printed))
            || path.starts_with("proofs/")
    };
    for path in files.keys().filter(|path| !ours(path)) {
        bad += 1;
        said.find(
            "file-unlisted",
            Some(Word::Contradicted),
            path,
            "no report has such a file",
        );
    }
    match (bad, same_build) {
        (0, _) => said.step(
            "render",
            "holds",
            format!(
                "rendered again from the data, {} files are the same byte for byte",
                rendered.len()
            ),
        ),
        (_, true) => said.step(
            "render",
            "fails",
            format!("{bad} files are not what the data give"),
        ),
        (_, false) => said.step(
            "render",
            "missing",
            format!("{bad} files could not be compared: another build made them"),
        ),
    }
}

/// The report on paper again, to compare. Where there is none, or it cannot be made again, that is
/// said: nothing is shown of it then.
fn paper(files: &Files, report: &Report, cited: &[Cited], said: &mut Said) -> Files {
    if !files.keys().any(|path| pdf::is_path(path)) {
        let text = "there is no report.pdf: a build that makes none wrote the report, or it was left out; report.html says the same and more";
        said.step("paper", "info", text);
        return Files::new();
    }
    match volumes(report, cited) {
        Ok(files) => files,
        Err(error) => {
            let text = format!(
                "unproven: report.pdf was not rendered again: {error}. Nothing here shows that it says what the data say; read report.html"
            );
            said.step("paper", "missing", text);
            Files::new()
        }
    }
}

/// Version and build of a program, whichever of ours it is: they render alike.
fn build(tool: &str) -> &str {
    tool.rsplit_once(' ').map_or(tool, |(_, build)| build)
}

/// Where two versions of a file part, in words that people can follow.
fn first_difference(path: &str, wanted: &[u8], found: &[u8]) -> String {
    let at = wanted
        .iter()
        .zip(found)
        .take_while(|(one, other)| one == other)
        .count();
    let before = &wanted[..at];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let text = String::from_utf8_lossy(before);
    let section = text.rfind("<section id=\"s").and_then(|from| {
        let title = &String::from_utf8_lossy(wanted)[from..];
        let (_, title) = title.split_once("</span>")?;
        title.split_once("</h2>").map(|(title, _)| title.to_owned())
    });
    let figure = text.rfind("<figure>") > text.rfind("</figure>");
    match (path, section) {
        ("timeline.csv", _) => format!("row {} differs (byte {at})", line.saturating_sub(1)),
        ("graph.svg" | "graph.graphml", _) => {
            format!("the figure differs from line {line} on (byte {at})")
        }
        ("report.html", Some(section)) if figure => {
            format!("the figure in the section \"{section}\" differs (byte {at})")
        }
        ("report.html", Some(section)) => format!("the section \"{section}\" differs (byte {at})"),
        (path, _) if pdf::is_path(path) => format!("it differs from byte {at} on"),
        ("report.html", None) => format!("its head differs (byte {at})"),
        _ => format!("line {line} differs (byte {at})"),
    }
}
