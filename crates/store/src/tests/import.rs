//! What is written is what is read.

use super::*;
use crate::{ImportState, Position, StoreError};
use evidence::Lookup;
use evidence::facts::Malformed;
use proptest::prelude::*;
use std::io::Read;

fn all(mut reader: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).unwrap();
    bytes
}

fn numbered(count: i64) -> Vec<Made> {
    (0..count)
        .map(|i| made(i, &[(Column::Type, "call")]))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn blocks_joined_are_the_bytes_and_batches_come_back_as_written(
        count in 0..60i64, each in 1..20usize, more in prop::collection::vec(any::<u8>(), 1..3000),
    ) {
        let (_folder, _path, mut case) = new_case();
        let mut batches = batches(&numbered(count), each);
        // A last batch without records, as at the end of a document.
        let offset = bytes_of(&batches).len() as u64;
        let last = Batch { offset, bytes: more.clone(), first_ordinal: count as u64, ..Batch::default() };
        batches.push((last, Events::default()));

        let mut writer = case.begin_import(&by(2)).unwrap();
        writer.begin_path("x").unwrap();
        let file = writer.add_file("x", Kind::VaultAudit, Wrapping::Gzip).unwrap();
        for (batch, events) in &batches {
            writer.write_batch(file, batch, &pack(batch).unwrap(), events, None).unwrap();
        }
        for part in more.chunks(1000) {
            writer.write_wrapped(file, part).unwrap();
        }
        writer.write_trailing(file, &more[..1]).unwrap();
        writer.write_trailing(file, &[]).unwrap();
        let bytes = bytes_of(&batches);
        let facts = FileFacts { trailing: 1, ..facts(file, &bytes, &numbered(count)) };
        writer.end_file(&facts, Ledger::default()).unwrap();
        writer.finish(&Outcome::default(), &entry("import", 3)).unwrap();

        let reader = case.reader().unwrap();
        prop_assert_eq!(&all(reader.file_bytes(file).unwrap()), &bytes);
        prop_assert_eq!(&Lookup::file(&reader, file).unwrap(), &bytes);
        prop_assert_eq!(&all(reader.wrapped_bytes(file).unwrap()), &more);
        prop_assert_eq!(&all(reader.trailing_bytes(file).unwrap()), &more[..1]);
        let read: Vec<Batch> = reader.batches(file).unwrap().map(|batch| batch.unwrap()).collect();
        let written: Vec<Batch> = batches.iter().map(|(batch, _)| batch.clone()).collect();
        prop_assert_eq!(read, written);
        for (batch, _) in &batches {
            for (ordinal, offset, record) in batch.iter() {
                prop_assert_eq!(&Lookup::record(&reader, file, ordinal).unwrap(), record);
                let extent = (offset, record.len() as u64);
                prop_assert_eq!(Lookup::extent(&reader, file, ordinal).unwrap(), extent);
            }
        }
        prop_assert!(Lookup::record(&reader, file, count as u64).is_err());
        prop_assert!(Lookup::record(&reader, file, u64::MAX).is_err());
    }
}

#[test]
fn what_is_known_of_a_file_reads_back() {
    let (_folder, _path, mut case) = new_case();
    let mut writer = case.begin_import(&by(2)).unwrap();
    assert_eq!(writer.begin_path("/a \u{202e}b'; --\0"), Ok(1));
    let path = "streams/\u{202e}lnosj.\"'%\0\n";
    let file = writer
        .add_file(path, Kind::Unknown, Wrapping::Zstd)
        .unwrap();
    let batch = Batch {
        bytes: b"ab".to_vec(),
        ..Batch::default()
    };
    writer
        .write_batch(
            file,
            &batch,
            &pack(&batch).unwrap(),
            &Events::default(),
            None,
        )
        .unwrap();
    let ledger = Ledger {
        records: 0,
        structure: 2,
        rejected: 0,
    };
    let mut facts = facts(file, b"ab", &[]);
    facts.kind = Kind::CloudTrailSidecar;
    facts.sha256_as_found = Digest([9; 32]);
    (facts.earliest, facts.latest) = (Some(Micros(i64::MIN)), Some(Micros(i64::MAX)));
    let malformed = Malformed {
        ordinal: 0,
        offset: 0,
        length: 0,
        words: String::new(),
    };
    facts.malformed = vec![malformed; 3];
    writer.end_file(&facts, ledger).unwrap();
    assert_eq!(writer.begin_path("second"), Ok(2));
    writer
        .finish(&Outcome::default(), &entry("import", 3))
        .unwrap();

    let reader = case.reader().unwrap();
    let read = reader.file(file).unwrap();
    assert_eq!(
        (read.path.as_str(), read.kind, read.wrapping),
        (path, facts.kind, Wrapping::Zstd)
    );
    assert_eq!(
        (read.import, read.ended, read.bytes, read.malformed),
        (1, true, 2, 3)
    );
    assert_eq!(read.sha256, Some(Digest::of(b"ab")));
    assert_eq!(read.sha256_as_found, Some(Digest([9; 32])));
    assert_eq!((read.earliest, read.latest), (facts.earliest, facts.latest));
    // Without a place in its format, its bytes are rejected.
    assert_eq!(read.cut, ledger);
    assert_eq!(
        read.ledger(),
        Ledger {
            records: 0,
            structure: 0,
            rejected: 2
        }
    );
    assert_eq!(
        crate::CaseFile {
            placed: true,
            ..read
        }
        .ledger(),
        ledger
    );

    let imports = reader.imports().unwrap();
    let labels: Vec<_> = imports.iter().map(|import| import.label.as_str()).collect();
    assert_eq!(labels, ["/a \u{202e}b'; --\0", "second"]);
    assert_eq!(
        (imports[0].started, imports[0].finished),
        (Micros(2), Some(Micros(3)))
    );
    assert!(matches!(
        reader.file(FileId(7)),
        Err(StoreError::Missing(_))
    ));
}

