//! Versions that the chain's key does not speak for.

use super::*;

impl Line<'_, '_, '_> {
    /// A signature that holds but for its time.
    pub(super) fn late(&mut self, version: &Version<'_>, first: u64, last: u64) {
        self.walk.mark(version, first, last, Verdict::UNPROVEN);
        if let Standing::Holds(Under {
            by: By::Objection(code),
            ..
        }) = &version.standing
        {
            let place = (version.file, version.run.ordinal(first), first, last);
            let late = self.walk.seen.late.entry(*code).or_insert(place);
            late.3 = late.3.max(last);
        }
    }

    /// Judges versions that are not accepted. Gives whether nothing refutes them yet.
    pub(super) fn unaccepted(
        &mut self,
        version: &Version<'_>,
        numbers: (u64, u64),
        covered: bool,
        answered: bool,
    ) -> Result<bool, LookupError> {
        let rotates = version.run.rotation.is_some();
        let keyless = self.walk.lineage.is_empty();
        let open = match &version.standing {
            Standing::Malformed => {
                // What is wrong with it is said file by file.
                self.walk.seen.malformed = true;
                self.walk
                    .mark(version, numbers.0, numbers.1, Verdict::UNPROVEN);
                true
            }
            Standing::Missing(what) => {
                let message = format!("{what}, and the format requires one");
                self.walk
                    .leave(version, numbers, Code::SignatureMissing, &message)?;
                true
            }
            Standing::Refused(why) => {
                self.walk
                    .leave(version, numbers, Code::AlgorithmRefused, why)?;
                true
            }
            Standing::Weak { own } if !*own || !self.walk.lineage.is_trusted() => {
                let message = "only a lenient verifier would pass its signature";
                self.walk
                    .leave(version, numbers, Code::SignatureWeak, message)?;
                true
            }
            Standing::Undecodable(why) => {
                self.walk.seen.refuted = true;
                self.walk
                    .refute(version, numbers, Code::SignatureInvalid, why)?;
                false
            }
            Standing::Holds(_) | Standing::Fails | Standing::Weak { .. } => {
                if covered {
                    let message = "the chain has another receipt of this number in this file, \
                                   whose signature holds; this one's does not";
                    self.walk
                        .refute(version, numbers, Code::RecordInserted, message)?;
                } else if self.walk.in_doubt && !answered && !keyless {
                    self.walk
                        .mark(version, numbers.0, numbers.1, Verdict::UNPROVEN);
                    self.walk.doubtful.push(Doubtful {
                        file: version.file,
                        ordinals: version.run.stretches(numbers.0, numbers.1),
                        numbers,
                        doubts: self.walk.doubts,
                        explained: self.walk.explained,
                    });
                } else if rotates && !answered {
                    self.walk.seen.refuted = true;
                    let message = "the old key did not sign this change of key";
                    self.walk
                        .refute(version, numbers, Code::EndorsementInvalid, message)?;
                } else {
                    self.walk.seen.refuted = true;
                    let message = self.why_refused(version);
                    self.walk
                        .refute(version, numbers, Code::SignatureInvalid, message)?;
                }
                false
            }
        };
        if (rotates || matches!(version.standing, Standing::Malformed)) && !answered {
            self.walk.doubt(rotates);
        }
        Ok(open)
    }

    pub(super) fn why_refused(&self, version: &Version<'_>) -> &'static str {
        match &version.standing {
            Standing::Holds(under) if self.walk.retired.contains(&under.key) => {
                "it is signed with a key that the chain has retired"
            }
            Standing::Holds(_) => "it is signed with another key than the chain's",
            _ => NOT_UNDER_THE_KEY,
        }
    }

    /// A receipt of a chain of which no key verifies any.
    pub(super) fn unaccepted_without_key(
        &mut self,
        version: &Version<'_>,
        first: u64,
        last: u64,
    ) -> Result<(), LookupError> {
        match &version.standing {
            Standing::Fails => self.walk.mark(version, first, last, Verdict::UNPROVEN),
            _ => {
                self.unaccepted(version, (first, last), false, false)?;
            }
        }
        Ok(())
    }
}
