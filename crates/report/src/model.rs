//! What a report is rendered from: the types of `report.json`. Plain data, whole numbers and text
//! alone, so that its canonical form (RFC 8785) is the same everywhere. Times are RFC 3339 in UTC.

use crate::assessed::{Assessed, Former};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format of `report.json` and `extract.jsonl` that this version writes and reads.
pub const FORMAT: &str = "exhibit-report/1";

/// `report.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// The report's id: see [`crate::packet::id`].
    pub id: String,
    /// What it rests on.
    pub extract: ExtractSeal,
    /// Who reports, on what, for whom.
    pub identification: Identification,
    /// What was asked, and the answers.
    pub questions: Vec<Question>,
    /// The evidence items.
    pub sources: Vec<Source>,
    /// What was done with the case.
    pub custody: Custody,
    /// Which time was asked for, and which is covered.
    pub period: Period,
    /// The case's verdict.
    pub verdict: Verdict,
    /// Its records by verdict.
    pub counts: Counts,
    /// Its streams.
    pub streams: Vec<Stream>,
    /// The keys that the examiner trusts.
    pub trust: Vec<Key>,
    /// What is wrong with the evidence, or worth knowing of it.
    pub integrity: Vec<Integrity>,
    /// Members that seals leave out.
    pub uncovered: Vec<Uncovered>,
    /// What became of every byte.
    pub ledger: Ledger,
    /// With what it was made.
    pub tool: Tool,
    /// How the cited records were found.
    pub searches: Vec<Search>,
    /// What the examiner noted at cited events in the case.
    pub notes: Vec<Note>,
    /// What the examiner makes of the facts.
    pub interpretation: Vec<Text>,
    /// What the examiner holds, beyond what the facts bear.
    pub opinion: Vec<Text>,
    /// The graph; absent where none was asked for.
    pub graph: Option<Graph>,
    /// Credentials from their mint to their end.
    pub lineage: Vec<Lineage>,
    /// What could be touched.
    pub reach: Vec<Reach>,
    /// Evidence against, and other explanations, in the examiner's words.
    pub against: Vec<Text>,
    /// What the rules found.
    pub behaviour: Vec<Behaviour>,
    /// What the examiner made of findings that the case no longer has; absent where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formerly: Vec<Former>,
    /// What the rules could not say.
    pub not_assessable: Vec<NotAssessable>,
    /// The versions of the lists that findings are mapped to.
    pub mapped_to: Vec<Text>,
    /// Who and what is affected.
    pub affected: Affected,
    /// What was not examined, or cannot be known.
    pub limits: Vec<Text>,
    /// What was left out or blacked out.
    pub redactions: Vec<Text>,
}

/// What was noted at a cited event in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The record that leads the event.
    pub cite: String,
    /// Tags.
    pub tags: Vec<Text>,
    /// A comment, paragraph by paragraph.
    pub comment: Vec<Text>,
}

/// The extract as it was when the report was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtractSeal {
    /// How many lines.
    pub records: u64,
    /// SHA-256 of `extract.jsonl`.
    pub sha256: String,
}

/// The four verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A check refutes it.
    Contradicted,
    /// Nothing shows it false, and nothing proves it.
    Unproven,
    /// Every check holds; nobody vouches for the author.
    Intact,
    /// Every check holds under a key that is trusted from outside the evidence.
    Verified,
}

impl Verdict {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Contradicted => "contradicted",
            Verdict::Unproven => "unproven",
            Verdict::Intact => "intact",
            Verdict::Verified => "verified",
        }
    }
}

/// Who reports, on what, for whom. Empty where nothing was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identification {
    /// The title.
    pub title: Text,
    /// Who examined.
    pub examiner: Text,
    /// Who reviewed.
    pub reviewer: Text,
    /// The case file's name.
    pub case: Text,
    /// By whose order, on which ground.
    pub authority: Text,
    /// The id of the report that this one takes the place of.
    pub supersedes: Text,
    /// When it was made, as the examiner or their clock says.
    pub at: String,
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question.
    pub question: Text,
    /// Paragraphs; none where it is not answered.
    pub answer: Vec<Text>,
}

/// An evidence item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its number: shown as `E1`.
    pub id: u32,
    /// Which PATH it came with.
    pub import: u32,
    /// The archive that it lay in.
    pub container: Option<Text>,
    /// Its path.
    pub path: Text,
    /// Its format.
    pub format: String,
    /// What it is within the format.
    pub role: String,
    /// Its length, decompressed.
    pub bytes: u64,
    /// How many records.
    pub records: u64,
    /// SHA-256 of its bytes, decompressed, as noted when it was received.
    pub sha256_received: String,
    /// The same, reckoned from the case when the report was made.
    pub sha256_now: String,
    /// What holds for it.
    pub verdict: Verdict,
    /// Its records by verdict.
    pub counts: Counts,
}

