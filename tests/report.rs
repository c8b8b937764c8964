//! A report that others can check: altered in any byte, it is noticed, and it is said where.

use scenario::Size;
use scenario::keys::Keys;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tests::{Site, desk, openssh_key};
use workbench::api::{
    FindingEdit, FindingState, FindingsRequest, ReportAsked, ReportCheck, WithholdAsked, Word,
};
use workbench::{
    Checked, Micros, Progress, Reporting, Session, TrustedKey, Withholding, Words, check,
    check_files, read_keys,
};

type Files = BTreeMap<String, Vec<u8>>;

fn site() -> Site {
    let site = Site::lay(Size::small());
    let examiner = Keys::from_seed(11).collector;
    fs::write(site.at("examiner"), openssh_key(&examiner)).unwrap();
    let raw = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        examiner.verifying_key().to_bytes(),
    );
    fs::write(site.at("examiner.keys"), format!("ed25519:{raw}\n")).unwrap();
    site.import("case.exhibit");
    site
}

/// What a case has of each format, a few records each, with words of the examiner.
fn asked(site: &Site) -> Reporting {
    let sources = Session::open_to_read(&site.at("case.exhibit"), desk())
        .unwrap()
        .summary()
        .unwrap()
        .sources;
    let mut cites = Vec::new();
    for format in [
        "nhi-audit-bundle",
        "cloudtrail",
        "agent-receipts",
        "kubernetes-audit",
    ] {
        // A sealed one where the format has seals, so that its proof travels.
        let source = sources
            .iter()
            .filter(|source| source.format == format && source.records > 3)
            .max_by_key(|source| source.verdict);
        cites.extend(source.map(|source| format!("E{}:2", source.id)));
    }
    assert_eq!(cites.len(), 4);
    Reporting {
        title: Some("What leaked".into()),
        at: Some(Micros(1_781_337_600_000_000)),
        cites,
        words: Words::read("Question: What leaked?\nAnswer: A token.\nOpinion: It was careless.")
            .unwrap(),
        sign_with: Some(site.at("examiner")),
        ..Reporting::default()
    }
}

fn write(site: &Site, out: &str, asked: &Reporting) -> workbench::api::Wrote {
    let session = Session::open_to_write(&site.at("case.exhibit"), desk()).unwrap();
    let wrote = session
        .report(&site.at(out), asked, &|| None, &Progress::default())
        .unwrap();
    session.close().unwrap();
    wrote
}

fn files(folder: &Path) -> Files {
    let mut out = Files::new();
    let mut stack = vec![folder.to_owned()];
    while let Some(at) = stack.pop() {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .replace('\\', "/");
                out.insert(name, fs::read(path).unwrap());
            }
        }
    }
    out
}

fn examiner(site: &Site) -> Vec<TrustedKey> {
    read_keys(&site.at("examiner.keys"), None).unwrap()
}

fn checked(files: &Files, keys: &[TrustedKey]) -> ReportCheck {
    check_files(files.clone(), keys, &desk()).unwrap()
}

/// Drawn from a fixed seed (SplitMix64), so that a failure can be had again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % bound
    }
}

/// The sums of the report below, and that of its signature, as one machine made them.
const PINNED: &str = "report.sums";

/// Made on another machine, from the same evidence at the same time, it has the same bytes.
#[test]
fn a_report_of_fixed_evidence_at_a_fixed_time_has_the_pinned_bytes() {
    let site = site();
    // A report says how a key was given: by a path of this machine, unless words are given with it.
    fs::remove_file(site.at("case.exhibit")).unwrap();
    let keys: Vec<TrustedKey> = site
        .keys()
        .iter()
        .flat_map(|file| read_keys(file, Some("read out on the telephone")).unwrap())
        .collect();
    // The custody log names the path as it was given. All other tests here give whole ones.
    let here = std::env::current_dir().unwrap();
    std::env::set_current_dir(site.at(".")).unwrap();
    let session = Session::create(&site.at("case.exhibit"), desk()).unwrap();
    session
        .import(&["evidence".into()], &keys, &Progress::default())
        .unwrap();
    std::env::set_current_dir(here).unwrap();
    session.close().unwrap();
    write(&site, "report", &asked(&site));
    let files = files(&site.at("report"));
    let sum = |path: &str| report::packet::sha256(&files[path]);
    let own = ["SHA256SUMS", "SHA256SUMS.sig"];
    let mut made = String::from_utf8(files[own[0]].clone()).unwrap();
    for path in own {
        made.push_str(&format!("{}  {path}\n", sum(path)));
    }
    let pinned = Path::new(env!("CARGO_MANIFEST_DIR")).join(PINNED);
    if std::env::var_os("EXHIBIT_PIN").is_some() {
        fs::write(&pinned, &made).unwrap();
    }
    let before = fs::read_to_string(&pinned).unwrap_or_default();
    let differ: Vec<&str> = made
        .lines()
        .filter(|line| !before.lines().any(|known| known == *line))
        .collect();
    assert!(
        made == before,
        "the report is another than the pinned one, in {differ:#?}.\nIf what a report says or how it looks was changed on purpose, renew tests/{PINNED}:\n  EXHIBIT_PIN=1 cargo test -p tests --test report pinned\nElse something of the machine has got into the report."
    );
}

