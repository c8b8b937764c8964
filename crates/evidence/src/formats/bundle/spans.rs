//! Verdicts over the records of one file, as stretches.

use crate::FileId;
use crate::Verdict;
use crate::verify::Span;
use std::collections::BTreeMap;

/// A verdict for each ordinal; at first *unproven*.
#[derive(Debug, Clone)]
pub(super) struct Spans {
    records: u64,
    /// From each key on, up to the next.
    starts: BTreeMap<u64, Verdict>,
}

impl Spans {
    pub fn new(records: u64) -> Spans {
        Spans {
            records,
            starts: BTreeMap::from([(0, Verdict::UNPROVEN)]),
        }
    }

    fn cut(&mut self, at: u64) {
        if let Some((_, &verdict)) = self.starts.range(..=at).next_back() {
            self.starts.insert(at, verdict);
        }
    }

    /// Changes the verdict of `first..end`.
    fn change(&mut self, first: u64, end: u64, change: impl Fn(Verdict) -> Verdict) {
        let end = end.min(self.records);
        if first >= end {
            return;
        }
        self.cut(first);
        self.cut(end);
        for (_, verdict) in self.starts.range_mut(first..end) {
            *verdict = change(*verdict);
        }
    }

    /// A seal gives `first..end` this verdict.
    pub fn set(&mut self, first: u64, end: u64, verdict: Verdict) {
        self.change(first, end, |_| verdict);
    }

    /// Nothing in `first..end` is better than this.
    pub fn lower(&mut self, first: u64, end: u64, verdict: Verdict) {
        self.change(first, end, |before| before.worse(verdict));
    }

    /// What no seal proves is refuted.
    pub fn contradict_unproven(&mut self) {
        let refute = |verdict| {
            if verdict == Verdict::UNPROVEN {
                Verdict::CONTRADICTED
            } else {
                verdict
            }
        };
        self.change(0, self.records, refute);
    }

    /// The worst of all; `None` without records.
    pub fn worst(&self) -> Option<Verdict> {
        self.stretches().map(|(_, _, verdict)| verdict).min()
    }

    /// First, end and verdict of each stretch, neighbours with one verdict joined.
    fn stretches(&self) -> impl Iterator<Item = (u64, u64, Verdict)> {
        let mut starts = self.starts.range(..self.records).peekable();
        std::iter::from_fn(move || {
            let (&first, &verdict) = starts.next()?;
            while starts.next_if(|&(_, &next)| next == verdict).is_some() {}
            let end = starts.peek().map_or(self.records, |&(&next, _)| next);
            Some((first, end, verdict))
        })
    }

    pub fn into_spans(self, file: FileId, stream: usize) -> Vec<Span> {
        self.stretches()
            .map(|(first, end, verdict)| Span {
                file,
                first,
                last: end - 1,
                verdict,
                stream,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a plain array of verdicts.
        #[test]
        fn stretches_say_what_an_array_says(changes in proptest::collection::vec((0_u64..50, 0_u64..60, 0_u8..3, any::<bool>()), 0..20)) {
            let verdicts = [Verdict::CONTRADICTED, Verdict::UNPROVEN, Verdict::INTACT];
            let mut spans = Spans::new(50);
            let mut array = [Verdict::UNPROVEN; 50];
            for (first, end, which, set) in changes {
                let verdict = verdicts[which as usize];
                if set { spans.set(first, end, verdict) } else { spans.lower(first, end, verdict) }
                for slot in array.iter_mut().take(end as usize).skip(first as usize) {
                    *slot = if set { verdict } else { (*slot).min(verdict) };
                }
            }
            let mut told = Vec::new();
            for span in spans.clone().into_spans(FileId(0), 0) {
                prop_assert_eq!(span.first, told.len() as u64);
                told.extend((span.first..=span.last).map(|_| span.verdict));
            }
            prop_assert_eq!(&told[..], &array[..]);
            prop_assert_eq!(spans.worst(), array.iter().copied().min());
        }
    }
}
