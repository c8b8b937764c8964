//! Making, opening, sharing and closing a case.

use super::*;
use crate::{Mode, StoreError, schema};
use rusqlite::Connection;
use std::fs;
use std::io::ErrorKind;

fn open(path: &std::path::Path) -> Result<Case> {
    Case::open(path, Mode::Write(by(9))).map(|(case, recovered)| {
        assert_eq!(recovered, []);
        case
    })
}

fn read(path: &std::path::Path) -> Result<Case> {
    Case::open(path, Mode::Read).map(|(case, _)| case)
}

#[test]
fn a_closed_case_is_one_file_with_its_own_application_id() {
    let (folder, path, mut case) = new_case();
    import(&mut case, &[("a", &[made(5, &[])])], 1);
    case.close().unwrap();
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(names, ["breach.exhibit"]);
    // https://www.sqlite.org/fileformat.html: application id at 68, write version at 18 (1 is not WAL).
    let head = fs::read(&path).unwrap();
    assert_eq!((&head[68..72], head[18]), (b"EXHI".as_slice(), 1));
    read(&path).unwrap().reader().unwrap().check_file().unwrap();
}

#[test]
fn a_case_is_never_made_over_a_file() {
    let (_folder, path, case) = new_case();
    case.close().unwrap();
    let before = fs::read(&path).unwrap();
    let error = Case::create(&path, &entry("create", 1)).unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Io {
                kind: ErrorKind::AlreadyExists,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_path_without_a_file_is_said_by_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [Mode::Read, Mode::Write(by(1))] {
        let error = Case::open(&folder.path().join("none.exhibit"), mode).unwrap_err();
        assert!(
            matches!(
                error,
                StoreError::Io {
                    kind: ErrorKind::NotFound,
                    ..
                }
            ),
            "{error:?}"
        );
    }
}

#[test]
fn what_is_not_a_case_is_refused_and_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.exhibit");
    let foreign = {
        let other = folder.path().join("other.db");
        Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE t(x)")
            .unwrap();
        fs::read(other).unwrap()
    };
    let mut torn = foreign.clone();
    torn[68..72].copy_from_slice(b"EXHI");
    torn.truncate(100);
    for bytes in [b"".as_slice(), b"{}", &[0; 4096], &foreign] {
        fs::write(&path, bytes).unwrap();
        for mode in [Mode::Read, Mode::Write(by(1))] {
            assert_eq!(Case::open(&path, mode).unwrap_err(), StoreError::NotACase);
        }
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
    // Only the header of a case: something, but none to work with.
    fs::write(&path, torn).unwrap();
    let error = read(&path).unwrap_err();
    assert!(
        matches!(error, StoreError::Damaged(_) | StoreError::NotACase),
        "{error:?}"
    );
}

#[test]
fn a_newer_schema_is_refused_with_both_versions() {
    let (_folder, path, case) = new_case();
    case.close().unwrap();
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 77)
        .unwrap();
    let expected = StoreError::NewerSchema {
        found: 77,
        known: schema::STEPS.len() as u32,
    };
    for mode in [Mode::Read, Mode::Write(by(1))] {
        assert_eq!(Case::open(&path, mode).unwrap_err(), expected);
    }
}

#[test]
fn an_older_schema_is_migrated_whole_or_not_at_all() {
    let (_folder, path, case) = new_case();
    case.close().unwrap();
    let known = schema::STEPS.len() as u32;
    let next = [
        schema::STEPS,
        &["CREATE TABLE note(id INTEGER PRIMARY KEY) STRICT;"],
    ]
    .concat();
    let broken = [
        schema::STEPS,
        &["CREATE TABLE note(id); CREATE TABLE note(id);"],
    ]
    .concat();

    let error = Case::open_with(&path, Mode::Read, &next).unwrap_err();
    assert_eq!(
        error,
        StoreError::OlderSchema {
            found: known,
            known: known + 1
        }
    );
    assert!(matches!(
        Case::open_with(&path, Mode::Write(by(1)), &broken),
        Err(StoreError::Bug(_))
    ));
    open(&path).unwrap().close().unwrap();

    let (case, _) = Case::open_with(&path, Mode::Write(by(1)), &next).unwrap();
    assert_eq!(schema::version(case.connection()), Ok(known + 1));
    assert_eq!(acts(&case), ["create"]);
    case.close().unwrap();
    assert_eq!(
        open(&path).unwrap_err(),
        StoreError::NewerSchema {
            found: known + 1,
            known
        }
    );
}

