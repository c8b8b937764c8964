//! The seals of a stream: which hold, and what those that do not hold say.

use super::*;

impl Judge<'_> {
    /// What each checkpoint's signatures are worth.
    pub(super) fn seals(&self, succession: &Succession) -> Result<Vec<Seal>, LookupError> {
        let mut seals = Vec::with_capacity(self.exhibits.checkpoints.len());
        for checkpoint in &self.exhibits.checkpoints {
            let at = match checkpoint
                .size
                .checked_sub(1)
                .and_then(|seq| self.ordinal_of(seq))
            {
                Some(ordinal) => self.time_of(ordinal)?,
                None => None,
            };
            seals.push(checkpoint.seal(succession.era(checkpoint.size), self.exhibits.trust, at));
        }
        Ok(seals)
    }

    /// Holds the tree against each checkpoint that is not void. Gives those that only the leaf
    /// tiles meet.
    pub(super) fn hold_against_seals(&mut self, seals: &[Seal]) -> Result<Vec<usize>, LookupError> {
        let checkpoints = &self.exhibits.checkpoints;
        let mut proven = Range::empty(0);
        let mut failing: Vec<usize> = Vec::new();
        let mut unknown = false;
        for (index, (checkpoint, seal)) in checkpoints.iter().zip(seals).enumerate() {
            if *seal == Seal::Void || checkpoint.size > self.assembly.end() {
                continue;
            }
            match self
                .assembly
                .meets(&proven, checkpoint.size, &checkpoint.root)?
            {
                Met::Yes(prefix) => {
                    proven = prefix;
                    self.good.push((index, seal.clone()));
                }
                Met::No => failing.push(index),
                Met::Unknown => unknown = true,
            }
        }
        let mut tiled = Vec::new();
        let wanting = unknown
            || !failing.is_empty()
            || checkpoints
                .iter()
                .any(|checkpoint| checkpoint.size > self.assembly.end());
        if wanting && !self.exhibits.tiles.is_empty() {
            tiled = self.hold_against_tiles(seals, &proven)?;
            failing.retain(|index| !tiled.contains(index));
        }
        self.explain_failing(&failing, seals, &proven)?;
        Ok(tiled)
    }

    /// Seals that the tree does not meet. A larger seal that it does meet, or another seal of the
    /// same size, makes it two seals that do not agree; otherwise the last line under it was
    /// altered, if it is the only one that no other seal proves; otherwise nobody can say which.
    pub(super) fn explain_failing(
        &mut self,
        failing: &[usize],
        seals: &[Seal],
        proven: &Range,
    ) -> Result<(), LookupError> {
        let checkpoints = &self.exhibits.checkpoints;
        let mut first_open = true;
        for &index in failing {
            let checkpoint = &checkpoints[index];
            let rival = self
                .good
                .iter()
                .find(|(good, _)| checkpoints[*good].size >= checkpoint.size);
            if let Some((rival, rival_seal)) = rival {
                let rival = &checkpoints[*rival];
                let agreed = self
                    .good
                    .iter()
                    .map(|(good, _)| checkpoints[*good].size)
                    .filter(|size| *size < checkpoint.size)
                    .max()
                    .unwrap_or(0);
                if equal_standing(&seals[index], rival_seal) {
                    let message = format!(
                        "two checkpoints, of {} and of {} records, are validly signed and do not agree; they part somewhere between records {agreed} and {}. Whoever holds the key sealed two histories.",
                        checkpoint.size,
                        rival.size,
                        checkpoint.size - 1
                    );
                    let finding = self.about_seal(
                        Code::StreamForked,
                        Some(Verdict::CONTRADICTED),
                        checkpoint,
                        message,
                    );
                    self.findings
                        .push(finding.at_seq(agreed).over(agreed, checkpoint.size - 1));
                    self.forked = true;
                    self.fork_from(agreed, checkpoint.size - 1);
                } else {
                    let message = format!(
                        "its root is not that of the first {} records, which another checkpoint proves",
                        checkpoint.size
                    );
                    self.findings.push(self.about_seal(
                        Code::SealInvalid,
                        Some(Verdict::CONTRADICTED),
                        checkpoint,
                        message,
                    ));
                }
                continue;
            }
            if !std::mem::take(&mut first_open) {
                continue;
            }
            if checkpoint.size == proven.end() + 1
                && let Some(ordinal) = self.ordinal_of(checkpoint.size - 1)
            {
                self.altered.insert(ordinal);
                continue;
            }
            let message = format!(
                "its root is not that of the first {} records, and no single line can be shown to be the reason: what was changed lies in records {} to {}, most likely the last. They are unproven.",
                checkpoint.size,
                proven.end(),
                checkpoint.size - 1
            );
            self.findings.push(self.about_seal(
                Code::SealInvalid,
                Some(Verdict::CONTRADICTED),
                checkpoint,
                message,
            ));
        }
        Ok(())
    }

    /// From `certain` on the two histories differ for sure; from `agreed` on they may.
    pub(super) fn fork_from(&mut self, agreed: u64, certain: u64) {
        self.good
            .retain(|(good, _)| self.exhibits.checkpoints[*good].size <= agreed);
        for piece in self.assembly.sequence.pieces.clone() {
            if piece.to > certain {
                let from = piece.from.max(certain);
                self.altered.remove(&(piece.ordinal + (from - piece.from)));
                self.spans.lower(
                    piece.ordinal + (from - piece.from),
                    piece.end_ordinal(),
                    Verdict::CONTRADICTED,
                );
            }
        }
    }

    /// Holds each line that no seal proves yet against the leaf tiles, where these hash up to a
    /// seal's root.
    pub(super) fn hold_against_tiles(
        &mut self,
        seals: &[Seal],
        proven: &Range,
    ) -> Result<Vec<usize>, LookupError> {
        let checkpoints = &self.exhibits.checkpoints;
        let lookup = self.exhibits.lookup;
        let roots: Vec<(u64, Digest)> = checkpoints
            .iter()
            .map(|checkpoint| (checkpoint.size, checkpoint.root))
            .collect();
        let met: Vec<usize> = self
            .exhibits
            .tiles
            .met(&roots, lookup)?
            .into_iter()
            .enumerate()
            .filter(|(index, met)| *met && seals[*index] != Seal::Void)
            .map(|(index, _)| index)
            .collect();
        let size = met
            .iter()
            .map(|&index| checkpoints[index].size)
            .max()
            .unwrap_or(0);
        for piece in &self.assembly.sequence.pieces {
            let (mut seq, end) = (piece.from.max(proven.end()), piece.to.min(size));
            let mut tile = (u64::MAX, Vec::new());
            while seq < end {
                if tile.0 != seq / BLOCK {
                    tile = (seq / BLOCK, self.exhibits.tiles.tile(seq / BLOCK, lookup)?);
                }
                let ordinal = piece.ordinal + (seq - piece.from);
                let line = Digest::of(&lookup.record(self.exhibits.file.id, ordinal)?);
                if tile.1.get((seq % BLOCK) as usize) != Some(&leaf(&line)) {
                    self.altered.insert(ordinal);
                }
                seq += 1;
            }
        }
        let tiled: Vec<usize> = met
            .into_iter()
            .filter(|index| !self.good.iter().any(|(good, _)| good == index))
            .collect();
        self.good
            .extend(tiled.iter().map(|&index| (index, seals[index].clone())));
        self.good.sort_by_key(|(index, _)| *index);
        Ok(tiled)
    }

    /// Gives each record the best verdict of the seals that cover it.
    pub(super) fn spread_verdicts(&mut self) {
        let mut best: Option<Seal> = None;
        // From the largest seal down: what a larger one is worth holds below it too.
        for position in (0..self.good.len()).rev() {
            let (index, seal) = self.good[position].clone();
            if best.as_ref().is_none_or(|best| seal.rank() > best.rank()) {
                best = Some(seal);
            }
            let verdict = match &best {
                Some(Seal::Vouched(vouched, _)) => Verdict::verified_by(vouched),
                Some(Seal::Known(_)) => Verdict::INTACT,
                _ => Verdict::UNPROVEN,
            };
            let size = self.exhibits.checkpoints[index].size;
            for piece in &self.assembly.sequence.pieces {
                if piece.from < size {
                    self.spans.set(
                        piece.ordinal,
                        piece.ordinal + (piece.to.min(size) - piece.from),
                        verdict,
                    );
                }
            }
        }
    }

    /// What the seals' signatures lack, once for each reason: only of seals that no larger and
    /// better one makes needless, and of every void one.
    pub(super) fn signatures(&mut self, seals: &[Seal]) {
        let mut best = 0;
        let mut said: Vec<Code> = Vec::new();
        for (checkpoint, seal) in self.exhibits.checkpoints.iter().zip(seals).rev() {
            if *seal == Seal::Void {
                let message = "a known key's signature on this checkpoint does not verify: the checkpoint is void";
                self.findings.push(self.about_seal(
                    Code::SignatureInvalid,
                    Some(Verdict::CONTRADICTED),
                    checkpoint,
                    message,
                ));
                continue;
            }
            if seal.rank() < best {
                continue;
            }
            best = seal.rank();
            let (code, verdict, message) = match seal {
                Seal::Vouched(..) | Seal::Void => continue,
                Seal::Known(_) => (
                    Code::KeyUntrusted,
                    Verdict::INTACT,
                    "the seals hold, under a key that came with the evidence: nobody outside it vouches for the author",
                ),
                Seal::Unproven(code) => {
                    let words = match code {
                        Code::KeyUnknown => "no key at hand for the signature on the checkpoints",
                        Code::KeyExpired => {
                            "signed outside the validity of the key, by the time of the last record covered"
                        }
                        Code::KeyRevoked => {
                            "signed after the key was revoked, by the time of the last record covered"
                        }
                        Code::SignatureWeak => "only a lenient verifier would pass the signature",
                        Code::SignatureMissing => "the key in force has not signed this checkpoint",
                        // Said at the rotation record.
                        _ => continue,
                    };
                    (*code, Verdict::UNPROVEN, words)
                }
            };
            if !said.contains(&code) {
                said.push(code);
                self.findings
                    .push(self.about_seal(code, Some(verdict), checkpoint, message));
            }
        }
    }
}

/// Whether neither of two seals' signers is better vouched for than the other, so that their
/// disagreement is one of equals. An unknown key's seal never contradicts a trusted one's: anybody
/// can make it.
pub(super) fn equal_standing(one: &Seal, other: &Seal) -> bool {
    match (one, other) {
        (Seal::Vouched(..), Seal::Vouched(..)) | (Seal::Known(_), Seal::Known(_)) => true,
        (Seal::Vouched(_, one), Seal::Known(other))
        | (Seal::Known(one), Seal::Vouched(_, other)) => one == other,
        _ => false,
    }
}
