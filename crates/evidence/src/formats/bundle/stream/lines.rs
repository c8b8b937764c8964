//! Lines that are missing, moved, damaged or strange to the stream.

use super::*;

impl Judge<'_> {
    /// Holes, a cut tail, and lines that stand elsewhere.
    pub(super) fn missing_and_moved(&mut self, seals: &[Seal]) -> Result<(), LookupError> {
        let pieces = self.assembly.sequence.pieces.clone();
        let mut next = 0;
        for piece in &pieces {
            if piece.from > next && !self.too_long_to_read(next, piece) {
                let (first, last) = (next, piece.from - 1);
                let count = piece.from - next;
                let what = if count == 1 {
                    format!("record {first} is")
                } else {
                    format!("records {first} to {last} ({count}) are")
                };
                let message = format!("{what} missing between the lines that are here");
                self.findings.push(
                    self.finding(Code::RecordMissing, Some(Verdict::CONTRADICTED), message)
                        .at_seq(first)
                        .over(first, last),
                );
            }
            next = piece.to;
            let run = &self.exhibits.runs.runs[piece.run];
            if piece.standing == Standing::StandIn && run.begins_stream() {
                let message = "the stream begins anew here, which the format does not allow: a stream has one record 0";
                let finding = self
                    .finding(Code::ChainRestarted, Some(Verdict::CONTRADICTED), message)
                    .at_seq(0);
                self.findings.push(self.at(finding, piece.ordinal)?);
            }
            if piece.standing == Standing::Moved {
                let (first, last) = (piece.from, piece.to - 1);
                let message = if first == last {
                    format!("record {first} stands elsewhere in the file than it was sealed")
                } else {
                    format!(
                        "records {first} to {last} stand elsewhere in the file than they were sealed"
                    )
                };
                let finding = self
                    .finding(Code::RecordReordered, Some(Verdict::CONTRADICTED), message)
                    .at_seq(first)
                    .over(first, last);
                self.findings.push(self.at(finding, piece.ordinal)?);
            }
        }
        let sealed_size = self.named_size(seals);
        // The manifest counts lines: those that have a place, and those that have none.
        let strays: u64 = self
            .assembly
            .sequence
            .strays
            .iter()
            .map(|stray| stray.piece.len())
            .sum();
        let listed = self
            .exhibits
            .listed
            .filter(|listed| *listed > next + strays);
        let named = sealed_size.max(listed).unwrap_or(0);
        if named > next && !self.forked {
            let by = if sealed_size == Some(named) {
                "the newest checkpoint"
            } else {
                "the manifest"
            };
            let message = format!(
                "{by} names {named} records, and the last one here is the {next}th: the tail is cut"
            );
            self.findings.push(
                self.finding(Code::StreamTruncated, Some(Verdict::CONTRADICTED), message)
                    .at_seq(next)
                    .over(next, named - 1),
            );
        }
        Ok(())
    }

    /// Whether lines that are longer than the limit lie where these numbers are missing: they are
    /// there, and were not read.
    pub(super) fn too_long_to_read(&self, from: u64, after: &Piece) -> bool {
        let offset_of = |ordinal| self.exhibits.lookup.extent(self.exhibits.file.id, ordinal);
        let begin = after.ordinal.checked_sub(1).map_or(Ok(0), |before| {
            offset_of(before).map(|(offset, length)| offset + length)
        });
        let (Ok(begin), Ok((end, _))) = (begin, offset_of(after.ordinal)) else {
            return false;
        };
        let between = self
            .exhibits
            .file
            .rejected
            .iter()
            .filter(|rejected| (begin..end).contains(&rejected.offset))
            .count();
        between as u64 == after.from - from
    }

    /// The size of the newest checkpoint that is not void.
    pub(super) fn named_size(&self, seals: &[Seal]) -> Option<u64> {
        self.exhibits
            .checkpoints
            .iter()
            .zip(seals)
            .filter(|(_, seal)| **seal != Seal::Void)
            .map(|(checkpoint, _)| checkpoint.size)
            .max()
    }

    /// Lines that are not the sealed ones.
    pub(super) fn damaged(&mut self, tiled: &[usize]) -> Result<(), LookupError> {
        let by_tiles = tiled
            .iter()
            .map(|&index| self.exhibits.checkpoints[index].size)
            .max()
            .unwrap_or(0);
        for (piece, end) in self
            .assembly
            .sequence
            .pieces
            .iter()
            .zip(&self.assembly.ends)
        {
            if end.mended && piece.to > by_tiles {
                self.altered.insert(piece.end_ordinal() - 1);
            }
        }
        for ordinal in self.altered.clone() {
            self.spans
                .lower(ordinal, ordinal + 1, Verdict::CONTRADICTED);
            let seq = self.seq_of(ordinal);
            let piece = self
                .assembly
                .sequence
                .pieces
                .iter()
                .find(|piece| (piece.ordinal..piece.end_ordinal()).contains(&ordinal));
            let stranger = piece
                .filter(|piece| piece.standing == Standing::StandIn)
                .and_then(|piece| {
                    let stream = self.exhibits.runs.runs[piece.run].stream?;
                    (Some(stream) != self.exhibits.runs.main_stream())
                        .then(|| self.exhibits.runs.streams[stream].0.clone())
                });
            let (code, message) = match stranger {
                Some(other) => (Code::StreamCrossed, format!("this line belongs to the stream {other} and stands in the place of another")),
                None => (Code::RecordAltered, "these are not the bytes that were sealed: their digest is not the one that the seal holds for this record".into()),
            };
            let mut finding = self.finding(code, Some(Verdict::CONTRADICTED), message);
            finding.place.seq = seq;
            self.findings.push(self.at(finding, ordinal)?);
        }
        Ok(())
    }

    /// Lines that have no place in the sealed order.
    pub(super) fn strays(&mut self) -> Result<(), LookupError> {
        for stray in self.assembly.sequence.strays.clone() {
            let piece = stray.piece;
            let run = &self.exhibits.runs.runs[piece.run];
            let (first, last) = (piece.from, piece.to - 1);
            let several = first != last;
            let (code, verdict, message) = match stray.kind {
                StrayKind::Repeated => (Code::RecordRepeated, Verdict::CONTRADICTED, if several { format!("records {first} to {last} stand here a second time") } else { format!("record {first} stands here a second time") }),
                StrayKind::Crossed => {
                    let other = run.stream.map_or("", |stream| self.exhibits.runs.streams[stream].0.as_str());
                    (Code::StreamCrossed, Verdict::CONTRADICTED, format!("this line belongs to the stream {other}"))
                }
                StrayKind::Restarted => (Code::ChainRestarted, Verdict::CONTRADICTED, "the stream begins anew here, which the format does not allow: a stream has one record 0".into()),
                StrayKind::Inserted => (Code::RecordInserted, Verdict::CONTRADICTED, "this line is not in the sealed sequence: the chain holds without it".into()),
            };
            if stray.kind != StrayKind::Restarted {
                self.spans
                    .lower(piece.ordinal, piece.end_ordinal(), Verdict::CONTRADICTED);
            }
            let mut finding = self.finding(code, Some(verdict), message);
            if run.numbered {
                finding.place.seq = Some(first);
                if several {
                    finding = finding.over(first, last);
                }
            }
            self.findings.push(self.at(finding, piece.ordinal)?);
        }
        Ok(())
    }

    pub(super) fn malformed(&mut self) {
        for malformed in &self.exhibits.file.malformed {
            self.spans
                .lower(malformed.ordinal, malformed.ordinal + 1, Verdict::UNPROVEN);
        }
        let remarks = verify::malformed(self.exhibits.file, |ordinal| self.seq_of(ordinal));
        self.findings.extend(
            remarks
                .into_iter()
                .map(|finding| finding.in_stream(&self.exhibits.id)),
        );
    }
}