#[test]
fn a_trigger_in_the_file_is_found_before_it_acts() {
    let (_folder, path, case) = new_case();
    case.close().unwrap();
    let sql = "CREATE TRIGGER hide AFTER INSERT ON custody BEGIN DELETE FROM finding; END";
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let expected = StoreError::Damaged("its schema is not this program's, at \"hide\"".into());
    assert_eq!(open(&path).unwrap_err(), expected);
    assert_eq!(read(&path).unwrap_err(), expected);
}

#[test]
fn one_writes_while_others_may_read() {
    let (_folder, path, case) = new_case();
    assert_eq!(open(&path).unwrap_err(), StoreError::InUse);
    let mut other = read(&path).unwrap();
    assert_eq!(
        other.append_custody(&entry("verify", 5)),
        Err(StoreError::ReadOnly)
    );
    assert_eq!(
        other.begin_import(&by(5)).unwrap_err(),
        StoreError::ReadOnly
    );
    drop(other);
    // The lock outlives the attempts of others to take it.
    assert_eq!(open(&path).unwrap_err(), StoreError::InUse);
    case.close().unwrap();

    let reading = read(&path).unwrap();
    assert_eq!(open(&path).unwrap_err(), StoreError::InUse);
    drop(reading);
    open(&path).unwrap().close().unwrap();
}

#[test]
fn a_reader_may_outlive_its_case() {
    let (_folder, path, mut case) = new_case();
    import(&mut case, &[("a", &[made(5, &[])])], 1);
    let reader = case.reader().unwrap();
    case.close().unwrap();
    assert_eq!(reader.files().unwrap().len(), 1);
    drop(reader);
    open(&path).unwrap().close().unwrap();
}

#[test]
fn a_reader_can_be_sent_to_another_thread() {
    fn send<T: Send>() {}
    send::<crate::Reader>();
    send::<Case>();
}

#[cfg(unix)]
#[test]
fn file_names_that_are_not_utf8_or_look_like_uris_are_names() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    for name in [
        b"\xff\xfe.exhibit".as_slice(),
        b"file:x?mode=memory.exhibit",
        b"%41'\".exhibit",
    ] {
        let path = folder.path().join(std::ffi::OsStr::from_bytes(name));
        Case::create(&path, &entry("create", 1))
            .unwrap()
            .close()
            .unwrap();
        assert!(path.exists());
        assert_eq!(acts(&read(&path).unwrap()), ["create"]);
    }
}

#[test]
fn custody_grows_by_a_line_an_act_and_its_chain_holds() {
    let (_folder, path, mut case) = new_case();
    import(&mut case, &[("a", &[])], 1);
    let mut odd = entry("note", 4);
    odd.about = json!({ "said": "\u{202e}\0'\"; DROP TABLE custody; --\n" });
    case.append_custody(&odd).unwrap();
    case.close().unwrap();
    let case = open(&path).unwrap();
    assert_eq!(acts(&case), ["create", "import", "note"]);
    let reader = case.reader().unwrap();
    let check = reader.check_custody().unwrap();
    assert_eq!((check.lines, check.faults), (3, vec![]));
    let line: crate::CustodyLine = serde_json::from_str(&reader.custody().unwrap()[2]).unwrap();
    assert_eq!(line.about, odd.about);
}
