//! The words of a query, as they stand: fields and signs, quotes, patterns.

use super::{Sign, is_field, mistake};
use crate::failure::Result;

/// A word of the query, and where it stands.
pub(super) struct TermText {
    pub at: usize,
    pub negated: bool,
    /// The field, with the sign after it.
    pub field: Option<(String, Sign)>,
    /// Where the value begins.
    pub value_at: usize,
    pub value: String,
    pub quoted: bool,
    /// Whether the value stood between slashes, which are not in it.
    pub regex: bool,
}

pub(super) struct Scanner<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl Scanner<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn bump_if(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        if is_next {
            self.bump();
        }
        is_next
    }

    /// The next word, where there is one.
    pub fn word(&mut self) -> Result<Option<TermText>> {
        while self.peek().is_some_and(char::is_whitespace) {
            self.bump();
        }
        let at = self.at;
        let mut chars = self.rest().chars();
        let Some(first) = chars.next() else {
            return Ok(None);
        };
        let negated = first == '-' && chars.next().is_some_and(|next| !next.is_whitespace());
        if negated {
            self.bump();
        }
        let mut term = TermText {
            at,
            negated,
            field: None,
            value_at: self.at,
            value: String::new(),
            quoted: false,
            regex: false,
        };
        while let Some(next) = self.peek().filter(|next| !next.is_whitespace()) {
            let begins = term.value.is_empty() && !term.quoted;
            if next == '/'
                && begins
                && let Some(pattern) = self.pattern()
            {
                term.regex = true;
                term.value = pattern;
                return Ok(Some(term));
            }
            self.bump();
            match next {
                '"' => {
                    term.quoted = true;
                    self.quoted(&mut term.value)?;
                }
                ':' | '<' | '>'
                    if term.field.is_none() && !term.quoted && is_field(&term.value) =>
                {
                    let equal = next != ':' && self.bump_if('=');
                    let sign = match (next, equal) {
                        ('>', true) => Sign::AtLeast,
                        ('>', false) => Sign::Above,
                        ('<', true) => Sign::AtMost,
                        ('<', false) => Sign::Below,
                        _ => Sign::Is,
                    };
                    term.field = Some((std::mem::take(&mut term.value), sign));
                    term.value_at = self.at;
                }
                other => term.value.push(other),
            }
        }
        Ok(Some(term))
    }

    /// What stands between this slash and the next, which has to end the word; `\/` is no slash.
    /// None where it does not: then the word is a path.
    fn pattern(&mut self) -> Option<String> {
        let body = self.rest().get(1..)?;
        let mut escaped = false;
        let end = body.find(|char| {
            let ends = char == '/' && !escaped;
            escaped = char == '\\' && !escaped;
            ends
        })?;
        let after = body[end + 1..].chars().next();
        if end == 0 || after.is_some_and(|after| !after.is_whitespace()) {
            return None;
        }
        let pattern = body[..end].to_owned();
        self.at += end + 2;
        Some(pattern)
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
