//! What the two streams say: the beats of the story among uneventful work.

use super::stream::{Listed, StreamWriter};
use crate::clock::{HOUR, MINUTE, Micros, Next, SECOND, Schedule, Timeline, june};
use crate::json::Writer;
use crate::keys::Keys;
use crate::note::Signer;
use crate::rng::Rng;
use crate::story::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use std::io;
use std::path::Path;

/// What a source's acts were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Acts that made a credential.
    pub mints: u64,
    /// Acts that read a secret.
    pub read: u64,
    /// Secret reads that were denied.
    pub denied: u64,
}

/// Agents that go about their work. Those of the story are not among them, so that nothing but the
/// story follows from it.
const AT_WORK: [&str; 10] = [
    "reporter", "coder", "search", "support", "mailer", "etl", "scraper", "metrics", "indexer",
    "reviewer",
];
const TOOLS: [&str; 6] = [
    "repo.read",
    "ticket.update",
    "search.query",
    "mail.send",
    "sheet.append",
    "build.start",
];

/// A moment of the story in a stream.
type Beat = (Micros, What);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Open,
    Heartbeat,
    Close,
    PlannerCalls,
    Mint,
    RightExchange,
    Publish,
    Decide,
    Exchange,
    Revoke,
    Refuse,
    Rotate,
    KeyStored,
    ApprovalAsked,
    Approved,
    BooksTouched,
    PaymentsCalled,
    Payout(u64),
    LedgerCalled,
}

fn beats(id: &str) -> Vec<Beat> {
    let mut beats = vec![(BEGIN, What::Open), (END, What::Close)];
    beats.extend((0..10).map(|hour| (BEGIN + hour * HOUR + 30 * MINUTE, What::Heartbeat)));
    if id == AGENTS {
        beats.extend([
            (june(12, 1, 40, 12, 77_120), What::PlannerCalls),
            (MINTED, What::Mint),
            (EXCHANGED_RIGHTLY, What::RightExchange),
            (LEAKED, What::Publish),
            (DECIDED, What::Decide),
            (EXCHANGED, What::Exchange),
            (REVOKED, What::Revoke),
            (REFUSED, What::Refuse),
            (ROTATED, What::Rotate),
        ]);
    } else {
        beats.extend([
            (june(11, 21, 10, 4, 501_220), What::KeyStored),
            (june(11, 21, 40, 9, 3_001), What::ApprovalAsked),
            (june(11, 21, 42, 51, 660_127), What::Approved),
            (june(12, 1, 45, 33, 20_914), What::BooksTouched),
            (PAYMENTS_CALLED, What::PaymentsCalled),
            (PAID_OUT, What::Payout(4_820_000)),
            (LEDGER_CALLED, What::LedgerCalled),
            (LAST_PAYOUT, What::Payout(5_190_000)),
        ]);
        beats.extend((0..PAYOUTS).map(|index| {
            (
                LEDGER_CALLED + (index + 1) * 6_500_000,
                What::Payout(3_100_000 + index * 217_350),
            )
        }));
    }
    beats.sort_by_key(|beat| beat.0);
    beats
}

/// Writes a stream of this many records.
pub(super) fn write(
    root: &Path,
    id: &str,
    seed: u64,
    keys: &Keys,
    records: u64,
    tiles: bool,
) -> io::Result<(Vec<Listed>, Tally)> {
    let beats = beats(id);
    let times: Vec<Micros> = beats.iter().map(|beat| beat.0).collect();
    // The story's turning point has the same share of the stream before it at every size, and at
    // the demonstration's the number that it has there.
    let (anchor, share, resume) = if id == AGENTS {
        (DECIDED, (907, 1_742), EXCHANGED + 50_000)
    } else {
        (LEDGER_CALLED, (411, 618), LAST_PAYOUT + SECOND)
    };
    let before = times.iter().filter(|time| **time < anchor).count() as u64;
    let noise = records - times.len() as u64;
    let first = (u128::from(records) * share.0 / share.1) as u64;
    let first = (first - before).min(noise);
    let schedule = Schedule::new(
        vec![(BEGIN, anchor, first), (resume, END, noise - first)],
        Rng::new(seed, &format!("{id} times")),
    );
    let (key, every) = (
        if id == AGENTS {
            &keys.agents
        } else {
            &keys.payments
        },
        super::cadence(records),
    );
    let mut teller = Teller {
        writer: StreamWriter::new(root, id, Signer::new(id, key), every, tiles)?,
        id: id.to_owned(),
        keys,
        cast: Cast::new(seed),
        rng: Rng::new(seed, id),
        tokens: vec![None; AT_WORK.len()],
        tally: Tally::default(),
    };
    for next in Timeline::new(schedule, &times) {
        match next {
            Next::Beat(index) => teller.beat(beats[index])?,
            Next::Noise(at) if id == AGENTS => teller.agent_at_work(at)?,
            Next::Noise(at) => teller.payment_at_work(at)?,
        }
    }
    Ok((teller.writer.finish()?, teller.tally))
}

