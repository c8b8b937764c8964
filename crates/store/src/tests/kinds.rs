//! Filters by type, decision and outcome, held against a plain search; and the blocks that they need
//! not look at.

use super::*;
use crate::{Filter, How, Key, On, Position, Reader, StoreError, Term};
use proptest::prelude::*;

const KIND: [Column; 3] = [Column::Type, Column::Decision, Column::Outcome];

fn term(column: Column, how: How, text: &str, negated: bool) -> Term {
    Term {
        on: On::Column(column),
        how,
        text: text.into(),
        negated,
    }
}

fn filter(terms: &[Term]) -> Filter {
    Filter {
        terms: terms.to_vec(),
        ..Filter::default()
    }
}

/// What is asked of a column: nothing, or a text in some way, and the same negated.
fn asked(column: Column) -> Vec<Option<Term>> {
    let asked = [
        (How::Is, "deny"),
        // In no record.
        (How::Is, "none"),
        (How::Begins, "den"),
        (How::Contains, "D"),
    ];
    let both = |(how, text)| [false, true].map(|negated| Some(term(column, how, text, negated)));
    let mut out = vec![None];
    out.extend(asked.into_iter().flat_map(both));
    out
}

fn passes(record: &Made, filter: &Filter) -> bool {
    filter.terms.iter().all(|term| {
        let mut texts = record.texts.iter();
        let found = texts.find(|(column, _)| term.on == On::Column(*column));
        let holds = found.is_some_and(|(_, text)| match term.how {
            How::Is => *text == term.text,
            How::Begins => text.starts_with(&term.text),
            How::Contains => text.to_lowercase().contains(&term.text.to_lowercase()),
            How::Fits => unreachable!(),
        });
        holds != term.negated
    })
}

/// The ordinals of all rows that pass, by pages of two.
fn rows(reader: &Reader, filter: &Filter) -> Vec<u32> {
    let mut rows = Vec::new();
    let mut from = Position::From(Key::START);
    loop {
        let page = reader.timeline(filter, from, 2).unwrap();
        let Some(last) = page.last() else { break rows };
        from = Position::After(last.key);
        rows.extend(page.iter().map(|row| row.record.ordinal));
    }
}

