//! What the analyst says of events.

use super::*;
use crate::{Filter, How, Note, On, Position, Term};

fn note(starred: bool, tags: &[&str], comment: Option<&str>) -> Note {
    Note {
        starred,
        tags: tags.iter().map(|&tag| tag.into()).collect(),
        comment: comment.map(Into::into),
    }
}

fn found(case: &Case, on: On, how: How, text: &str, negated: bool) -> Vec<RecordId> {
    let filter = Filter {
        terms: vec![Term {
            on,
            how,
            text: text.into(),
            negated,
        }],
        ..Filter::default()
    };
    let reader = case.reader().unwrap();
    let rows = reader.timeline(&filter, Position::Rank(0), 100).unwrap();
    assert_eq!(reader.count(&filter).unwrap(), rows.len() as u64);
    rows.iter().map(|row| row.record).collect()
}

#[test]
fn a_note_is_kept_found_changed_and_taken_back() {
    let (_folder, _path, mut case) = new_case();
    let records: Vec<Made> = (0..20).map(|time| made(time, &[])).collect();
    let file = import(&mut case, &[("a", &records)], 3)[0];
    let at = |ordinal| RecordId { file, ordinal };
    let said = note(true, &["b", "a"], Some("why"));
    case.set_note(at(7), &[], &said, &entry("event-note", 4))
        .unwrap();
    let other = note(false, &["a"], None);
    case.set_note(at(9), &[], &other, &entry("event-note", 5))
        .unwrap();
    let reader = case.reader().unwrap();
    assert_eq!(reader.note(at(7)), Ok(Some(said)));
    assert_eq!(reader.note(at(8)), Ok(None));
    assert_eq!(reader.tags(), Ok(vec![("a".into(), 2), ("b".into(), 1)]));
    drop(reader);
    assert_eq!(found(&case, On::Starred, How::Contains, "", false), [at(7)]);
    assert_eq!(found(&case, On::Starred, How::Contains, "", true).len(), 19);
    assert_eq!(found(&case, On::Tag, How::Is, "a", false), [at(7), at(9)]);
    assert_eq!(
        found(&case, On::Comment, How::Contains, "H", false),
        [at(7)]
    );
    case.set_note(at(7), &[], &Note::default(), &entry("event-note", 6))
        .unwrap();
    assert_eq!(case.reader().unwrap().note(at(7)), Ok(None));
    assert_eq!(found(&case, On::Tag, How::Is, "a", false), [at(9)]);
}

#[test]
fn a_note_of_a_record_that_comes_to_belong_to_another_s_event_is_found_there() {
    let (_folder, _path, mut case) = new_case();
    let twin = |time| Made {
        native: Some(5),
        ..made(time, &[])
    };
    let one = import(&mut case, &[("a", &[twin(1)])], 1)[0];
    let first = RecordId {
        file: one,
        ordinal: 0,
    };
    let said = note(true, &["a"], Some("one"));
    case.set_note(first, &[], &said, &entry("event-note", 4))
        .unwrap();
    // The last of them leads.
    let two = import(&mut case, &[("b", &[twin(2)])], 1)[0];
    let leader = RecordId {
        file: two,
        ordinal: 0,
    };
    assert_eq!(case.reader().unwrap().noted(leader), Ok(Some(said)));
    assert_eq!(found(&case, On::Tag, How::Is, "a", false), [leader]);
    let changed = note(true, &["b"], None);
    case.set_note(leader, &[first], &changed, &entry("event-note", 5))
        .unwrap();
    assert_eq!(case.reader().unwrap().noted(leader), Ok(Some(changed)));
    assert_eq!(found(&case, On::Tag, How::Is, "a", false), []);
}

#[test]
fn notes_of_an_import_that_was_cut_off_go_with_it() {
    let (_folder, path, mut case) = new_case();
    let mut writer = case.begin_import(&by(2)).unwrap();
    writer.begin_path("/a").unwrap();
    let file = write_file(&mut writer, "a", &[made(1, &[])], 1).unwrap();
    writer.reader().unwrap();
    drop(writer);
    let record = RecordId { file, ordinal: 0 };
    let said = note(true, &["a"], None);
    case.set_note(record, &[], &said, &entry("event-note", 3))
        .unwrap();
    drop(case);
    let (case, _) = Case::open(&path, crate::Mode::Write(by(4))).unwrap();
    let reader = case.reader().unwrap();
    assert_eq!(reader.note(record), Ok(None));
    assert_eq!(reader.tags(), Ok(vec![]));
}
