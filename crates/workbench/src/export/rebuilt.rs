//! What was rebuilt, as files for other programs and for people: pictures and data.

use crate::api::{EdgeView, EndingView, GraphView, LineageTree, LineageView, ReachView};
use crate::failure::{Failure, Result};
use crate::graph::GraphQuestion;
use crate::picture;
use crate::reach::ReachQuestion;
use crate::report::convert;
use crate::session::Session;
use report::csv;
use std::io::Write as _;
use std::path::Path;

/// What is written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Export {
    /// The graph.
    Graph(GraphQuestion),
    /// The tree of this credential.
    Lineage(String),
    /// What could be touched.
    Reach(ReachQuestion),
}

/// As what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A picture.
    Svg,
    /// A graph for Gephi, yEd and others.
    Graphml,
    /// A graph for Graphviz.
    Dot,
    /// All that the command line's `--json` tells.
    Json,
    /// A table: edges, credentials, or what was reached.
    Csv,
    /// Of a reach, the credentials to revoke.
    Revoke,
    /// Of a reach, the secrets to rotate.
    Rotate,
}

impl Form {
    /// The form that a front end names.
    pub fn named(name: &str) -> Option<Form> {
        Some(match name {
            "svg" => Form::Svg,
            "graphml" => Form::Graphml,
            "dot" => Form::Dot,
            "json" => Form::Json,
            "csv" => Form::Csv,
            "revoke" => Form::Revoke,
            "rotate" => Form::Rotate,
            _ => return None,
        })
    }

    /// How a file of it ends, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Form::Svg => "svg",
            Form::Graphml => "graphml",
            Form::Dot => "dot",
            Form::Json => "json",
            Form::Csv | Form::Revoke | Form::Rotate => "csv",
        }
    }
}

impl Session {
    /// The text of an export.
    pub fn exported(&self, what: &Export, form: Form) -> Result<String> {
        match (what, form) {
            (Export::Graph(asked), Form::Graphml) => self.graphml(asked),
            (Export::Graph(asked), Form::Dot) => self.dot(asked),
            (Export::Graph(asked), Form::Svg) => {
                let graph = convert::graph(asked, self.graph(asked)?);
                Ok(report::drawing::graph(&graph, ""))
            }
            (Export::Graph(asked), Form::Csv) => Ok(edges(&self.graph(asked)?)),
            (Export::Graph(asked), Form::Json) => json(&self.graph(asked)?),
            (Export::Lineage(id), Form::Svg) => Ok(picture::lineage(&self.lineage(id)?)),
            (Export::Lineage(id), Form::Csv) => Ok(credentials(&self.lineage(id)?)),
            (Export::Lineage(id), Form::Json) => json(&self.lineage(id)?),
            (Export::Reach(asked), Form::Svg) => Ok(picture::reach(&self.reach(asked)?)),
            (Export::Reach(asked), Form::Csv) => Ok(reached(&self.reach(asked)?)),
            (Export::Reach(asked), Form::Json) => json(&self.reach(asked)?),
            (Export::Reach(asked), Form::Revoke) => {
                Ok(endings("revoke", &self.reach(asked)?.revoke))
            }
            (Export::Reach(asked), Form::Rotate) => {
                Ok(endings("rotate", &self.reach(asked)?.rotate))
            }
            _ => Err(Failure::request(
                "export-form",
                "That cannot be written in this form.",
                "A graph is svg, graphml, dot, json or csv; a lineage svg, json or csv; a reach svg, json, csv, revoke or rotate.",
            )),
        }
    }

    /// Writes an export. A file that is there already is replaced, whole or not at all; the case
    /// itself never is.
    pub fn export(&self, what: &Export, form: Form, path: &Path) -> Result<()> {
        let text = self.exported(what, form)?;
        self.write_beside(path, &text)
    }

