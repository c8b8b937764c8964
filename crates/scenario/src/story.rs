//! The breach, as it went: who, with what, when.
//!
//! On 12 June 2026 the deployer agent's CI token leaks in a build log. Whoever read the log changes
//! it for an AWS session, goes on to the production role, reads the payments database's password,
//! makes a Kubernetes token for the payments reconciler, logs in to OpenBao with it, reads the key
//! of the payments agent and, under a name that looks like the deployer's, has it pay out money.
//! Then the trail is switched off. On call revokes the token a quarter of an hour later; an orphan
//! token that nobody knows of reads 34 more secrets.

use crate::clock::{Micros, june};
use crate::rng::Rng;
use crate::truth::{Asked, Certainty, Decoy, Join, Leak, Mint, Reached, Size, when};

/// The stream of the agents' gateway.
pub const AGENTS: &str = "example.com/agents-prod";
/// The stream of the payments platform.
pub const PAYMENTS: &str = "example.com/payments";
/// The AWS account with digests.
pub const ACCOUNT: &str = "444455556666";
/// Its region.
pub const REGION: &str = "eu-west-1";
/// Another account, whose trail has no digests.
pub const OTHER_ACCOUNT: &str = "111122223333";
/// Its region.
pub const OTHER_REGION: &str = "us-east-1";

/// The evidence begins.
pub const BEGIN: Micros = june(11, 20, 0, 0, 0);
/// The evidence ends.
pub const END: Micros = june(12, 6, 0, 0, 0);

/// The token is made.
pub const MINTED: Micros = june(12, 1, 58, 2, 120_044);
/// Its rightful exchange.
pub const EXCHANGED_RIGHTLY: Micros = june(12, 1, 59, 20, 4_120);
/// The build log with the token in it is published.
pub const LEAKED: Micros = june(12, 2, 6, 31, 447_210);
/// The exchange is decided. Record 907 of the demonstration.
pub const DECIDED: Micros = june(12, 2, 11, 46, 902_113);
/// And made.
pub const EXCHANGED: Micros = june(12, 2, 11, 46, 920_418);
/// CloudTrail's record of it.
pub const WEB_IDENTITY: Micros = june(12, 2, 11, 47, 0);
/// On to the production role.
pub const PIVOTED: Micros = june(12, 2, 13, 5, 0);
/// The payments database's password is read.
pub const DATABASE_READ: Micros = june(12, 2, 14, 30, 0);
/// The staff database's is refused.
pub const STAFF_REFUSED: Micros = june(12, 2, 15, 58, 0);
/// A token for the reconciler is made.
pub const KUBERNETES_MINTED: Micros = june(12, 2, 16, 40, 218_113);
/// The namespace's secrets are listed with it.
pub const KUBERNETES_LISTED: Micros = june(12, 2, 17, 10, 5_204);
/// One of them is read.
pub const KUBERNETES_READ: Micros = june(12, 2, 17, 25, 771_002);
/// Login to OpenBao.
pub const LOGGED_IN: Micros = june(12, 2, 18, 22, 530_000);
/// A child token.
pub const CHILD_MINTED: Micros = june(12, 2, 19, 3, 11_000);
/// The card processor's key is read.
pub const STRIPE_READ: Micros = june(12, 2, 20, 11, 640_000);
/// The ledger's signing key is read.
pub const LEDGER_READ: Micros = june(12, 2, 20, 58, 102_000);
/// The root certificate is refused.
pub const ROOT_REFUSED: Micros = june(12, 2, 21, 30, 415_000);
/// The payments agent's key is read.
pub const AGENT_KEY_READ: Micros = june(12, 2, 22, 48, 310_000);
/// An orphan token is made.
pub const ORPHAN_MINTED: Micros = june(12, 2, 23, 30, 774_000);
/// The payments agent is called under a name like the deployer's.
pub const PAYMENTS_CALLED: Micros = june(12, 2, 24, 9, 350_081);
/// The first payout.
pub const PAID_OUT: Micros = june(12, 2, 24, 41, 118_340);
/// The ledger agent is called. Record 411 of the demonstration's payments.
pub const LEDGER_CALLED: Micros = june(12, 2, 26, 31, 4_912);
/// How many payouts follow it, one every six and a half seconds.
pub const PAYOUTS: u64 = 13;
/// The last payout. Record 425.
pub const LAST_PAYOUT: Micros = june(12, 2, 28, 2, 771_350);
/// The trail is switched off.
pub const TRAIL_STOPPED: Micros = june(12, 2, 29, 12, 0);
/// The token is revoked.
pub const REVOKED: Micros = june(12, 2, 41, 30, 7_715);
/// It is tried once more, and refused.
pub const REFUSED: Micros = june(12, 2, 44, 18, 660_201);
/// The orphan token begins to read.
pub const BURST: Micros = june(12, 2, 58, 51, 207_000);
/// How many secrets it reads.
pub const BURST_SECRETS: u64 = 34;
/// In how many reads.
pub const BURST_READS: u64 = 96;
/// The child token is revoked.
pub const CHILD_REVOKED: Micros = june(12, 3, 10, 0, 118_000);
/// The trail is switched on again.
pub const TRAIL_STARTED: Micros = june(12, 3, 41, 6, 0);
/// The agents' stream changes its key.
pub const ROTATED: Micros = june(12, 4, 0, 0, 250_000);
/// The last digest ends; what follows is not sealed.
pub const DIGESTED: Micros = june(12, 5, 0, 0, 0);
/// The last CloudTrail event is before that.
pub const TRAIL_END: Micros = june(12, 5, 23, 0, 0);

