//! What a form asks for, as what is reported; what cannot be taken is said of the field it stands in.

use super::{Reporting, Withholding, Words, paragraphs};
use crate::api::{FieldWrong, ReportAsked};
use crate::failure::{Failure, Result};
use crate::follow::time_of;

impl TryFrom<ReportAsked> for Reporting {
    type Error = Failure;

    fn try_from(asked: ReportAsked) -> Result<Reporting> {
        let mut first = None;
        let asked = read(&asked, &mut |_, _, failure| {
            first.get_or_insert(failure);
        });
        first.map_or(Ok(asked), Err)
    }
}

/// What is wrong, by field and entry.
pub(super) fn wrong(field: &str, entry: usize, failure: &Failure) -> FieldWrong {
    FieldWrong {
        field: field.to_owned(),
        entry: u32::try_from(entry).unwrap_or(u32::MAX),
        failure: failure.view(),
    }
}

/// Reads it, and tells what is wrong: of which member, and of which entry of it.
pub(super) fn read(
    asked: &ReportAsked,
    wrong: &mut dyn FnMut(&'static str, usize, Failure),
) -> Reporting {
    let mut words = Words {
        interpretation: paragraphs(&asked.interpretation),
        opinion: paragraphs(&asked.opinion),
        against: paragraphs(&asked.against),
        limits: paragraphs(&asked.limits),
        ..Words::default()
    };
    for (entry, (question, answer)) in asked.questions.iter().enumerate() {
        match given(question) {
            Some(question) => words.questions.push((question, paragraphs(answer))),
            None if answer.trim().is_empty() => {}
            None => wrong(
                "questions",
                entry,
                Failure::request(
                    "report-text",
                    "There is an answer without a question.",
                    "Write the question, or take the answer out.",
                ),
            ),
        }
    }
    let at = given(&asked.at).and_then(|text| {
        let at = time_of(&text);
        if at.is_none() {
            wrong("at", 0, no_time(&text));
        }
        at
    });
    let mut reach = Vec::new();
    for (entry, one) in asked.reach.iter().enumerate() {
        let after = given(&one.after);
        if let Some(text) = after.as_ref().filter(|text| time_of(text).is_none()) {
            wrong("reach", entry, no_time(text));
        }
        reach.extend(given(&one.from).map(|from| (from, after)));
    }
    if asked.queries.is_empty() && asked.cites.iter().all(|name| given(name).is_none()) {
        wrong(
            "queries",
            0,
            Failure::request(
                "nothing-cited",
                "Nothing is chosen that the report could cite.",
                "Choose events by the filter, a star, a tag or a query, or name records.",
            ),
        );
    }
    let graph = asked.graph_of.as_ref().filter(|_| asked.graph);
    let withhold = asked.withhold.iter();
    Reporting {
        title: given(&asked.title),
        examiner: given(&asked.examiner),
        reviewer: given(&asked.reviewer),
        authority: given(&asked.authority),
        supersedes: given(&asked.supersedes),
        at,
        queries: asked.queries.iter().map(|it| it.trim().into()).collect(),
        // A verdict narrows what a query matches; alone it would cite the whole case's.
        verdicts: if asked.queries.is_empty() {
            Vec::new()
        } else {
            asked.verdicts.clone()
        },
        cites: asked.cites.iter().filter_map(|name| given(name)).collect(),
        words,
        withhold: withhold
            .map(|one| Withholding {
                record: one.record.trim().into(),
                member: given(&one.member),
                why: one.why.clone(),
            })
            .collect(),
        lineage: asked.lineage.iter().filter_map(|id| given(id)).collect(),
        reach,
        no_graph: !asked.graph,
        graph_query: graph.map(|graph| graph.query.trim().to_owned()),
        graph_near: graph
            .and_then(|graph| Some((given(&graph.around)?, graph.edges.clamp(1, 9) as usize))),
        sign_with: None,
    }
}

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn no_time(text: &str) -> Failure {
    Failure::request(
        "time",
        format!("{text} is no time."),
        "Write RFC 3339: 2026-06-13T09:27:48Z.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GraphAsked, ReachAsked, WithholdAsked, Word};

    fn asked() -> ReportAsked {
        ReportAsked {
            title: " A leaked token ".into(),
            reviewer: " ".into(),
            at: "2026-06-13T09:27:48Z".into(),
            questions: vec![
                (
                    "What leaked?".into(),
                    "A token,\nonce.\n\nThen nothing.".into(),
                ),
                (" ".into(), "\n".into()),
            ],
            interpretation: "It was copied\nfrom a log.\n\nNobody else had it.".into(),
            queries: vec![" star:yes ".into()],
            verdicts: vec![Word::Contradicted],
            cites: vec!["E1:907".into(), " ".into()],
            withhold: vec![WithholdAsked {
                record: " E1:907 ".into(),
                member: " ".into(),
                why: "names a patient".into(),
            }],
            lineage: vec!["jti:7f0c".into(), String::new()],
            reach: vec![ReachAsked {
                from: "jti:7f0c".into(),
                after: String::new(),
            }],
            ..ReportAsked::default()
        }
    }

    #[test]
    fn what_the_form_leaves_empty_is_not_asked_for() {
        let it = Reporting::try_from(asked()).unwrap();
        assert_eq!(it.title.as_deref(), Some("A leaked token"));
        assert_eq!((it.examiner, it.reviewer, it.authority), (None, None, None));
        // date -u -d 2026-06-13T09:27:48Z +%s
        assert_eq!(it.at.map(|at| at.0), Some(1_781_342_868_000_000));
        assert_eq!(it.queries, ["star:yes"]);
        assert_eq!(it.verdicts, [Word::Contradicted]);
        assert_eq!(it.cites, ["E1:907"]);
        assert_eq!(it.lineage, ["jti:7f0c"]);
        assert_eq!(it.reach, [("jti:7f0c".to_owned(), None)]);
        assert_eq!(
            it.withhold,
            [Withholding {
                record: "E1:907".into(),
                member: None,
                why: "names a patient".into(),
            }]
        );
        assert!(it.no_graph);
        assert_eq!(
            it.words.questions,
            [(
                "What leaked?".to_owned(),
                vec!["A token, once.".to_owned(), "Then nothing.".to_owned()]
            )]
        );
        assert_eq!(
            it.words.interpretation,
            ["It was copied from a log.", "Nobody else had it."]
        );
        assert_eq!(it.sign_with, None);
    }

    #[test]
    fn a_verdict_narrows_a_query_and_cites_nothing_by_itself() {
        let it = Reporting::try_from(ReportAsked {
            queries: Vec::new(),
            ..asked()
        });
        assert_eq!(it.unwrap().verdicts, []);
    }

    #[test]
    fn what_the_graph_is_drawn_of_counts_only_where_there_is_one() {
        let of = Some(GraphAsked {
            query: " type:secret.read ".into(),
            around: "jti:7f0c".into(),
            edges: 2,
        });
        let without = Reporting::try_from(ReportAsked {
            graph_of: of.clone(),
            ..asked()
        });
        assert_eq!(without.unwrap().graph_near, None);
        let with = Reporting::try_from(ReportAsked {
            graph: true,
            graph_of: of,
            ..asked()
        })
        .unwrap();
        assert_eq!(with.graph_query.as_deref(), Some("type:secret.read"));
        assert_eq!(with.graph_near, Some(("jti:7f0c".to_owned(), 2)));
    }

    #[test]
    fn each_mistake_is_said_of_its_field() {
        let mut said = Vec::new();
        let form = ReportAsked {
            at: "yesterday".into(),
            questions: vec![
                ("What leaked?".into(), String::new()),
                (String::new(), "A token.".into()),
            ],
            queries: Vec::new(),
            cites: Vec::new(),
            reach: vec![ReachAsked {
                from: "jti:7f0c".into(),
                after: "noon".into(),
            }],
            ..asked()
        };
        read(&form, &mut |field, entry, failure| {
            said.push((field, entry, failure.code));
        });
        assert_eq!(
            said,
            [
                ("questions", 1, "report-text"),
                ("at", 0, "time"),
                ("reach", 0, "time"),
                ("queries", 0, "nothing-cited"),
            ]
        );
        assert_eq!(Reporting::try_from(form).unwrap_err().code, "report-text");
    }
}
