//! What a request asked for, in the audit bundle's vocabulary.

use super::text;
use crate::event::{Events, Field};
use crate::json::Value;

/// The parts of a record that say what was asked for. Absent ones are empty.
pub(super) struct Act<'v> {
    operation: &'v str,
    path: &'v str,
    /// The path of the namespace, with its slash; empty for the root.
    namespace: &'v str,
    engine: Engine,
    /// The path below where the engine is mounted.
    below: &'v str,
    /// Whether the response has a token that the request did not come with.
    gives_token: bool,
}

/// What answers at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    /// `auth/token/`
    Token,
    /// Another way to log in.
    Login,
    /// `sys/`
    System,
    /// `identity/`
    Identity,
    /// Keys and values, and what cannot be told because the log is of a version that does not name
    /// the engine.
    Values,
    /// `transit/`
    Transit,
    /// Another engine of secrets: database, aws, pki, ssh …
    Secrets,
}

impl<'v> Act<'v> {
    pub(super) fn of(root: &'v Value<'_>) -> Act<'v> {
        let of = |path: &[&str]| text(root, path).unwrap_or_default();
        let path = of(&["request", "path"]);
        let (engine, below) = mounted(
            path,
            of(&["request", "mount_type"]),
            of(&["request", "mount_point"]),
        );
        Act {
            operation: of(&["request", "operation"]),
            path,
            namespace: of(&["request", "namespace", "path"]),
            engine,
            below,
            gives_token: !of(&["response", "auth", "client_token"]).is_empty(),
        }
    }

    /// Whether a path below the mount is `word`, or lies under it.
    fn is_under(&self, word: &str) -> bool {
        self.below
            .strip_prefix(word)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_under(word))
    }

    fn writes(&self) -> bool {
        matches!(self.operation, "create" | "update" | "patch" | "delete")
    }

    /// Whether it is a login: a request that comes without a token and is answered with one.
    pub(super) fn is_login(&self) -> bool {
        let asks = matches!(self.operation, "update" | "create" | "read");
        self.engine == Engine::Login
            && asks
            && (self.gives_token || self.is_any(&["login", "callback", "oidc/callback"]))
    }

    /// Whether a token made by it is a child of the token it came with.
    pub(super) fn makes_a_child(&self) -> bool {
        self.engine == Engine::Token && self.is_under("create")
    }

    /// Whether it is about the token that it came with.
    pub(super) fn is_about_itself(&self) -> bool {
        self.engine == Engine::Token && self.is_any(&["revoke-self", "renew-self"])
    }

    /// The type.
    pub(super) fn kind(&self) -> &'static str {
        match self.engine {
            Engine::Token => self.token(),
            Engine::Login => self.login(),
            Engine::System => self.system(),
            Engine::Identity => self.identity(),
            Engine::Values | Engine::Transit | Engine::Secrets => self.secrets(),
        }
    }

    fn token(&self) -> &'static str {
        let writes = self.writes();
        if writes && self.is_any(&["create", "create-orphan"]) {
            "token.mint"
        } else if writes && self.is_any(&["renew", "renew-self", "renew-accessor"]) {
            "token.refresh"
        } else if writes
            && self.is_any(&["revoke", "revoke-self", "revoke-accessor", "revoke-orphan"])
        {
            "token.revoke"
        } else if writes && self.is_under("roles") {
            "policy.change"
        } else {
            "call"
        }
    }

    fn login(&self) -> &'static str {
        // `role/name` and `users/name` are who may log in; `role/name/secret-id` makes what they
        // log in with.
        let is_account = self.is_any(&["role", "roles", "user", "users", "groups", "certs", "map"]);
        if self.is_login() {
            "token.mint"
        } else if is_account && self.writes() && self.below.ends_with("/secret-id") {
            "secret.write"
        } else if is_account && self.below.matches('/').count() == 1 {
            match self.operation {
                "create" => "identity.create",
                "update" | "patch" => "identity.change",
                "delete" => "identity.delete",
                _ => "data.access",
            }
        } else if self.writes() {
            "resource.change"
        } else {
            "data.access"
        }
    }

    fn system(&self) -> &'static str {
        let deletes = self.operation == "delete";
        let lease = ["revoke-prefix", "revoke-force", "revoke"]
            .into_iter()
            .find_map(|word| {
                let below = self.below.strip_prefix("leases/").unwrap_or(self.below);
                let rest = below.strip_prefix(word)?;
                (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/'))
            });
        if self.is_under("audit") && deletes {
            "logging.stop"
        } else if self.is_under("audit") && self.writes() {
            "logging.start"
        } else if let Some(lease) = lease.filter(|_| self.writes()) {
            // The lease of a token is named after the way to log in that made it.
            if lease.starts_with("auth/") {
                "token.revoke"
            } else {
                "secret.revoke"
            }
        } else if self.is_any(&["policy", "policies"]) && self.writes() {
            "policy.change"
        } else if self.is_any(&["rotate", "rekey"]) && self.writes() {
            "secret.rotate"
        } else if self.is_any(&[
            "auth",
            "mounts",
            "remount",
            "config",
            "namespaces",
            "plugins",
            "quotas",
            "seal",
        ]) && self.writes()
        {
            "resource.change"
        } else {
            "call"
        }
    }

    fn identity(&self) -> &'static str {
        let is_entity = self.is_under("entity");
        if self.is_under("oidc/token") {
            return "token.mint";
        }
        match self.operation {
            "delete" if is_entity => "identity.delete",
            "create" | "update" if self.is_under("entity/batch-delete") => "identity.delete",
            "create" | "update" if self.below == "entity" => "identity.create",
            "create" | "update" | "patch" | "delete"
                if self.is_any(&["entity", "entity-alias", "alias", "group", "group-alias"]) =>
            {
                "identity.change"
            }
            "create" | "update" | "patch" | "delete" if !self.is_under("lookup") => {
                "resource.change"
            }
            _ => "data.access",
        }
    }

    /// A read of an engine of secrets is a read of a secret, but for what is only about secrets.
    fn secrets(&self) -> &'static str {
        /// Where engines make credentials: some are asked by a read, some by a write.
        const ISSUE: [&str; 7] = [
            "creds",
            "static-creds",
            "static-cred",
            "sts",
            "issue",
            "token",
            "key",
        ];
        let is_values = self.engine == Engine::Values;
        let is_about = self.is_any(match self.engine {
            Engine::Values => &["metadata", "config", "subkeys"],
            Engine::Transit => &["keys", "config", "wrapping_key"],
            // The second line is pki's, and public.
            _ => &[
                "config",
                "role",
                "roles",
                "roleset",
                "static-roles", //
                "ca",
                "ca_chain",
                "cert",
                "certs",
                "crl",
                "issuer",
                "issuers",
            ],
        });
        match self.operation {
            "list" | "scan" => "data.access",
            "read" if is_about => "data.access",
            "read" => "secret.read",
            "create" | "update" | "patch" | "delete" => {
                if is_values {
                    if is_about {
                        "resource.change"
                    } else {
                        "secret.write"
                    }
                } else if self.engine == Engine::Transit {
                    self.transit()
                } else if self.is_any(&ISSUE) && self.operation != "delete" {
                    "secret.read"
                } else if self.is_any(&[
                    "rotate-root",
                    "rotate-role",
                    "rotate",
                    "config/rotate-root",
                ]) {
                    "secret.rotate"
                } else if self.is_any(&["revoke", "revoke-with-key", "tidy"]) {
                    "secret.revoke"
                } else if self.is_any(&["sign", "sign-verbatim", "verify"]) {
                    "call"
                } else {
                    "resource.change"
                }
            }
            _ => "call",
        }
    }

    fn transit(&self) -> &'static str {
        if self.is_any(&["decrypt", "datakey/plaintext", "export"]) {
            "secret.read"
        } else if self.is_under("keys") && self.below.ends_with("/rotate") {
            "secret.rotate"
        } else if self.is_any(&["keys", "restore"]) {
            "secret.write"
        } else {
            "call"
        }
    }

    /// `update auth/token/create`
    pub(super) fn native(&self, events: &mut Events) {
        let space = if self.operation.is_empty() || self.path.is_empty() {
            ""
        } else {
            " "
        };
        events.set_parts(Field::NativeType, &[self.operation, space, self.path]);
    }

    /// The canonical id of what lies at the path.
    pub(super) fn object(&self, field: Field, events: &mut Events) {
        if !self.path.is_empty() {
            events.set_parts(field, &["vault:", self.namespace, self.path]);
        }
    }
}

/// What answers at a path, and the path below its mount. `kind` and `mount` are empty in logs of
/// old versions and for what failed before it was routed.
fn mounted<'v>(path: &'v str, kind: &str, mount: &str) -> (Engine, &'v str) {
    let under = |prefix: &str| path.strip_prefix(prefix).filter(|_| !prefix.is_empty());
    let after_first = |path: &'v str| path.split_once('/').map_or("", |(_, rest)| rest);
    if let Some(below) = under("auth/token/") {
        return (Engine::Token, below);
    }
    if let Some(below) = under("auth/") {
        let below = under(mount).unwrap_or_else(|| after_first(below));
        return (Engine::Login, below);
    }
    if let Some(below) = under("sys/") {
        return (Engine::System, below);
    }
    if let Some(below) = under("identity/") {
        return (Engine::Identity, below);
    }
    let below = under(mount).unwrap_or_else(|| after_first(path));
    let engine = match kind {
        "" | "kv" | "generic" | "cubbyhole" => Engine::Values,
        "transit" => Engine::Transit,
        _ => Engine::Secrets,
    };
    (engine, below)
}