/// Where the intruder sits.
pub const INTRUDER_IP: &str = "203.0.113.77";
/// Where the CI runners sit.
pub const RUNNER_IP: &str = "10.1.2.3";

/// The names of the story's credentials. Their middles come from the seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// The token that leaks.
    pub leaked: String,
    /// The session for which it was rightly exchanged.
    pub session_before: String,
    /// The session for which it was exchanged after the leak.
    pub session: String,
    /// The production role's session.
    pub production: String,
    /// The production role's session of an hour before: nothing to do with it.
    pub production_before: String,
    /// The Kubernetes token's id, a UUID.
    pub kubernetes: String,
    /// Accessor and token of the login.
    pub login: VaultToken,
    /// Of the child.
    pub child: VaultToken,
    /// Of the orphan.
    pub orphan: VaultToken,
    /// The static key of the payments agent.
    pub agent_key: String,
    /// The session of the human on call.
    pub on_call: String,
}

/// A token as an audit device shows it: HMACs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultToken {
    /// `hmac-sha256:` and 64 hex digits.
    pub accessor: String,
    /// The same.
    pub token: String,
}

impl VaultToken {
    /// A token whose HMACs come from this stream.
    pub fn new(rng: &mut Rng) -> VaultToken {
        VaultToken {
            accessor: hmac(rng),
            token: hmac(rng),
        }
    }

    fn between(begin: &str, end: &str, rng: &mut Rng) -> VaultToken {
        let middle = rng.hex(64 - begin.len() - end.len());
        VaultToken {
            accessor: format!("hmac-sha256:{begin}{middle}{end}"),
            token: hmac(rng),
        }
    }
}

/// An HMAC as an audit device writes it.
pub fn hmac(rng: &mut Rng) -> String {
    format!("hmac-sha256:{}", rng.hex(64))
}

impl Cast {
    /// The cast of this seed.
    pub fn new(seed: u64) -> Cast {
        let mut rng = Rng::new(seed, "cast");
        let mut uuid = rng.uuid();
        uuid.replace_range(..4, "3c9b");
        uuid.replace_range(32.., "a71e");
        Cast {
            leaked: format!("jti:7f0c{}6c21", rng.hex(24)),
            session_before: format!("ASIA2Q{}9KLE", rng.capitals(10)),
            session: format!("ASIA5F{}RB7N", rng.capitals(10)),
            production: format!("ASIA4M{}T6YA", rng.capitals(10)),
            production_before: format!("ASIA9X{}W3DG", rng.capitals(10)),
            kubernetes: uuid,
            login: VaultToken::between("8a41", "f09d", &mut rng),
            child: VaultToken::between("c07e", "52b8", &mut rng),
            orphan: VaultToken::between("e91a", "07cc", &mut rng),
            agent_key: "key:payagent-07".to_owned(),
            on_call: format!("oidc:51d0{}9e3c", rng.hex(24)),
        }
    }

    /// The leak.
    pub fn leak(&self) -> Leak {
        Leak {
            credential: self.leaked.clone(),
            holder: "spiffe://example.com/agent/deployer".to_owned(),
            at: when(LEAKED),
            how: "written into a build log that was published".to_owned(),
            revoked: when(REVOKED),
        }
    }

