//! The proof of one record of a stream, step by step, each checked anew.

use super::assembly::Assembly;
use super::checkpoint::{Checkpoint, Seal};
use super::judge::exhibits_of;
use super::line::Prev;
use super::stream::{self, Exhibits};
use super::tlog::{Lone, TlogProof};
use super::tree::leaf;
use crate::keys::{Trust, fingerprint};
use crate::merkle::{Range, inclusion_holds, inclusion_path};
use crate::verify::{Proof, Step, StepOutcome, Subject, opening};
use crate::{Code, Digest, FileFacts, FileId, Limits, Lookup, LookupError};
use std::collections::BTreeMap;

/// A checkpoint that the tree meets.
pub(super) struct Held<'a> {
    pub checkpoint: &'a Checkpoint,
    pub seal: &'a Seal,
    /// Whether it is met by the leaf tiles rather than by the lines.
    pub by_tiles: bool,
}

/// Proves one record.
pub fn proof(
    subject: &Subject<'_>,
    files: &[&FileFacts],
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
) -> Result<Proof, LookupError> {
    match exhibits_of(subject.file, files, trust, lookup, limits)? {
        Some(exhibits) => stream::prove(&exhibits, subject),
        None => Ok(Proof {
            steps: opening(subject),
            uncovered: Vec::new(),
        }),
    }
}

/// The steps of a record whose number in the sealed order is `seq`.
pub(super) fn steps(
    exhibits: &Exhibits<'_>,
    subject: &Subject<'_>,
    assembly: &Assembly<'_>,
    held: &[Held<'_>],
    seq: Option<u64>,
) -> Result<Proof, LookupError> {
    let mut steps = opening(subject);
    let Some(seq) = seq else {
        steps.push(Step::new(
            "place",
            StepOutcome::Fails,
            "this line has no place in the sealed sequence: the chain holds without it",
        ));
        return Ok(Proof {
            steps,
            uncovered: Vec::new(),
        });
    };
    let own = Digest::of(subject.bytes);
    steps.push(link(assembly, seq, own)?);
    let Some(seal) = covering(held, seq) else {
        steps.push(Step::new(
            "root",
            StepOutcome::Missing,
            "no checkpoint that holds covers this record",
        ));
        return Ok(Proof {
            steps,
            uncovered: Vec::new(),
        });
    };
    tree(&mut steps, exhibits, assembly, seal, seq, own)?;
    signature(&mut steps, exhibits.trust, &seal.checkpoint.path, seal.seal);
    Ok(Proof {
        steps,
        uncovered: Vec::new(),
    })
}

/// The smallest of the best seals over a record: it needs the shortest path.
fn covering<'h, 'a>(held: &'h [Held<'a>], seq: u64) -> Option<&'h Held<'a>> {
    let covering = held.iter().filter(|held| held.checkpoint.size > seq);
    let best = covering.clone().map(|held| held.seal.rank()).max();
    covering
        .filter(|held| Some(held.seal.rank()) == best)
        .min_by_key(|held| held.checkpoint.size)
}

