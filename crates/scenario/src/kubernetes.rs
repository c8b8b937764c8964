//! A Kubernetes audit log (audit.k8s.io/v1) as JSON lines.

use crate::bundle::Tally;
use crate::clock::{Micros, Next, Schedule, Timeline, june};
use crate::json::Writer;
use crate::rng::Rng;
use crate::story::*;
use std::io::{self, Write};

/// The fewest lines that hold the story.
pub const LEAST: u64 = 40;

/// Service accounts that go about their work: namespace, name.
const AT_WORK: [(&str, &str); 8] = [
    ("kube-system", "kube-proxy"),
    ("kube-system", "coredns"),
    ("argocd", "argocd-server"),
    ("argocd", "repo-server"),
    ("shop", "checkout"),
    ("shop", "catalog"),
    ("monitoring", "prometheus"),
    ("cert-manager", "cert-manager"),
];

#[derive(Debug, Clone, Copy)]
enum What {
    Mint,
    List,
    Read,
}

const BEATS: [(Micros, What); 3] = [
    (KUBERNETES_MINTED, What::Mint),
    (KUBERNETES_LISTED, What::List),
    (KUBERNETES_READ, What::Read),
];

/// An act before it is written.
struct Act<'a> {
    verb: &'a str,
    namespace: &'a str,
    resource: &'a str,
    name: &'a str,
    subresource: &'a str,
    user: &'a str,
    groups: &'a [&'a str],
    /// `authentication.kubernetes.io/credential-id`, without `JTI=`.
    credential: &'a str,
    /// Further `user.extra`.
    extra: &'a [(&'a str, &'a str)],
    issued: &'a str,
    source: &'a str,
    agent: &'a str,
    code: u64,
}

impl Act<'_> {
    fn path(&self) -> String {
        let mut path = format!("/api/v1/namespaces/{}/{}", self.namespace, self.resource);
        for part in [self.name, self.subresource] {
            if !part.is_empty() {
                path.push('/');
                path.push_str(part);
            }
        }
        path
    }

    fn line(&self, json: &mut Writer, id: &str, stage: &str, at: Micros) {
        json.clear();
        json.begin();
        json.text("kind", "Event");
        json.text("apiVersion", "audit.k8s.io/v1");
        json.text("level", "Metadata");
        json.text("auditID", id);
        json.text("stage", stage);
        json.text("requestURI", &self.path());
        json.text("verb", self.verb);
        json.within("user", |json| {
            json.text("username", self.user);
            json.texts("groups", self.groups);
            if !self.credential.is_empty() || !self.extra.is_empty() {
                json.within("extra", |json| {
                    for (name, value) in self.extra {
                        json.texts(name, &[value]);
                    }
                    if !self.credential.is_empty() {
                        let id = format!("JTI={}", self.credential);
                        json.texts("authentication.kubernetes.io/credential-id", &[&id]);
                    }
                });
            }
        });
        json.texts("sourceIPs", &[self.source]);
        json.text("userAgent", self.agent);
        json.within("objectRef", |json| {
            json.text("resource", self.resource);
            json.text("namespace", self.namespace);
            if !self.name.is_empty() {
                json.text("name", self.name);
            }
            json.text("apiVersion", "v1");
            if !self.subresource.is_empty() {
                json.text("subresource", self.subresource);
            }
        });
        let done = stage == "ResponseComplete";
        if done {
            json.within("responseStatus", |json| {
                json.object("metadata");
                json.end();
                if self.code >= 400 {
                    json.text("status", "Failure");
                    json.text("reason", "Forbidden");
                }
                json.number("code", self.code);
            });
        }
        json.time("requestReceivedTimestamp", at, 6);
        json.time("stageTimestamp", at, 6);
        if done {
            json.within("annotations", |json| {
                if !self.issued.is_empty() {
                    let id = format!("JTI={}", self.issued);
                    json.text("authentication.kubernetes.io/issued-credential-id", &id);
                }
                json.text(
                    "authorization.k8s.io/decision",
                    if self.code == 403 { "forbid" } else { "allow" },
                );
                json.text("authorization.k8s.io/reason", "");
            });
        }
        json.end();
        json.out.push(b'\n');
    }
}

/// Writes so many lines. With a cast the log holds the story; without, it is uneventful and of
/// 10 June.
pub fn write_log(
    out: &mut impl Write,
    seed: u64,
    lines: u64,
    cast: Option<&Cast>,
) -> io::Result<Tally> {
    let beats: &[(Micros, What)] = if cast.is_some() { &BEATS } else { &[] };
    let times: Vec<Micros> = beats.iter().map(|beat| beat.0).collect();
    let (begin, end) = if cast.is_some() {
        (BEGIN, END)
    } else {
        (june(10, 8, 0, 0, 0), june(10, 9, 0, 0, 0))
    };
    let noise = lines.max(beats.len() as u64) - beats.len() as u64;
    // Every third act is logged when it is received, too: four lines for three acts.
    let acts = noise / 4 * 3 + [0, 1, 1, 2][(noise % 4) as usize];
    let label = if cast.is_some() {
        "kubernetes"
    } else {
        "kubernetes attached"
    };
    let schedule = Schedule::new(
        vec![(begin, end, acts)],
        Rng::new(seed, &format!("{label} times")),
    );
    let mut rng = Rng::new(seed, label);
    let (mut json, mut tally) = (Writer::default(), Tally::default());
    let mut tokens: Vec<String> = vec![String::new(); AT_WORK.len()];
    let (mut left, mut act) = (noise, 0_u64);
    for next in Timeline::new(schedule, &times) {
        match (next, cast) {
            (Next::Beat(index), Some(cast)) => {
                let (at, what) = beats[index];
                beat(&mut json, &mut rng, cast, at, what, &mut tally);
                out.write_all(&json.out)?;
            }
            (Next::Beat(_), None) => (),
            (Next::Noise(at), _) => {
                let twice = act.is_multiple_of(3) && left >= 2;
                left -= 1 + u64::from(twice);
                act += 1;
                at_work(out, &mut json, &mut rng, &mut tokens, at, twice, &mut tally)?;
            }
        }
    }
    Ok(tally)
}

