//! Evidence as a log in memory, read by the engine's own readers and without a case file. Records
//! of one event are joined by the id that their format gives it, the last that tells an outcome.

use analysis::memory::{Memory, Told};
use analysis::{ActKind, Decision, Ended, Role};
use evidence::event::{Event, Field};
use evidence::formats::receipts::KeyRing;
use evidence::keys::Trust;
use evidence::kind::{HEAD_BYTES, recognise};
use evidence::{Batch, Kind, Limits, Word, batch};
use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

const ROLES: [(Field, Role); 17] = [
    (Field::Actor, Role::Actor),
    (Field::Subject, Role::Subject),
    (Field::Credential, Role::Credential),
    (Field::Token, Role::Token),
    (Field::TokenParent, Role::TokenParent),
    (Field::Secret, Role::Secret),
    (Field::Resource, Role::Resource),
    (Field::Tool, Role::Tool),
    (Field::Trace, Role::Trace),
    (Field::Scope, Role::Scope),
    (Field::SourceIp, Role::SourceIp),
    (Field::Agent, Role::Agent),
    (Field::Environment, Role::Environment),
    (Field::Policy, Role::Policy),
    (Field::Approval, Role::Approval),
    (Field::NativeType, Role::NativeType),
    (Field::ActorKind, Role::ActorKind),
];

/// All files below a folder, read in path's order.
pub fn folder(dir: &Path) -> Memory {
    let mut files = Vec::new();
    let mut wait = vec![dir.to_owned()];
    while let Some(dir) = wait.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                wait.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    let files = files.into_iter().map(|path| {
        let bytes = std::fs::read(&path).unwrap();
        (path.to_string_lossy().into_owned(), bytes)
    });
    log(files)
}

/// Files by path.
pub fn log(files: impl Iterator<Item = (String, Vec<u8>)>) -> Memory {
    let mut told = Vec::new();
    let mut file = 0;
    for (path, mut bytes) in files {
        if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_end(&mut plain)
                .unwrap();
            bytes = plain;
        }
        let kind = recognise(&path, &bytes[..bytes.len().min(HEAD_BYTES)]);
        if kind.has_records() {
            file += 1;
            told.extend(acts(kind, file, &bytes));
        }
    }
    Memory::of(told)
}

fn acts(kind: Kind, file: u32, bytes: &[u8]) -> Vec<Told> {
    let records: Vec<Vec<u8>> = if kind == Kind::CloudTrailLog {
        let document: serde_json::Value = serde_json::from_slice(bytes).unwrap();
        let records = document.get("Records").unwrap_or(&document);
        let records = records.as_array().unwrap();
        records
            .iter()
            .map(|record| record.to_string().into_bytes())
            .collect()
    } else {
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(<[u8]>::to_vec)
            .collect()
    };
    let mut batch = Batch::default();
    for record in records {
        batch
            .records
            .push((batch.bytes.len() as u32, record.len() as u32));
        batch.bytes.extend(record);
    }
    let read = batch::read(
        kind,
        &batch,
        &KeyRing::new(&Trust::default()),
        &Limits::default(),
    );
    let mut aliases: HashMap<usize, Vec<(Role, String)>> = HashMap::new();
    for (row, field, alias) in read.events.aliases() {
        let role = ROLES.iter().find(|(known, _)| *known == field).unwrap().1;
        aliases
            .entry(row)
            .or_default()
            .push((role, alias.to_owned()));
    }
    let mut out: Vec<Told> = Vec::new();
    let mut pairs: HashMap<String, usize> = HashMap::new();
    for (row, event) in read.events.iter().enumerate() {
        let told = one(kind, file, &event, aliases.remove(&row).unwrap_or_default());
        let id = event.get(Field::NativeId).filter(|_| {
            matches!(
                kind,
                Kind::VaultAudit | Kind::KubernetesAudit | Kind::CloudTrailLog
            )
        });
        match id.map(|id| (id, pairs.get(id).copied())) {
            Some((_, Some(place))) => {
                if told.ended != Ended::Unsaid {
                    out[place] = told;
                }
            }
            Some((id, None)) => {
                pairs.insert(id.to_owned(), out.len());
                out.push(told);
            }
            None => out.push(told),
        }
    }
    out
}

fn one(kind: Kind, file: u32, event: &Event<'_>, aliases: Vec<(Role, String)>) -> Told {
    let mut told = Told::new("", 0).of(file, kind.format());
    told.kind = ActKind::of(event.get(Field::Type).unwrap_or_default());
    told.time = event.time();
    told.expires = event.expires();
    told.verdict = Word::Unproven;
    told.ended = match event.get(Field::Outcome) {
        Some("success") => Ended::Success,
        Some("failure") => Ended::Failure,
        Some("denied") => Ended::Denied,
        _ => Ended::Unsaid,
    };
    told.decision = match event.get(Field::Decision) {
        Some("allow") => Decision::Allow,
        Some("deny") => Decision::Deny,
        Some("step_up") => Decision::StepUp,
        _ => Decision::Unsaid,
    };
    told.names = ROLES
        .iter()
        .filter_map(|(field, role)| Some((*role, event.get(*field)?.to_owned())))
        .collect();
    told.aliases = aliases;
    told
}