/// What proves a record without its bundle, where a checkpoint that holds covers it. `newest` keeps
/// the last record under each checkpoint.
pub(super) fn lone(
    exhibits: &Exhibits<'_>,
    assembly: &Assembly<'_>,
    held: &[Held<'_>],
    seq: u64,
    newest: &mut BTreeMap<FileId, Option<(u64, TlogProof)>>,
    ordinal_of: impl Fn(u64) -> Option<u64>,
) -> Result<Option<Lone>, LookupError> {
    let Some(seal) = covering(held, seq) else {
        return Ok(None);
    };
    let Some((proof, sealed)) = tlog_proof(exhibits, assembly, seal, seq)? else {
        return Ok(None);
    };
    let last = match newest.get(&seal.checkpoint.file) {
        Some(known) => Option::clone(known),
        None => {
            let last = last(exhibits, assembly, seal, ordinal_of)?;
            newest.insert(seal.checkpoint.file, last.clone());
            last
        }
    };
    Ok(Some(Lone {
        proof,
        sealed,
        last,
    }))
}

/// The last record under a checkpoint, where its line is the sealed one.
fn last(
    exhibits: &Exhibits<'_>,
    assembly: &Assembly<'_>,
    held: &Held<'_>,
    ordinal_of: impl Fn(u64) -> Option<u64>,
) -> Result<Option<(u64, TlogProof)>, LookupError> {
    let newest = held.checkpoint.size - 1;
    let Some(ordinal) = ordinal_of(newest) else {
        return Ok(None);
    };
    let own = (assembly.lines)(ordinal)?;
    let proof = tlog_proof(exhibits, assembly, held, newest)?;
    Ok(proof
        .filter(|(_, sealed)| *sealed == own)
        .map(|(proof, _)| (ordinal, proof)))
}

/// The proof of what a checkpoint holds at a number, and the digest that it holds there. Checked
/// before it is given.
fn tlog_proof(
    exhibits: &Exhibits<'_>,
    assembly: &Assembly<'_>,
    held: &Held<'_>,
    seq: u64,
) -> Result<Option<(TlogProof, Digest)>, LookupError> {
    let (size, root) = (held.checkpoint.size, held.checkpoint.root);
    let Some(sealed) = assembly.digest(seq)? else {
        return Ok(None);
    };
    let path = if held.by_tiles {
        let mut leaves = Vec::new();
        for number in 0..size.div_ceil(super::tree::BLOCK) {
            leaves.extend(exhibits.tiles.tile(number, exhibits.lookup)?);
        }
        inclusion_path(seq, size, leaves.into_iter()).map(|(path, _)| path)
    } else {
        Some(path(assembly, seq, size)?)
    };
    let Some(path) = path.filter(|path| inclusion_holds(&leaf(&sealed), seq, size, path, &root))
    else {
        return Ok(None);
    };
    let checkpoint = exhibits.lookup.file(held.checkpoint.file)?;
    let proof = TlogProof {
        index: seq,
        path,
        checkpoint,
    };
    Ok(Some((proof, sealed)))
}

/// What the next line says of this one.
fn link(assembly: &Assembly<'_>, seq: u64, own: Digest) -> Result<Step, LookupError> {
    let pieces = &assembly.sequence.pieces;
    let at = pieces.partition_point(|piece| piece.to <= seq);
    let said = if seq + 1 < pieces[at].to {
        // Within a piece each line names the one before it.
        Some(own)
    } else {
        match pieces.get(at + 1).filter(|next| next.from == seq + 1) {
            Some(next) => match next.prev(assembly.runs, assembly.lines)? {
                Prev::Digest(said) => Some(said),
                Prev::Null | Prev::Unreadable => None,
            },
            None => None,
        }
    };
    Ok(match said {
        Some(said) if said == own => Step::new(
            "link",
            StepOutcome::Holds,
            format!("record {} names this digest as its predecessor's", seq + 1),
        )
        .value(said),
        Some(said) => Step::new(
            "link",
            StepOutcome::Fails,
            format!(
                "record {} names another digest as its predecessor's",
                seq + 1
            ),
        )
        .value(said),
        None => Step::new(
            "link",
            StepOutcome::Missing,
            "no record after it names its digest",
        ),
    })
}

fn tree(
    steps: &mut Vec<Step>,
    exhibits: &Exhibits<'_>,
    assembly: &Assembly<'_>,
    held: &Held<'_>,
    seq: u64,
    own: Digest,
) -> Result<(), LookupError> {
    let (size, root) = (held.checkpoint.size, held.checkpoint.root);
    if held.by_tiles {
        let number = seq / super::tree::BLOCK;
        let tile = exhibits.tiles.tile(number, exhibits.lookup)?;
        let sealed = tile.get((seq % super::tree::BLOCK) as usize).copied();
        let outcome = if sealed == Some(leaf(&own)) {
            StepOutcome::Holds
        } else {
            StepOutcome::Fails
        };
        steps.push(
            Step::new(
                "leaf",
                outcome,
                "SHA-256 of 0x00 and the digest, held against the leaf tile",
            )
            .value(leaf(&own)),
        );
        steps.push(
            Step::new(
                "root",
                StepOutcome::Holds,
                format!("the leaf tiles hash up to the root over {size} records"),
            )
            .value(root),
        );
        return Ok(());
    }
    let digest = assembly.digest(seq)?.unwrap_or(own);
    let leaf = leaf(&digest);
    if digest == own {
        steps.push(
            Step::new("leaf", StepOutcome::Info, "SHA-256 of 0x00 and the digest").value(leaf),
        );
    } else {
        steps.push(
            Step::new(
                "leaf",
                StepOutcome::Info,
                "mended: SHA-256 of 0x00 and the digest that the next record names",
            )
            .value(leaf),
        );
    }
    let path = path(assembly, seq, size)?;
    let count = path.len();
    let listed = path
        .iter()
        .map(Digest::to_string)
        .collect::<Vec<_>>()
        .join(" ");
    steps.push(
        Step::new(
            "path",
            StepOutcome::Info,
            format!("{count} siblings from leaf {seq} of {size} up to the root"),
        )
        .value(listed),
    );
    let holds = inclusion_holds(&leaf, seq, size, &path, &root);
    let text = if holds && digest == own {
        format!("equals the root that the checkpoint over {size} records signs")
    } else if holds {
        format!(
            "equals the root that the checkpoint over {size} records signs: the seal holds with the mended digest, not with these bytes"
        )
    } else {
        format!("is not the root that the checkpoint over {size} records signs")
    };
    steps.push(
        Step::new(
            "root",
            if holds {
                StepOutcome::Holds
            } else {
                StepOutcome::Fails
            },
            text,
        )
        .value(root),
    );
    Ok(())
}

/// The inclusion path of a leaf (RFC 9162, 2.1.3.1), from the leaf up.
fn path(assembly: &Assembly<'_>, seq: u64, size: u64) -> Result<Vec<Digest>, LookupError> {
    let (mut low, mut high) = (0, size);
    let mut path = Vec::new();
    while high - low > 1 {
        let half = 1 << (high - low - 1).ilog2();
        let sibling = if seq < low + half {
            (low + half, high)
        } else {
            (low, low + half)
        };
        let mut range = Range::empty(sibling.0);
        if assembly.extend(&mut range, sibling.1)?
            && let Some(hash) = range.hash()
        {
            path.push(hash);
        }
        if seq < low + half {
            high = low + half;
        } else {
            low += half;
        }
    }
    path.reverse();
    Ok(path)
}

pub(super) fn signature(steps: &mut Vec<Step>, trust: &Trust, path: &str, seal: &Seal) {
    let key = |steps: &mut Vec<Step>, key: &[u8; 32]| {
        steps
            .push(Step::new("key", StepOutcome::Info, "SHA-256 of the key").value(fingerprint(key)))
    };
    match seal {
        Seal::Vouched(vouched, raw) => {
            steps.push(
                Step::new(
                    "signature",
                    StepOutcome::Holds,
                    "Ed25519, holds over the checkpoint",
                )
                .value(path),
            );
            key(steps, raw);
            let how = trust
                .keys
                .iter()
                .find(|trusted| trusted.fingerprint() == vouched.fingerprint())
                .map(|trusted| {
                    trusted
                        .how
                        .clone()
                        .unwrap_or_else(|| "trusted by the examiner".into())
                })
                .unwrap_or_else(|| {
                    "endorsed by the stream's key before it, which the examiner trusts".into()
                });
            steps.push(Step::new("trust", StepOutcome::Holds, how));
        }
        Seal::Known(raw) => {
            steps.push(
                Step::new(
                    "signature",
                    StepOutcome::Holds,
                    "Ed25519, holds over the checkpoint",
                )
                .value(path),
            );
            key(steps, raw);
            steps.push(Step::new(
                "trust",
                StepOutcome::Missing,
                "nobody outside the evidence vouches for this key",
            ));
        }
        Seal::Unproven(code) => {
            let (outcome, text) = match code {
                Code::KeyUnknown => (StepOutcome::Missing, "no key at hand for the signature"),
                Code::KeyExpired => (StepOutcome::Fails, "signed outside the validity of the key"),
                Code::KeyRevoked => (StepOutcome::Fails, "signed after the key was revoked"),
                Code::SignatureWeak => (
                    StepOutcome::Fails,
                    "only a lenient verifier would pass the signature",
                ),
                Code::EndorsementInvalid => (
                    StepOutcome::Fails,
                    "signed by a key that no valid endorsement made this stream's",
                ),
                _ => (
                    StepOutcome::Missing,
                    "the key in force has not signed this checkpoint",
                ),
            };
            steps.push(Step::new("signature", outcome, text).value(path));
        }
        Seal::Void => steps.push(
            Step::new(
                "signature",
                StepOutcome::Fails,
                "the signature does not verify",
            )
            .value(path),
        ),
    }
}
