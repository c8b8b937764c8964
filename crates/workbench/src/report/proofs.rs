//! `proofs/`: for each cited record of a sealed format what a stranger needs, in the format's own
//! terms.

use super::withhold::{HELD_WITH_IT, Held, holds};
use crate::failure::Result;
use evidence::formats::{bundle, cloudtrail};
use evidence::keys::Trust;
use evidence::{FileFacts, FileId, Format, Limits};
use report::extract::Material;
use report::packet::is_path;
use report::render::Files;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read as _;
use store::{CaseFile, Column, Filter, How, On, Position, Reader, RecordId, Term};

/// What is being written.
pub(crate) struct Proofs<'a> {
    pub reader: &'a Reader,
    pub files: &'a HashMap<FileId, CaseFile>,
    pub facts: Vec<&'a FileFacts>,
    pub trust: &'a Trust,
    pub limits: &'a Limits,
    /// What is held back: no byte of it goes into a proof.
    held: &'a Held,
    /// Texts that are blacked out: what only helps a proof along and holds one stays away.
    hidden: &'a [String],
    /// What there is so far, by path.
    pub out: Files,
    /// Which file of the case is which of the report.
    named: HashMap<FileId, String>,
}

const UNSEALED: &str =
    "the format has no seal: nothing can prove this record, and nothing shows it false";