/// Records by verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// All.
    pub total: u64,
    /// Of them verified.
    pub verified: u64,
    /// Of them intact.
    pub intact: u64,
    /// Of them unproven.
    pub unproven: u64,
    /// Of them contradicted.
    pub contradicted: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, verdict: Verdict) {
        self.total += 1;
        *match verdict {
            Verdict::Contradicted => &mut self.contradicted,
            Verdict::Unproven => &mut self.unproven,
            Verdict::Intact => &mut self.intact,
            Verdict::Verified => &mut self.verified,
        } += 1;
    }
}

/// What was done with the case, up to the last act that changed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Custody {
    /// The acts, oldest first.
    pub acts: Vec<Act>,
    /// Whether each line has the hash that the next one names.
    pub holds: bool,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The line as it is hashed: the number, time, person, tool and hash before stand in it.
    pub line: Text,
    /// Its SHA-256.
    pub sha256: String,
    /// Its number.
    pub seq: u64,
    /// When, by the clock of the machine.
    pub at: String,
    /// Who.
    pub who: Text,
    /// With what.
    pub tool: Text,
    /// What was done.
    pub act: Text,
    /// To what, as JSON.
    pub about: Text,
}

/// Which time was asked for, and which is covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Asked for from; absent where the search had no bound.
    pub from: Option<String>,
    /// Asked for until.
    pub until: Option<String>,
    /// What the streams cover.
    pub covered: Vec<Covered>,
    /// How far two sources' clocks were taken to be apart at most, in seconds.
    pub tolerance_seconds: i64,
}

/// What a stream covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Covered {
    /// The stream.
    pub stream: Text,
    /// Its format.
    pub format: String,
    /// Whether a cut tail would have been seen.
    pub end_known: bool,
    /// Its stretches.
    pub stretches: Vec<Stretch>,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stretch {
    /// `sealed`, `unsealed`, `missing`, `silent`.
    pub state: String,
    /// From.
    pub from: Option<String>,
    /// Until.
    pub until: Option<String>,
    /// Why.
    pub why: Text,
}

/// A stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stream {
    /// Its id.
    pub id: Text,
    /// Its format.
    pub format: String,
    /// How many records.
    pub records: u64,
    /// The lowest number.
    pub first_seq: Option<u64>,
    /// The highest.
    pub last_seq: Option<u64>,
    /// What holds for it.
    pub verdict: Verdict,
    /// The five answers behind it, by axis.
    pub axes: BTreeMap<String, String>,
}

/// A key that the examiner trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// `SHA256:` and the unpadded base64 SHA-256 of the key.
    pub fingerprint: String,
    /// `ed25519` or `rsa`.
    pub algorithm: String,
    /// Raw Ed25519, or the DER of an RSA key (PKCS#1), base64.
    pub public: String,
    /// Of an RSA key, the fingerprint by which CloudTrail names it.
    pub cloudtrail: Option<String>,
    /// A label.
    pub name: Option<Text>,
    /// The streams that it may seal.
    pub streams: Vec<Text>,
    /// Valid from.
    pub from: Option<String>,
    /// Valid until.
    pub until: Option<String>,
    /// Revoked at.
    pub revoked: Option<String>,
    /// How the examiner came to trust it.
    pub how: Option<Text>,
    /// When it was added: what was known of its revocation is known as of then.
    pub added: String,
}

/// A finding about the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Integrity {
    /// Its code.
    pub code: String,
    /// What it makes of its object; absent where it changes no verdict.
    pub verdict: Option<Verdict>,
    /// The source's path, or that of what is missing.
    pub source: Option<Text>,
    /// The stream.
    pub stream: Option<Text>,
    /// The number of the record.
    pub seq: Option<u64>,
    /// Where it lies in the decompressed original.
    pub offset: Option<u64>,
    /// How long it is.
    pub length: Option<u64>,
    /// The first number of a stretch that is missing.
    pub first_seq: Option<u64>,
    /// The last.
    pub last_seq: Option<u64>,
    /// How many.
    pub count: Option<u64>,
    /// The beginning of a stretch of time.
    pub from: Option<String>,
    /// Its end.
    pub until: Option<String>,
    /// In plain words.
    pub message: Text,
    /// What the examiner makes of it; absent where that is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessed: Option<Assessed>,
}

/// Members that the seals of a format or stream leave out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Uncovered {
    /// Where.
    pub stream: Text,
    /// Which.
    pub members: Vec<Text>,
}

/// What became of every byte of the decompressed originals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// All.
    pub bytes_in: u64,
    /// Of records.
    pub bytes_records: u64,
    /// What holds records together, and seals.
    pub bytes_structure: u64,
    /// Neither, each with a reason.
    pub bytes_rejected: u64,
    /// Whether the three add up to the first.
    pub balanced: bool,
}

/// With what it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Name, version, and the build where it is known: `exhibit 0.1.0+546c78f2a1b2`.
    pub name: Text,
    /// Limits that were in force, by name.
    pub settings: BTreeMap<String, String>,
    /// How many proofs were checked again from their own bytes before the report was written.
    pub proofs_checked: u64,
}

