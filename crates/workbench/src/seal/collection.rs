//! Whether what was collected is all that proofs will need: asked before it is sealed, while the rest
//! can still be fetched.

use super::{Named, named};
use crate::failure::{Failure, Result};
use crate::session::Desk;
use evidence::container::{self, Unwrapped};
use evidence::formats::cloudtrail::{Lack, Recipe};
use evidence::keys::TrustedKey;
use evidence::{Kind, kind};
use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::PathBuf;

/// What the collection recipe asks for and is neither below a PATH nor among the keys: for CloudTrail
/// the signature of each digest, the keys, each log that a digest lists, each digest between others.
/// Archives are not looked into.
pub fn collection_lacks(paths: &[PathBuf], keys: &[TrustedKey], desk: &Desk) -> Result<Vec<Lack>> {
    let mut recipe = Recipe::default();
    recipe.take_keys(keys);
    for Named { name, found } in named(paths)? {
        let place = found.file.display().to_string();
        look(&mut recipe, &name, &place, &found.file, desk)
            .map_err(|error| Failure::unreadable(&place, &error))?;
    }
    Ok(recipe.lacks())
}

fn look(
    recipe: &mut Recipe,
    name: &str,
    place: &str,
    file: &std::path::Path,
    desk: &Desk,
) -> io::Result<()> {
    let mut file = File::open(file)?;
    let mut head = Vec::new();
    file.by_ref()
        .take(container::HEAD_BYTES as u64)
        .read_to_end(&mut head)?;
    let wrapping = container::recognise(&head);
    if wrapping.is_archive() {
        return Ok(());
    }
    file.rewind()?;
    let mut inner = Unwrapped::new(wrapping, file, &desk.limits);
    let mut bytes = Vec::new();
    inner
        .by_ref()
        .take(kind::HEAD_BYTES as u64)
        .read_to_end(&mut bytes)?;
    let kind = kind::recognise(name, &bytes);
    if matches!(
        kind,
        Kind::CloudTrailDigest | Kind::CloudTrailSidecar | Kind::CloudTrailKeys
    ) {
        inner.take(Recipe::MOST_BYTES).read_to_end(&mut bytes)?;
    }
    recipe.take(name, place, kind, &bytes);
    Ok(())
}
