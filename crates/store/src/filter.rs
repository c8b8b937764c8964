//! Which rows of the timeline are wanted.

use crate::column::Column;
use evidence::{Micros, Word};
use regex::bytes::{Regex, RegexBuilder};

/// Which rows are wanted: those that pass every part. The default passes all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Rows with one of these verdicts; with any, where it is empty.
    pub verdicts: Vec<Word>,
    /// Rows at this time or after it.
    pub from: Option<Micros>,
    /// Rows before this time.
    pub until: Option<Micros>,
    /// Whether rows without a time pass where their place in the order lies between `from` and
    /// `until`. Otherwise, where either is set, no undated row passes; say so to whoever asked.
    pub undated: bool,
    /// What else must hold.
    pub terms: Vec<Term>,
}

/// One condition on the texts of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What is looked at.
    pub on: On,
    /// How it is compared.
    pub how: How,
    /// With what.
    pub text: String,
    /// Whether the rows that it holds for are left out instead.
    pub negated: bool,
}

/// What a term looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// Every column, the file's path and the stream's id; and the native id, which is compared
    /// whole.
    Any,
    /// One column.
    Column(Column),
    /// The path of the file.
    Path,
    /// The id of the stream.
    Stream,
    /// The format's own id of the event, whole; of an audit bundle's record its SHA-256.
    NativeId,
    /// The format's own number of the record: from the first to the last, included.
    Seq(u64, u64),
    /// The bytes of the record, or of another of its event, as they lie there.
    Raw,
}

/// How a term compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Equal, byte for byte.
    Is,
    /// Begins so, byte for byte.
    Begins,
    /// Holds it anywhere, whatever the case of ASCII letters.
    Contains,
    /// The text is a regular expression that fits anywhere.
    Fits,
}

/// The most memory that a regular expression may take when it is made ready.
const LARGEST_PATTERN: usize = 1 << 20;

/// Why a regular expression is none, in words for people; `Ok` where it is one.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    match regex_of(pattern) {
        Ok(_) => Ok(()),
        Err(regex::Error::CompiledTooBig(_)) => Err("it is too large".into()),
        Err(error) => {
            // The last line says what is wrong; those above draw it.
            let said = error.to_string();
            let last = said.lines().last().unwrap_or_default();
            Err(last.trim_start_matches("error: ").to_owned())
        }
    }
}

fn regex_of(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .size_limit(LARGEST_PATTERN)
        .build()
}

/// A term's comparison, made ready.
#[derive(Debug)]
pub(crate) struct Compare {
    how: How,
    text: Vec<u8>,
    regex: Option<Regex>,
}

impl Compare {
    pub(crate) fn new(term: &Term) -> crate::Result<Compare> {
        // Bytes are looked through by an engine that is made for it.
        let pattern = match (term.how, term.on) {
            (How::Fits, _) => Some(term.text.clone()),
            (How::Contains, On::Raw) => Some(format!("(?i-u:{})", regex::escape(&term.text))),
            _ => None,
        };
        let regex = pattern.map(|pattern| regex_of(&pattern)).transpose();
        Ok(Compare {
            how: term.how,
            text: term.text.clone().into_bytes(),
            regex: regex.map_err(|error| crate::StoreError::Bug(error.to_string()))?,
        })
    }

    pub(crate) fn fits(&self, text: &[u8]) -> bool {
        match &self.regex {
            Some(regex) => regex.is_match(text),
            None => self.how.fits(text, &self.text),
        }
    }
}

impl How {
    pub(crate) fn fits(self, text: &[u8], wanted: &[u8]) -> bool {
        match self {
            How::Is => text == wanted,
            How::Begins => text.starts_with(wanted),
            // Made ready elsewhere.
            How::Fits => false,
            How::Contains => {
                let Some(&first) = wanted.first() else {
                    return true;
                };
                let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
                let last = text.len().checked_sub(wanted.len());
                last.is_some_and(|last| {
                    (0..=last).any(|at| {
                        (text[at] == lower || text[at] == upper)
                            && text[at..at + wanted.len()].eq_ignore_ascii_case(wanted)
                    })
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_see_past_nul_and_keep_bytes_apart() {
        let fits =
            |how: How, text: &str, wanted: &str| how.fits(text.as_bytes(), wanted.as_bytes());
        assert!(fits(How::Contains, "a\0B%_c", "b%_"));
        assert!(!fits(How::Contains, "a\0Bxyc", "b%_"));
        assert!(fits(How::Contains, "ÄRGER", "Ärg") && !fits(How::Contains, "ÄRGER", "ärg"));
        assert!(fits(How::Contains, "", "") && !fits(How::Contains, "ab", "abc"));
        assert!(fits(How::Begins, "arn:aws", "arn:") && !fits(How::Begins, "ARN:aws", "arn:"));
        assert!(fits(How::Is, "x\0y", "x\0y") && !fits(How::Is, "x\0y", "x"));
    }

    #[test]
    fn a_pattern_that_is_none_or_too_large_is_said_so() {
        assert_eq!(check_pattern("^a.*b$"), Ok(()));
        assert_eq!(check_pattern("("), Err("unclosed group".into()));
        assert_eq!(
            check_pattern("(a{1000}){1000}"),
            Err("it is too large".into())
        );
    }
}