#[test]
fn of_a_long_tail_only_what_was_kept_is_read() {
    let (_folder, _path, mut case) = new_case();
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("x").unwrap();
    let file = writer
        .add_file("x.gz", Kind::Unknown, Wrapping::Gzip)
        .unwrap();
    writer.write_trailing(file, b"the beginning").unwrap();
    let facts = FileFacts {
        trailing: 1 << 40,
        ..facts(file, b"", &[])
    };
    writer.end_file(&facts, Ledger::default()).unwrap();
    writer
        .finish(&Outcome::default(), &entry("import", 3))
        .unwrap();
    let reader = case.reader().unwrap();
    assert_eq!(reader.file(file).unwrap().trailing, 1 << 40);
    assert_eq!(all(reader.trailing_bytes(file).unwrap()), b"the beginning");
}

#[test]
fn rows_are_seen_by_other_threads_while_an_import_runs() {
    let (_folder, _path, mut case) = new_case();
    let reader = case.reader().unwrap();
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("x").unwrap();
    let records = numbered(10);
    let file = writer
        .add_file("x", Kind::VaultAudit, Wrapping::Plain)
        .unwrap();
    let (batch, events) = batches(&records, 10).pop().unwrap();
    writer
        .write_batch(file, &batch, &pack(&batch).unwrap(), &events, None)
        .unwrap();
    let reader = std::thread::spawn(move || {
        let counts = reader.counts().unwrap();
        assert_eq!((counts.unchecked, counts.total()), (10, 10));
        let rows = reader
            .timeline(&Default::default(), Position::Rank(7), 10)
            .unwrap();
        assert_eq!(rows.len(), 3);
        assert!(
            rows.iter()
                .all(|row| row.verdict == evidence::Word::Unchecked)
        );
        assert_eq!(reader.imports().unwrap()[0].state, ImportState::Running);
        assert!(!reader.file(file).unwrap().ended);
        assert_eq!(all(reader.file_bytes(file).unwrap()), batch.bytes);
        reader
    });
    let reader = reader.join().unwrap();
    writer
        .end_file(
            &facts(file, &bytes_of(&batches(&records, 10)), &records),
            Ledger::default(),
        )
        .unwrap();
    writer
        .finish(&Outcome::default(), &entry("import", 3))
        .unwrap();
    assert_eq!(reader.imports().unwrap()[0].state, ImportState::Complete);
}

#[test]
fn files_may_be_written_side_by_side() {
    let (_folder, _path, mut case) = new_case();
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("x").unwrap();
    let records = numbered(30);
    let cut = batches(&records, 4);
    let ids = ["a", "b"].map(|path| {
        writer
            .add_file(path, Kind::VaultAudit, Wrapping::Plain)
            .unwrap()
    });
    for (batch, events) in &cut {
        for id in ids {
            writer
                .write_batch(id, batch, &pack(batch).unwrap(), events, None)
                .unwrap();
        }
    }
    for id in ids {
        writer
            .end_file(&facts(id, &bytes_of(&cut), &records), Ledger::default())
            .unwrap();
    }
    writer
        .finish(&Outcome::default(), &entry("import", 3))
        .unwrap();
    let reader = case.reader().unwrap();
    for id in ids {
        assert_eq!(all(reader.file_bytes(id).unwrap()), bytes_of(&cut));
        let last = crate::RecordId {
            file: id,
            ordinal: 29,
        };
        assert_eq!(
            reader.record(last).unwrap(),
            format!("{:?}", records[29]).into_bytes()
        );
    }
}

