//! What the tests share: the program as it was built, and its evidence.

use scenario::Size;
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};
use tests::Site;

/// One call and its end.
#[derive(Debug)]
pub struct Said {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Said {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Said {
            status: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

impl Said {
    /// The one JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|why| panic!("not one JSON document: {why}\n{}", self.out))
    }

    /// It ended with this status and without a word on standard error.
    #[track_caller]
    pub fn ended(self, status: i32) -> Said {
        assert_eq!(
            (self.status, self.err.as_str()),
            (Some(status), ""),
            "{}",
            self.out
        );
        self
    }

    /// It was refused with this status: nothing on standard output, and the reason beside it.
    #[track_caller]
    pub fn refused(self, status: i32) -> String {
        assert_eq!(
            (self.status, self.out.as_str()),
            (Some(status), ""),
            "{}",
            self.err
        );
        self.err
    }
}

/// The program, to be run in a folder.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_exhibit"));
    command
        .current_dir(folder)
        .env("USER", "examiner")
        .env_remove("RUST_BACKTRACE");
    command
}

/// Runs it in a folder.
pub fn run<S: AsRef<OsStr>>(folder: &Path, args: &[S]) -> Said {
    program(folder).args(args).output().expect("it runs").into()
}

/// Runs it in a site's folder, with the words of `line` as arguments.
pub fn exhibit(site: &Site, line: &str) -> Said {
    run(&site.at(""), &line.split(' ').collect::<Vec<_>>())
}

/// A sealed bundle of two streams, with its keys.
pub fn bundle() -> Site {
    Site::lay(Size {
        agents: 440,
        payments: 310,
        ..Size::none()
    })
}

/// The same, in the case `case.exhibit`, whose verdict is `verified` but for the attached log.
pub fn imported() -> Site {
    let site = bundle();
    exhibit(
        &site,
        "import case.exhibit evidence --keys keys/trusted.keys",
    )
    .ended(0);
    site
}

/// The whole story of all formats at its smallest, in the case `case.exhibit`.
pub fn story() -> Site {
    let site = Site::lay(Size::small());
    exhibit(
        &site,
        "import case.exhibit evidence --keys keys/trusted.keys --keys keys/cloudtrail-keys.json",
    )
    .ended(0);
    site
}

/// The same bundle with record 229 of the agents' stream edited, in the case `case.exhibit`.
pub fn tampered() -> Site {
    let site = bundle();
    scenario::tamper::apply(&site.at(""), scenario::Tamper::LineEdited).expect("tampered with");
    exhibit(
        &site,
        "import case.exhibit evidence --keys keys/trusted.keys",
    )
    .ended(1);
    site
}

/// `text` with each of these replaced by a word that stays the same.
pub fn redact(text: &str, changing: &[(&str, &str)]) -> String {
    changing.iter().fold(text.to_owned(), |text, (what, word)| {
        text.replace(what, word)
    })
}

/// `text` with each RFC 3339 time in it as `TIME`: for output whose times are the machine's.
pub fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("20") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = rest
            .find(|c: char| !c.is_ascii_digit() && !"-:.TZ".contains(c))
            .unwrap_or(rest.len());
        let time = &rest[..length];
        if time.len() >= 20 && time.as_bytes()[10] == b'T' && time.ends_with('Z') {
            out.push_str("TIME");
            rest = &rest[length..];
        } else {
            out.push_str(&rest[..2]);
            rest = &rest[2..];
        }
    }
    out + rest
}
