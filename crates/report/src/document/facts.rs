//! The cited records; apart from them what the examiner makes of them; and the figures.

use super::assessed;
use super::follow::follow;
use super::{
    Block, Inline, Line, Section, Table, code, data, each, heading, line, moment, name, none,
    paragraph, plural, prose, quiet, remark, row, said, section, short, strong, thousands, time,
};
use crate::extract::{Cited, Material, Withheld};
use crate::model::{Edge, Graph, Report, Verdict};
use crate::text::Text;
use crate::timeline::in_time;
use crate::{drawing, figure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The bytes of longer records are shown to there; the extract has them whole.
const SHOWN: usize = 1_500;

pub fn sections(report: &Report, cited: &[Cited]) -> Vec<Section> {
    vec![
        section("Facts cited", facts(cited)),
        section("Interpretation", interpretation(report)),
        section("Opinion", opinion(report)),
        section("Timeline", timeline(cited)),
        section("Graph", graph(report)),
        section("Lineage and reach", follow(report)),
    ]
}

fn facts(cited: &[Cited]) -> Vec<Block> {
    if cited.is_empty() {
        return vec![none("No record is cited.")];
    }
    let mut out = vec![remark(line![
        "Each is cited as source:place:hash8: the evidence item, the place in it from 0, and the first 8 hex digits of the SHA-256 of its bytes. ",
        code("exhibit record CASE E1:907"),
        " shows the same in the case."
    ])];
    out.extend(cited.iter().map(fact));
    out
}

fn fact(one: &Cited) -> Block {
    let at = match &one.time {
        Some(at) => time(at),
        None => quiet(line!["without a readable time"]),
    };
    let mut blocks = Vec::new();
    if let Some(withheld) = &one.withheld {
        blocks.push(paragraph(held_back(withheld)));
    }
    if !is_left_out(one) {
        blocks.push(paragraph(sentence(one)));
    }
    blocks.push(remark(line![&one.reason, " ", alone(one)]));
    if !one.findings.is_empty() {
        let mut codes = line!["Findings: "];
        for found in &one.findings {
            codes.extend(line![code(found), " "]);
        }
        blocks.push(paragraph(codes));
    }
    let place = line![
        &one.path,
        ", byte ",
        thousands(one.offset),
        ", ",
        thousands(one.length),
        " bytes"
    ];
    let mut terms = vec![(line!["source"], place)];
    if let Some(stream) = &one.stream {
        let mut stream = line![stream];
        if let Some(seq) = one.seq {
            stream.extend(line![", number ", thousands(seq)]);
        }
        terms.push((line!["stream"], stream));
    }
    terms.push((line!["SHA-256"], line![data(&one.sha256)]));
    terms.push((line!["proof"], material(&one.material)));
    if !one.uncovered.is_empty() {
        let members = one.uncovered.iter();
        let members = members.flat_map(|member| line![data(member.as_str()), " "]);
        terms.push((line!["outside the proof"], members.collect()));
    }
    blocks.push(Block::Terms(terms));
    if !is_left_out(one) {
        blocks.push(Block::Verbatim(raw(one)));
    }
    Block::Fact {
        cite: Text::from(one.cite.as_str()),
        head: line![strong(line![data(&one.cite)]), one.verdict, at],
        blocks,
    }
}

fn is_left_out(one: &Cited) -> bool {
    let members = one.withheld.as_ref().map(|withheld| &withheld.members);
    members.is_some_and(Vec::is_empty)
}

fn held_back(withheld: &Withheld) -> Line {
    let mut out = match withheld.members.is_empty() {
        true => line![strong(line!["Left out whole"])],
        false => line![strong(line!["Blacked out: "])],
    };
    for member in &withheld.members {
        out.extend(line![data(member.as_str()), " "]);
    }
    out.extend(line![": ", &withheld.why]);
    out
}

/// What the record says, as a sentence: no more than its members.
fn sentence(one: &Cited) -> Line {
    let field = |name: &str| one.fields.get(name);
    let parts = [
        (", on behalf of or towards ", "subject"),
        (", with ", "credential"),
        (", token ", "token"),
        (", secret ", "secret"),
        (", on ", "resource"),
        (", tool ", "tool"),
        (", from ", "source_ip"),
    ];
    let actor = match field("actor") {
        Some(actor) => name(actor),
        None => Inline::from("An actor that the record does not name"),
    };
    let kind = match field("type") {
        Some(kind) => strong(line![kind]),
        None => Inline::from("an act that the record does not name"),
    };
    let mut out = line![actor, ": ", kind];
    for (words, member) in parts {
        if let Some(value) = field(member) {
            out.extend(line![words, name(value)]);
        }
    }
    if let Some(decision) = field("decision") {
        out.extend(line!["; decision ", decision]);
    }
    if let Some(outcome) = field("outcome") {
        out.extend(line!["; outcome ", strong(line![outcome])]);
    }
    out.push(Inline::from("."));
    out
}

fn alone(one: &Cited) -> &'static str {
    match one.alone {
        _ if one.withheld.is_some() => {
            "That is of the whole record, in the case; for the reader it is unproven."
        }
        Verdict::Verified => {
            "Its proof in this report shows the same without the case, under a key that the examiner trusts."
        }
        Verdict::Intact => {
            "Its proof in this report holds without the case, under a key that came with the evidence."
        }
        Verdict::Contradicted => "Its proof in this report refutes these bytes without the case.",
        Verdict::Unproven if one.verdict == Verdict::Unproven => "",
        Verdict::Unproven => "The files of this report alone do not show that; it needs the case.",
    }
}

