//! `exhibit report`

use crate::exit::Found;
use crate::output::{Output, bytes, harmless, print, thousands};
use crate::passphrase::passphrase;
use crate::progress::watch;
use clap::{ArgAction, Args};
use std::path::PathBuf;
use workbench::api::Word;
use workbench::{
    Desk, Failure, Reporting, Result, Session, Withholding, Words, paragraphs, time_of,
};

/// Write a report that others can check with what every laptop has.
///
/// OUT is a new folder, or a new name that ends with .zip. It holds the page (report.html, which
/// prints well; where this build makes PDFs also report.pdf, PDF/A), the cited records with their
/// bytes (extract.jsonl), what proves each of them without the case (proofs/), a table, the graph, and
/// SHA256SUMS over all of it, which the examiner's key signs. Everything for people is rendered from
/// report.json and extract.jsonl alone: the same case and time give the same bytes on every machine.
/// That it was written is noted in the case.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Report {
    /// The case.
    case: PathBuf,
    /// A new folder, or a new .zip.
    out: PathBuf,
    /// Cite the events that this query matches, written as for `exhibit timeline`; may be given
    /// several times [default: all events].
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Vec<String>,
    /// … and of these only the ones of this verdict; may be given several times.
    #[arg(long, value_name = "VERDICT", value_parser = verdict)]
    verdict: Vec<Word>,
    /// Cite this record: E1:907, E1:907:5c5f01aa or STREAM:907; may be given several times.
    #[arg(long, value_name = "RECORD")]
    cite: Vec<String>,
    /// The title.
    #[arg(long)]
    title: Option<String>,
    /// Who examined [default: who you are on this machine].
    #[arg(long, value_name = "NAME")]
    examiner: Option<String>,
    /// Who reviewed.
    #[arg(long, value_name = "NAME")]
    reviewer: Option<String>,
    /// By whose order, on which ground.
    #[arg(long)]
    authority: Option<String>,
    /// The id of the report that this one takes the place of.
    #[arg(long, value_name = "ID")]
    supersedes: Option<String>,
    /// A question; the --answer after it answers it. May be given several times.
    #[arg(long, value_name = "TEXT")]
    question: Vec<String>,
    /// The answer to the question of the same place; an empty line begins a paragraph.
    #[arg(long, value_name = "TEXT")]
    answer: Vec<String>,
    /// Your words, from a plain text file: lines that begin with Question:, Answer:,
    /// Interpretation:, Opinion:, Against:, Limit: or Redaction: begin a part.
    #[arg(long, value_name = "FILE")]
    text: Option<PathBuf>,
    /// Leave the whole of this record out, and say why; it must be among the cited ones. Where its
    /// format allows, its place in the sealed log stays provable. May be given several times.
    #[arg(long, num_args = 2, value_names = ["RECORD", "WHY"], action = ArgAction::Append)]
    leave_out: Vec<String>,
    /// Black out a member of this record (a JSON Pointer: /source/ip), and say why. No format has a
    /// seal for single members: the rest of the record is shown, and unproven for the reader.
    #[arg(long, num_args = 3, value_names = ["RECORD", "MEMBER", "WHY"], action = ArgAction::Append)]
    black_out: Vec<String>,
    /// Tell the lineage of this credential; may be given several times.
    #[arg(long, value_name = "CREDENTIAL")]
    lineage: Vec<String>,
    /// Tell what could be touched from this id, or from ID@TIME from that moment on, and what to
    /// revoke and rotate; may be given several times.
    #[arg(long, value_name = "ID[@TIME]")]
    reach: Vec<String>,
    /// Leave the graph out.
    #[arg(long, action = ArgAction::SetTrue)]
    no_graph: bool,
    /// Draw the graph of what lies around this id alone.
    #[arg(long, value_name = "ID", conflicts_with = "no_graph")]
    graph_from: Option<String>,
    /// … within so many edges.
    #[arg(long, value_name = "N", default_value_t = 2, requires = "graph_from")]
    graph_hops: usize,
    /// The time of the report, RFC 3339 [default: now].
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Sign with this OpenSSH Ed25519 private key. The passphrase of an encrypted one is asked on
    /// the terminal, or taken from EXHIBIT_PASSPHRASE.
    #[arg(long, value_name = "KEY")]
    sign_with: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  exhibit report breach.exhibit report-1 --query 'jti:7f0c' --reach 'jti:7f0c' --sign-with ~/.ssh/examiner
  exhibit report breach.exhibit report.zip --cite E1:907 --cite E1:908 --text answers.txt
  exhibit report breach.exhibit report-2 --query 'jti:7f0c' --leave-out E1:907 \"names a patient\" \\
                 --black-out E1:908 /source/ip \"personal data\"
  exhibit check report-1 --keys examiner.pub

