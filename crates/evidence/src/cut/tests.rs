//! Whole files through the cutter.

use super::*;
use crate::json::samples::archive;
use proptest::prelude::*;

/// What a file gave, its batches put together.
#[derive(Debug, PartialEq, Eq, Default)]
struct Cut {
    /// Offset and bytes of each record.
    records: Vec<(u64, Vec<u8>)>,
    /// Offset, length and reason of each rejected range; those that continue are one.
    rejected: Vec<(u64, u64, String)>,
}

impl Cut {
    fn texts(&self) -> Vec<&str> {
        self.records
            .iter()
            .map(|(_, bytes)| std::str::from_utf8(bytes).expect("UTF-8"))
            .collect()
    }

    fn reasons(&self) -> Vec<(u64, u64, &str)> {
        self.rejected
            .iter()
            .map(|(offset, len, reason)| (*offset, *len, &**reason))
            .collect()
    }
}

/// Gives a few bytes at a time: as many as the pattern says, again and again.
struct Trickle<'a> {
    bytes: &'a [u8],
    pattern: Vec<usize>,
    turn: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let turn = self
            .pattern
            .get(self.turn % self.pattern.len().max(1))
            .copied();
        self.turn += 1;
        let count = turn
            .unwrap_or(usize::MAX)
            .min(self.bytes.len())
            .min(buffer.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

/// Puts a cutter's batches together and holds them against what must hold of every file.
fn collect(mut cutter: Cutter<impl Read>, bytes: &[u8]) -> Cut {
    let mut cut = Cut::default();
    let (mut offset, mut ordinal) = (0, 0);
    while let Some(batch) = cutter.next_batch().expect("no reader fails") {
        assert!(!batch.bytes.is_empty());
        assert_eq!(batch.offset, offset, "batches follow one another");
        assert_eq!(batch.first_ordinal, ordinal, "ordinals go on");
        let here = &bytes[offset as usize..];
        assert!(
            here.starts_with(&batch.bytes),
            "batches are the file's bytes"
        );
        let mut ranges: Vec<_> = batch.records.clone();
        assert!(ranges.is_sorted());
        assert!(batch.rejected.is_sorted_by_key(|rejected| rejected.start));
        ranges.extend(
            batch
                .rejected
                .iter()
                .map(|rejected| (rejected.start, rejected.len)),
        );
        ranges.sort_unstable();
        for pair in ranges.windows(2) {
            assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:?} overlap");
        }
        let end = ranges.last().map_or(0, |(start, len)| start + len);
        assert!(end as usize <= batch.bytes.len());
        cut.records.extend(
            batch
                .iter()
                .map(|(_, offset, bytes)| (offset, bytes.to_vec())),
        );
        for rejected in batch.rejected {
            let (start, len) = (offset + u64::from(rejected.start), u64::from(rejected.len));
            match cut.rejected.last_mut() {
                Some((last, count, reason))
                    if *last + *count == start && *reason == rejected.reason =>
                {
                    *count += len;
                }
                _ => cut.rejected.push((start, len, rejected.reason)),
            }
        }
        offset += batch.bytes.len() as u64;
        ordinal += batch.records.len() as u64;
    }
    assert_eq!(offset, bytes.len() as u64, "no byte is lost");
    assert!(
        cutter.next_batch().expect("no reader fails").is_none(),
        "the end stays the end"
    );
    cut
}

fn cut(kind: Kind, bytes: &[u8]) -> Cut {
    collect(Cutter::new(kind, bytes, &Limits::default()), bytes)
}

fn cut_limited(kind: Kind, record_bytes: usize, bytes: &[u8]) -> Cut {
    let limits = Limits {
        record_bytes,
        ..Limits::default()
    };
    collect(Cutter::new(kind, bytes, &limits), bytes)
}

const CUT_KINDS: [Kind; 5] = [
    Kind::BundleStream,
    Kind::Receipts,
    Kind::CloudTrailLog,
    Kind::KubernetesAudit,
    Kind::VaultAudit,
];

const LOGS: [Kind; 3] = [Kind::CloudTrailLog, Kind::KubernetesAudit, Kind::VaultAudit];

#[test]
fn an_empty_file_has_no_batch() {
    for kind in CUT_KINDS {
        assert_eq!(cut(kind, b""), Cut::default());
    }
}

