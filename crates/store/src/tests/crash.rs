//! A crash in the middle of an import left half of a file that counted as the whole: not here.

use super::*;
use crate::{ImportState, Mode, Reader, Recovered, StoreError};
use evidence::verify::Outcome;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

const CHILD: &str = "EXHIBIT_STORE_TEST_CHILD";

/// Everything that a case says of its evidence.
fn content(reader: &Reader) -> String {
    let rows = reader
        .timeline(&Default::default(), crate::Position::Rank(0), 10_000)
        .unwrap();
    let names: Vec<_> = rows
        .iter()
        .map(|row| (row.record, row.time, row.offset))
        .collect();
    format!(
        "{:?} {:?} {names:?}",
        reader.files().unwrap(),
        reader.counts().unwrap()
    )
}

fn first(case: &mut Case) -> String {
    let records: Vec<Made> = (0..50).map(|i| made(i, &[(Column::Actor, "ci")])).collect();
    import(case, &[("first", &records)], 7);
    content(&case.reader().unwrap())
}

fn second(writer: &mut ImportWriter<'_>) {
    let records: Vec<Made> = (0..30)
        .map(|i| made(i * 2, &[(Column::Actor, "other"), (Column::Token, "t")]))
        .collect();
    writer.begin_path("/second").unwrap();
    write_file(writer, "second", &records, 7).unwrap();
    writer
        .add_file("half", Kind::Unknown, Wrapping::Gzip)
        .unwrap();
}

/// The tables hold nothing of an import that is gone.
fn is_clean(case: &Case) {
    for (table, key, of) in [
        ("block", "file", "file"),
        ("kept", "file", "file"),
        ("mention", "block", "block"),
        ("name_hash", "name", "name"),
    ] {
        let sql = format!("SELECT count(*) FROM {table} WHERE {key} NOT IN (SELECT id FROM {of})");
        let lost: i64 = case
            .connection()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap();
        assert_eq!(lost, 0, "{table}");
    }
    let sql = "SELECT count(*) FROM name WHERE text = 'other'";
    let names: i64 = case
        .connection()
        .query_row(sql, [], |row| row.get(0))
        .unwrap();
    assert_eq!(names, 0);
}