A text file:
  Question: What did the leaked token reach?
  Answer: The secret prod/db, once (E1:907:5c5f01aa).
  Limit: The host was not examined.";

/// Runs it.
pub fn run(it: &Report, desk: Desk, out: &Output) -> Result<Found> {
    let asked = asked(it)?;
    let session = Session::open_to_write(&it.case, desk)?;
    let wrote = watch(|progress| session.report(&it.out, &asked, &passphrase, progress));
    let closed = session.close();
    let wrote = wrote?;
    closed?;
    if out.json {
        out.document(&wrote)?;
        return Ok(Found::Sound);
    }
    let signed = match &wrote.signed_by {
        Some(key) => format!("signed by    {key}\n"),
        None => "signed by    nobody: give --sign-with KEY, or sign SHA256SUMS with ssh-keygen -Y sign -n exhibit-report\n".to_owned(),
    };
    let paper = match wrote.volumes {
        0 => "this build makes no PDF: print report.html".to_owned(),
        1 => "report.pdf, PDF/A".to_owned(),
        volumes => format!("{volumes} volumes: report.pdf to report-{volumes}.pdf, PDF/A"),
    };
    print(&format!(
        "report       {}\nwritten to   {}, {} files, {}\non paper     {paper}\nrecords      {} cited, {} with a proof that needs no case\n{signed}SHA256SUMS   SHA-256 {}\n\nCheck it with: exhibit check {}\n",
        wrote.id,
        harmless(&wrote.out),
        thousands(wrote.files),
        bytes(wrote.bytes),
        thousands(wrote.records),
        thousands(wrote.proofs),
        wrote.sha256sums,
        harmless(&wrote.out),
    ))?;
    Ok(Found::Sound)
}

fn asked(it: &Report) -> Result<Reporting> {
    let mut words = match &it.text {
        Some(path) => {
            let shown = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::unreadable(&shown, &error))?;
            Words::read(&text)?
        }
        None => Words::default(),
    };
    if it.answer.len() > it.question.len() {
        return Err(Failure::request(
            "report-text",
            "There are more answers than questions.",
            "Give --question before each --answer.",
        ));
    }
    for (index, question) in it.question.iter().enumerate() {
        let answer = it.answer.get(index).map(|text| paragraphs(text));
        words
            .questions
            .push((question.clone(), answer.unwrap_or_default()));
    }
    let at = match &it.at {
        Some(text) => Some(time_of(text).ok_or_else(|| {
            Failure::request(
                "time",
                format!("{} is no time.", harmless(text)),
                "Write RFC 3339: 2026-06-13T09:27:48Z.",
            )
        })?),
        None => None,
    };
    Ok(Reporting {
        title: it.title.clone(),
        examiner: it.examiner.clone(),
        reviewer: it.reviewer.clone(),
        authority: it.authority.clone(),
        supersedes: it.supersedes.clone(),
        at,
        queries: it.query.clone(),
        verdicts: it.verdict.clone(),
        cites: it.cite.clone(),
        words,
        withhold: withheld(it),
        lineage: it.lineage.clone(),
        reach: it.reach.iter().map(|text| from_and_after(text)).collect(),
        no_graph: it.no_graph,
        graph_query: None,
        graph_near: it.graph_from.clone().map(|id| (id, it.graph_hops)),
        sign_with: it.sign_with.clone(),
    })
}

fn withheld(it: &Report) -> Vec<Withholding> {
    let left_out = it.leave_out.chunks_exact(2).map(|part| Withholding {
        record: part[0].clone(),
        member: None,
        why: part[1].clone(),
    });
    let blacked_out = it.black_out.chunks_exact(3).map(|part| Withholding {
        record: part[0].clone(),
        member: Some(part[1].clone()),
        why: part[2].clone(),
    });
    left_out.chain(blacked_out).collect()
}

/// `ID@TIME`, where what follows the last `@` is a time; ids may hold `@` themselves.
fn from_and_after(text: &str) -> (String, Option<String>) {
    match text.rsplit_once('@') {
        Some((id, time)) if time_of(time).is_some() => (id.to_owned(), Some(time.to_owned())),
        _ => (text.to_owned(), None),
    }
}

fn verdict(text: &str) -> std::result::Result<Word, String> {
    match text {
        "verified" => Ok(Word::Verified),
        "intact" => Ok(Word::Intact),
        "unproven" => Ok(Word::Unproven),
        "contradicted" => Ok(Word::Contradicted),
        _ => Err("verdicts are verified, intact, unproven, contradicted".to_owned()),
    }
}
