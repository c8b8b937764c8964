//! Which rows of the timeline are wanted.

use crate::column::Column;
use evidence::{Micros, Word};

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
    /// Every column, the file's path and the stream's id.
    Any,
    /// One column.
    Column(Column),
    /// The path of the file.
    Path,
    /// The id of the stream.
    Stream,
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
}

impl How {
    pub(crate) fn fits(self, text: &[u8], wanted: &[u8]) -> bool {
        match self {
            How::Is => text == wanted,
            How::Begins => text.starts_with(wanted),
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
}