#[test]
fn every_line_of_a_sealed_stream_is_a_record() {
    let text = "{\"v\":1}\n\nnot json\r\n  \n[1]\n\u{feff}\nlast";
    let cut = cut(Kind::BundleStream, text.as_bytes());
    assert_eq!(
        cut.texts(),
        [
            "{\"v\":1}",
            "",
            "not json\r",
            "  ",
            "[1]",
            "\u{feff}",
            "last"
        ]
    );
    assert_eq!(cut.reasons(), []);
}

#[test]
fn only_a_last_empty_rest_is_no_line() {
    assert_eq!(cut(Kind::BundleStream, b"a\n").texts(), ["a"]);
    assert_eq!(cut(Kind::BundleStream, b"a\n\n").texts(), ["a", ""]);
    assert_eq!(cut(Kind::BundleStream, b"\n").texts(), [""]);
    assert_eq!(cut(Kind::BundleStream, b"a").texts(), ["a"]);
    assert_eq!(
        cut(Kind::BundleStream, b"{\n\"a\":1}").texts(),
        ["{", "\"a\":1}"]
    );
}

#[test]
fn every_line_of_receipts_that_is_not_blank_is_a_record() {
    let cut = cut(Kind::Receipts, b"{\"a\":1}\n\n \r\nnot json\n{\"b\":\n");
    assert_eq!(cut.texts(), ["{\"a\":1}", "not json", "{\"b\":"]);
    assert_eq!(cut.reasons(), []);
}

#[test]
fn a_header_row_does_not_become_an_event() {
    let text = b"time,user\n{\"a\":1}\n\n  {\"b\":2} \r\n[3]\n{\"c\":\n{\"d\":4}\n{\"e\":";
    for kind in LOGS {
        let cut = cut(kind, text);
        assert_eq!(cut.texts(), ["{\"a\":1}", "  {\"b\":2} \r", "{\"d\":4}"]);
        assert_eq!(
            cut.reasons(),
            [
                (0, 9, reason::LINE_NOT_OBJECT),
                (31, 3, reason::LINE_NOT_OBJECT),
                (35, 5, reason::LINE_NOT_OBJECT),
                (49, 5, reason::ENDS_IN_RECORD),
            ]
        );
    }
}

#[test]
fn a_byte_order_mark_is_structure_where_nothing_is_sealed_line_by_line() {
    for kind in [Kind::Receipts, Kind::VaultAudit, Kind::CloudTrailLog] {
        for text in [
            "\u{feff}{\"a\":1}\n",
            "\u{feff}[{\"a\":1}]",
            "\u{feff}{\"a\":1}",
        ] {
            let cut = cut(kind, text.as_bytes());
            assert_eq!(
                (cut.texts(), cut.reasons()),
                (vec!["{\"a\":1}"], vec![]),
                "{text}"
            );
        }
    }
}

