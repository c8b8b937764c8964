//! Text out of the evidence is hostile.

use tests::{import_files, kubernetes_event, rows};
use workbench::{Limits, Session};

const HOSTILE: &str = "<img src=x onerror=alert(1)>\u{202e}gpj.exe\u{1b}[2J";

/// Where line `number`, from 0, lies, without its LF.
pub fn line(bytes: &[u8], number: usize) -> std::ops::Range<usize> {
    let begin = if number == 0 {
        0
    } else {
        bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .nth(number - 1)
            .unwrap()
            .0
            + 1
    };
    begin
        ..begin
            + bytes[begin..]
                .iter()
                .position(|byte| *byte == b'\n')
                .unwrap()
}

#[test]
fn markup_in_an_event_ran_in_the_viewer() {
    // The engine hands text on as it is, with nothing added and nothing taken away; whoever shows
    // it must show it as text. What the terminal does is tested with the command line, what the
    // window does in ui/.
    let event = kubernetes_event(0, "2026-06-12T02:11:46Z", HOSTILE);
    let (_dir, case, _) = import_files(
        &[("audit.jsonl", format!("{event}\n").as_bytes())],
        Limits::default(),
    );
    assert_eq!(
        rows(&case, "")[0].actor.as_deref(),
        Some(format!("k8s:user:{HOSTILE}").as_str())
    );
    let session = Session::open_to_read(&case, tests::desk()).unwrap();
    let view = session
        .record(workbench::api::RecordId {
            file: 1,
            ordinal: 0,
        })
        .unwrap();
    assert_eq!(view.raw, event);
}

#[cfg(unix)]
#[test]
fn file_names_that_are_not_utf_8_aborted_the_run() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let dir = tempfile::tempdir().unwrap();
    let (evidence, event) = (
        dir.path().join("evidence"),
        kubernetes_event(0, "2026-06-12T02:11:46Z", "a"),
    );
    std::fs::create_dir_all(evidence.join(OsStr::from_bytes(b"d\xfe"))).unwrap();
    for name in [&b"a\xff.jsonl"[..], b"a\xfe.jsonl", b"d\xfe/b.jsonl"] {
        std::fs::write(evidence.join(OsStr::from_bytes(name)), format!("{event}\n")).unwrap();
    }
    let summary = tests::import(&dir.path().join("case.exhibit"), &evidence, &[]);
    let mut paths: Vec<_> = summary
        .sources
        .iter()
        .map(|source| source.path.as_str())
        .collect();
    paths.sort();
    assert_eq!(paths, ["a%FE.jsonl", "a%FF.jsonl", "d%FE/b.jsonl"]);
    assert_eq!(summary.records.total, 3);
}
