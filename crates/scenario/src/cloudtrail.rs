//! CloudTrail: logs of about 200 events, hourly digests signed with RSA, and the digests' metadata
//! as a collector must take it along.

use crate::bundle::Tally;
use crate::clock::{self, HOUR, MINUTE, Micros, Next, SECOND, Schedule, Timeline, june};
use crate::json::Writer;
use crate::keys::{Keys, RsaKey};
use crate::merkle::sha256;
use crate::rng::{Rng, hex};
use crate::story::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// The fewest events that hold the story.
pub const LEAST: u64 = 200;
/// Events of the account without digests.
pub const OTHER_EVENTS: u64 = 30;
/// The bucket.
pub const BUCKET: &str = "example-org-trail";
/// How many events a log holds at most.
const PER_LOG: usize = 200;
/// A log is delivered at least this often.
const DELIVERY: Micros = 20 * MINUTE;

/// A digest file's content. The names are CloudTrail's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Digest {
    pub aws_account_id: String,
    pub digest_start_time: String,
    pub digest_end_time: String,
    #[serde(rename = "digestS3Bucket")]
    pub digest_s3_bucket: String,
    #[serde(rename = "digestS3Object")]
    pub digest_s3_object: String,
    pub digest_public_key_fingerprint: String,
    pub digest_signature_algorithm: String,
    pub newest_event_time: Option<String>,
    pub oldest_event_time: Option<String>,
    #[serde(rename = "previousDigestS3Bucket")]
    pub previous_digest_s3_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    pub previous_digest_s3_object: Option<String>,
    pub previous_digest_hash_value: Option<String>,
    pub previous_digest_hash_algorithm: Option<String>,
    pub previous_digest_signature: Option<String>,
    pub log_files: Vec<LogFile>,
}

/// A log that a digest lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct LogFile {
    #[serde(rename = "s3Bucket")]
    pub s3_bucket: String,
    #[serde(rename = "s3Object")]
    pub s3_object: String,
    pub hash_value: String,
    pub hash_algorithm: String,
    pub newest_event_time: String,
    pub oldest_event_time: String,
}

/// What a digest's successor must say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its key in the bucket.
    pub object: String,
    /// SHA-256 of its content, in hex.
    pub hash: String,
    /// Its signature, in hex.
    pub signature: String,
}

impl Digest {
    /// The content of the file.
    pub fn content(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain data has a JSON form")
    }

    /// Names this digest as the one before.
    pub fn follow(&mut self, previous: Option<&Link>) {
        self.previous_digest_s3_bucket = previous.map(|_| BUCKET.to_owned());
        self.previous_digest_s3_object = previous.map(|link| link.object.clone());
        self.previous_digest_hash_value = previous.map(|link| link.hash.clone());
        self.previous_digest_hash_algorithm = previous.map(|_| "SHA-256".to_owned());
        self.previous_digest_signature = previous.map(|link| link.signature.clone());
    }

    /// What is signed.
    pub fn string_to_sign(&self, content: &[u8]) -> String {
        format!(
            "{}\n{}/{}\n{}\n{}",
            self.digest_end_time,
            self.digest_s3_bucket,
            self.digest_s3_object,
            hex(&sha256(content)),
            self.previous_digest_signature.as_deref().unwrap_or("null"),
        )
    }

    /// Signs it, writes it and its metadata below `root`.
    pub fn write(&self, root: &Path, key: &RsaKey) -> io::Result<Link> {
        let content = self.content();
        let signature = hex(&key.sign(self.string_to_sign(&content).as_bytes()));
        put(root, &self.digest_s3_object, &gzip(&content)?)?;
        put(
            root,
            &sidecar(&self.digest_s3_object),
            sidecar_text(&content, &signature).as_bytes(),
        )?;
        Ok(Link {
            object: self.digest_s3_object.clone(),
            hash: hex(&sha256(&content)),
            signature,
        })
    }
}

/// The path of a digest's metadata.
pub fn sidecar(digest: &str) -> String {
    format!("{digest}.metadata.json")
}

/// What `aws s3api head-object` prints of a digest.
pub fn sidecar_text(content: &[u8], signature: &str) -> String {
    format!(
        "{{\n    \"AcceptRanges\": \"bytes\",\n    \"ContentLength\": {},\n    \"ContentType\": \"application/json\",\n    \
         \"ContentEncoding\": \"gzip\",\n    \"ServerSideEncryption\": \"AES256\",\n    \"Metadata\": {{\n        \
         \"signature\": \"{signature}\",\n        \"signature-algorithm\": \"SHA256withRSA\"\n    }}\n}}\n",
        content.len()
    )
}

