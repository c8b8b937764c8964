//! The query as it is typed: `field:value`, `"quotes"`, `-not`, free words. A mistake is an error
//! that points at its place, never an empty result.

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

/// The fields that a query may name.
const FIELDS: &[(&str, On)] = &[
    ("type", On::Column(Column::Type)),
    ("native", On::Column(Column::NativeType)),
    ("actor", On::Column(Column::Actor)),
    ("subject", On::Column(Column::Subject)),
    ("credential", On::Column(Column::Credential)),
    ("token", On::Column(Column::Token)),
    ("secret", On::Column(Column::Secret)),
    ("resource", On::Column(Column::Resource)),
    ("tool", On::Column(Column::Tool)),
    ("decision", On::Column(Column::Decision)),
    ("outcome", On::Column(Column::Outcome)),
    ("ip", On::Column(Column::SourceIp)),
    ("source", On::Path),
    ("stream", On::Stream),
];

/// Understands a query. Each term must hold. `field:value` is equality, `field:begin*` a beginning,
/// `field:*part*` a part; a free word is looked for in every column, whatever its case.
/// `time>=…` and `time<…` take RFC 3339, `verdict:` one of the four words.
pub(crate) fn parse(text: &str) -> Result<Query> {
    let mut query = Query::default();
    let mut rest = Scanner { text, at: 0 };
    while let Some(word) = rest.word()? {
        take(&mut query, word, text)?;
    }
    Ok(query)
}

/// A word of the query, and where it stands.
struct TermText {
    at: usize,
    negated: bool,
    /// The field, with the sign after it.
    field: Option<(String, char)>,
    value: String,
    quoted: bool,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn word(&mut self) -> Result<Option<TermText>> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
        let at = self.at;
        let Some(first) = self.peek() else {
            return Ok(None);
        };
        let negated = first == '-'
            && self.text[self.at + 1..]
                .chars()
                .next()
                .is_some_and(|next| !next.is_whitespace());
        if negated {
            self.bump();
        }
        let mut term = TermText {
            at,
            negated,
            field: None,
            value: String::new(),
            quoted: false,
        };
        while let Some(next) = self.peek().filter(|next| !next.is_whitespace()) {
            self.bump();
            match next {
                '"' => {
                    term.quoted = true;
                    self.quoted(&mut term.value)?;
                }
                ':' | '<' | '>'
                    if term.field.is_none() && !term.quoted && is_field(&term.value) =>
                {
                    term.field = Some((std::mem::take(&mut term.value), next));
                    if self.peek() == Some('=') {
                        self.bump();
                    }
                }
                other => term.value.push(other),
            }
        }
        Ok(Some(term))
    }

    /// Up to the closing quote; `\"` and `\\` stand for themselves.
    fn quoted(&mut self, into: &mut String) -> Result<()> {
        let begin = self.at - 1;
        loop {
            match self.bump() {
                Some('"') => return Ok(()),
                Some('\\') => into.extend(self.bump()),
                Some(other) => into.push(other),
                None => {
                    return Err(mistake(
                        self.text,
                        begin,
                        "this quote is not closed",
                        "Close it with another \".",
                    ));
                }
            }
        }
    }
}

fn is_field(word: &str) -> bool {
    word == "time" || word == "verdict" || FIELDS.iter().any(|(name, _)| *name == word)
}

