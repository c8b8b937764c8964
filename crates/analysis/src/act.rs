//! What reconstruction reads: events with their names as numbers.

use evidence::{Format, Micros, Word};

/// The number of a text in the case. Equal texts have equal numbers; numbers depend on the order of
/// import, so that nothing is ever ordered by them in what people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub u32);

/// The number of an event: that of the record that leads it, `file << 32 | ordinal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u64);

/// In what capacity an event names something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Who did it.
    Actor,
    /// For whom or to whom it was done: who receives a minted token, who is called.
    Subject,
    /// The credential that authorised it.
    Credential,
    /// The credential made, changed or revoked.
    Token,
    /// The parent that the record itself names for that credential.
    TokenParent,
    /// The secret touched.
    Secret,
    /// The data or system touched.
    Resource,
    /// The tool invoked.
    Tool,
    /// What several records of one piece of work share: a trace, a `sharedEventID`, a parent receipt.
    Trace,
    /// The scope of the credential made: its words, sorted, with one space between two.
    Scope,
    /// Where the request came from.
    SourceIp,
    /// The program that asked: a user agent.
    Agent,
    /// The environment that the record itself is labelled with.
    Environment,
    /// The policy that decided, `id@version`.
    Policy,
    /// The approval that is asked for, given or referred to.
    Approval,
    /// What the record's own format calls the act.
    NativeType,
    /// `agent`, `workload`, `service`, `human`, `device`, `unknown`.
    ActorKind,
}

impl Role {
    /// How many there are.
    pub const COUNT: usize = Role::ALL.len();

    /// All of them.
    pub const ALL: [Role; 17] = [
        Role::Actor,
        Role::Subject,
        Role::Credential,
        Role::Token,
        Role::TokenParent,
        Role::Secret,
        Role::Resource,
        Role::Tool,
        Role::Trace,
        Role::Scope,
        Role::SourceIp,
        Role::Agent,
        Role::Environment,
        Role::Policy,
        Role::Approval,
        Role::NativeType,
        Role::ActorKind,
    ];
}

/// How it ended, as the record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ended {
    /// It was done.
    Success,
    /// It was tried and failed.
    Failure,
    /// It was not allowed.
    Denied,
    /// The record does not say.
    Unsaid,
}

/// What a policy said, as the record has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the words say it")]
pub enum Decision {
    Allow,
    Deny,
    StepUp,
    Unsaid,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its number.
    pub event: EventId,
    /// The file that its leading record lies in: HMACs and clocks are compared within one log.
    pub log: u32,
    /// The format of that file.
    pub format: Format,
    /// When, as far as the record says.
    pub time: Option<Micros>,
    /// Its type in the audit bundle's vocabulary.
    pub kind: ActKind,
    /// What it names.
    pub names: [Option<Name>; Role::COUNT],
    /// How it ended.
    pub ended: Ended,
    /// What the policy said.
    pub decision: Decision,
    /// When the credential that it made ends by itself.
    pub expires: Option<Micros>,
    /// What its record shows (bits of [`evidence::event::shown`]), for adequacy.
    pub shown: u16,
    /// The worst verdict of its records.
    pub verdict: Word,
}

impl Act {
    /// What it names in a role.
    pub fn name(&self, role: Role) -> Option<Name> {
        self.names[role as usize]
    }

    /// Whether it was done: a denied or failed act reaches nothing, and one whose outcome the record
    /// does not tell counts as done.
    pub fn done(&self) -> bool {
        matches!(self.ended, Ended::Success | Ended::Unsaid) && self.decision != Decision::Deny
    }
}

macro_rules! kinds {
    ($($kind:ident $text:literal),* $(,)?) => {
        /// Types of the audit bundle's vocabulary.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "the words say it")]
        pub enum ActKind { $($kind,)* Other }

        impl ActKind {
            /// The type with this word; [`ActKind::Other`] for words outside the vocabulary.
            pub fn of(word: &str) -> ActKind {
                match word { $($text => ActKind::$kind,)* _ => ActKind::Other }
            }

            /// Its word; `other` where the vocabulary has none.
            pub fn as_str(self) -> &'static str {
                match self { $(ActKind::$kind => $text,)* ActKind::Other => "other" }
            }
        }
    };
}

kinds! {
    StreamOpen "stream.open", StreamHeartbeat "stream.heartbeat", StreamClose "stream.close",
    KeyRotate "key.rotate", TokenMint "token.mint", TokenRefresh "token.refresh",
    TokenExchange "token.exchange", TokenDelegate "token.delegate", TokenUse "token.use",
    TokenRevoke "token.revoke", SecretRead "secret.read", SecretWrite "secret.write",
    SecretRotate "secret.rotate", SecretRevoke "secret.revoke", Call "call",
    ToolInvoke "tool.invoke", PolicyDecide "policy.decide", DataAccess "data.access",
    ApprovalRequest "approval.request", ApprovalDecide "approval.decide",
    IdentityCreate "identity.create", IdentityChange "identity.change",
    IdentityDisable "identity.disable", IdentityDelete "identity.delete",
    PolicyChange "policy.change", ResourceChange "resource.change",
    LoggingStart "logging.start", LoggingStop "logging.stop",
}

impl ActKind {
    /// Whether it makes a credential.
    pub fn mints(self) -> bool {
        matches!(
            self,
            ActKind::TokenMint
                | ActKind::TokenRefresh
                | ActKind::TokenExchange
                | ActKind::TokenDelegate
        )
    }
}