    /// The story's credentials, of the sources that are there.
    pub fn mints(&self, size: &Size) -> Vec<Mint> {
        let mint = |credential: &str,
                    kind: &str,
                    parent: Option<(String, Join)>,
                    holder: &str,
                    source: &str,
                    at| Mint {
            credential: credential.to_owned(),
            kind: kind.to_owned(),
            join: parent.as_ref().map(|(_, join)| *join),
            parent: parent.map(|(parent, _)| parent),
            holder: holder.to_owned(),
            source: source.to_owned(),
            at: when(at),
        };
        let deployer = "spiffe://example.com/agent/deployer";
        let role = |name: &str| format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let sa = "system:serviceaccount:payments:reconciler";
        let exact = |parent: &'_ str| Some((parent.to_owned(), Join::Exact));
        let mints = vec![
            mint(&self.leaked, "jwt", None, deployer, BUNDLE, MINTED),
            mint(
                &self.session_before,
                "aws-session",
                exact(&self.leaked),
                deployer,
                BUNDLE,
                EXCHANGED_RIGHTLY,
            ),
            mint(
                &self.session,
                "aws-session",
                exact(&self.leaked),
                deployer,
                BUNDLE,
                EXCHANGED,
            ),
            mint(
                &self.production,
                "aws-session",
                exact(&self.session),
                &role("prod-ops"),
                CLOUDTRAIL,
                PIVOTED,
            ),
            mint(
                &self.kubernetes,
                "jwt",
                exact(&self.production),
                sa,
                KUBERNETES,
                KUBERNETES_MINTED,
            ),
            mint(
                &self.login.accessor,
                "vault-token",
                Some((self.kubernetes.clone(), Join::Inferred)),
                sa,
                VAULT,
                LOGGED_IN,
            ),
            mint(
                &self.child.accessor,
                "vault-token",
                Some((self.login.accessor.clone(), Join::Salted)),
                sa,
                VAULT,
                CHILD_MINTED,
            ),
            mint(
                &self.orphan.accessor,
                "vault-token",
                Some((self.login.accessor.clone(), Join::Salted)),
                sa,
                VAULT,
                ORPHAN_MINTED,
            ),
        ];
        mints
            .into_iter()
            .filter(|mint| has(size, &mint.source))
            .collect()
    }

    /// The secrets that were read, of the sources that are there.
    pub fn read(&self, size: &Size) -> Vec<Asked> {
        let mut read = vec![
            asked(
                "prod/payments/db",
                &self.production,
                CLOUDTRAIL,
                DATABASE_READ,
                1,
            ),
            asked(
                "payments/db-conn",
                &self.kubernetes,
                KUBERNETES,
                KUBERNETES_READ,
                1,
            ),
            asked(
                "kv/data/payments/stripe-live",
                &self.child.accessor,
                VAULT,
                STRIPE_READ,
                1,
            ),
            asked(
                "kv/data/payments/ledger-signing",
                &self.child.accessor,
                VAULT,
                LEDGER_READ,
                1,
            ),
            asked(
                "kv/data/payments/payagent-07",
                &self.child.accessor,
                VAULT,
                AGENT_KEY_READ,
                1,
            ),
        ];
        for index in 0..BURST_SECRETS {
            let times = (BURST_READS - index).div_ceil(BURST_SECRETS);
            read.push(asked(
                &burst_secret(index),
                &self.orphan.accessor,
                VAULT,
                burst_time(index),
                times,
            ));
        }
        read.retain(|asked| has(size, &asked.source));
        read
    }

    /// The secrets that were refused, of the sources that are there.
    pub fn denied(&self, size: &Size) -> Vec<Asked> {
        let mut denied = vec![
            asked("prod/hr/db", &self.production, CLOUDTRAIL, STAFF_REFUSED, 1),
            asked(
                "kv/data/payments/root-ca",
                &self.child.accessor,
                VAULT,
                ROOT_REFUSED,
                1,
            ),
        ];
        denied.retain(|asked| has(size, &asked.source));
        denied
    }

