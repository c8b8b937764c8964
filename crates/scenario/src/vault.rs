//! An OpenBao audit device's log as JSON lines: each act as request and response. The HMACs are
//! made up; equal ones stand for equal values, as in a real log of one device.

use crate::bundle::Tally;
use crate::clock::{self, Micros, Next, SECOND, Schedule, Timeline};
use crate::json::Writer;
use crate::rng::Rng;
use crate::story::*;
use std::io::{self, Write};

/// The fewest lines that hold the story.
pub const LEAST: u64 = 300;

const VERSION: &str = "v2.7.2+builtin.bao";
/// Workloads that go about their work, each with its role.
const AT_WORK: [&str; 8] = [
    "checkout", "catalog", "mailer", "etl", "backup", "metrics", "gateway", "indexer",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Login,
    Child,
    Stripe,
    Ledger,
    Root,
    AgentKey,
    Orphan,
    Burst(u64),
    Revoke,
}

fn beats() -> Vec<(Micros, What)> {
    let mut beats = vec![
        (LOGGED_IN, What::Login),
        (CHILD_MINTED, What::Child),
        (STRIPE_READ, What::Stripe),
        (LEDGER_READ, What::Ledger),
        (ROOT_REFUSED, What::Root),
        (AGENT_KEY_READ, What::AgentKey),
        (ORPHAN_MINTED, What::Orphan),
        (CHILD_REVOKED, What::Revoke),
    ];
    beats.extend((0..BURST_READS).map(|index| (burst_time(index), What::Burst(index))));
    beats.sort_by_key(|beat| beat.0);
    beats
}

/// The token with which something is asked, and whose it is.
#[derive(Debug, Clone)]
struct Bearer {
    token: VaultToken,
    entity: String,
    display: String,
    policies: Vec<String>,
    /// Namespace and name of the service account that logged in.
    account: Option<(String, String)>,
    issued: Micros,
}

/// An act before it is written.
struct Act<'a> {
    operation: &'a str,
    path: &'a str,
    /// Mount point, type, class.
    mount: (&'a str, &'a str, &'a str),
    /// Members of `request.data`, values already HMACs.
    data: &'a [(&'a str, &'a str)],
    source: &'a str,
    /// Who asks; a login has nobody.
    bearer: Option<&'a Bearer>,
    allowed: bool,
    /// What was made.
    made: Option<(&'a Bearer, u64)>,
}

impl Act<'_> {
    fn auth(json: &mut Writer, bearer: &Bearer, allowed: Option<bool>, ttl: Option<u64>) {
        let policies: Vec<&str> = bearer.policies.iter().map(String::as_str).collect();
        json.text("client_token", &bearer.token.token);
        json.text("accessor", &bearer.token.accessor);
        json.text("display_name", &bearer.display);
        json.texts("policies", &policies);
        json.texts("token_policies", &policies);
        if let Some(allowed) = allowed {
            json.within("policy_results", |json| {
                json.flag("allowed", allowed);
                if allowed {
                    json.array("granting_policies");
                    json.begin();
                    json.text("name", policies.last().copied().unwrap_or("default"));
                    json.text("namespace_id", "root");
                    json.text("type", "acl");
                    json.end();
                    json.end_array();
                }
            });
        }
        if let Some((namespace, name)) = &bearer.account {
            json.within("metadata", |json| {
                json.text("role", name);
                json.text("service_account_name", name);
                json.text("service_account_namespace", namespace);
            });
        }
        json.text("entity_id", &bearer.entity);
        json.text("token_type", "service");
        if let Some(ttl) = ttl {
            json.number("token_ttl", ttl);
        }
        json.time("token_issue_time", bearer.issued, 0);
    }

    fn line(&self, json: &mut Writer, id: &str, kind: &str, at: Micros) {
        json.clear();
        json.begin();
        json.time("time", at, 9);
        json.text("type", kind);
        json.within("auth", |json| match self.bearer {
            Some(bearer) => Self::auth(json, bearer, Some(self.allowed), None),
            None => json.text("token_type", "default"),
        });
        json.within("request", |json| {
            json.text("id", id);
            if let Some(bearer) = self.bearer {
                json.text("client_id", &bearer.entity);
            }
            json.text("operation", self.operation);
            json.text("mount_point", self.mount.0);
            json.text("mount_type", self.mount.1);
            json.text("mount_running_version", VERSION);
            json.text("mount_class", self.mount.2);
            if let Some(bearer) = self.bearer {
                json.text("client_token", &bearer.token.token);
                json.text("client_token_accessor", &bearer.token.accessor);
            }
            json.within("namespace", |json| json.text("id", "root"));
            json.text("path", self.path);
            if !self.data.is_empty() {
                json.within("data", |json| {
                    for (name, value) in self.data {
                        json.text(name, value);
                    }
                });
            }
            json.text("remote_address", self.source);
            json.number("remote_port", 50_022);
        });
        if kind == "response" {
            json.within("response", |json| {
                if let Some((made, ttl)) = self.made {
                    json.within("auth", |json| Self::auth(json, made, None, Some(ttl)));
                }
                json.text("mount_point", self.mount.0);
                json.text("mount_type", self.mount.1);
                json.text("mount_running_plugin_version", VERSION);
                json.text("mount_class", self.mount.2);
            });
        }
        if !self.allowed {
            json.text("error", "1 error occurred:\n\t* permission denied\n\n");
        }
        json.end();
        json.out.push(b'\n');
    }
}

