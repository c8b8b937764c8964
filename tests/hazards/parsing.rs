//! What cannot be read: never dropped, never counted as covered, never at its neighbours' cost.

use crate::text::line;
use scenario::Size;
use std::fmt::Write as _;
use tests::{Site, import_files, kubernetes_event, rows};
use workbench::Limits;
use workbench::api::{Summary, Word};

const TIME: &str = "2026-06-12T02:11:46.902113Z";

fn codes<'a>(summary: &'a Summary, code: &str) -> Vec<&'a workbench::api::FindingView> {
    summary
        .findings
        .iter()
        .filter(|finding| finding.code == code)
        .collect()
}

#[test]
fn files_that_failed_to_parse_were_dropped_and_their_period_counted_as_covered() {
    let site = Site::lay(Size {
        cloudtrail: Size::small().cloudtrail,
        ..Size::none()
    });
    let sound = site.import("sound.exhibit");
    let covered = |summary: &Summary| codes(summary, "period-uncovered").len();
    // A sealed log that is no longer gzip, let alone JSON.
    let victim = sound
        .sources
        .iter()
        .find(|source| source.role == "log" && source.verdict == Word::Verified)
        .unwrap();
    let (path, records) = (victim.path.clone(), victim.records);
    site.change(&path, |bytes| bytes[..bytes.len() / 2].to_vec());
    let summary = site.import("damaged.exhibit");
    let there = summary
        .sources
        .iter()
        .find(|source| source.path == path)
        .expect("the file is still listed");
    assert_eq!(there.verdict, Word::Contradicted);
    assert!(there.ledger.balanced && summary.ledger.balanced);
    assert!(there.records < records);
    let altered = codes(&summary, "file-altered");
    assert_eq!(
        altered
            .iter()
            .filter_map(|finding| finding.source.as_deref())
            .collect::<Vec<_>>(),
        [path.as_str()]
    );
    assert_eq!(
        summary.records.verified,
        sound.records.verified - records,
        "nothing of it is verified, and all else is"
    );
    assert_eq!(summary.verdict, Word::Contradicted);
    assert!(covered(&summary) >= covered(&sound));
}

#[test]
fn a_bundle_s_line_that_does_not_parse_keeps_its_place() {
    let site = Site::lay(Size {
        payments: 310,
        ..Size::none()
    });
    site.change("nhi-bundle/streams/payments.jsonl", |bytes| {
        let at = line(&bytes, 77);
        [&bytes[..at.start], b"{\"v\":1,", &bytes[at.end..]].concat()
    });
    let summary = site.import("case.exhibit");
    let stream = &summary.streams[0];
    assert_eq!(
        (stream.records, stream.first_seq, stream.last_seq),
        (310, Some(0), Some(309))
    );
    assert_eq!(
        rows(&site.at("case.exhibit"), "stream:example.com/payments").len(),
        310
    );
    let verified = |summary: &Summary| summary.records.verified;
    assert_eq!(verified(&summary), 309);
    assert_eq!(summary.records.contradicted, 1);
}

#[test]
fn a_bad_timestamp_dropped_the_9_999_good_rows_of_its_chunk() {
    let mut log = String::new();
    for id in 0..10_000 {
        let time = if id == 4_321 { "yesterday" } else { TIME };
        let _ = writeln!(log, "{}", kubernetes_event(id, time, "system:node:a"));
    }
    let (_dir, case, summary) = import_files(&[("audit.jsonl", log.as_bytes())], Limits::default());
    assert_eq!(summary.records.total, 10_000);
    let malformed = codes(&summary, "record-malformed");
    assert_eq!(
        malformed
            .iter()
            .map(|finding| finding.ordinal)
            .collect::<Vec<_>>(),
        [Some(4_321)]
    );
    let rows = rows(&case, "");
    assert_eq!(rows.len(), 10_000);
    assert_eq!(
        rows.iter()
            .filter(|row| row.time.is_none())
            .map(|row| row.id.ordinal)
            .collect::<Vec<_>>(),
        [4_321]
    );
}

#[test]
fn two_importers_of_one_file_gave_two_totals() {
    let site = Site::lay(Size {
        agents: 440,
        payments: 310,
        kubernetes: 240,
        ..Size::none()
    });
    let sound = site.import("folder.exhibit");
    assert_eq!(sound.records.total, site.truth.records.total);
    for name in [
        "evidence.zip",
        "evidence.tar",
        "evidence.tar.gz",
        "evidence.tar.zst",
    ] {
        scenario::pack::pack(&site.evidence(), &site.at(name)).unwrap();
        let packed = tests::import(
            &site.at(&format!("{name}.exhibit")),
            &site.at(name),
            &site.keys(),
        );
        assert_eq!(packed.records, sound.records, "{name}");
        assert_eq!(packed.ledger, sound.ledger, "{name}");
        assert_eq!(packed.streams, sound.streams, "{name}");
    }
}

