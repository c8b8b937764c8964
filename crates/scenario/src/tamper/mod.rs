//! Each way to tamper with the evidence, with what an honest verifier must say of it.

mod archive;
mod cloudtrail;
mod expected;
mod receipts;
mod records;
mod sealed;
mod seals;
mod unsealed;
mod weak;

pub use expected::Expected;

use crate::keys::Keys;
use crate::truth::Truth;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

macro_rules! tampers {
    ($($part:ident { $($(#[$doc:meta])* $variant:ident = $name:literal),+ $(,)? })+) => {
        /// A way to tamper. Some change nothing that can or should be seen; they are here so that
        /// nothing is said of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Tamper { $($($(#[$doc])* $variant),+),+ }

        impl Tamper {
            /// All of them.
            pub const ALL: &[Tamper] = &[$($(Tamper::$variant),+),+];

            /// Its name: stable, kebab-case.
            pub fn name(self) -> &'static str {
                match self { $($(Tamper::$variant => $name),+),+ }
            }

            /// What part of the evidence it is about.
            pub fn part(self) -> Part {
                match self { $($(Tamper::$variant)|+ => Part::$part),+ }
            }
        }
    };
}

/// A part of the evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Records of the bundle's streams.
    Records,
    /// Seals of the bundle, and the keys of its streams.
    Seals,
    /// CloudTrail.
    CloudTrail,
    /// Agent receipts.
    Receipts,
    /// Kubernetes and OpenBao logs.
    Unsealed,
    /// Archives.
    Archive,
}

tampers! {
    Records {
        /// A line edited in place, after collection.
        LineEdited = "line-edited",
        /// A CR put before a line's LF.
        LineCarriageReturn = "line-carriage-return",
        /// A line cut in half.
        LineNotJson = "line-not-json",
        /// The last line under a checkpoint edited, where others follow.
        LineEditedUnderCheckpoint = "line-edited-under-checkpoint",
        /// The last line of all edited; leaf tiles tell.
        LastLineEdited = "last-line-edited",
        /// The last line of all edited, where a checkpoint ends just before it.
        LastLineEditedAfterCheckpoint = "last-line-edited-after-checkpoint",
        /// The last line of all edited before collection, without leaf tiles.
        LastLineEditedNoTiles = "last-line-edited-no-tiles",
        /// One line deleted.
        LineDeleted = "line-deleted",
        /// One line deleted, without leaf tiles.
        LineDeletedNoTiles = "line-deleted-no-tiles",
        /// Thirteen lines deleted in a row.
        LinesDeleted = "lines-deleted",
        /// Thirteen lines deleted in a row, without leaf tiles.
        LinesDeletedNoTiles = "lines-deleted-no-tiles",
        /// A forged line with the number and the predecessor of the one after it.
        LineInserted = "line-inserted",
        /// A line twice in a row.
        LineRepeated = "line-repeated",
        /// A line once more at the end.
        LineRepeatedAtEnd = "line-repeated-at-end",
        /// Two neighbours swapped.
        LinesSwapped = "lines-swapped",
        /// A line moved six places down.
        LineMoved = "line-moved",
        /// The last twenty lines cut off.
        TailCut = "tail-cut",
        /// The last twenty lines cut off, without leaf tiles.
        TailCutNoTiles = "tail-cut-no-tiles",
        /// The tail cut off, and the checkpoint over it.
        TailAndCheckpointsCut = "tail-and-checkpoints-cut",
        /// The last LF cut off: a last line without it is a line, but the file is another.
        FinalNewlineCut = "final-newline-cut",
        /// A line after `stream.close`, which nothing seals.
        LineAfterClose = "line-after-close",
        /// A line after `stream.close`, sealed by the writer.
        LineAfterCloseSealed = "line-after-close-sealed",
        /// A record of the other stream put in.
        RecordFromOtherStream = "record-from-other-stream",
        /// The whole bundle made anew with keys that nobody knows.
        RebuiltWithAnotherKey = "rebuilt-with-another-key",
        /// The same, and it does not say which.
        RebuiltWithoutSigner = "rebuilt-without-signer",
        /// The payments stream's insider seals the agents' stream.
        InsiderSealsOtherStream = "insider-seals-other-stream",
        /// A second bundle with another version of a stream, as validly sealed.
        StreamForked = "stream-forked",
        /// A stream that begins anew in its middle, sealed.
        StreamRestarted = "stream-restarted",
        /// A stream that has no `stream.close`, sealed.
        StreamLeftOpen = "stream-left-open",
        /// Two hours of silence where a record an hour was promised, sealed.
        HeartbeatMissed = "heartbeat-missed",
        /// A record an hour before its predecessor, sealed.
        ClockBackwards = "clock-backwards",
        /// A member twice in a record, sealed.
        LineDuplicateMember = "line-duplicate-member",
        /// An integer past 2^53, sealed.
        LineHugeInteger = "line-huge-integer",
        /// Half a surrogate pair, sealed.
        LineLoneSurrogate = "line-lone-surrogate",
        /// Bytes that are not UTF-8, sealed.
        LineInvalidUtf8 = "line-invalid-utf8",
        /// Brackets nested 200 deep, sealed.
        LineDeepNesting = "line-deep-nesting",
        /// No `time`, sealed.
        LineMissingTime = "line-missing-time",
    }
    Seals {
        /// A checkpoint over another version of the stream, validly signed.
        CheckpointForked = "checkpoint-forked",
        /// The other stream's checkpoint among this one's.
        CheckpointOfOtherStream = "checkpoint-of-other-stream",
        /// A checkpoint under another size's name.
        CheckpointRenamed = "checkpoint-renamed",
        /// A checkpoint without root and signature.
        CheckpointMalformed = "checkpoint-malformed",
        /// The newest checkpoint's signature changed.
        CheckpointSignatureInvalid = "checkpoint-signature-invalid",
        /// The newest checkpoint's signature with S + L for S.
        CheckpointSignatureMalleated = "checkpoint-signature-malleated",
        /// The newest checkpoint signed by an unknown witness only.
        CheckpointSignatureMissing = "checkpoint-signature-missing",
        /// The newest checkpoint's signature with an R of small order.
        CheckpointSignatureWeak = "checkpoint-signature-weak",
        /// The newest checkpoint cosigned by an unknown witness: nothing wrong.
        CheckpointWitnessed = "checkpoint-witnessed",
        /// A checkpoint deleted after collection.
        CheckpointDeleted = "checkpoint-deleted",
        /// No checkpoint at all, and the manifest knows of none.
        CheckpointsMissing = "checkpoints-missing",
        /// The newest checkpoint is not there, and the manifest knows of none.
        TailUnsealed = "tail-unsealed",
        /// A key rotation endorsed by a stranger.
        RotationNotEndorsed = "rotation-not-endorsed",
        /// No manifest.
        ManifestMissing = "manifest-missing",
        /// Half a manifest.
        ManifestMalformed = "manifest-malformed",
        /// The manifest's statement changed.
        ManifestEdited = "manifest-edited",
        /// The manifest signed by a stranger.
        ManifestUnknownKey = "manifest-unknown-key",
        /// The manifest's `keyid` names a stranger, its signature is the collector's: nothing wrong.
        ManifestKeyidWrong = "manifest-keyid-wrong",
        /// The manifest has no signature.
        ManifestSignatureMissing = "manifest-signature-missing",
        /// The manifest's signature with an R of small order.
        ManifestSignatureWeak = "manifest-signature-weak",
        /// A manifest of version 2.
        ManifestVersionRefused = "manifest-version-refused",
        /// Six hours more were asked for than there are.
        PeriodUncovered = "period-uncovered",
        /// An attachment with records edited.
        AttachmentEdited = "attachment-edited",
        /// An attachment deleted.
        AttachmentDeleted = "attachment-deleted",
        /// An attachment that the manifest does not list.
        AttachmentAdded = "attachment-added",
        /// A leaf tile edited.
        TileEdited = "tile-edited",
        /// The stream's key ended in the middle of it.
        KeyExpired = "key-expired",
        /// The stream's key was revoked in the middle of it.
        KeyRevoked = "key-revoked",
        /// The stream's key began after it.
        KeyNotYetValid = "key-not-yet-valid",
        /// The examiner does not have the stream's key.
        KeyMissing = "key-missing",
        /// The examiner does not have the collector's key.
        CollectorKeyMissing = "collector-key-missing",
        /// The examiner has no key at all.
        KeysMissing = "keys-missing",
    }
    CloudTrail {
        /// A log edited.
        LogEdited = "log-edited",
        /// A log deleted.
        LogDeleted = "log-deleted",
        /// A log that no digest lists.
        LogAdded = "log-added",
        /// A log in another folder.
        LogMoved = "log-moved",
        /// A second gzip member after a log.
        LogTrailingMember = "log-trailing-member",
        /// Bytes after a log's gzip stream.
        LogTrailingBytes = "log-trailing-bytes",
        /// A log compressed anew: nothing wrong.
        LogRecompressed = "log-recompressed",
        /// A member twice in an event, sealed.
        LogDuplicateMember = "log-duplicate-member",
        /// A digest in the middle edited.
        DigestEdited = "digest-edited",
        /// A digest in the middle deleted, with its sidecar.
        DigestDeleted = "digest-deleted",
        /// The newest digest deleted, with its sidecar.
        NewestDigestRemoved = "newest-digest-removed",
        /// The newest digest's signature changed.
        DigestSignatureInvalid = "digest-signature-invalid",
        /// A digest's signature changed in the middle, where its successor holds the right one.
        DigestSidecarEdited = "digest-sidecar-edited",
        /// The newest digest's sidecar not taken along.
        NewestSidecarMissing = "newest-sidecar-missing",
        /// A sidecar in the middle not taken along: its successor holds the signature.
        MiddleSidecarMissing = "middle-sidecar-missing",
        /// No sidecar taken along.
        SidecarsMissing = "sidecars-missing",
        /// A digest in another folder.
        DigestMoved = "digest-moved",
        /// Another account's digest in the place of one in the middle, signed with the same key.
        DigestFromOtherAccount = "digest-from-other-account",
        /// A digest that names another hash for the one before, signed.
        DigestPreviousHashWrong = "digest-previous-hash-wrong",
        /// A digest that names another signature for the one before, signed.
        DigestPreviousSignatureWrong = "digest-previous-signature-wrong",
        /// A digest that says it is signed with SHA-1.
        DigestAlgorithmRefused = "digest-algorithm-refused",
        /// The examiner does not have CloudTrail's key.
        CloudtrailKeyMissing = "cloudtrail-key-missing",
        /// CloudTrail's key lies among the evidence.
        CloudtrailKeyInEvidence = "cloudtrail-key-in-evidence",
        /// CloudTrail's key ended before.
        CloudtrailKeyExpired = "cloudtrail-key-expired",
    }
    Receipts {
        /// A receipt edited.
        ReceiptEdited = "receipt-edited",
        /// The last receipt edited: no successor tells.
        LastReceiptEdited = "last-receipt-edited",
        /// A receipt deleted.
        ReceiptDeleted = "receipt-deleted",
        /// A receipt by a stranger put in.
        ReceiptInserted = "receipt-inserted",
        /// A receipt twice.
        ReceiptRepeated = "receipt-repeated",
        /// Two receipts swapped.
        ReceiptsReordered = "receipts-reordered",
        /// A receipt that names another predecessor, signed.
        ReceiptLinkBroken = "receipt-link-broken",
        /// A receipt that names no predecessor, signed.
        ReceiptChainRestarted = "receipt-chain-restarted",
        /// A receipt signed by a stranger.
        ReceiptSignedByOtherKey = "receipt-signed-by-other-key",
        /// A receipt's signature with S + L for S.
        ReceiptSignatureMalleated = "receipt-signature-malleated",
        /// A receipt's signature with an R of small order.
        ReceiptSignatureWeak = "receipt-signature-weak",
        /// A receipt without proof.
        ReceiptSignatureMissing = "receipt-signature-missing",
        /// A receipt under a `did:key` of order one.
        ReceiptKeySmallOrder = "receipt-key-small-order",
        /// A receipt whose proof says it is RSA.
        ReceiptAlgorithmRefused = "receipt-algorithm-refused",
        /// A receipt of a version that is not known, signed.
        ReceiptVersionRefused = "receipt-version-refused",
        /// A member twice in a receipt.
        ReceiptDuplicateMember = "receipt-duplicate-member",
        /// An integer past 2^53, signed as rounded.
        ReceiptHugeInteger = "receipt-huge-integer",
        /// A rotation signed by the new key.
        ReceiptRotationNotEndorsed = "receipt-rotation-not-endorsed",
        /// A receipt after the last, signed.
        ReceiptAfterTerminal = "receipt-after-terminal",
        /// A receipt by another issuer, signed.
        ReceiptIssuerChanged = "receipt-issuer-changed",
        /// The last three receipts cut off: nothing says how many there were.
        ReceiptsTailCut = "receipts-tail-cut",
        /// A second file with another version of the chain, as validly signed.
        ReceiptsForked = "receipts-forked",
        /// The examiner does not have the issuer's key.
        ReceiptKeyMissing = "receipt-key-missing",
        /// The proof's date changed, which nothing covers: nothing to see.
        ReceiptProofDateEdited = "receipt-proof-date-edited",
        /// An optional member that is null: nothing wrong.
        ReceiptNullMember = "receipt-null-member",
        /// Members in another order, with spaces: nothing wrong.
        ReceiptReserialised = "receipt-reserialised",
    }
    Unsealed {
        /// A line edited: nothing to see.
        KubernetesLineEdited = "kubernetes-line-edited",
        /// A line cut in half.
        KubernetesLineCut = "kubernetes-line-cut",
        /// The last line cut in half.
        VaultTailCut = "vault-tail-cut",
        /// A member twice in a line.
        VaultDuplicateMember = "vault-duplicate-member",
    }
    Archive {
        /// The bundle as `.tar.zst`: nothing wrong.
        BundlePackedZst = "bundle-packed-zst",
        /// The bundle as `.zip`: nothing wrong.
        BundlePackedZip = "bundle-packed-zip",
        /// The bundle as `.tar`, with a path that leads out.
        ArchivePathEscapes = "archive-path-escapes",
        /// With an absolute path.
        ArchivePathAbsolute = "archive-path-absolute",
        /// With a backslash in a path.
        ArchivePathBackslash = "archive-path-backslash",
        /// With a path that differs from an earlier one by case only.
        ArchiveCaseCollision = "archive-case-collision",
        /// With a symbolic link.
        ArchiveLink = "archive-link",
        /// A gzip of 300 MiB of zeros beside the evidence.
        ArchiveBomb = "archive-bomb",
        /// Archives nested four deep beside the evidence.
        ArchiveTooDeep = "archive-too-deep",
    }
}

impl Tamper {
    /// The tamper with this name.
    pub fn from_name(name: &str) -> Option<Tamper> {
        Tamper::ALL
            .iter()
            .copied()
            .find(|tamper| tamper.name() == name)
    }
}

/// Evidence on disk, with the keys that made it.
pub(crate) struct Site {
    pub evidence: PathBuf,
    pub keys_dir: PathBuf,
    pub keys: Keys,
    pub truth: Truth,
}

impl Site {
    pub(crate) fn new(evidence: PathBuf, keys_dir: PathBuf, truth: Truth) -> Site {
        Site {
            evidence,
            keys_dir,
            keys: Keys::from_seed(truth.seed),
            truth,
        }
    }

    pub(crate) fn apply(&self, tamper: Tamper) -> io::Result<Expected> {
        match tamper.part() {
            Part::Records => records::apply(self, tamper),
            Part::Seals => seals::apply(self, tamper),
            Part::CloudTrail => cloudtrail::apply(self, tamper),
            Part::Receipts => receipts::apply(self, tamper),
            Part::Unsealed => unsealed::apply(self, tamper),
            Part::Archive => archive::apply(self, tamper),
        }
    }
}

/// Tampers with the sound evidence in `dir`, as [`crate::site::lay`] wrote it, and says what an honest
/// verifier must say of `dir/evidence` under the key files that are left. The format that the tamper
/// is about must be there; once tampered with, the folder is used up.
pub fn apply(dir: &Path, tamper: Tamper) -> io::Result<Expected> {
    let truth: Truth = serde_json::from_slice(&fs::read(dir.join("truth.json"))?)?;
    Site::new(dir.join("evidence"), dir.join("keys"), truth).apply(tamper)
}