    /// Writes a text to a place that a person chose.
    pub(crate) fn write_beside(&self, path: &Path, text: &str) -> Result<()> {
        let unwritten = |error: std::io::Error| {
            Failure::program(
                "file-unwritten",
                format!("{} could not be written: {error}.", path.display()),
                "Choose a folder that you may write to, with room left.",
            )
        };
        let is_case = path.canonicalize().is_ok_and(|path| {
            path == self.path() || path.extension().is_some_and(|end| end == "exhibit")
        });
        if is_case {
            return Err(Failure::request(
                "file-is-a-case",
                format!("{} is a case, and is not replaced.", path.display()),
                "Choose another name.",
            ));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut file = tempfile::Builder::new()
            .prefix(".exhibit-")
            .tempfile_in(folder)
            .map_err(unwritten)?;
        file.write_all(text.as_bytes()).map_err(unwritten)?;
        file.as_file().sync_all().map_err(unwritten)?;
        file.persist(path).map_err(|error| unwritten(error.error))?;
        Ok(())
    }
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| {
        Failure::program(
            "bug",
            format!("The answer could not be written as JSON: {error}."),
            "Please report it.",
        )
    })?;
    text.push('\n');
    Ok(text)
}

fn edges(graph: &GraphView) -> String {
    let mut out = String::new();
    csv::row(
        [
            "from", "edge", "to", "count", "first", "last", "join", "verdict", "events",
        ],
        &mut out,
    );
    let text = |time: &Option<String>| time.clone().unwrap_or_default();
    for EdgeView {
        from,
        to,
        kind,
        count,
        first,
        last,
        join,
        verdict,
        events,
        ..
    } in &graph.edges
    {
        csv::row(
            [
                from,
                kind,
                to,
                &*count.to_string(),
                &text(first),
                &text(last),
                join,
                verdict.as_str(),
                &events.join(" "),
            ],
            &mut out,
        );
    }
    out
}

fn credentials(tree: &LineageTree) -> String {
    let mut out = String::new();
    csv::row(
        [
            "depth",
            "credential",
            "kind",
            "holder",
            "parent",
            "join",
            "minted",
            "minted_at",
            "uses",
            "refused",
            "first_use",
            "last_use",
            "revoked_at",
            "expires",
            "scope",
            "verdict_of_mint",
        ],
        &mut out,
    );
    let mut open: Vec<(usize, &LineageView)> = vec![(0, &tree.tree)];
    while let Some((depth, node)) = open.pop() {
        open.extend(node.children.iter().rev().map(|child| (depth + 1, child)));
        let told = |text: &Option<String>| text.clone().unwrap_or_default();
        let cells = [
            depth.to_string(),
            node.credential.clone(),
            node.kind.clone(),
            told(&node.holder),
            told(&node.parent),
            told(if depth == 0 {
                &node.parent_join
            } else {
                &node.join
            }),
            told(&node.minted),
            told(&node.minted_at),
            node.uses.count.to_string(),
            node.uses.refused.to_string(),
            told(&node.uses.first),
            told(&node.uses.last),
            told(&node.revoked_at),
            told(&node.expires),
            told(&node.scope),
            node.minted_verdict
                .map_or_else(String::new, |word| word.as_str().to_owned()),
        ];
        csv::row(cells.iter().map(String::as_str), &mut out);
    }
    out
}

fn reached(reach: &ReachView) -> String {
    let mut out = String::new();
    csv::row(
        [
            "certainty",
            "at",
            "kind",
            "id",
            "verdict",
            "hops",
            "events",
            "why_may",
        ],
        &mut out,
    );
    for one in &reach.reached {
        let events: Vec<&str> = one.path.iter().map(|step| &*step.event).collect();
        let why = one.path.iter().find_map(|step| step.why_may.as_deref());
        csv::row(
            [
                &*one.certainty,
                &one.at,
                &one.kind,
                &one.id,
                one.verdict.as_str(),
                &(one.path.len() + one.path_left_out).to_string(),
                &events.join(" "),
                why.unwrap_or_default(),
            ],
            &mut out,
        );
    }
    out
}

fn endings(act: &str, endings: &[EndingView]) -> String {
    let mut out = String::new();
    csv::row(
        ["to_do", "id", "certainty", "reached_at", "expires"],
        &mut out,
    );
    for one in endings {
        csv::row(
            [
                act,
                &one.id,
                &one.certainty,
                one.at.as_deref().unwrap_or_default(),
                one.expires.as_deref().unwrap_or_default(),
            ],
            &mut out,
        );
    }
    out
}
