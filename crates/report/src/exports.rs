//! Events for other people's tools. Each says what it leaves out.

use crate::packet::sha256;
use core::net::IpAddr;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An event as the contract's line has it: members that are there, by name.
pub type Members = BTreeMap<String, Value>;

/// What an export leaves out, in a sentence.
pub const TIMESKETCH_LEAVES_OUT: &str =
    "Timesketch has no place for bytes, proofs and custody, and takes no event without a time.";
/// What the export leaves out, in a sentence.
pub const STIX_LEAVES_OUT: &str = "STIX has indicators for source addresses alone: identities, credentials, secrets, verdicts and proofs are left out, and no address is called malicious.";

/// What the export leaves out, in a sentence.
pub const CASE_LEAVES_OUT: &str = "CASE/UCO has no word for seals, verdicts and joins: they stand in each event's dictionary as text; bytes, proofs and custody are left out.";

/// The beginning of a CASE/UCO document (JSON-LD); events follow, set apart by commas.
/// (<https://caseontology.org>, UCO 1.x: `uco-core:Event`, `uco-types:Dictionary`)
pub const CASE_BEGIN: &str = r#"{"@context":{"kb":"urn:exhibit:","uco-core":"https://ontology.unifiedcyberontology.org/uco/core/","uco-types":"https://ontology.unifiedcyberontology.org/uco/types/","xsd":"http://www.w3.org/2001/XMLSchema#"},"@graph":["#;
/// The end of the document.
pub const CASE_END: &str = "]}\n";

/// An event of a CASE/UCO document.
pub fn case_event(members: &Members) -> String {
    let said = |name: &str| members.get(name).and_then(Value::as_str);
    let all = Value::Object(members.clone().into_iter().collect()).to_string();
    let kb = |kind: &str, what: &str| format!("kb:{}", id(kind, what).replacen("--", "-", 1));
    let entries: Vec<Value> = members
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "time" | "type"))
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            json!({
                "@id": kb("entry", &format!("{name}\n{all}")), "@type": "uco-types:DictionaryEntry",
                "uco-types:key": name, "uco-types:value": text,
            })
        })
        .collect();
    let mut event = json!({
        "@id": kb("event", &all), "@type": "uco-core:Event",
        "uco-core:eventType": said("type").unwrap_or("unknown"),
        "uco-core:eventAttribute": {"@id": kb("dictionary", &all), "@type": "uco-types:Dictionary", "uco-types:entry": entries},
    });
    if let Some(time) = said("time") {
        event["uco-core:startTime"] = json!({"@type": "xsd:dateTime", "@value": time});
    }
    event.to_string()
}

/// A line of Timesketch's JSONL: `message`, `datetime`, `timestamp_desc`, and the members under
/// their own names. `None` for an event without a time, which Timesketch does not take.
/// (<https://timesketch.org/guides/user/import-from-json-csv/>)
pub fn timesketch(members: &Members) -> Option<String> {
    let time = members.get("time")?.as_str()?;
    let said = |name: &str| members.get(name).and_then(Value::as_str);
    let mut message = format!(
        "{}: {}",
        said("actor").unwrap_or("?"),
        said("type").unwrap_or("?")
    );
    for name in ["secret", "resource", "tool", "token", "subject"] {
        if let Some(what) = said(name) {
            message = format!("{message} {what}");
        }
    }
    if let Some(outcome) = said("outcome") {
        message = format!("{message} ({outcome})");
    }
    let mut line: Map<String, Value> = members
        .iter()
        .filter(|(name, _)| *name != "time")
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    line.insert("message".into(), message.into());
    line.insert("datetime".into(), time.into());
    line.insert("timestamp_desc".into(), "Recorded Time".into());
    line.insert("data_type".into(), "exhibit:event".into());
    Some(Value::Object(line).to_string())
}

/// The source addresses of events, gathered for a STIX 2.1 bundle of indicators.
#[derive(Debug, Clone, Default)]
pub struct Stix {
    seen: BTreeMap<IpAddr, Seen>,
}

#[derive(Debug, Clone)]
struct Seen {
    first: String,
    last: String,
    count: u64,
}

impl Stix {
    /// Takes an event; one without a time or a readable source address is passed over.
    pub fn add(&mut self, members: &Members) {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let (Some(time), Some(address)) = (text("time"), text("source_ip")) else {
            return;
        };
        let Ok(address) = address.parse::<IpAddr>() else {
            return;
        };
        let seen = self.seen.entry(address).or_insert_with(|| Seen {
            first: time.to_owned(),
            last: time.to_owned(),
            count: 0,
        });
        // RFC 3339 in UTC with digits of equal meaning: the order of text is that of time up to the
        // second's fraction, which both may lack.
        if moment(time) < moment(&seen.first) {
            time.clone_into(&mut seen.first);
        }
        if moment(time) > moment(&seen.last) {
            time.clone_into(&mut seen.last);
        }
        seen.count += 1;
    }

