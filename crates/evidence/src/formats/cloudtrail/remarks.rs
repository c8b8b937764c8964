//! The findings of a judgement, gathered stream by stream.

use crate::{Code, FileId, Finding, Verdict};
use std::collections::BTreeMap;

/// Of files that lie elsewhere than they were sealed, so many are named in each stream.
const MOST_MOVED: usize = 20;

/// What was found, and what it makes of each stream.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    pub findings: Vec<Finding>,
    streams: BTreeMap<String, Remarked>,
}

#[derive(Debug, Default)]
struct Remarked {
    worst: Option<Verdict>,
    moved: usize,
    /// Said once a stream: how often, and an example.
    once: BTreeMap<Code, (usize, Option<Verdict>, FileId, String)>,
}

impl Remarks {
    fn stream(&mut self, stream: &str) -> &mut Remarked {
        if !self.streams.contains_key(stream) {
            self.streams.insert(stream.to_owned(), Remarked::default());
        }
        self.streams.get_mut(stream).expect("inserted")
    }

    /// A finding about a stream or one of its seals.
    pub fn say(&mut self, stream: &str, finding: Finding) {
        let remarked = self.stream(stream);
        if let Some(verdict) = finding.verdict {
            remarked.worst = Some(remarked.worst.map_or(verdict, |worst| worst.worse(verdict)));
        }
        self.findings.push(finding.in_stream(stream));
    }

    /// Something that is said once a stream, however many seals it is true of; the last one told is
    /// the example.
    pub fn once(
        &mut self,
        stream: &str,
        code: Code,
        verdict: Verdict,
        file: FileId,
        words: impl Into<String>,
    ) {
        let said = self.stream(stream).once.remove(&code);
        let count = said.map_or(0, |(count, ..)| count);
        let once = (count + 1, Some(verdict), file, words.into());
        self.stream(stream).once.insert(code, once);
    }

    /// Takes back what was said of a file, for another finding explains it.
    pub fn withdraw(&mut self, code: Code, file: FileId) {
        self.findings
            .retain(|finding| finding.code != code || finding.place.file != Some(file));
    }

    /// A file that does not lie where its seal says.
    pub fn moved(&mut self, stream: &str, file: FileId, path: &str, key: &str) {
        let remarked = self.stream(stream);
        remarked.moved += 1;
        if remarked.moved <= MOST_MOVED {
            let message = format!(
                "it lies at {path}, and was sealed as {key}; its bytes are judged all the same"
            );
            self.say(
                stream,
                Finding::new(Code::FileMoved, None, message).in_file(file),
            );
        }
    }

    /// Says what is said once, and how many more files were moved.
    pub fn conclude(&mut self) {
        for (stream, remarked) in std::mem::take(&mut self.streams) {
            let more = remarked.moved.saturating_sub(MOST_MOVED);
            let once = remarked.once;
            self.streams.insert(
                stream.clone(),
                Remarked {
                    worst: remarked.worst,
                    ..Remarked::default()
                },
            );
            if more > 0 {
                let message = format!(
                    "{more} more files of this stream lie elsewhere than they were sealed; they are not listed one by one"
                );
                self.say(&stream, Finding::new(Code::FileMoved, None, message));
            }
            for (code, (count, verdict, file, words)) in once {
                let message = if count > 1 {
                    format!("{words} (and so for {count} digests of this stream)")
                } else {
                    words
                };
                self.say(&stream, Finding::new(code, verdict, message).in_file(file));
            }
        }
    }

    /// The worst that was said of a stream.
    pub fn worst(&self, stream: &str) -> Option<Verdict> {
        self.streams.get(stream)?.worst
    }
}
