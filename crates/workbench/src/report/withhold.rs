//! What the examiner holds back: whole records that are left out, members that are blacked out. Each
//! with a reason, and each said with what a reader can still check.

use crate::failure::{Failure, Result};
use crate::session::Session;
use analysis::ActKind;
use evidence::json::{self, Value};
use report::extract::{Cited, Material, Withheld};
use report::model::Report;
use report::render::Files;
use std::collections::{BTreeMap, BTreeSet};
use store::RecordId;

/// What stands in the place of what is blacked out.
pub const BLACKED_OUT: &str = "[blacked out]";
/// What stands in the place of the type of a record that is left out.
pub const LEFT_OUT: &str = "[left out]";
/// Shorter texts stand everywhere, so they are not looked for elsewhere.
const LEAST_LETTERS: usize = 4;

/// Words of the formats themselves, which tell nothing of anybody wherever else they stand.
const WORDS: [&str; 12] = [
    "agent", "workload", "service", "human", "device", "unknown", "allow", "deny", "step_up",
    "success", "failure", "denied",
];

/// Something that is held back of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withholding {
    /// The record, named as for a citation.
    pub record: String,
    /// The member that is blacked out, a JSON Pointer (RFC 6901); `None` where the whole record is
    /// left out.
    pub member: Option<String>,
    /// Why.
    pub why: String,
}

/// All that is held back, by record.
pub(super) type Held = BTreeMap<RecordId, Withheld>;

impl Session {
    /// What is held back of the records that are cited.
    pub(super) fn held(&self, asked: &[Withholding], cited: &BTreeSet<RecordId>) -> Result<Held> {
        let mut out = Held::new();
        let mut whole = BTreeSet::new();
        for one in asked {
            let (record, member) = self.held_of(one, cited)?;
            let why = one.why.trim();
            let held = out.entry(record).or_insert_with(|| Withheld {
                members: Vec::new(),
                why: why.into(),
            });
            if !held.why.as_str().contains(why) {
                held.why = format!("{}; {why}", held.why.as_str()).into();
            }
            match member {
                None => {
                    whole.insert(record);
                }
                Some(member) if !held.members.contains(&member) => held.members.push(member),
                Some(_) => {}
            }
        }
        for record in whole {
            // What is left out whole has nothing left to black out.
            if let Some(held) = out.get_mut(&record) {
                held.members.clear();
            }
        }
        Ok(out)
    }

    /// Which record it is, and which member of it, if it can be held back.
    pub(super) fn held_of(
        &self,
        one: &Withholding,
        cited: &BTreeSet<RecordId>,
    ) -> Result<(RecordId, Option<report::text::Text>)> {
        if one.why.trim().is_empty() {
            return Err(Failure::request(
                "withheld-why",
                format!(
                    "No reason is given for what is held back of {}.",
                    one.record
                ),
                "Give one: --leave-out RECORD WHY, --black-out RECORD MEMBER WHY.",
            ));
        }
        let record = self.named(&one.record)?;
        if !cited.contains(&record) {
            return Err(Failure::request(
                "withheld-uncited",
                format!(
                    "{} is not among the cited records, so there is nothing of it to hold back.",
                    one.record
                ),
                "Cite it with --query or --cite, or leave this away.",
            ));
        }
        let Some(member) = &one.member else {
            return Ok((record, None));
        };
        let bytes = self.reading(|reader| Ok(reader.record(record)?))?;
        let document = json::read(&bytes, self.desk.limits.json_depth);
        let root = document.map_err(|error| {
            Failure::request(
                "withheld-member",
                format!("{} has no members: {error}.", one.record),
                "Leave the whole record out.",
            )
        })?;
        if matching(&root.root, member).is_empty() {
            return Err(Failure::request(
                "withheld-member",
                format!("{} has no member {member}.", one.record),
                "Write a JSON Pointer: /source/ip, /actor/id, /scope/0.",
            ));
        }
        Ok((record, Some(member.as_str().into())))
    }
}

