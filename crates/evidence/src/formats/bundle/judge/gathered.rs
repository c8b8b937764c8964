//! What belongs together: bundles by their roots, and each stream with its seals.

use super::*;

/// A bundle's root is where its manifest lies, or, without one, the folder that holds `streams/`.
pub(super) fn find<'a>(files: &[&'a FileFacts]) -> Vec<Bundle<'a>> {
    let mut roots: Vec<(u32, &str, String)> = Vec::new();
    let mut note = |file: &'a FileFacts, root: &str| {
        let root = (file.import, file.container.as_str(), root.to_owned());
        if !roots.contains(&root) {
            roots.push(root);
        }
    };
    for file in files {
        if let Some(root) = file
            .path
            .strip_suffix(manifest::NAME)
            .filter(|root| root.is_empty() || root.ends_with('/'))
        {
            note(file, root);
        }
    }
    for file in files.iter().filter(|file| file.kind == Kind::BundleStream) {
        let Some(at) = file
            .path
            .rfind("streams/")
            .filter(|&at| at == 0 || file.path.as_bytes()[at - 1] == b'/')
        else {
            continue;
        };
        let root = &file.path[..at];
        if !file.path[at + "streams/".len()..].contains('/') {
            note(file, root);
        }
    }
    // The innermost root that a file lies below is its bundle's.
    roots.sort_by_key(|(import, container, root)| {
        (*import, *container, std::cmp::Reverse(root.len()))
    });
    let mut taken: Vec<bool> = vec![false; files.len()];
    let mut bundles: Vec<Bundle<'a>> = Vec::new();
    for (import, container, root) in roots {
        let mut bundle = Bundle {
            import,
            container,
            root,
            files: BTreeMap::new(),
            manifest: None,
            manifest_verdict: Verdict::UNPROVEN,
        };
        for (file, taken) in files.iter().zip(&mut taken) {
            if !*taken && bundle.holds(file) {
                *taken = true;
                bundle.files.insert(&file.path[bundle.root.len()..], file);
            }
        }
        bundles.push(bundle);
    }
    // A streams/ folder below another bundle's root is part of that bundle only through its
    // manifest; one without any manifest stays its own.
    bundles.retain(|bundle| !bundle.files.is_empty());
    bundles
}

pub(super) fn read_manifest(
    bundle: &mut Bundle<'_>,
    trust: &Trust,
    lookup: &dyn Lookup,
    limits: &Limits,
    out: &mut Outcome,
) -> Result<(), LookupError> {
    let path = format!("{}{}", bundle.root, manifest::NAME);
    let Some(file) = bundle.files.get(manifest::NAME) else {
        let message = "the bundle has no manifest: nothing says which files belong to it, and a cut tail with its checkpoints could not be seen";
        out.findings
            .push(Finding::new(Code::SealMissing, Some(Verdict::UNPROVEN), message).at_path(path));
        return Ok(());
    };
    let finding = |code, verdict, message: String| {
        Finding::new(code, Some(verdict), message).in_file(file.id)
    };
    let (manifest, signed) = match manifest::read(&lookup.file(file.id)?, trust, limits) {
        Ok(read) => read,
        Err((code, why)) => {
            let verdict = if code == Code::SealInvalid {
                Verdict::CONTRADICTED
            } else {
                Verdict::UNPROVEN
            };
            bundle.manifest_verdict = verdict;
            out.findings.push(finding(code, verdict, format!("the manifest cannot be used: {why}. Without it no file is known to be missing or added.")));
            return Ok(());
        }
    };
    let (verdict, said) = match signed {
        Signed::Vouched(vouched) => (Verdict::verified_by(&vouched), None),
        Signed::Known => (
            Verdict::INTACT,
            Some((
                Code::KeyUntrusted,
                "the manifest is signed by a key that came with it: nobody outside the evidence vouches for the collector",
            )),
        ),
        Signed::Void => (
            Verdict::CONTRADICTED,
            Some((
                Code::SignatureInvalid,
                "the manifest names a trusted key, and its signature does not verify under it: its list of files counts for nothing",
            )),
        ),
        Signed::Unproven(code) => {
            let words = match code {
                Code::KeyExpired => {
                    "the manifest was signed outside the validity of the collector's key"
                }
                Code::KeyRevoked => "the manifest was signed after the collector's key was revoked",
                Code::SignatureWeak => {
                    "only a lenient verifier would pass the manifest's signature"
                }
                _ => "no key at hand for the manifest's signature",
            };
            (Verdict::UNPROVEN, Some((code, words)))
        }
    };
    bundle.manifest_verdict = verdict;
    if let Some((code, words)) = said {
        out.findings.push(finding(code, verdict, words.to_owned()));
    }
    if verdict != Verdict::CONTRADICTED {
        bundle.manifest = Some(manifest);
    }
    Ok(())
}

