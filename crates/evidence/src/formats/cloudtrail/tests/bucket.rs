//! Makes a bucket: logs, digests, metadata and key lists, written out by hand and signed with keys
//! that exist for these tests alone.

use crate::facts::Chains;
use crate::keys::{KeyMaterial, Trust, TrustedKey, rsa};
use crate::verdict::Word;
use crate::verify::Outcome;
use crate::{Digest, FileFacts, FileId, Kind, Lookup, LookupError};
use ::rsa::pkcs1::EncodeRsaPublicKey as _;
use ::rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};
use std::sync::OnceLock;

/// Primes of two keys: `openssl genrsa 2048`.
const PRIMES: [[&str; 2]; 2] = [
    [
        "cf26e34d76d7ef2d552c8e5c9499db9b2cb60be3449e998666d682aca98752ad452cd8549659fc4efaf475c0d3343e503942f4b2db83db2f96e6c4dd915b26bab60d4afe02241486d2bf60a9f35425d624ea62cb99ab29738289100dda4cd961bcf09fc3562b6043c950dd69ae6091bd89205348850dfea2cb265f891245cf6d",
        "b8adb3bf3aea50c7643afa1b2ad8469f5920c7dfd548042b13fa3e4f3a471a8bcbfd21184b27dce9d785b88ac2e6df47990363785ac4d9ecce57d669ae3199c4811e5caea586540afeaa389cd03a2e93197b0488320449f00eb1086df81aeafbfe5ca70facaf5955dec45d453e4865126bd2bfdad290c761259d4042ac8f3935",
    ],
    [
        "d6a4e170064ae239221ac9baac9d6520d64a6d2d1f13198a380bd4bc911bf4d22a71cac99332c08dbd49e1abd5da911d74ef1a3ea3bdcf3d1088d6df899ce32e31633f320c444cbd9c468179745ec678e691cf110cad1e8b454c98bfea31ff1b2719e7807e60ae2934ccc1cb70ce0fc90a4a65d72a55235b97682ea16b5b3541",
        "c97b73ceeed53be290cf2c01d0e0951ece1e4c353d2742acee3baad9f8f6a239e915c8c74aa942a6c60f7ee2a42831bcd6e838ff6dc011daa19ad907ac7a4a28bf984890ac497c2963b9b6bf7e438cb818fe2a26f3ae80b00ec53271045b90305cebcb66cae44555c091954bdc1a31400ea8f8817de185d41e019ebdf5edfa6d",
    ],
];

fn private(which: usize) -> &'static RsaPrivateKey {
    static KEYS: [OnceLock<RsaPrivateKey>; 2] = [OnceLock::new(), OnceLock::new()];
    KEYS[which].get_or_init(|| {
        let prime = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16).expect("hex");
        let [p, q] = PRIMES[which].map(prime);
        RsaPrivateKey::from_p_q(p, q, BigUint::from(65537u32)).expect("primes")
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn der(which: usize) -> Vec<u8> {
    private(which)
        .to_public_key()
        .to_pkcs1_der()
        .expect("DER")
        .into_vec()
}

pub fn fingerprint(which: usize) -> String {
    rsa::cloudtrail_fingerprint(&der(which))
}

pub fn trusted(which: usize) -> TrustedKey {
    TrustedKey::bare(KeyMaterial::rsa(
        rsa::PublicKey::from_der(&der(which)).expect("a key"),
    ))
}

pub fn trust(which: &[usize]) -> Trust {
    Trust {
        keys: which.iter().map(|&which| trusted(which)).collect(),
    }
}

/// What `aws cloudtrail list-public-keys` prints.
pub fn key_list(which: usize) -> String {
    use base64::Engine as _;
    let value = base64::engine::general_purpose::STANDARD.encode(der(which));
    format!(
        "{{\"PublicKeyList\":[{{\"Value\":\"{value}\",\"ValidityStartTime\":\
         \"2026-01-01T00:00:00Z\",\"ValidityEndTime\":\"2027-01-01T00:00:00Z\",\
         \"Fingerprint\":\"{}\"}}]}}",
        fingerprint(which)
    )
}

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "us-east-1";
pub const BUCKET: &str = "trail-bucket";

/// A file of the case.
#[derive(Debug, Clone)]
pub struct File {
    pub import: u32,
    pub path: String,
    pub kind: Kind,
    pub text: String,
    /// The records, where it has any: their offsets and lengths.
    pub records: Vec<(usize, usize)>,
    pub malformed: Vec<u64>,
}

pub fn file(path: impl Into<String>, kind: Kind, text: impl Into<String>) -> File {
    File {
        import: 1,
        path: path.into(),
        kind,
        text: text.into(),
        records: Vec::new(),
        malformed: Vec::new(),
    }
}

pub fn log_key(hour: u32, minute: u32) -> String {
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/06/01/{ACCOUNT}_CloudTrail_{REGION}_\
         20260601T{hour:02}{minute:02}Z_abcdefghij{hour:02}{minute:02}.json.gz"
    )
}

