//! The sound evidence holds by means that share no code with what made it, is the same whenever it
//! is made, and is what its truth says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};
use scenario::truth::Truth;
use scenario::{Size, pack, site};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::Command;

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn lines(path: &Path) -> Vec<Vec<u8>> {
    let bytes = fs::read(path).unwrap();
    assert_eq!(bytes.last(), Some(&b'\n'));
    bytes[..bytes.len() - 1]
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::to_vec)
        .collect()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn inflated(path: &Path) -> Vec<u8> {
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(path).unwrap())
        .read_to_end(&mut out)
        .unwrap();
    out
}

/// MTH of RFC 6962 section 2.1, as it is defined.
fn mth(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => hash(b""),
        [one] => *one,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            let (left, right) = leaves.split_at(k);
            hash(&[&[1], &mth(left)[..], &mth(right)[..]].concat())
        }
    }
}

fn strict(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = VerifyingKey::from_bytes(key.try_into().unwrap()).unwrap();
    key.verify_strict(message, &Signature::from_slice(signature).unwrap())
        .is_ok()
}

/// The keys of the key file: by stream, and those without one.
fn key_file(dir: &Path) -> (BTreeMap<String, Vec<u8>>, Vec<Vec<u8>>) {
    let (mut named, mut raw) = (BTreeMap::new(), Vec::new());
    for line in fs::read_to_string(dir.join("keys/trusted.keys"))
        .unwrap()
        .lines()
    {
        let word = line.split(' ').next().unwrap();
        if let Some(key) = word.strip_prefix("ed25519:") {
            raw.push(STANDARD.decode(key).unwrap());
        } else if !line.starts_with('#') {
            let parts: Vec<&str> = word.splitn(3, '+').collect();
            let key = STANDARD.decode(parts[2]).unwrap();
            let id = hash(&[parts[0].as_bytes(), b"\n", &key].concat());
            assert_eq!(parts[1], hex(&id[..4]));
            named.insert(parts[0].to_owned(), key[1..].to_vec());
        }
    }
    (named, raw)
}

fn laid(size: Size) -> (tempfile::TempDir, Truth) {
    let dir = tempfile::tempdir().unwrap();
    let truth = site::lay(dir.path(), 11, size).unwrap();
    (dir, truth)
}

#[test]
fn streams_hold_link_by_link_and_root_by_root() {
    let (dir, truth) = laid(Size {
        agents: 1_742,
        payments: 618,
        ..Size::none()
    });
    let root = dir.path().join("evidence/nhi-bundle");
    let (keys, _) = key_file(dir.path());
    for stream in ["agents-prod", "payments"] {
        let id = format!("example.com/{stream}");
        let (mut prev, mut leaves, mut time) = (Value::Null, Vec::new(), String::new());
        let mut signers = vec![(0, keys[&id].clone())];
        let lines = lines(&root.join(format!("streams/{stream}.jsonl")));
        for (seq, line) in lines.iter().enumerate() {
            let record = json(line);
            assert_eq!(
                (&record["v"], &record["stream"]),
                (&Value::from(1), &Value::from(id.clone()))
            );
            assert_eq!(
                (&record["seq"], &record["prev"]),
                (&Value::from(seq), &prev)
            );
            assert!(
                record["time"].as_str().unwrap() >= time.as_str(),
                "{stream} {seq}"
            );
            time = record["time"].as_str().unwrap().to_owned();
            if record["type"] == "key.rotate" {
                let next = record["next"].as_str().unwrap();
                let text = format!(
                    "nhi-audit-bundle/v1 rotate\n{id}\n{seq}\n{}\n{next}\n",
                    prev.as_str().unwrap()
                );
                let endorsement = STANDARD
                    .decode(record["endorsement"].as_str().unwrap())
                    .unwrap();
                assert!(strict(&signers[0].1, text.as_bytes(), &endorsement));
                let key = STANDARD
                    .decode(next.splitn(3, '+').nth(2).unwrap())
                    .unwrap();
                signers.push((seq as u64 + 1, key[1..].to_vec()));
            }
            prev = Value::from(hex(&hash(line)));
            leaves.push(hash(&[&[0], &hash(line)[..]].concat()));
        }
        assert_eq!(json(&lines[0])["type"], "stream.open");
        assert_eq!(json(lines.last().unwrap())["type"], "stream.close");
        assert_eq!(
            truth.source(&id).unwrap().records.verified,
            lines.len() as u64
        );
        assert_eq!(signers.len(), if stream == "payments" { 1 } else { 2 });

        let names = pack::files(&root.join("checkpoints").join(stream)).unwrap();
        assert_eq!(names.last().unwrap(), &format!("{:012}", lines.len()));
        for name in names {
            let note =
                fs::read_to_string(root.join("checkpoints").join(stream).join(&name)).unwrap();
            let (text, signature) = note.split_once("\n\n").unwrap();
            let text = format!("{text}\n");
            let size: usize = name.parse().unwrap();
            let expected = format!("{id}\n{size}\n{}\n", STANDARD.encode(mth(&leaves[..size])));
            assert_eq!(text, expected);
            let key = &signers
                .iter()
                .rev()
                .find(|(from, _)| size as u64 >= *from)
                .unwrap()
                .1;
            let blob = signature
                .strip_prefix(&format!("\u{2014} {id} "))
                .unwrap()
                .trim_end();
            let blob = STANDARD.decode(blob).unwrap();
            assert_eq!(
                blob[..4],
                hash(&[id.as_bytes(), b"\n\x01", key].concat())[..4]
            );
            assert!(strict(key, text.as_bytes(), &blob[4..]), "{stream} {name}");
        }
        let tiles = root.join("tiles").join(stream);
        let tiled: Vec<u8> = pack::files(&tiles)
            .unwrap()
            .iter()
            .flat_map(|tile| fs::read(tiles.join(tile)).unwrap())
            .collect();
        assert_eq!(tiled, leaves.concat());
    }
}

