//! Real evidence and published vectors, where `EXHIBIT_SAMPLES` names the folder of their archives.
//! What is counted here is counted a second time by a JSON reader that is not ours.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;
use tests::{import, rows};
use workbench::Micros;
use workbench::api::{Summary, Word};

/// The archive's path, its files, and a folder for a case; `None`, said plainly, without samples.
struct Sample {
    path: PathBuf,
    files: BTreeMap<String, Vec<u8>>,
    dir: tempfile::TempDir,
}

fn sample(name: &str) -> Option<Sample> {
    let Some(folder) = std::env::var_os("EXHIBIT_SAMPLES") else {
        eprintln!("skipped: EXHIBIT_SAMPLES is not set, and {name} lies there");
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    let file = std::fs::File::open(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let mut files = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry.header().entry_type().is_file() {
            let (name, mut bytes) = (
                entry.path().unwrap().to_str().unwrap().to_owned(),
                Vec::new(),
            );
            entry.read_to_end(&mut bytes).unwrap();
            files.insert(name, bytes);
        }
    }
    Some(Sample {
        path,
        files,
        dir: tempfile::tempdir().unwrap(),
    })
}

impl Sample {
    fn case(&self) -> PathBuf {
        self.dir.path().join("case.exhibit")
    }

    fn import(&self) -> Summary {
        import(&self.case(), &self.path, &[])
    }
}

fn unsealed(summary: &Summary, records: u64) {
    let counts = summary.records;
    assert_eq!(
        [
            counts.total,
            counts.verified,
            counts.intact,
            counts.unproven,
            counts.contradicted
        ],
        [records, 0, 0, records, 0]
    );
    assert_eq!(summary.verdict, Word::Unproven);
    balanced(summary);
}

fn balanced(summary: &Summary) {
    let ledger = summary.ledger;
    assert!(ledger.balanced && summary.sources.iter().all(|source| source.ledger.balanced));
    assert_eq!(
        ledger.bytes_records + ledger.bytes_structure + ledger.bytes_rejected,
        ledger.bytes_in
    );
}

/// Records of each source with records.
fn by_path(summary: &Summary) -> BTreeMap<String, u64> {
    summary
        .sources
        .iter()
        .filter(|source| source.records > 0)
        .map(|source| (source.path.clone(), source.records))
        .collect()
}

/// The same by another reader.
fn counted(
    files: &BTreeMap<String, Vec<u8>>,
    count: impl Fn(&str, &[u8]) -> usize,
) -> BTreeMap<String, u64> {
    files
        .iter()
        .map(|(path, bytes)| (path.clone(), count(path, bytes) as u64))
        .filter(|(_, count)| *count > 0)
        .collect()
}

#[test]
fn a_real_attack_s_2_900_cloudtrail_events_are_all_there_and_all_unproven() {
    let Some(sample) = sample("cloudtrail-invictus.tar.gz") else {
        return;
    };
    let summary = sample.import();
    unsealed(&summary, 2_900);
    let theirs = counted(&sample.files, |_, bytes| {
        serde_json::from_slice::<Value>(bytes)
            .ok()
            .and_then(|log| log["Records"].as_array().map(Vec::len))
            .unwrap_or(0)
    });
    assert_eq!((by_path(&summary), theirs.len()), (theirs, 55));

    let rows = rows(&sample.case(), "");
    let named = |name: &str| {
        rows.iter()
            .filter(|row| {
                row.native_type
                    .as_deref()
                    .is_some_and(|native| native.ends_with(name))
            })
            .count()
    };
    assert_eq!(
        [
            "AssumeRole",
            "GetSecretValue",
            "GetParameter",
            "CreateAccessKey"
        ]
        .map(named),
        [49, 60, 82, 2]
    );
    // The earliest and the latest are those that stand there, whatever the order of the files.
    let mut asserted: Vec<String> = Vec::new();
    for bytes in sample.files.values() {
        let Ok(log) = serde_json::from_slice::<Value>(bytes) else {
            continue;
        };
        asserted.extend(
            log["Records"]
                .as_array()
                .unwrap()
                .iter()
                .map(|event| event["eventTime"].as_str().unwrap().to_owned()),
        );
    }
    asserted.sort();
    let shown: Vec<String> = rows
        .iter()
        .map(|row| Micros(row.time.unwrap()).to_string())
        .collect();
    assert_eq!(shown, asserted);
}

#[test]
fn each_technique_s_array_of_cloudtrail_events_is_read_whole() {
    let Some(sample) = sample("cloudtrail-stratus.tar.gz") else {
        return;
    };
    let summary = sample.import();
    unsealed(&summary, 310);
    let theirs = counted(&sample.files, |_, bytes| {
        serde_json::from_slice::<Value>(bytes)
            .ok()
            .and_then(|log| log.as_array().map(Vec::len))
            .unwrap_or(0)
    });
    assert_eq!((by_path(&summary), theirs.len()), (theirs, 35));
}

#[test]
fn a_real_server_s_log_of_15_047_lines_is_read_whole() {
    let Some(sample) = sample("openbao.tar.gz") else {
        return;
    };
    let summary = sample.import();
    unsealed(&summary, 15_047);
    let mut text = String::new();
    GzDecoder::new(sample.files["openbao/audit.log.gz"].as_slice())
        .read_to_string(&mut text)
        .unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 15_047);
    assert_eq!(
        by_path(&summary),
        BTreeMap::from([("openbao/audit.log.gz".to_owned(), 15_047)])
    );
    // The other file of the archive is no log.
    assert_eq!(
        summary.ledger.bytes_rejected,
        sample.files["openbao/truth.json"].len() as u64
    );
    // 747 reads of a secret were denied.
    let denied = |line: &&Value| {
        line["type"] == "response"
            && line["error"]
                .as_str()
                .is_some_and(|error| error.contains("permission denied"))
    };
    let said = rows(&sample.case(), "outcome:denied").len();
    assert_eq!(said, lines.iter().filter(denied).count());
    assert!(said >= 747, "{said}");
}

