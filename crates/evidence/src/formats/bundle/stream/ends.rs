//! How a stream ends, how its keys and its time go on, and its axes.

use super::*;

impl Judge<'_> {
    /// Records after the end, after the newest seal, and whether the end is sealed.
    pub(super) fn ends(&mut self, seals: &[Seal]) -> Result<bool, LookupError> {
        let end = self.assembly.end();
        let close = self
            .placed_marks()
            .into_iter()
            .find(|(_, mark)| mark.role == Role::Close && !self.altered.contains(&mark.ordinal))
            .map(|(seq, _)| seq);
        if let Some(close) = close.filter(|close| close + 1 < end)
            && let Some(ordinal) = (close + 1..end).find_map(|seq| self.ordinal_of(seq))
        {
            let message = format!(
                "record {close} closed the stream, and {} more stand after it",
                end - close - 1
            );
            let finding = self
                .finding(Code::RecordAfterEnd, Some(Verdict::CONTRADICTED), message)
                .at_seq(close + 1)
                .over(close + 1, end - 1);
            self.findings.push(self.at(finding, ordinal)?);
        }
        let newest = self.named_size(seals);
        if self.exhibits.checkpoints.is_empty() {
            let message =
                "no checkpoint came with this stream: nothing seals its records".to_owned();
            self.findings
                .push(self.finding(Code::SealMissing, Some(Verdict::UNPROVEN), message));
        } else if let Some(newest) = newest.filter(|newest| *newest < end) {
            let last = close.map_or(end, |close| close + 1).max(newest);
            if last > newest
                && let Some(ordinal) = (newest..last).find_map(|seq| self.ordinal_of(seq))
            {
                let message = format!(
                    "the newest checkpoint covers {newest} records; {} more are not sealed yet",
                    last - newest
                );
                let finding = self
                    .finding(Code::TailUnsealed, Some(Verdict::UNPROVEN), message)
                    .at_seq(newest)
                    .over(newest, last - 1);
                self.findings.push(self.at(finding, ordinal)?);
            }
        }
        let sealed = self
            .good
            .iter()
            .map(|(index, _)| self.exhibits.checkpoints[*index].size)
            .max()
            .unwrap_or(0);
        let closed = close.is_some_and(|close| close + 1 == end && sealed == end);
        let truncated = self
            .findings
            .iter()
            .any(|finding| finding.code == Code::StreamTruncated);
        if close.is_none() && !truncated {
            let message =
                "no stream.close: a tail cut together with its checkpoints could not be seen";
            self.findings
                .push(self.finding(Code::EndUnknown, None, message));
        }
        Ok(closed)
    }

    pub(super) fn rotations(&mut self, succession: &Succession) -> Result<(), LookupError> {
        for (mark, why) in &succession.invalid {
            self.spans
                .lower(mark.ordinal, mark.ordinal + 1, Verdict::CONTRADICTED);
            // A rotation that was altered has that for its cause.
            if self.altered.contains(&mark.ordinal) {
                continue;
            }
            let mut finding = self.finding(
                Code::EndorsementInvalid,
                Some(Verdict::CONTRADICTED),
                format!("{why}; nothing makes the new key this stream's"),
            );
            finding.place.seq = self.seq_of(mark.ordinal);
            self.findings.push(self.at(finding, mark.ordinal)?);
        }
        Ok(())
    }

    /// Times that run back and silences, where the lines on both sides stand as they were sealed.
    pub(super) fn times(&mut self) {
        let sound = |ordinal: u64| {
            let neighbours = ordinal.checked_sub(1).map(|before| (before, ordinal));
            neighbours.is_some_and(|(before, here)| {
                let seqs = (self.seq_of(before), self.seq_of(here));
                matches!(seqs, (Some(first), Some(second)) if first + 1 == second)
                    && !self.altered.contains(&before)
                    && !self.altered.contains(&here)
            })
        };
        let runs = self.exhibits.runs;
        let mut found = Vec::new();
        for (code, remarks) in [
            (Code::ClockBackwards, &runs.backwards),
            (Code::HeartbeatMissed, &runs.silences),
        ] {
            for remark in remarks.iter().filter(|remark| sound(remark.ordinal)) {
                let mut finding = self.finding(code, None, remark.words.clone()).at_record(
                    remark.ordinal,
                    remark.offset,
                    remark.length,
                );
                finding.place.seq = remark.seq;
                finding.place.period = remark.period;
                found.push(finding);
            }
        }
        self.findings.append(&mut found);
    }

    pub(super) fn axes(&self, seals: &[Seal], closed: bool) -> Axes {
        let has = |code: Code| self.findings.iter().any(|finding| finding.code == code);
        let broken = [
            Code::RecordAltered,
            Code::RecordMissing,
            Code::RecordInserted,
            Code::RecordRepeated,
            Code::RecordReordered,
            Code::StreamCrossed,
            Code::StreamForked,
            Code::StreamTruncated,
            Code::ChainRestarted,
            Code::SealInvalid,
            Code::EndorsementInvalid,
            Code::RecordAfterEnd,
        ];
        let sealed = !self.good.is_empty();
        // The seals' worth for the records that are covered worst; without a seal that holds, what
        // there is to say of those that do not.
        let newest = self
            .good
            .last()
            .map(|(_, seal)| seal)
            .or(seals.iter().rev().find(|seal| **seal != Seal::Void))
            .or(seals.last());
        Axes {
            form: if self.exhibits.file.malformed.is_empty()
                && self.exhibits.file.rejected_bytes == 0
            {
                Form::Ok
            } else {
                Form::Malformed
            },
            integrity: match () {
                () if broken.into_iter().any(has) => Integrity::Broken,
                () if self.exhibits.checkpoints.is_empty() => Integrity::Unsealed,
                () => Integrity::Ok,
            },
            author: match newest {
                None => Author::None,
                Some(Seal::Vouched(..)) => Author::Trusted,
                Some(Seal::Known(_)) => Author::Unknown,
                Some(Seal::Unproven(_)) => Author::Unchecked,
                Some(Seal::Void) => Author::Refuted,
            },
            completeness: match () {
                () if self.forked => Completeness::Forked,
                () if has(Code::RecordMissing) => Completeness::Gap,
                () if has(Code::StreamTruncated) => Completeness::Truncated,
                () if closed => Completeness::Closed,
                () if sealed => Completeness::Open,
                () => Completeness::Unknown,
            },
            time: if has(Code::ClockBackwards) {
                Time::Contradicted
            } else {
                Time::Asserted
            },
        }
    }
}
