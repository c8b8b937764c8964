//! Sigma rules of the user, run over the records of the products that they are written for. Their
//! hits are those rules' and not Exhibit's: they are kept apart, and change nothing.
//!
//! The rules come from a folder, and a rule may be as hostile as evidence: files, their size and
//! what makes the rules' parser recurse are bounded, and a rule that trips its engine is refused by
//! name and never ends the work. The engine's patterns match in linear time (crate `regex`).

use crate::api::{SigmaHit, SigmaRefused, SigmaView};
use crate::case_log::{CaseLog, record_of};
use crate::failure::{Failure, Result};
use crate::findings::event_row;
use crate::session::Session;
use crate::walk::printable;
use analysis::rules::{ROWS_KEPT, Row};
use analysis::{Act, Log as _, Window};
use evidence::Format;
use evidence::json::{self, Lapse};
use sigma_rust::{Event, Rule};
use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// How many files are looked at, how deep folders are followed, how long one rule may be.
const MOST_FILES: usize = 10_000;
const DEEPEST: usize = 16;
const LONGEST: u64 = 256 * 1024;
/// How many operators and brackets a rule's file may hold: its parser recurses over them.
const MOST_OPERATORS: usize = 500;

struct Loaded {
    rule: Rule,
    path: String,
    format: Format,
    count: u64,
    rows: Vec<Row>,
    tripped: bool,
}

