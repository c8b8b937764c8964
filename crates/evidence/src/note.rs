//! C2SP signed notes (v1.0.0) and tlog checkpoints (v1.0.0).

use crate::Digest;
use crate::keys::{is_key_name, key_id};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The most signature lines that are read. The specification asks for at least 16.
const MOST_SIGNATURES: usize = 100;

/// A signed note, not yet verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The signed text, its last LF included.
    pub text: String,
    /// The signature lines in order.
    pub signatures: Vec<NoteSignature>,
}

/// A signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    /// The key's name.
    pub name: String,
    /// The key's id.
    pub key_id: [u8; 4],
    /// What follows the key id: 64 bytes for an Ed25519 note signature.
    pub signature: Vec<u8>,
}

/// A checkpoint: what a note's text says of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's origin: a stream's id.
    pub origin: String,
    /// How many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
    /// Extension lines.
    pub extensions: Vec<String>,
}

/// Why a file is no note or no checkpoint, in plain words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoteError(pub String);

fn refused<T>(why: impl Into<String>) -> Result<T, NoteError> {
    Err(NoteError(why.into()))
}

impl Note {
    /// Reads a note (C2SP signed-note, *Format*): UTF-8 without control characters but LF; a text
    /// that ends with LF, an empty line, and signature lines, each ended by LF. The last empty line
    /// is the one that divides.
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        let Ok(note) = std::str::from_utf8(bytes) else {
            return refused("the note is not UTF-8");
        };
        if note.bytes().any(|byte| byte < b' ' && byte != b'\n') {
            return refused("the note holds a control character");
        }
        let Some(divide) = note.rfind("\n\n") else {
            return refused("no empty line divides the note's text from its signatures");
        };
        let (text, signatures) = (&note[..divide + 1], &note[divide + 2..]);
        if text == "\n" {
            return refused("the note has no text");
        }
        let Some(lines) = signatures.strip_suffix('\n') else {
            return refused(if signatures.is_empty() {
                "the note has no signature"
            } else {
                "the note's last line does not end"
            });
        };
        let signatures = lines
            .split('\n')
            .enumerate()
            .map(|(i, line)| match i < MOST_SIGNATURES {
                true => signature_line(line),
                false => refused(format!(
                    "the note has more than {MOST_SIGNATURES} signatures"
                )),
            })
            .collect::<Result<_, _>>()?;
        Ok(Note {
            text: text.to_owned(),
            signatures,
        })
    }

    /// Reads the note's text as a checkpoint (C2SP tlog-checkpoint, *Note text*).
    pub fn checkpoint(&self) -> Result<Checkpoint, NoteError> {
        let Some(text) = self.text.strip_suffix('\n') else {
            return refused("the text's last line does not end");
        };
        let mut lines = text.split('\n');
        let mut line = |what: &str| match lines.next() {
            Some(line) if !line.is_empty() => Ok(line),
            _ => refused(format!("the checkpoint has no {what}")),
        };
        let origin = line("origin")?.to_owned();
        let Some(size) = decimal(line("size")?) else {
            return refused("the checkpoint's size is not a number, or is past 2^64");
        };
        let Some(root) = STANDARD
            .decode(line("root")?)
            .ok()
            .and_then(|root| root.try_into().ok())
        else {
            return refused("the checkpoint's root is not 32 bytes in base64");
        };
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return refused("the checkpoint holds an empty line");
        }
        Ok(Checkpoint {
            origin,
            size,
            root: Digest(root),
            extensions,
        })
    }
}

impl NoteSignature {
    /// Whether the line says that this Ed25519 key made it: its key id is that of its own name with
    /// this key. Whether the signature holds is another question.
    pub fn is_by(&self, key: &[u8; 32]) -> bool {
        self.key_id == key_id(&self.name, key)
    }

    /// The signature as one of Ed25519; `None` where it is not 64 bytes long. Under a key that is
    /// known to be Ed25519, such a one is an invalid signature.
    pub fn ed25519(&self) -> Option<[u8; 64]> {
        self.signature.as_slice().try_into().ok()
    }
}

/// Reads a line: em dash, space, key name, space, base64 of key id and signature.
fn signature_line(line: &str) -> Result<NoteSignature, NoteError> {
    let parts = line
        .strip_prefix("— ")
        .and_then(|rest| rest.split_once(' '));
    let Some((name, text)) = parts.filter(|(name, _)| is_key_name(name)) else {
        return refused(format!("{line:.100?} is not a signature line"));
    };
    let bytes = STANDARD.decode(text).unwrap_or_default();
    match bytes.split_first_chunk::<4>() {
        Some((key_id, signature)) if !signature.is_empty() => Ok(NoteSignature {
            name: name.to_owned(),
            key_id: *key_id,
            signature: signature.to_vec(),
        }),
        _ => refused(format!(
            "the signature by {name:.100} is not base64 of a key id and more"
        )),
    }
}

