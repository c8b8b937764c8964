//! What the analyst makes of findings.

use crate::api::{AssessmentView, CaseFinding, FindingEdit, FindingState, FindingsRequest};
use crate::failure::{Failure, Result};
use crate::session::{Session, lock};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Assessment, Reader};

/// The longest comment, in characters.
const LONGEST: usize = 10_000;

impl Session {
    /// Changes what is made of a finding, with a line in the custody log, and gives what is made of it
    /// now. Where nothing changes, nothing is written.
    pub fn assess(&self, edit: &FindingEdit) -> Result<AssessmentView> {
        let too_long = |text: &String| text.chars().count() > LONGEST;
        if edit.comment.as_ref().is_some_and(too_long) {
            return Err(Failure::request(
                "comment-too-long",
                format!("A comment has at most {LONGEST} characters."),
                "Keep the long text elsewhere, and say here where.",
            ));
        }
        let _saying = lock(&self.saying);
        let all = self.reading(|reader| Ok(reader.assessments()?))?;
        let before = all.into_iter().find(|one| one.key == edit.key);
        let mut made = match &before {
            Some(before) => before.clone(),
            None => self.unassessed(&edit.key)?,
        };
        let unchanged = made.clone();
        match edit.state {
            Some(FindingState::Open) => made.state = None,
            Some(FindingState::Confirmed) => made.state = Some("confirmed".into()),
            Some(FindingState::Explained) => made.state = Some("explained".into()),
            None => {}
        }
        if let Some(comment) = &edit.comment {
            made.comment = Some(comment.trim().to_owned()).filter(|text| !text.is_empty());
        }
        if made != unchanged {
            let about = json!({
                "finding": made.key,
                "code": made.code,
                "message": made.message,
                "state": state(&made),
                "comment": made.comment,
            });
            self.writing(|case| {
                let entry = self.desk.entry("finding-note", about);
                Ok(case.set_assessment(&made, &entry)?)
            })?;
        }
        Ok(view(made))
    }

    /// A finding of which nothing was made yet.
    fn unassessed(&self, key: &str) -> Result<Assessment> {
        let found = self.findings(&FindingsRequest::default(), None)?;
        let finding = found.findings.into_iter().find(|one| one.key == key);
        let finding = finding.ok_or_else(|| {
            Failure::request(
                "no-such-finding",
                format!("No finding has the key {key:?}."),
                "`exhibit findings` shows the key of each.",
            )
        })?;
        Ok(Assessment {
            key: finding.key,
            code: finding.code,
            message: finding.message,
            state: None,
            comment: None,
        })
    }
}

/// Puts what was made of findings beside them, and gives what was made of others.
pub(crate) fn attach(reader: &Reader, findings: &mut [CaseFinding]) -> Result<Vec<AssessmentView>> {
    let all = reader.assessments()?.into_iter();
    let mut left: BTreeMap<String, AssessmentView> =
        all.map(|one| (one.key.clone(), view(one))).collect();
    for finding in findings.iter_mut() {
        finding.assessed = left.get(&finding.key).cloned();
    }
    for finding in findings {
        left.remove(&finding.key);
    }
    Ok(left.into_values().collect())
}

fn state(made: &Assessment) -> FindingState {
    match made.state.as_deref() {
        Some("confirmed") => FindingState::Confirmed,
        Some("explained") => FindingState::Explained,
        _ => FindingState::Open,
    }
}

fn view(made: Assessment) -> AssessmentView {
    AssessmentView {
        state: state(&made),
        key: made.key,
        code: made.code,
        message: made.message,
        comment: made.comment,
    }
}
