//! The timeline, held against a plain sort and a plain search.

use super::judgement::{span, stream};
use super::*;
use crate::{
    Bucket, Counts, Filter, How, Key, On, Position, Reader, StoreError, Term, TimelineRow,
};
use evidence::{Verdict, Word};
use proptest::prelude::*;
use std::collections::BTreeMap;

const TEXTS: [&str; 8] = [
    "ci",
    "CI-runner",
    "arn:aws:iam::1:role/r",
    "",
    "' OR 1=1 --",
    "\u{202e}ic",
    "a\0b",
    "a\0c",
];
const COLUMNS: [Column; 5] = [
    Column::Type,
    Column::Credential,
    Column::Decision,
    Column::Outcome,
    Column::SourceIp,
];

/// What a row should be, found without the case file.
#[derive(Debug, Clone)]
struct Expected {
    place: i64,
    record: RecordId,
    made: Made,
    path: String,
    verdict: Word,
    stream: Option<&'static str>,
    /// How many records the event has, and the verdict of the one that leads it.
    records: u64,
    own: Word,
    /// The bytes of its records.
    raw: Vec<String>,
}

#[derive(Debug, Clone)]
struct Scene {
    files: Vec<Vec<Made>>,
    each: usize,
    /// For each file: from which ordinal on records are judged, and whether as the one or the other.
    judged: Vec<(usize, bool)>,
}

fn scenes() -> impl Strategy<Value = Scene> {
    let texts = prop::collection::vec((0..COLUMNS.len(), 0..TEXTS.len()), 0..6);
    let record = (
        prop::option::weighted(0.8, -40..40i64),
        texts,
        prop::option::of(0..5u64),
        prop::option::weighted(0.3, 0..20i64),
    );
    let record = record.prop_map(|(time, texts, seq, native)| Made {
        time,
        seq,
        native,
        texts: texts
            .into_iter()
            .map(|(c, t)| (COLUMNS[c], TEXTS[t].to_owned()))
            .collect(),
    });
    let files = prop::collection::vec(prop::collection::vec(record, 0..40), 1..4);
    let judged = prop::collection::vec((0..40usize, any::<bool>()), 4);
    (files, 1..9usize, judged).prop_map(|(files, each, judged)| Scene {
        files,
        each,
        judged,
    })
}

fn filters() -> impl Strategy<Value = Filter> {
    let words = [
        Word::Contradicted,
        Word::Unproven,
        Word::Intact,
        Word::Verified,
        Word::Unchecked,
    ];
    let on = prop_oneof![
        Just(On::Any),
        (0..COLUMNS.len()).prop_map(|c| On::Column(COLUMNS[c])),
        Just(On::Path),
        Just(On::Stream),
        Just(On::Raw),
        (0..5u64, 0..5u64).prop_map(|(first, last)| On::Seq(first, last)),
    ];
    let how = prop_oneof![
        Just(How::Is),
        Just(How::Begins),
        Just(How::Contains),
        Just(How::Fits)
    ];
    let text = prop_oneof![
        (0..TEXTS.len()).prop_map(|t| TEXTS[t].to_owned()),
        Just("c".to_owned()),
        Just("file0".to_owned()),
        Just("y".to_owned()),
        Just("^c|r$".to_owned()),
        Just("seq: Some(3)".to_owned()),
    ];
    let term = (on, how, text, any::<bool>()).prop_map(|(on, how, text, negated)| Term {
        on,
        how,
        text,
        negated,
    });
    (
        prop::sample::subsequence(words.to_vec(), 0..4),
        prop::option::of(-45..45i64),
        prop::option::of(-45..45i64),
        any::<bool>(),
        prop::collection::vec(term, 0..3),
    )
        .prop_map(|(verdicts, from, until, undated, terms)| Filter {
            verdicts,
            from: from.map(Micros),
            until: until.map(Micros),
            undated,
            terms,
        })
}