#[test]
fn a_byte_altered_anywhere_a_thousand_times_is_noticed_in_its_file() {
    let site = site();
    write(&site, "report", &asked(&site));
    let whole = files(&site.at("report"));
    let keys = examiner(&site);
    assert_eq!(checked(&whole, &keys).verdict, Word::Verified);
    let names: Vec<&String> = whole.keys().collect();
    let mut chance = Chance(20_260_613);
    for round in 0..1_000 {
        // Each file as often as each other one, so that small ones are met too.
        let name = names[chance.below(names.len())];
        let mut altered = whole.clone();
        let bytes = altered.get_mut(name).unwrap();
        let at = chance.below(bytes.len());
        let before = bytes[at];
        bytes[at] = bytes[at].wrapping_add(1 + chance.below(255) as u8);
        let said = checked(&altered, &keys);
        let place = format!(
            "round {round}: byte {at} of {name}, {before} to {}",
            altered[name][at]
        );
        assert_eq!(said.verdict, Word::Contradicted, "{place} went unnoticed");
        let named: Vec<_> = said
            .findings
            .iter()
            .filter_map(|finding| finding.source.as_deref())
            .collect();
        assert!(named.contains(&name.as_str()), "{place}: said of {named:?}");
        let others: Vec<_> = named.iter().filter(|other| *other != name).collect();
        assert!(
            others.is_empty(),
            "{place}: one cause, and findings about {others:?}: {:?}",
            said.findings
        );
    }
}

#[test]
fn it_is_said_which_row_section_or_figure_was_altered() {
    let site = site();
    write(&site, "report", &asked(&site));
    let whole = files(&site.at("report"));
    let said = |name: &str, from: &str, to: &str| {
        let mut altered = whole.clone();
        let text = String::from_utf8(altered[name].clone()).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed, "{name} has no {from}");
        altered.insert(name.to_owned(), changed.into_bytes());
        let said = checked(&altered, &examiner(&site));
        let [finding] = &said.findings[..] else {
            panic!("one cause, one finding: {:?}", said.findings)
        };
        assert_eq!(finding.source.as_deref(), Some(name));
        finding.message.clone()
    };
    let message = said("report.html", "It was careless.", "It was careful.");
    assert!(
        message.contains("the section \"Opinion\" differs"),
        "{message}"
    );
    let message = said("timeline.csv", "verified", "unproven");
    assert!(
        message.contains("row 1 differs") || message.contains("row 2 differs"),
        "{message}"
    );
    let message = said("graph.svg", "<path d=\"M", "<path d=\"M1");
    assert!(message.contains("the figure differs"), "{message}");
    let message = said("extract.jsonl", "\"raw\":\"e", "\"raw\":\"f");
    assert!(message.contains("row 1, E"), "{message}");
    let name = whole
        .keys()
        .find(|name| name.ends_with("/2.tlog-proof"))
        .unwrap();
    let message = said(name, "index 2", "index 3");
    assert!(message.contains("the proof of row"), "{message}");
}

#[test]
fn a_file_that_is_missing_or_was_added_is_named() {
    let site = site();
    write(&site, "report", &asked(&site));
    let whole = files(&site.at("report"));
    for name in whole.keys().filter(|name| *name != "SHA256SUMS.sig") {
        let mut less = whole.clone();
        less.remove(name);
        let said = checked(&less, &examiner(&site));
        assert_eq!(said.verdict, Word::Contradicted, "{name}");
        assert!(
            said.findings
                .iter()
                .any(|finding| (finding.code.as_str(), finding.source.as_deref())
                    == ("file-missing", Some(name))),
            "{name}: {:?}",
            said.findings
        );
    }
    let mut more = whole.clone();
    more.insert("proofs/extra.json".into(), b"{}".to_vec());
    let said = checked(&more, &examiner(&site));
    let codes: Vec<_> = said
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect();
    assert_eq!(
        (said.verdict, &codes[..]),
        (Word::Contradicted, &["file-unlisted"][..])
    );
    // Without its signature nobody vouches, and nothing is refuted.
    let mut unsigned = whole;
    unsigned.remove("SHA256SUMS.sig");
    assert_eq!(checked(&unsigned, &examiner(&site)).verdict, Word::Unproven);
}

