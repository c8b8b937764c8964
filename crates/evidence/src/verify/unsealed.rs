//! Files of formats that have no seal: nothing proves them, and nothing shows them false.

use super::{FileOutcome, Outcome, Span, StreamOutcome, malformed};
use crate::verdict::{Author, Axes, Completeness, Form, Integrity, Time};
use crate::{Code, FileFacts, Finding, Verdict};

/// Judges one such file: a stream of its own, named by its path.
pub(super) fn judge(file: &FileFacts, out: &mut Outcome) {
    let stream = out.streams.len();
    let findings = malformed(file, |_| None);
    let form = if findings.is_empty() {
        Form::Ok
    } else {
        Form::Malformed
    };
    out.findings.extend(
        findings
            .into_iter()
            .map(|finding| finding.in_stream(&file.path)),
    );
    let end = Finding::new(
        Code::EndUnknown,
        None,
        "the format has no seal: a cut tail could not be seen",
    );
    out.findings
        .push(end.in_file(file.id).in_stream(&file.path));
    out.streams.push(StreamOutcome {
        id: file.path.clone(),
        format: file.kind.format(),
        records: file.records,
        seqs: None,
        verdict: Verdict::UNPROVEN,
        axes: Axes {
            form,
            integrity: Integrity::Unsealed,
            author: Author::None,
            completeness: Completeness::Unknown,
            time: Time::Asserted,
        },
    });
    out.files.push(FileOutcome {
        file: file.id,
        verdict: Verdict::UNPROVEN,
        placed: true,
    });
    if let Some(last) = file.records.checked_sub(1) {
        out.spans.push(Span {
            file: file.id,
            first: 0,
            last,
            verdict: Verdict::UNPROVEN,
            stream,
        });
    }
}