/// The values that a JSON Pointer means; several where a name stands twice.
fn matching<'v, 'a>(root: &'v Value<'a>, pointer: &str) -> Vec<&'v Value<'a>> {
    let Some(rest) = pointer.strip_prefix('/') else {
        return Vec::new();
    };
    let mut found = vec![root];
    for part in rest.split('/') {
        let name = part.replace("~1", "/").replace("~0", "~");
        found = found
            .into_iter()
            .flat_map(|value| -> Vec<&Value<'a>> {
                match value {
                    Value::Object(object) => {
                        let named = object.0.iter().filter(|(key, _)| *key == name.as_str());
                        named.map(|(_, value)| value).collect()
                    }
                    Value::Array(values) => {
                        let index = name.parse::<usize>().ok();
                        index
                            .and_then(|index| values.get(index))
                            .into_iter()
                            .collect()
                    }
                    _ => Vec::new(),
                }
            })
            .collect();
    }
    found
}

/// A record as it is shown with members blacked out, written anew, and the texts that it no longer
/// shows. What is not JSON shows nothing.
pub(super) fn blacked_out(
    bytes: &[u8],
    members: &[report::text::Text],
    depth: usize,
) -> (Vec<u8>, Vec<String>) {
    let Ok(document) = json::read(bytes, depth) else {
        return (Vec::new(), Vec::new());
    };
    let hidden: Vec<*const Value<'_>> = members
        .iter()
        .flat_map(|member| matching(&document.root, member.as_str()))
        .map(std::ptr::from_ref)
        .collect();
    let (mut text, mut texts) = (String::new(), Vec::new());
    write(&document.root, &hidden, &mut text, &mut texts);
    (text.into_bytes(), texts)
}

fn write(
    value: &Value<'_>,
    hidden: &[*const Value<'_>],
    out: &mut String,
    texts: &mut Vec<String>,
) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    if hidden.contains(&std::ptr::from_ref(value)) {
        out.push_str(&quoted(BLACKED_OUT));
        gather(value, texts);
        return;
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        Value::Number(number) => out.push_str(number.0),
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                write(value, hidden, out, texts);
            }
            out.push(']');
        }
        Value::Object(object) => {
            out.push('{');
            for (index, (name, value)) in object.0.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                out.push_str(&quoted(name));
                out.push(':');
                write(value, hidden, out, texts);
            }
            out.push('}');
        }
    }
}

/// The texts in a value that is blacked out, names of members among them.
fn gather(value: &Value<'_>, texts: &mut Vec<String>) {
    let mut take = |text: &str| {
        let is_word = WORDS.contains(&text) || ActKind::of(text) != ActKind::Other;
        if text.chars().count() >= LEAST_LETTERS && !is_word {
            texts.push(text.to_owned());
        }
    };
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => take(number.0),
        Value::String(text) => take(text),
        Value::Array(values) => values.iter().for_each(|value| gather(value, texts)),
        Value::Object(object) => object.0.iter().for_each(|(_, value)| gather(value, texts)),
    }
}

/// Blacks the texts out wherever `report.json` tells of them: in findings, the graph, lineage, reach.
/// What is hashed or counted elsewhere is not touched; where they stand there, [`refuse_leaks`] says.
pub(super) fn mask(report: Report, texts: &[String]) -> Result<Report> {
    /// Parts whose texts are not of the evidence, or are hashed as they stand.
    const KEPT: [&str; 9] = [
        "format", "id", "extract", "custody", "verdict", "counts", "trust", "ledger", "tool",
    ];
    if texts.is_empty() {
        return Ok(report);
    }
    let bug = |error: serde_json::Error| {
        Failure::program(
            "bug",
            format!("The report could not be blacked out: {error}."),
            "Please report it.",
        )
    };
    let mut value = serde_json::to_value(&report).map_err(bug)?;
    if let Some(parts) = value.as_object_mut() {
        let parts = parts
            .iter_mut()
            .filter(|(name, _)| !KEPT.contains(&name.as_str()));
        parts.for_each(|(_, part)| hide(part, texts));
    }
    serde_json::from_value(value).map_err(bug)
}

