//! Tampers with the records of a bundle's streams.

use super::sealed::{Stream, broken, holds, replace, sign_manifest, time_of};
use super::{Expected, Site, Tamper};
use crate::bundle;
use crate::keys::Keys;
use crate::merkle::sha256;
use crate::note::Signer;
use crate::rng::hex;
use crate::site::BUNDLE;
use crate::story::{AGENTS, INTRUDER_IP, PAYMENTS, PAYOUTS, RUNNER_IP};
use crate::truth::Word::{Contradicted, Intact, Unproven, Verified};
use crate::truth::{Counts, Word};
use std::fs;
use std::io;

/// How many lines a cut tail has.
const TAIL: usize = 20;

impl Site {
    pub(super) fn bundle(&self) -> std::path::PathBuf {
        self.evidence.join(BUNDLE)
    }

    pub(super) fn stream(&self, id: &str) -> io::Result<Stream> {
        Stream::open(&self.bundle(), id, &self.keys)
    }

    /// The stream without leaf tiles, and a manifest that knows of none.
    fn untiled(&self, id: &str) -> io::Result<Stream> {
        let mut stream = self.stream(id)?;
        stream.drop_tiles(&self.keys.collector)?;
        Ok(stream)
    }

    /// The collector collects what stands now.
    pub(super) fn collect(&self) -> io::Result<()> {
        sign_manifest(&self.bundle(), &self.keys.collector, |_| ())
    }
}

/// The record that lets the breach begin: it looks as if a rule had been followed.
fn whitewash(line: &mut Vec<u8>) -> io::Result<()> {
    replace(line, "break-glass", "ci-network-only")?;
    replace(line, INTRUDER_IP, RUNNER_IP)
}

/// Turns `n` verified records of the case into this.
fn turn(to: Word, n: u64) -> impl FnOnce(&mut Counts) {
    move |records| records.turn(Verified, to, n)
}