const KV: (&str, &str, &str) = ("kv/", "kv", "secret");
const TOKENS: (&str, &str, &str) = ("auth/token/", "token", "auth");
const LOGINS: (&str, &str, &str) = ("auth/kubernetes/", "kubernetes", "auth");

/// Writes so many lines; an odd number ends in a request whose response was not logged any more.
pub fn write_log(out: &mut impl Write, seed: u64, lines: u64, cast: &Cast) -> io::Result<Tally> {
    let beats = beats();
    let times: Vec<Micros> = beats.iter().map(|beat| beat.0).collect();
    let acts = (lines / 2).max(beats.len() as u64) - beats.len() as u64;
    let schedule = Schedule::new(
        vec![(BEGIN, END - SECOND, acts)],
        Rng::new(seed, "vault times"),
    );
    let mut rng = Rng::new(seed, "vault");
    let reconciler = |token: &VaultToken, policy: &str, issued| Bearer {
        token: token.clone(),
        entity: "2b7c4e1a-93d0-4f56-8a1e-6c5d70b2f9e4".to_owned(),
        display: "kubernetes-payments-reconciler".to_owned(),
        policies: vec!["default".to_owned(), policy.to_owned()],
        account: Some(("payments".to_owned(), "reconciler".to_owned())),
        issued,
    };
    let mut teller = Teller {
        login: reconciler(&cast.login, "payments-rw", LOGGED_IN),
        child: reconciler(&cast.child, "payments-read", CHILD_MINTED),
        orphan: reconciler(&cast.orphan, "payments-rw", ORPHAN_MINTED),
        oncall: Bearer {
            token: VaultToken::new(&mut rng),
            entity: rng.uuid(),
            display: "oidc-a.haddad".to_owned(),
            policies: vec!["default".to_owned(), "oncall".to_owned()],
            account: None,
            issued: REVOKED,
        },
        bearers: vec![None; AT_WORK.len()],
        json: Writer::default(),
        tally: Tally::default(),
        rng,
    };
    for next in Timeline::new(schedule, &times) {
        match next {
            Next::Beat(index) => teller.beat(out, beats[index])?,
            Next::Noise(at) => teller.at_work(out, at)?,
        }
    }
    if lines % 2 == 1 {
        let id = teller.rng.uuid();
        let act = Act {
            operation: "read",
            path: "sys/health",
            mount: ("sys/", "system", "secret"),
            data: &[],
            source: "10.42.0.9",
            bearer: Some(&teller.oncall),
            allowed: true,
            made: None,
        };
        act.line(&mut teller.json, &id, "request", END);
        out.write_all(&teller.json.out)?;
    }
    Ok(teller.tally)
}

struct Teller {
    login: Bearer,
    child: Bearer,
    orphan: Bearer,
    oncall: Bearer,
    /// Of each workload, its token and when that ends.
    bearers: Vec<Option<(Bearer, Micros)>>,
    rng: Rng,
    json: Writer,
    tally: Tally,
}

/// The pod in which the intruder's login seems to sit.
const POD_IP: &str = "10.42.7.19";

fn tell(
    out: &mut impl Write,
    json: &mut Writer,
    rng: &mut Rng,
    act: &Act<'_>,
    at: Micros,
) -> io::Result<()> {
    let id = rng.uuid();
    act.line(json, &id, "request", at);
    out.write_all(&json.out)?;
    act.line(json, &id, "response", at);
    out.write_all(&json.out)
}

