//! Records by their place.

use evidence::FileId;

/// A record of the case: the file it stands in, and its ordinal there, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// The file.
    pub file: FileId,
    /// The place among the file's records.
    pub ordinal: u32,
}

impl RecordId {
    /// The number by which the case file knows it: `file << 32 | ordinal`. Orders as the records
    /// were imported.
    pub fn number(self) -> i64 {
        i64::from(self.file.0) << 32 | i64::from(self.ordinal)
    }

    /// The way back of [`RecordId::number`].
    pub fn from_number(number: i64) -> RecordId {
        RecordId {
            file: FileId((number >> 32) as u32),
            ordinal: number as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_file_and_ordinal() {
        let id = RecordId {
            file: FileId(3),
            ordinal: u32::MAX,
        };
        assert_eq!(id.number(), 0x3_ffff_ffff);
        assert_eq!(RecordId::from_number(id.number()), id);
    }
}