#[test]
fn the_same_case_and_time_give_the_same_bytes_and_the_act_is_in_the_custody_log() {
    let site = site();
    let asked = asked(&site);
    let first = write(&site, "first", &asked);
    let second = write(&site, "second", &asked);
    assert_eq!(files(&site.at("first")), files(&site.at("second")));
    assert_eq!(first.id, second.id);
    write(&site, "first.zip", &asked);
    write(&site, "second.zip", &asked);
    assert_eq!(
        fs::read(site.at("first.zip")).unwrap(),
        fs::read(site.at("second.zip")).unwrap()
    );
    let custody = Session::open_to_read(&site.at("case.exhibit"), desk())
        .unwrap()
        .custody()
        .unwrap();
    let acts = custody
        .lines
        .iter()
        .filter(|line| line.act == "report" && line.about.contains(&first.id));
    assert_eq!((acts.count(), custody.holds), (4, true));
}

#[test]
fn a_report_is_as_good_as_the_keys_that_its_reader_gives() {
    let site = site();
    write(&site, "report.zip", &asked(&site));
    let answer = |keys: &[TrustedKey]| match check(
        &site.at("report.zip"),
        keys,
        &desk(),
        &Progress::default(),
    )
    .unwrap()
    {
        Checked::Report(said) => *said,
        Checked::Evidence(summary) => panic!("no report: {summary:?}"),
    };
    let nobody = answer(&[]);
    assert_eq!(
        (nobody.verdict, nobody.shown.verified, nobody.said.verified),
        (Word::Intact, 0, 3)
    );
    let signer = answer(&examiner(&site));
    assert_eq!((signer.verdict, signer.shown.verified), (Word::Verified, 0));
    let mut all = examiner(&site);
    for file in site.keys() {
        all.extend(read_keys(&file, None).unwrap());
    }
    let all = answer(&all);
    assert_eq!(
        (all.verdict, all.shown.verified, all.shown.unproven),
        (Word::Verified, all.said.verified, 1)
    );
}

#[test]
fn proofs_of_every_record_show_without_the_case_what_the_case_shows() {
    let site = Site::lay(Size::small());
    site.import("case.exhibit");
    let asked = Reporting {
        at: Some(Micros(0)),
        queries: vec!["type:token.*".into(), "type:secret.*".into()],
        ..Reporting::default()
    };
    write(&site, "report", &asked);
    let extract =
        String::from_utf8(files(&site.at("report")).remove("extract.jsonl").unwrap()).unwrap();
    let mut sealed = 0;
    for line in extract.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        if row["material"]["kind"] != "none" {
            assert_eq!(row["alone"], row["verdict"], "{}", row["cite"]);
            sealed += 1;
        }
    }
    assert!(sealed > 100, "{sealed}");
}

#[test]
fn no_text_of_the_data_becomes_markup_or_hides_whatever_member_it_stands_in() {
    const HOSTILE: &str = "\"><script>x</script>' onload=x \u{202e}\u{200b}\u{0}\n]]>";
    let site = site();
    let asked = Reporting {
        queries: vec!["type:secret.*".into()],
        reach: vec![(first_token(&site), None)],
        lineage: vec![first_token(&site)],
        ..asked(&site)
    };
    write(&site, "report", &asked);
    let whole = files(&site.at("report"));
    let mut data: serde_json::Value = serde_json::from_slice(&whole["report.json"]).unwrap();
    spoil(&mut data, HOSTILE);
    let rows = String::from_utf8(whole["extract.jsonl"].clone()).unwrap();
    let rows = rows.lines().map(|line| {
        let mut row: serde_json::Value = serde_json::from_str(line).unwrap();
        spoil(&mut row, HOSTILE);
        serde_json::from_value(row).unwrap()
    });
    let rows: Vec<report::extract::Cited> = rows.collect();
    let rendered = report::render::render(&serde_json::from_value(data).unwrap(), &rows);
    assert_eq!(rendered.len(), 5);
    for (name, bytes) in rendered {
        let text = String::from_utf8(bytes).unwrap();
        let hidden = text
            .chars()
            .find(|c| report::text::is_hostile(*c) && !matches!(c, '\n' | '\r'));
        assert_eq!(hidden, None, "{name}");
        if name != "timeline.csv" && name != "HOW-TO-CHECK.txt" {
            assert!(
                !text.contains("<script") && text.contains("&lt;script"),
                "{name}"
            );
            let quoted = text.replace("&#39; onload=x", "");
            assert!(
                !quoted.contains("onload"),
                "{name}: a quote ends an attribute"
            );
        }
    }
}

