//! The reader.
//!
//! It does not recurse: open arrays and objects lie on a stack of its own. Values under
//! construction lie on two more, from which a closed container takes its share at its exact size.

use super::{Number, Object, Value, duplicate, scan};
use std::borrow::Cow;

/// The deepest nesting that [`read`] admits, whatever its caller allows. Dropping, comparing and
/// copying a [`Value`] recurse, so a deeper one could exhaust a thread's stack.
pub const DEEPEST: usize = 1024;

/// The greatest integer that every reader of I-JSON holds exactly (RFC 7493, section 2.2).
pub(super) const GREATEST_INTEGER: u64 = (1 << 53) - 1;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document<'a> {
    /// The value.
    pub root: Value<'a>,
    /// The first thing in it that JSON allows and I-JSON does not. Duplicate members are noticed
    /// when their object ends; a large integer gives way to anything else.
    pub lapse: Option<Lapse>,
}

/// What JSON allows and I-JSON (RFC 7493) does not: two readers may understand it differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lapse {
    /// A member name stands twice in one object, at any depth.
    DuplicateMember {
        /// The name.
        name: String,
    },
    /// A `\uD800`…`\uDFFF` without its partner. Read as U+FFFD.
    LoneSurrogate,
    /// A number written without fraction or exponent outside ±(2^53 − 1).
    BigInteger {
        /// As written.
        text: String,
    },
}

/// Why bytes are not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not JSON at this byte.
    #[error("not JSON at byte {offset}: {expected} expected")]
    Syntax {
        /// Where.
        offset: usize,
        /// What should have been there.
        expected: &'static str,
    },
    /// Not UTF-8 at this byte.
    #[error("not UTF-8 at byte {offset}")]
    Utf8 {
        /// Where.
        offset: usize,
    },
    /// Nested deeper than the limit.
    #[error("nested deeper than {limit}")]
    Depth {
        /// The limit.
        limit: usize,
    },
}

/// Reads exactly one JSON text (RFC 8259), with white space around it at most. A byte order mark is
/// refused. At most `depth` arrays and objects lie within one another, and never more than
/// [`DEEPEST`]; it does not recurse.
pub fn read(bytes: &[u8], depth: usize) -> Result<Document<'_>, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonError::Utf8 {
        offset: error.valid_up_to(),
    })?;
    let mut reader = Reader {
        text,
        bytes,
        at: 0,
        depth: depth.min(DEEPEST),
        open: Vec::new(),
        elements: Vec::new(),
        members: Vec::new(),
        lapse: None,
    };
    let root = reader.document()?;
    Ok(Document {
        root,
        lapse: reader.lapse,
    })
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    open: Vec<Open>,
    /// The elements of all open arrays, outermost first.
    elements: Vec<Value<'a>>,
    /// The members of all open objects, outermost first. The last one of each but the innermost
    /// waits for its value.
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    lapse: Option<Lapse>,
}

/// A container that has not ended yet.
#[derive(Clone, Copy)]
enum Open {
    /// An array, and where its elements begin in [`Reader::elements`].
    Array(usize),
    /// An object, and where its members begin in [`Reader::members`].
    Object(usize),
}