#[test]
fn a_header_row_became_an_event() {
    let log = format!(
        "time,level,message\n{}\n",
        kubernetes_event(0, TIME, "system:node:a")
    );
    let (_dir, case, summary) = import_files(&[("audit.jsonl", log.as_bytes())], Limits::default());
    assert_eq!((summary.records.total, rows(&case, "").len()), (1, 1));
    assert_eq!(
        summary.ledger.bytes_rejected,
        "time,level,message".len() as u64
    );
    assert!(summary.ledger.balanced);
    assert_eq!(
        codes(&summary, "record-malformed")
            .iter()
            .map(|finding| finding.offset)
            .collect::<Vec<_>>(),
        [Some(0)]
    );
}

#[test]
fn integers_above_2_to_53_were_read_as_floats() {
    let exact = "18446744073709551615";
    let event = kubernetes_event(0, TIME, "system:node:a").replacen(
        "{\"",
        &format!("{{\"generation\":{exact},\""),
        1,
    );
    assert!(event.contains(exact));
    let (_dir, case, summary) = import_files(
        &[("audit.jsonl", format!("{event}\n").as_bytes())],
        Limits::default(),
    );
    assert!(
        codes(&summary, "record-malformed").is_empty(),
        "legal in this format"
    );
    let session = workbench::Session::open_to_read(&case, tests::desk()).unwrap();
    let view = session
        .record(workbench::api::RecordId {
            file: 1,
            ordinal: 0,
        })
        .unwrap();
    assert_eq!(view.raw, event);
}

#[test]
fn where_json_is_i_json_an_integer_above_2_to_53_is_malformed_though_its_seal_holds() {
    let site = Site::lay(Size {
        agents: 440,
        payments: 310,
        ..Size::none()
    });
    let expected =
        scenario::tamper::apply(&site.at(""), scenario::Tamper::LineHugeInteger).unwrap();
    let summary = site.import("case.exhibit");
    let malformed = codes(&summary, "record-malformed");
    assert_eq!(
        malformed
            .iter()
            .map(|finding| finding.seq)
            .collect::<Vec<_>>(),
        [expected.seq]
    );
    assert_eq!(malformed[0].verdict, Some(Word::Unproven));
}

#[test]
fn a_cut_through_a_multi_byte_character_aborted_the_run() {
    // A user of two, three and four bytes a character; the file ends inside each in turn.
    let event = kubernetes_event(0, TIME, "größe 東京 🦀");
    let whole = format!("{event}\n{event}");
    let begin = whole.rfind("größe").unwrap();
    for cut in begin..begin + "größe 東京 🦀".len() {
        let (_dir, case, summary) = import_files(
            &[("audit.jsonl", &whole.as_bytes()[..cut])],
            Limits::default(),
        );
        assert!(summary.ledger.balanced, "cut at {cut}");
        assert_eq!(
            rows(&case, "")[0].actor.as_deref(),
            Some("k8s:user:größe 東京 🦀")
        );
    }
    // And wherever the reader's own pieces end: the head that tells the format is 64 KiB.
    for shift in 0..4 {
        let user = format!("{}{}", "a".repeat(shift), "🦀".repeat(40_000));
        let [one, other] = [0, 1].map(|number| kubernetes_event(number, TIME, &user));
        let (_dir, case, summary) = import_files(
            &[("audit.jsonl", format!("{one}\n{other}\n").as_bytes())],
            Limits::default(),
        );
        assert_eq!(
            (
                summary.records.total,
                codes(&summary, "record-malformed").len()
            ),
            (2, 0),
            "shift {shift}"
        );
        assert_eq!(rows(&case, "").len(), 2);
    }
}

#[test]
fn one_json_line_of_2_gib_filled_the_memory() {
    let (good, long) = (
        kubernetes_event(0, TIME, "system:node:a"),
        kubernetes_event(1, TIME, &"x".repeat(100_000)),
    );
    let log = format!("{good}\n{long}\n{good}\n");
    let limits = Limits {
        record_bytes: 10_000,
        ..Limits::default()
    };
    let (_dir, _case, summary) = import_files(&[("audit.jsonl", log.as_bytes())], limits);
    assert_eq!(summary.records.total, 2);
    assert!(summary.ledger.balanced);
    assert_eq!(summary.ledger.bytes_rejected, long.len() as u64);
    assert_eq!(codes(&summary, "record-malformed").len(), 1);
}

#[test]
fn a_document_nested_100_000_deep_filled_the_memory() {
    let deep = format!(
        "{{\"kind\":\"Event\",\"auditID\":\"x\",\"stage\":\"Panic\",\"verb\":\"get\",\"deep\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let [one, other] = [0, 1].map(|number| kubernetes_event(number, TIME, "system:node:a"));
    let log = format!("{one}\n{deep}\n{other}\n");
    let (_dir, case, summary) = import_files(&[("audit.jsonl", log.as_bytes())], Limits::default());
    assert_eq!(summary.records.total, 3);
    assert_eq!(
        codes(&summary, "record-malformed")
            .iter()
            .map(|finding| finding.ordinal)
            .collect::<Vec<_>>(),
        [Some(1)]
    );
    assert_eq!(rows(&case, "").len(), 3);
}