    /// The bundle. Its ids are reckoned from what it says: the same events give the same bundle.
    pub fn bundle(&self, tool: &str) -> Value {
        let latest = self
            .seen
            .values()
            .map(|seen| seen.last.as_str())
            .max_by_key(|time| moment(time));
        let made = stix_time(latest.unwrap_or("1970-01-01T00:00:00Z"));
        let author = id("identity", tool);
        let mut objects = vec![json!({
            "type": "identity", "spec_version": "2.1", "id": author, "created": made, "modified": made,
            "name": tool, "identity_class": "system",
        })];
        for (address, seen) in &self.seen {
            let (kind, what) = match address {
                IpAddr::V4(_) => ("ipv4-addr", address.to_string()),
                IpAddr::V6(_) => ("ipv6-addr", address.to_string()),
            };
            objects.push(json!({
                "type": "indicator", "spec_version": "2.1",
                "id": id("indicator", &format!("{what} {} {} {}", seen.first, seen.last, seen.count)),
                "created_by_ref": author, "created": made, "modified": made,
                "name": format!("source address {what}"),
                "description": format!("Seen as the source of {} recorded events from {} to {}. That it is malicious is not claimed.", seen.count, seen.first, seen.last),
                "indicator_types": ["unknown"],
                "pattern": format!("[{kind}:value = '{what}']"), "pattern_type": "stix",
                "valid_from": stix_time(&seen.first),
            }));
        }
        let all: String = objects.iter().map(Value::to_string).collect();
        json!({"type": "bundle", "id": id("bundle", &all), "objects": objects})
    }
}

fn moment(time: &str) -> Option<chrono::DateTime<chrono::FixedOffset>> {
    chrono::DateTime::parse_from_rfc3339(time).ok()
}

/// STIX takes RFC 3339 in UTC with at least milliseconds where there is a fraction.
fn stix_time(time: &str) -> String {
    moment(time).map_or_else(
        || "1970-01-01T00:00:00.000Z".to_owned(),
        |time| time.to_utc().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
    )
}

/// A STIX id: its UUID (version 8, RFC 9562, 5.8) out of what it names.
fn id(kind: &str, what: &str) -> String {
    let sum = sha256(format!("{kind}\n{what}").as_bytes());
    let variant = match sum.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    format!(
        "{kind}--{}-{}-8{}-{variant}{}-{}",
        &sum[..8],
        &sum[8..12],
        &sum[13..16],
        &sum[17..20],
        &sum[20..32]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(pairs: &[(&str, &str)]) -> Members {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect()
    }

    #[test]
    fn timesketch_has_its_three_members_and_takes_nothing_without_a_time() {
        let event = members(&[
            ("time", "2026-06-12T02:06:31Z"),
            ("actor", "a"),
            ("type", "call"),
            ("outcome", "denied"),
        ]);
        let line: Value = serde_json::from_str(&timesketch(&event).unwrap()).unwrap();
        assert_eq!(
            (&line["message"], &line["datetime"], &line["timestamp_desc"]),
            (
                &"a: call (denied)".into(),
                &"2026-06-12T02:06:31Z".into(),
                &"Recorded Time".into()
            )
        );
        assert_eq!(timesketch(&members(&[("actor", "a")])), None);
    }

    #[test]
    fn a_case_document_is_one_json_document_with_the_time_typed() {
        let event = members(&[
            ("time", "2026-06-12T02:06:31Z"),
            ("type", "call"),
            ("actor", "a\"]}"),
        ]);
        let text = format!("{CASE_BEGIN}{}{CASE_END}", case_event(&event));
        let document: Value = serde_json::from_str(&text).unwrap();
        let event = &document["@graph"][0];
        assert_eq!(
            event["uco-core:startTime"],
            json!({"@type": "xsd:dateTime", "@value": "2026-06-12T02:06:31Z"})
        );
        assert_eq!(
            event["uco-core:eventAttribute"]["uco-types:entry"][0]["uco-types:value"],
            "a\"]}"
        );
    }

    #[test]
    fn an_address_is_an_indicator_and_what_is_none_stays_out_of_patterns() {
        let mut stix = Stix::default();
        for (time, ip) in [
            ("2026-06-12T02:00:01Z", "10.0.0.7"),
            ("2026-06-12T02:00:00.5Z", "10.0.0.7"),
            ("2026-06-12T02:00:00Z", "' OR 1"),
        ] {
            stix.add(&members(&[("time", time), ("source_ip", ip)]));
        }
        let bundle = stix.bundle("exhibit test");
        let objects = bundle["objects"].as_array().unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[1]["pattern"], "[ipv4-addr:value = '10.0.0.7']");
        assert_eq!(objects[1]["valid_from"], "2026-06-12T02:00:00.500000Z");
        assert_eq!(bundle, stix.clone().bundle("exhibit test"));
    }
}