pub(super) fn apply(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let found = |code, verdict| Expected::finding(site, tamper, code, verdict);
    let contradicted = |code| found(code, Some(Contradicted));
    let old = |id| {
        if id == AGENTS {
            &site.keys.agents
        } else {
            &site.keys.payments
        }
    };
    let expected = match tamper {
        T::LineEdited => {
            let mut stream = site.stream(AGENTS)?;
            let at = stream.find("break-glass")?;
            whitewash(&mut stream.lines[at])?;
            stream.save()?;
            altered(contradicted("record-altered"), &stream, at)
        }
        T::LineCarriageReturn => {
            let mut stream = site.stream(AGENTS)?;
            let at = stream.find("break-glass")? + 5;
            stream.lines[at].push(b'\r');
            stream.save()?;
            altered(contradicted("record-altered"), &stream, at)
        }
        T::LineNotJson => {
            let mut stream = site.stream(AGENTS)?;
            let at = stream.find("break-glass")? + 5;
            let half = stream.lines[at].len() / 2;
            stream.lines[at].truncate(half);
            stream.save()?;
            let mut expected = altered(contradicted("record-altered"), &stream, at);
            expected.seq = None;
            expected.with("record-malformed", stream.path())
        }
        T::LineEditedUnderCheckpoint => {
            let mut stream = site.untiled(PAYMENTS)?;
            let at = stream.sizes[0] as usize - 1;
            replace(
                &mut stream.lines[at],
                ",\"type\":",
                ",\"note\":\"as planned\",\"type\":",
            )?;
            stream.save()?;
            altered(contradicted("record-altered"), &stream, at)
        }
        T::LastLineEdited => {
            let mut stream = site.stream(AGENTS)?;
            let at = edit_close(&mut stream)?;
            stream.save()?;
            altered(contradicted("record-altered"), &stream, at)
        }
        T::LastLineEditedAfterCheckpoint => {
            // A checkpoint ends just before the last line, and there are no tiles: sound.
            let mut stream = site.untiled(PAYMENTS)?;
            stream.sizes.push(stream.len() - 1);
            stream.sizes.sort_unstable();
            stream.seal()?;
            site.collect()?;
            let at = edit_close(&mut stream)?;
            stream.save()?;
            altered(contradicted("record-altered"), &stream, at)
        }
        T::LastLineEditedNoTiles => {
            let mut stream = site.untiled(PAYMENTS)?;
            edit_close(&mut stream)?;
            stream.save()?;
            site.collect()?;
            let (n, sealed) = (stream.len(), stream.sealed_before(stream.len() - 1));
            contradicted("seal-invalid")
                .at(stream.checkpoint_path(n))
                .stream(PAYMENTS, Contradicted)
                .or(&["record-altered", "file-altered"])
                .records(turn(Unproven, n - sealed))
        }
        T::LineDeleted | T::LineDeletedNoTiles => {
            let mut stream = if tamper == T::LineDeleted {
                site.stream(AGENTS)?
            } else {
                site.untiled(PAYMENTS)?
            };
            let at = if tamper == T::LineDeleted {
                stream.find("break-glass")? + 5
            } else {
                first_payout(&stream)?
            };
            stream.lines.remove(at);
            stream.save()?;
            let at = at as u64;
            contradicted("record-missing")
                .at(stream.path())
                .stream(&stream.id, Contradicted)
                .range(at, at)
                .records(|records| records.take(Verified, 1))
        }
        T::LinesDeleted | T::LinesDeletedNoTiles => {
            let mut stream = if tamper == T::LinesDeleted {
                site.stream(PAYMENTS)?
            } else {
                site.untiled(PAYMENTS)?
            };
            let at = first_payout(&stream)?;
            stream.lines.drain(at..at + PAYOUTS as usize);
            stream.save()?;
            let sealed = stream.sealed_before(at as u64);
            contradicted("record-missing")
                .at(stream.path())
                .stream(PAYMENTS, Contradicted)
                .range(at as u64, at as u64 + PAYOUTS - 1)
                .records(|records| {
                    records.take(Verified, PAYOUTS);
                    if tamper == T::LinesDeletedNoTiles {
                        records.turn(Verified, Unproven, stream.len() - sealed);
                    }
                })
        }
        T::LineInserted => {
            let mut stream = site.stream(PAYMENTS)?;
            let at = first_payout(&stream)?;
            let mut forged = stream.lines[at].clone();
            replace(&mut forged, "EUR 31000.00", "EUR 3.10")?;
            stream.lines.insert(at, forged);
            stream.save()?;
            contradicted("record-inserted")
                .at(stream.path())
                .stream(PAYMENTS, Contradicted)
                .seq(at as u64)
                .extent(stream.extent(at))
                .records(|records| records.add(Contradicted, 1))
        }
        T::LineRepeated | T::LineRepeatedAtEnd => {
            let mut stream = site.stream(PAYMENTS)?;
            let at = first_payout(&stream)?;
            let copy = stream.lines[at].clone();
            let place = if tamper == T::LineRepeated {
                at + 1
            } else {
                stream.lines.len()
            };
            stream.lines.insert(place, copy);
            stream.save()?;
            contradicted("record-repeated")
                .at(stream.path())
                .stream(PAYMENTS, Contradicted)
                .seq(at as u64)
                .extent(stream.extent(place))
                .records(|records| records.add(Contradicted, 1))
        }
        T::LinesSwapped | T::LineMoved => {
            let mut stream = site.stream(AGENTS)?;
            let at = stream.find("break-glass")? + 5;
            let by = if tamper == T::LinesSwapped { 1 } else { 6 };
            stream.lines[at..=at + by].rotate_left(1);
            stream.save()?;
            let expected = contradicted("record-reordered")
                .at(stream.path())
                .stream(AGENTS, Contradicted);
            // Of two neighbours, either may be said to have moved.
            if tamper == T::LinesSwapped {
                expected
            } else {
                expected.seq(at as u64)
            }
        }
        T::TailCut | T::TailCutNoTiles => {
            let mut stream = if tamper == T::TailCut {
                site.stream(PAYMENTS)?
            } else {
                site.untiled(PAYMENTS)?
            };
            stream.lines.truncate(stream.lines.len() - TAIL);
            stream.save()?;
            let sealed = stream.sealed_before(stream.len());
            contradicted("stream-truncated")
                .stream(PAYMENTS, Contradicted)
                .records(|records| {
                    records.take(Verified, TAIL as u64);
                    if tamper == T::TailCutNoTiles {
                        records.turn(Verified, Unproven, stream.len() - sealed);
                    }
                })
        }
        T::TailAndCheckpointsCut => {
            let mut stream = site.stream(PAYMENTS)?;
            let (n, kept) = (stream.len(), stream.sealed_before(stream.len() - 1));
            stream.lines.truncate(kept as usize);
            stream.save()?;
            fs::remove_file(stream.root.join(stream.checkpoint_name(n)))?;
            contradicted("stream-truncated")
                .stream(PAYMENTS, Contradicted)
                .with("file-missing", stream.checkpoint_path(n))
                .may(&["seal-missing", "end-unknown"])
                .records(|records| records.take(Verified, n - kept))
        }
        T::FinalNewlineCut => {
            let stream = site.stream(AGENTS)?;
            fs::write(
                stream.root.join("streams/agents-prod.jsonl"),
                stream.lines.join(&b'\n'),
            )?;
            contradicted("file-altered").at(stream.path())
        }
        T::LineAfterClose | T::LineAfterCloseSealed => {
            let mut stream = site.stream(PAYMENTS)?;
            let at = stream.lines.len();
            let mut late = stream.lines[first_payout(&stream)?].clone();
            let time = time_of(&late)?;
            replace(&mut late, &time, "2026-06-12T06:00:09.000000Z")?;
            stream.lines.push(late);
            stream.relink(at, old(PAYMENTS))?;
            let word = if tamper == T::LineAfterClose {
                stream.save()?;
                Unproven
            } else {
                stream.seal()?;
                site.collect()?;
                Verified
            };
            let expected = contradicted("record-after-end")
                .at(stream.path())
                .stream(PAYMENTS, Contradicted)
                .seq(at as u64)
                .extent(stream.extent(at))
                .records(|records| records.add(word, 1));
            if word == Unproven {
                expected.may(&["tail-unsealed"]).or(&["record-inserted"])
            } else {
                expected
            }
        }
        T::RecordFromOtherStream => {
            let other = site.stream(PAYMENTS)?;
            let mut stream = site.stream(AGENTS)?;
            let (from, at) = (77, stream.find("break-glass")? + 5);
            stream.lines.insert(at, other.lines[from].clone());
            stream.save()?;
            contradicted("stream-crossed")
                .at(stream.path())
                .stream(AGENTS, Contradicted)
                .seq(from as u64)
                .extent(stream.extent(at))
                .records(|records| records.add(Contradicted, 1))
        }
        T::RebuiltWithAnotherKey => {
            let keys = strangers(site);
            rebuild(site, &keys)?;
            let sealed = count(site, AGENTS) + count(site, PAYMENTS);
            found("key-untrusted", Some(Intact))
                .stream(AGENTS, Intact)
                .with("key-unknown", format!("{BUNDLE}/manifest.dsse.json"))
                .records(turn(Intact, sealed))
        }
        T::RebuiltWithoutSigner => {
            let keys = strangers(site);
            rebuild(site, &keys)?;
            for id in [AGENTS, PAYMENTS] {
                let mut stream = Stream::open(&site.bundle(), id, &keys)?;
                let key = if id == AGENTS {
                    &keys.agents
                } else {
                    &keys.payments
                };
                let signer = format!("\"signer\":\"{}\",", Signer::new(id, key).vkey());
                replace(&mut stream.lines[0], &signer, "")?;
                unrotate(&mut stream)?;
                stream.relink(0, key)?;
                stream.seal()?;
            }
            sign_manifest(&site.bundle(), &keys.collector, |_| ())?;
            let sealed = count(site, AGENTS) + count(site, PAYMENTS);
            found("key-unknown", Some(Unproven))
                .stream(AGENTS, Unproven)
                .with("key-unknown", format!("{BUNDLE}/manifest.dsse.json"))
                .records(|records| {
                    records.take(Verified, 1);
                    records.turn(Verified, Unproven, sealed - 1);
                })
        }
        T::InsiderSealsOtherStream => {
            let mut stream = site.stream(AGENTS)?;
            let (own, insider) = (
                Signer::new(AGENTS, &site.keys.agents),
                Signer::new(PAYMENTS, &site.keys.payments),
            );
            replace(&mut stream.lines[0], &own.vkey(), &insider.vkey())?;
            unrotate(&mut stream)?;
            stream.signers = vec![(0, insider)];
            let at = stream.find("break-glass")?;
            whitewash(&mut stream.lines[at])?;
            stream.relink(0, &site.keys.payments)?;
            stream.seal()?;
            site.collect()?;
            let n = stream.len();
            found("key-untrusted", Some(Intact))
                .stream(AGENTS, Intact)
                .or(&["key-unknown", "signature-missing"])
                .records(|records| {
                    records.take(Verified, 1);
                    records.turn(Verified, Intact, n);
                })
        }
        T::StreamForked => {
            let root = site.evidence.join("nhi-bundle-2");
            let n = count(site, PAYMENTS);
            let shape = bundle::Shape {
                agents: 0,
                payments: n,
                tiles: true,
                attachments: false,
            };
            bundle::write(&root, site.truth.seed, &site.keys, shape)?;
            let mut stream = Stream::open(&root, PAYMENTS, &site.keys)?;
            let fork = first_payout(&stream)?;
            for line in &mut stream.lines[fork..fork + PAYOUTS as usize] {
                replace(line, "payout.create", "payout.refund")?;
            }
            stream.relink(fork, old(PAYMENTS))?;
            stream.seal()?;
            sign_manifest(&root, &site.keys.collector, |statement| {
                statement["predicate"]["bundle"] = "5d2b9a60-4f1e-4c7b-9a33-0e8d7c6b5a41".into();
            })?;
            let fork = fork as u64;
            contradicted("stream-forked")
                .stream(PAYMENTS, Contradicted)
                .seq(fork)
                .records(|records| {
                    records.add(Verified, fork);
                    records.add(Contradicted, n - fork);
                    records.turn(Verified, Contradicted, n - fork);
                })
        }
        T::StreamRestarted => {
            let mut stream = site.stream(PAYMENTS)?;
            let at = first_payout(&stream)?;
            let mut open = stream.lines[0].clone();
            let (first, here) = (time_of(&open)?, time_of(&stream.lines[at])?);
            replace(&mut open, &first, &here)?;
            stream.lines.insert(at, open);
            for index in at..stream.lines.len() {
                let before = (index > at).then(|| stream.lines[index - 1].clone());
                stream.set_head(index, (index - at) as u64, before.as_deref())?;
            }
            stream.seal()?;
            site.collect()?;
            contradicted("chain-restarted")
                .at(stream.path())
                .stream(PAYMENTS, Contradicted)
                .uncounted()
        }
        T::StreamLeftOpen => {
            let mut stream = site.stream(PAYMENTS)?;
            stream.lines.pop();
            stream.seal()?;
            site.collect()?;
            found("end-unknown", None)
                .stream(PAYMENTS, Verified)
                .may(&["period-uncovered"])
                .records(|records| records.take(Verified, 1))
        }
        T::HeartbeatMissed => {
            let mut stream = site.stream(PAYMENTS)?;
            let n = stream.len();
            let mut times = Vec::new();
            for line in &stream.lines {
                times.push(time_of(line)?);
            }
            let mut times = times.iter();
            stream.lines.retain(|_| {
                let time = times.next().map_or("", String::as_str);
                !("2026-06-11T22:10".."2026-06-12T00:25").contains(&time)
            });
            stream.relink(1, old(PAYMENTS))?;
            stream.seal()?;
            site.collect()?;
            let gone = n - stream.len();
            found("heartbeat-missed", None)
                .stream(PAYMENTS, Verified)
                .records(|records| records.take(Verified, gone))
        }
        T::ClockBackwards => {
            let mut stream = site.stream(PAYMENTS)?;
            let at = first_payout(&stream)?;
            let time = time_of(&stream.lines[at])?;
            replace(&mut stream.lines[at], &time, "2026-06-12T01:26:37.504912Z")?;
            stream.relink(at, old(PAYMENTS))?;
            stream.seal()?;
            site.collect()?;
            found("clock-backwards", None)
                .at(stream.path())
                .stream(PAYMENTS, Verified)
                .seq(at as u64)
        }
        T::LineDuplicateMember
        | T::LineHugeInteger
        | T::LineLoneSurrogate
        | T::LineInvalidUtf8
        | T::LineDeepNesting
        | T::LineMissingTime => {
            let mut stream = site.stream(AGENTS)?;
            let at = stream.find("break-glass")? + 5;
            malform(&mut stream.lines[at], tamper)?;
            stream.relink(at + 1, old(AGENTS))?;
            stream.seal()?;
            site.collect()?;
            found("record-malformed", Some(Unproven))
                .at(stream.path())
                .stream(AGENTS, Unproven)
                .seq(at as u64)
                .extent(stream.extent(at))
                .records(turn(Unproven, 1))
        }
        _ => return Err(broken("not a tamper with records")),
    };
    Ok(expected.close(site))
}

