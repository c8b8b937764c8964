//! Each tamper does what it says to the evidence, and no more; and what it expects fits the files.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use scenario::tamper::{Expected, Part, apply};
use scenario::truth::Word;
use scenario::{Size, Tamper, Truth, pack, site};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;

/// All files of a folder, by path.
type Files = BTreeMap<String, Vec<u8>>;

fn files(dir: &Path) -> Files {
    pack::files(dir)
        .unwrap()
        .into_iter()
        .map(|name| (name.clone(), fs::read(dir.join(name)).unwrap()))
        .collect()
}

/// The sound evidence, made once.
fn sound() -> &'static (Files, Truth) {
    static SOUND: OnceLock<(Files, Truth)> = OnceLock::new();
    SOUND.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let truth = site::lay(dir.path(), 21, Size::small()).unwrap();
        (files(dir.path()), truth)
    })
}

/// A copy of the sound evidence, tampered with.
fn tampered(tamper: Tamper) -> (tempfile::TempDir, Expected) {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in &sound().0 {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let expected =
        apply(dir.path(), tamper).unwrap_or_else(|error| panic!("{}: {error}", tamper.name()));
    (dir, expected)
}

fn first_member(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut out)
        .unwrap();
    out
}

/// The records that lie in a folder of evidence, counted by their form alone.
fn records(evidence: &Files) -> u64 {
    let mut total = 0;
    for (name, bytes) in evidence {
        let lines = || {
            bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
        };
        total += if name.contains("/streams/") || name.ends_with(".receipts.jsonl") {
            lines().count()
        } else if name.contains("_CloudTrail_") {
            let text = first_member(bytes);
            String::from_utf8_lossy(&text)
                .matches("\"eventID\":")
                .count()
        } else if name.contains("audit") && !name.ends_with(".tar") {
            lines().filter(|line| line.ends_with(b"}")).count()
        } else {
            0
        } as u64;
    }
    total
}

/// Checks every tamper once; gives the codes that they provoke.
fn provoked() -> &'static BTreeSet<&'static str> {
    static PROVOKED: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    PROVOKED.get_or_init(check_all)
}

#[test]
fn each_tamper_changes_something_and_expects_what_fits_the_files() {
    assert!(!provoked().is_empty());
}

fn check_all() -> BTreeSet<&'static str> {
    let mut codes = BTreeSet::new();
    let (sound_files, truth) = sound();
    for &tamper in Tamper::ALL {
        let name = tamper.name();
        let (dir, expected) = tampered(tamper);
        let all = files(dir.path());
        assert_ne!(&all, sound_files, "{name} changed nothing");
        assert_eq!(expected.tamper, name);
        codes.insert(expected.code);
        let evidence: Files = all
            .iter()
            .filter_map(|(path, bytes)| {
                Some((path.strip_prefix("evidence/")?.to_owned(), bytes.clone()))
            })
            .collect();

        if let Some(counts) = expected.records {
            let sum = counts.verified + counts.intact + counts.unproven + counts.contradicted;
            assert_eq!(sum, counts.total, "{name}");
            if tamper.part() != Part::Archive {
                assert_eq!(records(&evidence), counts.total, "{name}");
            }
            if expected.code.is_empty() {
                assert_eq!(counts, truth.records, "{name}");
            }
            if let Some(worst) = counts.worst() {
                assert!(expected.case <= worst, "{name}");
            }
        }
        let gone = matches!(expected.code, "file-missing" | "seal-missing");
        if !expected.path.is_empty() && tamper.part() != Part::Archive {
            let there = evidence.contains_key(&expected.path);
            assert!(there || gone, "{name}: {}", expected.path);
        }
        if let Some((offset, length)) = expected.extent {
            let bytes = &evidence[&expected.path];
            let bytes = if expected.path.ends_with(".gz") {
                first_member(bytes)
            } else {
                bytes.clone()
            };
            let (begin, end) = (offset as usize, (offset + length) as usize);
            if expected.path.ends_with(".gz") {
                assert!(
                    bytes[begin..end].starts_with(b"{\"eventVersion\"")
                        && bytes[begin..end].ends_with(b"}")
                );
                assert!(matches!(bytes[end], b',' | b']'), "{name}");
            } else {
                assert!(begin == 0 || bytes[begin - 1] == b'\n', "{name}");
                assert!(end == bytes.len() || bytes[end] == b'\n', "{name}");
                if let Some(seq) = expected.seq {
                    let line = String::from_utf8_lossy(&bytes[begin..end]).into_owned();
                    let member = if expected.path.contains("receipts") {
                        "sequence"
                    } else {
                        "seq"
                    };
                    assert!(
                        line.contains(&format!("\"{member}\":{seq}")),
                        "{name}: {line}"
                    );
                }
            }
        }
        if expected.verdict == Some(Word::Contradicted) {
            assert_eq!(expected.case, Word::Contradicted, "{name}");
        }
        for key in &expected.keys {
            assert!(key.exists(), "{name}");
        }
    }
    codes
}

