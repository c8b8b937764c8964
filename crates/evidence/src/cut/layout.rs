//! How the records lie in a file, told from its first bytes.

use super::Sizes;
use super::document::Document;
use super::item::{Item, Step};
use super::lines::{Lines, Rule};
use crate::Kind;
use memchr::memchr;

/// A byte order mark. Where JSON may begin, one at the file's beginning is structure.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What lies where.
#[derive(Debug)]
pub(super) enum Layout {
    /// One record a line.
    Lines(Lines),
    /// Records in JSON documents.
    Document(Document),
    /// Nothing but structure: a kind without records.
    Structure,
}

impl Layout {
    /// Decides from the file's beginning, and tells where the first line or document begins in it.
    /// `None` wants more of it; `whole` says that there is no more. One answer for one file, however
    /// much of it is at hand.
    pub(super) fn of(
        kind: Kind,
        bytes: &[u8],
        whole: bool,
        sizes: Sizes,
    ) -> Option<(Layout, usize)> {
        let (rule, member) = match kind {
            Kind::BundleStream => {
                return Some((Layout::Lines(Lines::new(Rule::Every, sizes, 0)), 0));
            }
            Kind::Receipts => (Rule::NotBlank, ""),
            Kind::CloudTrailLog => (Rule::Objects, "Records"),
            Kind::KubernetesAudit => (Rule::Objects, "items"),
            Kind::VaultAudit => (Rule::Objects, ""),
            _ => return Some((Layout::Structure, 0)),
        };
        if !whole && bytes.len() < BYTE_ORDER_MARK.len() {
            return None;
        }
        let start = if bytes.starts_with(BYTE_ORDER_MARK) {
            BYTE_ORDER_MARK.len()
        } else {
            0
        };
        let layout = match in_lines(&bytes[start..], whole, sizes.record, member)? {
            true => Layout::Lines(Lines::new(rule, sizes, start)),
            false => Layout::Document(Document::new(member, sizes)),
        };
        Some((layout, start))
    }
}

/// Whether the first line that begins like JSON is a whole object and nothing else, and not one
/// around an array of records. Lines before it (a header, the rest of a line that was cut) and
/// damaged lines decide nothing. A beginning longer than a record may be is taken for lines, since
/// those that follow can then still be read.
fn in_lines(bytes: &[u8], whole: bool, limit: usize, member: &'static str) -> Option<bool> {
    let whole = whole && bytes.len() <= limit;
    let bytes = &bytes[..bytes.len().min(limit + 1)];
    let more = || (whole || bytes.len() > limit).then_some(true);
    let mut rest = bytes;
    loop {
        rest = rest.trim_ascii_start();
        let line_feed = memchr(b'\n', rest);
        let (line, next) = rest.split_at(line_feed.map_or(rest.len(), |at| at + 1));
        match line.first() {
            Some(b'[') => return Some(false),
            Some(b'{') => {
                let mut item = Item::bracket(member);
                let (at, step) = item.advance(line.trim_ascii_end(), 1);
                match step {
                    Step::Records => return Some(false),
                    Step::End if at < line.trim_ascii_end().len() => return Some(false),
                    Step::End if line_feed.is_some() => return Some(true),
                    Step::More if line_feed.is_some() && !item.in_string() => {
                        match next.trim_ascii_start().first() {
                            None if !whole => return more(),
                            Some(b'{') if !awaits_value(line) => {}
                            _ => return Some(false),
                        }
                    }
                    _ => {}
                }
            }
            _ => {}
        }
        if line_feed.is_none() {
            return more();
        }
        rest = next;
    }
}

/// Whether a line ends where an object may begin the next.
fn awaits_value(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b',' | b':' | b'['))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes {
        record: 40,
        batch: 64,
    };

    fn lines(text: &str, whole: bool) -> Option<bool> {
        in_lines(text.as_bytes(), whole, SIZES.record, "Records")
    }

    #[test]
    fn one_object_a_line_is_lines() {
        for text in [
            "{\"a\":1}\n{\"b\":2}\n",
            "\n \r\n{\"a\":{}} \r\n",
            "{\"a\":1}",
            "{\"a\":{\"Records\":[]}}\n",
            "time,user\n1,2\n{\"a\":1}\n",
            "\":1}\n{\"a\":1}\n",
            "{\"a\":\"b\n{\"a\":1}\n",
            "{\"a\":{\"b\":1\n{\"a\":1}\n",
            "time,user\n",
            "{\"a\":1",
            "",
        ] {
            assert_eq!(lines(text, true), Some(true), "{text:?}");
        }
    }

    #[test]
    fn anything_around_or_across_lines_is_a_document() {
        for text in [
            "[",
            " [\n{\"a\":1}\n]",
            "{\"Records\":[",
            "{\"x\":1,\"Records\" : [{}]}\n{\"Records\":[]}",
            "{\n \"a\":1\n}",
            "{\n",
            "{\"a\":1}{\"a\":2}\n",
            "{\"a\":\n{\"b\":1}}",
            "{\"a\":[{},\n{\"b\":1}]}",
        ] {
            assert_eq!(lines(text, true), Some(false), "{text:?}");
        }
    }

    #[test]
    fn what_is_not_clear_yet_waits_for_more_but_not_forever() {
        for text in [
            "",
            " \n",
            "{\"a\":1}",
            "{\"a\":",
            "{\"a\":1\n ",
            "time,user\n",
        ] {
            assert_eq!(lines(text, false), None, "{text:?}");
        }
        for text in [
            " ".repeat(41),
            format!("{{\"a\":\"{}", "x".repeat(40)),
            "a,b\n".repeat(11),
        ] {
            assert_eq!(lines(&text, false), Some(true), "{text:?}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_structure_unless_lines_are_sealed() {
        let text = "\u{feff}[".as_bytes();
        for kind in [
            Kind::Receipts,
            Kind::CloudTrailLog,
            Kind::KubernetesAudit,
            Kind::VaultAudit,
        ] {
            assert!(Layout::of(kind, &text[..2], false, SIZES).is_none());
            let layout = Layout::of(kind, text, false, SIZES);
            assert!(matches!(layout, Some((Layout::Document(_), 3))));
        }
        let layout = Layout::of(Kind::BundleStream, text, false, SIZES);
        assert!(matches!(layout, Some((Layout::Lines(_), 0))));
    }
}