/// One gzip member, the same bytes everywhere.
pub fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(content.len() / 8), Compression::fast());
    encoder.write_all(content)?;
    encoder.finish()
}

/// Writes a file below `root`.
pub fn put(root: &Path, path: &str, bytes: &[u8]) -> io::Result<()> {
    let full = root.join(path);
    if let Some(parent) = full.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(full, bytes)
}

/// The key of a log in the bucket.
pub fn log_object(account: &str, region: &str, at: Micros, rng: &mut Rng) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{}/{account}_CloudTrail_{region}_{}_{}.json.gz",
        clock::folder(at),
        clock::compact(at, false),
        rng.alphanumeric(16)
    )
}

/// The key of a digest in the bucket.
pub fn digest_object(account: &str, region: &str, end: Micros) -> String {
    format!(
        "AWSLogs/{account}/CloudTrail-Digest/{region}/{}/{account}_CloudTrail-Digest_{region}_org-main_{region}_{}.json.gz",
        clock::folder(end),
        clock::compact(end, true)
    )
}

/// The ends of the digests, and whether one begins a chain. The first is empty: nothing was
/// delivered before the evidence begins.
pub fn digest_ends() -> Vec<(Micros, Micros, bool)> {
    let mut ends = vec![(BEGIN - HOUR, BEGIN, true)];
    ends.extend((0..6).map(|hour| (BEGIN + hour * HOUR, BEGIN + (hour + 1) * HOUR, false)));
    ends.push((june(12, 2, 0, 0, 0), TRAIL_STOPPED, false));
    ends.push((TRAIL_STARTED, june(12, 4, 0, 0, 0), true));
    ends.push((june(12, 4, 0, 0, 0), DIGESTED, false));
    ends
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Events that a digest covers.
    pub sealed: u64,
    /// Events after the newest digest.
    pub tail: u64,
    /// Files of the account with digests.
    pub logs: u64,
    /// What was done in it.
    pub tally: Tally,
    /// Events of the account without digests.
    pub other: u64,
    /// What was done in that one.
    pub other_tally: Tally,
}

/// Writes this many events of the account with digests, and a few of one without, below `root`,
/// laid out as in the bucket.
pub fn write(root: &Path, seed: u64, keys: &Keys, events: u64) -> io::Result<Made> {
    let cast = Cast::new(seed);
    let times: Vec<Micros> = BEATS.iter().map(|beat| beat.0).collect();
    let noise = events.max(LEAST) - times.len() as u64;
    // By time, the hole left out: 389 minutes before it, 102 after.
    let before = noise * 389 / 491;
    let schedule = Schedule::new(
        vec![
            (BEGIN, TRAIL_STOPPED, before),
            (TRAIL_STARTED, TRAIL_END, noise - before),
        ],
        Rng::new(seed, "cloudtrail times"),
    );
    let mut made = Made::default();
    let mut shelf = Shelf {
        root,
        key: keys.cloudtrail(),
        rng: Rng::new(seed, "cloudtrail files"),
        ends: digest_ends(),
        next_end: 0,
        log: b"{\"Records\":[".to_vec(),
        in_log: 0,
        oldest: 0,
        newest: 0,
        listed: Vec::new(),
        last: None,
        made: &mut made,
    };
    let mut teller = Teller::new(seed, "cloudtrail", ACCOUNT, REGION);
    for next in Timeline::new(schedule, &times) {
        let at = match next {
            Next::Beat(index) => {
                let (at, what) = BEATS[index];
                shelf.advance(at, what == What::Stop)?;
                teller.beat(&cast, at, what);
                at
            }
            Next::Noise(at) => {
                shelf.advance(at, false)?;
                teller.at_work(at);
                at
            }
        };
        shelf.add(&teller.json.out, at)?;
    }
    shelf.finish()?;
    made.tally = teller.tally;

    let mut teller = Teller::new(seed, "cloudtrail other", OTHER_ACCOUNT, OTHER_REGION);
    let schedule = Schedule::new(
        vec![(BEGIN, END, OTHER_EVENTS)],
        Rng::new(seed, "cloudtrail other times"),
    );
    let (mut logs, mut rng) = (Vec::new(), Rng::new(seed, "cloudtrail other files"));
    for at in schedule {
        teller.at_work(at);
        logs.extend_from_slice(if logs.is_empty() {
            b"{\"Records\":["
        } else {
            b","
        });
        logs.extend_from_slice(&teller.json.out);
    }
    logs.extend_from_slice(b"]}");
    put(
        root,
        &log_object(OTHER_ACCOUNT, OTHER_REGION, END, &mut rng),
        &gzip(&logs)?,
    )?;
    made.other = OTHER_EVENTS;
    made.other_tally = teller.tally;
    Ok(made)
}