fn records() -> impl Strategy<Value = Vec<Made>> {
    let text = || prop::option::weighted(0.7, prop::sample::select(vec!["deny", "denied", "ok"]));
    let actor = prop::sample::select(vec!["deny", "ci"]);
    let native = prop::option::weighted(0.3, 0..5i64);
    let record =
        (text(), text(), text(), actor, native).prop_map(|(one, two, three, ci, native)| {
            let texts = KIND.into_iter().zip([one, two, three]);
            let texts = texts.filter_map(|(column, text)| Some((column, text?)));
            let texts: Vec<_> = texts.chain([(Column::Actor, ci)]).collect();
            Made {
                native,
                ..made(1, &texts)
            }
        });
    prop::collection::vec(record, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn every_filter_by_kind_finds_what_a_plain_search_does(
        records in records(), each in 1..5usize,
        actors in prop::collection::vec(prop::option::of(any::<bool>()), 729),
    ) {
        let (_folder, _path, mut case) = new_case();
        import(&mut case, &[("a", &records)], each);
        let reader = case.reader().unwrap();
        // Of those with one native id the last leads, and is the row.
        let part = |at: usize| {
            let native = records[at].native;
            native.is_some() && records[at + 1..].iter().any(|later| later.native == native)
        };
        let mut actors = actors.into_iter();
        let [types, decisions, outcomes] = KIND.map(asked);
        for one in &types {
            for two in &decisions {
                for three in &outcomes {
                    let actor = actors.next().flatten();
                    let actor = actor.map(|negated| term(Column::Actor, How::Is, "ci", negated));
                    let terms: Vec<Term> =
                        [one, two, three, &actor].into_iter().flatten().cloned().collect();
                    let filter = filter(&terms);
                    let wanted: Vec<u32> = (0..records.len())
                        .filter(|&at| !part(at) && passes(&records[at], &filter))
                        .map(|at| at as u32)
                        .collect();
                    prop_assert_eq!(reader.count(&filter).unwrap(), wanted.len() as u64);
                    prop_assert_eq!(rows(&reader, &filter), wanted, "{:?}", filter);
                }
            }
        }
    }
}

#[test]
fn a_block_whose_rows_are_all_of_other_kinds_is_not_looked_at() {
    let (_folder, _path, mut case) = new_case();
    let row = |kind: &str, outcome: Option<&str>| {
        let outcome = outcome.map(|outcome| (Column::Outcome, outcome));
        let texts: Vec<_> = [(Column::Type, kind)].into_iter().chain(outcome).collect();
        made(1, &texts)
    };
    let records = [
        // Both words, never together.
        row("token.mint", Some("success")),
        row("secret.read", Some("denied")),
        // Together.
        row("token.mint", Some("denied")),
        row("secret.read", Some("success")),
        // One word, and none.
        row("token.mint", Some("success")),
        row("token.mint", None),
    ];
    import(&mut case, &[("a", &records)], 2);
    let reader = case.reader().unwrap();
    let looked_at = |terms: &[Term]| {
        let plan = reader.plan(&filter(terms)).unwrap();
        plan.looked_at()
    };
    let mint = |negated| term(Column::Type, How::Is, "token.mint", negated);
    let denied = |negated| term(Column::Outcome, How::Is, "denied", negated);
    let fits_success = |negated| term(Column::Outcome, How::Fits, "^succ", negated);
    assert_eq!(looked_at(&[mint(false)]), [0, 1, 2]);
    assert_eq!(looked_at(&[denied(false)]), [0, 1]);
    assert_eq!(looked_at(&[mint(false), denied(false)]), [1]);
    assert_eq!(rows(&reader, &filter(&[mint(false), denied(false)])), [2]);
    // Negated, and of what a row lacks.
    assert_eq!(looked_at(&[mint(true)]), [0, 1]);
    assert_eq!(looked_at(&[mint(true), denied(true)]), [1]);
    assert_eq!(looked_at(&[mint(false), fits_success(true)]), [1, 2]);
    assert_eq!(looked_at(&[mint(false), mint(true)]), [0; 0]);
    // A word anywhere, and any other column, are not of the kind.
    let anywhere = Term {
        on: On::Any,
        ..denied(false)
    };
    assert_eq!(looked_at(&[mint(false), anywhere]), [0, 1]);
    let actor = term(Column::Actor, How::Is, "denied", true);
    assert_eq!(looked_at(&[mint(false), actor]), [0, 1, 2]);
}

#[test]
fn a_block_of_too_many_kinds_is_looked_at() {
    let (_folder, _path, mut case) = new_case();
    let texts: Vec<String> = (0..130).map(|at| format!("type-{at}")).collect();
    // In the first block 64 kinds, in the second 66.
    let records: Vec<Made> = (0..130)
        .map(|at: usize| {
            let kind = &texts[if at == 64 { 0 } else { at }];
            made(1, &[(Column::Type, kind), (Column::Outcome, "denied")])
        })
        .collect();
    import(&mut case, &[("a", &records)], 65);
    let known =
        "SELECT group_concat(kinds IS NOT NULL) FROM (SELECT kinds FROM zone ORDER BY first_id)";
    let known: String = case
        .connection()
        .query_row(known, [], |row| row.get(0))
        .unwrap();
    assert_eq!(known, "1,0");
    let reader = case.reader().unwrap();
    let found = |kind: &str, outcome: bool| {
        let kind = term(Column::Type, How::Is, kind, false);
        let outcome = term(Column::Outcome, How::Is, "denied", outcome);
        rows(&reader, &filter(&[kind, outcome]))
    };
    assert_eq!(found("type-0", false), [0, 64]);
    assert_eq!(found("type-129", false), [129]);
    assert_eq!(found("type-129", true), [0_u32; 0]);
    let not_denied = [term(Column::Outcome, How::Is, "denied", true)];
    assert_eq!(reader.plan(&filter(&not_denied)).unwrap().looked_at(), [1]);
}

#[test]
fn kinds_that_do_not_read_are_damage() {
    let (_folder, _path, mut case) = new_case();
    let records = [made(1, &[(Column::Type, "token.mint")])];
    import(&mut case, &[("a", &records)], 1);
    for spoilt in ["x''", "x'0200'", "x'80'", "x'020000020000'"] {
        let sql = format!("UPDATE zone SET kinds = {spoilt}");
        case.connection().execute(&sql, []).unwrap();
        let mint = term(Column::Type, How::Is, "token.mint", false);
        let found = case.reader().unwrap().count(&filter(&[mint]));
        let damage = StoreError::Damaged("the kinds of a zone".into());
        assert_eq!(found, Err(damage), "{spoilt}");
    }
}
