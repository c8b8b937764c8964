//! The examiner's own words, from a plain text file.

use crate::failure::{Failure, Result};

/// What the examiner says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Questions, each with the paragraphs of its answer.
    pub questions: Vec<(String, Vec<String>)>,
    /// What they make of the facts.
    pub interpretation: Vec<String>,
    /// What they hold beyond what the facts bear.
    pub opinion: Vec<String>,
    /// Evidence against, other explanations.
    pub against: Vec<String>,
    /// What was not examined or cannot be known.
    pub limits: Vec<String>,
    /// What was left out or blacked out.
    pub redactions: Vec<String>,
}

/// The words that begin a part.
const PARTS: [&str; 7] = [
    "Question",
    "Answer",
    "Interpretation",
    "Opinion",
    "Against",
    "Limit",
    "Redaction",
];

impl Words {
    /// Reads a text. A line that begins with one of the words and a colon begins a part: `Question:`,
    /// `Answer:`, `Interpretation:`, `Opinion:`, `Against:`, `Limit:`, `Redaction:`. What follows up
    /// to the next such line belongs to it; empty lines divide paragraphs. Nothing in it is markup.
    pub fn read(text: &str) -> Result<Words> {
        let mut words = Words::default();
        let mut part: Option<(&str, String)> = None;
        for (index, line) in text.lines().enumerate() {
            let begins = PARTS.iter().find_map(|name| {
                let rest = line.strip_prefix(name)?.strip_prefix(':')?;
                Some((*name, rest))
            });
            match (begins, &mut part) {
                (Some((name, rest)), open) => {
                    if let Some((name, text)) = open.take() {
                        words.take(name, &text)?;
                    }
                    part = Some((name, rest.trim().to_owned()));
                }
                (None, Some((_, text))) => {
                    text.push('\n');
                    text.push_str(line.trim_end());
                }
                (None, None) if line.trim().is_empty() => {}
                (None, None) => {
                    return Err(wrong(format!("line {} belongs to no part", index + 1)));
                }
            }
        }
        if let Some((name, text)) = part {
            words.take(name, &text)?;
        }
        Ok(words)
    }

    fn take(&mut self, part: &str, text: &str) -> Result<()> {
        let paragraphs = paragraphs(text);
        match part {
            "Question" => self.questions.push((paragraphs.join(" "), Vec::new())),
            "Answer" => match self.questions.last_mut() {
                Some((_, answer)) => answer.extend(paragraphs),
                None => return Err(wrong("an answer stands before any question".to_owned())),
            },
            "Interpretation" => self.interpretation.extend(paragraphs),
            "Opinion" => self.opinion.extend(paragraphs),
            "Against" => self.against.extend(paragraphs),
            "Limit" => self.limits.extend(paragraphs),
            _ => self.redactions.extend(paragraphs),
        }
        Ok(())
    }
}

/// The paragraphs of a text, each in one line.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for line in text.lines() {
        match line.trim() {
            "" => out.push(String::new()),
            line => {
                let last = out.last_mut().expect("there is one");
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(line);
            }
        }
    }
    out.retain(|paragraph| !paragraph.is_empty());
    out
}

fn wrong(what: String) -> Failure {
    Failure::request(
        "report-text",
        format!("The text of the report cannot be read: {what}."),
        format!(
            "Begin each part with one of {}, and a colon.",
            PARTS.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_paragraphs_are_told_apart() {
        let words = Words::read(
            "Question: What leaked?\nAnswer: A token,\nonce.\n\nThen nothing.\nQuestion: Who?\nLimit: The host was\nnot seen.\n",
        )
        .unwrap();
        assert_eq!(
            words.questions,
            [
                (
                    "What leaked?".to_owned(),
                    vec!["A token, once.".to_owned(), "Then nothing.".to_owned()]
                ),
                ("Who?".to_owned(), vec![]),
            ]
        );
        assert_eq!(words.limits, ["The host was not seen."]);
    }

    #[test]
    fn words_before_any_part_are_refused_with_their_line() {
        assert_eq!(
            Words::read("\nhello\n").unwrap_err().message,
            "The text of the report cannot be read: line 2 belongs to no part."
        );
    }
}
