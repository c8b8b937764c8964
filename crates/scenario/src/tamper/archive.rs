//! Tampers with archives, and bundles that are merely packed.

use super::sealed::broken;
use super::{Expected, Site, Tamper};
use crate::pack;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::{self, File};
use std::io::{self, Write};

pub(super) fn apply(site: &Site, tamper: Tamper) -> io::Result<Expected> {
    use Tamper as T;
    let root = site.bundle();
    let attic = site.evidence.join("attic");
    let entry = match tamper {
        T::ArchivePathEscapes => "../escaped.jsonl",
        T::ArchivePathAbsolute => "/tmp/escaped.jsonl",
        T::ArchivePathBackslash => "attachments\\escaped.jsonl",
        T::ArchiveCaseCollision => "streams/AGENTS-prod.jsonl",
        T::ArchiveLink => "attachments/link.jsonl",
        T::BundlePackedZst | T::BundlePackedZip => {
            let name = if tamper == T::BundlePackedZip {
                "nhi-bundle.zip"
            } else {
                "nhi-bundle.tar.zst"
            };
            pack::pack(&root, &site.evidence.join(name))?;
            fs::remove_dir_all(root)?;
            return Ok(Expected::nothing(site, tamper));
        }
        T::ArchiveBomb => {
            fs::create_dir_all(&attic)?;
            let mut encoder = GzEncoder::new(
                File::create(attic.join("bomb.json.gz"))?,
                Compression::best(),
            );
            let zeros = vec![0; 1 << 20];
            for _ in 0..300 {
                encoder.write_all(&zeros)?;
            }
            encoder.finish()?;
            return Ok(Expected::finding(site, tamper, "entry-refused", None)
                .at("attic/bomb.json.gz")
                .close(site));
        }
        T::ArchiveTooDeep => {
            fs::create_dir_all(&attic)?;
            let mut inner = b"nothing to see\n".to_vec();
            for name in ["note.txt", "one.tar", "two.tar", "three.tar"] {
                let mut tar = tar::Builder::new(Vec::new());
                pack::append(&mut tar, name, &inner)?;
                inner = tar.into_inner()?;
            }
            fs::write(attic.join("four.tar"), inner)?;
            return Ok(Expected::finding(site, tamper, "entry-refused", None).close(site));
        }
        _ => return Err(broken("not a tamper with archives")),
    };
    let mut tar = tar::Builder::new(File::create(site.evidence.join("nhi-bundle.tar"))?);
    for name in pack::files(&root)? {
        pack::append(&mut tar, &name, &fs::read(root.join(&name))?)?;
    }
    if tamper == T::ArchiveLink {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        header.set_mode(0o777);
        header.set_path(entry)?;
        header.set_link_name("/etc/passwd")?;
        header.set_cksum();
        tar.append(&header, io::empty())?;
    } else {
        pack::append(&mut tar, entry, b"{\"v\":1}\n")?;
    }
    tar.into_inner()?.flush()?;
    fs::remove_dir_all(root)?;
    Ok(Expected::finding(site, tamper, "entry-refused", None)
        .at(entry)
        .close(site))
}