struct Teller<'a> {
    writer: StreamWriter,
    id: String,
    keys: &'a Keys,
    cast: Cast,
    rng: Rng,
    /// Of each agent at work, its token and when that ends.
    tokens: Vec<Option<(String, Micros)>>,
    tally: Tally,
}

fn who(json: &mut Writer, role: &str, id: &str, kind: &str) {
    json.within(role, |json| {
        json.text("id", id);
        json.text("kind", kind);
    });
}

fn agent(json: &mut Writer, role: &str, name: &str) {
    json.within(role, |json| {
        json.text("id", &format!("spiffe://example.com/agent/{name}"));
        json.text("kind", "agent");
    });
}

fn sts(json: &mut Writer) {
    who(json, "actor", "spiffe://example.com/sts", "service");
}

fn named(json: &mut Writer, what: &str, id: &str) {
    json.within(what, |json| json.text("id", id));
}

fn policy(json: &mut Writer, id: &str, version: &str, decision: &str, rule: Option<&str>) {
    json.within("policy", |json| {
        json.text("id", id);
        json.text("version", version);
        json.text("decision", decision);
        if let Some(rule) = rule {
            json.text("rule", rule);
        }
    });
}

fn from(json: &mut Writer, ip: &str) {
    json.within("source", |json| json.text("ip", ip));
}

/// Latin and Cyrillic letters mixed: it looks like `deployer`.
const LOOKALIKE: &str = "spiffe://example.com/agent/d\u{435}\u{440}loy\u{435}r";

