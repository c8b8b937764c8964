//! Events as numbers, held against a plain list.

use super::*;
use crate::{Act, StoredAlias, schema};
use evidence::Word;
use evidence::event::{Field, shown};
use proptest::prelude::*;
use std::ops::ControlFlow;

const NAMES: [&str; 4] = ["", "ci", "jti:1", "arn:aws:iam::1:role/r"];
const COLUMNS: [Column; 4] = [
    Column::Actor,
    Column::Trace,
    Column::Policy,
    Column::SourceIp,
];

fn visited(acts: impl FnOnce(&mut crate::acts::Visit<'_>) -> Result<()>) -> Vec<Act> {
    let mut out = Vec::new();
    acts(&mut |act| {
        out.push(act.clone());
        ControlFlow::Continue(())
    })
    .unwrap();
    out
}

/// What should be visited: by time and id, and where there is no bound then undated ones by id.
fn plain(
    files: &[(FileId, &[Made])],
    window: (Option<i64>, Option<i64>),
    wanted: impl Fn(&Made) -> bool,
) -> Vec<RecordId> {
    let bounded = window.0.is_some() || window.1.is_some();
    let mut found = Vec::new();
    for (file, records) in files {
        for (at, made) in records.iter().enumerate().filter(|(_, made)| wanted(made)) {
            let inside = match made.time {
                None => !bounded,
                Some(time) => {
                    window.0.is_none_or(|from| from <= time)
                        && window.1.is_none_or(|until| time < until)
                }
            };
            if inside {
                found.push((made.time.is_none(), made.time, id(*file, at as u32)));
            }
        }
    }
    found.sort();
    found.into_iter().map(|(_, _, record)| record).collect()
}

fn said(made: &Made, column: Column) -> &str {
    let said = made.texts.iter().rev().find(|(other, _)| *other == column);
    said.map_or("", |(_, text)| text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn acts_by_name_are_those_of_a_plain_list_in_times_order(
        files in prop::collection::vec(prop::collection::vec(
            (prop::option::weighted(0.8, -9..9i64), prop::collection::vec((0..4usize, 0..4usize), 0..4)),
            0..30,
        ), 1..4),
        each in 1..9usize,
        window in (prop::option::of(-10..10i64), prop::option::of(-10..10i64)),
    ) {
        let (_folder, _path, mut case) = new_case();
        let files: Vec<Vec<Made>> = files.into_iter().map(|records| {
            records.into_iter().map(|(time, texts)| Made {
                time,
                seq: None,
                native: None,
                texts: texts.into_iter().map(|(c, t)| (COLUMNS[c], NAMES[t].to_owned())).collect(),
            }).collect()
        }).collect();
        // Each file an import of its own: the later ones may write into the indexes, or make them anew.
        let mut all: Vec<(FileId, &[Made])> = Vec::new();
        for records in &files {
            all.extend(import(&mut case, &[("a", records)], each).into_iter().zip([records.as_slice()]));
        }
        let reader = case.reader().unwrap();
        let acts = reader.acts().unwrap();
        let micros = (window.0.map(Micros), window.1.map(Micros));
        let found: Vec<RecordId> = visited(|visit| acts.all(micros, visit)).iter().map(|act| act.record).collect();
        prop_assert_eq!(found, plain(&all, window, |_| true));
        for column in COLUMNS {
            for name in &NAMES[1..] {
                let number = reader.name_number(name).unwrap();
                let wanted = plain(&all, window, |made| said(made, column) == *name);
                let Some(number) = number else {
                    prop_assert!(wanted.is_empty());
                    continue;
                };
                let found = visited(|visit| acts.naming(column, number, micros, visit));
                let records: Vec<RecordId> = found.iter().map(|act| act.record).collect();
                prop_assert_eq!(records, wanted, "{:?} {}", column, name);
                for act in found {
                    prop_assert_eq!(acts.get(act.record).unwrap(), Some(act));
                }
            }
        }
    }
}

#[test]
fn a_lookup_by_name_goes_through_the_index_of_its_column() {
    let (_folder, _path, case) = new_case();
    for column in Column::ALL.into_iter().filter(|column| column.is_indexed()) {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT id FROM event WHERE {} = ?5 AND place BETWEEN ?1 AND ?2 AND \
             undated = ?3 AND part_of IS NULL AND id < ?4 ORDER BY place, id",
            column.sql()
        );
        let plan: String = case
            .connection()
            .query_row(&sql, [0; 5], |row| row.get(3))
            .unwrap();
        let index = format!("event_{} ({0}=? AND place>? AND place<?", column.sql());
        assert!(plan.contains(&index), "{plan}");
    }
}

/// Writes one file of events, each made by `make`.
fn import_events(case: &mut Case, count: u32, make: impl Fn(&mut Events, u32)) -> FileId {
    let records: Vec<Made> = (0..count).map(|i| made(i64::from(i), &[])).collect();
    let (batch, _) = batches(&records, count as usize).remove(0);
    let mut events = Events::default();
    for i in 0..count {
        events.begin();
        events.set_time(Some(Micros(i.into())));
        make(&mut events, i);
    }
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("/x").unwrap();
    let file = writer
        .add_file("x", Kind::VaultAudit, Wrapping::Plain)
        .unwrap();
    let packed = pack(&batch).unwrap();
    writer
        .write_batch(file, &batch, &packed, &events, None)
        .unwrap();
    let facts = facts(file, &batch.bytes, &records);
    writer.end_file(&facts, Ledger::default()).unwrap();
    writer
        .finish(&Outcome::default(), &entry("import", 3))
        .unwrap();
    file
}

#[test]
fn what_an_event_says_beside_its_names_reads_back() {
    let (_folder, _path, mut case) = new_case();
    let file = import_events(&mut case, 2, |events, i| {
        if i == 1 {
            events.set(Field::Scope, "read write");
            events.set_expires(Some(Micros(i64::MAX)));
            events.show(shown::WORKLOAD | shown::OUTCOME);
        }
    });
    let reader = case.reader().unwrap();
    let acts = reader.acts().unwrap();
    let bare = Act {
        record: id(file, 0),
        time: Some(Micros(0)),
        names: [None; Column::COUNT],
        expires: None,
        shown: 0,
        verdict: Word::Unchecked,
    };
    assert_eq!(acts.get(id(file, 0)), Ok(Some(bare.clone())));
    let act = acts.get(id(file, 1)).unwrap().unwrap();
    let scope = act.names[Column::Scope as usize].unwrap();
    assert_eq!(&*reader.name_text(scope).unwrap(), "read write");
    assert_eq!(
        (act.expires, act.shown),
        (Some(Micros(i64::MAX)), shown::WORKLOAD | shown::OUTCOME)
    );
    assert_eq!(acts.get(id(file, 2)), Ok(None));
}

#[test]
fn an_alias_is_kept_once_with_the_earliest_record_whatever_was_imported_first() {
    let (_folder, _path, mut case) = new_case();
    let tells = |events: &mut Events, time: Option<i64>| {
        events.set(Field::Actor, "role");
        events.set_time(time.map(Micros));
        events.alias(Field::Actor, "session");
        events.alias(Field::Actor, "AROA:session");
    };
    let first = import_events(&mut case, 3, |events, i| {
        // The first is undated, and so the last of all.
        tells(events, i.checked_sub(1).map(|i| 90 - i64::from(i)));
    });
    let aliases = |reader: crate::Reader| {
        let number = |text| reader.name_number(text).unwrap().unwrap();
        let stored = reader.aliases().unwrap();
        let of = |alias: u32, learnt| StoredAlias {
            name: number("role"),
            column: Column::Actor,
            alias,
            learnt,
        };
        let learnt = stored[0].learnt;
        assert_eq!(
            stored,
            [
                of(number("session"), learnt),
                of(number("AROA:session"), learnt)
            ]
        );
        learnt
    };
    assert_eq!(aliases(case.reader().unwrap()), id(first, 2));
    let second = import_events(&mut case, 1, |events, _| tells(events, Some(5)));
    assert_eq!(aliases(case.reader().unwrap()), id(second, 0));
    // An import that is taken back takes what it told with it.
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("/y").unwrap();
    let records = [made(1, &[])];
    let (batch, _) = batches(&records, 1).remove(0);
    let mut events = Events::default();
    events.begin();
    tells(&mut events, Some(1));
    let file = writer
        .add_file("y", Kind::VaultAudit, Wrapping::Plain)
        .unwrap();
    let packed = pack(&batch).unwrap();
    writer
        .write_batch(file, &batch, &packed, &events, None)
        .unwrap();
    assert_eq!(aliases(writer.reader().unwrap()), id(file, 0));
    writer.abandon(&entry("import-abandoned", 4)).unwrap();
    assert_eq!(aliases(case.reader().unwrap()), id(second, 0));
    assert_eq!(schema::check(case.connection(), schema::STEPS), Ok(()));
}

#[test]
fn an_import_cut_off_while_the_indexes_are_away_leaves_them_made_anew() {
    let (_folder, path, mut case) = new_case();
    import(&mut case, &[("a", &[made(1, &[(Column::Actor, "ci")])])], 1);
    let mut writer = case.begin_import(&by(7)).unwrap();
    writer.begin_path("/b").unwrap();
    let more: Vec<Made> = (0..9).map(|i| made(i, &[(Column::Actor, "ci")])).collect();
    write_file(&mut writer, "b", &more, 2).unwrap();
    writer.reader().unwrap();
    drop(writer);
    let index = "SELECT count(*) FROM sqlite_schema WHERE name = 'event_actor'";
    let there = |case: &Case| -> i64 {
        case.connection()
            .query_row(index, [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(there(&case), 0);
    drop(case);
    // Who only reads finds what is there without them, too.
    let (reading, _) = Case::open(&path, crate::Mode::Read).unwrap();
    let reader = reading.reader().unwrap();
    let number = reader.name_number("ci").unwrap().unwrap();
    let found = |reader: &crate::Reader| {
        let acts = reader.acts().unwrap();
        visited(|visit| acts.naming(Column::Actor, number, (None, None), visit)).len()
    };
    assert_eq!(found(&reader), 1);
    drop((reader, reading));
    let (case, _) = Case::open(&path, crate::Mode::Write(by(8))).unwrap();
    assert_eq!(there(&case), 1);
    assert_eq!(found(&case.reader().unwrap()), 1);
}
