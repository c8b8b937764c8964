//! `timeline.csv`: the cited records for a spreadsheet. Lossy: cells are made harmless, and the bytes
//! and the proofs are left out; the extract has them.

use crate::csv;
use crate::extract::Cited;

/// Members of an event, in their order.
pub const FIELDS: [&str; 12] = [
    "type",
    "actor",
    "subject",
    "credential",
    "token",
    "secret",
    "resource",
    "tool",
    "decision",
    "outcome",
    "source_ip",
    "records",
];

/// The file.
pub fn timeline(cited: &[Cited]) -> String {
    let mut out = String::new();
    let head = ["cite", "time"].into_iter().chain(FIELDS);
    csv::row(
        head.chain([
            "verdict", "alone", "stream", "seq", "source", "offset", "sha256",
        ]),
        &mut out,
    );
    for one in in_time(cited) {
        let number = |number: Option<u64>| number.map(|it| it.to_string()).unwrap_or_default();
        let mut cells = vec![one.cite.clone(), one.time.clone().unwrap_or_default()];
        cells.extend(FIELDS.iter().map(|name| {
            let field = one.fields.get(*name);
            field
                .map(|text| text.as_str().to_owned())
                .unwrap_or_default()
        }));
        cells.extend([
            one.verdict.as_str().to_owned(),
            one.alone.as_str().to_owned(),
            one.stream
                .as_ref()
                .map(|it| it.as_str().to_owned())
                .unwrap_or_default(),
            number(one.seq),
            one.path.as_str().to_owned(),
            one.offset.to_string(),
            one.sha256.clone(),
        ]);
        csv::row(cells.iter().map(String::as_str), &mut out);
    }
    out
}

/// The records in time's order: those without a time last, equal times by source and place.
pub fn in_time(cited: &[Cited]) -> Vec<&Cited> {
    let mut out: Vec<&Cited> = cited.iter().collect();
    out.sort_by_key(|one| {
        let time = one
            .time
            .as_deref()
            .and_then(|time| chrono::DateTime::parse_from_rfc3339(time).ok());
        (time.is_none(), time, one.source, one.ordinal)
    });
    out
}
