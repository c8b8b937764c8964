//! `HOW-TO-CHECK.txt`: how a stranger checks the report with what every laptop has.

use crate::extract::{Cited, Material};
use crate::model::Report;
use crate::text::plain;

/// The file.
pub fn how_to_check(report: &Report, cited: &[Cited]) -> String {
    let first = cited.iter().position(|one| one.withheld.is_none());
    let mut out = format!(
        "How to check report {id}\n\
         {line}\n\n\
         Nothing here needs Exhibit, the case, or a network. Work on a copy of this folder.\n\n\
         1. Is it whole? Every file has its sum:\n\n\
         \x20   sha256sum -c SHA256SUMS\n\n\
         \x20  On macOS: shasum -a 256 -c SHA256SUMS. Each line must end with OK. A file that is here and\n\
         \x20  not in SHA256SUMS is no part of the report (SHA256SUMS itself and its signature aside).\n\n\
         2. Who vouches for it? If SHA256SUMS.sig is here, get the examiner's public key by another way\n\
         \x20  than this folder, write it into allowed_signers as one line: a name, a space, the key:\n\n\
         \x20   examiner@example.org ssh-ed25519 AAAA...\n\n\
         \x20   ssh-keygen -Y verify -f allowed_signers -I examiner@example.org \\\n\
         \x20     -n exhibit-report -s SHA256SUMS.sig < SHA256SUMS\n\n\
         \x20  It must say: Good \"exhibit-report\" signature. Without a signature, or without a key that you\n\
         \x20  have from elsewhere, the sums show only that the files fit each other: whoever has the folder\n\
         \x20  could have written all of it anew.\n\n\
         3. Are the cited records those bytes? extract.jsonl has one JSON object a line; \"raw\" holds the\n\
         \x20  record's bytes in base64, \"sha256\" their sum:\n\n\
         \x20   sed -n {row}p extract.jsonl | jq -r .raw | base64 -d | sha256sum\n\
         \x20   sed -n {row}p extract.jsonl | jq -r .sha256\n\n",
        row = first.map_or(1, |at| at + 1),
        id = plain(&report.id),
        line = "=".repeat(20 + report.id.len()),
    );
    if cited.iter().any(|one| one.withheld.is_some()) {
        out.push_str(
            "   Rows with \"withheld\" are left out, or shown with members blacked out: their bytes are not\n\
             \x20  those of \"sha256\". Where such a row has a tlog-proof, its leaf is reckoned from \"sha256\" alone:\n\n\
             \x20   (printf '\\0'; jq -r 'select(.withheld).sha256' extract.jsonl | head -1 | xxd -r -p) |\n\
             \x20     openssl dgst -sha256\n\n",
        );
    }
    out.push_str(
        "4. What proves them without the case? \"material\" names the files of proofs/.\n\n",
    );
    let mut whole = cited.iter().filter(|one| one.withheld.is_none());
    let tlog = whole.find_map(|one| match &one.material {
        Material::Tlog { proof, marks, .. } => Some((one, proof, marks)),
        _ => None,
    });
    if let Some((one, proof, marks)) = tlog {
        out.push_str(&format!(
            "   Records of audit bundles have a C2SP tlog-proof (c2sp.org/tlog-proof): the number of the\n\
             \x20  record, the hashes beside its way up the tree (RFC 6962), and the signed checkpoint. The\n\
             \x20  log's entry is the 32-byte SHA-256 of the record. Its leaf hash, for {cite}:\n\n\
             \x20   (printf '\\0'; jq -r 'select(.cite==\"{cite}\").raw' extract.jsonl | base64 -d |\n\
             \x20     openssl dgst -sha256 -binary) | openssl dgst -sha256\n\n\
             \x20  From it up: at each hash of {proof}, SHA-256 of 0x01, left and right\n\
             \x20  (RFC 9162, 2.1.3.2), until it is the root in the checkpoint's third line. The checkpoint is\n\
             \x20  a C2SP signed note. \"sealed\", where it is there, is the digest that the log holds in the\n\
             \x20  place of an altered record. {marks} holds the lines that say\n\
             \x20  which keys seal the stream.\n\n",
            cite = plain(&one.cite),
            proof = plain(proof),
            marks = plain(marks),
        ));
    }
    let files = |format: &str| {
        cited.iter().find_map(|one| match &one.material {
            Material::Files { holder, with, .. } if one.format == format => {
                Some((one, holder, with))
            }
            _ => None,
        })
    };
    if let Some((_, holder, with)) = files("cloudtrail") {
        let digest = with
            .iter()
            .find(|path| !path.ends_with(".metadata.json"))
            .unwrap_or(holder);
        let (holder, digest) = (plain(holder), plain(digest));
        out.push_str(&format!(
            "   Records of AWS CloudTrail stand in their log file, which a digest lists with its SHA-256:\n\n\
             \x20   sha256sum {holder}\n\
             \x20   jq '.logFiles[] | {{s3Object, hashValue}}' {digest}\n\n\
             \x20  The digest is signed (RSA, PKCS#1 v1.5, SHA-256) over the string that AWS documents under\n\
             \x20  \"CloudTrail digest file structure\": end time, bucket/key, SHA-256 of the digest, signature of\n\
             \x20  the digest before it. The signature stands in the digest's .metadata.json, or in the digest\n\
             \x20  after it. Files are decompressed here.\n\n"
        ));
    }
    if let Some((_, holder, _)) = files("agent-receipts") {
        let holder = plain(holder);
        out.push_str(&format!(
            "   Agent receipts are signed one by one (Ed25519 over the canonical form, RFC 8785, without\n\
             \x20  \"proof\"), and each names the SHA-256 of that form of the one before it. {holder}\n\
             \x20  holds the cited ones and their neighbours, one a line, so that the links can be followed.\n\n"
        ));
    }
    if cited
        .iter()
        .any(|one| matches!(one.material, Material::None { .. }))
    {
        out.push_str(
            "   Records whose material is \"none\" come from a format without a seal, or no seal covers them:\n\
             \x20  nothing proves them, and the report says unproven (or why they are contradicted).\n\n",
        );
    }
    out.push_str(&format!(
        "5. Is this page what the data says? report.html, timeline.csv, graph.svg, graph.graphml and this file\n\
         \x20  (and report.pdf, where it is there: a build without typesetting makes none, and a long report\n\
         \x20  goes on in report-2.pdf and so on) are rendered from report.json and extract.jsonl alone, byte\n\
         \x20  for byte the same everywhere. With\n\
         \x20  Exhibit ({tool}) at hand, one command does all of the above and renders again to compare:\n\n\
         \x20   exhibit check . --keys examiner.pub --keys the-keys-that-you-trust\n\n\
         \x20  Without --keys it says what holds, and that nobody whom you named vouches for it.\n",
        tool = plain(report.tool.name.as_str()),
    ));
    out
}