pub fn digest_key(hour: u32) -> String {
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail-Digest/{REGION}/2026/06/01/{ACCOUNT}_CloudTrail-Digest_\
         {REGION}_my_trail_{REGION}_20260601T{hour:02}0000Z.json.gz"
    )
}

/// A log with that many records.
pub fn log(path: impl Into<String>, mark: &str, count: usize) -> File {
    let mut text = String::from("{\"Records\":[");
    let mut records = Vec::new();
    for i in 0..count {
        if i > 0 {
            text.push(',');
        }
        let record = format!("{{\"eventID\":\"{mark}-{i}\"}}");
        records.push((text.len(), record.len()));
        text.push_str(&record);
    }
    text.push_str("]}");
    File {
        records,
        ..file(path, Kind::CloudTrailLog, text)
    }
}

/// A digest before it is signed.
#[derive(Debug, Clone)]
pub struct Draft {
    pub hour: u32,
    pub key: String,
    pub start: String,
    pub end: String,
    /// Bucket key, hash and signature of the digest before.
    pub previous: Option<(String, String, String)>,
    /// Key and hash of each log.
    pub logs: Vec<(String, String)>,
    pub algorithm: String,
    pub log_algorithm: String,
    pub signed_by: usize,
}

/// A digest, signed.
#[derive(Debug, Clone)]
pub struct Signed {
    pub draft: Draft,
    pub text: String,
    pub signature: String,
}

pub fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// The digest of the hour that ends at `hour`.
pub fn draft(hour: u32, logs: &[File], previous: Option<&Signed>) -> Draft {
    Draft {
        hour,
        key: digest_key(hour),
        start: format!("2026-06-01T{:02}:00:00Z", hour - 1),
        end: format!("2026-06-01T{hour:02}:00:00Z"),
        previous: previous.map(Signed::link),
        logs: logs
            .iter()
            .map(|log| (log.path.clone(), sha256(&log.text)))
            .collect(),
        algorithm: "SHA256withRSA".into(),
        log_algorithm: "SHA-256".into(),
        signed_by: 0,
    }
}