/// A number below 2^64 in decimal digits, without leading zeros.
fn decimal(text: &str) -> Option<u64> {
    let is_number = text.bytes().all(|c| c.is_ascii_digit());
    let is_plain = text == "0" || !text.starts_with('0');
    (is_number && is_plain).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::ed25519::{self, Check};
    use crate::keys::{Vkey, samples};
    use crate::merkle::Range;
    use proptest::prelude::*;

    /// The example of golang.org/x/mod/sumdb/note.
    const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = concat!(
        "If you think cryptography is the answer to your problem,\n",
        "then you don't know what your problem is.\n",
        "\n",
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
    );

    fn error(note: &str) -> String {
        Note::parse(note.as_bytes()).unwrap_err().0
    }

    #[test]
    fn the_example_of_the_go_library_is_read_and_holds() {
        let note = Note::parse(NOTE.as_bytes()).unwrap();
        assert!(note.text.ends_with("problem is.\n"));
        let [signature] = &note.signatures[..] else {
            panic!("{note:?}")
        };
        let vkey = Vkey::parse(PETER).unwrap();
        assert_eq!((&signature.name, signature.key_id), (&vkey.name, vkey.id));
        assert!(signature.is_by(&vkey.key) && !signature.is_by(&[7; 32]));
        let bytes = signature.ed25519().unwrap();
        assert_eq!(
            ed25519::verify(&vkey.key, note.text.as_bytes(), &bytes),
            Check::Valid
        );
        assert!(note.checkpoint().is_err());
    }

    #[test]
    fn the_last_empty_line_divides() {
        let note = Note::parse(b"a\n\nb\n\n\xe2\x80\x94 k AAAAAAA=\n").unwrap();
        assert_eq!(note.text, "a\n\nb\n");
        assert_eq!(
            (note.signatures[0].key_id, &note.signatures[0].signature[..]),
            ([0; 4], &[0][..])
        );
        assert_eq!(note.signatures[0].ed25519(), None);
        // "a" and an empty line more before the signatures: it belongs to the text.
        let note = Note::parse(b"a\n\n\n\xe2\x80\x94 k AAAAAAA=\n").unwrap();
        assert_eq!(note.text, "a\n\n");
    }

    #[test]
    fn what_is_not_a_note_is_refused() {
        let line = "— k AAAAAAA=\n";
        for (note, says) in [
            ("".to_owned(), "no empty line"),
            (line.to_owned(), "no empty line"),
            (format!("\n{line}"), "no empty line"),
            (format!("\n\n{line}"), "no text"),
            ("a\n\n".to_owned(), "no signature"),
            (format!("a\n{line}"), "no empty line"),
            (format!("a\n\n{}", line.trim_end()), "does not end"),
            (format!("a\n\n{line}{line}b\n"), "not a signature line"),
            ("a\n\n- k AAAAAAA=\n".to_owned(), "not a signature line"),
            ("a\n\n—k AAAAAAA=\n".to_owned(), "not a signature line"),
            ("a\n\n—  AAAAAAA=\n".to_owned(), "not a signature line"),
            ("a\n\n— k\n".to_owned(), "not a signature line"),
            ("a\n\n— k+ AAAAAAA=\n".to_owned(), "not a signature line"),
            (
                "a\n\n— k\u{a0} AAAAAAA=\n".to_owned(),
                "not a signature line",
            ),
            ("a\n\n— k l AAAAAAA=\n".to_owned(), "not base64"),
            ("a\n\n— k  AAAAAAA=\n".to_owned(), "not base64"),
            ("a\n\n— k AAAAAAA= \n".to_owned(), "not base64"),
            // Four bytes, no padding, stray last bits.
            ("a\n\n— k AAAAAA==\n".to_owned(), "not base64"),
            ("a\n\n— k AAAAAAA\n".to_owned(), "not base64"),
            ("a\n\n— k AAAAAAB=\n".to_owned(), "not base64"),
            (format!("a\tb\n\n{line}"), "control character"),
            (format!("a\r\n\r\n{line}"), "control character"),
            (format!("a\0\n\n{line}"), "control character"),
            (format!("a\n\n{}", line.repeat(101)), "more than 100"),
        ] {
            let found = error(&note);
            assert!(found.contains(says), "{note:?}: {found}");
        }
        assert_eq!(
            Note::parse(b"\xff\n\n").unwrap_err().0,
            "the note is not UTF-8"
        );
        let many = Note::parse(format!("a\n\n{}", line.repeat(100)).as_bytes()).unwrap();
        assert_eq!(many.signatures.len(), 100);
    }

    fn checkpoint(text: &str) -> Result<Checkpoint, String> {
        let note = Note {
            text: text.to_owned(),
            signatures: Vec::new(),
        };
        note.checkpoint().map_err(|error| error.0)
    }

    #[test]
    fn a_checkpoint_is_read_line_by_line() {
        // The root of no leaves in base64, RFC 6962, 2.1.
        let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let read = checkpoint(&format!("a b\n18446744073709551615\n{root}\nx\ny\n")).unwrap();
        assert_eq!((read.origin.as_str(), read.size), ("a b", u64::MAX));
        assert_eq!(read.root, Digest::of(b""));
        assert_eq!(read.extensions, ["x", "y"]);
        assert_eq!(
            checkpoint(&format!("a\n0\n{root}\n")).unwrap().extensions,
            [""; 0]
        );
        for (text, says) in [
            ("".to_owned(), "does not end"),
            ("\n".to_owned(), "no origin"),
            (format!("\n1\n{root}\n"), "no origin"),
            ("a\n".to_owned(), "no size"),
            (format!("a\n\n{root}\n"), "no size"),
            ("a\n1\n".to_owned(), "no root"),
            (format!("a\n01\n{root}\n"), "size is not a number"),
            (format!("a\n00\n{root}\n"), "size is not a number"),
            (format!("a\n-1\n{root}\n"), "size is not a number"),
            (format!("a\n+1\n{root}\n"), "size is not a number"),
            (format!("a\n1 \n{root}\n"), "size is not a number"),
            (
                format!("a\n18446744073709551616\n{root}\n"),
                "size is not a number",
            ),
            ("a\n1\nAAAA\n".to_owned(), "root is not 32 bytes"),
            (
                format!("a\n1\n{}\n", root.trim_end_matches('=')),
                "root is not 32 bytes",
            ),
            (format!("a\n1\n{}V=\n", &root[..42]), "root is not 32 bytes"),
            (format!("a\n1\n{root}\n\n"), "empty line"),
            (format!("a\n1\n{root}\nx\n\ny\n"), "empty line"),
            (format!("a\n1\n{root}"), "does not end"),
        ] {
            let found = checkpoint(&text).unwrap_err();
            assert!(found.contains(says), "{text:?}: {found}");
        }
    }

    #[test]
    fn every_checkpoint_of_a_published_log_is_signed_and_has_its_tiles_root() {
        let Some(files) = samples::unpack("vectors/tlog.tar.gz") else {
            return;
        };
        let file = |path: &str| {
            let found = files.iter().find(|(found, _)| found == path);
            found.map(|(_, bytes)| &bytes[..])
        };
        let vkey = std::str::from_utf8(file("tlog/vkey").unwrap()).unwrap();
        let vkey = Vkey::parse(vkey.trim_end()).unwrap();
        let mut sizes = Vec::new();
        for (path, bytes) in &files {
            if !path.starts_with("tlog/log/checkpoint") {
                continue;
            }
            let note = Note::parse(bytes).unwrap();
            let checkpoint = note.checkpoint().unwrap();
            assert_eq!(checkpoint.origin, "example.com/log/testdata");
            let [signature] = &note.signatures[..] else {
                panic!("{path}")
            };
            assert!(signature.is_by(&vkey.key));
            assert_eq!((&signature.name, signature.key_id), (&vkey.name, vkey.id));
            let bytes = signature.ed25519().unwrap();
            assert_eq!(
                ed25519::verify(&vkey.key, note.text.as_bytes(), &bytes),
                Check::Valid
            );

            let tile = match checkpoint.size {
                0 => &[],
                size => file(&format!("tlog/log/tile/0/000.p/{size}")).unwrap(),
            };
            let mut range = Range::empty(0);
            for leaf in tile.chunks(32) {
                range.push(Digest(leaf.try_into().unwrap()));
            }
            assert_eq!(range.len(), checkpoint.size);
            assert_eq!(range.root(), Some(checkpoint.root), "{path}");
            sizes.push(checkpoint.size);
        }
        sizes.sort_unstable();
        let mut expected: Vec<u64> = (0..=15).collect();
        expected.push(15);
        assert_eq!(sizes, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Note::parse(&bytes);
        }

        #[test]
        fn whatever_is_read_says_what_stands_there(
            text in "[a\n—é]{0,12}\n\n(— [a+ é]{0,3} [A-Za-d=]{0,12}\n?){0,3}",
        ) {
            if let Ok(note) = Note::parse(text.as_bytes()) {
                let _ = note.checkpoint();
                let mut written = format!("{}\n", note.text);
                for line in &note.signatures {
                    let bytes = [&line.key_id[..], &line.signature].concat();
                    written += &format!("— {} {}\n", line.name, STANDARD.encode(bytes));
                }
                prop_assert_eq!(written, text);
            }
        }

        #[test]
        fn any_text_is_read_as_a_checkpoint_without_panic(text in "[a0-9\n=]{0,60}") {
            let _ = checkpoint(&text);
        }
    }
}
