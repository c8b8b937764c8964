//! Tampers with logs that nothing seals: most of them cannot be seen.

use super::sealed::{broken, replace};
use super::{Expected, Site, Tamper};
use crate::site::{KUBERNETES, VAULT};
use crate::truth::Word::Unproven;
use std::fs;
use std::io;

pub(super) fn apply(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let path = if matches!(tamper, T::KubernetesLineEdited | T::KubernetesLineCut) {
        KUBERNETES
    } else {
        VAULT
    };
    let bytes = fs::read(site.evidence.join(path))?;
    let mut lines: Vec<Vec<u8>> = bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect();
    let extent = |lines: &[Vec<u8>], at: usize| {
        let before: usize = lines[..at].iter().map(|line| line.len() + 1).sum();
        (before as u64, lines[at].len() as u64)
    };
    let middle = lines.len() / 2;
    let found = Expected::finding(site, tamper, "record-malformed", Some(Unproven)).at(path);
    let expected = match tamper {
        T::KubernetesLineEdited => {
            replace(&mut lines[middle], "\"verb\":\"", "\"verb\":\"x")?;
            Expected::nothing(site, tamper)
        }
        T::KubernetesLineCut => {
            let half = lines[middle].len() / 2;
            lines[middle].truncate(half);
            found
                .extent(extent(&lines, middle))
                .records(|records| records.take(Unproven, 1))
        }
        T::VaultTailCut => {
            let last = lines.len() - 1;
            let half = lines[last].len() / 2;
            lines[last].truncate(half);
            found
                .extent(extent(&lines, last))
                .records(|records| records.take(Unproven, 1))
        }
        T::VaultDuplicateMember => {
            replace(
                &mut lines[middle],
                "{\"time\":",
                "{\"time\":\"2026-06-12T02:21:00Z\",\"time\":",
            )?;
            found.extent(extent(&lines, middle))
        }
        _ => return Err(broken("not a tamper with an unsealed log")),
    };
    let mut bytes = lines.join(&b'\n');
    if tamper != T::VaultTailCut {
        bytes.push(b'\n');
    }
    fs::write(site.evidence.join(path), bytes)?;
    Ok(expected.close(site))
}