fn hide(value: &mut serde_json::Value, texts: &[String]) {
    use serde_json::Value;
    match value {
        Value::String(text) => {
            for hidden in texts {
                if text.contains(hidden.as_str()) {
                    *text = text.replace(hidden.as_str(), BLACKED_OUT);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, texts)),
        Value::Object(members) => {
            let told = members.iter_mut().filter(|(name, _)| *name != "verdict");
            told.for_each(|(_, value)| hide(value, texts));
        }
        _ => {}
    }
}

/// Whether a text stands in bytes, as it is or as JSON writes it.
pub(super) fn holds(bytes: &[u8], texts: &[String]) -> bool {
    texts.iter().any(|text| {
        let quoted = serde_json::Value::from(text.as_str()).to_string();
        let forms = [text.as_str(), &quoted[1..quoted.len() - 1]];
        forms
            .iter()
            .any(|form| memchr::memmem::find(bytes, form.as_bytes()).is_some())
    })
}

/// A report that shows elsewhere what it holds back is not written.
pub(super) fn refuse_leaks(
    report: &Report,
    cited: &[Cited],
    files: &Files,
    texts: &[String],
    left_out: &[Vec<u8>],
) -> Result<()> {
    /// So many places are named.
    const MOST: usize = 5;
    if texts.is_empty() && left_out.is_empty() {
        return Ok(());
    }
    let mut places = BTreeSet::new();
    let holds = |bytes: &[u8]| {
        holds(bytes, texts)
            || left_out
                .iter()
                .any(|record| !record.is_empty() && memchr::memmem::find(bytes, record).is_some())
    };
    let shown = |part: &serde_json::Value| holds(part.to_string().as_bytes());
    let as_json = |value: serde_json::Result<serde_json::Value>| value.unwrap_or_default();
    if let serde_json::Value::Object(parts) = as_json(serde_json::to_value(report)) {
        let told = parts.iter().filter(|(_, part)| shown(part));
        places.extend(told.map(|(name, _)| format!("{name} of report.json")));
    }
    for one in cited {
        let raw = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &one.raw);
        let rest = Cited {
            raw: String::new(),
            ..one.clone()
        };
        if holds(&raw.unwrap_or_default()) || shown(&as_json(serde_json::to_value(&rest))) {
            places.insert(one.cite.clone());
        }
    }
    places.extend(
        files
            .iter()
            .filter(|(_, bytes)| holds(bytes))
            .map(|(path, _)| path.clone()),
    );
    if places.is_empty() {
        return Ok(());
    }
    let named: Vec<&str> = places.iter().take(MOST).map(String::as_str).collect();
    let more = places.len().saturating_sub(MOST);
    let more = if more > 0 {
        format!(" and {more} more places")
    } else {
        String::new()
    };
    Err(Failure::request(
        "withheld-shown",
        format!(
            "What is held back would stand in the report all the same: in {}{more}.",
            named.join(", ")
        ),
        "Black it out there too, or leave those records out; nothing was written.",
    ))
}

/// What is held back, why, and what a reader can still check, in sentences.
pub(super) fn told(cited: &[Cited]) -> Vec<String> {
    let mut out = Vec::new();
    let mut lost: BTreeMap<&str, usize> = BTreeMap::new();
    for one in cited {
        let Some(withheld) = &one.withheld else {
            if matches!(&one.material, Material::None { why } if why.as_str() == HELD_WITH_IT) {
                *lost.entry(one.path.as_str()).or_default() += 1;
            }
            continue;
        };
        let why = withheld.why.as_str().trim_end_matches('.');
        let what = if withheld.members.is_empty() {
            format!("{} is left out whole: {why}.", one.cite)
        } else {
            let members: Vec<&str> = withheld
                .members
                .iter()
                .map(|member| member.as_str())
                .collect();
            format!(
                "{} of {}: blacked out, {why}. The seal is over the whole record and has no part for a member, so what is still shown of the record is written anew and unproven for the reader.",
                members.join(", "),
                one.cite
            )
        };
        let left = match (&one.material, one.stream.as_ref(), one.seq) {
            (Material::Tlog { .. }, Some(stream), Some(seq)) => format!(
                "What can be checked: that a record with this SHA-256 was sealed as number {seq} of {}.",
                stream.as_str()
            ),
            _ => "Nothing of it can be checked without the record: it goes without a proof, unproven for the reader.".to_owned(),
        };
        out.push(format!("{what} {left}"));
    }
    out.extend(lost.into_iter().map(|(path, count)| {
        format!("{count} other cited records of {path} go without their proof, unproven for the reader: a log is sealed whole, and one of its records is held back.")
    }));
    if !out.is_empty() {
        out.push("Whoever can guess what is held back can try the guess against the SHA-256: a short or common value is not safe from that. The case keeps the records whole.".to_owned());
    }
    out
}

/// Why a record that is shown has no proof here.
pub(super) const HELD_WITH_IT: &str = "the log is sealed whole, and one of its records is held back: the log does not travel, and nothing proves this record here";
