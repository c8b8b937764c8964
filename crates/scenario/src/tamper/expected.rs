//! What an honest verifier must say.

use super::{Site, Tamper};
use crate::truth::{Counts, Word};
use serde::Serialize;
use std::path::PathBuf;

/// What an honest verifier must say of evidence that was tampered with, when the folder `evidence`
/// is imported with [`Expected::keys`]. Findings that the sound evidence has as well (`end-unknown`,
/// `key-untrusted`, `field-uncovered`, `chain-restarted`, `period-uncovered`, `tail-unsealed` …) are not
/// repeated here: compare with an import of the sound evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Expected {
    /// The tamper's name.
    pub tamper: &'static str,
    /// The code of the finding that must stand. Empty: nothing new may stand at all.
    pub code: &'static str,
    /// What that finding makes of its object; none where it changes no verdict.
    pub verdict: Option<Word>,
    /// Its source, below `evidence`; inside an archive, the entry's path. Empty: not fixed.
    pub path: String,
    /// Its stream, where the format has one.
    pub stream: Option<String>,
    /// Its record's number, where one record is meant and its number can be read.
    pub seq: Option<u64>,
    /// Its first and last number, where it is about a stretch.
    pub range: Option<(u64, u64)>,
    /// Where its record begins, and how long it is.
    pub extent: Option<(u64, u64)>,
    /// Codes that an honest verifier may give instead of [`Expected::code`], where the contract
    /// leaves it open. The counts below are those of the main code.
    pub or: Vec<&'static str>,
    /// Further findings that must stand: code and path.
    pub with: Vec<(&'static str, String)>,
    /// Codes of further findings that may stand.
    pub may: Vec<&'static str>,
    /// All records by verdict, where that is certain.
    pub records: Option<Counts>,
    /// The verdict of the stream, where there is one and it is certain.
    pub stream_verdict: Option<Word>,
    /// The verdict of the case.
    pub case: Word,
    /// The key files to import it with.
    pub keys: Vec<PathBuf>,
}

impl Expected {
    /// Nothing new: the sound evidence's counts, the key files that are there.
    pub(super) fn nothing(site: &Site, tamper: Tamper) -> Expected {
        let files = [crate::site::TRUSTED, crate::site::CLOUDTRAIL_KEYS];
        Expected {
            tamper: tamper.name(),
            code: "",
            verdict: None,
            path: String::new(),
            stream: None,
            seq: None,
            range: None,
            extent: None,
            or: Vec::new(),
            with: Vec::new(),
            may: Vec::new(),
            records: Some(site.truth.records),
            stream_verdict: None,
            case: site.truth.records.worst().unwrap_or(Word::Verified),
            keys: files
                .iter()
                .map(|file| site.keys_dir.join(file))
                .filter(|file| file.exists())
                .collect(),
        }
    }

    /// This finding, with this verdict.
    pub(super) fn finding(
        site: &Site,
        tamper: Tamper,
        code: &'static str,
        verdict: Option<Word>,
    ) -> Expected {
        Expected {
            code,
            verdict,
            ..Expected::nothing(site, tamper)
        }
    }

    pub(super) fn at(mut self, path: impl Into<String>) -> Expected {
        self.path = path.into();
        self
    }

    pub(super) fn stream(mut self, stream: &str, verdict: Word) -> Expected {
        self.stream = Some(stream.to_owned());
        self.stream_verdict = Some(verdict);
        self
    }

    pub(super) fn seq(mut self, seq: u64) -> Expected {
        self.seq = Some(seq);
        self
    }

    pub(super) fn range(mut self, first: u64, last: u64) -> Expected {
        self.range = Some((first, last));
        self
    }

    pub(super) fn extent(mut self, extent: (u64, u64)) -> Expected {
        self.extent = Some(extent);
        self
    }

    pub(super) fn or(mut self, codes: &[&'static str]) -> Expected {
        self.or.extend(codes);
        self
    }

    pub(super) fn with(mut self, code: &'static str, path: impl Into<String>) -> Expected {
        self.with.push((code, path.into()));
        self
    }

    pub(super) fn may(mut self, codes: &[&'static str]) -> Expected {
        self.may.extend(codes);
        self
    }

    /// Changes the counts.
    pub(super) fn records(mut self, change: impl FnOnce(&mut Counts)) -> Expected {
        if let Some(records) = &mut self.records {
            change(records);
        }
        self
    }

    /// The counts are not certain.
    pub(super) fn uncounted(mut self) -> Expected {
        self.records = None;
        self
    }

    /// Works out the verdict of the case.
    pub(super) fn close(mut self, site: &Site) -> Expected {
        let counted = self.records.unwrap_or(site.truth.records).worst();
        let verdicts = [
            counted,
            self.verdict,
            self.stream_verdict,
            Some(Word::Verified),
        ];
        self.case = verdicts
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(Word::Verified);
        let contradicts =
            |code: &str| matches!(code, "file-missing" | "record-altered" | "record-missing");
        if self.with.iter().any(|(code, _)| contradicts(code)) {
            self.case = Word::Contradicted;
        }
        self
    }
}