#[test]
fn an_import_forgotten_in_the_middle_is_removed_when_the_case_opens_again() {
    let (_folder, path, mut case) = new_case();
    let before = first(&mut case);
    let mut writer = case.begin_import(&by(7)).unwrap();
    second(&mut writer);
    writer.reader().unwrap();
    drop(writer);
    drop(case);

    // Who only reads does not see it, and changes nothing.
    let (reading, recovered) = Case::open(&path, Mode::Read).unwrap();
    assert_eq!(recovered, []);
    let reader = reading.reader().unwrap();
    assert_eq!(content(&reader), before);
    let states: Vec<_> = reader
        .imports()
        .unwrap()
        .iter()
        .map(|import| import.state)
        .collect();
    assert_eq!(states, [ImportState::Complete, ImportState::Interrupted]);
    let hidden = id(FileId(2), 0);
    assert!(matches!(reader.event(hidden), Err(StoreError::Missing(_))));
    assert!(matches!(reader.record(hidden), Err(StoreError::Missing(_))));
    assert!(matches!(
        reader.file(FileId(2)),
        Err(StoreError::Missing(_))
    ));
    drop((reader, reading));

    let (mut case, recovered) = Case::open(&path, Mode::Write(by(8))).unwrap();
    let lost = Recovered {
        labels: vec!["/second".into()],
        started: Micros(7),
        files: 2,
        records: 30,
    };
    assert_eq!(recovered, [lost]);
    assert_eq!(content(&case.reader().unwrap()), before);
    assert_eq!(acts(&case), ["create", "import", "import-interrupted"]);
    is_clean(&case);

    // What comes next has the number of the PATH anew, but never that of a file.
    let ids = import(&mut case, &[("again", &[made(1, &[])])], 1);
    assert_eq!(ids, [FileId(4)]);
    let numbers: Vec<_> = case
        .reader()
        .unwrap()
        .imports()
        .unwrap()
        .iter()
        .map(|import| import.number)
        .collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn an_import_forgotten_in_the_middle_is_removed_when_the_next_begins() {
    let (_folder, _path, mut case) = new_case();
    let mut writer = case.begin_import(&by(7)).unwrap();
    second(&mut writer);
    drop(writer);
    first(&mut case);
    assert_eq!(acts(&case), ["create", "import-interrupted", "import"]);
    let paths: Vec<_> = case
        .reader()
        .unwrap()
        .files()
        .unwrap()
        .into_iter()
        .map(|file| file.path)
        .collect();
    assert_eq!(paths, ["first"]);
    is_clean(&case);
}

#[test]
fn an_abandoned_import_leaves_one_line_of_custody_and_no_row() {
    let (_folder, _path, mut case) = new_case();
    let before = first(&mut case);
    let mut writer = case.begin_import(&by(7)).unwrap();
    second(&mut writer);
    writer.abandon(&entry("import-cancelled", 8)).unwrap();
    assert_eq!(content(&case.reader().unwrap()), before);
    assert_eq!(acts(&case), ["create", "import", "import-cancelled"]);
    is_clean(&case);
    // Nor does one that was begun and never wrote.
    let writer = case.begin_import(&by(9)).unwrap();
    writer.abandon(&entry("import-cancelled", 9)).unwrap();
    assert_eq!(content(&case.reader().unwrap()), before);
}

#[test]
fn the_case_is_whole_at_every_moment_at_which_its_files_could_be_copied() {
    let (folder, path, mut case) = new_case();
    let before = first(&mut case);
    let mut copies = Vec::new();
    let mut copy = || {
        let to = folder.path().join(format!("copy{}.exhibit", copies.len()));
        fs::copy(&path, &to).unwrap();
        let wal = |path: &Path| path.with_extension("exhibit-wal");
        fs::copy(wal(&path), wal(&to)).unwrap();
        copies.push(to);
    };
    let mut writer = case.begin_import(&by(7)).unwrap();
    copy();
    writer.begin_path("/second").unwrap();
    let records: Vec<Made> = (0..40)
        .map(|i| made(i, &[(Column::Actor, "other")]))
        .collect();
    let file = writer
        .add_file("second", Kind::VaultAudit, Wrapping::Plain)
        .unwrap();
    copy();
    let batches = batches(&records, 10);
    for (batch, events) in &batches {
        writer
            .write_batch(file, batch, &pack(batch).unwrap(), events, None)
            .unwrap();
        copy();
        writer.reader().unwrap();
        copy();
    }
    writer
        .end_file(
            &facts(file, &bytes_of(&batches), &records),
            Ledger::default(),
        )
        .unwrap();
    copy();
    writer
        .finish(&Outcome::default(), &entry("import", 9))
        .unwrap();
    let after = content(&case.reader().unwrap());
    copy();
    let last = copies.len() - 1;
    for (at, copy) in copies.iter().enumerate() {
        let (case, _) = Case::open(copy, Mode::Write(by(10))).unwrap();
        let expected = if at == last { &after } else { &before };
        assert_eq!(&content(&case.reader().unwrap()), expected, "copy {at}");
        case.reader().unwrap().check_file().unwrap();
        case.close().unwrap();
    }
}

/// Not a test: the process that is killed in the test below.
#[test]
fn child_that_imports_until_it_is_killed() {
    let Some(path) = env::var_os(CHILD) else {
        return;
    };
    let (mut case, _) = Case::open(Path::new(&path), Mode::Write(by(7))).unwrap();
    let mut writer = case.begin_import(&by(7)).unwrap();
    writer.begin_path("/endless").unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    for i in 0.. {
        let records: Vec<Made> = (0..200)
            .map(|j| made(i * 200 + j, &[(Column::Actor, "other")]))
            .collect();
        write_file(&mut writer, &format!("file {i}"), &records, 100).unwrap();
        assert!(Instant::now() < end, "nobody killed it");
    }
}

#[test]
fn a_process_killed_while_it_imports_leaves_the_case_as_it_was_before() {
    let (_folder, path, mut case) = new_case();
    let before = first(&mut case);
    case.close().unwrap();
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "tests::crash::child_that_imports_until_it_is_killed",
        ])
        .env(CHILD, &path)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Another process sees its rows while it writes, and cannot write.
    let end = Instant::now() + Duration::from_secs(50);
    while !path.with_extension("exhibit-wal").exists() {
        assert!(Instant::now() < end, "the child does not open the case");
        thread::sleep(Duration::from_millis(5));
    }
    loop {
        let (case, _) = Case::open(&path, Mode::Read).unwrap();
        let seen = case.reader().unwrap().counts().unwrap().total();
        drop(case);
        if seen > 1000 {
            assert_eq!(
                Case::open(&path, Mode::Write(by(8))).unwrap_err(),
                StoreError::InUse
            );
            break;
        }
        assert!(Instant::now() < end, "the child does not write");
        thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();

    let (case, recovered) = Case::open(&path, Mode::Write(by(9))).unwrap();
    assert_eq!(recovered[0].labels, ["/endless"]);
    assert!(recovered[0].records >= 1000);
    assert_eq!(content(&case.reader().unwrap()), before);
    assert_eq!(acts(&case), ["create", "import", "import-interrupted"]);
    case.reader().unwrap().check_file().unwrap();
    is_clean(&case);
}

#[test]
fn a_full_disk_is_said_as_such_and_costs_only_the_import() {
    let (_folder, path, mut case) = new_case();
    let before = first(&mut case);
    let pages: i64 = case
        .connection()
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    case.connection()
        .pragma_update_and_check(None, "max_page_count", pages + 20, |_| Ok(()))
        .unwrap();

    let mut writer = case.begin_import(&by(7)).unwrap();
    writer.begin_path("/large").unwrap();
    let records: Vec<Made> = (0..500)
        .map(|i| made(i, &[(Column::Actor, "other")]))
        .collect();
    let full = (0..).find_map(|i| write_file(&mut writer, &format!("{i}"), &records, 50).err());
    assert_eq!(full, Some(StoreError::Full));
    // Nothing is written on top of what failed.
    let again = writer.add_file("more", Kind::Unknown, Wrapping::Plain);
    assert_eq!(
        again,
        Err(StoreError::Bug("the import has failed before".into()))
    );
    writer.abandon(&entry("import-failed", 8)).unwrap();
    assert_eq!(content(&case.reader().unwrap()), before);
    case.close().unwrap();

    let (case, recovered) = Case::open(&path, Mode::Write(by(9))).unwrap();
    assert_eq!(recovered, []);
    assert_eq!(content(&case.reader().unwrap()), before);
    assert_eq!(acts(&case), ["create", "import", "import-failed"]);
}