fn material(material: &Material) -> Line {
    match material {
        Material::None { why } => line![quiet(line![why])],
        Material::Tlog { proof, sealed, .. } => {
            let mut out = line![data(proof)];
            if let Some(sealed) = sealed {
                out.push(row(line![
                    "the log holds another digest in its place: ",
                    data(sealed)
                ]));
            }
            out
        }
        Material::Files {
            holder,
            ordinal,
            with,
        } => {
            let mut out = line![data(holder), ", place ", thousands(*ordinal)];
            if !with.is_empty() {
                let files = plural(with.len() as u64, "file", "files");
                out.extend(line![", with ", files, " beside it"]);
            }
            out
        }
    }
}

/// The bytes as text; what is not UTF-8 is said.
fn raw(one: &Cited) -> Line {
    let bytes = STANDARD.decode(&one.raw).unwrap_or_default();
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let head = short(text, SHOWN);
            let mut out = line![said(&head)];
            if head != text {
                out.push(quiet(line![" (cut here; whole in extract.jsonl)"]));
            }
            out
        }
        Err(_) => line![quiet(line!["Not UTF-8; the bytes stand in extract.jsonl."])],
    }
}

fn interpretation(report: &Report) -> Vec<Block> {
    let mut out = vec![remark(line![
        "What the examiner makes of the facts above. It is no part of them."
    ])];
    out.extend(prose(&report.interpretation, "The examiner gave none."));
    if !report.notes.is_empty() {
        out.push(heading(line!["Notes at cited events, from the case"]));
    }
    for note in &report.notes {
        let mut head = vec![Inline::Cite(Text::from(note.cite.as_str()))];
        for tag in &note.tags {
            head.extend(line![" [", tag, "]"]);
        }
        out.push(paragraph(head));
        out.extend(note.comment.iter().map(|text| paragraph(line![text])));
    }
    out.extend(assessed::assessed(report));
    out
}

fn opinion(report: &Report) -> Vec<Block> {
    let mut out = vec![remark(line![
        "What the examiner holds beyond what the facts bear."
    ])];
    out.extend(prose(&report.opinion, "The examiner gave none."));
    out
}