/// The records of a stream of the sound evidence.
pub(super) fn count(site: &Site, stream: &str) -> u64 {
    site.truth
        .source(stream)
        .map_or(0, |source| source.records.total)
}

/// The first of the payouts that follow the call to the ledger.
pub(super) fn first_payout(stream: &Stream) -> io::Result<usize> {
    Ok(stream.find("journal.post")? + 1)
}

fn altered(expected: Expected, stream: &Stream, at: usize) -> Expected {
    expected
        .at(stream.path())
        .stream(&stream.id, Contradicted)
        .seq(at as u64)
        .extent(stream.extent(at))
        .records(turn(Contradicted, 1))
}

fn edit_close(stream: &mut Stream) -> io::Result<usize> {
    let at = stream.lines.len() - 1;
    replace(
        &mut stream.lines[at],
        "\"stream.close\"",
        "\"stream.close\",\"note\":\"as planned\"",
    )?;
    Ok(at)
}

fn malform(line: &mut Vec<u8>, tamper: Tamper) -> io::Result<()> {
    let member: &[u8] = match tamper {
        // JSON readers keep the last of two, mostly: they would read what was there before.
        Tamper::LineDuplicateMember => {
            return replace(line, "\"type\":", "\"type\":\"stream.heartbeat\",\"type\":");
        }
        Tamper::LineMissingTime => {
            let time = time_of(line)?;
            return replace(line, &format!("\"time\":\"{time}\","), "");
        }
        Tamper::LineHugeInteger => b",\"amount_cents\":9007199254740993}",
        Tamper::LineLoneSurrogate => b",\"note\":\"\\ud800\"}",
        Tamper::LineInvalidUtf8 => b",\"note\":\"\xff\xfe\"}",
        _ => {
            line.pop();
            line.extend_from_slice(b",\"note\":");
            line.extend(std::iter::repeat_n(b'[', 200));
            line.extend(std::iter::repeat_n(b']', 200));
            line.push(b'}');
            return Ok(());
        }
    };
    line.pop();
    line.extend_from_slice(member);
    Ok(())
}

