//! Verdicts, spans, streams and findings.

use super::*;
use crate::{Counts, Filter, Position, StoreError};
use evidence::verdict::{Author, Completeness, Form, Integrity, Time};
use evidence::verify::{FileOutcome, Span, StreamOutcome};
use evidence::{Axes, Code, Finding, Format, Verdict, Word};

pub(super) const AXES: Axes = Axes {
    form: Form::Malformed,
    integrity: Integrity::SinceCollection,
    author: Author::None,
    completeness: Completeness::Truncated,
    time: Time::Anchored,
};

pub(super) fn stream(id: &str) -> StreamOutcome {
    StreamOutcome {
        id: id.into(),
        format: Format::AgentReceipts,
        records: 3,
        seqs: Some((1, u64::MAX)),
        verdict: Verdict::INTACT,
        axes: AXES,
    }
}

pub(super) fn span(file: FileId, first: u64, last: u64, verdict: Verdict, stream: usize) -> Span {
    Span {
        file,
        first,
        last,
        verdict,
        stream,
    }
}

fn ten() -> Vec<Made> {
    (0..10).map(|i| made(i, &[])).collect()
}

fn words(case: &Case) -> Vec<Word> {
    let rows = case
        .reader()
        .unwrap()
        .timeline(&Filter::default(), Position::Rank(0), 100)
        .unwrap();
    rows.iter().map(|row| row.verdict).collect()
}

#[test]
fn spans_give_each_record_its_verdict_and_the_rest_stays_unchecked() {
    let (_folder, _path, mut case) = new_case();
    let file = import(&mut case, &[("a", &ten())], 4)[0];
    assert_eq!(words(&case), [Word::Unchecked; 10]);
    let outcome = Outcome {
        spans: vec![
            span(file, 8, 8, Verdict::CONTRADICTED, 1),
            span(file, 0, 3, Verdict::INTACT, 0),
            span(file, 5, 7, Verdict::UNPROVEN, 0),
        ],
        streams: vec![stream("x"), stream("y")],
        files: vec![FileOutcome {
            file,
            verdict: Verdict::CONTRADICTED,
            placed: true,
        }],
        findings: vec![],
    };
    case.replace_judgement(&outcome, &entry("verify", 5))
        .unwrap();
    use Word::{Contradicted, Intact, Unchecked, Unproven};
    let expected = [
        Intact,
        Intact,
        Intact,
        Intact,
        Unchecked,
        Unproven,
        Unproven,
        Unproven,
        Contradicted,
        Unchecked,
    ];
    assert_eq!(words(&case), expected);
    let reader = case.reader().unwrap();
    let counts = Counts {
        contradicted: 1,
        unproven: 3,
        intact: 4,
        verified: 0,
        unchecked: 2,
    };
    assert_eq!(reader.counts(), Ok(counts));
    let read = reader.file(file).unwrap();
    assert_eq!((read.verdict, read.placed), (Word::Contradicted, true));
    assert_eq!(
        reader.event(id(file, 8)).unwrap().stream.as_deref(),
        Some("y")
    );
    assert_eq!(reader.event(id(file, 9)).unwrap().stream, None);
    assert_eq!(reader.counts_by_file().unwrap()[&file], counts);
    assert_eq!(reader.stream_of_file().unwrap()[&file], [0, 1]);
    let streams = reader.streams().unwrap();
    assert_eq!(streams[0].id, "x");
    assert_eq!(
        (streams[1].format, streams[1].axes),
        (Format::AgentReceipts, AXES)
    );
    assert_eq!(
        (streams[1].seqs, streams[1].verdict),
        (Some((1, u64::MAX)), Word::Intact)
    );
    assert_eq!(acts(&case), ["create", "import", "verify"]);
}

#[test]
fn a_new_judgement_leaves_nothing_of_the_one_before() {
    let (_folder, _path, mut case) = new_case();
    let file = import(&mut case, &[("a", &ten())], 4)[0];
    let outcome = Outcome {
        spans: vec![span(file, 0, 9, Verdict::INTACT, 0)],
        streams: vec![stream("x")],
        files: vec![FileOutcome {
            file,
            verdict: Verdict::INTACT,
            placed: true,
        }],
        findings: vec![Finding::new(Code::EndUnknown, None, "no end")],
    };
    case.replace_judgement(&outcome, &entry("verify", 5))
        .unwrap();
    // One reader all along: what it remembers must not outlive the change.
    let reader = case.reader().unwrap();
    let filter = Filter {
        verdicts: vec![Word::Intact],
        from: Some(Micros(0)),
        ..Filter::default()
    };
    assert_eq!(reader.count(&filter), Ok(10));
    assert_eq!(reader.histogram(&filter, 4).unwrap()[0].counts.intact, 10);
    case.replace_judgement(&Outcome::default(), &entry("verify", 6))
        .unwrap();
    assert_eq!(reader.count(&filter), Ok(0));
    assert_eq!(reader.histogram(&filter, 4), Ok(vec![]));
    assert_eq!(reader.counts().unwrap().unchecked, 10);
    assert_eq!(
        (reader.streams(), reader.findings()),
        (Ok(vec![]), Ok(vec![]))
    );
    let read = reader.file(file).unwrap();
    assert_eq!((read.verdict, read.placed), (Word::Unchecked, false));
}