fn timeline(cited: &[Cited]) -> Vec<Block> {
    if cited.is_empty() {
        return vec![none("No record is cited.")];
    }
    let mut out = Vec::new();
    let strip = figure::strip(cited);
    if !strip.is_empty() {
        out.push(Block::Figure {
            svg: strip,
            caption: line![
                "The cited records along time, a lane for each evidence item; the mark is the verdict."
            ],
        });
    }
    out.push(Block::Table(Table {
        widths: &[16, 16, 15, 18, 13, 22],
        head: &["time", "cite", "verdict", "who", "what", "on what"],
        numbers: &[],
        rows: in_time(cited).into_iter().map(moment_of).collect(),
    }));
    out
}

fn moment_of(one: &Cited) -> Vec<Line> {
    let field = |name: &str| one.fields.get(name);
    let mut what: Line = field("type").map(Inline::from).into_iter().collect();
    if let Some(outcome) = field("outcome") {
        what.extend(line![", ", outcome]);
    }
    let on = ["secret", "resource", "tool", "token", "subject"];
    let at = one.time.as_deref();
    vec![
        line![at.map_or(Inline::Nothing("none"), time)],
        vec![Inline::Cite(Text::from(one.cite.as_str()))],
        line![one.verdict],
        field("actor").map(Inline::from).into_iter().collect(),
        what,
        on.iter()
            .filter_map(|name| Some(row(line![field(name)?])))
            .collect(),
    ]
}

fn graph(report: &Report) -> Vec<Block> {
    let Some(graph) = &report.graph else {
        return vec![none("No graph was asked for.")];
    };
    if graph.nodes.is_empty() {
        return vec![none(
            "The events of the query draw no graph: none of them is an act that succeeded between two named things.",
        )];
    }
    vec![
        Block::Figure {
            svg: drawing::graph(graph, &format!("report {}: ", report.id)),
            caption: graph_words(graph),
        },
        Block::Table(Table {
            widths: &[21, 11, 21, 6, 15, 8, 15, 9],
            head: &[
                "from",
                "act",
                "to",
                "acts",
                "first, last",
                "join",
                "verdict",
                "shown by",
            ],
            numbers: &[3],
            rows: graph.edges.iter().map(|edge| drawn(graph, edge)).collect(),
        }),
    ]
}

fn drawn(graph: &Graph, edge: &Edge) -> Vec<Line> {
    let node = |index: u64| -> Line {
        let node = usize::try_from(index)
            .ok()
            .and_then(|index| graph.nodes.get(index));
        node.map(|node| Inline::from(&node.id))
            .into_iter()
            .collect()
    };
    vec![
        node(edge.source),
        line![said(&edge.kind)],
        node(edge.target),
        line![thousands(edge.count)],
        line![
            moment(edge.first.as_deref()),
            Inline::Break,
            moment(edge.last.as_deref())
        ],
        line![said(&edge.join)],
        line![edge.verdict],
        each(&edge.events),
    ]
}

fn graph_words(graph: &Graph) -> Line {
    let mut out = line!["Query: "];
    out.push(if graph.query.is_empty() {
        Inline::from("none, all acts")
    } else {
        data(graph.query.as_str())
    });
    if let Some(around) = &graph.around {
        out.extend(line![
            "; what lies within ",
            plural(around.edges, "edge", "edges"),
            " of ",
            name(&around.id)
        ]);
    }
    out.extend(line![
        ". ",
        plural(graph.acts, "act", "acts"),
        " drawn; ",
        plural(graph.refused, "act was", "acts were"),
        " refused or failed and draw nothing. "
    ]);
    let nodes = graph.nodes.len() as u64;
    if graph.all_nodes > nodes {
        out.extend(line![
            thousands(graph.all_nodes),
            " things are grouped into ",
            thousands(nodes),
            "; a number before × says how many a node stands for. "
        ]);
    }
    out.extend(line!["The same as data: ", code("graph.graphml"), "."]);
    out
}