/// How cited records were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// The query as it was typed; absent where records were named one by one.
    pub query: Option<Text>,
    /// How many events it matched.
    pub matched: u64,
    /// How many records are cited because of it.
    pub cited: u64,
    /// How many events there are in the case.
    pub total: u64,
}

/// The graph of what is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Graph {
    /// The query that picked its events.
    pub query: Text,
    /// The id that it lies around; absent where it is not drawn around one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<Around>,
    /// Its nodes.
    pub nodes: Vec<Node>,
    /// Its edges.
    pub edges: Vec<Edge>,
    /// Of how many acts it is made.
    pub acts: u64,
    /// Acts that were refused or failed, which claim nothing and are not drawn.
    pub refused: u64,
    /// How many nodes there were before they were grouped; equal where none was.
    pub all_nodes: u64,
}

/// What a graph is drawn around.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Around {
    /// The id.
    pub id: Text,
    /// Within so many edges of it.
    pub edges: u64,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Its id.
    pub id: Text,
    /// `identity`, `credential`, `secret`, `resource`, `tool`.
    pub kind: String,
    /// How many things it stands for.
    pub members: u64,
    /// The worst verdict of its edges.
    pub verdict: Verdict,
    /// Where it stands, 0 to 10,000.
    pub x: i32,
    /// The same, downwards.
    pub y: i32,
}

/// An edge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The place of its beginning among the nodes.
    pub source: u64,
    /// The place of its end.
    pub target: u64,
    /// `called`, `minted`, `used`, `read` …
    pub kind: String,
    /// How many acts.
    pub count: u64,
    /// The first.
    pub first: Option<String>,
    /// The last.
    pub last: Option<String>,
    /// `exact`, `salted`, `inferred`.
    pub join: String,
    /// The worst verdict of its acts.
    pub verdict: Verdict,
    /// The earliest events that show it.
    pub events: Vec<String>,
}

/// A credential in a tree that stands as a list: each line after the one above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lineage {
    /// How deep it stands below the credential that was asked for.
    pub depth: u32,
    /// Its name.
    pub credential: Text,
    /// Its kind.
    pub kind: String,
    /// How it is joined to the one above: `exact`, `salted`, `inferred`.
    pub join: Option<String>,
    /// The event that made it.
    pub minted: Option<String>,
    /// When.
    pub minted_at: Option<String>,
    /// Who made it.
    pub minted_by: Option<Text>,
    /// Whose it is.
    pub holder: Option<Text>,
    /// How often it was used, refused attempts counted.
    pub uses: u64,
    /// When last.
    pub last_use: Option<String>,
    /// The event that ends it.
    pub revoked: Option<String>,
    /// When it ends by itself.
    pub expires: Option<String>,
}

/// What could be touched from one id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// From where.
    pub from: Text,
    /// From which moment on.
    pub after: Option<String>,
    /// What was reached, by time.
    pub reached: Vec<Reached>,
    /// The search ended before everything was found.
    pub left_out: bool,
}

/// A thing that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reached {
    /// Its id.
    pub id: Text,
    /// Its kind.
    pub kind: String,
    /// `must` or `may`.
    pub certainty: String,
    /// When.
    pub at: String,
    /// The worst verdict of the steps.
    pub verdict: Verdict,
    /// The events of the path, first to last.
    pub path: Vec<String>,
}

/// A finding about what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// Its code.
    pub code: String,
    /// `proof` or `indicator`.
    pub strength: String,
    /// In plain words.
    pub message: Text,
    /// Some of the events that it rests on.
    pub events: Vec<String>,
    /// How often.
    pub count: u64,
    /// First.
    pub first: Option<String>,
    /// Last.
    pub last: Option<String>,
    /// OWASP NHI Top 10.
    pub nhi: Vec<Text>,
    /// OWASP Agentic Top 10.
    pub agentic: Vec<Text>,
    /// MITRE ATT&CK.
    pub attack: Vec<Text>,
    /// What the examiner makes of it; absent where that is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessed: Option<Assessed>,
}

/// A rule that the evidence cannot answer, or not wholly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotAssessable {
    /// Its code.
    pub code: String,
    /// Why.
    pub reason: Text,
    /// Whether it found something all the same.
    pub partly: bool,
}

/// Who and what is affected: by the cited records, and by what was reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Affected {
    /// Identities that cited records name.
    pub identities: Vec<Text>,
    /// Credentials that they name.
    pub credentials: Vec<Text>,
    /// Secrets that they name.
    pub secrets: Vec<Text>,
    /// Whether a reach was asked for: without one nothing is said of what to end.
    pub reach_asked: bool,
    /// Credentials reached that nothing ended.
    pub revoke: Vec<Ending>,
    /// Secrets reached that were not rotated since.
    pub rotate: Vec<Ending>,
}

/// What is to be ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Its id.
    pub id: Text,
    /// When it was reached; absent where it is the start.
    pub at: Option<String>,
    /// `must` or `may`.
    pub certainty: String,
    /// When it ends by itself.
    pub expires: Option<String>,
}