#[test]
fn names_are_unique_kebab_case_and_lead_back() {
    let mut seen = BTreeSet::new();
    for &tamper in Tamper::ALL {
        let name = tamper.name();
        assert!(seen.insert(name));
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{name}"
        );
        assert_eq!(Tamper::from_name(name), Some(tamper));
    }
    assert_eq!(Tamper::from_name("no-such"), None);
}

#[test]
fn every_code_of_the_contract_is_provoked() {
    // `field-uncovered` stands for the sound receipts already: their proof is outside the signature.
    const CODES: [&str; 34] = [
        "record-altered",
        "record-missing",
        "record-inserted",
        "record-repeated",
        "record-reordered",
        "record-malformed",
        "stream-truncated",
        "stream-forked",
        "stream-crossed",
        "record-after-end",
        "chain-restarted",
        "tail-unsealed",
        "end-unknown",
        "heartbeat-missed",
        "clock-backwards",
        "signature-invalid",
        "signature-missing",
        "signature-weak",
        "algorithm-refused",
        "key-unknown",
        "key-untrusted",
        "key-expired",
        "key-revoked",
        "endorsement-invalid",
        "seal-invalid",
        "seal-missing",
        "file-altered",
        "file-missing",
        "file-unlisted",
        "file-moved",
        "period-uncovered",
        "trailing-data",
        "entry-refused",
        "",
    ];
    assert_eq!(provoked(), &CODES.into_iter().collect::<BTreeSet<_>>());
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn mth(leaves: &[[u8; 32]]) -> [u8; 32] {
    if let [one] = leaves {
        return *one;
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    hash(&[&[1], &mth(left)[..], &mth(right)[..]].concat())
}

/// Where a stream's links and roots do not hold, and whether each newest checkpoint's signature is
/// good under one of these keys.
fn faults(
    root: &Path,
    stream: &str,
    keys: &[VerifyingKey],
) -> (Vec<usize>, Vec<String>, Vec<String>) {
    let bytes = fs::read(root.join(format!("streams/{stream}.jsonl"))).unwrap();
    let lines: Vec<&[u8]> = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .collect();
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let links = (1..lines.len())
        .filter(|&index| {
            let mark = format!(
                "\"seq\":{index},\"prev\":\"{}\"",
                hex(&hash(lines[index - 1]))
            );
            !lines[index]
                .windows(mark.len())
                .any(|window| window == mark.as_bytes())
        })
        .collect();
    let leaves: Vec<_> = lines
        .iter()
        .map(|line| hash(&[&[0], &hash(line)[..]].concat()))
        .collect();
    let (mut roots, mut signatures) = (Vec::new(), Vec::new());
    for name in pack::files(&root.join("checkpoints").join(stream)).unwrap() {
        let note = fs::read_to_string(root.join("checkpoints").join(stream).join(&name)).unwrap();
        let (text, lines) = note.split_once("\n\n").unwrap();
        let size: usize = text.lines().nth(1).unwrap().parse().unwrap();
        if size > leaves.len()
            || text.lines().nth(2) != Some(&STANDARD.encode(mth(&leaves[..size])))
        {
            roots.push(name.clone());
        }
        let blob = STANDARD
            .decode(lines.lines().next().unwrap().rsplit(' ').next().unwrap())
            .unwrap();
        let signature = Signature::from_slice(&blob[blob.len() - 64..]).unwrap();
        let text = format!("{text}\n");
        if !keys
            .iter()
            .any(|key| key.verify_strict(text.as_bytes(), &signature).is_ok())
        {
            signatures.push(name);
        }
    }
    (links, roots, signatures)
}

fn keys() -> [VerifyingKey; 3] {
    let keys = scenario::keys::Keys::from_seed(21);
    [&keys.agents, &keys.agents_next, &keys.payments].map(|key| key.verifying_key())
}

#[test]
fn what_an_insider_sealed_holds_in_every_link_root_and_signature() {
    use Tamper as T;
    for tamper in [
        T::StreamLeftOpen,
        T::HeartbeatMissed,
        T::ClockBackwards,
        T::LineAfterCloseSealed,
        T::LineDuplicateMember,
        T::LineHugeInteger,
        T::LineLoneSurrogate,
        T::LineInvalidUtf8,
        T::LineDeepNesting,
        T::LineMissingTime,
        T::InsiderSealsOtherStream,
        T::RotationNotEndorsed,
        T::CheckpointWitnessed,
        T::PeriodUncovered,
    ] {
        let (dir, _) = tampered(tamper);
        let root = dir.path().join("evidence/nhi-bundle");
        for stream in ["agents-prod", "payments"] {
            assert_eq!(
                faults(&root, stream, &keys()),
                Default::default(),
                "{} {stream}",
                tamper.name()
            );
        }
    }
}

#[test]
fn what_an_outsider_did_breaks_just_what_he_touched() {
    let broken = |tamper: Tamper| {
        let (dir, expected) = tampered(tamper);
        let stream = expected
            .stream
            .clone()
            .unwrap()
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned();
        (
            faults(&dir.path().join("evidence/nhi-bundle"), &stream, &keys()),
            expected,
        )
    };
    let none = Vec::<String>::new();

    let ((links, roots, signatures), expected) = broken(Tamper::LineEdited);
    assert_eq!(links, [expected.seq.unwrap() as usize + 1]);
    assert!(!roots.is_empty());
    assert_eq!(signatures, none);

    // The last line has no successor: no link breaks.
    for tamper in [
        Tamper::LastLineEdited,
        Tamper::LastLineEditedAfterCheckpoint,
        Tamper::LastLineEditedNoTiles,
    ] {
        let ((links, roots, signatures), _) = broken(tamper);
        assert_eq!(
            (links.len(), roots.len(), signatures),
            (0, 1, none.clone()),
            "{}",
            tamper.name()
        );
    }

    let ((_, roots, signatures), _) = broken(Tamper::CheckpointForked);
    assert_eq!((roots.len(), signatures), (1, none.clone()));

    for tamper in [
        Tamper::CheckpointSignatureInvalid,
        Tamper::CheckpointSignatureMalleated,
        Tamper::CheckpointSignatureMissing,
        Tamper::CheckpointSignatureWeak,
    ] {
        let ((links, roots, signatures), _) = broken(tamper);
        assert_eq!(
            (links.len(), roots, signatures.len()),
            (0, none.clone(), 1),
            "{}",
            tamper.name()
        );
    }

    let ((links, roots, signatures), expected) = broken(Tamper::TailCut);
    assert_eq!((links.len(), roots.len(), signatures), (0, 1, none));
    assert_eq!(
        expected.records.unwrap().verified,
        sound().1.records.verified - 20
    );
}

#[test]
fn without_tiles_only_the_records_under_the_last_good_checkpoint_are_proven() {
    // Payments of the small size: 310 records, checkpoints at 125, 250 and 310.
    let verified = sound().1.records.verified;
    let counts = |tamper: Tamper| tampered(tamper).1.records.unwrap();
    let deleted = counts(Tamper::LinesDeletedNoTiles);
    assert_eq!(verified - deleted.verified, 310 - 125);
    let cut = counts(Tamper::TailCutNoTiles);
    assert_eq!(verified - cut.verified, 310 - 250);
    assert_eq!(cut.unproven - sound().1.records.unproven, 290 - 250);
}

#[test]
fn the_demonstration_is_written_once_with_its_keys_apart() {
    let dir = tempfile::tempdir().unwrap();
    let report = scenario::demo(dir.path()).unwrap();
    assert_eq!(report.expected.len(), 6);
    assert_eq!(report.expected[0].seq, Some(907));
    assert_eq!(report.expected[1].range, Some((412, 424)));
    let all = files(dir.path());
    let evidence = |folder: &str| -> Files {
        all.iter()
            .filter_map(|(name, bytes)| {
                Some((name.strip_prefix(folder)?.to_owned(), bytes.clone()))
            })
            .collect()
    };
    assert_eq!(records(&evidence("evidence/")), report.truth.records.total);
    assert_eq!(
        records(&evidence("tampered/")),
        report.tampered_records.total
    );
    for said in &report.expected {
        assert!(
            all.contains_key(&format!("tampered/{}", said.path)),
            "{said:?}"
        );
    }
    let readme = String::from_utf8(all["README.txt"].clone()).unwrap();
    assert!(readme.contains("exhibit import") && readme.contains("seq 412 to 424"));
    assert!(
        all.keys()
            .filter(|name| name.contains("keys"))
            .all(|name| name.starts_with("keys/"))
    );
    let again = scenario::demo(dir.path()).unwrap_err();
    assert_eq!(again.kind(), std::io::ErrorKind::AlreadyExists);
}

#[test]
fn packed_evidence_is_the_same_bytes_each_time_and_holds_all_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("b");
    site::bundle(&root, 600).unwrap();
    for name in ["b.zip", "b.tar", "b.tar.gz", "b.tar.zst"] {
        let (first, second) = (
            dir.path().join(name),
            dir.path().join(format!("again-{name}")),
        );
        pack::pack(&root, &first).unwrap();
        pack::pack(&root, &second).unwrap();
        assert_eq!(
            fs::read(&first).unwrap(),
            fs::read(&second).unwrap(),
            "{name}"
        );
    }
    let mut tar = tar::Archive::new(fs::File::open(dir.path().join("b.tar")).unwrap());
    let mut unpacked = Files::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        unpacked.insert(path, bytes);
    }
    assert_eq!(unpacked, files(&root));
}
