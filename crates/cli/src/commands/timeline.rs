//! `exhibit timeline`

use super::verify::{mark, word};
use crate::exit::Found;
use crate::output::{Output, print, thousands};
use crate::table::{Table, cut};
use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};
use std::path::PathBuf;
use workbench::api::{GapRow, TimelineFilter, TimelineRow};
use workbench::{Desk, Micros, Result, Session, contract_members, csv_rows};

/// What happened, in time's order.
///
/// QUERY is words and `field:value` terms; every one must hold, and -term leaves out. A free word is
/// looked for as a part in every field, the file's path and the stream, and is a native id whole;
/// the bytes of records are looked through by `raw:` alone. `field:value` is equal, `field:begin*`
/// begins, `field:*part*` contains, `field:/regex/` fits; `"quotes"` take a value as it is.
#[derive(Debug, Args)]
#[command(after_help = "\
Fields: type native (or event) actor kind subject credential token parent secret resource tool
decision outcome ip trace scope agent environment policy approval id source stream raw verdict star
tag comment, and time and seq, which compare with : >= > <= <
Examples:
  exhibit timeline breach.exhibit verdict:contradicted
  exhibit timeline breach.exhibit 'type:token.* -actor:system:node* time>=2026-06-12T02:00:00Z'
  exhibit timeline breach.exhibit 'actor:/deployer-\\d+$/ raw:\"dev-gen-root\" seq<1000'
  exhibit timeline breach.exhibit 'jti:7f0c' --format jsonl | jq .")]
pub struct Timeline {
    /// The case.
    case: PathBuf,
    /// What to show; everything where nothing is given.
    #[arg(value_name = "QUERY")]
    query: Option<String>,
    /// At most so many rows [default: 100 for a table, else all].
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// How the rows are printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns.
    Table,
    /// One JSON object a line, with the members of the contract.
    Jsonl,
    /// For spreadsheets; cells are made harmless, so it is lossy.
    Csv,
}

/// Runs it.
pub fn run(it: Timeline, desk: Desk, out: &Output) -> Result<Found> {
    let session = Session::open_to_read(&it.case, desk)?;
    let filter = TimelineFilter {
        query: it.query.unwrap_or_default().trim_start().to_owned(),
        ..TimelineFilter::default()
    };
    if out.json {
        let mut rows = Vec::new();
        session.each_row(&filter, it.limit, &mut |row| {
            rows.push(Value::Object(
                contract_members(row)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect::<Map<_, _>>(),
            ));
            Ok(())
        })?;
        let total = session.matching(&TimelineFilter::default())?;
        out.document(
            &json!({"rows": rows, "matching": session.matching(&filter)?, "total": total}),
        )?;
        return Ok(Found::Sound);
    }
    match it.format {
        Format::Table => table(&session, &filter, it.limit.unwrap_or(100), out)?,
        Format::Jsonl => {
            let mut text = String::new();
            session.each_row(&filter, it.limit, &mut |row| {
                let line: Map<String, Value> = contract_members(row)
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect();
                text.push_str(&Value::Object(line).to_string());
                text.push('\n');
                flush(&mut text, 1 << 16)
            })?;
            flush(&mut text, 0)?;
        }
        Format::Csv => {
            let mut text = csv_rows::head();
            session.each_row(&filter, it.limit, &mut |row| {
                csv_rows::row(row, &mut text);
                flush(&mut text, 1 << 16)
            })?;
            flush(&mut text, 0)?;
        }
    }
    Ok(Found::Sound)
}

fn flush(text: &mut String, most: usize) -> Result<()> {
    if text.len() > most {
        print(text)?;
        text.clear();
    }
    Ok(())
}

fn table(session: &Session, filter: &TimelineFilter, limit: u64, out: &Output) -> Result<()> {
    let zone = format!(
        "time, {}",
        if out.zone == crate::zone::Zone::Utc {
            "UTC"
        } else {
            "with offset"
        }
    );
    let mut table = Table::new(&[
        "",
        "verdict",
        zone.as_str(),
        "type",
        "who",
        "what",
        "outcome",
        "record",
    ]);
    // What is missing has a place too, unless a query picks single records.
    let mut gaps = if filter.query.is_empty() {
        session.gaps()?
    } else {
        Vec::new()
    }
    .into_iter()
    .filter(|gap| gap.place.is_some())
    .peekable();
    let mut first = 0;
    loop {
        let page = session.timeline(filter, first, (limit - first).min(1000) as u32)?;
        for row in &page.rows {
            while let Some(gap) =
                gaps.next_if(|gap| row.time.is_some_and(|time| gap.place < Some(time)))
            {
                table.row(missing(&gap, out));
            }
            let time = row
                .time
                .map_or_else(|| "undated".into(), |time| out.zone.show(Micros(time)));
            table.row([
                mark(row.verdict).into(),
                word(row.verdict).into(),
                time,
                cut(&row.kind, 18),
                cut(row.actor.as_deref().unwrap_or("-"), 44),
                cut(&what(row), 64),
                row.outcome.clone().unwrap_or_else(|| "-".into()),
                format!("E{}:{}", row.id.file, row.id.ordinal),
            ]);
        }
        first += page.rows.len() as u64;
        if page.rows.is_empty() || first >= limit {
            break;
        }
    }
    let matching = session.matching(filter)?;
    let mut text = table.text(&[]);
    if matching == 0 {
        text = "No record matches.\n".into();
    } else if matching > first {
        text.push_str(&format!(
            "… {} of {} rows; --limit shows more\n",
            thousands(first),
            thousands(matching)
        ));
    }
    print(&text)
}

/// A row for what is not there.
fn missing(gap: &GapRow, out: &Output) -> [String; 8] {
    let time = gap.after.or(gap.before).map_or_else(String::new, |time| {
        format!("after {}", out.zone.show(Micros(time)))
    });
    let what = match (gap.first_seq, gap.last_seq, gap.count) {
        (Some(first), Some(last), Some(count)) if count > 1 => {
            format!("seq {first} to {last}: {} records", thousands(count))
        }
        (Some(first), _, _) => format!("seq {first}"),
        _ => "no sealed file".into(),
    };
    [
        "╳".into(),
        gap.code.clone(),
        time,
        "-".into(),
        cut(&gap.stream, 44),
        what,
        "-".into(),
        "-".into(),
    ]
}

/// What was touched, as briefly as it can be said.
fn what(row: &TimelineRow) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in [
        &row.subject,
        &row.token,
        &row.secret,
        &row.tool,
        &row.resource,
    ]
    .into_iter()
    .flatten()
    {
        parts.push(part);
    }
    if parts.is_empty() {
        return row.native_type.clone().unwrap_or_else(|| "-".into());
    }
    parts.join(" · ")
}
