//! Chains, seals and what they cover.

use crate::text::line;
use evidence::Digest;
use scenario::bundle::manifest::{self, StreamEntry};
use scenario::bundle::stream::{StreamWriter, put};
use scenario::keys::Keys;
use scenario::note::Signer;
use scenario::{Size, Tamper};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tests::{Site, import};
use workbench::api::{Summary, Word};

const AGENTS: &str = "nhi-bundle/streams/agents-prod.jsonl";

fn bundle() -> Site {
    Site::lay(Size {
        agents: 440,
        payments: 310,
        ..Size::none()
    })
}

fn stream<'a>(summary: &'a Summary, id: &str) -> &'a workbench::api::Stream {
    summary
        .streams
        .iter()
        .find(|stream| stream.id == id)
        .unwrap()
}

fn codes(summary: &Summary) -> Vec<&str> {
    summary
        .findings
        .iter()
        .filter(|finding| finding.verdict == Some(Word::Contradicted))
        .map(|finding| finding.code.as_str())
        .collect()
}

/// Edits line `number` and makes every later `prev` fit again: a chain that holds link by link.
fn rewritten(bytes: &[u8], number: usize, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    let mut last: Option<(String, String)> = None;
    for (index, text) in std::str::from_utf8(bytes).unwrap().lines().enumerate() {
        let mut new = text.to_owned();
        if let Some((before, after)) = &last {
            new = new.replacen(before, after, 1);
        }
        if index == number {
            new = edit(&new);
        }
        last = Some((
            Digest::of(text.as_bytes()).to_string(),
            Digest::of(new.as_bytes()).to_string(),
        ));
        out.extend_from_slice(new.as_bytes());
        out.push(b'\n');
    }
    out
}

#[test]
fn a_chain_check_used_the_stored_hash_rather_than_the_recomputed_one() {
    // Each `prev` says what one wants to hear; only the bytes tell.
    let site = bundle();
    site.change(AGENTS, |bytes| {
        rewritten(&bytes, 250, |text| {
            text.replacen("\"agent\"", "\"human\"", 1)
        })
    });
    let summary = site.import("case.exhibit");
    let agents = stream(&summary, "example.com/agents-prod");
    assert_eq!(
        (agents.verdict, agents.axes.integrity.as_str()),
        (Word::Contradicted, "broken")
    );
    let case = site.at("case.exhibit");
    let verified = tests::rows(&case, "stream:example.com/agents-prod verdict:verified");
    assert!(
        verified.iter().all(|row| row.seq < Some(250)),
        "only what stands before the edit is as it was sealed"
    );
    assert_eq!(
        stream(&summary, "example.com/payments").verdict,
        Word::Verified
    );
}

#[test]
fn a_leaf_tile_that_fits_the_edit_proves_nothing() {
    // The tile is a stored hash, too: with it changed as well, the root still tells.
    let site = bundle();
    site.change(AGENTS, |bytes| {
        let at = line(&bytes, 250);
        let text = String::from_utf8(bytes[at.clone()].to_vec())
            .unwrap()
            .replacen("\"agent\"", "\"human\"", 1);
        [&bytes[..at.start], text.as_bytes(), &bytes[at.end..]].concat()
    });
    let bytes = fs::read(site.evidence().join(AGENTS)).unwrap();
    let digest = Digest::of(&bytes[line(&bytes, 250)]);
    let leaf = Digest::of(&[&[0][..], &digest.0].concat());
    site.change("nhi-bundle/tiles/agents-prod/tile/0/000", |tile| {
        [&tile[..250 * 32], &leaf.0, &tile[251 * 32..]].concat()
    });
    let summary = site.import("case.exhibit");
    assert_eq!(
        stream(&summary, "example.com/agents-prod").verdict,
        Word::Contradicted
    );
    let edited = tests::rows(&site.at("case.exhibit"), "stream:example.com/agents-prod")
        .into_iter()
        .find(|row| row.seq == Some(250))
        .unwrap();
    assert!(edited.verdict <= Word::Unproven, "{:?}", edited.verdict);
}

#[test]
fn a_record_without_a_signature_was_skipped() {
    let site = Site::lay(Size {
        receipts: 150,
        ..Size::none()
    });
    let expected = scenario::tamper::apply(&site.at(""), Tamper::ReceiptSignatureMissing).unwrap();
    let summary = site.import("case.exhibit");
    assert_eq!(summary.records.total, 150);
    let missing: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "signature-missing")
        .collect();
    assert_eq!(
        missing
            .iter()
            .map(|finding| (finding.seq, finding.verdict))
            .collect::<Vec<_>>(),
        [(expected.seq, Some(Word::Unproven))]
    );
}

