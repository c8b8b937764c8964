//! What the examiner makes of findings, as a report tells it.

use super::{convert, paragraphs};
use crate::api::AssessmentView;
use report::assessed::{Assessed, Former};
use report::model::Custody;
use std::collections::BTreeMap;

/// Who said something of a finding last, and when, by the finding's key: the custody log has it.
pub(super) struct Said<'c>(BTreeMap<String, (&'c report::text::Text, &'c str)>);

impl<'c> Said<'c> {
    pub(super) fn of(custody: &'c Custody) -> Said<'c> {
        let acts = custody.acts.iter();
        let notes = acts.filter(|act| act.act.as_str() == "finding-note");
        let said = notes.filter_map(|act| {
            let about: serde_json::Value = serde_json::from_str(act.about.as_str()).ok()?;
            let key = about.get("finding")?.as_str()?.to_owned();
            Some((key, (&act.who, act.at.as_str())))
        });
        Said(said.collect())
    }

    pub(super) fn assessed(&self, view: AssessmentView) -> Assessed {
        let said = self.0.get(&view.key);
        let comment = view.comment.as_deref().map(paragraphs);
        Assessed {
            state: view.state.as_str().to_owned(),
            comment: convert::texts(comment.unwrap_or_default()),
            by: said.map(|(who, _)| (*who).clone()).unwrap_or_default(),
            at: said.map(|(_, at)| (*at).to_owned()),
        }
    }

    /// Of a finding that the case no longer has.
    pub(super) fn former(&self, view: AssessmentView) -> Former {
        Former {
            code: view.code.clone(),
            message: view.message.as_str().into(),
            assessed: self.assessed(view),
        }
    }
}