/// Writes a scene, and says what is expected of it.
fn set(scene: &Scene, case: &mut Case) -> Vec<Expected> {
    let paths: Vec<String> = (0..scene.files.len())
        .map(|i| format!("dir/file{i}"))
        .collect();
    let files: Vec<(&str, &[Made])> = paths
        .iter()
        .map(String::as_str)
        .zip(scene.files.iter().map(Vec::as_slice))
        .collect();
    // In one import, or each in its own: what belongs together is found all the same.
    let ids: Vec<FileId> = if scene.each.is_multiple_of(2) {
        import(case, &files, scene.each)
    } else {
        let alone = |file: &(&str, &[Made])| import(case, &[*file], scene.each);
        files.iter().flat_map(alone).collect()
    };
    let mut outcome = Outcome {
        streams: vec![stream("x"), stream("y")],
        ..Outcome::default()
    };
    let mut expected = Vec::new();
    for (at, records) in scene.files.iter().enumerate() {
        let (first, other) = scene.judged[at];
        let verdict = if other {
            Verdict::INTACT
        } else {
            Verdict::CONTRADICTED
        };
        if first < records.len() {
            let last = records.len() as u64 - 1;
            outcome.spans.push(span(
                ids[at],
                first as u64,
                last,
                verdict,
                usize::from(other),
            ));
        }
        let mut place = i64::MIN;
        for (ordinal, made) in records.iter().enumerate() {
            place = made.time.unwrap_or(place);
            let judged = ordinal >= first;
            expected.push(Expected {
                place,
                record: id(ids[at], ordinal as u32),
                made: made.clone(),
                path: paths[at].clone(),
                verdict: if judged {
                    verdict.word()
                } else {
                    Word::Unchecked
                },
                stream: judged.then_some(if other { "y" } else { "x" }),
                records: 1,
                own: Word::Unchecked,
                raw: vec![format!("{made:?}")],
            });
        }
    }
    let expected = &mut events(expected);
    case.replace_judgement(&outcome, &entry("verify", 4))
        .unwrap();
    expected.sort_by_key(|row| (row.place, row.record));
    std::mem::take(expected)
}

/// Of records in the order of import, the events that they are.
fn events(records: Vec<Expected>) -> Vec<Expected> {
    let worst = |one: Word, other: Word| {
        let order = [
            Word::Contradicted,
            Word::Unproven,
            Word::Intact,
            Word::Verified,
            Word::Unchecked,
        ];
        order
            .into_iter()
            .find(|word| [one, other].contains(word))
            .unwrap()
    };
    let mut events: Vec<Expected> = Vec::new();
    for mut record in records {
        record.own = record.verdict;
        let same = |other: &Expected| {
            record.made.native.is_some() && other.made.native == record.made.native
        };
        if let Some(at) = events.iter().position(same) {
            let other = events.remove(at);
            record.records += other.records;
            record.raw.extend(other.raw);
            record.verdict = worst(record.verdict, other.verdict);
        }
        events.push(record);
    }
    events
}

fn text(row: &Expected, column: Column) -> Option<&str> {
    let set = row
        .made
        .texts
        .iter()
        .rev()
        .find(|(other, _)| *other == column);
    set.map(|(_, text)| text.as_str())
        .filter(|text| !text.is_empty())
}

fn passes(filter: &Filter, row: &Expected) -> bool {
    let inside = filter.from.is_none_or(|from| row.place >= from.0)
        && filter.until.is_none_or(|until| row.place < until.0);
    let window = filter.from.is_some() || filter.until.is_some();
    let dated = row.made.time.is_some() || filter.undated || !window;
    let judged = filter.verdicts.is_empty() || filter.verdicts.contains(&row.verdict);
    let term = |term: &Term| {
        let fits = |text: &str| match term.how {
            How::Is => text == term.text,
            How::Begins => text.starts_with(&term.text),
            How::Contains => text
                .to_ascii_lowercase()
                .contains(&term.text.to_ascii_lowercase()),
            How::Fits => {
                let regex = regex::Regex::new(&term.text);
                regex.is_ok_and(|regex| regex.is_match(text))
            }
        };
        let any_column = || {
            COLUMNS
                .iter()
                .any(|&column| text(row, column).is_some_and(fits))
        };
        let holds = match term.on {
            On::Any => any_column() || fits(&row.path) || row.stream.is_some_and(fits),
            On::Column(column) => text(row, column).is_some_and(fits),
            On::Path => fits(&row.path),
            On::Stream => row.stream.is_some_and(fits),
            On::NativeId | On::Starred | On::Tag | On::Comment => false,
            On::Seq(first, last) => row.made.seq.is_some_and(|seq| first <= seq && seq <= last),
            On::Raw => row.raw.iter().any(|raw| fits(raw)),
        };
        holds != term.negated
    };
    inside && dated && judged && filter.terms.iter().all(term)
}

