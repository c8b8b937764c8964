//! A credential from its mint to its end, and what came from it.

use crate::api::{CoveredView, LineageTree, LineageView, ParentView, UsesView};
use crate::failure::Result;
use crate::follow::{event_text, found, iso};
use crate::session::Session;
use crate::summary::word;
use analysis::INFERENCE_SECONDS;
use analysis::lineage::{Node, Parent, Source, lineage, would_hold};
use analysis::names::Sort;
use std::sync::Arc;
use store::Reader;

impl Session {
    /// The tree of a credential, by any of its names.
    pub fn lineage(&self, id: &str) -> Result<LineageTree> {
        let mut tree = self.following(|names, reader| {
            let (_, name) = found(names, reader, id, &[Sort::Credential])?;
            let found = lineage(names, name)?;
            let coverage = match found.nodes.first() {
                Some(root) if root.minted.is_none() => {
                    let sources = sources(reader)?;
                    would_hold(root.kind, &sources)
                        .into_iter()
                        .map(covered)
                        .collect()
                }
                _ => Vec::new(),
            };
            Ok(LineageTree {
                tree: nested(&found.nodes),
                ancestors: found.ancestors.iter().map(parent).collect(),
                ancestors_cut: found.ancestors_cut,
                coverage,
                gaps: Vec::new(),
                inferred_within_seconds: INFERENCE_SECONDS,
            })
        })?;
        if tree.tree.minted.is_none() {
            tree.gaps = self.gaps()?;
        }
        Ok(tree)
    }
}

/// The files with records.
pub(crate) fn sources(reader: &Reader) -> Result<Vec<Source>> {
    let files = reader.files()?;
    Ok(files
        .into_iter()
        .filter(|file| file.records > 0)
        .map(|file| Source {
            log: file.id.0,
            path: file.path,
            format: file.kind.format(),
            from: file.earliest,
            until: file.latest,
        })
        .collect())
}

fn covered(source: &Source) -> CoveredView {
    CoveredView {
        source: source.path.clone(),
        format: source.format.as_str().to_owned(),
        from: source.from.map(iso),
        until: source.until.map(iso),
    }
}

/// The flat tree as one of views. Each node stands after the one above it, so that from the end on
/// the children are ready before their parent is.
fn nested(nodes: &[Node]) -> LineageView {
    let mut ready: Vec<Option<LineageView>> = vec![None; nodes.len()];
    for (place, node) in nodes.iter().enumerate().rev() {
        let children = node
            .children
            .iter()
            .filter_map(|child| ready.get_mut(*child)?.take())
            .collect();
        ready[place] = Some(view(node, children));
    }
    ready[0].take().expect("a tree has a root")
}

fn view(node: &Node, children: Vec<LineageView>) -> LineageView {
    let text = |text: &Option<Arc<str>>| text.as_deref().map(str::to_owned);
    let texts = |texts: &[Arc<str>]| texts.iter().map(|text| text.to_string()).collect();
    LineageView {
        credential: node.credential.to_string(),
        kind: node.kind.to_owned(),
        minted: node.minted.map(|moment| event_text(moment.event)),
        minted_by: text(&node.minted_by),
        holder: text(&node.holder),
        parent: node
            .parent
            .as_ref()
            .map(|parent| parent.credential.to_string()),
        uses: UsesView {
            count: node.uses.count,
            first: node.uses.first.map(iso),
            last: node.uses.last.map(iso),
            refused: node.uses.refused,
            verdict: node.uses.verdict.map(word),
        },
        revoked: node.revoked.map(|moment| event_text(moment.event)),
        expires: node.expires.map(iso),
        join: node.join.map(|join| join.as_str().to_owned()),
        children,
        minted_at: node.minted.and_then(|moment| moment.time).map(iso),
        minted_verdict: node.minted.map(|moment| word(moment.verdict)),
        mints: node.mints.iter().map(|event| event_text(*event)).collect(),
        minted_with: text(&node.minted_with),
        aliases: texts(&node.also),
        holder_aliases: texts(&node.holder_also),
        parent_join: node
            .parent
            .as_ref()
            .map(|parent| parent.join.as_str().to_owned()),
        parent_shown_by: node
            .parent
            .as_ref()
            .map(|parent| event_text(parent.shown_by)),
        other_parents: node.other_parents.iter().map(parent).collect(),
        candidates: texts(&node.candidates),
        scope: text(&node.scope),
        revoked_at: node.revoked.and_then(|moment| moment.time).map(iso),
        children_left_out: node.left_out,
        in_cycle: node.is_in_cycle,
    }
}

fn parent(parent: &Parent) -> ParentView {
    ParentView {
        credential: parent.credential.to_string(),
        join: parent.join.as_str().to_owned(),
        shown_by: event_text(parent.shown_by),
    }
}