/// What a value's first bytes gave.
enum Begun<'a> {
    /// All of it.
    Whole(Value<'a>),
    /// A container with something in it, which comes next.
    Container,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Value<'a>, JsonError> {
        loop {
            let Begun::Whole(value) = self.begin_value()? else {
                continue;
            };
            if let Some(root) = self.place(value)? {
                return Ok(root);
            }
        }
    }

    /// Puts a value into its container, and each container that ends with it into its own. The
    /// root comes back; `None` where another value must follow.
    fn place(&mut self, mut value: Value<'a>) -> Result<Option<Value<'a>>, JsonError> {
        loop {
            let next = self.next_byte();
            match self.open.last().copied() {
                None if next.is_none() => return Ok(Some(value)),
                None => return Err(self.syntax("the end")),
                Some(Open::Array(start)) => {
                    self.elements.push(value);
                    match next {
                        Some(b',') => {
                            self.at += 1;
                            return Ok(None);
                        }
                        Some(b']') => value = Value::Array(take_from(&mut self.elements, start)),
                        _ => return Err(self.syntax("',' or ']'")),
                    }
                }
                Some(Open::Object(start)) => {
                    if let Some((_, waiting)) = self.members.last_mut() {
                        *waiting = value;
                    }
                    match next {
                        Some(b',') => {
                            self.at += 1;
                            self.name()?;
                            return Ok(None);
                        }
                        Some(b'}') => value = Value::Object(self.end_object(start)),
                        _ => return Err(self.syntax("',' or '}'")),
                    }
                }
            }
            self.at += 1;
            self.open.pop();
        }
    }

    fn end_object(&mut self, start: usize) -> Object<'a> {
        let members = take_from(&mut self.members, start);
        if self.lapses_less()
            && let Some(index) = duplicate::first(&members)
        {
            self.lapse = Some(Lapse::DuplicateMember {
                name: members[index].0.to_string(),
            });
        }
        Object(members)
    }

    /// Whether nothing worse than a large integer was seen. Formats that allow those still have to
    /// learn of the others.
    fn lapses_less(&self) -> bool {
        matches!(self.lapse, None | Some(Lapse::BigInteger { .. }))
    }

    fn begin_value(&mut self) -> Result<Begun<'a>, JsonError> {
        let value = match self.next_byte() {
            Some(b'"') => Value::String(self.string()?),
            Some(b'{') => return self.begin_object(),
            Some(b'[') => return self.begin_array(),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.literal(b"true", Value::Bool(true))?,
            Some(b'f') => self.literal(b"false", Value::Bool(false))?,
            Some(b'n') => self.literal(b"null", Value::Null)?,
            _ if self.at == 0 && self.text.starts_with('\u{feff}') => {
                return Err(self.syntax("a value without a byte order mark"));
            }
            _ => return Err(self.syntax("a value")),
        };
        Ok(Begun::Whole(value))
    }

    fn begin_array(&mut self) -> Result<Begun<'a>, JsonError> {
        self.descend()?;
        if self.next_byte() == Some(b']') {
            self.at += 1;
            return Ok(Begun::Whole(Value::Array(Vec::new())));
        }
        self.open.push(Open::Array(self.elements.len()));
        Ok(Begun::Container)
    }

    fn begin_object(&mut self) -> Result<Begun<'a>, JsonError> {
        self.descend()?;
        if self.next_byte() == Some(b'}') {
            self.at += 1;
            return Ok(Begun::Whole(Value::Object(Object::default())));
        }
        self.open.push(Open::Object(self.members.len()));
        self.name()?;
        Ok(Begun::Container)
    }

    /// Steps over an opening bracket, where the limit allows another.
    fn descend(&mut self) -> Result<(), JsonError> {
        if self.open.len() >= self.depth {
            return Err(JsonError::Depth { limit: self.depth });
        }
        self.at += 1;
        Ok(())
    }

    /// Reads a member's name and its colon; its value comes next.
    fn name(&mut self) -> Result<(), JsonError> {
        if self.next_byte() != Some(b'"') {
            return Err(self.syntax("a member name"));
        }
        let name = self.string()?;
        if self.next_byte() != Some(b':') {
            return Err(self.syntax("':'"));
        }
        self.at += 1;
        self.members.push((name, Value::Null));
        Ok(())
    }

    /// The next byte that is not white space, still unread.
    #[inline]
    fn next_byte(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    fn literal(&mut self, word: &'static [u8], value: Value<'a>) -> Result<Value<'a>, JsonError> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(self.syntax("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Number<'a>, JsonError> {
        let start = self.at;
        self.at += usize::from(self.bytes[start] == b'-');
        let first = self.at;
        let mut integer = true;
        self.digits()?;
        let digits = &self.text[first..self.at];
        if digits.len() > 1 && digits.starts_with('0') {
            self.at = first + 1;
            return Err(self.syntax("no digit after a leading zero"));
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            integer = false;
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            integer = false;
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        let text = &self.text[start..self.at];
        if integer && self.lapse.is_none() && !is_exact(digits) {
            self.lapse = Some(Lapse::BigInteger {
                text: text.to_string(),
            });
        }
        Ok(Number(text))
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.bytes.get(self.at) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.syntax("a digit"))
        } else {
            Ok(())
        }
    }

    /// Reads a string from its opening quote to after its closing one.
    #[inline]
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let start = self.at + 1;
        let end = scan::special(self.bytes, start);
        self.at = end;
        if self.bytes.get(end) == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.escaped_string(start).map(Cow::Owned)
    }

    /// The rest of a string whose first byte that does not stand for itself is the next one.
    #[cold]
    fn escaped_string(&mut self, start: usize) -> Result<String, JsonError> {
        let mut out = String::from(&self.text[start..self.at]);
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => return Err(self.syntax("no bare control character")),
                None => return Err(self.syntax("the end of the string")),
            }
            let end = scan::special(self.bytes, self.at);
            out.push_str(&self.text[self.at..end]);
            self.at = end;
        }
    }

    /// Reads one escape, or the two of a surrogate pair, from its backslash on.
    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let c = match self.bytes.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.code_point();
            }
            _ => return Err(self.syntax("an escape")),
        };
        self.at += 1;
        Ok(c)
    }

    /// Reads what follows `\u`.
    fn code_point(&mut self) -> Result<char, JsonError> {
        let Some(unit) = self.hex4(self.at) else {
            return Err(self.syntax("four hexadecimal digits"));
        };
        self.at += 4;
        if let Some(c) = char::from_u32(unit) {
            return Ok(c);
        }
        if unit < 0xdc00
            && self.bytes.get(self.at..self.at + 2) == Some(b"\\u")
            && let Some(low @ 0xdc00..=0xdfff) = self.hex4(self.at + 2)
            && let Some(c) = char::from_u32(0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00))
        {
            self.at += 6;
            return Ok(c);
        }
        if self.lapses_less() {
            self.lapse = Some(Lapse::LoneSurrogate);
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&self, at: usize) -> Option<u32> {
        let digits = self.bytes.get(at..)?.first_chunk::<4>()?;
        digits.iter().try_fold(0, |value, &c| {
            Some(value << 4 | char::from(c).to_digit(16)?)
        })
    }

    #[cold]
    fn syntax(&self, expected: &'static str) -> JsonError {
        JsonError::Syntax {
            offset: self.at,
            expected,
        }
    }
}

/// Takes what lies at `start` and after it, at its exact size. A long list that is all there is
/// moves as it lies, so that a hostile record does not take its memory twice.
fn take_from<T>(all: &mut Vec<T>, start: usize) -> Vec<T> {
    if start == 0 && all.len() > 4096 {
        std::mem::take(all)
    } else {
        all.drain(start..).collect()
    }
}

/// Whether digits without a leading zero give at most 2^53 − 1.
pub(super) fn is_exact(digits: &str) -> bool {
    digits.len() < 16
        || digits
            .parse()
            .is_ok_and(|value: u64| value <= GREATEST_INTEGER)
}