impl<'a> Proofs<'a> {
    pub fn new(
        reader: &'a Reader,
        files: &'a HashMap<FileId, CaseFile>,
        facts: Vec<&'a FileFacts>,
        trust: &'a Trust,
        limits: &'a Limits,
        (held, hidden): (&'a Held, &'a [String]),
    ) -> Proofs<'a> {
        Proofs {
            reader,
            files,
            facts,
            trust,
            limits,
            held,
            hidden,
            out: Files::new(),
            named: HashMap::new(),
        }
    }

    /// The bytes of a record that only helps a proof along; `None` where they are held back, or hold
    /// what is.
    fn helper(&self, record: RecordId) -> Result<Option<Vec<u8>>> {
        if self.held.contains_key(&record) {
            return Ok(None);
        }
        let bytes = self.reader.record(record)?;
        Ok((!holds(&bytes, self.hidden)).then_some(bytes))
    }

    /// Writes what proves these records; where each one's lies.
    pub fn gather(&mut self, records: &BTreeSet<RecordId>) -> Result<BTreeMap<RecordId, Material>> {
        let mut by_file: BTreeMap<FileId, Vec<RecordId>> = BTreeMap::new();
        for record in records {
            by_file.entry(record.file).or_default().push(*record);
        }
        let mut out = BTreeMap::new();
        let mut receipts = Vec::new();
        for (file, records) in by_file {
            let format = self.files.get(&file).map(|file| file.kind.format());
            match format {
                Some(Format::NhiAuditBundle) => self.bundle(file, &records, &mut out)?,
                Some(Format::CloudTrail) => self.cloudtrail(file, &records, &mut out)?,
                Some(Format::AgentReceipts) => receipts.extend(records),
                _ => out.extend(records.into_iter().map(|record| (record, none(UNSEALED)))),
            }
        }
        self.receipts(&receipts, &mut out)?;
        Ok(out)
    }

    fn bundle(
        &mut self,
        file: FileId,
        records: &[RecordId],
        out: &mut BTreeMap<RecordId, Material>,
    ) -> Result<()> {
        let ordinals: Vec<u64> = records.iter().map(|record| record.ordinal.into()).collect();
        let alone = bundle::alone(
            file,
            &ordinals,
            &self.facts,
            self.trust,
            self.reader,
            self.limits,
        )?;
        let folder = format!("proofs/E{}", file.0);
        let marks = format!("{folder}/keys.jsonl");
        let mut lines = Vec::new();
        for mark in &alone.marks {
            let Ok(ordinal) = u32::try_from(*mark) else {
                continue;
            };
            if let Some(line) = self.helper(RecordId { file, ordinal })? {
                lines.extend(line);
                lines.push(b'\n');
            }
        }
        for (record, lone) in records.iter().zip(alone.records) {
            let Some(lone) = lone else {
                out.insert(*record, none("no checkpoint that holds covers this record"));
                continue;
            };
            let own = evidence::Digest::of(&self.reader.record(*record)?);
            let proof = format!("{folder}/{}.tlog-proof", record.ordinal);
            self.out.insert(proof.clone(), lone.proof.to_bytes());
            self.out
                .entry(marks.clone())
                .or_insert_with(|| lines.clone());
            let last = match lone.last {
                Some((ordinal, proof)) => {
                    let at = u32::try_from(ordinal).unwrap_or(u32::MAX);
                    let line = self.helper(RecordId { file, ordinal: at })?;
                    line.map(|line| (ordinal, line, proof))
                }
                None => None,
            };
            let last = last.map(|(ordinal, bytes, proof)| {
                let line = format!("{folder}/last-{ordinal}.json");
                let at = format!("{folder}/last-{ordinal}.tlog-proof");
                self.out.entry(line.clone()).or_insert(bytes);
                self.out.insert(at.clone(), proof.to_bytes());
                (line, at)
            });
            let material = Material::Tlog {
                proof,
                sealed: (lone.sealed != own).then(|| lone.sealed.to_string()),
                marks: marks.clone(),
                last,
            };
            out.insert(*record, material);
        }
        Ok(())
    }

    fn cloudtrail(
        &mut self,
        file: FileId,
        records: &[RecordId],
        out: &mut BTreeMap<RecordId, Material>,
    ) -> Result<()> {
        if self.held.keys().any(|held| held.file == file) {
            let material = none(HELD_WITH_IT);
            out.extend(records.iter().map(|record| (*record, material.clone())));
            return Ok(());
        }
        let beside = cloudtrail::alone(file, &self.facts, self.trust, self.reader)?;
        if beside.is_empty() {
            let material = none("no digest here lists this log: nothing seals it");
            out.extend(records.iter().map(|record| (*record, material.clone())));
            return Ok(());
        }
        let holder = self.whole(file, None)?;
        let mut with = BTreeSet::new();
        for beside in beside {
            let digest = match beside.of {
                Some(digest) => Some(self.whole(digest, None)?),
                None => None,
            };
            with.insert(self.whole(beside.file, digest.as_deref())?);
        }
        with.remove(&holder);
        for record in records {
            let material = Material::Files {
                holder: holder.clone(),
                ordinal: record.ordinal.into(),
                with: with.iter().cloned().collect(),
            };
            out.insert(*record, material);
        }
        Ok(())
    }

    /// Takes a file of the case into the report whole, decompressed; its path there. `digest` is the
    /// path of the digest whose metadata it is.
    fn whole(&mut self, file: FileId, digest: Option<&str>) -> Result<String> {
        if let Some(path) = self.named.get(&file) {
            return Ok(path.clone());
        }
        let known = self.files.get(&file);
        let import = known.map_or(0, |file| file.import);
        let own = known.map_or("", |file| file.path.trim_end_matches(".gz"));
        let wanted = match digest {
            Some(digest) => format!("{digest}.metadata.json"),
            None => format!("proofs/cloudtrail/P{import}/{own}"),
        };
        // Nothing from evidence becomes a path but plain letters below our own folder.
        let free = |path: &str| {
            !self
                .out
                .keys()
                .any(|taken| taken.eq_ignore_ascii_case(path))
                && is_path(path)
        };
        let path = if free(&wanted) {
            wanted
        } else {
            format!("proofs/cloudtrail/E{}.json", file.0)
        };
        let mut bytes = Vec::new();
        let mut from = self.reader.file_bytes(file)?;
        from.read_to_end(&mut bytes)
            .map_err(|error| store::StoreError::Damaged(error.to_string()))?;
        self.out.insert(path.clone(), bytes);
        self.named.insert(file, path.clone());
        Ok(path)
    }

    /// The receipts of a chain that hand its key over to the next, by which later ones are signed.
    fn rotations(&self, stream: &str) -> Result<Vec<RecordId>> {
        /// No chain changes its key more often, and is followed.
        const MOST: usize = 1_000;
        let term = |on, text: &str| Term {
            on,
            how: How::Is,
            text: text.to_owned(),
            negated: false,
        };
        let filter = Filter {
            terms: vec![
                term(On::Column(Column::Type), "key.rotate"),
                term(On::Stream, stream),
            ],
            ..Filter::default()
        };
        let rows = self.reader.timeline(&filter, Position::Rank(0), MOST)?;
        Ok(rows.into_iter().map(|row| row.record).collect())
    }

    /// The receipts and their neighbours, whose links show where they stand in their chains, and the
    /// rotations of their keys.
    fn receipts(
        &mut self,
        records: &[RecordId],
        out: &mut BTreeMap<RecordId, Material>,
    ) -> Result<()> {
        let mut neighbours: BTreeMap<RecordId, BTreeSet<RecordId>> = BTreeMap::new();
        let mut taken: BTreeMap<FileId, BTreeMap<RecordId, Vec<u8>>> = BTreeMap::new();
        let mut rotations: HashMap<String, Vec<RecordId>> = HashMap::new();
        for record in records {
            if self.held.contains_key(record) {
                out.insert(
                    *record,
                    none("a receipt is signed whole, and what is held back of it cannot be shown"),
                );
                continue;
            }
            let row = self.reader.event(*record)?;
            let mut group = BTreeSet::from([*record]);
            if let (Some(stream), Some(seq)) = (&row.stream, row.seq) {
                for seq in [seq.checked_sub(1), seq.checked_add(1)]
                    .into_iter()
                    .flatten()
                {
                    group.extend(self.reader.numbered(stream, seq)?);
                }
            }
            if let Some(stream) = &row.stream {
                let all = match rotations.get(stream.as_ref()) {
                    Some(known) => known,
                    None => {
                        let found = self.rotations(stream)?;
                        rotations.entry(stream.to_string()).or_insert(found)
                    }
                };
                group.extend(all);
            }
            group.remove(record);
            let mut beside = BTreeSet::new();
            for one in group {
                if let Some(bytes) = self.helper(one)? {
                    taken.entry(one.file).or_default().insert(one, bytes);
                    beside.insert(one);
                }
            }
            let bytes = self.reader.record(*record)?;
            taken.entry(record.file).or_default().insert(*record, bytes);
            beside.insert(*record);
            let group = beside;
            neighbours.insert(*record, group);
        }
        let mut placed: HashMap<RecordId, (String, u64)> = HashMap::new();
        for (file, receipts) in taken {
            if receipts.values().any(|bytes| bytes.contains(&b'\n')) {
                for (record, bytes) in receipts {
                    let path = format!("proofs/E{}/{}.json", file.0, record.ordinal);
                    self.out.insert(path.clone(), bytes);
                    placed.insert(record, (path, 0));
                }
            } else {
                let path = format!("proofs/E{}/receipts.jsonl", file.0);
                let mut all = Vec::new();
                for (at, (record, bytes)) in receipts.into_iter().enumerate() {
                    all.extend(bytes);
                    all.push(b'\n');
                    placed.insert(record, (path.clone(), at as u64));
                }
                self.out.insert(path, all);
            }
        }
        for (record, group) in neighbours {
            let (holder, ordinal) = placed[&record].clone();
            let with: BTreeSet<String> = group.iter().map(|one| placed[one].0.clone()).collect();
            let material = Material::Files {
                with: with.into_iter().filter(|path| *path != holder).collect(),
                holder,
                ordinal,
            };
            out.insert(record, material);
        }
        Ok(())
    }
}

fn none(why: &str) -> Material {
    Material::None { why: why.into() }
}