fn same(row: &TimelineRow, expected: &Expected) -> bool {
    row.record == expected.record
        && row.time == expected.made.time.map(Micros)
        && row.seq == expected.made.seq
        && row.verdict == expected.verdict
        && (row.own, row.records) == (expected.own, expected.records)
        && row.stream.as_deref() == expected.stream
        && *row.path == expected.path
        && COLUMNS
            .iter()
            .all(|&column| row.get(column) == text(expected, column))
}

fn check(
    reader: &Reader,
    filter: &Filter,
    all: &[Expected],
) -> std::result::Result<(), TestCaseError> {
    let wanted: Vec<&Expected> = all.iter().filter(|row| passes(filter, row)).collect();
    let equal = |rows: &[TimelineRow], wanted: &[&Expected]| {
        rows.len() == wanted.len()
            && rows
                .iter()
                .zip(wanted)
                .all(|(row, wanted)| same(row, wanted))
    };
    let count = wanted.len() as u64;
    prop_assert!([None, Some(count)].contains(&reader.known_count(filter).unwrap()));
    prop_assert_eq!(reader.count(filter).unwrap(), count);
    let (surveyed, buckets) = reader.survey(filter, 3, &|| true).unwrap();
    prop_assert_eq!(surveyed, count);
    prop_assert_eq!(reader.known_count(filter).unwrap(), Some(count));
    if !filter.terms.is_empty() {
        let dated = wanted.iter().filter(|row| row.made.time.is_some()).count() as u64;
        let total: u64 = buckets.iter().map(|bucket| bucket.counts.total()).sum();
        prop_assert_eq!(total, dated);
    }
    if filter.from.is_none() && filter.until.is_none() {
        prop_assert_eq!(buckets, reader.histogram(filter, 3).unwrap());
    }
    for rank in 0..wanted.len() + 2 {
        let rows = reader
            .timeline(filter, Position::Rank(rank as u64), 3)
            .unwrap();
        let end = wanted.len().min(rank + 3);
        let expected = wanted.get(rank..end).unwrap_or_default();
        prop_assert!(
            equal(&rows, expected),
            "rank {rank}: {rows:?}\n{expected:?}"
        );
    }
    let (mut key, mut rows) = (None, Vec::new());
    loop {
        let from = key.map_or(Position::From(Key::START), Position::After);
        let page = reader.timeline(filter, from, 4).unwrap();
        let Some(last) = page.last() else { break };
        key = Some(last.key);
        rows.extend(page);
    }
    prop_assert!(equal(&rows, &wanted), "by key: {rows:?}\n{wanted:?}");
    for (rank, row) in rows.iter().enumerate() {
        prop_assert_eq!(reader.rank_of(filter, row.key).unwrap(), rank as u64);
    }
    for time in [-100, -3, 0, 17, 100] {
        let before = wanted.iter().filter(|row| row.place < time).count() as u64;
        prop_assert_eq!(
            reader.rank_of(filter, Key::at(Micros(time))).unwrap(),
            before
        );
    }
    Ok(())
}

