//! The query as it is typed: `field:value`, `"quotes"`, `-not`, `>=`, `/regex/`, free words. A mistake
//! is an error that points at its place, never an empty result.

mod words;

use self::words::{Scanner, TermText};
use crate::failure::{Failure, Result};
use evidence::{Micros, Word, time};
use store::{Column, How, On, Term};

/// A query, understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Query {
    pub terms: Vec<Term>,
    pub verdicts: Vec<Word>,
    pub from: Option<Micros>,
    /// Exclusive.
    pub until: Option<Micros>,
}

/// The fields of text that a query may name.
const FIELDS: &[(&str, On)] = &[
    ("type", On::Column(Column::Type)),
    ("native", On::Column(Column::NativeType)),
    ("event", On::Column(Column::NativeType)),
    ("actor", On::Column(Column::Actor)),
    ("kind", On::Column(Column::ActorKind)),
    ("subject", On::Column(Column::Subject)),
    ("credential", On::Column(Column::Credential)),
    ("token", On::Column(Column::Token)),
    ("parent", On::Column(Column::TokenParent)),
    ("secret", On::Column(Column::Secret)),
    ("resource", On::Column(Column::Resource)),
    ("tool", On::Column(Column::Tool)),
    ("decision", On::Column(Column::Decision)),
    ("outcome", On::Column(Column::Outcome)),
    ("ip", On::Column(Column::SourceIp)),
    ("trace", On::Column(Column::Trace)),
    ("scope", On::Column(Column::Scope)),
    ("agent", On::Column(Column::Agent)),
    ("environment", On::Column(Column::Environment)),
    ("policy", On::Column(Column::Policy)),
    ("approval", On::Column(Column::Approval)),
    ("id", On::NativeId),
    ("source", On::Path),
    ("stream", On::Stream),
    ("tag", On::Tag),
    ("comment", On::Comment),
    ("raw", On::Raw),
];

/// The fields that are no text.
const OTHERS: &[&str] = &["verdict", "time", "seq", "star"];

const WORDS: [Word; 5] = [
    Word::Contradicted,
    Word::Unproven,
    Word::Intact,
    Word::Verified,
    Word::Unchecked,
];

/// Understands a query. Every term must hold; a `-` before one leaves out what it holds for.
///
/// - `field:value` is equality, `field:begin*` a beginning, `field:*part*` a part (whatever the case
///   of ASCII letters), `field:/regex/` a regular expression that fits anywhere in it. In quotes a
///   value is taken as it is.
/// - A free word is looked for as a part in every field, the file's path and the stream's id; it
///   also finds the event whose native id it is. `/regex/` is looked for in the same places but the
///   native id. Neither looks at the bytes of records: that is `raw:`, whose value is always a part
///   or a regular expression of them.
/// - `id:` is the format's own id of an event (`eventID`, `auditID`, `request.id`, a receipt's), of
///   an audit bundle's record its SHA-256; always whole.
/// - `time` and `seq` compare with `:`, `>=`, `>`, `<=`, `<`; times are RFC 3339 with their zone.
/// - `star:yes` and `star:no`, `tag:` and `comment:` are what the analyst said of it.
/// - `verdict:` is one of the contract's words; several mean any of them.
pub(crate) fn parse(text: &str) -> Result<Query> {
    let mut query = Query::default();
    let mut rest = Scanner { text, at: 0 };
    while let Some(word) = rest.word()? {
        take(&mut query, word, text)?;
    }
    Ok(query)
}

/// How a field and its value are held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Is,
    AtLeast,
    Above,
    AtMost,
    Below,
}

impl Sign {
    fn not(self) -> Option<Sign> {
        Some(match self {
            Sign::Is => return None,
            Sign::AtLeast => Sign::Below,
            Sign::Above => Sign::AtMost,
            Sign::AtMost => Sign::Above,
            Sign::Below => Sign::AtLeast,
        })
    }
}

fn is_field(word: &str) -> bool {
    fields().any(|name| name == word)
}

fn fields() -> impl Iterator<Item = &'static str> {
    FIELDS
        .iter()
        .map(|(name, _)| *name)
        .chain(OTHERS.iter().copied())
}

fn take(query: &mut Query, term: TermText, text: &str) -> Result<()> {
    let Some((field, sign)) = &term.field else {
        return take_free(query, term, text);
    };
    if term.value.is_empty() {
        return Err(mistake(
            text,
            term.at,
            &format!("{field:?} has no value"),
            "Write it behind the sign, without a space.",
        ));
    }
    match field.as_str() {
        "time" => take_time(query, &term, *sign, text),
        "seq" => take_seq(query, &term, *sign, text),
        _ if *sign != Sign::Is => Err(mistake(
            text,
            term.at,
            &format!("{field:?} is neither more nor less than anything"),
            "Only time and seq are; write a colon.",
        )),
        "verdict" => take_verdict(query, &term, text),
        "star" => take_star(query, &term, text),
        name => {
            let found = FIELDS.iter().find(|(known, _)| *known == name);
            let Some(&(_, on)) = found else {
                return Ok(());
            };
            take_text(query, on, &term, text)
        }
    }
}

fn take_free(query: &mut Query, term: TermText, text: &str) -> Result<()> {
    if !term.quoted
        && !term.regex
        && let Some(name) = unknown_field(&term.value)
    {
        return Err(mistake(
            text,
            term.at,
            &format!("there is no field {name:?}"),
            &format!(
                "Fields are {}. Put the word in quotes to look for it as it is.",
                fields().collect::<Vec<_>>().join(", ")
            ),
        ));
    }
    let how = if term.regex { How::Fits } else { How::Contains };
    check_regex(&term, text)?;
    query.terms.push(Term {
        on: On::Any,
        how,
        text: term.value,
        negated: term.negated,
    });
    Ok(())
}