#[test]
fn kubernetes_events_of_all_versions_are_told_from_what_only_looks_alike() {
    let Some(sample) = sample("kubernetes.tar.gz") else {
        return;
    };
    let summary = sample.import();
    unsealed(&summary, 51 + 37);
    let theirs = counted(&sample.files, |path, bytes| {
        if !path.ends_with(".log") && !path.ends_with(".json") {
            return 0;
        }
        let read = serde_json::Deserializer::from_slice(bytes).into_iter::<Value>();
        read.filter_map(Result::ok)
            .map(|value| {
                if value["kind"] == "EventList" {
                    value["items"].as_array().map_or(0, Vec::len)
                } else {
                    usize::from(value["kind"] == "Event")
                }
            })
            .sum()
    });
    let ours = by_path(&summary);
    assert_eq!(ours, theirs);
    let (demo, falco): (Vec<_>, Vec<_>) = ours
        .iter()
        .partition(|(path, _)| path.contains("audit2rbac"));
    assert_eq!(
        (
            demo.iter().map(|(_, records)| **records).sum::<u64>(),
            falco.iter().map(|(_, records)| **records).sum::<u64>()
        ),
        (37, 51)
    );
    let other = summary
        .sources
        .iter()
        .find(|source| source.path.ends_with("falco/fal_01_003.json"))
        .unwrap();
    assert_eq!(
        (
            other.records,
            other.role.as_str(),
            other.ledger.bytes_rejected
        ),
        (0, "not recognised", other.bytes)
    );
}

#[test]
fn each_published_signed_receipt_is_verified_with_the_vectors_key_and_unproven_without() {
    let Some(sample) = sample("agent-receipts.tar.gz") else {
        return;
    };
    let mut tried = 0;
    for (path, bytes) in &sample.files {
        let Ok(vectors) = serde_json::from_slice::<Value>(bytes) else {
            continue;
        };
        let Some(pem) = vectors["keys"]["publicKey"].as_str() else {
            continue;
        };
        let name = path.rsplit('/').next().unwrap();
        let keys = sample.dir.path().join(format!("{name}.pem"));
        std::fs::write(&keys, pem).unwrap();
        for (label, vector) in signed(&vectors) {
            let receipts = sample.dir.path().join(format!("{name}-{label}.jsonl"));
            let lines: Vec<String> = vector.iter().map(Value::to_string).collect();
            std::fs::write(&receipts, lines.join("\n")).unwrap();
            let case = |word: &str| receipts.with_extension(format!("{word}.exhibit"));
            let count = vector.len() as u64;
            let with = import(&case("with"), &receipts, std::slice::from_ref(&keys));
            assert_eq!(
                (with.records.verified, with.records.total),
                (count, count),
                "{name} {label}: {:#?}",
                with.findings
            );
            balanced(&with);
            let without = import(&case("without"), &receipts, &[]);
            assert_eq!(
                (without.records.unproven, without.records.total),
                (count, count),
                "{name} {label}: {:#?}",
                without.findings
            );
            tried += vector.len();
        }
    }
    // 13 of the versions 0.2 to 0.5, and one each by the Go and the Python implementation.
    assert_eq!(tried, 13 + 2);
}

/// The signed receipts of a file of vectors, chain by chain.
fn signed(vectors: &Value) -> Vec<(String, Vec<Value>)> {
    let mut out = Vec::new();
    for (label, vector) in vectors.as_object().unwrap() {
        if let Some(receipts) = vector["receipts"].as_array() {
            out.push((label.clone(), receipts.clone()));
        }
        for member in ["receipt", "signed", "signedReceipt"] {
            if vector[member]["proof"]["proofValue"].is_string() {
                out.push((label.clone(), vec![vector[member].clone()]));
            }
        }
    }
    out
}