#[test]
fn a_record_with_an_unknown_algorithm_name_was_skipped() {
    for name in [
        "RsaSignature2018",
        "none",
        "",
        "Ed25519Signature2020 ",
        "HS256",
        "JsonWebSignature2020",
    ] {
        let site = Site::lay(Size {
            receipts: 150,
            ..Size::none()
        });
        let path = "receipts/research.receipts.jsonl";
        site.change(path, |bytes| {
            let at = line(&bytes, 4);
            let text = String::from_utf8(bytes[at.clone()].to_vec())
                .unwrap()
                .replacen("\"Ed25519Signature2020\"", &format!("{name:?}"), 1);
            [&bytes[..at.start], text.as_bytes(), &bytes[at.end..]].concat()
        });
        let summary = site.import("case.exhibit");
        assert_eq!(summary.records.total, 150, "{name:?}");
        assert_eq!(
            summary.records.verified,
            site.truth.records.verified - 1,
            "{name:?}: not by its own key's algorithm either"
        );
        let said: Vec<_> = summary
            .findings
            .iter()
            .filter(|finding| finding.source.as_deref() == Some(path) && finding.seq == Some(5))
            .map(|finding| (finding.code.as_str(), finding.verdict))
            .collect();
        assert_eq!(
            said,
            [("algorithm-refused", Some(Word::Unproven))],
            "{name:?}"
        );
    }
}

#[test]
fn a_verifier_took_the_algorithm_from_the_record() {
    // The public key as an HMAC secret: what `alg: HS256` once did.
    let site = Site::lay(Size {
        receipts: 150,
        ..Size::none()
    });
    let path = "receipts/research.receipts.jsonl";
    let key = Keys::from_seed(7).research.verifying_key().to_bytes();
    site.change(path, |bytes| {
        let at = line(&bytes, 4);
        let mut receipt: Value = serde_json::from_slice(&bytes[at.clone()]).unwrap();
        receipt["outcome"] = "success".into();
        let tag = Digest::of(&[&key[..], &scenario::json::canonical(&receipt)].concat());
        receipt["proof"]["type"] = "HS256".into();
        receipt["proof"]["proofValue"] = format!(
            "u{}",
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, tag.0)
        )
        .into();
        [
            &bytes[..at.start],
            receipt.to_string().as_bytes(),
            &bytes[at.end..],
        ]
        .concat()
    });
    let summary = site.import("case.exhibit");
    let row = tests::rows(&site.at("case.exhibit"), "stream:chain_research_4417")
        .into_iter()
        .find(|row| row.seq == Some(5))
        .unwrap();
    assert!(row.verdict <= Word::Unproven);
    assert!(
        summary
            .findings
            .iter()
            .any(|finding| finding.code == "algorithm-refused" && finding.seq == Some(5)),
        "{:?}",
        summary.findings
    );
}

#[test]
fn fields_joined_by_a_bar_let_two_records_share_one_hash() {
    // Text moved over the border of two members: nothing is joined, the bytes are hashed.
    let site = bundle();
    site.change(AGENTS, |bytes| {
        let at = line(&bytes, 2);
        let text = String::from_utf8(bytes[at.clone()].to_vec()).unwrap();
        let moved = text.replacen(
            "\"tool\":{\"name\":\"search.query\",\"server\":\"tools-mcp\"",
            "\"tool\":{\"name\":\"search.query|tools\",\"server\":\"-mcp\"",
            1,
        );
        let moved = if moved == text {
            text.replacen("\",\"kind\":\"agent\"", "|\",\"kind\":\"agent\"", 1)
        } else {
            moved
        };
        [&bytes[..at.start], moved.as_bytes(), &bytes[at.end..]].concat()
    });
    let summary = site.import("case.exhibit");
    let altered: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "record-altered")
        .map(|finding| finding.seq)
        .collect();
    assert_eq!(altered, [Some(2)]);
    assert_eq!(summary.records.contradicted, 1);
}

#[test]
fn a_record_s_decision_was_outside_the_hash() {
    let site = bundle();
    let mut turned = None;
    site.change(AGENTS, |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        turned = text
            .lines()
            .position(|line| line.contains("\"decision\":\"deny\""));
        text.replacen("\"decision\":\"deny\"", "\"decision\":\"allow\"", 1)
            .into_bytes()
    });
    let summary = site.import("case.exhibit");
    let altered: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "record-altered")
        .map(|finding| finding.seq)
        .collect();
    assert_eq!(altered, [turned.map(|seq| seq as u64)]);
    // And whatever is outside a seal is named.
    let receipts = Site::lay(Size {
        receipts: 150,
        ..Size::none()
    });
    let summary = receipts.import("receipts.exhibit");
    let uncovered: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.code == "field-uncovered")
        .collect();
    assert!(
        !uncovered.is_empty()
            && uncovered
                .iter()
                .all(|finding| finding.verdict.is_none() && !finding.members.is_empty())
    );
    assert!(
        uncovered
            .iter()
            .flat_map(|finding| &finding.members)
            .all(|member| member.starts_with("proof"))
    );
}