#[test]
fn findings_read_back_with_every_part_of_their_place() {
    let (_folder, _path, mut case) = new_case();
    let file = import(&mut case, &[("a", &ten())], 4)[0];
    let hostile = "</script>=cmd|'\u{202e}\0\u{1b}[31m";
    let findings = vec![
        Finding::new(Code::RecordAltered, Some(Verdict::CONTRADICTED), hostile)
            .in_file(file)
            .in_stream(hostile)
            .at_seq(u64::MAX)
            .at_record(7, u64::MAX, 355),
        Finding::new(Code::RecordMissing, Some(Verdict::UNPROVEN), "gap").over(3, 9),
        Finding::new(Code::PeriodUncovered, None, "")
            .at_path(hostile)
            .during(Micros(-1), Micros(i64::MAX))
            .about(["proof", hostile]),
    ];
    let outcome = Outcome {
        findings: findings.clone(),
        ..Outcome::default()
    };
    case.replace_judgement(&outcome, &entry("verify", 5))
        .unwrap();
    let reader = case.reader().unwrap();
    let read = reader.findings().unwrap();
    assert_eq!(read.len(), findings.len());
    for (number, (read, written)) in read.iter().zip(&findings).enumerate() {
        assert_eq!((read.number, read.code), (number as u64, written.code));
        assert_eq!(
            (&read.place, &read.message),
            (&written.place, &written.message)
        );
        assert_eq!(read.verdict, written.verdict.map(Verdict::word));
    }
    assert_eq!(reader.findings_of(id(file, 7)).unwrap(), read[..1]);
    assert_eq!(reader.findings_of(id(file, 6)).unwrap(), []);
}

#[test]
fn a_judgement_that_does_not_fit_the_records_is_refused_and_the_old_one_stays() {
    let (_folder, _path, mut case) = new_case();
    let file = import(&mut case, &[("a", &ten())], 4)[0];
    let good = Outcome {
        spans: vec![span(file, 0, 9, Verdict::INTACT, 0)],
        streams: vec![stream("x")],
        ..Outcome::default()
    };
    case.replace_judgement(&good, &entry("verify", 5)).unwrap();
    let strange = "a verdict of records that are not in the case";
    let v = Verdict::UNPROVEN;
    let cases = [
        (
            vec![span(file, 0, 5, v, 0), span(file, 5, 6, v, 0)],
            "two verdicts for one record",
        ),
        (vec![span(file, 4, 10, v, 0)], strange),
        (vec![span(file, 4, 3, v, 0)], strange),
        (vec![span(FileId(9), 0, 0, v, 0)], strange),
        (vec![span(file, 0, 0, v, 1)], strange),
        (vec![span(file, 1 << 32, 1 << 32, v, 0)], strange),
    ];
    for (spans, why) in cases {
        let outcome = Outcome {
            spans,
            streams: vec![stream("x")],
            ..Outcome::default()
        };
        let refused = case.replace_judgement(&outcome, &entry("verify", 6));
        assert_eq!(refused, Err(StoreError::Bug(why.into())));
    }
    assert_eq!(words(&case), [Word::Intact; 10]);
    assert_eq!(acts(&case), ["create", "import", "verify"]);
}

#[test]
fn a_record_is_found_by_its_number_in_a_stream() {
    let (_folder, _path, mut case) = new_case();
    let numbers = [
        Some(0),
        Some(1),
        Some(1),
        None,
        Some(7),
        Some(u64::MAX),
        Some(5),
    ];
    let records: Vec<Made> = numbers
        .iter()
        .map(|&seq| Made {
            seq,
            ..made(0, &[])
        })
        .collect();
    let file = import(&mut case, &[("a", &records)], 3)[0];
    let outcome = Outcome {
        spans: vec![
            span(file, 0, 3, Verdict::UNPROVEN, 0),
            span(file, 4, 5, Verdict::UNPROVEN, 1),
        ],
        streams: vec![stream("x'"), stream("y")],
        ..Outcome::default()
    };
    case.replace_judgement(&outcome, &entry("verify", 5))
        .unwrap();
    let reader = case.reader().unwrap();
    let found = |stream, number| {
        reader
            .numbered(stream, number)
            .unwrap()
            .map(|record: RecordId| record.ordinal)
    };
    assert_eq!(found("x'", 0), Some(0));
    assert_eq!(found("x'", 1), Some(1));
    assert_eq!(found("y", 7), Some(4));
    assert_eq!(found("y", u64::MAX), Some(5));
    for (stream, number) in [("x'", 7), ("y", 5), ("y", 1), ("z", 0), ("x'", 3)] {
        assert_eq!(found(stream, number), None);
    }
}

#[test]
fn every_change_of_the_case_has_its_own_generation() {
    let (_folder, _path, mut case) = new_case();
    let reader = case.reader().unwrap();
    let mut seen = vec![reader.generation().unwrap()];
    let mut changed = |reader: &crate::Reader| {
        let now = reader.another().unwrap().generation().unwrap();
        assert_eq!(reader.generation(), Ok(now));
        assert!(seen.iter().all(|before| *before < now), "{seen:?} {now}");
        seen.push(now);
    };
    import(&mut case, &[("a", &ten())], 4);
    changed(&reader);
    case.replace_judgement(&Outcome::default(), &entry("verify", 5))
        .unwrap();
    changed(&reader);
    let mut writer = case.begin_import(&by(6)).unwrap();
    writer.begin_path("/b").unwrap();
    write_file(&mut writer, "b", &ten(), 4).unwrap();
    writer.reader().unwrap();
    changed(&reader);
    writer.abandon(&entry("import-cancelled", 7)).unwrap();
    changed(&reader);
}
