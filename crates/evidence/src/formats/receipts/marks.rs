//! The verdicts of records, as they are found.

use crate::verify::Span;
use crate::{FileId, Verdict};
use std::collections::BTreeMap;

/// The verdict of each record of some files. Where several things are said of one record, the
/// worst holds.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// From the first ordinal of a stretch to its last, its stream and its verdict.
    stretches: BTreeMap<(FileId, u64), (u64, usize, Verdict)>,
}

impl Marks {
    /// Says something of the records `first..=last` of a file.
    pub fn set(&mut self, file: FileId, first: u64, last: u64, stream: usize, verdict: Verdict) {
        self.cut(file, first);
        if let Some(next) = last.checked_add(1) {
            self.cut(file, next);
        }
        let mut at = first;
        let inside: Vec<(u64, u64)> = self
            .stretches
            .range((file, first)..=(file, last))
            .map(|(&(_, from), &(to, ..))| (from, to))
            .collect();
        for (from, to) in inside {
            if from > at {
                self.stretches
                    .insert((file, at), (from - 1, stream, verdict));
            }
            if let Some((_, _, known)) = self.stretches.get_mut(&(file, from)) {
                *known = known.worse(verdict);
            }
            at = to.saturating_add(1);
        }
        if at <= last {
            self.stretches.insert((file, at), (last, stream, verdict));
        }
    }

    /// Makes a stretch begin at `at`, where one goes across it.
    fn cut(&mut self, file: FileId, at: u64) {
        let before = self.stretches.range_mut((file, 0)..(file, at)).next_back();
        if let Some((_, (last, stream, verdict))) = before
            && *last >= at
        {
            let rest = (*last, *stream, *verdict);
            *last = at - 1;
            self.stretches.insert((file, at), rest);
        }
    }

    /// The stretches in order; neighbours that share stream and verdict are one.
    pub fn into_spans(self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::with_capacity(self.stretches.len());
        for ((file, first), (last, stream, verdict)) in self.stretches {
            match spans.last_mut() {
                Some(span)
                    if span.file == file
                        && span.last.checked_add(1) == Some(first)
                        && span.stream == stream
                        && span.verdict == verdict =>
                {
                    span.last = last;
                }
                _ => spans.push(Span {
                    file,
                    first,
                    last,
                    verdict,
                    stream,
                }),
            }
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VERDICTS: [Verdict; 3] = [Verdict::CONTRADICTED, Verdict::UNPROVEN, Verdict::INTACT];

    proptest! {
        /// Against one verdict a record, kept one by one.
        #[test]
        fn each_record_has_the_worst_of_what_was_said(
            said in prop::collection::vec((0u64..40, 0u64..12, 0usize..3), 0..20)
        ) {
            let mut marks = Marks::default();
            let mut single = [None; 64];
            for (first, more, verdict) in said {
                let verdict = VERDICTS[verdict];
                marks.set(FileId(1), first, first + more, 0, verdict);
                for known in &mut single[first as usize..=(first + more) as usize] {
                    *known = Some(known.map_or(verdict, |known: Verdict| known.worse(verdict)));
                }
            }
            let mut spanned = [None; 64];
            let mut end = None;
            for span in marks.into_spans() {
                prop_assert!(end < Some(span.first));
                end = Some(span.last);
                for place in span.first..=span.last {
                    spanned[place as usize] = Some(span.verdict);
                }
            }
            prop_assert_eq!(spanned, single);
        }
    }
}