impl Draft {
    pub fn sign(&self) -> Signed {
        let quoted = |text: Option<&str>| text.map_or("null".into(), |text| format!("\"{text}\""));
        let previous = self.previous.as_ref();
        let logs: Vec<String> = self
            .logs
            .iter()
            .map(|(key, hash)| {
                format!(
                    "{{\"s3Bucket\":\"{BUCKET}\",\"s3Object\":\"{key}\",\"hashValue\":\"{hash}\",\
                     \"hashAlgorithm\":\"{}\",\"newestEventTime\":\"{}\",\"oldestEventTime\":\"{}\"}}",
                    self.log_algorithm, self.end, self.start
                )
            })
            .collect();
        let text = format!(
            "{{\"awsAccountId\":\"{ACCOUNT}\",\"digestStartTime\":\"{}\",\"digestEndTime\":\"{}\",\
             \"digestS3Bucket\":\"{BUCKET}\",\"digestS3Object\":\"{}\",\
             \"digestPublicKeyFingerprint\":\"{}\",\"digestSignatureAlgorithm\":\"{}\",\
             \"newestEventTime\":null,\"oldestEventTime\":null,\"previousDigestS3Bucket\":{},\
             \"previousDigestS3Object\":{},\"previousDigestHashValue\":{},\
             \"previousDigestHashAlgorithm\":{},\"previousDigestSignature\":{},\"logFiles\":[{}]}}",
            self.start,
            self.end,
            self.key,
            fingerprint(self.signed_by),
            self.algorithm,
            quoted(previous.map(|_| BUCKET)),
            quoted(previous.map(|previous| previous.0.as_str())),
            quoted(previous.map(|previous| previous.1.as_str())),
            quoted(previous.map(|_| "SHA-256")),
            quoted(previous.map(|previous| previous.2.as_str())),
            logs.join(",")
        );
        let signature = self.signature(&text);
        Signed {
            draft: self.clone(),
            text,
            signature,
        }
    }

    /// The signature of CloudTrail's own documentation, over this text as the digest.
    fn signature(&self, text: &str) -> String {
        let to_sign = format!(
            "{}\n{BUCKET}/{}\n{}\n{}",
            self.end,
            self.key,
            sha256(text),
            self.previous
                .as_ref()
                .map_or("null", |previous| &previous.2)
        );
        // DigestInfo of SHA-256: RFC 8017, section 9.2, note 1.
        let prefix: [u8; 19] = [
            0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
            0x01, 0x05, 0x00, 0x04, 0x20,
        ];
        let scheme = Pkcs1v15Sign {
            hash_len: Some(32),
            prefix: prefix.into(),
        };
        hex(&private(self.signed_by)
            .sign(scheme, &Sha256::digest(to_sign))
            .expect("a signature"))
    }
}

impl Signed {
    pub fn link(&self) -> (String, String, String) {
        (
            self.draft.key.clone(),
            sha256(&self.text),
            self.signature.clone(),
        )
    }

    pub fn file(&self) -> File {
        file(&*self.draft.key, Kind::CloudTrailDigest, &*self.text)
    }

    pub fn sidecar(&self) -> File {
        sidecar(&self.draft.key, &self.signature)
    }
}

pub fn sidecar(key: &str, signature: &str) -> File {
    let text = format!(
        "{{\"ContentLength\":1,\"Metadata\":{{\"signature\":\"{signature}\",\
         \"signature-algorithm\":\"SHA256withRSA\"}}}}"
    );
    file(
        format!("{key}.metadata.json"),
        Kind::CloudTrailSidecar,
        text,
    )
}

/// A sound bucket: the hours that end at 1 to 4, two logs of three records each.
pub struct Bucket {
    pub logs: Vec<File>,
    pub digests: Vec<Signed>,
}

pub fn bucket() -> Bucket {
    let mut logs = Vec::new();
    let mut digests: Vec<Signed> = Vec::new();
    for hour in 1..=4 {
        let mine = [10, 40].map(|minute| {
            let mark = format!("{hour}-{minute}");
            log(log_key(hour - 1, minute), &mark, 3)
        });
        digests.push(draft(hour, &mine, digests.last()).sign());
        logs.extend(mine);
    }
    Bucket { logs, digests }
}

impl Bucket {
    /// Logs first, then each digest with its metadata.
    pub fn files(&self) -> Vec<File> {
        let mut files = self.logs.clone();
        for digest in &self.digests {
            files.extend([digest.file(), digest.sidecar()]);
        }
        files
    }
}

/// Files in memory.
pub struct Shelf(pub Vec<File>);