#[test]
fn the_turning_points_have_the_demonstrations_numbers() {
    let (dir, _) = laid(Size {
        agents: 1_742,
        payments: 618,
        ..Size::none()
    });
    let root = dir.path().join("evidence/nhi-bundle/streams");
    let at = |stream: &str, seq: usize| json(&lines(&root.join(stream))[seq]);
    assert_eq!(
        at("agents-prod.jsonl", 907)["time"],
        "2026-06-12T02:11:46.902113Z"
    );
    assert_eq!(at("agents-prod.jsonl", 908)["type"], "token.exchange");
    assert_eq!(at("payments.jsonl", 411)["tool"]["name"], "journal.post");
    assert_eq!(at("payments.jsonl", 412)["tool"]["name"], "payout.create");
    assert_eq!(
        at("payments.jsonl", 425)["time"],
        "2026-06-12T02:28:02.771350Z"
    );
}

#[test]
fn the_manifest_lists_every_other_file_and_its_signature_holds() {
    let (dir, _) = laid(Size {
        agents: 440,
        payments: 310,
        ..Size::none()
    });
    let root = dir.path().join("evidence/nhi-bundle");
    let (_, raw) = key_file(dir.path());
    let envelope = json(&fs::read(root.join("manifest.dsse.json")).unwrap());
    let payload = STANDARD
        .decode(envelope["payload"].as_str().unwrap())
        .unwrap();
    let kind = envelope["payloadType"].as_str().unwrap();
    let signed = [
        format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).as_bytes(),
        &payload,
    ]
    .concat();
    let signature = STANDARD
        .decode(envelope["signatures"][0]["sig"].as_str().unwrap())
        .unwrap();
    assert!(strict(&raw[0], &signed, &signature));
    let statement = json(&payload);
    let listed: BTreeMap<String, String> = statement["subject"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            (
                file["name"].as_str().unwrap().to_owned(),
                file["digest"]["sha256"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    let here: BTreeMap<String, String> = pack::files(&root)
        .unwrap()
        .into_iter()
        .filter(|name| name != "manifest.dsse.json")
        .map(|name| {
            (
                name.clone(),
                hex(&hash(&fs::read(root.join(name)).unwrap())),
            )
        })
        .collect();
    assert_eq!(listed, here);
}

#[test]
fn digests_hold_by_openssl_and_cover_what_the_truth_says() {
    let (dir, truth) = laid(Size {
        cloudtrail: 900,
        ..Size::none()
    });
    let root = dir.path().join("evidence/cloudtrail");
    let list = json(&fs::read(dir.path().join("keys/cloudtrail-keys.json")).unwrap());
    let value = list["PublicKeyList"][0]["Value"].as_str().unwrap();
    let pem: String = value
        .as_bytes()
        .chunks(64)
        .map(|chunk| format!("{}\n", std::str::from_utf8(chunk).unwrap()))
        .collect();
    let pem = format!("-----BEGIN RSA PUBLIC KEY-----\n{pem}-----END RSA PUBLIC KEY-----\n");
    fs::write(dir.path().join("key.pem"), pem).unwrap();
    let openssl = Command::new("openssl").arg("version").output().is_ok();
    if !openssl {
        eprintln!("no openssl here: the RSA signatures are not checked");
    }
    let (mut listed, mut sealed, mut chains) = (BTreeSet::new(), 0, 0);
    let mut previous: Option<(String, String, String)> = None;
    for name in pack::files(&root)
        .unwrap()
        .iter()
        .filter(|name| name.contains("Digest") && name.ends_with(".gz"))
    {
        let content = inflated(&root.join(name));
        let digest = json(&content);
        let text = |member: &str| digest[member].as_str().map(str::to_owned);
        assert_eq!(text("digestS3Object").as_ref(), Some(name));
        let sidecar = json(&fs::read(root.join(format!("{name}.metadata.json"))).unwrap());
        let signature = sidecar["Metadata"]["signature"]
            .as_str()
            .unwrap()
            .to_owned();
        let signed = format!(
            "{}\n{}/{name}\n{}\n{}",
            text("digestEndTime").unwrap(),
            text("digestS3Bucket").unwrap(),
            hex(&hash(&content)),
            text("previousDigestSignature").unwrap_or("null".to_owned())
        );
        if openssl {
            let bytes: Vec<u8> = (0..256)
                .map(|i| u8::from_str_radix(&signature[2 * i..2 * i + 2], 16).unwrap())
                .collect();
            fs::write(dir.path().join("signed"), signed).unwrap();
            fs::write(dir.path().join("signature"), bytes).unwrap();
            let run = Command::new("openssl")
                .current_dir(dir.path())
                .args([
                    "dgst",
                    "-sha256",
                    "-verify",
                    "key.pem",
                    "-signature",
                    "signature",
                    "signed",
                ])
                .output()
                .unwrap();
            assert!(
                run.status.success(),
                "{name}: {}",
                String::from_utf8_lossy(&run.stderr)
            );
        }
        match text("previousDigestS3Object") {
            None => chains += 1,
            Some(object) => {
                let said = (
                    object,
                    text("previousDigestHashValue").unwrap(),
                    text("previousDigestSignature").unwrap(),
                );
                assert_eq!(Some(said), previous);
            }
        }
        previous = Some((name.clone(), hex(&hash(&content)), signature));
        for log in digest["logFiles"].as_array().unwrap() {
            let object = log["s3Object"].as_str().unwrap();
            let content = inflated(&root.join(object));
            assert_eq!(log["hashValue"], hex(&hash(&content)));
            let records = json(&content)["Records"].as_array().unwrap().clone();
            let times: Vec<&str> = records
                .iter()
                .map(|record| record["eventTime"].as_str().unwrap())
                .collect();
            assert_eq!(
                times.iter().min().unwrap(),
                &log["oldestEventTime"].as_str().unwrap()
            );
            assert_eq!(
                times.iter().max().unwrap(),
                &log["newestEventTime"].as_str().unwrap()
            );
            assert!(
                times
                    .iter()
                    .all(|time| **time >= *text("digestStartTime").unwrap())
            );
            assert!(
                times
                    .iter()
                    .all(|time| **time <= *text("digestEndTime").unwrap())
            );
            sealed += records.len() as u64;
            listed.insert(object.to_owned());
        }
    }
    assert_eq!(chains, 2, "one begins anew after the hole");
    let source = truth
        .source("cloudtrail/AWSLogs/444455556666/CloudTrail/eu-west-1")
        .unwrap();
    assert_eq!(source.records.verified, sealed);
    let logs: Vec<String> = pack::files(&root)
        .unwrap()
        .into_iter()
        .filter(|name| name.contains("444455556666_CloudTrail_"))
        .collect();
    let all: usize = logs
        .iter()
        .map(|log| {
            json(&inflated(&root.join(log)))["Records"]
                .as_array()
                .unwrap()
                .len()
        })
        .sum();
    assert_eq!(source.records.total, all as u64);
    assert_eq!(source.files, logs.len() as u64);
    let tail: Vec<_> = logs.iter().filter(|log| !listed.contains(*log)).collect();
    assert!(!tail.is_empty() && source.records.unproven > 0);
}

#[test]
fn the_story_is_told_in_the_records() {
    let (dir, truth) = laid(Size::small());
    let evidence = dir.path().join("evidence");
    let mut text = String::new();
    for name in pack::files(&evidence).unwrap() {
        let path = evidence.join(&name);
        let bytes = if name.ends_with(".gz") {
            inflated(&path)
        } else {
            fs::read(&path).unwrap()
        };
        text.push_str(&String::from_utf8_lossy(&bytes));
        text.push('\n');
    }
    let count = |needle: &str| text.matches(needle).count();
    for mint in &truth.mints {
        assert!(count(&mint.credential) >= 1, "{mint:?}");
    }
    for reached in &truth.reached {
        // Of a Kubernetes secret, namespace and name stand apart.
        let id = reached
            .id
            .replace("payments/db-conn", "payments/secrets/db-conn");
        assert!(count(&id) >= 1, "{reached:?}");
    }
    for decoy in &truth.decoys {
        assert!(count(&decoy.id) >= 1, "{decoy:?}");
    }
    assert!(truth.reached.len() > 40 && truth.reached.is_sorted_by(|a, b| a.at <= b.at));
    // Each of the orphan token's reads stands as request and response.
    let orphan = truth
        .mints
        .iter()
        .find(|mint| mint.credential.contains("e91a"))
        .unwrap();
    assert_eq!(
        count(&format!(
            "\"client_token_accessor\":\"{}\"",
            orphan.credential
        )),
        2 * 96
    );
    assert_eq!(count("\"eventName\":\"StopLogging\""), 1);
    assert_eq!(count("\"type\":\"key.rotate\""), 1);
}

#[test]
fn acts_are_as_many_as_the_truth_says() {
    let (dir, truth) = laid(Size::demo());
    let evidence = dir.path().join("evidence");
    let source = |name: &str| truth.source(name).unwrap().clone();
    let parsed = |name: &str| -> Vec<Value> {
        lines(&evidence.join(name))
            .iter()
            .map(|line| json(line))
            .collect()
    };

    let vault = parsed("openbao/audit.log");
    let said = source("openbao/audit.log");
    assert_eq!(vault.len() as u64, said.records.total);
    let responses: Vec<_> = vault
        .iter()
        .filter(|line| line["type"] == "response")
        .collect();
    let made = responses
        .iter()
        .filter(|line| line["response"]["auth"]["accessor"].is_string())
        .count();
    assert_eq!(made as u64, said.mints);
    let kv = |line: &&&Value| line["request"]["mount_type"] == "kv";
    let denied = responses
        .iter()
        .filter(kv)
        .filter(|line| line["error"].is_string())
        .count();
    assert_eq!(denied as u64, said.secrets_denied);
    assert_eq!(
        (responses.iter().filter(kv).count() - denied) as u64,
        said.secrets_read
    );

    let kubernetes = parsed("k8s/prod-eu-1/audit-2026-06-12.jsonl");
    let said = source("k8s/prod-eu-1/audit-2026-06-12.jsonl");
    assert_eq!(kubernetes.len() as u64, said.records.total);
    let done: Vec<_> = kubernetes
        .iter()
        .filter(|line| line["stage"] == "ResponseComplete")
        .collect();
    let ids: BTreeSet<_> = done
        .iter()
        .map(|line| line["auditID"].as_str().unwrap())
        .collect();
    assert_eq!(ids.len(), done.len(), "an act is complete once");
    let issued = done
        .iter()
        .filter(|line| line["objectRef"]["subresource"] == "token")
        .count();
    assert_eq!(issued as u64, said.mints);
    let secrets: Vec<_> = done
        .iter()
        .filter(|line| line["objectRef"]["resource"] == "secrets")
        .collect();
    let denied = secrets
        .iter()
        .filter(|line| line["responseStatus"]["code"] == 403)
        .count();
    assert_eq!(
        (denied as u64, (secrets.len() - denied) as u64),
        (said.secrets_denied, said.secrets_read)
    );

    let agents = parsed("nhi-bundle/streams/agents-prod.jsonl");
    let said = source("example.com/agents-prod");
    let made = agents.iter().filter(|line| {
        let kind = line["type"].as_str().unwrap();
        matches!(kind, "token.mint" | "token.exchange") && line["outcome"] == "success"
    });
    assert_eq!(made.count() as u64, said.mints);
    let read = |outcome: &str| {
        agents
            .iter()
            .filter(|line| line["type"] == "secret.read" && line["outcome"] == outcome)
            .count() as u64
    };
    assert_eq!(
        (read("success"), read("denied")),
        (said.secrets_read, said.secrets_denied)
    );
    let total: u64 = truth
        .sources
        .iter()
        .map(|source| source.records.total)
        .sum();
    assert_eq!(truth.records.total, total);
}

/// SHA-256 over the paths and contents of all files; compressed ones are inflated first, so that
/// another version of the compressor is no difference.
fn fingerprint(dir: &Path) -> String {
    let mut all = Sha256::new();
    for name in pack::files(dir).unwrap() {
        let path = dir.join(&name);
        let bytes = if name.ends_with(".gz") {
            inflated(&path)
        } else {
            fs::read(path).unwrap()
        };
        all.update(name.as_bytes());
        all.update(hash(&bytes));
    }
    hex(&all.finalize())
}

#[test]
fn the_same_seed_and_size_give_the_same_bytes() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let truth = site::lay(first.path(), 4, Size::small()).unwrap();
    assert_eq!(site::lay(second.path(), 4, Size::small()).unwrap(), truth);
    for name in pack::files(first.path()).unwrap() {
        assert_eq!(
            fs::read(first.path().join(&name)).unwrap(),
            fs::read(second.path().join(&name)).unwrap(),
            "{name}"
        );
    }
    let other = tempfile::tempdir().unwrap();
    site::lay(other.path(), 5, Size::small()).unwrap();
    assert_ne!(fingerprint(other.path()), fingerprint(first.path()));
}

#[test]
fn the_bytes_are_those_of_other_machines() {
    let (dir, _) = laid(Size::small());
    assert_eq!(fingerprint(&dir.path().join("evidence")), PINNED);
}

/// Of seed 11 and the small size. It changes with every change of the story, and must not change
/// otherwise.
const PINNED: &str = "77e2fe1af8546d7cc43f5e0d95f1358147a8ac8eda4e803cc6431c6302d22998";

#[test]
fn sizes_are_met_and_the_story_fits_in_all() {
    for total in [0, 5_000, 12_345] {
        let dir = tempfile::tempdir().unwrap();
        let size = Size::of(total);
        let truth = site::lay(dir.path(), 2, size).unwrap();
        let meant = size.agents
            + size.payments
            + size.cloudtrail
            + size.receipts
            + size.kubernetes
            + size.vault;
        // The attached log and the account without digests come on top.
        assert_eq!(truth.records.total, meant + 40 + 30);
    }
}

#[test]
fn generators_for_benchmarks_write_as_many_records_as_asked() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    site::bundle(&at("bundle"), 4_001).unwrap();
    let streams = lines(&at("bundle/streams/agents-prod.jsonl")).len()
        + lines(&at("bundle/streams/payments.jsonl")).len();
    assert_eq!(streams, 4_001);
    assert!(!at("bundle/tiles").exists() && at("bundle.keys").exists());
    site::receipts(&at("receipts"), 5_000).unwrap();
    let receipts: usize = pack::files(&at("receipts"))
        .unwrap()
        .iter()
        .map(|name| lines(&at("receipts").join(name)).len())
        .sum();
    assert_eq!(receipts, 5_000);
    site::kubernetes(&at("k8s.log"), 1_001).unwrap();
    assert_eq!(lines(&at("k8s.log")).len(), 1_001);
    site::vault(&at("vault.log"), 1_001).unwrap();
    assert_eq!(lines(&at("vault.log")).len(), 1_001);
}
