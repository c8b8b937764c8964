//! Puts a folder into an archive; the same bytes everywhere.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Files below `dir`, in order, each with its path with `/`.
pub fn files(dir: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(below) = path.strip_prefix(dir) {
                let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Appends a file to a tar, whatever its name: bad ones are wanted, too. Names over 100 bytes are
/// cut.
pub fn append(tar: &mut tar::Builder<impl Write>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    for (place, byte) in header.as_old_mut().name.iter_mut().zip(name.bytes()) {
        *place = byte;
    }
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    tar.append(&header, bytes)
}

/// Writes the files of `dir` as `.tar` into `out`.
pub fn tar(dir: &Path, out: impl Write) -> io::Result<()> {
    let mut tar = tar::Builder::new(out);
    for name in files(dir)? {
        let bytes = fs::read(dir.join(&name))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, &name, bytes.as_slice())?;
    }
    tar.into_inner()?.flush()
}

/// Packs the files of `dir` into the file `out`: `.zip`, `.tar`, `.tar.gz` or `.tar.zst`, as its name
/// says.
pub fn pack(dir: &Path, out: &Path) -> io::Result<()> {
    let name = out.to_string_lossy().into_owned();
    let file = BufWriter::new(File::create(out)?);
    if name.ends_with(".zip") {
        let mut zip = zip::ZipWriter::new(file);
        let options = zip::write::SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default());
        for name in files(dir)? {
            zip.start_file(name.as_str(), options)?;
            zip.write_all(&fs::read(dir.join(&name))?)?;
        }
        zip.finish()?.flush()
    } else if name.ends_with(".zst") {
        let mut encoder = zstd::Encoder::new(file, 3)?;
        tar(dir, &mut encoder)?;
        encoder.finish()?.flush()
    } else if name.ends_with(".gz") {
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
        tar(dir, &mut encoder)?;
        encoder.finish()?.flush()
    } else {
        tar(dir, file)
    }
}