impl Lookup for Shelf {
    fn file(&self, file: FileId) -> Result<Vec<u8>, LookupError> {
        Ok(self.0[file.0 as usize].text.clone().into_bytes())
    }
    fn record(&self, file: FileId, ordinal: u64) -> Result<Vec<u8>, LookupError> {
        let file = &self.0[file.0 as usize];
        let (start, length) = file.records[ordinal as usize];
        Ok(file.text.as_bytes()[start..start + length].to_vec())
    }
    fn extent(&self, file: FileId, ordinal: u64) -> Result<(u64, u64), LookupError> {
        let (start, length) = self.0[file.0 as usize].records[ordinal as usize];
        Ok((start as u64, length as u64))
    }
}

pub fn facts_of(shelf: &Shelf) -> Vec<FileFacts> {
    let facts = |(id, file): (u32, &File)| FileFacts {
        id: FileId(id),
        import: file.import,
        path: file.path.clone(),
        kind: file.kind,
        sha256: Digest::of(file.text.as_bytes()),
        sha256_as_found: Digest::of(file.text.as_bytes()),
        bytes: file.text.len() as u64,
        trailing: 0,
        records: file.records.len() as u64,
        malformed: file
            .malformed
            .iter()
            .map(|&ordinal| crate::facts::Malformed {
                ordinal,
                offset: file.records[ordinal as usize].0 as u64,
                length: file.records[ordinal as usize].1 as u64,
                words: "malformed".into(),
            })
            .collect(),
        rejected: Vec::new(),
        rejected_bytes: 0,
        earliest: None,
        latest: None,
        chains: Chains::None,
    };
    (0..).zip(&shelf.0).map(facts).collect()
}

/// Judges the files; says of each log its records' verdicts, and what was found.
pub fn judged(files: Vec<File>, trust: &Trust) -> Judged {
    let shelf = Shelf(files);
    let facts = facts_of(&shelf);
    let facts: Vec<&FileFacts> = facts.iter().collect();
    let outcome = super::super::judge(&facts, trust, &shelf).expect("every file is there");
    Judged { shelf, outcome }
}

pub struct Judged {
    pub shelf: Shelf,
    pub outcome: Outcome,
}

impl Judged {
    /// Code and path of what is not said of every chain.
    pub fn found(&self) -> Vec<(&'static str, String)> {
        let mut found: Vec<(&str, String)> = self
            .outcome
            .findings
            .iter()
            .filter(|finding| finding.code.as_str() != "end-unknown")
            .map(|finding| {
                let file = finding
                    .place
                    .file
                    .map(|file| self.shelf.0[file.0 as usize].path.clone());
                let path = file.or(finding.place.path.clone()).unwrap_or_default();
                (finding.code.as_str(), path)
            })
            .collect();
        found.sort();
        found
    }

    /// The verdict of each record of each log, in the order of the files.
    pub fn words(&self) -> Vec<Vec<Word>> {
        let mut words = Vec::new();
        for (id, file) in (0..).zip(&self.shelf.0) {
            if file.kind != Kind::CloudTrailLog {
                continue;
            }
            let mut mine = Vec::new();
            let spans = self
                .outcome
                .spans
                .iter()
                .filter(|span| span.file == FileId(id));
            for span in spans {
                assert_eq!(span.first, mine.len() as u64, "spans leave a record out");
                mine.resize(span.last as usize + 1, span.verdict.word());
            }
            assert_eq!(mine.len(), file.records.len());
            words.push(mine);
        }
        words
    }

    /// The one verdict of each log's records.
    pub fn of_logs(&self) -> Vec<Word> {
        let one = |words: Vec<Word>| {
            assert!(words.windows(2).all(|pair| pair[0] == pair[1]));
            words[0]
        };
        self.words().into_iter().map(one).collect()
    }

    pub fn stream(&self) -> &crate::verify::StreamOutcome {
        &self.outcome.streams[0]
    }

    pub fn of_file(&self, path: &str) -> Word {
        let id = self
            .shelf
            .0
            .iter()
            .position(|file| file.path == path)
            .expect("the file");
        let outcome = self
            .outcome
            .files
            .iter()
            .find(|file| file.file.0 as usize == id);
        outcome.expect("an outcome").verdict.word()
    }
}
