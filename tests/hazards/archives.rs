//! What an archive could do to who opens it.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs;
use std::io::Write as _;
use tests::{import_files, kubernetes_event, rows};
use workbench::Limits;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn event(id: usize) -> String {
    format!("{}\n", kubernetes_event(id, "2026-06-12T02:00:00Z", "a"))
}

#[test]
fn a_gzip_of_1_to_1032_filled_the_memory() {
    let zeros = gzip(&vec![0; 8 << 20]);
    assert!((8 << 20) / zeros.len() > 1_000);
    let limits = Limits {
        bomb_bytes: 1 << 20,
        ..Limits::default()
    };
    let good = event(0);
    let files: [(&str, &[u8]); 2] = [("a.gz", &zeros), ("audit.jsonl", good.as_bytes())];
    let (_dir, case, summary) = import_files(&files, limits);
    let refused: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "entry-refused")
        .filter_map(|finding| finding.source.as_deref())
        .collect();
    assert_eq!(refused, ["a.gz"]);
    assert_eq!(rows(&case, "").len(), 1, "the rest is read");
    assert!(summary.ledger.balanced);
    assert!(summary.ledger.bytes_in < 2 << 20);
}

#[test]
fn a_second_gzip_member_was_parsed_but_not_hashed() {
    let two = [gzip(event(0).as_bytes()), gzip(event(1).as_bytes())].concat();
    let second = two.len() - gzip(event(0).as_bytes()).len();
    let (_dir, case, summary) = import_files(&[("audit.jsonl.gz", &two)], Limits::default());
    // What is hashed and what is parsed are the same bytes: the first member's.
    assert_eq!(rows(&case, "").len(), 1);
    let trailing = summary
        .findings
        .iter()
        .find(|finding| finding.code == "trailing-data")
        .expect("it is said");
    assert_eq!(trailing.verdict, Some(workbench::api::Word::Contradicted));
    assert_eq!(summary.ledger.bytes_rejected, second as u64);
    assert_eq!(
        summary.sources[0].sha256,
        evidence::Digest::of(event(0).as_bytes()).to_string()
    );
    assert!(summary.ledger.balanced);
}

#[test]
fn an_archive_entry_wrote_outside_its_folder() {
    let mut tar = tar::Builder::new(Vec::new());
    for name in [
        "../outside.jsonl",
        "/tmp/exhibit-outside.jsonl",
        "a/../../outside.jsonl",
        "good.jsonl",
    ] {
        scenario::pack::append(&mut tar, name, event(0).as_bytes()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let (dir, case, summary) = import_files(&[("a.tar", &tar)], Limits::default());
    assert_eq!(
        summary
            .findings
            .iter()
            .filter(|finding| finding.code == "entry-refused")
            .count(),
        3
    );
    assert_eq!(
        rows(&case, "")
            .iter()
            .map(|row| row.path.as_str())
            .collect::<Vec<_>>(),
        ["good.jsonl"]
    );
    // Nothing is ever unpacked beside the evidence.
    let mut there: Vec<_> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, ["case.exhibit", "evidence"]);
    assert!(!std::path::Path::new("/tmp/exhibit-outside.jsonl").exists());
}

#[test]
fn two_entries_that_differ_by_case_overwrote_one_another() {
    let mut tar = tar::Builder::new(Vec::new());
    for (id, name) in ["audit.jsonl", "Audit.jsonl", "ÄUDIT.jsonl", "äudit.jsonl"]
        .iter()
        .enumerate()
    {
        scenario::pack::append(&mut tar, name, event(id).as_bytes()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let (_dir, case, summary) = import_files(&[("a.tar", &tar)], Limits::default());
    let refused: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "entry-refused")
        .filter_map(|finding| finding.source.as_deref())
        .collect();
    assert_eq!(refused, ["Audit.jsonl", "äudit.jsonl"]);
    assert_eq!(
        rows(&case, "")
            .iter()
            .map(|row| row.path.as_str())
            .collect::<Vec<_>>(),
        ["audit.jsonl", "ÄUDIT.jsonl"]
    );
}
