//! Records that are one event, over several imports.

use super::*;
use crate::{Filter, Mode, Native, Position, Reader, StoreError};

fn with(native: i64, time: i64) -> Made {
    Made {
        native: Some(native),
        ..made(time, &[(Column::Actor, "ci")])
    }
}

/// Each event of the timeline by its leader, with its parts.
fn events(reader: &Reader) -> Vec<(RecordId, Vec<RecordId>)> {
    let rows = reader
        .timeline(&Filter::default(), Position::Rank(0), 100)
        .unwrap();
    let events = rows.iter().map(|row| {
        let parts = reader.parts_of(row.record).unwrap();
        assert_eq!(row.records, parts.len() as u64 + 1);
        for part in &parts {
            assert_eq!(reader.leader_of(*part), Ok(row.record));
            let acts = reader.acts().unwrap();
            assert_eq!(acts.get(*part), Ok(None), "no act of its own");
        }
        (row.record, parts)
    });
    events.collect()
}

#[test]
fn records_of_one_event_find_one_another_in_whatever_import_they_lie() {
    let (_folder, _path, mut case) = new_case();
    let [a] = import(&mut case, &[("a", &[with(1, 10), with(2, 20)])], 1)[..] else {
        panic!()
    };
    let [b] = import(&mut case, &[("b", &[with(2, 21), with(3, 30)])], 1)[..] else {
        panic!()
    };
    let reader = case.reader().unwrap();
    let expected = [
        (id(a, 0), vec![]),
        (id(b, 0), vec![id(a, 1)]),
        (id(b, 1), vec![]),
    ];
    assert_eq!(events(&reader), expected);
    // Records are counted where they lie, events once.
    assert_eq!(reader.counts().unwrap().total(), 4);
    assert_eq!(reader.count(&Filter::default()), Ok(3));
    // A third makes itself the leader of what was led by the second.
    let [c] = import(&mut case, &[("c", &[with(2, 22)])], 1)[..] else {
        panic!()
    };
    let reader = case.reader().unwrap();
    assert_eq!(events(&reader)[1], (id(c, 0), vec![id(a, 1), id(b, 0)]));
    // And the bytes of each are there.
    assert!(!reader.record(id(a, 1)).unwrap().is_empty());
}

#[test]
fn an_import_cut_off_leaves_the_events_of_those_before_it() {
    let (_folder, path, mut case) = new_case();
    import(&mut case, &[("a", &[with(1, 10), with(1, 11)])], 1);
    let before = events(&case.reader().unwrap());
    let mut writer = case.begin_import(&by(7)).unwrap();
    writer.begin_path("/b").unwrap();
    write_file(&mut writer, "b", &[with(1, 12)], 1).unwrap();
    let failed = writer.finish_paired(&Outcome::default(), &entry("import", 8), &mut |_| {
        Err(StoreError::Full)
    });
    assert_eq!(failed, Err(StoreError::Full));
    drop(case);
    let (case, recovered) = Case::open(&path, Mode::Write(by(9))).unwrap();
    assert_eq!(recovered[0].records, 1);
    assert_eq!(events(&case.reader().unwrap()), before);
    case.reader().unwrap().check_file().unwrap();
}

#[test]
fn a_rule_that_lets_nobody_lead_is_a_mistake_of_ours_and_writes_nothing() {
    let (_folder, _path, mut case) = new_case();
    for wrong in [vec![1, 0], vec![0], vec![0, 7]] {
        let mut writer = case.begin_import(&by(7)).unwrap();
        writer.begin_path("/b").unwrap();
        write_file(&mut writer, "b", &[with(1, 1), with(1, 2)], 1).unwrap();
        let failed = writer.finish_paired(&Outcome::default(), &entry("import", 8), &mut |_| {
            Ok(wrong.clone())
        });
        let bug = "a pairing in which no record leads";
        assert_eq!(failed, Err(StoreError::Bug(bug.into())));
    }
}

#[test]
fn a_small_import_into_a_large_case_finds_its_siblings_one_by_one() {
    let (_folder, _path, mut case) = new_case();
    let large: Vec<Made> = (0..200).map(|i| with(i, i)).collect();
    let [a] = import(&mut case, &[("a", &large)], 50)[..] else {
        panic!()
    };
    let [b] = import(&mut case, &[("b", &[with(7, 3), with(900, 4)])], 1)[..] else {
        panic!()
    };
    let reader = case.reader().unwrap();
    assert_eq!(reader.parts_of(id(b, 0)), Ok(vec![id(a, 7)]));
    assert_eq!(reader.count(&Filter::default()), Ok(201));
}

#[test]
fn natives_that_do_not_fit_the_records_are_our_mistake() {
    let (_folder, _path, mut case) = new_case();
    let (batch, events) = batches(&[made(1, &[]), made(2, &[])], 2).remove(0);
    let mut writer = case.begin_import(&by(7)).unwrap();
    writer.begin_path("/b").unwrap();
    let file = writer
        .add_file("b", Kind::VaultAudit, evidence::container::Wrapping::Plain)
        .unwrap();
    let packed = pack(&batch)
        .unwrap()
        .with_natives(vec![Some(Native { id: 1, stage: 0 })]);
    assert_eq!(
        writer.write_batch(file, &batch, &packed, &events, None),
        Err(StoreError::Bug("not one event for each record".into()))
    );
}