#[test]
fn the_elements_of_a_document_are_its_records() {
    let one = r#"{"a":"]}\"","Records":[{}],"items":[[]]}"#;
    let two = "{\n  \"b\": {\"items\": [1, 2]}\n}";
    for (kind, text) in [
        (
            Kind::CloudTrailLog,
            format!(r#"{{"Records":[{one},{two}]}}"#),
        ),
        (
            Kind::CloudTrailLog,
            format!("{{\n \"x\" : [1],\n \"Records\" :\n [ {one} ,\n {two} ]\n}}\n"),
        ),
        (
            Kind::CloudTrailLog,
            format!(r#"{{"Records":[{one}],"n":["Records"],"Records":[{two}]}}"#),
        ),
        (
            Kind::CloudTrailLog,
            format!("{{\"Records\":[{one}]}}\n{{\"Records\":[{two}]}}\n"),
        ),
        (
            Kind::CloudTrailLog,
            format!("{{\"Records\":[{one}]}}{{\"Records\":[]}}[{two}]"),
        ),
        (Kind::CloudTrailLog, format!("[{one},{two}]")),
        (Kind::CloudTrailLog, format!("[{one}]\n[{two}]\n")),
        (
            Kind::KubernetesAudit,
            format!(r#"{{"kind":"EventList","items":[{one},{two}]}}"#),
        ),
        (Kind::KubernetesAudit, format!("[\n{one},\n{two}\n]\n")),
        (Kind::VaultAudit, format!("[{one},{two}]")),
        (
            Kind::VaultAudit,
            format!("{two}\n{one}").replace(two, "") + two,
        ),
        (Kind::Receipts, format!("{one}{two}")),
        (Kind::Receipts, format!("[{one},{two}]")),
    ] {
        let cut = cut(kind, text.as_bytes());
        assert_eq!(
            (cut.texts(), cut.reasons()),
            (vec![one, two], vec![]),
            "{text}"
        );
    }
}

#[test]
fn a_root_object_is_one_record() {
    let pretty = "{\n  \"kind\": \"Event\",\n  \"o\": {\"Records\": [{}], \"items\": [{}]}\n}";
    for kind in [
        Kind::Receipts,
        Kind::CloudTrailLog,
        Kind::KubernetesAudit,
        Kind::VaultAudit,
    ] {
        let cut = cut(kind, format!("\n{pretty}\r\n\n").as_bytes());
        assert_eq!((cut.texts(), cut.reasons()), (vec![pretty], vec![]));
        let two = format!("{pretty}\n{pretty}\n");
        assert_eq!(
            super::tests::cut(kind, two.as_bytes()).texts(),
            [pretty, pretty]
        );
    }
    // Only CloudTrail has Records, and only at the root.
    let text = "{\"Records\":\n[{}]}";
    assert_eq!(cut(Kind::VaultAudit, text.as_bytes()).texts(), [text]);
    assert_eq!(cut(Kind::Receipts, text.as_bytes()).texts(), [text]);
    let text = "{\"Records\":\n{\"a\":[{}]}}";
    assert_eq!(cut(Kind::CloudTrailLog, text.as_bytes()).texts(), [text]);
}

#[test]
fn elements_that_are_no_objects_are_rejected() {
    let cut = cut(
        Kind::VaultAudit,
        br#"[ 12,{"a":1},null, "x{\"]" ,[{"b":[2]}],{"c":3} }:x]"#,
    );
    assert_eq!(cut.texts(), [r#"{"a":1}"#, r#"{"c":3}"#]);
    assert_eq!(
        cut.reasons(),
        [
            (2, 2, reason::ELEMENT_NOT_OBJECT),
            (13, 4, reason::ELEMENT_NOT_OBJECT),
            (19, 7, reason::ELEMENT_NOT_OBJECT),
            (28, 11, reason::ELEMENT_NOT_OBJECT),
            (48, 3, reason::ELEMENT_NOT_OBJECT),
        ]
    );
}

#[test]
fn bytes_after_the_end_of_a_document_are_rejected() {
    let cut = |text: &str| super::tests::cut(Kind::CloudTrailLog, text.as_bytes());
    let text = "{\"Records\":[{\"a\":1}]}]xyz {}\n\n  {\"b\":2},\n{\"c\":3}\0";
    assert_eq!(cut(text).texts(), ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]);
    assert_eq!(
        cut(text).reasons(),
        [
            (21, 11, reason::AFTER_END),
            (39, 1, reason::AFTER_END),
            (48, 1, reason::AFTER_END),
        ]
    );
    assert_eq!(cut("[] x").reasons(), [(3, 1, reason::AFTER_END)]);
    assert_eq!(cut("x\n[{\"a\":1}]").reasons(), [(0, 2, reason::NOT_JSON)]);
}

#[test]
fn a_file_that_ends_too_early_says_so() {
    let reasons = |kind, text: &str| {
        let cut = cut(kind, text.as_bytes());
        let reasons = cut.rejected;
        (cut.records.len(), reasons)
    };
    let said = |at, len, why: &str| vec![(at, len, why.to_string())];
    let log = Kind::CloudTrailLog;
    assert_eq!(
        reasons(log, "[{},{\"a\":[1"),
        (1, said(4, 7, reason::ENDS_IN_RECORD))
    );
    assert_eq!(
        reasons(log, "{\"Records\":[{},{}"),
        (2, said(17, 0, reason::ENDS_IN_DOCUMENT))
    );
    assert_eq!(
        reasons(log, "{\"Records\":[{}]"),
        (1, said(15, 0, reason::ENDS_IN_DOCUMENT))
    );
    assert_eq!(
        reasons(log, "{\"Records\":[{}],\"x"),
        (1, said(18, 0, reason::ENDS_IN_DOCUMENT))
    );
    assert_eq!(
        reasons(log, "{\"Records\":["),
        (0, said(12, 0, reason::ENDS_IN_DOCUMENT))
    );
    assert_eq!(
        reasons(log, "{\"Recor"),
        (0, said(0, 7, reason::ENDS_IN_RECORD))
    );
    assert_eq!(
        reasons(log, "{\n\"a\":1"),
        (0, said(0, 7, reason::ENDS_IN_RECORD))
    );
    assert_eq!(
        reasons(log, "[{}"),
        (1, said(3, 0, reason::ENDS_IN_DOCUMENT))
    );
    assert_eq!(reasons(log, "["), (0, said(1, 0, reason::ENDS_IN_DOCUMENT)));
}

#[test]
fn a_damaged_record_does_not_drop_those_that_follow() {
    // A quotation mark is gone from the second of four.
    let pretty = "[\n  {\n    \"a\": \"1\"\n  },\n  {\n    \"a\": \"2\n  },\n  {\n    \"a\": \"3\"\n  }\n]\n";
    let cut = super::tests::cut(Kind::CloudTrailLog, pretty.as_bytes());
    assert_eq!(
        cut.texts(),
        ["{\n    \"a\": \"1\"\n  }", "{\n    \"a\": \"3\"\n  }"]
    );
    assert_eq!(cut.reasons(), [(26, 21, reason::BROKEN_STRING)]);
    assert_eq!(&pretty[26..47], "{\n    \"a\": \"2\n  },\n  ");

    let lines =
        "{\"Records\":[{\"a\":1}]}\n{\"Records\":[{\"a\":\"2}]}\n{\"Records\":[{\"a\":3}]}\n";
    let cut = super::tests::cut(Kind::CloudTrailLog, lines.as_bytes());
    assert_eq!(cut.texts(), ["{\"a\":1}", "{\"a\":3}"]);
    assert_eq!(cut.reasons(), [(34, 11, reason::BROKEN_STRING)]);
}

#[test]
fn a_record_over_the_limit_is_rejected_and_the_rest_is_read() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(92));
    let longer = format!("{{\"a\":\"{}\"}}", "x".repeat(93));
    assert_eq!((long.len(), longer.len()), (100, 101));
    let why = "longer than a record may be (100 bytes)";
    for kind in CUT_KINDS
        .into_iter()
        .filter(|kind| *kind != Kind::BundleStream)
    {
        let text = format!("{{}}\n{longer}\n{long}\n");
        let cut = cut_limited(kind, 100, text.as_bytes());
        assert_eq!(
            (cut.texts(), cut.reasons()),
            (vec!["{}", &long], vec![(3, 101, why)])
        );
    }
    for kind in LOGS {
        let text = format!("[{{}},{longer},{long}]");
        let cut = cut_limited(kind, 100, text.as_bytes());
        assert_eq!(
            (cut.texts(), cut.reasons()),
            (vec!["{}", &long], vec![(4, 101, why)])
        );
    }
    let text = format!("{{\n\"x\":{longer},\n\"Records\":[{{}}]}}");
    let cut = cut_limited(Kind::CloudTrailLog, 100, text.as_bytes());
    assert_eq!(
        (cut.texts(), cut.reasons()),
        (vec!["{}"], vec![(0, 120, why)])
    );
}

#[test]
fn a_line_of_a_sealed_stream_over_the_limit_keeps_its_place() {
    let (placed, rejected) = ("x".repeat(400), "x".repeat(401));
    let text = format!("{{}}\n{placed}\n{rejected}\n{{}}\n");
    let cut = cut_limited(Kind::BundleStream, 100, text.as_bytes());
    let why = "longer than a record may be (400 bytes)";
    assert_eq!(
        (cut.texts(), cut.reasons()),
        (vec!["{}", &placed, "{}"], vec![(404, 401, why)])
    );
}

/// Cuts a file with one overlong record between two short ones; a `Read` of it is not in memory.
fn rejects_in_bounded_memory(kind: Kind, before: &str, len: u64, after: &str) {
    let file = before
        .as_bytes()
        .chain(io::repeat(b'x').take(len))
        .chain(after.as_bytes());
    let limits = Limits {
        record_bytes: 1 << 20,
        ..Limits::default()
    };
    let mut cutter = Cutter::new(kind, file, &limits);
    let (mut rejected, mut records, mut longest) = (0, 0, 0);
    while let Some(batch) = cutter.next_batch().expect("no reader fails") {
        rejected += batch
            .rejected
            .iter()
            .map(|rejected| u64::from(rejected.len))
            .sum::<u64>();
        records += batch.records.len();
        longest = longest.max(batch.bytes.capacity());
    }
    assert_eq!(records, 2, "{kind:?}");
    assert!((len..len + 16).contains(&rejected), "{kind:?}: {rejected}");
    // A record and one read more; a line of a stream may be four times as long.
    let bound = if kind == Kind::BundleStream { 12 } else { 4 } << 20;
    assert!(longest <= bound, "{kind:?}: {longest}");
}

/// The hazard was a line of 2 GiB; what is kept of it does not depend on its length.
#[test]
fn one_endless_json_line_does_not_fill_the_memory() {
    rejects_in_bounded_memory(Kind::BundleStream, "{}\n", 256 << 20, "\n{}\n");
    rejects_in_bounded_memory(Kind::VaultAudit, "{}\n{", 16 << 20, "\n{}\n");
    rejects_in_bounded_memory(Kind::CloudTrailLog, "[{},{\"a\":\"", 16 << 20, "\"},{}]");
    rejects_in_bounded_memory(Kind::KubernetesAudit, "[{},12", 16 << 20, ",{}]");
}

#[test]
fn a_document_nested_100_000_deep_is_one_record() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for kind in LOGS {
        assert_eq!(
            cut(kind, format!("[{deep},\n{deep}]").as_bytes()).texts(),
            [&deep, &deep]
        );
        assert_eq!(cut(kind, deep.as_bytes()).texts(), [&deep]);
    }
}

#[test]
fn batches_hold_whole_records_up_to_their_size() {
    let line = format!("{{\"a\":\"{}\"}}\n", "é".repeat(300));
    let text = line.repeat(3000);
    for kind in CUT_KINDS {
        let mut cutter = Cutter::new(kind, text.as_bytes(), &Limits::default());
        let mut sizes = Vec::new();
        while let Some(batch) = cutter.next_batch().expect("no reader fails") {
            assert_eq!(batch.bytes.len() / line.len(), batch.records.len());
            sizes.push(batch.bytes.len());
        }
        let last = sizes.pop().expect("batches");
        assert!(last <= BATCH_BYTES);
        assert!(
            sizes
                .iter()
                .all(|size| (BATCH_BYTES - line.len()..=BATCH_BYTES).contains(size))
        );
    }
}

#[test]
fn a_longer_record_makes_a_longer_batch() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(3 << 20));
    for text in [
        format!("{{}}\n{long}\n{{}}\n"),
        format!("[{{}},{long},{{}}]"),
    ] {
        let cut = cut(Kind::CloudTrailLog, text.as_bytes());
        assert_eq!(
            (cut.texts(), cut.reasons()),
            (vec!["{}", &*long, "{}"], vec![])
        );
    }
}

