//! The texts of events that the case keeps.

use evidence::event::Field;

/// A text that the case keeps of each event. The others ([`Field::NativeId`], [`Field::TimeText`])
/// differ from record to record and are read from the record itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// See [`Field::Type`].
    Type,
    /// See [`Field::NativeType`].
    NativeType,
    /// See [`Field::Actor`].
    Actor,
    /// See [`Field::ActorKind`].
    ActorKind,
    /// See [`Field::Subject`].
    Subject,
    /// See [`Field::Credential`].
    Credential,
    /// See [`Field::Token`].
    Token,
    /// See [`Field::TokenParent`].
    TokenParent,
    /// See [`Field::Secret`].
    Secret,
    /// See [`Field::Resource`].
    Resource,
    /// See [`Field::Tool`].
    Tool,
    /// See [`Field::Decision`].
    Decision,
    /// See [`Field::Outcome`].
    Outcome,
    /// See [`Field::SourceIp`].
    SourceIp,
    /// See [`Field::Trace`].
    Trace,
    /// See [`Field::Scope`].
    Scope,
    /// See [`Field::Agent`].
    Agent,
    /// See [`Field::Environment`].
    Environment,
    /// See [`Field::Policy`].
    Policy,
    /// See [`Field::Approval`].
    Approval,
}

impl Column {
    /// How many there are.
    pub const COUNT: usize = 20;

    /// All of them, in their order.
    pub const ALL: [Column; Column::COUNT] = [
        Column::Type,
        Column::NativeType,
        Column::Actor,
        Column::ActorKind,
        Column::Subject,
        Column::Credential,
        Column::Token,
        Column::TokenParent,
        Column::Secret,
        Column::Resource,
        Column::Tool,
        Column::Decision,
        Column::Outcome,
        Column::SourceIp,
        Column::Trace,
        Column::Scope,
        Column::Agent,
        Column::Environment,
        Column::Policy,
        Column::Approval,
    ];

    /// The field of the event.
    pub fn field(self) -> Field {
        match self {
            Column::Type => Field::Type,
            Column::NativeType => Field::NativeType,
            Column::Actor => Field::Actor,
            Column::ActorKind => Field::ActorKind,
            Column::Subject => Field::Subject,
            Column::Credential => Field::Credential,
            Column::Token => Field::Token,
            Column::TokenParent => Field::TokenParent,
            Column::Secret => Field::Secret,
            Column::Resource => Field::Resource,
            Column::Tool => Field::Tool,
            Column::Decision => Field::Decision,
            Column::Outcome => Field::Outcome,
            Column::SourceIp => Field::SourceIp,
            Column::Trace => Field::Trace,
            Column::Scope => Field::Scope,
            Column::Agent => Field::Agent,
            Column::Environment => Field::Environment,
            Column::Policy => Field::Policy,
            Column::Approval => Field::Approval,
        }
    }

    /// The column of a field, where it is kept.
    pub fn of(field: Field) -> Option<Column> {
        Column::ALL
            .into_iter()
            .find(|column| column.field() == field)
    }

    pub(crate) fn sql(self) -> &'static str {
        match self {
            Column::Type => "type",
            Column::NativeType => "native_type",
            Column::Actor => "actor",
            Column::ActorKind => "actor_kind",
            Column::Subject => "subject",
            Column::Credential => "credential",
            Column::Token => "token",
            Column::TokenParent => "token_parent",
            Column::Secret => "secret",
            Column::Resource => "resource",
            Column::Tool => "tool",
            Column::Decision => "decision",
            Column::Outcome => "outcome",
            Column::SourceIp => "source_ip",
            Column::Trace => "trace",
            Column::Scope => "scope",
            Column::Agent => "agent",
            Column::Environment => "environment",
            Column::Policy => "policy",
            Column::Approval => "approval",
        }
    }

    /// The names of all columns, as they stand in a list of SQL.
    pub(crate) fn list() -> String {
        let names: Vec<&str> = Column::ALL.into_iter().map(Column::sql).collect();
        names.join(", ")
    }

    /// Whether the case has an index from a name in it to the events.
    pub(crate) fn is_indexed(self) -> bool {
        matches!(
            self,
            Column::Actor
                | Column::Subject
                | Column::Credential
                | Column::Token
                | Column::TokenParent
                | Column::Secret
                | Column::Trace
        )
    }

    pub(crate) fn bit(self) -> u32 {
        1 << self as u32
    }
}
