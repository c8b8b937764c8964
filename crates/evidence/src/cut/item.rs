//! Where a JSON value ends, told by its brackets and quotation marks alone.

use crate::json::scan;

/// A value that is being passed over, in as many pieces as it comes. It does not look whether the
/// value is sound: that is for the reader of the record.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Open brackets. A counter, so nesting costs nothing.
    depth: u64,
    in_string: bool,
    after_backslash: bool,
    member: Member,
}

/// How a piece ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The value goes on.
    More,
    /// The value ended with the last byte passed.
    End,
    /// The last byte passed opened the array of records.
    Records,
    /// The next byte is a line end inside a string, which no JSON has.
    Broken,
}

/// Looks for a member of the outermost object whose value is an array.
#[derive(Debug, Clone, Copy)]
struct Member {
    /// Its name. Empty: none is looked for.
    name: &'static [u8],
    seen: Seen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    /// So many bytes of the name, in a string that is not over.
    Part(usize),
    Name,
    Colon,
}

impl Item {
    /// An object or array whose opening bracket has been passed. In an object's own members, `name`
    /// is looked for.
    pub(super) fn bracket(name: &'static str) -> Item {
        let member = Member {
            name: name.as_bytes(),
            seen: Seen::Nothing,
        };
        Item {
            depth: 1,
            in_string: false,
            after_backslash: false,
            member,
        }
    }

    /// A string whose opening quotation mark has been passed.
    pub(super) fn string() -> Item {
        Item {
            depth: 0,
            in_string: true,
            ..Item::bracket("")
        }
    }

    /// Whether the bytes passed end inside a string.
    pub(super) fn in_string(&self) -> bool {
        self.in_string
    }

    /// Passes over `bytes` from `at` on; tells where it stopped and why.
    pub(super) fn advance(&mut self, bytes: &[u8], mut at: usize) -> (usize, Step) {
        loop {
            if self.in_string {
                match self.string_end(bytes, &mut at) {
                    Step::End if self.depth > 0 => {}
                    step => return (at, step),
                }
            }
            let Some(&c) = bytes.get(at) else {
                return (at, Step::More);
            };
            at += 1;
            match c {
                b'"' => {
                    self.in_string = true;
                    if self.depth == 1 {
                        self.member.begin_string();
                    }
                }
                b'[' if self.depth == 1 && self.member.seen == Seen::Colon => {
                    self.member.seen = Seen::Nothing;
                    return (at, Step::Records);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at, Step::End);
                    }
                }
                b':' if self.depth == 1 => self.member.colon(),
                b',' if self.depth == 1 => self.member.seen = Seen::Nothing,
                _ => {}
            }
        }
    }

    /// Passes over the rest of a string.
    fn string_end(&mut self, bytes: &[u8], at: &mut usize) -> Step {
        loop {
            if self.after_backslash {
                match bytes.get(*at) {
                    None => return Step::More,
                    Some(b'\n') => return Step::Broken,
                    Some(_) => *at += 1,
                }
                self.after_backslash = false;
            }
            let end = scan::special(bytes, *at);
            if self.depth == 1 {
                self.member.string_part(&bytes[*at..end]);
            }
            *at = end;
            match bytes.get(end) {
                None => return Step::More,
                Some(b'\n') => return Step::Broken,
                Some(b'"') => {
                    *at += 1;
                    self.in_string = false;
                    self.member.end_string();
                    return Step::End;
                }
                Some(&c) => {
                    *at += 1;
                    self.after_backslash = c == b'\\';
                    self.member.seen = Seen::Nothing;
                }
            }
        }
    }
}

impl Member {
    fn begin_string(&mut self) {
        self.seen = if self.name.is_empty() {
            Seen::Nothing
        } else {
            Seen::Part(0)
        };
    }

    fn string_part(&mut self, part: &[u8]) {
        if let Seen::Part(count) = self.seen {
            let same = self.name[count..].starts_with(part);
            self.seen = if same {
                Seen::Part(count + part.len())
            } else {
                Seen::Nothing
            };
        }
    }

    fn end_string(&mut self) {
        let whole = self.seen == Seen::Part(self.name.len());
        self.seen = if whole { Seen::Name } else { Seen::Nothing };
    }

    fn colon(&mut self) {
        self.seen = if self.seen == Seen::Name {
            Seen::Colon
        } else {
            Seen::Nothing
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Passes over a text that begins with a bracket, in pieces of so many bytes.
    fn pass(text: &[u8], name: &'static str, piece: usize) -> (usize, Step) {
        let mut item = Item::bracket(name);
        let mut at = 1;
        loop {
            let end = (at + piece).min(text.len());
            let (stopped, step) = item.advance(&text[..end], at);
            if step != Step::More || end == text.len() {
                return (stopped, step);
            }
            at = stopped;
        }
    }

    #[test]
    fn a_value_ends_where_its_brackets_do_in_whatever_pieces_it_comes() {
        for (text, name, expected) in [
            ("{}x", "", (2, Step::End)),
            (r#"{"a":"}\"}\\"}x"#, "", (14, Step::End)),
            (r#"[{"a":[1,{}]},"]"] ]"#, "", (18, Step::End)),
            (r#"{"Records":[{}]}"#, "", (16, Step::End)),
            (r#"{"Records":[{}]}"#, "Records", (12, Step::Records)),
            (
                r#"{"a":{"Records":[]}, "Records" : [1]}"#,
                "Records",
                (34, Step::Records),
            ),
            (r#"{"a":{"Records":[]}}"#, "Records", (20, Step::End)),
            (r#"{"Records":{},"a":[]}"#, "Records", (21, Step::End)),
            (
                r#"{"Record":[],"Recordss":[],"xRecords":[],"":[]}"#,
                "Records",
                (47, Step::End),
            ),
            (
                r#"{"\Records":[],"Recor\ds":[]}"#,
                "Records",
                (29, Step::End),
            ),
            (r#"{"a":"Records","b":[]}"#, "Records", (22, Step::End)),
            ("{\"a\":\"b\nc\"}", "", (7, Step::Broken)),
            ("{\"a\":\"b\\\nc\"}", "", (8, Step::Broken)),
            ("{\"a\tb\":1}", "", (9, Step::End)),
            (r#"{"a":[1"#, "", (7, Step::More)),
        ] {
            for piece in 1..=text.len() {
                assert_eq!(
                    pass(text.as_bytes(), name, piece),
                    expected,
                    "{text} by {piece}"
                );
            }
        }
    }

    #[test]
    fn a_document_nested_100_000_deep_is_passed_over() {
        let text = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        assert_eq!(pass(&text, "", 4096), (200_000, Step::End));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in "[{\\[\\]}\",:\\\\Records\n]{0,40}", piece in 1_usize..9) {
            let text = format!("{{{bytes}");
            let _ = pass(text.as_bytes(), "Records", piece);
        }
    }
}
