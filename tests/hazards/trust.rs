//! Trust comes from outside the evidence, and verdicts follow it.

use scenario::Size;
use std::fs;
use tests::{Site, desk, import};
use workbench::api::Word;
use workbench::{Progress, Session, read_keys, seal};

fn bundle() -> Site {
    Site::lay(Size {
        agents: 440,
        payments: 310,
        ..Size::none()
    })
}

#[test]
fn a_key_from_the_same_folder_as_the_evidence_was_called_trusted() {
    let site = Site::lay(Size::small());
    tests::copy_folder(&site.at("keys"), &site.evidence().join("nhi-bundle/keys")).unwrap();
    tests::copy_folder(&site.at("keys"), &site.evidence().join("cloudtrail")).unwrap();
    tests::copy_folder(&site.at("keys"), &site.evidence().join("keys")).unwrap();
    let summary = import(&site.at("case.exhibit"), &site.evidence(), &[]);
    assert_eq!(summary.records.verified, 0);
    assert!(
        summary.records.intact > 0,
        "what came with the evidence can still check it"
    );
    assert!(
        summary
            .streams
            .iter()
            .all(|stream| stream.axes.author != "trusted")
    );
}

#[test]
fn a_missing_key_was_called_tampering() {
    let site = Site::lay(Size::small());
    let summary = import(&site.at("case.exhibit"), &site.evidence(), &[]);
    let against: Vec<_> = summary
        .findings
        .iter()
        .filter(|finding| finding.verdict == Some(Word::Contradicted))
        .collect();
    assert!(against.is_empty(), "{against:?}");
    assert_eq!(
        (summary.records.contradicted, summary.records.verified),
        (0, 0)
    );
    assert_eq!(summary.verdict, Word::Unproven);
    assert!(
        summary
            .findings
            .iter()
            .any(|finding| finding.code == "key-unknown")
    );
}

#[test]
fn a_cache_of_a_verdict_outlived_the_change_of_trust_that_should_have_changed_it() {
    let site = bundle();
    let before = import(&site.at("case.exhibit"), &site.evidence(), &[]);
    assert_eq!(before.records.verified, 0);
    let (session, progress) = (
        Session::open_to_write(&site.at("case.exhibit"), desk()).unwrap(),
        Progress::default(),
    );
    let keys = read_keys(&site.at("keys/trusted.keys"), Some("by telephone")).unwrap();
    let filter = workbench::api::TimelineFilter {
        query: "stream:example.com/payments".into(),
        ..Default::default()
    };
    let verdicts = |session: &Session| {
        let page = session.timeline(&filter, 0, 2_000).unwrap();
        let of_rows: Vec<Word> = page.rows.iter().map(|row| row.verdict).collect();
        let one = session.record(page.rows[7].id).unwrap();
        assert_eq!(one.verdict, of_rows[7]);
        assert!(of_rows.iter().all(|word| *word == of_rows[0]));
        (
            of_rows[0],
            session.summary().unwrap().records,
            session.histogram(&filter, 10).unwrap(),
            page.generation,
        )
    };
    let (word, counts, bars, generation) = verdicts(&session);
    assert_ne!(word, Word::Verified);

    let change = session.trust_add(&keys, &progress).unwrap();
    assert_eq!(
        change
            .changed
            .iter()
            .map(|change| (change.stream.as_str(), change.before, change.after))
            .collect::<Vec<_>>(),
        [
            ("example.com/agents-prod", word, Word::Verified),
            ("example.com/payments", word, Word::Verified),
        ]
    );
    let (now, trusted_counts, trusted_bars, later) = verdicts(&session);
    assert_eq!((now, trusted_counts.verified), (Word::Verified, 750));
    assert_ne!(trusted_bars, bars);
    assert!(
        later > generation,
        "pages from before are known to be stale"
    );

    for key in &keys {
        session.trust_remove(&key.fingerprint(), &progress).unwrap();
    }
    let (again, after, bars_after, _) = verdicts(&session);
    assert_eq!((again, after, bars_after), (word, counts, bars));
    session.close().unwrap();
}

#[test]
fn a_report_s_seal_was_an_hmac_whose_key_never_left_the_examiner() {
    // What is sealed here is signed: whoever has the public key can check it, and nobody can make
    // another with it.
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("export.txt"), "as it was collected\n").unwrap();
    fs::write(
        dir.path().join("collector"),
        tests::openssh_key(&scenario::keys::Keys::from_seed(7).collector),
    )
    .unwrap();
    let bundle = dir.path().join("bundle");
    let sealing = seal(
        &bundle,
        &[dir.path().join("export.txt")],
        &dir.path().join("collector"),
        &|| None,
        &[],
        &desk(),
        &Progress::default(),
    )
    .unwrap();
    let public = dir.path().join("collector.keys");
    fs::write(&public, format!("{}\n", sealing.key)).unwrap();
    let seen = import(
        &dir.path().join("case.exhibit"),
        &bundle,
        std::slice::from_ref(&public),
    );
    assert!(
        seen.findings
            .iter()
            .all(|finding| finding.verdict.is_none()),
        "{:?}",
        seen.findings
    );
    assert!(
        seen.sources
            .iter()
            .any(|source| source.role == "manifest" && source.verdict == Word::Verified)
    );

    fs::write(
        bundle.join("attachments/export.txt"),
        "as it was never collected\n",
    )
    .unwrap();
    let edited = import(&dir.path().join("edited.exhibit"), &bundle, &[public]);
    assert!(
        edited
            .findings
            .iter()
            .any(|finding| finding.code == "file-altered")
    );
    assert_eq!(edited.verdict, Word::Contradicted);
}
