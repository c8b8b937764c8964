//! Findings: what is wrong, or worth knowing, and exactly where (`docs/contract.md`, *Integrity findings*).

use crate::{FileId, Micros, Verdict};
use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal),+ $(,)?) => {
        /// What was found. The words are those of the contract, and fixed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Code { $($(#[$doc])* $variant),+ }
        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant),+];
            /// The word of the contract.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),+ }
            }
            /// The code of a word of the contract.
            pub fn from_word(word: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.as_str() == word)
            }
        }
    };
}

codes! {
    /// A record's bytes differ from the digest that seals it.
    RecordAltered = "record-altered",
    /// A gap.
    RecordMissing = "record-missing",
    /// A record that is not in the sealed sequence.
    RecordInserted = "record-inserted",
    /// The same record again in one file.
    RecordRepeated = "record-repeated",
    /// A record stands elsewhere than it was sealed.
    RecordReordered = "record-reordered",
    /// A record is not what its format allows.
    RecordMalformed = "record-malformed",
    /// The seal names records past the last one here.
    StreamTruncated = "stream-truncated",
    /// Two sealed versions of one stream disagree.
    StreamForked = "stream-forked",
    /// A record or seal belongs to another stream.
    StreamCrossed = "stream-crossed",
    /// A record after the one that closes its stream.
    RecordAfterEnd = "record-after-end",
    /// A new beginning in the middle.
    ChainRestarted = "chain-restarted",
    /// Records after the newest seal.
    TailUnsealed = "tail-unsealed",
    /// No seal of the end.
    EndUnknown = "end-unknown",
    /// Silence longer than the stream promised.
    HeartbeatMissed = "heartbeat-missed",
    /// Time runs back in a stream.
    ClockBackwards = "clock-backwards",
    /// A signature does not verify.
    SignatureInvalid = "signature-invalid",
    /// A signature that the format requires is not there.
    SignatureMissing = "signature-missing",
    /// Only a lenient verifier would pass the signature.
    SignatureWeak = "signature-weak",
    /// An algorithm or version that the format does not allow.
    AlgorithmRefused = "algorithm-refused",
    /// No public key at hand.
    KeyUnknown = "key-unknown",
    /// Only a key that came with the evidence.
    KeyUntrusted = "key-untrusted",
    /// Signed outside the key's validity.
    KeyExpired = "key-expired",
    /// Signed after the key's revocation.
    KeyRevoked = "key-revoked",
    /// A key rotation that the old key did not endorse.
    EndorsementInvalid = "endorsement-invalid",
    /// A seal is malformed, does not fit what it seals, or contradicts another.
    SealInvalid = "seal-invalid",
    /// A seal that must be there is not.
    SealMissing = "seal-missing",
    /// A file's hash differs from the manifest's or digest's.
    FileAltered = "file-altered",
    /// A file is listed and not there.
    FileMissing = "file-missing",
    /// A file is there and not listed.
    FileUnlisted = "file-unlisted",
    /// A file's path is not the signed one.
    FileMoved = "file-moved",
    /// A stretch of the asked period that no sealed file covers.
    PeriodUncovered = "period-uncovered",
    /// Bytes after the end of a compressed stream or document.
    TrailingData = "trailing-data",
    /// An archive entry that was not opened.
    EntryRefused = "entry-refused",
    /// Members that the seal leaves out.
    FieldUncovered = "field-uncovered",
}

/// Something found, as a value. How it is shown is the front ends' affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: Code,
    /// What it makes of its object; `None` where it changes no verdict.
    pub verdict: Option<Verdict>,
    /// Where.
    pub place: Place,
    /// In plain words, with what follows from it.
    pub message: String,
}

/// Where a finding is. Whatever does not apply is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The file.
    pub file: Option<FileId>,
    /// A path where there is no file of the case: a missing one, a refused archive entry.
    pub path: Option<String>,
    /// The stream's id.
    pub stream: Option<String>,
    /// The format's own number of the record.
    pub seq: Option<u64>,
    /// The record's ordinal in the file, from 0.
    pub ordinal: Option<u64>,
    /// Byte offset in the decompressed original.
    pub offset: Option<u64>,
    /// Length in bytes, without a line's LF.
    pub length: Option<u64>,
    /// First and last number of a stretch of records, and how many.
    pub range: Option<(u64, u64, u64)>,
    /// A stretch of time.
    pub period: Option<(Micros, Micros)>,
    /// Names of members.
    pub members: Vec<String>,
}

impl Finding {
    /// A finding about a stream or file as a whole; narrow it with the other builders.
    pub fn new(code: Code, verdict: Option<Verdict>, message: impl Into<String>) -> Finding {
        Finding {
            code,
            verdict,
            place: Place::default(),
            message: message.into(),
        }
    }

    /// In this file.
    #[must_use]
    pub fn in_file(mut self, file: FileId) -> Finding {
        self.place.file = Some(file);
        self
    }

    /// At a path that is no file of the case.
    #[must_use]
    pub fn at_path(mut self, path: impl Into<String>) -> Finding {
        self.place.path = Some(path.into());
        self
    }

    /// In this stream.
    #[must_use]
    pub fn in_stream(mut self, stream: impl Into<String>) -> Finding {
        self.place.stream = Some(stream.into());
        self
    }

    /// At the record with this number.
    #[must_use]
    pub fn at_seq(mut self, seq: u64) -> Finding {
        self.place.seq = Some(seq);
        self
    }

    /// At the record with this ordinal, offset and length.
    #[must_use]
    pub fn at_record(mut self, ordinal: u64, offset: u64, length: u64) -> Finding {
        self.place.ordinal = Some(ordinal);
        self.place.offset = Some(offset);
        self.place.length = Some(length);
        self
    }

    /// Over a stretch of numbers, both ends included.
    #[must_use]
    pub fn over(mut self, first: u64, last: u64) -> Finding {
        self.place.range = Some((first, last, last.saturating_sub(first).saturating_add(1)));
        self
    }

    /// Over a stretch of time.
    #[must_use]
    pub fn during(mut self, from: Micros, until: Micros) -> Finding {
        self.place.period = Some((from, until));
        self
    }

    /// About these members.
    #[must_use]
    pub fn about(mut self, members: impl IntoIterator<Item = impl Into<String>>) -> Finding {
        self.place.members = members.into_iter().map(Into::into).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_codes_agree_with_their_serialisation() {
        for &code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(Code::from_word(code.as_str()), Some(code));
        }
    }
}
