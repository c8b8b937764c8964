//! From what the use cases give to what a report holds.

use crate::GraphQuestion;
use crate::api;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use evidence::Micros;
use evidence::keys::{KeyMaterial, Trust, TrustedKey, rsa};
use report::model;
use report::text::Text;

pub(super) fn verdict(word: api::Word) -> model::Verdict {
    match word {
        api::Word::Contradicted => model::Verdict::Contradicted,
        api::Word::Intact => model::Verdict::Intact,
        api::Word::Verified => model::Verdict::Verified,
        api::Word::Unproven | api::Word::Unchecked => model::Verdict::Unproven,
    }
}

pub(super) fn text(text: Option<String>) -> Option<Text> {
    text.map(Into::into)
}

pub(super) fn texts(texts: Vec<String>) -> Vec<Text> {
    texts.into_iter().map(Into::into).collect()
}

fn counts(counts: &api::RecordCounts) -> model::Counts {
    model::Counts {
        total: counts.total,
        verified: counts.verified,
        intact: counts.intact,
        unproven: counts.unproven + counts.unchecked,
        contradicted: counts.contradicted,
    }
}

/// `now`: SHA-256 as reckoned from the case now.
pub(super) fn source(source: &api::Source, now: String) -> model::Source {
    model::Source {
        id: source.id,
        import: source.import,
        container: text(source.container.clone()),
        path: source.path.as_str().into(),
        format: source.format.clone(),
        role: source.role.clone(),
        bytes: source.bytes,
        records: source.records,
        sha256_received: source.sha256.clone(),
        sha256_now: now,
        verdict: verdict(source.verdict),
        counts: counts(&source.counts),
    }
}

pub(super) fn stream(stream: api::Stream) -> model::Stream {
    let axes = stream.axes;
    let axes = [
        ("form", axes.form),
        ("integrity", axes.integrity),
        ("author", axes.author),
        ("completeness", axes.completeness),
        ("time", axes.time),
    ];
    model::Stream {
        id: stream.id.into(),
        format: stream.format,
        records: stream.records,
        first_seq: stream.first_seq,
        last_seq: stream.last_seq,
        verdict: verdict(stream.verdict),
        axes: axes.map(|(axis, answer)| (axis.to_owned(), answer)).into(),
    }
}

pub(super) fn summary_counts(summary: &api::Summary) -> model::Counts {
    counts(&summary.records)
}

pub(super) fn ledger(ledger: &api::Ledger) -> model::Ledger {
    model::Ledger {
        bytes_in: ledger.bytes_in,
        bytes_records: ledger.bytes_records,
        bytes_structure: ledger.bytes_structure,
        bytes_rejected: ledger.bytes_rejected,
        balanced: ledger.balanced,
    }
}

pub(super) fn finding(finding: api::FindingView) -> model::Integrity {
    model::Integrity {
        code: finding.code,
        verdict: finding.verdict.map(verdict),
        source: text(finding.source),
        stream: text(finding.stream),
        seq: finding.seq,
        offset: finding.offset,
        length: finding.length,
        first_seq: finding.first_seq,
        last_seq: finding.last_seq,
        count: finding.count,
        from: finding.from,
        until: finding.until,
        message: finding.message.into(),
        assessed: None,
    }
}

pub(super) fn covered(coverage: api::CoverageView) -> model::Covered {
    let stretches = coverage
        .stretches
        .into_iter()
        .map(|stretch| model::Stretch {
            state: stretch.state,
            from: stretch.from,
            until: stretch.until,
            why: stretch.why.into(),
        });
    model::Covered {
        stream: coverage.stream.into(),
        format: coverage.format,
        end_known: coverage.end_known,
        stretches: stretches.collect(),
    }
}

pub(super) fn behaviour(finding: api::CaseFinding) -> model::Behaviour {
    let mapping = finding.mapping;
    let (nhi, agentic, attack) = mapping.map_or_else(Default::default, |mapping| {
        (mapping.nhi, mapping.agentic, mapping.attack)
    });
    model::Behaviour {
        code: finding.code,
        strength: finding.strength.unwrap_or_default(),
        message: finding.message.into(),
        events: finding
            .events
            .into_iter()
            .map(|event| event.event)
            .collect(),
        count: finding.count.unwrap_or(0),
        first: finding.first,
        last: finding.last,
        nhi: texts(nhi),
        agentic: texts(agentic),
        attack: texts(attack),
        assessed: None,
    }
}

