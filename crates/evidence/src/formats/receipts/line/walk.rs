//! The walk along one line of versions, cell by cell.

use super::*;

impl Line<'_, '_, '_> {
    /// Walks a cell, in as many parts as its versions differ in.
    pub(super) fn cells(
        &mut self,
        first: u64,
        last: u64,
        open: &[Version<'_>],
    ) -> Result<(), LookupError> {
        let mut at = first;
        while at <= last {
            if let ([version], Some(successor)) = (open, self.walk.successor.clone())
                && version.standing == Standing::Fails
            {
                let (file, run) = (version.file, version.run);
                let end = last.min(at.saturating_add(1023));
                for (from, to, standing) in
                    self.walk.reread.retry(file, run, (at, end), &successor)?
                {
                    let versions = vec![Version {
                        file,
                        run,
                        standing,
                    }];
                    let hashes = self.hashes(&versions, to)?;
                    self.cell(from, to, versions, hashes)?;
                }
                at = end + 1;
                continue;
            }
            let mut versions = open.to_vec();
            let mut end = last;
            // Signatures that no key at hand verified, under the key that the chain changed to.
            if let Some(successor) = self.walk.successor.clone() {
                for version in versions
                    .iter_mut()
                    .filter(|v| v.standing == Standing::Fails)
                {
                    let part = self.walk.reread.retry(
                        version.file,
                        version.run,
                        (at, end.min(at.saturating_add(15))),
                        &successor,
                    )?;
                    if let Some((_, to, standing)) = part.into_iter().next() {
                        end = end.min(to);
                        version.standing = standing;
                    }
                }
            }
            let mut hashes = self.hashes(&versions, end)?;
            if hashes.windows(2).any(|pair| pair[0] != pair[1]) && at < end {
                // The first number for which they differ; equal hashes have equal pasts.
                let (mut low, mut high) = (at, end);
                while low < high {
                    let middle = low + (high - low) / 2;
                    let there = self.hashes(&versions, middle)?;
                    if there.windows(2).any(|pair| pair[0] != pair[1]) {
                        high = middle;
                    } else {
                        low = middle + 1;
                    }
                }
                if low > at {
                    end = low - 1;
                    hashes = self.hashes(&versions, end)?;
                }
            }
            self.cell(at, end, versions, hashes)?;
            at = end + 1;
        }
        Ok(())
    }

    /// The hashes of the versions at one number.
    pub(super) fn hashes(
        &self,
        versions: &[Version<'_>],
        number: u64,
    ) -> Result<Vec<Option<Digest>>, LookupError> {
        if let [one] = versions {
            // Not worth reading a receipt again for.
            return Ok(vec![one.run.hash.filter(|_| one.run.last == number)]);
        }
        let hash = |version: &Version<'_>| self.walk.reread.hash(version.file, version.run, number);
        versions.iter().map(hash).collect()
    }

    /// Judges the versions of a cell; their hashes are those of its last number.
    pub(super) fn cell(
        &mut self,
        first: u64,
        last: u64,
        mut versions: Vec<Version<'_>>,
        mut hashes: Vec<Option<Digest>>,
    ) -> Result<(), LookupError> {
        self.gap(first, &versions)?;
        self.walk.seen.numbers = Some(match self.walk.seen.numbers {
            None => (first, last),
            Some((low, high)) => (low.min(first), high.max(last)),
        });
        self.copies(first, last, &mut versions, &mut hashes)?;

        let keyless = self.walk.lineage.is_empty();
        let mut accepted = Vec::new();
        let mut others = Vec::new();
        for (version, hash) in versions.into_iter().zip(hashes) {
            match (&version.standing, self.accepts(&version)) {
                (_, true) => accepted.push((version, hash)),
                (standing, _) if keyless && !is_decided(standing) => {
                    accepted.push((version, hash));
                }
                _ => others.push((version, hash)),
            }
        }
        // A signature made in time outweighs one that was not.
        let in_time = |version: &Version<'_>| {
            !matches!(
                &version.standing,
                Standing::Holds(Under {
                    by: By::Objection(_),
                    ..
                })
            )
        };
        if accepted.iter().any(|(version, _)| in_time(version)) {
            let (good, late): (Vec<_>, Vec<_>) = accepted
                .into_iter()
                .partition(|(version, _)| in_time(version));
            accepted = good;
            for (version, _) in late {
                self.late(&version, first, last);
            }
        }

        let mut open = Vec::new();
        for (version, hash) in &others {
            let covered = accepted.iter().any(|(good, _)| good.file == version.file);
            let answered = !accepted.is_empty();
            if self.unaccepted(version, (first, last), covered, answered)? {
                let ordinal = version.run.ordinal(last);
                open.extend(hash.map(|hash| (hash, version.file, ordinal)));
            }
        }
        if accepted.is_empty() {
            if let Some((version, _)) = others.first() {
                self.last = Some((version.file, version.run.ordinal(last)));
                self.walk.keep(version, first, last);
            }
            self.before = if open.is_empty() {
                Before::Refuted
            } else {
                Before::Open(open)
            };
        } else {
            self.accepted(first, last, &accepted, keyless)?;
        }
        self.end = last;
        Ok(())
    }

    /// Whether a version's signature holds under the chain's key.
    pub(super) fn accepts(&self, version: &Version<'_>) -> bool {
        let Standing::Holds(under) = &version.standing else {
            return false;
        };
        if self.walk.retired.contains(&under.key) && self.walk.key != Some(under.key) {
            return false;
        }
        match self.walk.key {
            Some(key) if key == under.key => true,
            Some(_) if !self.walk.in_doubt => false,
            _ => !under.succeeded && self.walk.lineage.holds(&under.key),
        }
    }

    /// Numbers that no version has.
    pub(super) fn gap(&mut self, first: u64, versions: &[Version<'_>]) -> Result<(), LookupError> {
        let missing = first.saturating_sub(self.end).saturating_sub(1);
        if missing == 0 {
            return Ok(());
        }
        self.before = Before::Nothing;
        let head = self.end == 0;
        let begins = versions
            .iter()
            .any(|v| v.run.first == first && v.run.previous.is_none());
        if head && (begins || self.anew || self.walk.lineage.is_empty()) {
            return Ok(());
        }
        self.walk.doubt(false);
        // Lines that cannot be read stand for as many receipts.
        let unread: u64 = versions.first().map_or(0, |version| {
            let to = version.run.ordinal(first);
            let from = match self.last {
                Some((file, ordinal)) if file == version.file => ordinal,
                None => 0,
                Some(_) => to,
            };
            let inside = self
                .walk
                .unread
                .get(&version.file)
                .map_or(&[][..], |all| &all[..]);
            let inside = inside
                .iter()
                .filter(|&&ordinal| (from..to).contains(&ordinal));
            inside.count() as u64
        });
        if unread >= missing {
            return Ok(());
        }
        self.walk.contradict();
        self.walk.seen.gap = true;
        let (from, to) = (self.end + 1, first - 1);
        let message = match missing {
            1 => format!("receipt {from} is missing: its number is skipped"),
            _ => format!("{missing} receipts are missing: the numbers {from} to {to} are skipped"),
        };
        let mut finding = Finding::new(Code::RecordMissing, Some(Verdict::CONTRADICTED), message)
            .in_stream(&*self.walk.id)
            .at_seq(from)
            .over(from, to);
        if let Some(version) = versions.first() {
            finding = finding.in_file(version.file);
        }
        self.walk.findings.push(finding);
        Ok(())
    }

    /// Takes out versions that are the same receipts again in one file.
    pub(super) fn copies(
        &mut self,
        first: u64,
        last: u64,
        versions: &mut Vec<Version<'_>>,
        hashes: &mut Vec<Option<Digest>>,
    ) -> Result<(), LookupError> {
        if versions.len() < 2 {
            return Ok(());
        }
        let mut order: Vec<usize> = (0..versions.len()).collect();
        order.sort_by_key(|&i| (versions[i].file, versions[i].run.ordinal(last)));
        let mut known: BTreeSet<(FileId, Digest)> = BTreeSet::new();
        let mut out = BTreeSet::new();
        for i in order {
            if let Some(hash) = hashes[i]
                && !known.insert((versions[i].file, hash))
            {
                out.insert(i);
            }
        }
        for &i in &out {
            let version = versions[i].clone();
            self.walk.refute(
                &version,
                (first, last),
                Code::RecordRepeated,
                "the same receipt stands in this file before: this is a copy of it",
            )?;
        }
        let mut i = 0;
        versions.retain(|_| (!out.contains(&i), i += 1).0);
        i = 0;
        hashes.retain(|_| (!out.contains(&i), i += 1).0);
        Ok(())
    }

    pub(super) fn fork(&mut self) {
        self.forked = true;
        self.walk.seen.forked = true;
        self.walk.contradict();
    }

    pub(super) fn finish(self) -> Result<(), LookupError> {
        if let (Some(ended), Some((file, ordinal, first, last))) = (self.ended, self.after_end) {
            self.walk.contradict();
            let message = format!("receipt {ended} ends the chain, and the chain goes on");
            let finding = Finding::new(Code::RecordAfterEnd, Some(Verdict::CONTRADICTED), message);
            self.walk.report(finding, file, ordinal, (first, last))?;
        }
        Ok(())
    }
}
