//! One record a line.

use super::cuts::Cuts;
use super::{Sizes, reason};
use memchr::memchr_iter;

/// Which lines are records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Every one: in a sealed stream each line has a place, however malformed.
    Every,
    /// Every one but those of white space.
    NotBlank,
    /// Those that look like a JSON object. Blank ones are structure, others are rejected.
    Objects,
}

/// Cuts at line feeds. A record is its line without the LF.
#[derive(Debug)]
pub(super) struct Lines {
    rule: Rule,
    sizes: Sizes,
    /// Where the line that is not over begins; where it is too long, its part not yet rejected.
    start: usize,
    too_long: bool,
}

impl Lines {
    pub(super) fn new(rule: Rule, sizes: Sizes, start: usize) -> Lines {
        Lines {
            rule,
            sizes,
            start,
            too_long: false,
        }
    }

    pub(super) fn scan(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        let from = cuts.at;
        cuts.at = bytes.len();
        for line_feed in memchr_iter(b'\n', &bytes[from..]) {
            let end = from + line_feed;
            self.line(bytes, end, false, cuts);
            self.start = end + 1;
            if self.start >= self.sizes.batch {
                cuts.at = self.start;
                break;
            }
        }
        self.too_long |= cuts.at - self.start > self.sizes.record;
        if self.too_long {
            cuts.reject(self.start, cuts.at, &reason::too_long(self.sizes.record));
            self.start = cuts.at;
        }
        cuts.settled = self.start;
    }

    /// The file ends after `bytes`: what follows the last LF is a line too.
    pub(super) fn finish(&mut self, bytes: &[u8], cuts: &mut Cuts) {
        if self.start < bytes.len() {
            self.line(bytes, bytes.len(), true, cuts);
        }
    }

    /// The buffer loses so many bytes at its beginning.
    pub(super) fn shift(&mut self, by: usize) {
        self.start -= by;
    }

    fn line(&mut self, bytes: &[u8], end: usize, last: bool, cuts: &mut Cuts) {
        let line = &bytes[self.start..end];
        if self.too_long || line.len() > self.sizes.record {
            self.too_long = false;
            return cuts.reject(self.start, end, &reason::too_long(self.sizes.record));
        }
        let keep = match (self.rule, line) {
            (Rule::Every, _) | (_, [b'{', .., b'}']) => true,
            _ => match (self.rule, line.trim_ascii()) {
                (_, []) => return,
                (Rule::NotBlank, _) | (_, [b'{', .., b'}']) => true,
                _ => false,
            },
        };
        if keep {
            cuts.record(self.start, end);
        } else if last && line.trim_ascii_start().starts_with(b"{") {
            cuts.reject(self.start, end, reason::ENDS_IN_RECORD);
        } else {
            cuts.reject(self.start, end, reason::LINE_NOT_OBJECT);
        }
    }
}
