//! What a check of a report says, step by step, and one finding for one cause.

use crate::api::{FindingView, ProofStep, Word};
use std::collections::BTreeSet;

/// What is said.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub steps: Vec<ProofStep>,
    pub findings: Vec<FindingView>,
    /// Rows of the extract that do not fit, by index.
    pub rows: BTreeSet<usize>,
}

impl Said {
    pub fn step(&mut self, name: &str, outcome: &str, text: impl Into<String>) {
        self.steps.push(ProofStep {
            name: name.to_owned(),
            outcome: outcome.to_owned(),
            text: text.into(),
            value: None,
            extent: None,
        });
    }

    /// A finding about a file of the report. What is found of a file that has a finding already is
    /// added to it: it has one cause.
    pub fn find(
        &mut self,
        code: &str,
        verdict: Option<Word>,
        file: &str,
        message: impl Into<String>,
    ) {
        let message = message.into();
        if let Some(known) = self.about(file) {
            known.message = format!("{}; {message}", known.message);
            return;
        }
        self.findings.push(FindingView {
            code: code.to_owned(),
            class: "integrity".to_owned(),
            verdict,
            stream: None,
            seq: None,
            ordinal: None,
            source_id: None,
            source: Some(file.to_owned()),
            import: None,
            offset: None,
            length: None,
            first_seq: None,
            last_seq: None,
            count: None,
            from: None,
            until: None,
            members: Vec::new(),
            message,
        });
    }

    fn about(&mut self, file: &str) -> Option<&mut FindingView> {
        let same = |finding: &&mut FindingView| finding.source.as_deref() == Some(file);
        self.findings.iter_mut().find(same)
    }

    /// The finding about a file, to say more of it.
    pub fn last(&mut self) -> Option<&mut FindingView> {
        self.findings.last_mut()
    }

    /// Whether something speaks against a file.
    pub fn is_against(&self, file: &str) -> bool {
        self.findings.iter().any(|finding| {
            finding.source.as_deref() == Some(file) && finding.verdict == Some(Word::Contradicted)
        })
    }

    /// Whether a step could not be taken.
    pub fn is_missing(&self, name: &str) -> bool {
        let mut steps = self.steps.iter();
        steps.any(|step| step.name == name && step.outcome == "missing")
    }

    /// Whether anything is contradicted.
    pub fn is_contradicted(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.verdict == Some(Word::Contradicted))
    }
}