/// Puts events into logs, and logs into digests.
struct Shelf<'a> {
    root: &'a Path,
    key: std::sync::Arc<RsaKey>,
    rng: Rng,
    ends: Vec<(Micros, Micros, bool)>,
    next_end: usize,
    log: Vec<u8>,
    in_log: usize,
    oldest: Micros,
    newest: Micros,
    listed: Vec<LogFile>,
    last: Option<Link>,
    made: &'a mut Made,
}

impl Shelf<'_> {
    /// Closes every digest that ends before the next event. The event that stops the trail is the
    /// last of its digest.
    fn advance(&mut self, at: Micros, stops: bool) -> io::Result<()> {
        while let Some(&(_, end, _)) = self.ends.get(self.next_end) {
            if at < end || (stops && at == end) {
                break;
            }
            self.close_log()?;
            self.close_digest()?;
        }
        if self.in_log == PER_LOG || (self.in_log > 0 && at - self.oldest > DELIVERY) {
            self.close_log()?;
        }
        Ok(())
    }

    fn add(&mut self, event: &[u8], at: Micros) -> io::Result<()> {
        if self.in_log == 0 {
            self.oldest = at;
        } else {
            self.log.push(b',');
        }
        self.log.extend_from_slice(event);
        self.newest = at;
        self.in_log += 1;
        if self.next_end < self.ends.len() {
            self.made.sealed += 1;
        } else {
            self.made.tail += 1;
        }
        Ok(())
    }

    fn close_log(&mut self) -> io::Result<()> {
        if self.in_log == 0 {
            return Ok(());
        }
        self.log.extend_from_slice(b"]}");
        let object = log_object(ACCOUNT, REGION, self.newest, &mut self.rng);
        put(self.root, &object, &gzip(&self.log)?)?;
        self.listed.push(LogFile {
            s3_bucket: BUCKET.to_owned(),
            s3_object: object,
            hash_value: hex(&sha256(&self.log)),
            hash_algorithm: "SHA-256".to_owned(),
            newest_event_time: clock::text(self.newest, 0),
            oldest_event_time: clock::text(self.oldest, 0),
        });
        self.made.logs += 1;
        self.in_log = 0;
        self.log.truncate(b"{\"Records\":[".len());
        Ok(())
    }

    fn close_digest(&mut self) -> io::Result<()> {
        let (start, end, first) = self.ends[self.next_end];
        self.next_end += 1;
        if first {
            self.last = None;
        }
        let log_files = std::mem::take(&mut self.listed);
        let mut digest = Digest {
            aws_account_id: ACCOUNT.to_owned(),
            digest_start_time: clock::text(start, 0),
            digest_end_time: clock::text(end, 0),
            digest_s3_bucket: BUCKET.to_owned(),
            digest_s3_object: digest_object(ACCOUNT, REGION, end),
            digest_public_key_fingerprint: self.key.fingerprint(),
            digest_signature_algorithm: "SHA256withRSA".to_owned(),
            newest_event_time: log_files.last().map(|log| log.newest_event_time.clone()),
            oldest_event_time: log_files.first().map(|log| log.oldest_event_time.clone()),
            previous_digest_s3_bucket: None,
            previous_digest_s3_object: None,
            previous_digest_hash_value: None,
            previous_digest_hash_algorithm: None,
            previous_digest_signature: None,
            log_files,
        };
        digest.follow(self.last.as_ref());
        self.last = Some(digest.write(self.root, &self.key)?);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.close_log()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    OtherProductionSession,
    OtherProductionReads,
    RightWebIdentity,
    WebIdentity,
    Pivot,
    Database,
    Staff,
    Stop,
    Start,
}

const BEATS: [(Micros, What); 9] = [
    (june(12, 1, 9, 40, 0), What::OtherProductionSession),
    (june(12, 1, 10, 2, 0), What::OtherProductionReads),
    (june(12, 1, 59, 20, 0) + SECOND, What::RightWebIdentity),
    (WEB_IDENTITY, What::WebIdentity),
    (PIVOTED, What::Pivot),
    (DATABASE_READ, What::Database),
    (STAFF_REFUSED, What::Staff),
    (TRAIL_STOPPED, What::Stop),
    (TRAIL_STARTED, What::Start),
];