/// What a stream of the case is held against.
pub(super) struct Gathered<'a, 'b> {
    pub files: &'b [&'b FileFacts],
    pub bundles: &'b [Bundle<'b>],
    pub trust: &'a Trust,
    pub lookup: &'a dyn Lookup,
}

impl<'a> Gathered<'a, '_> {
    /// The checkpoints and tiles of a stream file. A checkpoint lies beside its stream in the bundle;
    /// one that came some other way, from a witness perhaps, is known by its origin.
    pub fn stream(
        &self,
        file: &'a FileFacts,
        runs: &'a Runs,
        bundle: Option<&Bundle<'_>>,
    ) -> Result<Exhibits<'a>, LookupError> {
        let own = bundle.map(|bundle| &file.path[bundle.root.len()..]);
        let listed = bundle.zip(own).and_then(|(bundle, own)| {
            bundle
                .manifest
                .as_ref()?
                .streams
                .iter()
                .find(|listed| listed.path == own)
        });
        let id = runs
            .stream_id()
            .or(listed.map(|listed| listed.stream.as_str()))
            .unwrap_or(&file.path)
            .to_owned();
        let mut exhibits = Exhibits {
            file,
            runs,
            id,
            checkpoints: Vec::new(),
            defects: Vec::new(),
            tiles: Tiles::default(),
            listed: listed.map(|listed| listed.records),
            trust: self.trust,
            lookup: self.lookup,
        };
        let name = own
            .and_then(|own| own.strip_prefix("streams/"))
            .and_then(|name| name.strip_suffix(".jsonl"));
        if let Some((bundle, name)) = bundle.zip(name) {
            let (seals, tiles) = (
                format!("checkpoints/{name}/"),
                format!("tiles/{name}/tile/0/"),
            );
            for (path, seal) in bundle
                .files
                .range(seals.as_str()..)
                .take_while(|(path, _)| path.starts_with(&seals))
            {
                take_checkpoint(&mut exhibits, seal, &path[seals.len()..], self.lookup)?;
            }
            for (path, tile) in bundle
                .files
                .range(tiles.as_str()..)
                .take_while(|(path, _)| path.starts_with(&tiles))
            {
                exhibits.tiles.add(&path[tiles.len()..], tile.id);
            }
        }
        let in_place = |seal: &FileFacts| {
            self.bundles.iter().any(|bundle| {
                bundle.holds(seal) && seal.path[bundle.root.len()..].starts_with("checkpoints/")
            })
        };
        for seal in self
            .files
            .iter()
            .filter(|seal| seal.kind == Kind::BundleCheckpoint && !in_place(seal))
        {
            if let Ok(checkpoint) =
                checkpoint::read(seal.id, &seal.path, None, &self.lookup.file(seal.id)?)
                && checkpoint.origin == exhibits.id
            {
                exhibits.checkpoints.push(checkpoint);
            }
        }
        exhibits
            .checkpoints
            .sort_by_key(|checkpoint| checkpoint.size);
        Ok(exhibits)
    }
}

pub(super) fn take_checkpoint(
    exhibits: &mut Exhibits<'_>,
    seal: &FileFacts,
    name: &str,
    lookup: &dyn Lookup,
) -> Result<(), LookupError> {
    let size = (name.len() == 12 && name.bytes().all(|c| c.is_ascii_digit()))
        .then(|| name.parse().ok())
        .flatten();
    let stream = exhibits.id.clone();
    let finding = |code, verdict, message: String| {
        Finding::new(code, Some(verdict), message)
            .in_file(seal.id)
            .in_stream(&stream)
    };
    let Some(size) = size else {
        exhibits.defects.push(finding(
            Code::SealInvalid,
            Verdict::CONTRADICTED,
            "a checkpoint's name is its size in twelve digits; this is none".into(),
        ));
        return Ok(());
    };
    match checkpoint::read(seal.id, &seal.path, Some(size), &lookup.file(seal.id)?) {
        Ok(checkpoint) if checkpoint.origin != exhibits.id => {
            exhibits.defects.push(finding(
                Code::StreamCrossed,
                Verdict::CONTRADICTED,
                format!("this checkpoint is of the stream {}", checkpoint.origin),
            ));
        }
        Ok(checkpoint) => exhibits.checkpoints.push(checkpoint),
        Err(defect) => {
            let verdict = if defect.code == Code::SignatureMissing {
                Verdict::UNPROVEN
            } else {
                Verdict::CONTRADICTED
            };
            exhibits.defects.push(finding(
                defect.code,
                verdict,
                format!("this checkpoint cannot be used: {}", defect.why),
            ));
        }
    }
    Ok(())
}
