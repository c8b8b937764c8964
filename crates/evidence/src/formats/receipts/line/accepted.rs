//! Versions that have their place: links, time, the end, a change of key.

use super::*;

impl Line<'_, '_, '_> {
    /// Goes on with accepted versions.
    pub(super) fn accepted(
        &mut self,
        first: u64,
        last: u64,
        versions: &[(Version<'_>, Option<Digest>)],
        keyless: bool,
    ) -> Result<(), LookupError> {
        if let Standing::Holds(under) = &versions[0].0.standing {
            if self.walk.in_doubt {
                self.hand_over_unseen(under.key);
                self.walk.settle_doubts(Some(under.key))?;
                self.walk.in_doubt = false;
            }
            if self.walk.key != Some(under.key) {
                self.walk.key = Some(under.key);
                self.walk.successor = None;
            }
        }
        self.links(first, versions, keyless)?;
        let differ = versions.windows(2).any(|pair| pair[0].1 != pair[1].1);
        if differ && keyless {
            self.walk.seen.versions += 1;
        } else if differ && !self.forked {
            let order = |v: &&(Version<'_>, Option<Digest>)| (v.0.file, v.0.run.ordinal(first));
            let (early, late) = (
                versions.iter().min_by_key(order),
                versions.iter().max_by_key(order),
            );
            if let (Some((early, _)), Some((late, _))) = (early, late) {
                let message = if early.file == late.file {
                    "two different receipts of this number are signed with the chain's key"
                } else {
                    "another file of the case has a different receipt of this number, also signed \
                     with the chain's key"
                };
                let finding =
                    Finding::new(Code::StreamForked, Some(Verdict::CONTRADICTED), message);
                let ordinal = late.run.ordinal(first);
                self.walk
                    .report(finding, late.file, ordinal, (first, first))?;
            }
            self.fork();
        }
        for (version, _) in versions {
            self.accept(version, first, last, keyless)?;
        }
        if let Some((version, _)) = versions.first() {
            self.walk.keep(version, first, last);
            self.last = Some((version.file, version.run.ordinal(last)));
        }
        for (version, _) in versions.iter().skip(1) {
            self.walk.keep(version, first, last);
        }
        self.clock(first, last, &versions[0].0)?;
        self.ending(first, last, &versions[0].0)?;
        self.rotation(first, &versions[0].0)?;
        let mut at = Vec::new();
        for (version, hash) in versions {
            let hash = match hash {
                Some(hash) => Some(*hash),
                None => self.walk.reread.hash(version.file, version.run, last)?,
            };
            at.extend(hash.map(|hash| (hash, version.file, version.run.ordinal(last))));
        }
        self.before = Before::Accepted(at);
        Ok(())
    }

    /// Where a rotation that could not be followed leads to this key, the receipts before it were
    /// under another key, which is not known.
    pub(super) fn hand_over_unseen(&mut self, key: [u8; 32]) {
        if self.walk.key != Some(key) {
            self.walk.retired.extend(self.walk.key);
        }
        self.walk.retired.remove(&key);
    }

    /// Holds what the versions name as predecessor against what stands before.
    pub(super) fn links(
        &mut self,
        first: u64,
        versions: &[(Version<'_>, Option<Digest>)],
        keyless: bool,
    ) -> Result<(), LookupError> {
        if first == 1 && !self.anew {
            return Ok(());
        }
        let beginning = versions
            .iter()
            .find(|(v, _)| v.run.first == first && v.run.previous.is_none());
        let restarts = self.anew || !matches!(self.before, Before::Nothing);
        if let Some((version, _)) = beginning
            && restarts
        {
            self.anew = false;
            self.walk.seen.gap = true;
            self.walk.contradict();
            let message = "the chain begins again here: the receipt names no predecessor";
            let finding = Finding::new(Code::ChainRestarted, Some(Verdict::CONTRADICTED), message);
            let ordinal = version.run.ordinal(first);
            return self
                .walk
                .report(finding, version.file, ordinal, (first, first));
        }
        if self.forked {
            return Ok(());
        }
        let named: Vec<Digest> = versions
            .iter()
            .filter(|(version, _)| version.run.first == first)
            .filter_map(|(version, _)| version.run.previous)
            .collect();
        let Some(&named) = named.first() else {
            return Ok(());
        };
        match &self.before {
            Before::Accepted(at) if !at.iter().any(|(hash, ..)| *hash == named) => {
                if keyless {
                    self.walk.seen.misfits += 1;
                    self.walk.seen.first_misfit.get_or_insert(first);
                    self.walk.seen.broken = true;
                    return Ok(());
                }
                let before = at.clone();
                for &(_, file, ordinal) in &before {
                    self.walk.marks.set(
                        file,
                        ordinal,
                        ordinal,
                        self.walk.stream,
                        Verdict::CONTRADICTED,
                    );
                }
                if let Some(&(_, file, ordinal)) = before.first() {
                    let message = format!(
                        "receipt {first} names another receipt {} than this one, and both are \
                         signed with the chain's key: two were signed for one number",
                        first - 1
                    );
                    let finding =
                        Finding::new(Code::StreamForked, Some(Verdict::CONTRADICTED), message);
                    self.walk
                        .report(finding, file, ordinal, (first - 1, first - 1))?;
                }
                self.fork();
            }
            Before::Open(at) if !at.iter().any(|(hash, ..)| *hash == named) => {
                for (_, file, ordinal) in at.clone() {
                    self.walk.seen.broken = true;
                    self.walk.marks.set(
                        file,
                        ordinal,
                        ordinal,
                        self.walk.stream,
                        Verdict::CONTRADICTED,
                    );
                    let message = format!("its hash is not the one that receipt {first} names");
                    let finding =
                        Finding::new(Code::RecordAltered, Some(Verdict::CONTRADICTED), message);
                    self.walk
                        .report(finding, file, ordinal, (first - 1, first - 1))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Says what an accepted version is worth.
    pub(super) fn accept(
        &mut self,
        version: &Version<'_>,
        first: u64,
        last: u64,
        keyless: bool,
    ) -> Result<(), LookupError> {
        if let Some((file, ordinal)) = self.walk.watched
            && file == version.file
            && version
                .run
                .stretches(first, last)
                .iter()
                .any(|&(a, b)| (a..=b).contains(&ordinal))
        {
            let under = match &version.standing {
                Standing::Holds(under) => Some(under.clone()),
                _ => None,
            };
            self.walk.answer = Some(Answer { under });
        }
        match &version.standing {
            Standing::Holds(under) => match &under.by {
                By::Examiner(vouched) => {
                    self.walk.seen.vouched = true;
                    self.walk
                        .mark(version, first, last, Verdict::verified_by(vouched));
                }
                By::Objection(_) => self.late(version, first, last),
                By::Nobody => {
                    self.walk.seen.own = true;
                    self.walk.mark(version, first, last, Verdict::INTACT);
                }
            },
            _ => self.unaccepted_without_key(version, first, last)?,
        }
        if self.forked {
            self.walk.mark(version, first, last, Verdict::CONTRADICTED);
        }
        if !keyless && version.run.issuer != self.walk.issuer {
            let message = "its issuer is not the chain's";
            self.walk
                .refute(version, (first, last), Code::StreamCrossed, message)?;
        }
        Ok(())
    }

    /// Time that runs back.
    pub(super) fn clock(
        &mut self,
        first: u64,
        last: u64,
        version: &Version<'_>,
    ) -> Result<(), LookupError> {
        if version.run.first == first && version.run.begin < self.time && self.time.is_some() {
            self.walk.seen.backwards = true;
            let message = "its time lies before that of the receipt before it";
            let finding = Finding::new(Code::ClockBackwards, None, message);
            let ordinal = version.run.ordinal(first);
            self.walk
                .report(finding, version.file, ordinal, (first, first))?;
        }
        if version.run.last == last {
            self.time = version.run.end;
        }
        Ok(())
    }

    /// The end that the chain says it has.
    pub(super) fn ending(
        &mut self,
        first: u64,
        last: u64,
        version: &Version<'_>,
    ) -> Result<(), LookupError> {
        match self.ended {
            None if version.run.terminal && version.run.last == last => {
                self.ended = Some(last);
                self.walk.seen.closed = true;
            }
            None => {}
            Some(_) => {
                let place = (version.file, version.run.ordinal(first), first, last);
                self.after_end.get_or_insert(place).3 = last;
            }
        }
        Ok(())
    }

    /// A change of key that the chain's key signed.
    pub(super) fn rotation(
        &mut self,
        number: u64,
        version: &Version<'_>,
    ) -> Result<(), LookupError> {
        let (Some(rotation), Standing::Holds(under)) = (&version.run.rotation, &version.standing)
        else {
            return Ok(());
        };
        if let Some(why) = &rotation.refused {
            self.walk
                .leave(version, (number, number), Code::AlgorithmRefused, why)?;
            self.walk.doubt(true);
            return Ok(());
        }
        match rotation.from(&under.key) {
            Ok(next) => {
                let before = self.walk.successor.take();
                let chain = Arc::clone(&self.walk.id);
                let successor = Successor::after(under, next, &chain, before, self.walk.ring);
                if next != under.key {
                    self.walk.retired.insert(under.key);
                }
                self.walk.retired.remove(&next);
                self.walk.key = Some(next);
                self.walk.successor = successor;
            }
            Err(why) => {
                let message = format!("{why}: the old key did not sign over to a key");
                self.walk.refute(
                    version,
                    (number, number),
                    Code::EndorsementInvalid,
                    &message,
                )?;
                self.walk.doubt(true);
            }
        }
        Ok(())
    }
}