/// Services that go about their work, each under a role of its name.
const AT_WORK: [&str; 8] = [
    "web-frontend",
    "order-worker",
    "image-resizer",
    "billing-export",
    "log-shipper",
    "backup-runner",
    "search-indexer",
    "health-probe",
];
/// What they call: source, name, whether it only reads.
const CALLS: [(&str, &str, bool); 8] = [
    ("ec2.amazonaws.com", "DescribeInstances", true),
    ("s3.amazonaws.com", "GetBucketLocation", true),
    ("dynamodb.amazonaws.com", "DescribeTable", true),
    ("sqs.amazonaws.com", "GetQueueAttributes", true),
    ("logs.amazonaws.com", "CreateLogStream", false),
    ("ecr.amazonaws.com", "BatchGetImage", true),
    ("kms.amazonaws.com", "GenerateDataKey", true),
    (
        "elasticloadbalancing.amazonaws.com",
        "DescribeTargetHealth",
        true,
    ),
];

/// Who calls.
enum Caller<'a> {
    /// A session: role, session name, access key id.
    Session(&'a str, &'a str, &'a str),
    /// An AWS service.
    Service(&'a str),
    /// A token of the OIDC provider.
    WebIdentity(&'a str),
    /// A person.
    Human(&'a str, &'a str),
}

struct Call<'a> {
    caller: Caller<'a>,
    source: &'a str,
    name: &'a str,
    ip: &'a str,
    agent: &'a str,
    read_only: bool,
    error: Option<(&'a str, String)>,
}

struct Teller {
    account: &'static str,
    region: &'static str,
    rng: Rng,
    json: Writer,
    /// Of each service, its session's access key id and when that ends.
    sessions: Vec<Option<(String, Micros)>>,
    tally: Tally,
}

const SDK: &str = "aws-sdk-go-v2/1.36.3 os/linux lang/go#1.24.2 md/GOARCH#arm64";

impl Teller {
    fn new(seed: u64, label: &str, account: &'static str, region: &'static str) -> Teller {
        Teller {
            account,
            region,
            rng: Rng::new(seed, label),
            json: Writer::default(),
            sessions: vec![None; AT_WORK.len()],
            tally: Tally::default(),
        }
    }

    /// One event. `asked` and `answered` write the members of requestParameters and
    /// responseElements; nothing written is null.
    fn event(
        &mut self,
        at: Micros,
        call: &Call<'_>,
        asked: impl FnOnce(&mut Writer),
        answered: Option<&dyn Fn(&mut Writer)>,
    ) {
        let Teller {
            account,
            region,
            rng,
            json,
            ..
        } = self;
        json.clear();
        json.begin();
        json.text("eventVersion", "1.11");
        json.within("userIdentity", |json| match call.caller {
            Caller::Session(role, session, key) => {
                json.text("type", "AssumedRole");
                json.text("principalId", &format!("{}:{session}", role_id(role)));
                json.text("arn", &format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"));
                json.text("accountId", account);
                json.text("accessKeyId", key);
                json.within("sessionContext", |json| {
                    json.within("sessionIssuer", |json| {
                        json.text("type", "Role");
                        json.text("principalId", &role_id(role));
                        json.text("arn", &format!("arn:aws:iam::{account}:role/{role}"));
                        json.text("accountId", account);
                        json.text("userName", role);
                    });
                    json.within("attributes", |json| {
                        json.time("creationDate", at - at % HOUR, 0);
                        json.text("mfaAuthenticated", "false");
                    });
                });
            }
            Caller::Service(service) => {
                json.text("type", "AWSService");
                json.text("invokedBy", service);
            }
            Caller::WebIdentity(subject) => {
                json.text("type", "WebIdentityUser");
                json.text(
                    "principalId",
                    &format!("arn:aws:iam::{account}:oidc-provider/sts.example.com:sts.amazonaws.com:{subject}"),
                );
                json.text("userName", subject);
                json.text("identityProvider", &format!("arn:aws:iam::{account}:oidc-provider/sts.example.com"));
            }
            Caller::Human(name, key) => {
                json.text("type", "IAMUser");
                json.text("principalId", "AIDAQ3EGRLEXAMPLE7HADD");
                json.text("arn", &format!("arn:aws:iam::{account}:user/{name}"));
                json.text("accountId", account);
                json.text("accessKeyId", key);
                json.text("userName", name);
            }
        });
        json.time("eventTime", at, 0);
        json.text("eventSource", call.source);
        json.text("eventName", call.name);
        json.text("awsRegion", region);
        json.text("sourceIPAddress", call.ip);
        json.text("userAgent", call.agent);
        if let Some((code, message)) = &call.error {
            json.text("errorCode", code);
            json.text("errorMessage", message);
        }
        json.within("requestParameters", asked);
        match answered {
            Some(answered) => json.within("responseElements", answered),
            None => json.raw("responseElements", "null"),
        }
        json.text("requestID", &rng.uuid());
        json.text("eventID", &rng.uuid());
        json.flag("readOnly", call.read_only);
        json.text("eventType", "AwsApiCall");
        json.flag("managementEvent", true);
        json.text("recipientAccountId", account);
        json.text("eventCategory", "Management");
        json.within("tlsDetails", |json| {
            json.text("tlsVersion", "TLSv1.3");
            json.text("cipherSuite", "TLS_AES_128_GCM_SHA256");
            json.text("clientProvidedHostHeader", call.source);
        });
        json.end();
    }

    /// `AssumeRole*`: a session of this role under this access key id.
    fn assume(&mut self, at: Micros, call: &Call<'_>, role: &str, session: &str, key: &str) {
        self.tally.mints += 1;
        let account = self.account;
        let token = self.rng.alphanumeric(64);
        let arn = format!("arn:aws:iam::{account}:role/{role}");
        let answer = |json: &mut Writer| {
            json.within("credentials", |json| {
                json.text("accessKeyId", key);
                json.text("sessionToken", &token);
                json.text("expiration", &clock::american(at + HOUR));
            });
            if call.name == "AssumeRoleWithWebIdentity" {
                json.text(
                    "subjectFromWebIdentityToken",
                    "spiffe://example.com/agent/deployer",
                );
                json.text("audience", "sts.amazonaws.com");
                json.text(
                    "provider",
                    &format!("arn:aws:iam::{account}:oidc-provider/sts.example.com"),
                );
            }
            json.within("assumedRoleUser", |json| {
                json.text("assumedRoleId", &format!("{}:{session}", role_id(role)));
                json.text(
                    "arn",
                    &format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
                );
            });
        };
        self.event(
            at,
            call,
            |json| {
                json.text("roleArn", &arn);
                json.text("roleSessionName", session);
                json.number("durationSeconds", 3_600);
            },
            Some(&answer),
        );
    }

    fn beat(&mut self, cast: &Cast, at: Micros, what: What) {
        let base = Call {
            caller: Caller::Session("prod-ops", "deploy-4417", &cast.production),
            source: "secretsmanager.amazonaws.com",
            name: "GetSecretValue",
            ip: INTRUDER_IP,
            agent: "aws-cli/2.27.12 md/awscrt#0.26.1 ua/2.1 os/linux#6.8.0",
            read_only: true,
            error: None,
        };
        match what {
            What::OtherProductionSession => {
                let call = Call {
                    caller: Caller::Human("a.haddad", "AKIAQ3EGRLEXAMPLE0AB"),
                    source: "sts.amazonaws.com",
                    name: "AssumeRole",
                    ip: "10.9.0.14",
                    ..base
                };
                self.assume(at, &call, "prod-ops", "a.haddad", &cast.production_before);
            }
            What::OtherProductionReads => {
                self.tally.read += 1;
                let call = Call {
                    caller: Caller::Session("prod-ops", "a.haddad", &cast.production_before),
                    ip: "10.9.0.14",
                    ..base
                };
                self.event(at, &call, |json| json.text("secretId", "prod/hr/db"), None);
            }
            What::RightWebIdentity | What::WebIdentity => {
                let rightly = what == What::RightWebIdentity;
                let call = Call {
                    caller: Caller::WebIdentity("spiffe://example.com/agent/deployer"),
                    source: "sts.amazonaws.com",
                    name: "AssumeRoleWithWebIdentity",
                    ip: if rightly { RUNNER_IP } else { INTRUDER_IP },
                    agent: if rightly { SDK } else { base.agent },
                    ..base
                };
                let key = if rightly {
                    &cast.session_before
                } else {
                    &cast.session
                };
                self.assume(
                    at,
                    &call,
                    "ci-deploy",
                    if rightly { "build-4416" } else { "build-4417" },
                    key,
                );
            }
            What::Pivot => {
                let call = Call {
                    caller: Caller::Session("ci-deploy", "build-4417", &cast.session),
                    source: "sts.amazonaws.com",
                    name: "AssumeRole",
                    ..base
                };
                self.assume(at, &call, "prod-ops", "deploy-4417", &cast.production);
            }
            What::Database => {
                self.tally.read += 1;
                self.event(
                    at,
                    &base,
                    |json| json.text("secretId", "prod/payments/db"),
                    None,
                );
            }
            What::Staff => {
                self.tally.denied += 1;
                let message = format!(
                    "User: arn:aws:sts::{ACCOUNT}:assumed-role/prod-ops/deploy-4417 is not authorized to perform: \
                     secretsmanager:GetSecretValue on resource: prod/hr/db"
                );
                let call = Call {
                    error: Some(("AccessDenied", message)),
                    ..base
                };
                self.event(at, &call, |json| json.text("secretId", "prod/hr/db"), None);
            }
            What::Stop | What::Start => {
                let human = Caller::Human("a.haddad", "AKIAQ3EGRLEXAMPLE0AB");
                let call = if what == What::Stop {
                    Call {
                        source: "cloudtrail.amazonaws.com",
                        name: "StopLogging",
                        read_only: false,
                        ..base
                    }
                } else {
                    Call {
                        caller: human,
                        source: "cloudtrail.amazonaws.com",
                        name: "StartLogging",
                        ip: "10.9.0.14",
                        read_only: false,
                        ..base
                    }
                };
                let trail = format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/org-main");
                self.event(at, &call, |json| json.text("name", &trail), None);
            }
        }
    }

    fn at_work(&mut self, at: Micros) {
        let index = self.rng.index(AT_WORK.len());
        let name = AT_WORK[index];
        let ip = format!("10.20.{}.{}", index + 1, self.rng.below(250) + 1);
        let session = format!("i-0{index}f3a9c71be2d5{index}4{index}");
        let choice = self.rng.below(20);
        let number = self.rng.below(60);
        let fresh = match &self.sessions[index] {
            Some((_, ends)) if at < *ends => None,
            _ => Some(format!("ASIA{}", self.rng.capitals(16))),
        };
        if let Some(fresh) = fresh {
            let call = Call {
                caller: Caller::Service("ec2.amazonaws.com"),
                source: "sts.amazonaws.com",
                name: "AssumeRole",
                ip: "ec2.amazonaws.com",
                agent: "ec2.amazonaws.com",
                read_only: true,
                error: None,
            };
            self.assume(at, &call, name, &session, &fresh);
            self.sessions[index] = Some((fresh, at + HOUR));
            return;
        }
        let key = self.sessions[index]
            .as_ref()
            .map(|(key, _)| key.clone())
            .unwrap_or_default();
        let base = Call {
            caller: Caller::Session(name, &session, &key),
            source: "secretsmanager.amazonaws.com",
            name: "GetSecretValue",
            ip: &ip,
            agent: SDK,
            read_only: true,
            error: None,
        };
        match choice {
            0 => {
                self.tally.read += 1;
                let secret = format!("prod/{name}/key-{number:02}");
                self.event(at, &base, |json| json.text("secretId", &secret), None);
            }
            1 => {
                self.tally.read += 1;
                let parameter = format!("/prod/{name}/setting-{number:02}");
                let call = Call {
                    source: "ssm.amazonaws.com",
                    name: "GetParameter",
                    ..base
                };
                self.event(
                    at,
                    &call,
                    |json| {
                        json.text("name", &parameter);
                        json.flag("withDecryption", true);
                    },
                    None,
                );
            }
            2 if number < 20 => {
                self.tally.denied += 1;
                let secret = format!("prod/{name}/vault-{number:02}");
                let message = format!(
                    "not authorized to perform: secretsmanager:GetSecretValue on resource: {secret}"
                );
                let call = Call {
                    error: Some(("AccessDenied", message)),
                    ..base
                };
                self.event(at, &call, |json| json.text("secretId", &secret), None);
            }
            _ => {
                let (source, called, read_only) = *self.rng.pick(&CALLS);
                let call = Call {
                    source,
                    name: called,
                    read_only,
                    ..base
                };
                let item = format!("{name}-{number:02}");
                self.event(at, &call, |json| json.text("name", &item), None);
            }
        }
    }
}

/// The unique id of a role, as AWS would give it.
fn role_id(role: &str) -> String {
    format!("AROA{}", Rng::new(0, role).capitals(17))
}
