//! Which kinds of events a block holds: the type, the decision and the outcome of its rows.
//!
//! Names such as `token.mint` and `denied` are in nearly every block, and yet hardly ever in one
//! row. Where each is mentioned says nothing of that. So of each block the combinations that its
//! rows have are kept, which are few, and a filter that asks for another need not look at its rows.

use crate::column::Column;
use crate::error::{Result, StoreError};
use crate::varint::{put, take};
use crate::words::signed;

/// What makes a row's kind.
const COLUMNS: [Column; 3] = [Column::Type, Column::Decision, Column::Outcome];

/// The numbers of the names in [`COLUMNS`], each plus one, and 0 for none: looked for with each row
/// that is written, so it is what compares and hashes fast.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EventKind([u64; COLUMNS.len()]);

impl EventKind {
    /// The kind of a row that has these names.
    pub(crate) fn of(numbers: &[Option<u32>; Column::COUNT]) -> EventKind {
        let number = |column| numbers[column as usize].map_or(0, |number| u64::from(number) + 1);
        EventKind(COLUMNS.map(number))
    }

    /// The names of a row of this kind, as far as that says.
    pub(crate) fn numbers(self) -> [Option<i64>; Column::COUNT] {
        let mut numbers = [None; Column::COUNT];
        for (column, number) in COLUMNS.into_iter().zip(self.0) {
            numbers[column as usize] = number.checked_sub(1).map(signed);
        }
        numbers
    }

    /// Whether these columns, as bits, are one of those that make a kind.
    pub(crate) fn says(columns: u32) -> bool {
        COLUMNS.iter().any(|column| column.bit() == columns)
    }
}

/// So many are kept of a block. Of one that has more, none is.
const MOST: usize = 64;

/// Gathers the kinds of a block while its rows are written.
#[derive(Debug)]
pub(crate) struct Kinds {
    /// What was seen last stands first or near it: neighbours are alike.
    seen: Vec<EventKind>,
    too_many: bool,
}

impl Kinds {
    pub(crate) fn new() -> Kinds {
        Kinds {
            seen: Vec::new(),
            too_many: false,
        }
    }

    pub(crate) fn add(&mut self, kind: EventKind) {
        if self.too_many {
            return;
        }
        match self.seen.iter().position(|&seen| seen == kind) {
            Some(at) => self.seen.swap(0, at),
            None if self.seen.len() < MOST => self.seen.push(kind),
            None => self.too_many = true,
        }
    }

    /// What [`decode`] reads: the kinds in their order, of each its three numbers (LEB128). `None`
    /// where there are too many.
    pub(crate) fn encode(mut self) -> Option<Vec<u8>> {
        if self.too_many {
            return None;
        }
        self.seen.sort_unstable();
        let mut out = Vec::new();
        for number in self.seen.into_iter().flat_map(|kind| kind.0) {
            put(&mut out, number);
        }
        Some(out)
    }
}

/// The kinds of a block: at least one, rising, and no more than are kept.
pub(crate) fn decode(mut bytes: &[u8]) -> Result<Vec<EventKind>> {
    let damaged = || StoreError::damaged("the kinds of a zone");
    let mut kinds: Vec<EventKind> = Vec::new();
    while kinds.is_empty() || !bytes.is_empty() {
        let mut kind = EventKind::default();
        for number in &mut kind.0 {
            let read = take(&mut bytes).filter(|&read| read <= 1 << 32);
            *number = read.ok_or_else(damaged)?;
        }
        if kinds.len() == MOST || kinds.last().is_some_and(|&last| last >= kind) {
            return Err(damaged());
        }
        kinds.push(kind);
    }
    Ok(kinds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(kind: Option<u32>, decision: Option<u32>, outcome: Option<u32>) -> EventKind {
        let mut numbers = [Some(9); Column::COUNT];
        numbers[Column::Type as usize] = kind;
        numbers[Column::Decision as usize] = decision;
        numbers[Column::Outcome as usize] = outcome;
        EventKind::of(&numbers)
    }

    fn gathered(kinds: &[EventKind]) -> Option<Vec<u8>> {
        let mut gathered = Kinds::new();
        kinds.iter().for_each(|&kind| gathered.add(kind));
        gathered.encode()
    }

    #[test]
    fn kinds_read_back_each_once_and_in_their_order() {
        let (none, some) = (kind(None, None, None), kind(Some(7), None, Some(u32::MAX)));
        let other = kind(Some(7), None, Some(0));
        let bytes = gathered(&[some, none, some, other, none, none, other, some]);
        // 2^32 is 80 80 80 80 10.
        let expected = [0, 0, 0, 8, 0, 1, 8, 0, 0x80, 0x80, 0x80, 0x80, 0x10];
        assert_eq!(bytes.as_deref(), Some(expected.as_slice()));
        assert_eq!(decode(&expected), Ok(vec![none, other, some]));
        let mut numbers = [None; Column::COUNT];
        numbers[Column::Type as usize] = Some(7);
        numbers[Column::Outcome as usize] = Some(i64::from(u32::MAX));
        assert_eq!(some.numbers(), numbers);
    }

    #[test]
    fn more_kinds_than_are_kept_are_not_known() {
        let many: Vec<EventKind> = (0..65)
            .rev()
            .map(|n| kind(Some(n), None, Some(3)))
            .collect();
        let kept = gathered(&[&many[1..], &many[1..]].concat()).unwrap();
        let rising: Vec<EventKind> = many[1..].iter().rev().copied().collect();
        assert_eq!(decode(&kept), Ok(rising));
        assert_eq!(gathered(&many), None);
        assert_eq!(gathered(&[&many[..], &many[..1]].concat()), None);
    }

    #[test]
    fn what_is_no_list_of_kinds_is_damage() {
        let many: Vec<u8> = (0..=64).flat_map(|n| [n, 0, 0]).collect();
        assert_eq!(decode(&many[..3 * MOST]).map(|kinds| kinds.len()), Ok(MOST));
        let spoilt: [&[u8]; 7] = [
            &[],
            &[1, 2],
            &[0x80],
            &[1, 2, 3, 1, 2, 3],
            &[1, 2, 3, 1, 2, 0],
            // A number past 32 bits.
            &[0x81, 0x80, 0x80, 0x80, 0x10, 0, 0],
            &many,
        ];
        for spoilt in spoilt {
            let damage = StoreError::Damaged("the kinds of a zone".into());
            assert_eq!(decode(spoilt), Err(damage), "{spoilt:?}");
        }
    }
}
