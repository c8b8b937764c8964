//! What CloudTrail's events say: the beats of the story among uneventful work.

use crate::bundle::Tally;
use crate::clock::{self, HOUR, Micros, SECOND, june};
use crate::json::Writer;
use crate::rng::Rng;
use crate::story::*;

/// A moment of the story in the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
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

pub(super) const BEATS: [(Micros, What); 9] = [
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

pub(super) struct Teller {
    account: &'static str,
    region: &'static str,
    rng: Rng,
    /// The event told last.
    pub(super) json: Writer,
    /// Of each service, its session's access key id and when that ends.
    sessions: Vec<Option<(String, Micros)>>,
    /// What was done so far.
    pub(super) tally: Tally,
}

const SDK: &str = "aws-sdk-go-v2/1.36.3 os/linux lang/go#1.24.2 md/GOARCH#arm64";

impl Teller {
    pub(super) fn new(
        seed: u64,
        label: &str,
        account: &'static str,
        region: &'static str,
    ) -> Teller {
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
                json.text("principalId", &format!("{}:{session}", role_id(account, role)));
                json.text("arn", &format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"));
                json.text("accountId", account);
                json.text("accessKeyId", key);
                json.within("sessionContext", |json| {
                    json.within("sessionIssuer", |json| {
                        json.text("type", "Role");
                        json.text("principalId", &role_id(account, role));
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
                json.text(
                    "assumedRoleId",
                    &format!("{}:{session}", role_id(account, role)),
                );
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

    pub(super) fn beat(&mut self, cast: &Cast, at: Micros, what: What) {
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

    pub(super) fn at_work(&mut self, at: Micros) {
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

/// The unique id of a role of an account, as AWS would give it.
fn role_id(account: &str, role: &str) -> String {
    format!(
        "AROA{}",
        Rng::new(0, &format!("{account}:{role}")).capitals(17)
    )
}
