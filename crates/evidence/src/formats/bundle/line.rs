//! One line of a stream: what it says of its own place.

use super::event;
use crate::batch::SealPart;
use crate::event::Events;
use crate::json::{self, Lapse, Object, Value};
use crate::{Digest, Limits, Micros, Reading, time};

/// What a line says of its place in its stream. What cannot be read for sure is absent: of a
/// member that stands twice, nobody knows which one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// `stream`.
    pub stream: Option<String>,
    /// `seq`.
    pub seq: Option<u64>,
    /// `prev`.
    pub prev: Prev,
    /// `time`.
    pub time: Option<Micros>,
    /// What its type means for the stream.
    pub role: Role,
}

/// The member `prev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prev {
    /// Absent, ill-typed, or the whole line is no JSON.
    Unreadable,
    /// `null`: the line says that it is the first.
    Null,
    /// SHA-256 of the line before.
    Digest(Digest),
}

/// What a record's type means for its stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Any other type.
    Other,
    /// `stream.open`
    Open {
        /// The vkey of the stream's first key.
        signer: Option<String>,
        /// A record is promised at least that often, in seconds.
        heartbeat_s: Option<u64>,
    },
    /// `stream.close`
    Close,
    /// `key.rotate`
    Rotate {
        /// The new vkey.
        next: Option<String>,
        /// The old key's endorsement, base64.
        endorsement: Option<String>,
    },
}

/// Reads one line: begins its event, and says what is malformed (*Records*, 1 to 5).
pub fn read(bytes: &[u8], limits: &Limits, events: &mut Events) -> Reading {
    events.begin();
    let digest = Digest::of(bytes);
    let unreadable = Line {
        stream: None,
        seq: None,
        prev: Prev::Unreadable,
        time: None,
        role: Role::Other,
    };
    let reading = |malformed, line| Reading {
        digest,
        malformed,
        seal: SealPart::Line(Box::new(line)),
    };
    let document = match json::read(bytes, limits.json_depth) {
        Ok(document) => document,
        Err(error) => return reading(Some(error.to_string()), unreadable),
    };
    let Value::Object(root) = &document.root else {
        return reading(Some("not a JSON object".into()), unreadable);
    };
    let members = Members {
        root,
        doubled: document.lapse.is_some(),
    };
    // What is too long is no event: its texts are not kept, only its place.
    let too_long = bytes.len() > limits.record_bytes;
    if !too_long {
        event::fill(&members, events);
    }
    let line = Line {
        stream: members.text("stream").map(str::to_owned),
        seq: members
            .get("seq")
            .and_then(Value::as_u64)
            .filter(|seq| *seq < 1 << 53),
        prev: match members.get("prev") {
            Some(Value::Null) => Prev::Null,
            Some(Value::String(hex)) => {
                Digest::from_hex(hex).map_or(Prev::Unreadable, Prev::Digest)
            }
            _ => Prev::Unreadable,
        },
        time: members.text("time").and_then(time::rfc3339_utc),
        role: role(&members),
    };
    let malformed = too_long
        .then(|| format!("longer than {} bytes", limits.record_bytes))
        .or_else(|| document.lapse.as_ref().map(lapse_words))
        .or_else(|| defect(&members, &line));
    reading(malformed, line)
}

/// The members of a record. A name that stands twice in it gives nothing.
pub(super) struct Members<'a, 'b> {
    root: &'b Object<'a>,
    doubled: bool,
}

impl<'a, 'b> Members<'a, 'b> {
    pub(super) fn get(&self, name: &str) -> Option<&'b Value<'a>> {
        let mut found = self
            .root
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value);
        let first = found.next();
        if self.doubled && found.next().is_some() {
            None
        } else {
            first
        }
    }

    pub(super) fn text(&self, name: &str) -> Option<&'b str> {
        self.get(name)?.as_str()
    }
}

fn role(members: &Members<'_, '_>) -> Role {
    let text = |name| members.text(name).map(str::to_owned);
    match members.text("type") {
        Some("stream.open") => Role::Open {
            signer: text("signer"),
            heartbeat_s: members.get("heartbeat_s").and_then(Value::as_u64),
        },
        Some("stream.close") => Role::Close,
        Some("key.rotate") => Role::Rotate {
            next: text("next"),
            endorsement: text("endorsement"),
        },
        _ => Role::Other,
    }
}

/// I-JSON's lapses in words.
fn lapse_words(lapse: &Lapse) -> String {
    match lapse {
        Lapse::DuplicateMember { name } => format!("the member {name:?} stands twice"),
        Lapse::LoneSurrogate => "half of a surrogate pair in a text".into(),
        Lapse::BigInteger { text } => {
            let digits: String = text.chars().take(40).collect();
            format!("the integer {digits} is beyond 2^53 − 1")
        }
    }
}

/// What the bundle's own rules (*Records*, 3 and 4) do not allow in a line that is I-JSON.
fn defect(members: &Members<'_, '_>, line: &Line) -> Option<String> {
    let missing = |name: &str, want: &str| {
        Some(match members.get(name) {
            None => format!("the member {name:?} is missing"),
            Some(_) => format!("the member {name:?} is not {want}"),
        })
    };
    if members.get("v").and_then(Value::as_u64) != Some(1) {
        return missing("v", "1");
    }
    if line.stream.is_none() {
        return missing("stream", "a text");
    }
    let Some(seq) = line.seq else {
        return missing("seq", "a number from 0 on");
    };
    match (line.prev, seq) {
        (Prev::Unreadable, _) => return missing("prev", "null or 64 lower-case hex digits"),
        (Prev::Null, 1..) => return Some("\"prev\" is null after the first record".into()),
        (Prev::Digest(_), 0) => return Some("\"prev\" is not null in record 0".into()),
        _ => {}
    }
    if line.time.is_none() {
        return missing("time", "an RFC 3339 time in UTC with Z");
    }
    if members.text("type").is_none() {
        return missing("type", "a text");
    }
    if seq == 0 && !matches!(line.role, Role::Open { .. }) {
        return Some("record 0 is not a stream.open".into());
    }
    None
}