fn first_token(site: &Site) -> String {
    let rows = tests::rows(
        &site.at("case.exhibit"),
        "type:token.mint stream:example.com/agents-prod",
    );
    rows[0].token.clone().unwrap()
}

/// Puts a text in the place of every text but those that are words of ours.
fn spoil(value: &mut serde_json::Value, text: &str) {
    use serde_json::Value;
    const WORDS: [&str; 3] = ["verdict", "alone", "material"];
    match value {
        Value::String(it) => *it = text.to_owned(),
        Value::Array(all) => all.iter_mut().for_each(|it| spoil(it, text)),
        Value::Object(all) => {
            let theirs = all
                .iter_mut()
                .filter(|(name, _)| !WORDS.contains(&name.as_str()));
            theirs.for_each(|(_, it)| spoil(it, text));
        }
        _ => {}
    }
}

/// Says something of a finding.
fn assess(site: &Site, key: &str, state: FindingState, comment: &str) {
    let session = Session::open_to_write(&site.at("case.exhibit"), desk()).unwrap();
    session
        .assess(&FindingEdit {
            key: key.into(),
            state: Some(state),
            comment: Some(comment.into()),
        })
        .unwrap();
    session.close().unwrap();
}

#[test]
fn what_the_examiner_makes_of_findings_stands_apart_from_what_was_found() {
    let site = site();
    let found = Session::open(&site.at("case.exhibit"), desk())
        .unwrap()
        .findings(&FindingsRequest::default(), None)
        .unwrap()
        .findings;
    let of = |class: &str| found.iter().find(|one| one.class == class).unwrap();
    let (integrity, behaviour) = (of("integrity"), of("behaviour"));
    write(&site, "before", &asked(&site));
    let explained = "<b>two</b> gateways\n\nof one office";
    assess(&site, &behaviour.key, FindingState::Explained, explained);
    assess(&site, &integrity.key, FindingState::Confirmed, "");
    write(&site, "report", &asked(&site));

    let whole = files(&site.at("report"));
    let report: serde_json::Value = serde_json::from_slice(&whole["report.json"]).unwrap();
    let assessed = |part: &str, code: &str| -> Vec<serde_json::Value> {
        let all = report[part].as_array().unwrap().iter();
        let of = all.filter(|one| one["code"] == code && one.get("assessed").is_some());
        of.map(|one| one["assessed"].clone()).collect()
    };
    let said = assessed("behaviour", &behaviour.code);
    assert_eq!(said.len(), 1);
    assert_eq!(said[0]["state"], "explained");
    assert_eq!(
        said[0]["comment"],
        serde_json::json!(["<b>two</b> gateways", "of one office"])
    );
    assert_eq!(said[0]["by"], desk().who.as_str());
    assert!(said[0]["at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(
        assessed("integrity", &integrity.code)[0]["state"],
        "confirmed"
    );
    assert_eq!(report.get("formerly"), None);

    let page = String::from_utf8(whole["report.html"].clone()).unwrap();
    let (_, apart) = page
        .split_once("Findings, as the examiner assesses them")
        .unwrap();
    assert!(apart.contains("explained, it has an innocent reason"));
    assert!(apart.contains("&lt;b&gt;two"), "their words are no markup");
    assert!(!page.contains("<b>two</b>"));
    assert_eq!(checked(&whole, &examiner(&site)).verdict, Word::Verified);
    // A report of before there was such a thing has no word of it, and is as sound as it was.
    let before = files(&site.at("before"));
    assert!(!String::from_utf8_lossy(&before["report.json"]).contains("\"assessed\""));
    assert_eq!(checked(&before, &examiner(&site)).verdict, Word::Verified);
}

#[test]
fn what_was_made_of_a_finding_goes_with_the_record_that_it_rests_on() {
    let site = site();
    let found = Session::open(&site.at("case.exhibit"), desk())
        .unwrap()
        .findings(&FindingsRequest::default(), None)
        .unwrap()
        .findings;
    let finding = found.iter().find(|one| !one.events.is_empty()).unwrap();
    assess(&site, &finding.key, FindingState::Confirmed, "it is so");
    let record = finding.events[0].event.clone();
    let left_out = Reporting {
        cites: vec![record.clone()],
        withhold: vec![Withholding {
            record,
            member: None,
            why: "names a patient".into(),
        }],
        ..asked(&site)
    };
    write(&site, "report", &left_out);
    let whole = files(&site.at("report"));
    let report: serde_json::Value = serde_json::from_slice(&whole["report.json"]).unwrap();
    for part in ["behaviour", "integrity"] {
        let all = report[part].as_array().unwrap();
        assert!(
            all.iter().all(|one| one.get("assessed").is_none()),
            "{part}"
        );
    }
    let said = report["redactions"].as_array().unwrap();
    let said: Vec<_> = said.iter().filter_map(|one| one.as_str()).collect();
    let told = |one: &&str| one.contains("assessments of findings 1.");
    assert!(said.iter().any(told), "{said:?}");
    assert_eq!(checked(&whole, &examiner(&site)).verdict, Word::Verified);
}

#[test]
fn what_was_made_of_a_finding_is_told_where_it_is_found_no_more() {
    let site = site();
    let path = site.at("case.exhibit");
    let trusted = Session::open(&path, desk()).unwrap().trusted().unwrap();
    let keys = |session: &Session| -> std::collections::BTreeSet<String> {
        let found = session.findings(&FindingsRequest::default(), None).unwrap();
        found.findings.into_iter().map(|one| one.key).collect()
    };
    let session = Session::open_to_write(&path, desk()).unwrap();
    let with = keys(&session);
    for key in &trusted {
        session
            .trust_remove(&key.fingerprint, &Progress::default())
            .unwrap();
    }
    let without = keys(&session);
    session.close().unwrap();
    let gone = without
        .difference(&with)
        .next()
        .expect("trust ends a finding");
    assess(
        &site,
        gone,
        FindingState::Explained,
        "the key is on its way",
    );
    let session = Session::open_to_write(&path, desk()).unwrap();
    for file in site.keys() {
        let trust = read_keys(&file, None).unwrap();
        session.trust_add(&trust, &Progress::default()).unwrap();
    }
    session.close().unwrap();
    write(&site, "report", &asked(&site));
    let whole = files(&site.at("report"));
    let page = String::from_utf8(whole["report.html"].clone()).unwrap();
    assert!(page.contains("Found no more in the case as it is now."));
    assert!(page.contains("the key is on its way"));
    assert_eq!(checked(&whole, &examiner(&site)).verdict, Word::Verified);
}

#[test]
fn a_report_is_told_before_it_is_written_and_each_mistake_at_its_field() {
    let site = site();
    let session = Session::open(&site.at("case.exhibit"), desk()).unwrap();
    let reads = workbench::api::TimelineFilter {
        query: "type:secret.read".into(),
        ..Default::default()
    };
    let rows = session.timeline(&reads, 0, 500).unwrap();
    let matching = session.matching(&reads).unwrap();
    assert!(matching > 1, "{matching}");
    let name = |at: usize| format!("E{}:{}", rows.rows[at].id.file, rows.rows[at].id.ordinal);
    let held = |record: String, member: &str, why: &str| WithholdAsked {
        record,
        member: member.into(),
        why: why.into(),
    };
    let told = session
        .report_outline(&ReportAsked {
            queries: vec!["type:secret.read".into(), "no:such \"".into()],
            cites: vec![name(0), "E1:99999999".into()],
            withhold: vec![
                held(name(0), "", "names a patient"),
                held(name(1), "/no/such", "personal"),
                held(name(1), "", " "),
            ],
            ..ReportAsked::default()
        })
        .unwrap();
    assert_eq!(told.searches, [matching, 0]);
    assert_eq!(told.events, matching, "one that is named again counts once");
    assert_eq!(told.counts.total, told.events);
    assert!(told.records >= told.events);
    assert_eq!(told.rows.len() as u64, matching.min(500));
    assert!(told.rows.windows(2).all(|two| two[0].time <= two[1].time));
    assert_eq!(told.rows[0].held.as_deref(), Some("whole"));
    assert_eq!(told.rows[1].held, None);
    let wrong: Vec<_> = told
        .wrong
        .iter()
        .map(|one| (one.field.as_str(), one.entry, one.failure.code.as_str()))
        .collect();
    assert_eq!(
        wrong,
        [
            ("queries", 1, "query"),
            ("cites", 1, "no-such-record"),
            ("withhold", 1, "withheld-member"),
            ("withhold", 2, "withheld-why"),
        ]
    );
}
