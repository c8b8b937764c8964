//! What the logs have in common whose records are JSON objects without a seal of their own.

use crate::json::{self, Lapse, Value};
use crate::{Digest, Limits, Micros, Reading, batch::SealPart, time};

/// A record's object, where it is JSON at all, and the first thing that its format does not allow.
pub(super) struct Record<'a> {
    /// The record; `Null` where it is not JSON.
    pub(super) root: Value<'a>,
    malformed: Option<String>,
    digest: Digest,
}

impl<'a> Record<'a> {
    /// Reads a record. Integers that a double does not hold are legal in these formats, and kept as
    /// they are written; a member that stands twice and a lone surrogate are not.
    pub(super) fn read(bytes: &'a [u8], limits: &Limits) -> Record<'a> {
        let (root, malformed) = match json::read(bytes, limits.json_depth) {
            Err(error) => (Value::Null, Some(error.to_string())),
            Ok(document) => {
                let malformed = match (&document.root, &document.lapse) {
                    (_, Some(Lapse::DuplicateMember { name })) => {
                        Some(format!("the member {} stands twice", shown(name)))
                    }
                    (_, Some(Lapse::LoneSurrogate)) => Some("it holds a lone surrogate".into()),
                    (Value::Object(_), None | Some(Lapse::BigInteger { .. })) => None,
                    _ => Some("it is not a JSON object".into()),
                };
                (document.root, malformed)
            }
        };
        Record {
            root,
            malformed,
            digest: Digest::of(bytes),
        }
    }

    /// Notes why the record is malformed, where nothing is noted yet.
    pub(super) fn note(&mut self, why: impl FnOnce() -> String) {
        if self.malformed.is_none() {
            self.malformed = Some(why());
        }
    }

    /// Notes where members that are there are not of their type; `null` counts as absent.
    pub(super) fn want(&mut self, names: &[&str], kind: &str, fits: fn(&Value<'_>) -> bool) {
        for name in names {
            let is_ill = |value: &Value<'_>| !value.is_null() && !fits(value);
            if self.root.get(name).is_some_and(is_ill) {
                self.note(|| format!("`{name}` is not {kind}"));
            }
        }
    }

    /// Notes where a member is absent, `null` or empty text.
    pub(super) fn require(&mut self, name: &str) {
        if is_absent(self.root.get(name)) {
            self.note(|| format!("it has no `{name}`"));
        }
    }

    /// The time in a member, and notes where that is no time.
    pub(super) fn time(&mut self, name: &str) -> Option<Micros> {
        let time = self.root.get(name)?.as_str().and_then(time::rfc3339);
        if time.is_none() {
            self.note(|| format!("`{name}` is not an RFC 3339 time with a zone"));
        }
        time
    }

    /// What is said of the record.
    pub(super) fn reading(self) -> Reading {
        Reading {
            digest: self.digest,
            malformed: self.malformed,
            seal: SealPart::None,
        }
    }
}

/// Whether a member is absent, `null` or empty text.
pub(super) fn is_absent(member: Option<&Value<'_>>) -> bool {
    member.is_none_or(|value| value.is_null() || value.as_str() == Some(""))
}

/// The text of a member of a member, where it is not empty.
pub(super) fn text<'v>(value: &'v Value<'_>, path: &[&str]) -> Option<&'v str> {
    value.str_at(path).filter(|text| !text.is_empty())
}

/// A name out of the evidence: escaped, and cut after 100 characters.
fn shown(name: &str) -> String {
    let cut = name
        .char_indices()
        .nth(100)
        .map_or(name.len(), |(at, _)| at);
    format!("{:?}", &name[..cut])
}