impl Teller {
    fn beat(&mut self, out: &mut impl Write, (at, what): (Micros, What)) -> io::Result<()> {
        let Teller {
            login,
            child,
            orphan,
            oncall,
            rng,
            json,
            tally,
            ..
        } = self;
        let hmacs = (hmac(rng), hmac(rng));
        let burst = match what {
            What::Burst(index) => burst_secret(index % BURST_SECRETS),
            _ => String::new(),
        };
        let read = |path, bearer, allowed| Act {
            operation: "read",
            path,
            mount: KV,
            data: &[],
            source: POD_IP,
            bearer: Some(bearer),
            allowed,
            made: None,
        };
        let data = [("jwt", hmacs.0.as_str()), ("role", hmacs.1.as_str())];
        let policies = [("policies", hmacs.0.as_str()), ("ttl", hmacs.1.as_str())];
        let accessor = [("accessor", child.token.accessor.as_str())];
        let act = match what {
            What::Login => Act {
                operation: "update",
                path: "auth/kubernetes/login",
                mount: LOGINS,
                data: &data,
                source: POD_IP,
                bearer: None,
                allowed: true,
                made: Some((login, 3_600)),
            },
            What::Child | What::Orphan => Act {
                operation: "update",
                path: if what == What::Child {
                    "auth/token/create"
                } else {
                    "auth/token/create-orphan"
                },
                mount: TOKENS,
                data: &policies,
                made: Some((
                    if what == What::Child {
                        &*child
                    } else {
                        &*orphan
                    },
                    86_400,
                )),
                ..read("", login, true)
            },
            What::Stripe => read("kv/data/payments/stripe-live", child, true),
            What::Ledger => read("kv/data/payments/ledger-signing", child, true),
            What::AgentKey => read("kv/data/payments/payagent-07", child, true),
            What::Root => read("kv/data/payments/root-ca", child, false),
            What::Burst(_) => read(&burst, orphan, true),
            What::Revoke => Act {
                operation: "update",
                path: "auth/token/revoke-accessor",
                mount: TOKENS,
                data: &accessor,
                source: "10.9.0.14",
                ..read("", oncall, true)
            },
        };
        match what {
            What::Login | What::Child | What::Orphan => tally.mints += 1,
            What::Root => tally.denied += 1,
            What::Revoke => (),
            _ => tally.read += 1,
        }
        tell(out, json, rng, &act, at)
    }

    fn at_work(&mut self, out: &mut impl Write, at: Micros) -> io::Result<()> {
        let Teller {
            bearers,
            rng,
            json,
            tally,
            ..
        } = self;
        let index = rng.index(AT_WORK.len());
        let name = AT_WORK[index];
        let source = format!("10.42.{}.{}", index + 1, rng.below(250) + 1);
        let hmacs = (hmac(rng), hmac(rng));
        let fresh = Bearer {
            token: VaultToken::new(rng),
            entity: format!("5e0{index}b1d2-77aa-4c3e-9f10-2a6b8c4d0e{index:02}"),
            display: format!("kubernetes-shop-{name}"),
            policies: vec!["default".to_owned(), name.to_owned()],
            account: Some(("shop".to_owned(), name.to_owned())),
            issued: at,
        };
        let Some((bearer, _)) = bearers[index].as_ref().filter(|(_, ends)| at < *ends) else {
            let data = [("jwt", hmacs.0.as_str()), ("role", hmacs.1.as_str())];
            let act = Act {
                operation: "update",
                path: "auth/kubernetes/login",
                mount: LOGINS,
                data: &data,
                source: &source,
                bearer: None,
                allowed: true,
                made: Some((&fresh, 3_600)),
            };
            tell(out, json, rng, &act, at)?;
            tally.mints += 1;
            bearers[index] = Some((fresh, at + clock::HOUR));
            return Ok(());
        };
        let (choice, item) = (rng.below(10), rng.below(30));
        let path = format!("kv/data/{name}/key-{item:02}");
        let mut act = Act {
            operation: "read",
            path: &path,
            mount: KV,
            data: &[],
            source: &source,
            bearer: Some(bearer),
            allowed: true,
            made: None,
        };
        let policies = [("policies", hmacs.0.as_str()), ("ttl", hmacs.1.as_str())];
        match choice {
            0 => {
                act = Act {
                    operation: "update",
                    path: "auth/token/create",
                    mount: TOKENS,
                    data: &policies,
                    made: Some((&fresh, 900)),
                    ..act
                };
                tally.mints += 1;
            }
            1 => {
                act.allowed = false;
                tally.denied += 1;
            }
            2 => {
                act = Act {
                    operation: "update",
                    path: "auth/token/renew-self",
                    mount: TOKENS,
                    ..act
                }
            }
            3 => {
                act = Act {
                    operation: "update",
                    path: "sys/wrapping/lookup",
                    mount: ("sys/", "system", "secret"),
                    ..act
                }
            }
            _ => tally.read += 1,
        }
        tell(out, json, rng, &act, at)?;
        // A child is used at once, and then goes back to its drawer.
        if choice == 0 && item < 20 {
            bearers[index] = Some((
                Bearer {
                    issued: at,
                    ..fresh
                },
                at + 900 * SECOND,
            ));
        }
        Ok(())
    }
}
