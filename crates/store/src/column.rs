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
}

impl Column {
    /// How many there are.
    pub const COUNT: usize = 14;

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
        }
    }

    pub(crate) fn bit(self) -> u16 {
        1 << self as u16
    }
}