fn take(query: &mut Query, term: TermText, text: &str) -> Result<()> {
    let TermText {
        at,
        negated,
        field,
        value,
        quoted,
    } = term;
    let Some((field, sign)) = field else {
        if !quoted
            && let Some((name, _)) = value
                .split_once(':')
                .filter(|(name, _)| looks_like_field(name))
        {
            let known: Vec<&str> = FIELDS
                .iter()
                .map(|(name, _)| *name)
                .chain(["time", "verdict"])
                .collect();
            return Err(mistake(
                text,
                at,
                &format!("there is no field {name:?}"),
                &format!(
                    "Fields are {}. Put the word in quotes to look for it as it is.",
                    known.join(", ")
                ),
            ));
        }
        query.terms.push(Term {
            on: On::Any,
            how: How::Contains,
            text: value,
            negated,
        });
        return Ok(());
    };
    if value.is_empty() {
        return Err(mistake(
            text,
            at,
            &format!("{field:?} has no value"),
            "Write it behind the sign, without a space.",
        ));
    }
    match field.as_str() {
        "time" => {
            let time = time::rfc3339(&value).ok_or_else(|| {
                mistake(
                    text,
                    at,
                    &format!("{value:?} is not a time"),
                    "Write it as 2026-06-12T02:11:46Z, with its zone.",
                )
            })?;
            match sign {
                '>' => query.from = query.from.max(Some(time)),
                '<' => query.until = Some(query.until.map_or(time, |until| until.min(time))),
                _ => {
                    query.from = query.from.max(Some(time));
                    query.until = Some(Micros(time.0.saturating_add(1)));
                }
            }
        }
        "verdict" => {
            let all = [
                Word::Contradicted,
                Word::Unproven,
                Word::Intact,
                Word::Verified,
                Word::Unchecked,
            ];
            let word = all.into_iter().find(|word| word.as_str() == value);
            let word = word.ok_or_else(|| {
                mistake(
                    text,
                    at,
                    &format!("{value:?} is not a verdict"),
                    "Verdicts are verified, intact, unproven, contradicted.",
                )
            })?;
            if negated {
                let left: Vec<Word> = if query.verdicts.is_empty() {
                    all.to_vec()
                } else {
                    std::mem::take(&mut query.verdicts)
                };
                query.verdicts = left.into_iter().filter(|&other| other != word).collect();
            } else {
                query.verdicts.push(word);
            }
        }
        name => {
            let Some((_, on)) = FIELDS.iter().find(|(known, _)| *known == name) else {
                return Ok(());
            };
            let (how, value) = if quoted {
                (How::Is, value.as_str())
            } else {
                pattern(&value)
            };
            query.terms.push(Term {
                on: *on,
                how,
                text: value.to_owned(),
                negated,
            });
        }
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

/// `word:` that is most likely meant as a field: ids such as `jti:…` and `arn:aws:…` are not.
fn looks_like_field(name: &str) -> bool {
    const LIKELY: &[&str] = &[
        "action", "agent", "code", "event", "id", "identity", "kind", "name", "path", "seq",
        "severity", "status", "user", "who", "what", "when", "where",
    ];
    LIKELY.contains(&name)
}

fn mistake(text: &str, at: usize, what: &str, hint: &str) -> Failure {
    let column = text[..at].chars().count() + 1;
    Failure::request(
        "query",
        format!("The query cannot be understood at character {column}: {what}."),
        hint,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(on: On, how: How, text: &str, negated: bool) -> Term {
        Term {
            on,
            how,
            text: text.into(),
            negated,
        }
    }

    #[test]
    fn words_fields_quotes_and_not() {
        let query = parse(r#"jti:7f0c type:token.* -actor:"system:node a" *stray secret:*pay* arn:aws:iam::1:role/x"#).unwrap();
        assert_eq!(
            query.terms,
            [
                term(On::Any, How::Contains, "jti:7f0c", false),
                term(On::Column(Column::Type), How::Begins, "token.", false),
                term(On::Column(Column::Actor), How::Is, "system:node a", true),
                term(On::Any, How::Contains, "*stray", false),
                term(On::Column(Column::Secret), How::Contains, "pay", false),
                term(On::Any, How::Contains, "arn:aws:iam::1:role/x", false),
            ]
        );
    }

    #[test]
    fn a_malformed_time_filter_matched_nothing_in_silence() {
        let failure = parse("actor:x time>=2026-13-01T00:00:00Z").unwrap_err();
        assert_eq!(failure.code, "query");
        assert!(
            failure.message.contains("character 9"),
            "{}",
            failure.message
        );
        let query = parse("time>=2026-06-12T00:00:00Z time<2026-06-12T00:00:01Z").unwrap();
        assert_eq!(query.until.unwrap().0 - query.from.unwrap().0, 1_000_000);
    }

    #[test]
    fn mistakes_point_at_their_place() {
        for (text, column) in [
            (r#"a "b"#, 3),
            ("x who:me", 3),
            ("verdict:good", 1),
            ("type: x", 1),
        ] {
            let failure = parse(text).unwrap_err();
            assert!(
                failure.message.contains(&format!("character {column}:")),
                "{text}: {}",
                failure.message
            );
        }
    }
}