fn check_histogram(
    reader: &Reader,
    filter: &Filter,
    level: u32,
    all: &[Expected],
) -> std::result::Result<(), TestCaseError> {
    let width = 1i64 << level;
    let whole = Filter {
        from: filter
            .from
            .map(|from| Micros(from.0.div_euclid(width) * width)),
        until: filter
            .until
            .map(|until| Micros((until.0 + width - 1).div_euclid(width) * width)),
        ..filter.clone()
    };
    let mut counts: BTreeMap<i64, Counts> = BTreeMap::new();
    for row in all.iter().filter(|row| passes(&whole, row)) {
        let Some(time) = row.made.time else { continue };
        let counts = counts.entry(time.div_euclid(width) * width).or_default();
        *counts.slot(row.verdict) += 1;
    }
    let expected: Vec<Bucket> = counts
        .into_iter()
        .map(|(start, counts)| Bucket {
            start: Micros(start),
            counts,
        })
        .collect();
    prop_assert_eq!(reader.histogram(filter, level).unwrap(), expected);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_page_is_the_same_as_a_plain_sort_and_search(
        scene in scenes(), wanted in prop::collection::vec(filters(), 4), held in 0..20usize,
    ) {
        let (_folder, _path, mut case) = new_case();
        let all = set(&scene, &mut case);
        let reader = case.reader().unwrap();
        check(&reader, &Filter::default(), &all)?;
        for filter in &wanted {
            check(&reader, filter, &all)?;
        }
        // And with so little memory that the selections are held in part.
        let reader = case.reader().unwrap();
        reader.kept.hold_at_most(held);
        for filter in &wanted {
            check(&reader, filter, &all)?;
        }
    }

    #[test]
    fn while_an_import_runs_pages_are_the_same_too(scene in scenes(), filter in filters()) {
        let (_folder, _path, mut case) = new_case();
        let all = set(&scene, &mut case);
        let reader = case.reader().unwrap();
        let mut writer = case.begin_import(&by(6)).unwrap();
        writer.begin_path("/more").unwrap();
        let more = [made(-7, &[(Column::Type, "ci")]), made(None, &[]), made(3, &[])];
        let file = write_file(&mut writer, "more", &more, 2).unwrap();
        writer.reader().unwrap();
        let mut all = all;
        for (ordinal, (made, place)) in more.iter().zip([-7, -7, 3]).enumerate() {
            all.push(Expected {
                place,
                record: id(file, ordinal as u32),
                made: made.clone(),
                path: "more".into(),
                verdict: Word::Unchecked,
                stream: None,
                records: 1,
                own: Word::Unchecked,
                raw: vec![format!("{made:?}")],
            });
        }
        all.sort_by_key(|row| (row.place, row.record));
        check(&reader, &Filter::default(), &all)?;
        check(&reader, &filter, &all)?;
        check_histogram(&reader, &filter, 3, &all)?;
    }

    #[test]
    fn the_histogram_counts_what_a_plain_count_does(
        scene in scenes(), wanted in prop::collection::vec((filters(), 0..12u32), 6),
    ) {
        let (_folder, _path, mut case) = new_case();
        let all = set(&scene, &mut case);
        let reader = case.reader().unwrap();
        for level in 0..10 {
            check_histogram(&reader, &Filter::default(), level, &all)?;
        }
        for (mut filter, level) in wanted {
            check_histogram(&reader, &filter, level, &all)?;
            filter.terms.clear();
            check_histogram(&reader, &filter, level, &all)?;
        }
    }
}

#[test]
fn rows_past_the_first_mark_are_reached_by_rank() {
    let (_folder, _path, mut case) = new_case();
    // Out of order, and many at one time.
    let records: Vec<Made> = (0..10_000).map(|i| made((i * 7919) % 5000, &[])).collect();
    import(&mut case, &[("a", &records)], 100);
    let mut order: Vec<(i64, u32)> = records
        .iter()
        .enumerate()
        .map(|(i, made)| (made.time.unwrap(), i as u32))
        .collect();
    order.sort_unstable();
    let reader = case.reader().unwrap();
    for rank in [0, 1, 4095, 4096, 4097, 8191, 8192, 9_998] {
        let rows = reader
            .timeline(&Filter::default(), Position::Rank(rank), 2)
            .unwrap();
        let ordinals: Vec<u32> = rows.iter().map(|row| row.record.ordinal).collect();
        let expected: Vec<u32> = order[rank as usize..][..2]
            .iter()
            .map(|&(_, i)| i)
            .collect();
        assert_eq!(ordinals, expected, "{rank}");
        assert_eq!(reader.rank_of(&Filter::default(), rows[0].key), Ok(rank));
    }
    let past = reader.timeline(&Filter::default(), Position::Rank(10_000), 2);
    assert_eq!(past.unwrap(), []);
    let window = Filter {
        from: Some(Micros(10)),
        until: Some(Micros(12)),
        ..Filter::default()
    };
    assert_eq!(reader.count(&window), Ok(4));
}

#[test]
fn an_undated_row_does_not_borrow_its_neighbours_time() {
    let (_folder, _path, mut case) = new_case();
    let records = [
        made(None, &[]),
        made(50, &[]),
        made(None, &[]),
        made(40, &[]),
    ];
    import(&mut case, &[("a", &records)], 10);
    let reader = case.reader().unwrap();
    let show = |filter: &Filter| -> Vec<(u32, Option<i64>)> {
        let rows = reader.timeline(filter, Position::Rank(0), 10).unwrap();
        rows.iter()
            .map(|row| (row.record.ordinal, row.time.map(|time| time.0)))
            .collect()
    };
    let rows = [(0, None), (3, Some(40)), (1, Some(50)), (2, None)];
    assert_eq!(show(&Filter::default()), rows);
    assert_eq!(reader.undated(), Ok(2));
    // In a window none is shown as if it were dated, unless it is asked for.
    let mut window = Filter {
        from: Some(Micros(45)),
        ..Filter::default()
    };
    assert_eq!(show(&window), [(1, Some(50))]);
    window.undated = true;
    assert_eq!(show(&window), [(1, Some(50)), (2, None)]);
    let counted: u64 = reader
        .histogram(&Filter::default(), 3)
        .unwrap()
        .iter()
        .map(|b| b.counts.total())
        .sum();
    assert_eq!(counted, 2);
}