impl Teller<'_> {
    fn beat(&mut self, (at, what): Beat) -> io::Result<()> {
        let Teller {
            writer,
            cast,
            id,
            keys,
            tally,
            ..
        } = self;
        match what {
            What::Open => {
                let key = if id == AGENTS {
                    &keys.agents
                } else {
                    &keys.payments
                };
                let signer = Signer::new(id, key).vkey();
                writer.record(at, "stream.open", |json| {
                    json.text("signer", &signer);
                    json.number("heartbeat_s", 3_600);
                })
            }
            What::Heartbeat => writer.record(at, "stream.heartbeat", |_| ()),
            What::Close => writer.record(at, "stream.close", |_| ()),
            What::PlannerCalls => writer.record(at, "call", |json| {
                agent(json, "actor", "planner");
                agent(json, "subject", "deployer");
                json.within("task", |json| json.text("id", "task/release-4417"));
                json.text("outcome", "success");
                from(json, RUNNER_IP);
            }),
            What::Mint => {
                tally.mints += 1;
                writer.record(at, "token.mint", |json| {
                    sts(json);
                    agent(json, "subject", "deployer");
                    json.within("token", |json| {
                        json.text("id", &cast.leaked);
                        json.texts("scope", &["deploy", "assume"]);
                        json.text("audience", "sts.amazonaws.com");
                        json.time("expires", at + HOUR, 0);
                    });
                    policy(json, "mint-short-lived", "12", "allow", None);
                    json.text("outcome", "success");
                    from(json, RUNNER_IP);
                })
            }
            What::RightExchange | What::Exchange => {
                tally.mints += 1;
                let (session, ip) = if what == What::Exchange {
                    (&cast.session, INTRUDER_IP)
                } else {
                    (&cast.session_before, RUNNER_IP)
                };
                writer.record(at, "token.exchange", |json| {
                    sts(json);
                    agent(json, "subject", "deployer");
                    named(json, "credential", &cast.leaked);
                    json.within("token", |json| {
                        json.text("id", session);
                        json.text("parent", &cast.leaked);
                        json.texts("scope", &["deploy", "assume"]);
                        json.time("expires", at + HOUR, 0);
                    });
                    policy(json, "aws-exchange", "12", "allow", None);
                    json.text("outcome", "success");
                    from(json, ip);
                })
            }
            What::Publish => writer.record(at, "tool.invoke", |json| {
                agent(json, "actor", "deployer");
                named(json, "credential", &cast.leaked);
                json.within("tool", |json| json.text("name", "publish"));
                named(json, "resource", "build-log/4417");
                json.within("task", |json| json.text("id", "task/release-4417"));
                json.text("outcome", "success");
                from(json, RUNNER_IP);
            }),
            What::Decide => writer.record(at, "policy.decide", |json| {
                who(
                    json,
                    "actor",
                    "spiffe://example.com/policy/exchange",
                    "service",
                );
                agent(json, "subject", "deployer");
                named(json, "credential", &cast.leaked);
                policy(json, "aws-exchange", "12", "allow", Some("break-glass"));
                json.text("outcome", "success");
                from(json, INTRUDER_IP);
            }),
            What::Revoke => writer.record(at, "token.revoke", |json| {
                who(json, "actor", "oncall/a.haddad", "human");
                agent(json, "subject", "deployer");
                named(json, "credential", &cast.on_call);
                named(json, "token", &cast.leaked);
                json.text("outcome", "success");
                from(json, "10.9.0.14");
            }),
            What::Refuse => writer.record(at, "token.exchange", |json| {
                sts(json);
                agent(json, "subject", "deployer");
                named(json, "credential", &cast.leaked);
                policy(json, "aws-exchange", "12", "deny", Some("revoked"));
                json.text("outcome", "denied");
                from(json, INTRUDER_IP);
            }),
            What::Rotate => {
                let next = Signer::new(id, &keys.agents_next);
                let text = rotation_text(id, writer.seq(), &writer.prev(), &next.vkey());
                let endorsement = STANDARD.encode(keys.agents.sign(text.as_bytes()).to_bytes());
                writer.rotate(next.clone());
                writer.record(at, "key.rotate", |json| {
                    json.text("next", &next.vkey());
                    json.text("endorsement", &endorsement);
                })
            }
            What::KeyStored => writer.record(at, "secret.rotate", |json| {
                who(
                    json,
                    "actor",
                    "spiffe://example.com/secrets-operator",
                    "service",
                );
                agent(json, "subject", "payments");
                json.within("secret", |json| {
                    json.text("id", "kv/data/payments/payagent-07");
                    json.text("version", "1");
                    json.text("store", "openbao");
                });
                named(json, "token", &cast.agent_key);
                json.text("outcome", "success");
            }),
            What::ApprovalAsked => writer.record(at, "approval.request", |json| {
                agent(json, "actor", "payments");
                json.within("approval", |json| {
                    json.text("id", "approval/2026-0611-3");
                    json.text("by", "finance/l.brandt");
                    json.text("decision", "step_up");
                });
                json.text("outcome", "success");
            }),
            What::Approved => writer.record(at, "approval.decide", |json| {
                who(json, "actor", "finance/l.brandt", "human");
                agent(json, "subject", "payments");
                json.within("approval", |json| {
                    json.text("id", "approval/2026-0611-3");
                    json.text("by", "finance/l.brandt");
                    json.text("decision", "allow");
                    json.time("from", june(11, 21, 45, 0, 0), 0);
                    json.time("until", june(11, 23, 45, 0, 0), 0);
                    json.texts("scope", &["payout.create"]);
                });
                json.text("outcome", "success");
            }),
            What::BooksTouched => writer.record(at, "data.access", |json| {
                agent(json, "actor", "payments");
                json.within("resource", |json| {
                    json.text("id", "ledger/closed-books-2025");
                    json.text("kind", "table");
                    json.text("classification", "confidential");
                });
                json.text("outcome", "success");
            }),
            What::PaymentsCalled => writer.record(at, "call", |json| {
                who(json, "actor", LOOKALIKE, "agent");
                agent(json, "subject", "payments");
                named(json, "credential", &cast.agent_key);
                json.within("task", |json| json.text("id", "task/urgent-refunds"));
                json.text("outcome", "success");
                from(json, INTRUDER_IP);
            }),
            What::Payout(cents) => writer.record(at, "tool.invoke", |json| {
                agent(json, "actor", "payments");
                named(json, "credential", &cast.agent_key);
                json.within("tool", |json| {
                    json.text("name", "payout.create");
                    json.text("server", "payments-mcp");
                });
                json.within("task", |json| json.text("id", "task/urgent-refunds"));
                json.text("amount", &format!("EUR {}.{:02}", cents / 100, cents % 100));
                json.text("outcome", "success");
            }),
            What::LedgerCalled => writer.record(at, "call", |json| {
                agent(json, "actor", "payments");
                agent(json, "subject", "ledger");
                named(json, "credential", &cast.agent_key);
                json.within("tool", |json| json.text("name", "journal.post"));
                json.within("task", |json| json.text("id", "task/urgent-refunds"));
                json.text("outcome", "success");
            }),
        }
    }

    /// An agent of the gateway does something, with a token that it has or gets.
    fn agent_at_work(&mut self, at: Micros) -> io::Result<()> {
        let Teller {
            writer,
            rng,
            tokens,
            tally,
            ..
        } = self;
        let index = rng.index(AT_WORK.len());
        let name = AT_WORK[index];
        let (task, ip) = (
            format!("task/{}", rng.below(100_000)),
            format!("10.1.{}.{}", index + 4, rng.below(250) + 1),
        );
        let token = match &tokens[index] {
            Some((token, ends)) if at < *ends && rng.below(64) != 0 => token.clone(),
            _ => {
                let token = format!("jti:{}", rng.hex(32));
                tokens[index] = Some((token.clone(), at + HOUR));
                tally.mints += 1;
                return writer.record(at, "token.mint", |json| {
                    sts(json);
                    agent(json, "subject", name);
                    json.within("token", |json| {
                        json.text("id", &token);
                        json.texts("scope", &["tools", "vault:read"]);
                        json.time("expires", at + HOUR, 0);
                    });
                    policy(json, "mint-short-lived", "12", "allow", None);
                    json.text("outcome", "success");
                    from(json, &ip);
                });
            }
        };
        let choice = rng.below(16);
        let (kind, outcome) = match choice {
            0..2 => ("policy.decide", "success"),
            2..4 => ("secret.read", "success"),
            4 => ("secret.read", "denied"),
            5..10 => (
                "tool.invoke",
                if rng.below(12) == 0 {
                    "failure"
                } else {
                    "success"
                },
            ),
            10..13 => ("call", "success"),
            13..15 => ("data.access", "success"),
            _ => ("token.use", "success"),
        };
        match choice {
            2..4 => tally.read += 1,
            4 => tally.denied += 1,
            _ => (),
        }
        let (tool, peer, row) = (*rng.pick(&TOOLS), *rng.pick(&AT_WORK), rng.below(40));
        writer.record(at, kind, |json| {
            if choice < 2 {
                who(
                    json,
                    "actor",
                    "spiffe://example.com/policy/tools",
                    "service",
                );
                agent(json, "subject", name);
            } else {
                agent(json, "actor", name);
            }
            named(json, "credential", &token);
            match choice {
                0..2 => policy(json, "agent-tools", "31", "allow", Some("least-privilege")),
                2..5 => {
                    json.within("secret", |json| {
                        json.text("id", &format!("kv/data/agents/{name}/key-{row:02}"));
                        json.text("store", "openbao");
                    });
                    let decision = if choice == 4 { "deny" } else { "allow" };
                    policy(json, "agent-secrets", "9", decision, None);
                }
                5..10 => json.within("tool", |json| {
                    json.text("name", tool);
                    json.text("server", "tools-mcp");
                }),
                10..13 => agent(json, "subject", peer),
                13..15 => json.within("resource", |json| {
                    json.text("id", &format!("warehouse/table-{row:02}"));
                    json.text("kind", "table");
                    json.text("classification", "internal");
                }),
                _ => named(json, "token", &token),
            }
            json.within("task", |json| json.text("id", &task));
            json.text("outcome", outcome);
            from(json, &ip);
        })
    }

    /// Someone pays, and the payments agent does it.
    fn payment_at_work(&mut self, at: Micros) -> io::Result<()> {
        const SHOPS: [&str; 4] = ["checkout", "invoicer", "refunds", "subscriptions"];
        let Teller { writer, rng, .. } = self;
        let (shop, order, cents) = (
            *rng.pick(&SHOPS),
            rng.below(10_000_000),
            rng.below(90_000) + 500,
        );
        let called = rng.below(2) == 0;
        let decided = rng.below(5) == 0;
        let kind = if decided {
            "policy.decide"
        } else if called {
            "call"
        } else {
            "tool.invoke"
        };
        writer.record(at, kind, |json| {
            if decided {
                who(
                    json,
                    "actor",
                    "spiffe://example.com/policy/payments",
                    "service",
                );
                agent(json, "subject", shop);
                policy(json, "payment-limits", "4", "allow", Some("under-1000"));
            } else if called {
                agent(json, "actor", shop);
                agent(json, "subject", "payments");
            } else {
                agent(json, "actor", "payments");
                json.within("tool", |json| {
                    json.text("name", "payout.create");
                    json.text("server", "payments-mcp");
                });
            }
            json.within("task", |json| json.text("id", &format!("order/{order:07}")));
            json.text("amount", &format!("EUR {}.{:02}", cents / 100, cents % 100));
            json.text("outcome", "success");
        })
    }
}

/// What the old key signs where a stream changes its key.
pub fn rotation_text(stream: &str, seq: u64, prev: &str, next: &str) -> String {
    format!("nhi-audit-bundle/v1 rotate\n{stream}\n{seq}\n{prev}\n{next}\n")
}
