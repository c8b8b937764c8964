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
        &["CREATE TABLE later(id INTEGER PRIMARY KEY) STRICT;"],
    ]
    .concat();
    let broken = [
        schema::STEPS,
        &["CREATE TABLE later(id); CREATE TABLE later(id);"],
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

#[test]
fn trust_changes_with_a_line_of_custody_each() {
    use evidence::keys::{KeyMaterial, TrustedKey, rsa};
    let (_folder, path, mut case) = new_case();
    // openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 | openssl rsa -pubout -outform DER
    let der: Vec<u8> = RSA_DER
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let rsa = TrustedKey::bare(KeyMaterial::rsa(rsa::PublicKey::from_der(&der).unwrap()));
    // python: base64.b64encode(hashlib.sha256(bytes(range(32))).digest()).rstrip(b'=')
    let fingerprint = "SHA256:Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0";
    let ed25519 = TrustedKey::bare(KeyMaterial::Ed25519(std::array::from_fn(|i| i as u8)));
    case.add_trust(&[rsa.clone(), ed25519.clone()], &entry("trust-add", 5))
        .unwrap();
    case.close().unwrap();

    let mut case = open(&path).unwrap();
    let stored = case.reader().unwrap().trust().unwrap();
    let keys: Vec<_> = stored.iter().map(|stored| &stored.key).collect();
    assert_eq!(keys, [&rsa, &ed25519]);
    assert_eq!(
        (stored[1].fingerprint.as_str(), stored[1].added),
        (fingerprint, Micros(5))
    );
    assert_eq!(
        case.remove_trust("SHA256:none", &entry("trust-remove", 6)),
        Ok(0)
    );
    assert_eq!(
        case.remove_trust(fingerprint, &entry("trust-remove", 7)),
        Ok(1)
    );
    assert_eq!(case.reader().unwrap().trust().unwrap().len(), 1);
    assert_eq!(acts(&case), ["create", "trust-add", "trust-remove"]);
}

const RSA_DER: &str = "\
    30820122300d06092a864886f70d01010105000382010f003082010a0282010100ba54d0b8b5ce38e773\
    a90cb2eb482a47b000261fff1c488a6aeeb75a6ff14088e117f7cacc9530d9343c3cf31e910227dedb21\
    fb80ab75ae2420c79005090293f49c09da33b9782ad9a834354b011b553620bed7c465d9d098a2b3c5eb\
    efe215f1687a17f636158b1e5ac24562c004023de54ac0a806f8806a55ee1cd2ee4d3a111f94f8526795\
    d347309fce1625b25998078dd2436cd2195647a362dd4a0db77f20f041e259c21531a3b7e720ec690d31\
    819c3677b71a7f4d45919e6b07a0c9d18020a05f7ad4ac1b54ae6b608a89680ff1d8535b34ef88461de3\
    bf8d93f487e2fc67969b5c2aae1443e479cd6e4c61e8d275e37349b940fbd1e67267c94a1b0203010001";