#[test]
fn times_at_the_ends_of_the_number_line_are_kept_apart() {
    let (_folder, _path, mut case) = new_case();
    let times = [i64::MAX, 0, i64::MIN, -1, i64::MAX - 1];
    let records: Vec<Made> = times.iter().map(|&time| made(time, &[])).collect();
    import(&mut case, &[("a", &records)], 2);
    let reader = case.reader().unwrap();
    let rows = reader
        .timeline(&Filter::default(), Position::Rank(0), 10)
        .unwrap();
    let shown: Vec<i64> = rows.iter().map(|row| row.time.unwrap().0).collect();
    assert_eq!(shown, [i64::MIN, -1, 0, i64::MAX - 1, i64::MAX]);
    for level in [0, 1, 40, 62, 63, 64, u32::MAX] {
        for (from, until) in [
            (None, None),
            (Some(i64::MIN), Some(i64::MAX)),
            (Some(-1), Some(1)),
        ] {
            let (from, until) = (from.map(Micros), until.map(Micros));
            let filter = Filter {
                from,
                until,
                ..Filter::default()
            };
            let buckets = reader.histogram(&filter, level).unwrap();
            let total: u64 = buckets.iter().map(|bucket| bucket.counts.total()).sum();
            assert!((2..=5).contains(&total), "{level} {filter:?} {buckets:?}");
        }
    }
    let nothing = Filter {
        until: Some(Micros(i64::MIN)),
        ..Filter::default()
    };
    assert_eq!(
        (reader.count(&nothing), reader.histogram(&nothing, 0)),
        (Ok(0), Ok(vec![]))
    );
}

#[test]
fn a_filter_is_never_sql() {
    let (_folder, _path, mut case) = new_case();
    let hostile = [
        "'; DROP TABLE event; --",
        "\" OR \"\"=\"",
        "%",
        "_",
        "\\",
        "*",
        "\0",
        "nul\0behind",
        "\u{202e}\u{2066}",
        "?1",
    ];
    let records: Vec<Made> = hostile
        .iter()
        .map(|text| made(1, &[(Column::Resource, text)]))
        .collect();
    import(&mut case, &[("a", &records)], 3);
    let reader = case.reader().unwrap();
    for (at, text) in hostile.iter().enumerate() {
        for how in [How::Is, How::Begins, How::Contains] {
            let term = Term {
                on: On::Column(Column::Resource),
                how,
                text: (*text).into(),
                negated: false,
            };
            let filter = Filter {
                terms: vec![term],
                ..Filter::default()
            };
            let rows = reader.timeline(&filter, Position::Rank(0), 100).unwrap();
            let found: Vec<u32> = rows.iter().map(|row| row.record.ordinal).collect();
            let expected: Vec<u32> = (0..hostile.len())
                .filter(|&other| match how {
                    How::Is => other == at,
                    How::Begins => hostile[other].starts_with(text),
                    How::Contains | How::Fits => hostile[other].contains(text),
                })
                .map(|other| other as u32)
                .collect();
            assert_eq!(found, expected, "{text:?} {how:?}");
            assert_eq!(
                rows[0].get(Column::Resource),
                Some(hostile[found[0] as usize])
            );
        }
    }
}

#[test]
fn a_survey_that_nobody_waits_for_any_more_stops_and_leaves_nothing() {
    let (_folder, _path, mut case) = new_case();
    let records: Vec<Made> = (0..100)
        .map(|at| made(at, &[(Column::Actor, "ci")]))
        .collect();
    import(&mut case, &[("a", &records)], 10);
    let reader = case.reader().unwrap();
    let filter = Filter {
        terms: vec![Term {
            on: On::Column(Column::Actor),
            how: How::Is,
            text: "ci".into(),
            negated: false,
        }],
        ..Filter::default()
    };
    let left = std::cell::Cell::new(3);
    let stopped = reader.survey(&filter, 3, &|| left.replace(left.get() - 1) > 0);
    assert_eq!(stopped, Err(StoreError::Stopped));
    assert_eq!(reader.known_count(&filter), Ok(None));
    assert_eq!(reader.survey(&filter, 3, &|| true).unwrap().0, 100);
    // And any other reader of the case has it at hand.
    assert_eq!(case.reader().unwrap().known_count(&filter), Ok(Some(100)));
}