    /// What the leaked token reached from the leak on. Known only where all sources are there.
    pub fn reached(&self, size: &Size) -> Vec<Reached> {
        if [
            size.agents,
            size.payments,
            size.cloudtrail,
            size.kubernetes,
            size.vault,
        ]
        .contains(&0)
        {
            return Vec::new();
        }
        use Certainty::{May, Must};
        let reached = |id: &str, kind: &str, certainty, at| Reached {
            id: id.to_owned(),
            kind: kind.to_owned(),
            certainty,
            at: when(at),
        };
        let mut all = vec![
            reached(&self.session, "credential", Must, EXCHANGED),
            reached(&self.production, "credential", Must, PIVOTED),
            reached("prod/payments/db", "secret", Must, DATABASE_READ),
            reached(&self.kubernetes, "credential", Must, KUBERNETES_MINTED),
            reached("payments/db-conn", "secret", Must, KUBERNETES_READ),
            reached(&self.login.accessor, "credential", May, LOGGED_IN),
            reached(&self.child.accessor, "credential", May, CHILD_MINTED),
            reached("kv/data/payments/stripe-live", "secret", May, STRIPE_READ),
            reached(
                "kv/data/payments/ledger-signing",
                "secret",
                May,
                LEDGER_READ,
            ),
            reached(
                "kv/data/payments/payagent-07",
                "secret",
                May,
                AGENT_KEY_READ,
            ),
            reached(&self.orphan.accessor, "credential", May, ORPHAN_MINTED),
            reached(&self.agent_key, "credential", May, PAYMENTS_CALLED),
            reached(
                "spiffe://example.com/agent/payments",
                "identity",
                May,
                PAYMENTS_CALLED,
            ),
            reached(
                "spiffe://example.com/agent/ledger",
                "identity",
                May,
                LEDGER_CALLED,
            ),
            reached("trail/org-main", "resource", Must, TRAIL_STOPPED),
        ];
        for index in 0..BURST_SECRETS {
            all.push(reached(
                &burst_secret(index),
                "secret",
                May,
                burst_time(index),
            ));
        }
        all
    }

    /// What it did not reach, though a path leads there backwards in time, or was refused.
    pub fn decoys(&self) -> Vec<Decoy> {
        let decoy = |id: &str, why: &str| Decoy {
            id: id.to_owned(),
            why: why.to_owned(),
        };
        vec![
            decoy(
                &self.session_before,
                "exchanged from the same token, but before it leaked",
            ),
            decoy(
                &self.production_before,
                "the same role, another session, an hour before",
            ),
            decoy(
                "prod/hr/db",
                "read by that other session; refused to this one",
            ),
            decoy("kv/data/payments/root-ca", "denied"),
            decoy(
                "ledger/closed-books-2025",
                "the payments agent touched it half an hour before it was called",
            ),
            decoy(
                "spiffe://example.com/agent/planner",
                "called the deployer before the token was made",
            ),
        ]
    }
}

/// The formats' names in the contract.
pub const BUNDLE: &str = "nhi-audit-bundle";
/// See [`BUNDLE`].
pub const CLOUDTRAIL: &str = "cloudtrail";
/// See [`BUNDLE`].
pub const RECEIPTS: &str = "agent-receipts";
/// See [`BUNDLE`].
pub const KUBERNETES: &str = "kubernetes-audit";
/// See [`BUNDLE`].
pub const VAULT: &str = "vault-audit";

fn has(size: &Size, source: &str) -> bool {
    match source {
        BUNDLE => size.agents > 0,
        CLOUDTRAIL => size.cloudtrail > 0,
        KUBERNETES => size.kubernetes > 0,
        _ => size.vault > 0,
    }
}

fn asked(secret: &str, credential: &str, source: &str, at: Micros, times: u64) -> Asked {
    Asked {
        secret: secret.to_owned(),
        credential: credential.to_owned(),
        source: source.to_owned(),
        at: when(at),
        times,
    }
}

/// The path of one of the secrets that the orphan token reads.
pub fn burst_secret(index: u64) -> String {
    const NAMES: [&str; 6] = [
        "payments/refund-key",
        "payments/sepa-cert",
        "ledger/db-ro",
        "ledger/db-rw",
        "shared/smtp",
        "shared/webhook",
    ];
    match NAMES.get(index as usize) {
        Some(name) => format!("kv/data/{name}"),
        None => format!("kv/data/payments/merchant-{index:02}"),
    }
}

/// When the orphan token makes its read with this index.
pub fn burst_time(index: u64) -> Micros {
    BURST + index * 17_784_000 + index % 7 * 1_331_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_as_long_as_their_formats_ask() {
        let cast = Cast::new(1);
        for key in [
            &cast.session,
            &cast.session_before,
            &cast.production,
            &cast.production_before,
        ] {
            assert_eq!(key.len(), 20, "{key}");
        }
        assert_eq!(cast.kubernetes.len(), 36);
        for token in [&cast.login, &cast.child, &cast.orphan] {
            assert_eq!((token.accessor.len(), token.token.len()), (76, 76));
        }
    }

    #[test]
    fn the_burst_runs_forward_and_reads_as_often_as_it_says() {
        assert!((1..BURST_READS).all(|index| burst_time(index) > burst_time(index - 1)));
        assert!(burst_time(BURST_READS - 1) < TRAIL_STARTED);
        let read = Cast::new(1).read(&Size::demo());
        let burst: u64 = read
            .iter()
            .filter(|asked| asked.credential.contains("e91a"))
            .map(|asked| asked.times)
            .sum();
        assert_eq!(burst, BURST_READS);
    }
}
