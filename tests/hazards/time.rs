//! Times are shown as they are asserted, or not at all.

use std::fmt::Write as _;
use tests::{import_files, kubernetes_event, rows};
use workbench::Limits;

/// 2026-06-12T02:00:00Z in microseconds, by `date -ud … +%s`.
const TWO: i64 = 1_781_229_600_000_000;

fn times(times: &[&str]) -> (Vec<Option<i64>>, Option<i64>, Option<i64>) {
    let mut log = String::new();
    for (id, time) in times.iter().enumerate() {
        let _ = writeln!(log, "{}", kubernetes_event(id, time, "a"));
    }
    let (_dir, case, summary) = import_files(&[("audit.jsonl", log.as_bytes())], Limits::default());
    assert_eq!(summary.records.total, times.len() as u64);
    let source = &summary.sources[0];
    let mut rows = rows(&case, "");
    rows.sort_by_key(|row| row.id.ordinal);
    (
        rows.iter().map(|row| row.time).collect(),
        source.earliest,
        source.latest,
    )
}

#[test]
fn an_undated_row_borrowed_its_neighbour_s_time() {
    let mut log = String::new();
    for (id, time) in ["2026-06-12T02:00:00Z", "soon", "2026-06-12T02:00:02Z"]
        .iter()
        .enumerate()
    {
        let _ = writeln!(log, "{}", kubernetes_event(id, time, "a"));
    }
    let (_dir, case, _) = import_files(&[("audit.jsonl", log.as_bytes())], Limits::default());
    let shown: Vec<_> = rows(&case, "")
        .iter()
        .map(|row| (row.id.ordinal, row.time))
        .collect();
    // It keeps its place, and has no time.
    assert_eq!(
        shown,
        [(0, Some(TWO)), (1, None), (2, Some(TWO + 2_000_000))]
    );
    // Nor is it found by a time that it does not have.
    let found: Vec<_> = rows(
        &case,
        "time>=2026-06-12T01:59:59Z time<2026-06-12T02:00:01Z",
    )
    .iter()
    .map(|row| row.id.ordinal)
    .collect();
    assert_eq!(found, [0]);
}

#[test]
fn a_local_time_was_read_as_utc() {
    let (read, earliest, latest) = times(&[
        "2026-06-12T02:00:00",
        "2026-06-12 02:00:00",
        "2026-06-12T04:00:00+02:00",
    ]);
    assert_eq!(read, [None, None, Some(TWO)]);
    assert_eq!((earliest, latest), (Some(TWO), Some(TWO)));
}

#[test]
fn a_missing_year_was_guessed() {
    let (read, earliest, latest) = times(&[
        "Jun 12 02:00:00",
        "06-12T02:00:00Z",
        "12/06 02:00:00Z",
        "26-06-12T02:00:00Z",
    ]);
    assert_eq!(read, [None; 4]);
    assert_eq!((earliest, latest), (None, None));
}

#[test]
fn first_and_last_seen_were_wrong_for_every_entry_because_rows_were_not_in_order() {
    let (read, earliest, latest) = times(&[
        "2026-06-12T02:00:05Z",
        "2026-06-12T02:00:09Z",
        "2026-06-12T02:00:00Z",
        "2026-06-12T02:00:03Z",
    ]);
    assert_eq!(
        read,
        [5, 9, 0, 3].map(|seconds| Some(TWO + seconds * 1_000_000))
    );
    assert_eq!((earliest, latest), (Some(TWO), Some(TWO + 9_000_000)));
}

#[test]
fn a_malformed_time_filter_matched_nothing_and_said_nothing() {
    let event = kubernetes_event(0, "2026-06-12T02:00:00Z", "a");
    let (_dir, case, _) = import_files(
        &[("audit.jsonl", format!("{event}\n").as_bytes())],
        Limits::default(),
    );
    let session = workbench::Session::open_to_read(&case, tests::desk()).unwrap();
    for query in [
        "time>=2026-06-12",
        "time>=yesterday",
        "time:02:00",
        "time<2026-06-12T02:00:00",
    ] {
        let filter = workbench::api::TimelineFilter {
            query: query.into(),
            ..Default::default()
        };
        let failure = session.timeline(&filter, 0, 10).unwrap_err();
        assert_eq!(
            (failure.code, failure.fault),
            ("query", workbench::Fault::Request),
            "{query}"
        );
    }
}
