//! What the trail of a case can prove at all.

use crate::api::{AdequacyView, QuestionView, SharesView};
use crate::case_log::CaseLog;
use crate::coverage;
use crate::failure::Result;
use crate::session::Session;
use analysis::Log as _;
use analysis::adequacy::{self, Answerable, Measure, Shares};
use std::collections::BTreeMap;

/// How many identities are listed.
const MOST_IDENTITIES: usize = 200;

impl Session {
    /// What this trail can and cannot prove, by source, stream and identity.
    pub fn adequacy(&self) -> Result<AdequacyView> {
        let answer = self.answer("adequacy".into(), "", || self.weigh())?;
        Ok((*answer).clone())
    }

    fn weigh(&self) -> Result<AdequacyView> {
        let case = self.name();
        self.reading(|reader| {
            let covered = coverage::coverage(reader)?;
            let (files, streams, of_file) =
                (reader.files()?, reader.streams()?, reader.stream_of_file()?);
            let log = CaseLog::new(reader)?;
            let measured = adequacy::measure(&log)?;
            let mut by_stream: BTreeMap<usize, Shares> = BTreeMap::new();
            let mut sources = Vec::new();
            let mut answering: BTreeMap<usize, Vec<String>> = BTreeMap::new();
            for file in &files {
                let Some(shares) = measured.sources.get(&file.id.0) else {
                    continue;
                };
                for (index, answer) in shares.answers().iter().enumerate() {
                    if answer.answerable != Answerable::Never {
                        answering.entry(index).or_default().push(file.path.clone());
                    }
                }
                // Acts of a file with several streams are counted with its first.
                if let Some(first) = of_file.get(&file.id).and_then(|all| all.first()) {
                    by_stream.entry(*first).or_default().join(shares);
                }
                let format = Some(file.kind.format().as_str().to_owned());
                sources.push(view(Some(file.path.clone()), format, shares));
            }
            let of_streams = by_stream
                .iter()
                .filter_map(|(index, shares)| {
                    let stream = streams.get(*index)?;
                    let format = Some(stream.format.as_str().to_owned());
                    Some(view(Some(stream.id.clone()), format, shares))
                })
                .collect();
            let mut identities = Vec::with_capacity(measured.identities.len());
            for (name, shares) in &measured.identities {
                let id = name.map(|name| log.text(name)).transpose()?;
                identities.push((id.map(|id| id.to_string()), shares));
            }
            identities.sort_by(|one, other| (other.1.acts, &one.0).cmp(&(one.1.acts, &other.0)));
            let left_out = identities.len().saturating_sub(MOST_IDENTITIES);
            identities.truncate(MOST_IDENTITIES);
            Ok(AdequacyView {
                case,
                all: view(None, None, &measured.all),
                questions: measured
                    .all
                    .answers()
                    .into_iter()
                    .enumerate()
                    .map(|(index, answer)| QuestionView {
                        question: answer.question.text.to_owned(),
                        answerable: answer.answerable.as_str().to_owned(),
                        because: answer
                            .numbers
                            .iter()
                            .map(|(measure, count)| {
                                format!("{count} of {} acts {}", measured.all.acts, measure.about())
                            })
                            .collect(),
                        asked_by: answer
                            .question
                            .asked_by
                            .iter()
                            .map(|&it| it.to_owned())
                            .collect(),
                        sources: answering.remove(&index).unwrap_or_default(),
                    })
                    .collect(),
                never: measured.all.reasons(),
                sources,
                streams: of_streams,
                identities: identities
                    .into_iter()
                    .map(|(id, shares)| view(id, None, shares))
                    .collect(),
                identities_left_out: left_out as u64,
                coverage: coverage::views(&covered),
            })
        })
    }
}

fn view(of: Option<String>, format: Option<String>, shares: &Shares) -> SharesView {
    SharesView {
        of,
        format,
        acts: shares.acts,
        counts: Measure::ALL
            .iter()
            .map(|&measure| (measure.as_str().to_owned(), shares.count(measure)))
            .collect(),
    }
}