#[test]
fn the_same_import_again_is_recognised_and_a_changed_one_is_not() {
    let (_folder, _path, mut case) = new_case();
    import(&mut case, &[("a", &numbered(3)), ("b", &numbered(4))], 2);
    let mut repeated = |files: &[(&str, i64)]| {
        let mut writer = case.begin_import(&by(5)).unwrap();
        let number = writer.begin_path("/elsewhere").unwrap();
        assert_eq!(number, 2);
        for &(path, count) in files {
            write_file(&mut writer, path, &numbered(count), 3).unwrap();
        }
        let repeated = writer.repeated().unwrap();
        writer.abandon(&entry("import-repeated", 6)).unwrap();
        repeated
    };
    assert_eq!(repeated(&[("b", 4), ("a", 3)]), [(2, 1)]);
    assert_eq!(repeated(&[("a", 3), ("b", 5)]), []);
    assert_eq!(repeated(&[("a", 3), ("c", 4)]), []);
    assert_eq!(repeated(&[("a", 3)]), []);
}

#[test]
fn our_own_mistakes_are_caught_before_they_are_written() {
    let bug = |text: &str| Err(StoreError::Bug(text.into()));
    let (_folder, _path, mut case) = new_case();
    let (batch, events) = batches(&numbered(4), 4).pop().unwrap();
    let packed = pack(&batch).unwrap();
    let mut attempt = |act: &dyn Fn(&mut ImportWriter<'_>, FileId) -> Result<()>| {
        let mut writer = case.begin_import(&by(2)).unwrap();
        writer.begin_path("x").unwrap();
        let file = writer
            .add_file("x", Kind::VaultAudit, Wrapping::Plain)
            .unwrap();
        let result = act(&mut writer, file);
        writer.abandon(&entry("import-failed", 3)).unwrap();
        result
    };
    let later = Batch {
        offset: 1,
        ..batch.clone()
    };
    let follows = "a batch does not follow the one before it";
    assert_eq!(
        attempt(&|w, f| w.write_batch(f, &later, &packed, &events, None)),
        bug(follows)
    );
    let fewer = Events::default();
    let each = "not one event for each record";
    assert_eq!(
        attempt(&|w, f| w.write_batch(f, &batch, &packed, &fewer, None)),
        bug(each)
    );
    assert_eq!(
        attempt(&|w, f| w.write_batch(f, &batch, &packed, &events, Some(&[]))),
        bug(each)
    );
    let ends = "a file ends elsewhere than its facts say";
    let wrong = |f| facts(f, b"x", &[]);
    assert_eq!(
        attempt(&|w, f| w.end_file(&wrong(f), Ledger::default())),
        bug(ends)
    );
    let stranger = "not a file that is being written";
    assert_eq!(
        attempt(&|w, f| w.write_trailing(FileId(f.0 + 1), b"x")),
        bug(stranger)
    );

    let mut writer = case.begin_import(&by(2)).unwrap();
    assert_eq!(
        writer.add_file("x", Kind::Unknown, Wrapping::Plain),
        Err(StoreError::Bug("no path begun".into()))
    );
    drop(writer);
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("x").unwrap();
    writer
        .add_file("x", Kind::Unknown, Wrapping::Plain)
        .unwrap();
    let unended = writer.finish(&Outcome::default(), &entry("import", 3));
    assert_eq!(unended, bug("a file has not ended"));
}

#[test]
fn a_block_that_the_disk_spoilt_is_a_damaged_case_and_never_altered_evidence() {
    let (_folder, _path, mut case) = new_case();
    let file = import(&mut case, &[("a", &numbered(20))], 5)[0];
    let reader = case.reader().unwrap();
    for (column, expected) in [("data", "data"), ("layout", "layout")] {
        let sql = format!("SELECT {column} FROM block WHERE id = 2");
        let whole: Vec<u8> = case
            .connection()
            .query_row(&sql, [], |row| row.get(0))
            .unwrap();
        let mut spoilt = whole.clone();
        let at = spoilt.len() / 2;
        spoilt[at] ^= 0x10;
        let sql = format!("UPDATE block SET {column} = ?1 WHERE id = 2");
        case.connection().execute(&sql, [&spoilt]).unwrap();
        let read: Result<Vec<Batch>> = reader.batches(file).unwrap().collect();
        assert!(
            matches!(read, Err(StoreError::Damaged(_))),
            "{expected}: {read:?}"
        );
        case.connection().execute(&sql, [&whole]).unwrap();
    }
    case.connection()
        .execute("DELETE FROM block WHERE id = 4", [])
        .unwrap();
    let error = Lookup::file(&reader, file).unwrap_err();
    assert_eq!(error.0, "the case file is damaged: a block is gone");
    assert_eq!(
        reader.batches(file).unwrap().last(),
        Some(Err(StoreError::Damaged("a block is gone".into())))
    );
}