pub(crate) fn graph(asked: &GraphQuestion, graph: api::GraphView) -> model::Graph {
    let around = asked.near.as_ref().map(|(id, edges)| model::Around {
        id: id.as_str().into(),
        edges: *edges as u64,
    });
    model::Graph {
        query: asked.query.as_str().into(),
        around,
        nodes: graph
            .nodes
            .into_iter()
            .map(|node| model::Node {
                id: node.id.into(),
                kind: node.kind,
                members: node.members,
                verdict: verdict(node.verdict),
                x: node.x,
                y: node.y,
            })
            .collect(),
        edges: graph
            .edges
            .into_iter()
            .map(|edge| model::Edge {
                source: edge.source as u64,
                target: edge.target as u64,
                kind: edge.kind,
                count: edge.count,
                first: edge.first,
                last: edge.last,
                join: edge.join,
                verdict: verdict(edge.verdict),
                events: edge.events,
            })
            .collect(),
        acts: graph.acts,
        refused: graph.refused,
        all_nodes: graph.all_nodes as u64,
    }
}

/// A tree of credentials, each line after the one above it.
pub(super) fn lineage(tree: api::LineageView, out: &mut Vec<model::Lineage>) {
    // An own stack: a tree may be deeper than ours.
    let mut stack = vec![(0_u32, tree)];
    while let Some((depth, mut node)) = stack.pop() {
        let children = std::mem::take(&mut node.children);
        let below = children.into_iter().rev();
        stack.extend(below.map(|child| (depth + 1, child)));
        out.push(model::Lineage {
            depth,
            credential: node.credential.into(),
            kind: node.kind,
            join: node.join,
            minted: node.minted,
            minted_at: node.minted_at,
            minted_by: text(node.minted_by),
            holder: text(node.holder),
            uses: node.uses.count,
            last_use: node.uses.last,
            revoked: node.revoked,
            expires: node.expires,
        });
    }
}

pub(super) fn reach(reach: &api::ReachView) -> model::Reach {
    let reached = reach.reached.iter().map(|one| model::Reached {
        id: one.id.as_str().into(),
        kind: one.kind.clone(),
        certainty: one.certainty.clone(),
        at: one.at.clone(),
        verdict: verdict(one.verdict),
        path: one.path.iter().map(|step| step.event.clone()).collect(),
    });
    model::Reach {
        from: reach.from.as_str().into(),
        after: reach.after.clone(),
        reached: reached.collect(),
        left_out: reach.left_out,
    }
}

pub(super) fn ending(ending: &api::EndingView) -> model::Ending {
    model::Ending {
        id: ending.id.as_str().into(),
        at: ending.at.clone(),
        certainty: ending.certainty.clone(),
        expires: ending.expires.clone(),
    }
}

/// A trusted key, with the key itself.
pub(super) fn key(stored: &store::StoredKey) -> model::Key {
    let key = &stored.key;
    let time = |time: Option<Micros>| time.map(|time| time.to_string());
    let (algorithm, public, cloudtrail) = match &key.key {
        KeyMaterial::Ed25519(raw) => ("ed25519", STANDARD.encode(raw), None),
        KeyMaterial::Rsa {
            key,
            cloudtrail_fingerprint,
        } => (
            "rsa",
            STANDARD.encode(key.der()),
            Some(cloudtrail_fingerprint.clone()),
        ),
    };
    model::Key {
        fingerprint: key.fingerprint(),
        algorithm: algorithm.to_owned(),
        public,
        cloudtrail,
        name: text(key.name.clone()),
        streams: texts(key.streams.clone()),
        from: time(key.from),
        until: time(key.until),
        revoked: time(key.revoked),
        how: text(key.how.clone()),
        added: stored.added.to_string(),
    }
}

/// The trust that a report says its examiner has. What cannot be read says which key it is.
pub(crate) fn trust(keys: &[model::Key]) -> Result<Trust, String> {
    let mut trust = Trust::default();
    for key in keys {
        let wrong = || format!("the key {} cannot be read", key.fingerprint);
        let public = STANDARD.decode(&key.public).map_err(|_| wrong())?;
        let material = match (key.algorithm.as_str(), &key.cloudtrail) {
            ("ed25519", None) => KeyMaterial::Ed25519(public.try_into().map_err(|_| wrong())?),
            ("rsa", Some(cloudtrail)) => KeyMaterial::Rsa {
                key: rsa::PublicKey::from_der(&public).ok_or_else(wrong)?,
                cloudtrail_fingerprint: cloudtrail.clone(),
            },
            _ => return Err(wrong()),
        };
        let time = |text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => evidence::time::rfc3339_utc(text)
                .map(Some)
                .ok_or_else(wrong),
        };
        let read = TrustedKey {
            key: material,
            name: key.name.as_ref().map(|name| name.as_str().to_owned()),
            streams: key
                .streams
                .iter()
                .map(|id| id.as_str().to_owned())
                .collect(),
            from: time(&key.from)?,
            until: time(&key.until)?,
            revoked: time(&key.revoked)?,
            how: key.how.as_ref().map(|how| how.as_str().to_owned()),
        };
        if read.fingerprint() != key.fingerprint {
            return Err(format!(
                "the key {} has another fingerprint",
                key.fingerprint
            ));
        }
        trust.keys.push(read);
    }
    Ok(trust)
}
