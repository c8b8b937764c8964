//! Records in JSON documents: elements of an array, or whole objects one after the other.

use super::cuts::Cuts;
use super::item::{Item, Step};
use super::{Sizes, reason};
use memchr::memchr;

/// Cuts JSON documents, in as many pieces as they come.
///
/// A root array's elements are records; so are those of a root object's member of a certain name;
/// any other root object is a record itself. Only brackets and quotation marks are looked at.
#[derive(Debug)]
pub(super) struct Document {
    /// The member whose array holds records; empty where the kind has none.
    member: &'static str,
    sizes: Sizes,
    state: State,
    /// Whether the array of records lies in a root object.
    in_object: bool,
    /// Whether a document has ended.
    ended: bool,
    /// White space since the last line feed; `None` where something else stands before.
    indent: Option<usize>,
}

#[derive(Debug)]
enum State {
    /// Where a value may begin.
    Between(Level),
    /// In a value.
    Inside(Inside),
    /// In an element that is neither object, array nor string.
    Word,
    /// Rejecting until a line begins so that reading can be taken up again.
    Lost {
        resume: Level,
        indent: Option<usize>,
        reason: &'static str,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// Outside of all documents.
    Root,
    /// In the array of records.
    Elements,
}

#[derive(Debug)]
struct Inside {
    item: Item,
    /// Where it lies.
    level: Level,
    /// Its line's white space before it, where it begins one.
    indent: Option<usize>,
    becomes: Becomes,
}

/// What a value's bytes are.
#[derive(Debug)]
enum Becomes {
    /// A record that began there, when it is over.
    Record { start: usize },
    /// Structure: what surrounds the array of records.
    Structure,
    /// Rejected from there on, and why.
    Rejected { start: usize, reason: String },
}

impl Document {
    pub(super) fn new(member: &'static str, sizes: Sizes) -> Document {
        Document {
            member,
            sizes,
            state: State::Between(Level::Root),
            in_object: false,
            ended: false,
            indent: Some(0),
        }
    }

    pub(super) fn scan(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        while cuts.at < bytes.len() {
            match &mut self.state {
                State::Between(_) if cuts.at >= self.sizes.batch => break,
                State::Between(Level::Root) => self.root(bytes, cuts),
                State::Between(Level::Elements) => self.elements(bytes, cuts),
                State::Inside(_) => self.inside(bytes, cuts),
                State::Word => self.word(bytes, cuts),
                State::Lost { .. } => self.lost(bytes, cuts),
            }
        }
        cuts.settled = cuts.at;
        let State::Inside(Inside { becomes, .. }) = &mut self.state else {
            return;
        };
        match becomes {
            Becomes::Record { start } if cuts.at - *start <= self.sizes.record => {
                cuts.settled = *start
            }
            Becomes::Record { start } => {
                let reason = reason::too_long(self.sizes.record);
                cuts.reject(*start, cuts.at, &reason);
                *becomes = Becomes::Rejected {
                    start: cuts.at,
                    reason,
                };
            }
            Becomes::Structure => {}
            Becomes::Rejected { start, reason } => {
                cuts.reject(*start, cuts.at, reason);
                *start = cuts.at;
            }
        }
    }

    /// The file ends after the bytes scanned.
    pub(super) fn finish(&mut self, cuts: &mut Cuts) {
        let end = cuts.at;
        match &self.state {
            State::Inside(Inside {
                becomes: Becomes::Record { start },
                ..
            }) => {
                cuts.reject(*start, end, reason::ENDS_IN_RECORD);
            }
            State::Between(Level::Elements)
            | State::Word
            | State::Inside(Inside {
                becomes: Becomes::Structure,
                ..
            }) => {
                cuts.reject(end, end, reason::ENDS_IN_DOCUMENT);
            }
            State::Inside(Inside {
                becomes: Becomes::Rejected { .. },
                ..
            })
            | State::Between(Level::Root)
            | State::Lost { .. } => {}
        }
    }

    /// The buffer loses so many bytes at its beginning, all of them settled.
    pub(super) fn shift(&mut self, by: usize) {
        if let State::Inside(Inside {
            becomes: Becomes::Record { start } | Becomes::Rejected { start, .. },
            ..
        }) = &mut self.state
        {
            *start -= by;
        }
    }

    fn root(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        let Some(c) = self.skip_space(bytes, cuts) else {
            return;
        };
        let reason = if self.ended {
            reason::AFTER_END
        } else {
            reason::NOT_JSON
        };
        let indent = self.indent.take();
        cuts.at += 1;
        match c {
            b'{' => {
                let becomes = Becomes::Record { start: cuts.at - 1 };
                self.enter(Item::bracket(self.member), Level::Root, indent, becomes);
            }
            b'[' => {
                self.in_object = false;
                self.state = State::Between(Level::Elements);
            }
            // A single stray mark does not make what follows it less of a document.
            b',' | b':' | b']' | b'}' => cuts.reject(cuts.at - 1, cuts.at, reason),
            _ => {
                cuts.reject(cuts.at - 1, cuts.at, reason);
                self.state = State::Lost {
                    resume: Level::Root,
                    indent: None,
                    reason,
                };
            }
        }
    }

