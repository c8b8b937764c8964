//! The case is one file that holds everything, or the import is not in it.

use scenario::Size;
use std::fs;
use tests::{Site, desk};
use workbench::{Fault, Progress, Session};

fn bundle() -> Site {
    Site::lay(Size {
        agents: 440,
        payments: 310,
        ..Size::none()
    })
}

#[test]
fn the_case_held_paths_and_was_empty_on_the_next_machine() {
    let site = bundle();
    let before = site.import("case.exhibit");
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("case.exhibit");
    fs::rename(site.at("case.exhibit"), &moved)
        .or_else(|_| fs::copy(site.at("case.exhibit"), &moved).map(drop))
        .unwrap();
    let line = fs::read_to_string(site.evidence().join("nhi-bundle/streams/payments.jsonl"))
        .unwrap()
        .lines()
        .nth(300)
        .unwrap()
        .to_owned();
    drop(site);

    let session = Session::open_to_write(&moved, desk()).unwrap();
    let after = session.verify(&[], &Progress::default()).unwrap();
    assert_eq!(after, before);
    let record = session
        .record(session.find_record("example.com/payments:300").unwrap())
        .unwrap();
    assert_eq!(record.raw, line);
    session.close().unwrap();
    let left: Vec<_> = fs::read_dir(elsewhere.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["case.exhibit"], "one file");
}

#[test]
fn a_stored_digest_is_not_what_verifying_goes_by() {
    let site = bundle();
    let before = site.import("case.exhibit");
    let bytes = fs::read(site.at("case.exhibit")).unwrap();
    let stored = before
        .sources
        .iter()
        .find(|source| source.role == "stream")
        .unwrap();
    let digest: Vec<u8> = (0..32)
        .map(|index| u8::from_str_radix(&stored.sha256[2 * index..2 * index + 2], 16).unwrap())
        .collect();
    // SQLite keeps a blob of 32 bytes in one piece, wherever the row lies.
    let places: Vec<usize> = bytes
        .windows(32)
        .enumerate()
        .filter(|(_, window)| *window == digest)
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty());
    let mut changed = bytes.clone();
    for at in places {
        changed[at + 31] ^= 1;
    }
    fs::write(site.at("changed.exhibit"), &changed).unwrap();
    let failure = Session::open_to_write(&site.at("changed.exhibit"), desk())
        .err()
        .unwrap();
    // Never a verdict, neither for nor against the evidence.
    assert_eq!(
        (failure.code, failure.fault),
        ("case-damaged", Fault::Program)
    );
    assert!(failure.message.contains("file"), "{}", failure.message);
}

#[test]
fn a_custody_log_that_was_changed_is_noticed() {
    let site = bundle();
    site.import("case.exhibit");
    let bytes = fs::read(site.at("case.exhibit")).unwrap();
    let word = b"\"who\":\"examiner\"";
    let at = bytes
        .windows(word.len())
        .position(|window| window == word)
        .expect("the log is text");
    let mut changed = bytes.clone();
    changed[at + 7..at + 15].copy_from_slice(b"somebody");
    fs::write(site.at("changed.exhibit"), &changed).unwrap();
    for opened in [Session::open_to_write, Session::open_to_read] {
        let failure = opened(&site.at("changed.exhibit"), desk()).err().unwrap();
        assert_eq!(
            (failure.code, failure.fault),
            ("case-damaged", Fault::Program)
        );
        let said = &failure.message;
        assert!(said.contains("its custody log does not hold"), "{said}");
    }
}

#[test]
fn the_same_import_again_doubled_every_count() {
    let site = bundle();
    let first = site.import("case.exhibit");
    let session = Session::open_to_write(&site.at("case.exhibit"), desk()).unwrap();
    let second = session
        .import(&[site.evidence()], &[], &Progress::default())
        .unwrap();
    assert_eq!(
        (&second.records, &second.sources, &second.findings),
        (&first.records, &first.sources, &first.findings)
    );
    assert_eq!(
        second.notes,
        ["This evidence is in the case already, as import 1: nothing was added."]
    );
    let acts: Vec<_> = session
        .custody()
        .unwrap()
        .lines
        .into_iter()
        .map(|line| line.act)
        .collect();
    assert_eq!(acts.last().map(String::as_str), Some("import-recognised"));
    session.close().unwrap();
}

#[test]
fn work_that_was_stopped_left_half_of_a_file() {
    let site = bundle();
    site.import("case.exhibit");
    let session = Session::open_to_write(&site.at("case.exhibit"), desk()).unwrap();
    let before = session.summary().unwrap();
    let more = site.at("more");
    scenario::site::kubernetes(&more.join("audit.jsonl"), 5_000).unwrap();
    let progress = Progress::default();
    progress.stop();
    let failure = session.import(&[more], &[], &progress).unwrap_err();
    assert_eq!((failure.code, failure.fault), ("stopped", Fault::Stopped));
    assert_eq!(session.summary().unwrap(), before);
    assert_eq!(
        session.verify(&[], &Progress::default()).unwrap().records,
        before.records
    );
    session.close().unwrap();
}