#[test]
fn a_kind_without_records_is_structure() {
    for kind in [
        Kind::BundleManifest,
        Kind::CloudTrailDigest,
        Kind::ReceiptsDatabase,
        Kind::Unknown,
    ] {
        assert_eq!(cut(kind, &b"{}\n".repeat(200_000)), Cut::default());
    }
}

#[test]
fn a_reader_that_fails_loses_nothing() {
    struct Fails<'a>(&'a [u8], bool);
    impl Read for Fails<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                Err(io::ErrorKind::TimedOut.into())
            } else {
                self.0
                    .take(5)
                    .read(buffer)
                    .inspect(|n| self.0 = &self.0[*n..])
            }
        }
    }
    let text = b"{\"a\":1}\n{\"b\":2}\n";
    let mut cutter = Cutter::new(Kind::VaultAudit, Fails(text, false), &Limits::default());
    let mut failed = 0;
    let batch = loop {
        match cutter.next_batch() {
            Ok(batch) => break batch.expect("a batch"),
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::TimedOut),
        }
        failed += 1;
    };
    assert_eq!(
        (batch.bytes.as_slice(), batch.records.len()),
        (&text[..], 2)
    );
    assert_eq!(failed, 5);
}

/// Objects as they might stand in a file, each with bytes that could mislead.
fn object() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("1".to_string()),
        Just(r#""}]{[,""#.to_string()),
        Just(r#""\"\\""#.to_string()),
        Just("\"é😂\"".to_string()),
        Just(r#"{"Records":[{"x":1}],"items":[]}"#.to_string()),
        Just("[[{}],\n \"\"]".to_string()),
        "[a-z]{0,40}".prop_map(|text| format!("\"{text}\"")),
    ];
    prop::collection::vec(
        (
            prop::sample::select(vec!["a", "Record", "itemsx", "\\u0041", ""]),
            value,
        ),
        0..4,
    )
    .prop_map(|members| {
        let members: Vec<_> = members
            .iter()
            .map(|(k, v)| format!("\"{k}\":{v}"))
            .collect();
        format!("{{{}}}", members.join(", "))
    })
}

/// A file of these objects in some layout that its kind may have.
fn laid_out() -> impl Strategy<Value = (Kind, Vec<String>, String)> {
    let kinds = prop::sample::select(CUT_KINDS[1..].to_vec());
    (kinds, prop::collection::vec(object(), 1..12), 0..6, "[ \n\t\r]{0,3}").prop_map(
        |(kind, objects, layout, space)| {
            let joined = |between: &str| objects.join(&format!("{space}{between}{space}"));
            let one_line: Vec<_> = objects.iter().map(|o| o.replace('\n', "")).collect();
            let member = match kind {
                Kind::CloudTrailLog => "Records",
                Kind::KubernetesAudit => "items",
                _ => "",
            };
            match layout {
                0 => (kind, one_line.clone(), one_line.join("\n") + "\n"),
                1 => (kind, one_line.clone(), one_line.join("\n\n")),
                2 if !member.is_empty() => {
                    let text = format!("{{{space}\"v\":[{{}}],\"{member}\"{space}:{space}[{space}{}]{space},\"w\":{{}}}}{space}", joined(","));
                    (kind, objects, text)
                }
                3 if !member.is_empty() => {
                    let text = objects.iter().map(|o| format!("{{\"{member}\":[{space}{o}]}}\n")).collect();
                    (kind, objects, text)
                }
                // One after the other, the first of them not alone on its line.
                4 => {
                    let text = format!("{}{{ }}{space}", objects.concat());
                    (kind, objects.into_iter().chain(["{ }".to_string()]).collect(), text)
                }
                _ => {
                    let text = format!("{space}[{space}{}{space}]{space}", joined(","));
                    (kind, objects, text)
                }
            }
        },
    )
}

fn pattern() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..=7, 0..8)
}