/// A sealed stream of `records` records without an end, and its manifest.
fn small_bundle(root: &Path, keys: &Keys, records: u64) {
    let id = "example.com/payments";
    let mut writer =
        StreamWriter::new(root, id, Signer::new(id, &keys.payments), 5, false).unwrap();
    for index in 0..records {
        let kind = if index == 0 { "stream.open" } else { "call" };
        let at = scenario::story::BEGIN + index * 1_000_000;
        writer
            .record(at, kind, |json| json.text("outcome", "success"))
            .unwrap();
    }
    let mut files = writer.finish().unwrap();
    let entry = StreamEntry {
        stream: id.into(),
        path: "streams/payments.jsonl".into(),
        records,
        closed: false,
    };
    let begin = scenario::story::BEGIN;
    let statement = manifest::statement(
        "6b1c0f0e-0000-4000-8000-000000000000",
        &mut files,
        &[entry],
        begin + 3_600_000_000,
        (begin, begin + 60_000_000),
    );
    put(
        root,
        "manifest.dsse.json",
        manifest::envelope(&statement, &keys.collector).as_bytes(),
    )
    .unwrap();
}

#[test]
fn a_chain_cut_from_19_records_to_12_was_called_valid() {
    let dir = tempfile::tempdir().unwrap();
    let keys = Keys::from_seed(7);
    let (root, trusted) = (dir.path().join("bundle"), dir.path().join("trusted.keys"));
    fs::write(&trusted, keys.trusted()).unwrap();
    small_bundle(&root, &keys, 19);
    let whole = import(
        &dir.path().join("whole.exhibit"),
        &root,
        std::slice::from_ref(&trusted),
    );
    assert_eq!(
        (whole.records.verified, whole.verdict),
        (19, Word::Verified)
    );
    assert_eq!(whole.streams[0].axes.completeness, "open");

    let path = root.join("streams/payments.jsonl");
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..line(&bytes, 11).end + 1]).unwrap();
    let cut = import(
        &dir.path().join("cut.exhibit"),
        &root,
        std::slice::from_ref(&trusted),
    );
    assert_eq!(
        (cut.streams[0].records, cut.streams[0].verdict),
        (12, Word::Contradicted)
    );
    assert_eq!(cut.streams[0].axes.completeness, "truncated");
    let truncated = cut
        .findings
        .iter()
        .find(|finding| finding.code == "stream-truncated")
        .unwrap();
    assert_eq!(
        (truncated.first_seq, truncated.last_seq, truncated.count),
        (Some(12), Some(18), Some(7))
    );

    // With the checkpoints over the rest cut off as well, the manifest still knows.
    for size in [15, 19] {
        fs::remove_file(root.join(format!("checkpoints/payments/{size:012}"))).unwrap();
    }
    let cut = import(&dir.path().join("seals.exhibit"), &root, &[trusted]);
    assert_eq!(cut.verdict, Word::Contradicted);
    assert!(
        codes(&cut).contains(&"stream-truncated") || codes(&cut).contains(&"file-missing"),
        "{:?}",
        codes(&cut)
    );
}

#[test]
fn an_odd_merkle_node_was_duplicated_so_two_different_logs_shared_one_root() {
    // 19 leaves leave an odd one on three levels: the last record once more is another log.
    let dir = tempfile::tempdir().unwrap();
    let keys = Keys::from_seed(7);
    let (root, trusted) = (dir.path().join("bundle"), dir.path().join("trusted.keys"));
    fs::write(&trusted, keys.trusted()).unwrap();
    small_bundle(&root, &keys, 19);
    let path = root.join("streams/payments.jsonl");
    let bytes = fs::read(&path).unwrap();
    fs::write(
        &path,
        [&bytes[..], &bytes[line(&bytes, 18).start..]].concat(),
    )
    .unwrap();
    let summary = import(&dir.path().join("case.exhibit"), &root, &[trusted]);
    assert_eq!(
        (
            summary.records.total,
            summary.records.verified,
            summary.records.contradicted
        ),
        (20, 19, 1)
    );
    assert!(
        codes(&summary).contains(&"record-repeated"),
        "{:?}",
        codes(&summary)
    );
}