const ACCOUNTS: &[&str] = &["system:serviceaccounts", "system:authenticated"];

fn beat(json: &mut Writer, rng: &mut Rng, cast: &Cast, at: Micros, what: What, tally: &mut Tally) {
    let id = rng.uuid();
    let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/prod-ops/deploy-4417");
    let canonical = format!("arn:aws:iam::{ACCOUNT}:role/prod-ops");
    let mint = Act {
        verb: "create",
        namespace: "payments",
        resource: "serviceaccounts",
        name: "reconciler",
        subresource: "token",
        user: &arn,
        groups: &["prod-ops", "system:authenticated"],
        credential: "",
        extra: &[
            ("accessKeyId", &cast.production),
            ("arn", &arn),
            ("canonicalArn", &canonical),
            ("sessionName", "deploy-4417"),
        ],
        issued: &cast.kubernetes,
        source: INTRUDER_IP,
        agent: "kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0",
        code: 201,
    };
    let read = Act {
        verb: "get",
        resource: "secrets",
        name: "db-conn",
        subresource: "",
        user: "system:serviceaccount:payments:reconciler",
        groups: ACCOUNTS,
        credential: &cast.kubernetes,
        extra: &[],
        issued: "",
        code: 200,
        ..mint
    };
    let act = match what {
        What::Mint => {
            tally.mints += 1;
            mint
        }
        What::List => {
            tally.read += 1;
            Act {
                verb: "list",
                name: "",
                ..read
            }
        }
        What::Read => {
            tally.read += 1;
            read
        }
    };
    act.line(json, &id, "ResponseComplete", at);
}

fn at_work(
    out: &mut impl Write,
    json: &mut Writer,
    rng: &mut Rng,
    tokens: &mut [String],
    at: Micros,
    twice: bool,
    tally: &mut Tally,
) -> io::Result<()> {
    let index = rng.index(AT_WORK.len());
    let (namespace, account) = AT_WORK[index];
    let (id, pod) = (rng.uuid(), rng.hex(5));
    let user = format!("system:serviceaccount:{namespace}:{account}");
    let source = format!("10.42.{}.{}", rng.below(16), rng.below(250) + 1);
    let pod = format!("{account}-{pod}");
    let extra = [("authentication.kubernetes.io/pod-name", pod.as_str())];
    let node = format!(
        "system:node:ip-10-42-0-{}.eu-west-1.compute.internal",
        rng.below(9) + 10
    );
    let choice = if tokens[index].is_empty() {
        0
    } else {
        rng.below(12)
    };
    let fresh = if choice == 0 {
        rng.uuid()
    } else {
        String::new()
    };
    let number = rng.below(24);
    let item = format!("{account}-{number:02}");
    let used = if choice == 0 {
        String::new()
    } else {
        tokens[index].clone()
    };
    let mut act = Act {
        verb: "get",
        namespace,
        resource: "configmaps",
        name: &item,
        subresource: "",
        user: &user,
        groups: ACCOUNTS,
        credential: &used,
        extra: &extra,
        issued: "",
        source: &source,
        agent: "client-go/v0.33.1",
        code: 200,
    };
    match choice {
        0 => {
            tally.mints += 1;
            act = Act {
                verb: "create",
                resource: "serviceaccounts",
                name: account,
                subresource: "token",
                user: &node,
                groups: &["system:nodes", "system:authenticated"],
                extra: &[],
                issued: &fresh,
                agent: "kubelet/v1.33.1 (linux/arm64) kubernetes/8adc0f0",
                code: 201,
                ..act
            };
        }
        1 => {
            tally.read += 1;
            act.resource = "secrets";
        }
        2 => {
            tally.read += 1;
            act = Act {
                verb: if number < 12 { "list" } else { "watch" },
                resource: "secrets",
                name: "",
                ..act
            };
        }
        3 => {
            tally.denied += 1;
            act = Act {
                resource: "secrets",
                code: 403,
                ..act
            };
        }
        4..7 => {
            act = Act {
                verb: "update",
                resource: "endpoints",
                ..act
            }
        }
        7..9 => {
            act = Act {
                verb: "list",
                resource: "pods",
                name: "",
                ..act
            }
        }
        _ => (),
    }
    if twice {
        act.line(json, &id, "RequestReceived", at);
        out.write_all(&json.out)?;
    }
    act.line(json, &id, "ResponseComplete", at);
    out.write_all(&json.out)?;
    if choice == 0 {
        tokens[index] = fresh;
    }
    Ok(())
}