impl Session {
    /// Runs the Sigma rules (`*.yml`, `*.yaml`) below a folder over the CloudTrail and Kubernetes
    /// audit records of the case.
    pub fn sigma(&self, folder: &Path) -> Result<SigmaView> {
        let mut files = Vec::new();
        rule_files(folder, 0, &mut files)?;
        files.sort();
        let mut refused = Vec::new();
        if files.len() > MOST_FILES {
            refused.push(SigmaRefused {
                path: printable(folder.as_os_str()),
                reason: format!(
                    "of {} files only the first {MOST_FILES} were read",
                    files.len()
                ),
            });
            files.truncate(MOST_FILES);
        }
        let mut rules = Vec::new();
        for file in &files {
            let path = printable(file.strip_prefix(folder).unwrap_or(file).as_os_str());
            match load(file) {
                Ok((rule, format)) => rules.push(Loaded {
                    rule,
                    path,
                    format,
                    count: 0,
                    rows: Vec::new(),
                    tripped: false,
                }),
                Err(reason) => refused.push(SigmaRefused { path, reason }),
            }
        }
        let depth = self.desk.limits.json_depth;
        let (mut records, mut unread) = (0, 0);
        self.reading(|reader| {
            let log = CaseLog::new(reader)?;
            let mut failed = None;
            log.all(Window::default(), &mut |act| {
                if !rules.iter().any(|loaded| loaded.format == act.format) {
                    return ControlFlow::Continue(());
                }
                let Some(record) = record_of(act.event) else {
                    return ControlFlow::Continue(());
                };
                match reader.record(record) {
                    Ok(bytes) => match event(&bytes, depth) {
                        Some(event) => {
                            records += 1;
                            hold(&mut rules, act, &event);
                        }
                        None => unread += 1,
                    },
                    Err(error) => {
                        failed = Some(error);
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            })?;
            failed.map_or(Ok(()), |error| Err(error.into()))
        })?;
        let run = rules.len() as u64;
        let mut hits = Vec::new();
        for loaded in rules {
            if loaded.tripped {
                refused.push(SigmaRefused {
                    path: loaded.path.clone(),
                    reason: "the rule's engine failed on a record; what it had matched is told"
                        .into(),
                });
            }
            if loaded.count > 0 {
                hits.push(SigmaHit {
                    title: loaded.rule.title,
                    id: loaded.rule.id,
                    level: loaded
                        .rule
                        .level
                        .map(|level| format!("{level:?}").to_ascii_lowercase()),
                    path: loaded.path,
                    tags: loaded.rule.tags.unwrap_or_default(),
                    count: loaded.count,
                    events: loaded.rows.iter().map(event_row).collect(),
                });
            }
        }
        refused.sort();
        Ok(SigmaView {
            rules: run,
            records,
            unread,
            refused,
            hits,
        })
    }
}

/// Holds a record against all rules of its product.
fn hold(rules: &mut [Loaded], act: &Act, event: &Event) {
    for loaded in rules.iter_mut().filter(|it| it.format == act.format) {
        if loaded.tripped {
            continue;
        }
        // The engine is another's: its mistake is no end of our work.
        let matched = catch_unwind(AssertUnwindSafe(|| loaded.rule.is_match(event)));
        match matched {
            Ok(false) => {}
            Ok(true) => {
                loaded.count += 1;
                if loaded.rows.len() < ROWS_KEPT {
                    loaded.rows.push(Row {
                        event: act.event,
                        time: act.time,
                        part: "matched",
                        verdict: act.verdict,
                    });
                }
            }
            Err(_) => loaded.tripped = true,
        }
    }
}

/// A record as the engine takes it. `None` for one that two readers may understand differently: it
/// would be matched by the one and not by the other.
fn event(bytes: &[u8], depth: usize) -> Option<Event> {
    let document = json::read(bytes, depth).ok()?;
    if matches!(document.lapse, Some(Lapse::DuplicateMember { .. })) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    if !value.is_object() {
        return None;
    }
    Event::try_from(value).ok()
}

fn rule_files(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let unreadable = |error| Failure::unreadable(&printable(folder.as_os_str()), &error);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // A link is not followed: it may lead anywhere, also in a circle.
        let kind = entry.file_type().map_err(unreadable)?;
        let path = entry.path();
        let is_rule = path
            .extension()
            .is_some_and(|end| end == "yml" || end == "yaml");
        if kind.is_dir() && depth < DEEPEST {
            rule_files(&path, depth + 1, files)?;
        } else if kind.is_file() && is_rule && files.len() <= MOST_FILES {
            files.push(path);
        }
    }
    Ok(())
}

fn load(path: &Path) -> std::result::Result<(Rule, Format), String> {
    let length = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    understand(&text)
}

fn understand(text: &str) -> std::result::Result<(Rule, Format), String> {
    let operators = text
        .split_whitespace()
        .filter(|word| matches!(word.to_ascii_lowercase().as_str(), "and" | "or" | "not"))
        .count()
        + text.bytes().filter(|byte| *byte == b'(').count();
    if operators > MOST_OPERATORS {
        return Err(format!("more than {MOST_OPERATORS} operators and brackets"));
    }
    let rule = catch_unwind(|| sigma_rust::rule_from_yaml(text))
        .map_err(|_| "the rules' parser failed on it".to_owned())?
        .map_err(|error| error.to_string())?;
    let part = |part: &Option<String>| part.as_deref().unwrap_or_default().to_ascii_lowercase();
    let (product, service) = (part(&rule.logsource.product), part(&rule.logsource.service));
    let format = match (product.as_str(), service.as_str()) {
        ("aws", "cloudtrail") => Format::CloudTrail,
        ("kubernetes", "audit" | "") => Format::KubernetesAudit,
        _ => return Err("not written for CloudTrail or the Kubernetes audit log".into()),
    };
    Ok((rule, format))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STOPPED: &str = "title: Trail stopped\nid: 7\nlevel: high\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    selection:\n        eventSource: cloudtrail.amazonaws.com\n        eventName:\n            - StopLogging\n            - DeleteTrail\n        userIdentity.type|contains: Role\n    condition: selection\n";

    fn matches(rule: &str, record: &str) -> bool {
        let (rule, _) = understand(rule).expect("a rule");
        rule.is_match(&event(record.as_bytes(), 16).expect("an event"))
    }

    #[test]
    fn a_rule_matches_what_it_is_written_for() {
        let record = |name: &str| {
            format!(
                r#"{{"eventSource":"cloudtrail.amazonaws.com","eventName":"{name}","userIdentity":{{"type":"AssumedRole"}}}}"#
            )
        };
        assert!(matches(STOPPED, &record("StopLogging")));
        assert!(!matches(STOPPED, &record("StartLogging")));
    }

    #[test]
    fn a_rule_of_another_product_or_none_is_refused_with_a_reason() {
        let other = STOPPED.replace("product: aws", "product: windows");
        let reason = |text: &str| understand(text).expect_err("refused");
        assert!(reason(&other).starts_with("not written for"));
        assert!(!reason("title: [").is_empty());
        assert!(!reason("").is_empty());
    }

    #[test]
    fn a_hostile_rule_is_refused_and_not_followed_into_the_depth() {
        let deep = STOPPED.replace(
            "condition: selection",
            &format!("condition: {}selection", "(".repeat(100_000)),
        );
        let many = STOPPED.replace(
            "condition: selection",
            &format!("condition: {}selection", "not ".repeat(50_000)),
        );
        for text in [deep, many] {
            let reason = understand(&text).expect_err("refused");
            assert!(reason.contains("operators and brackets"), "{reason}");
        }
        let within = STOPPED.replace(
            "condition: selection",
            &format!("condition: {}selection", "not ".repeat(500)),
        );
        assert!(understand(&within).is_ok());
        let bomb = format!(
            "a: &a [x,x,x,x,x,x,x,x,x]\n{}",
            ('b'..='z')
                .zip('a'..)
                .map(|(it, of)| format!(
                    "{it}: &{it} [*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of}]\n"
                ))
                .collect::<String>()
        );
        assert!(understand(&bomb).is_err());
        let nested = format!("title: {}", "[".repeat(100_000));
        assert!(understand(&nested).is_err());
    }

    #[test]
    fn a_record_with_a_member_twice_is_held_against_no_rule() {
        assert!(event(br#"{"eventName":"a","eventName":"b"}"#, 16).is_none());
        assert!(event(br#"{"a":{"b":{"c":1}}}"#, 2).is_none());
        assert!(event(b"[1]", 16).is_none() && event(b"{", 16).is_none());
        assert!(event(br#"{"n":18446744073709551616,"m":1e400}"#, 16).is_none_or(|_| true));
    }
}