/// Keys of the same people that nobody ever saw.
fn strangers(site: &Site) -> Keys {
    let digest = sha256(b"strangers");
    Keys::from_seed(site.truth.seed ^ u64::from_str_radix(&hex(&digest)[..12], 16).unwrap_or(1))
}

/// Writes the bundle anew under these keys, with the breach's beginning whitewashed.
fn rebuild(site: &Site, keys: &Keys) -> io::Result<()> {
    let root = site.bundle();
    fs::remove_dir_all(&root)?;
    let shape = bundle::Shape {
        agents: count(site, AGENTS),
        payments: count(site, PAYMENTS),
        tiles: true,
        attachments: true,
    };
    bundle::write(&root, site.truth.seed, keys, shape)?;
    let mut stream = Stream::open(&root, AGENTS, keys)?;
    let at = stream.find("break-glass")?;
    whitewash(&mut stream.lines[at])?;
    stream.relink(at + 1, &keys.agents)?;
    stream.seal()?;
    sign_manifest(&root, &keys.collector, |_| ())
}

/// Takes the key rotation out, if there is one.
fn unrotate(stream: &mut Stream) -> io::Result<()> {
    stream
        .lines
        .retain(|line| !holds(line, "\"type\":\"key.rotate\""));
    stream.signers.truncate(1);
    Ok(())
}