fn take_text(query: &mut Query, on: On, term: &TermText, text: &str) -> Result<()> {
    check_regex(term, text)?;
    let (how, value) = match on {
        On::NativeId if term.regex => {
            return Err(mistake(
                text,
                term.value_at,
                "an id is compared whole",
                "Write it as it is, or look for a part of it with raw:.",
            ));
        }
        _ if term.regex => (How::Fits, term.value.as_str()),
        On::NativeId => (How::Is, term.value.as_str()),
        On::Raw if term.quoted => (How::Contains, term.value.as_str()),
        On::Raw => (How::Contains, pattern(&term.value).1.trim_end_matches('*')),
        _ if term.quoted => (How::Is, term.value.as_str()),
        _ => pattern(&term.value),
    };
    query.terms.push(Term {
        on,
        how,
        text: value.to_owned(),
        negated: term.negated,
    });
    Ok(())
}

fn check_regex(term: &TermText, text: &str) -> Result<()> {
    if !term.regex {
        return Ok(());
    }
    store::check_pattern(&term.value).map_err(|why| {
        mistake(
            text,
            term.value_at,
            &format!("this is no regular expression: {why}"),
            "Put it in quotes to look for it as it is.",
        )
    })
}

fn take_time(query: &mut Query, term: &TermText, sign: Sign, text: &str) -> Result<()> {
    let value = &term.value;
    let time = time::rfc3339(value).ok_or_else(|| {
        mistake(
            text,
            term.at,
            &format!("{value:?} is not a time"),
            "Write it as 2026-06-12T02:11:46Z, with its zone.",
        )
    })?;
    let after = Micros(time.0.saturating_add(1));
    let sign = if term.negated { sign.not() } else { Some(sign) };
    let (from, until) = match sign {
        Some(Sign::Is) => (Some(time), Some(after)),
        Some(Sign::AtLeast) => (Some(time), None),
        Some(Sign::Above) => (Some(after), None),
        Some(Sign::AtMost) => (None, Some(after)),
        Some(Sign::Below) => (None, Some(time)),
        None => {
            return Err(mistake(
                text,
                term.at,
                "a moment cannot be left out",
                "Ask for what is before it or after it, with < or >.",
            ));
        }
    };
    query.from = query.from.max(from);
    query.until = query.until.into_iter().chain(until).min();
    Ok(())
}

fn take_seq(query: &mut Query, term: &TermText, sign: Sign, text: &str) -> Result<()> {
    let value = &term.value;
    let number: u64 = value.parse().map_err(|_| {
        mistake(
            text,
            term.value_at,
            &format!("{value:?} is not a number"),
            "Numbers of records are whole, from 0 on, without a sign.",
        )
    })?;
    // A range from 1 to 0 holds nothing.
    let (first, last) = match sign {
        Sign::Is => (number, number),
        Sign::AtLeast => (number, u64::MAX),
        Sign::Above => number
            .checked_add(1)
            .map_or((1, 0), |next| (next, u64::MAX)),
        Sign::AtMost => (0, number),
        Sign::Below => number.checked_sub(1).map_or((1, 0), |before| (0, before)),
    };
    query.terms.push(Term {
        on: On::Seq(first, last),
        how: How::Is,
        text: String::new(),
        negated: term.negated,
    });
    Ok(())
}

fn take_star(query: &mut Query, term: &TermText, text: &str) -> Result<()> {
    let starred = match term.value.as_str() {
        "yes" => true,
        "no" => false,
        other => {
            return Err(mistake(
                text,
                term.value_at,
                &format!("{other:?} is neither yes nor no"),
                "Write star:yes for what is starred.",
            ));
        }
    };
    query.terms.push(Term {
        on: On::Starred,
        how: How::Contains,
        text: String::new(),
        negated: term.negated == starred,
    });
    Ok(())
}

fn take_verdict(query: &mut Query, term: &TermText, text: &str) -> Result<()> {
    let value = &term.value;
    let word = WORDS.into_iter().find(|word| word.as_str() == value);
    let word = word.ok_or_else(|| {
        mistake(
            text,
            term.value_at,
            &format!("{value:?} is not a verdict"),
            "Verdicts are verified, intact, unproven, contradicted.",
        )
    })?;
    if !term.negated {
        query.verdicts.push(word);
        return Ok(());
    }
    if query.verdicts.is_empty() {
        query.verdicts = WORDS.to_vec();
    }
    query.verdicts.retain(|&other| other != word);
    if query.verdicts.is_empty() {
        return Err(mistake(
            text,
            term.at,
            "no verdict is left",
            "Leave out fewer of them.",
        ));
    }
    Ok(())
}

fn pattern(value: &str) -> (How, &str) {
    match (value.strip_prefix('*'), value.strip_suffix('*')) {
        (Some(rest), _) => (How::Contains, rest.strip_suffix('*').unwrap_or(rest)),
        (None, Some(begin)) => (How::Begins, begin),
        (None, None) => (How::Is, value),
    }
}

/// The name before a sign that is most likely meant as a field: ids such as `jti:…` and `arn:aws:…`
/// are not.
fn unknown_field(value: &str) -> Option<&str> {
    const LIKELY: &[&str] = &[
        "action", "code", "identity", "name", "path", "severity", "status", "user", "who", "what",
        "when", "where",
    ];
    let (name, _) = value.split_once([':', '<', '>'])?;
    LIKELY.contains(&name).then_some(name)
}

fn mistake(text: &str, at: usize, what: &str, hint: &str) -> Failure {
    let column = text.get(..at).unwrap_or(text).chars().count() + 1;
    Failure::request(
        "query",
        format!("The query cannot be understood at character {column}: {what}."),
        hint,
    )
}

#[cfg(test)]
mod tests;