proptest! {
    #[test]
    fn every_record_is_found_in_whatever_pieces_the_file_comes(
        (kind, records, text) in laid_out(),
        pattern in pattern(),
        batch in 2_usize..600,
    ) {
        let reader = Trickle { bytes: text.as_bytes(), pattern, turn: 0 };
        let sizes = Sizes { record: 1 << 20, batch };
        let cut = collect(Cutter::sized(kind, reader, sizes), text.as_bytes());
        let lines = cut.texts().into_iter().map(|text| text.trim().to_string()).collect::<Vec<_>>();
        prop_assert_eq!(lines, records, "{}", text);
        prop_assert_eq!(cut.reasons(), []);
    }

    #[test]
    fn lines_of_a_stream_are_those_between_line_feeds(
        bytes in prop::collection::vec(prop::sample::select(b"\n\n\r {}x\xff".to_vec()), 0..80),
        pattern in pattern(),
        batch in 2_usize..40,
    ) {
        let reader = Trickle { bytes: &bytes, pattern, turn: 0 };
        let sizes = Sizes { record: 1 << 20, batch };
        let cut = collect(Cutter::sized(Kind::BundleStream, reader, sizes), &bytes);
        let mut lines: Vec<_> = bytes.split(|&c| c == b'\n').map(<[u8]>::to_vec).collect();
        lines.pop_if(|line| line.is_empty());
        let records: Vec<_> = cut.records.into_iter().map(|(_, bytes)| bytes).collect();
        prop_assert_eq!(records, lines);
    }

    /// What `collect` holds every file to, on files of any bytes; and neither the size of reads nor
    /// that of batches nor the reader's mood changes what a byte is.
    #[test]
    fn any_bytes_are_cut_alike_in_any_pieces(
        kind in prop::sample::select(CUT_KINDS.to_vec()),
        text in "(\\[|\\]|\\{|\\}|\"|,|:|\\\\|\n|  |\"Records\":\\[|\"items\":\\[|a|\u{e9}|\\{\"a\":1\\}){0,60}",
        pattern in pattern(),
        batch in 2_usize..60,
        record in 1_usize..60,
    ) {
        let bytes = text.as_bytes();
        let whole = collect(Cutter::sized(kind, bytes, Sizes { record, batch: 1 << 20 }), bytes);
        let reader = Trickle { bytes, pattern, turn: 0 };
        let pieces = collect(Cutter::sized(kind, reader, Sizes { record, batch }), bytes);
        prop_assert_eq!(&whole, &pieces);
        for (_, bytes) in &whole.records {
            prop_assert!(bytes.len() <= record);
            if LOGS.contains(&kind) {
                let bytes = bytes.trim_ascii();
                let object = bytes.starts_with(b"{") && bytes.ends_with(b"}");
                prop_assert!(object, "{:?}", bytes);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        kind in prop::sample::select(CUT_KINDS.to_vec()),
        bytes: Vec<u8>,
        batch in 2_usize..60,
    ) {
        collect(Cutter::sized(kind, &bytes[..], Sizes { record: 30, batch }), &bytes);
    }
}

/// Records of all files of an archive whose path passes. Nothing may be rejected.
fn count(files: &[(String, Vec<u8>)], kind: Kind, of: impl Fn(&str) -> bool) -> usize {
    let mut count = 0;
    for (path, bytes) in files.iter().filter(|(path, _)| of(path)) {
        let cut = cut(kind, bytes);
        assert_eq!(cut.reasons(), [], "{path}");
        count += cut.records.len();
        let mut pieces = Cut::default();
        for (_, record) in &cut.records {
            assert!(crate::json::read(record, 128).is_ok(), "{path}");
            pieces.records.push((0, record.clone()));
        }
        let reader = Trickle {
            bytes,
            pattern: vec![3, 1, 7],
            turn: 0,
        };
        let sizes = Sizes {
            record: 16 << 20,
            batch: 4096,
        };
        assert_eq!(
            collect(Cutter::sized(kind, reader, sizes), bytes),
            cut,
            "{path}"
        );
    }
    count
}

#[test]
fn real_cloudtrail_files() {
    let Some(files) = archive("cloudtrail-invictus.tar.gz") else {
        return;
    };
    assert_eq!(
        count(&files, Kind::CloudTrailLog, |path| path.ends_with(".json")),
        2_900
    );
    let Some(files) = archive("cloudtrail-stratus.tar.gz") else {
        return;
    };
    assert_eq!(
        count(&files, Kind::CloudTrailLog, |path| path.ends_with(".json")),
        310
    );
    let Some(files) = archive("panther.tar.gz") else {
        return;
    };
    let lines = |path: &str| path == "panther/AWS.CloudTrail.jsonl";
    assert_eq!(count(&files, Kind::CloudTrailLog, lines), 475);
    let lines = |path: &str| path == "panther/Amazon.EKS.Audit.jsonl";
    assert_eq!(count(&files, Kind::KubernetesAudit, lines), 188);
}

#[test]
fn real_kubernetes_files() {
    let Some(files) = archive("kubernetes.tar.gz") else {
        return;
    };
    // fal_01_003.json is `{"kind": 0}`: no event, and the file would not be taken for a log.
    let falco = |path: &str| {
        path.contains("/falco/") && path.ends_with(".json") && !path.ends_with("fal_01_003.json")
    };
    assert_eq!(count(&files, Kind::KubernetesAudit, falco), 51);
    assert_eq!(
        count(&files, Kind::KubernetesAudit, |path| path
            .ends_with("demo.log")),
        37
    );
}

#[test]
fn real_openbao_log() {
    use std::io::Read as _;
    let Some(files) = archive("openbao.tar.gz") else {
        return;
    };
    let (_, gzip) = files
        .iter()
        .find(|(path, _)| path.ends_with(".gz"))
        .expect("the log");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&gzip[..])
        .read_to_end(&mut bytes)
        .expect("gzip");
    assert_eq!(
        count(&[(String::new(), bytes)], Kind::VaultAudit, |_| true),
        15_047
    );
}

#[test]
fn real_receipts() {
    let Some(files) = archive("agent-receipts.tar.gz") else {
        return;
    };
    let receipts = |path: &str| path.ends_with("receipt.json") || path.contains("chain-receipt-");
    assert_eq!(count(&files, Kind::Receipts, receipts), 9);
}