#[test]
fn all_rows_but_a_few_are_reached_by_rank_past_the_first_mark() {
    let (_folder, _path, mut case) = new_case();
    let records: Vec<Made> = (0..10_000).map(|i| made((i * 7919) % 5000, &[])).collect();
    let file = import(&mut case, &[("a", &records)], 100)[0];
    // Each hundredth, and a long stretch.
    let odd = |i: u64| i.is_multiple_of(100) || (3000..4000).contains(&i);
    let verdict = |i| {
        if odd(i) {
            Verdict::CONTRADICTED
        } else {
            Verdict::INTACT
        }
    };
    let outcome = Outcome {
        spans: (0..10_000)
            .map(|i| span(file, i, i, verdict(i), 0))
            .collect(),
        streams: vec![stream("x")],
        ..Outcome::default()
    };
    case.replace_judgement(&outcome, &entry("verify", 4))
        .unwrap();
    let mut order: Vec<(i64, u32)> = (0..10_000u32)
        .filter(|&i| !odd(i.into()))
        .map(|i| (records[i as usize].time.unwrap(), i))
        .collect();
    order.sort_unstable();
    let reader = case.reader().unwrap();
    let intact = Filter {
        verdicts: vec![Word::Intact],
        ..Filter::default()
    };
    assert_eq!(reader.count(&intact), Ok(order.len() as u64));
    for rank in [1, 3600, 3700, 4095, 4096, 4097, 7300, 8192, order.len() - 2] {
        let rows = reader
            .timeline(&intact, Position::Rank(rank as u64), 2)
            .unwrap();
        let ordinals: Vec<u32> = rows.iter().map(|row| row.record.ordinal).collect();
        let expected: Vec<u32> = order[rank..][..2].iter().map(|&(_, i)| i).collect();
        assert_eq!(ordinals, expected, "{rank}");
        assert_eq!(reader.rank_of(&intact, rows[0].key), Ok(rank as u64));
    }
    let past = reader.timeline(&intact, Position::Rank(order.len() as u64), 2);
    assert_eq!(past.unwrap(), []);
}

#[test]
fn an_event_is_found_by_the_id_that_its_format_gives_it() {
    use crate::Native;
    use evidence::Format;
    let (_folder, _path, mut case) = new_case();
    let with = |native| Made {
        native: Some(native),
        ..made(1, &[(Column::Actor, "ci")])
    };
    let digest = Digest::of(b"x");
    let records = [
        with(Native::hash(Format::KubernetesAudit, "e5ca")),
        with(Native::hash(Format::CloudTrail, "e-1")),
        with(Native::of_digest(&digest)),
        made(1, &[(Column::Actor, "e-1")]),
    ];
    let [file] = import(&mut case, &[("a", &records)], 2)[..] else {
        panic!()
    };
    let reader = case.reader().unwrap();
    let found = |on, how, text: &str, negated| -> Vec<u32> {
        let text = text.to_owned();
        let term = Term {
            on,
            how,
            text,
            negated,
        };
        let terms = vec![term];
        let filter = Filter {
            terms,
            ..Filter::default()
        };
        let rows = reader.timeline(&filter, Position::Rank(0), 9).unwrap();
        assert_eq!(reader.count(&filter), Ok(rows.len() as u64));
        assert!(rows.iter().all(|row| row.record.file == file));
        rows.iter().map(|row| row.record.ordinal).collect()
    };
    assert_eq!(found(On::NativeId, How::Is, "e5ca", false), [0]);
    assert_eq!(found(On::NativeId, How::Is, "e5ca", true), [1, 2, 3]);
    assert_eq!(found(On::NativeId, How::Is, "e5c", false), [0_u32; 0]);
    assert_eq!(
        found(On::NativeId, How::Is, &digest.to_string(), false),
        [2]
    );
    // A free word is a part of any field, and a whole id.
    assert_eq!(found(On::Any, How::Contains, "e-1", false), [1, 3]);
    assert_eq!(found(On::Any, How::Contains, "e-1", true), [0, 2]);
    assert_eq!(found(On::Any, How::Fits, "^e-1$", false), [3]);
}