    fn elements(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        let Some(c) = self.skip_space(bytes, cuts) else {
            return;
        };
        let indent = self.indent.take();
        let start = cuts.at;
        let no_object = || Becomes::Rejected {
            start,
            reason: reason::ELEMENT_NOT_OBJECT.to_string(),
        };
        cuts.at += 1;
        match c {
            b'{' => {
                self.enter(
                    Item::bracket(""),
                    Level::Elements,
                    indent,
                    Becomes::Record { start },
                );
            }
            b'[' => self.enter(Item::bracket(""), Level::Elements, indent, no_object()),
            b'"' => self.enter(Item::string(), Level::Elements, indent, no_object()),
            b',' => {}
            b']' if self.in_object => {
                self.enter(
                    Item::bracket(self.member),
                    Level::Root,
                    None,
                    Becomes::Structure,
                );
            }
            b']' => {
                self.ended = true;
                self.state = State::Between(Level::Root);
            }
            _ => {
                cuts.at = start;
                self.state = State::Word;
            }
        }
    }

    fn enter(&mut self, item: Item, level: Level, indent: Option<usize>, becomes: Becomes) {
        self.state = State::Inside(Inside {
            item,
            level,
            indent,
            becomes,
        });
    }

    fn inside(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        let State::Inside(inside) = &mut self.state else {
            return;
        };
        let (at, step) = inside.item.advance(bytes, cuts.at);
        cuts.at = at;
        let rejected = match (step, &inside.becomes) {
            (Step::More, _) => return,
            (_, Becomes::Rejected { start, reason }) => Some((*start, reason.clone())),
            (_, Becomes::Structure) => None,
            (_, Becomes::Record { start }) if at - start > self.sizes.record => {
                Some((*start, reason::too_long(self.sizes.record)))
            }
            (Step::Records, Becomes::Record { .. }) => None,
            (Step::End, Becomes::Record { start }) if bytes[at - 1] == b'}' => {
                cuts.record(*start, at);
                None
            }
            (Step::End, Becomes::Record { start }) => {
                Some((*start, reason::ELEMENT_NOT_OBJECT.to_string()))
            }
            (Step::Broken, Becomes::Record { start }) => {
                Some((*start, reason::BROKEN_STRING.to_string()))
            }
        };
        if let Some((start, reason)) = rejected {
            cuts.reject(start, at, &reason);
        }
        let level = inside.level;
        self.state = match step {
            Step::Records => {
                self.in_object = true;
                State::Between(Level::Elements)
            }
            Step::Broken => {
                let (resume, indent) = match inside.indent {
                    Some(indent) => (level, indent),
                    None => (Level::Root, 0),
                };
                let reason = reason::BROKEN_STRING;
                State::Lost {
                    resume,
                    indent: Some(indent),
                    reason,
                }
            }
            _ => {
                self.ended |= level == Level::Root;
                State::Between(level)
            }
        };
    }

    /// Rejects a number, a `null` or whatever else stands where an element should.
    fn word(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        let rest = &bytes[cuts.at..];
        let ends = |c: &u8| b" \t\r\n,[]{\"".contains(c);
        let len = rest.iter().position(ends);
        let end = cuts.at + len.unwrap_or(rest.len());
        cuts.reject(cuts.at, end, reason::ELEMENT_NOT_OBJECT);
        cuts.at = end;
        if len.is_some() {
            self.state = State::Between(Level::Elements);
        }
    }

    /// Rejects until a line begins with an opening bracket, as far in as asked for.
    fn lost(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        let State::Lost {
            resume,
            indent,
            reason,
        } = self.state
        else {
            return;
        };
        let start = cuts.at;
        while let Some(&c) = bytes.get(cuts.at) {
            let Some(here) = self.indent else {
                match memchr(b'\n', &bytes[cuts.at..]) {
                    Some(line_feed) => {
                        cuts.at += line_feed + 1;
                        self.indent = Some(0);
                    }
                    None => cuts.at = bytes.len(),
                }
                continue;
            };
            let begins = c == b'{' || c == b'[' && resume == Level::Root;
            if begins && indent.is_none_or(|indent| indent == here) {
                self.state = State::Between(resume);
                break;
            }
            self.indent = indented(here, c);
            cuts.at += 1;
        }
        cuts.reject(start, cuts.at, reason);
    }

    /// The next byte that is not white space.
    fn skip_space(&mut self, bytes: &[u8], cuts: &mut Cuts) -> Option<u8> {
        while let Some(&c) = bytes.get(cuts.at) {
            match c {
                b'\n' => self.indent = Some(0),
                b' ' | b'\t' | b'\r' => {
                    self.indent = self.indent.and_then(|here| indented(here, c))
                }
                _ => return Some(c),
            }
            cuts.at += 1;
        }
        None
    }
}

/// A line's white space with one more byte; `None` where the byte is none.
fn indented(here: usize, c: u8) -> Option<usize> {
    match c {
        b'\n' => Some(0),
        b'\r' => Some(here),
        b' ' | b'\t' => Some(here + 1),
        _ => None,
    }
}
