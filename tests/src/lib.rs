//! What the whole-program tests share: a desk whose clock stands still, and cases in a folder that
//! vanishes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use workbench::api::Summary;
use workbench::{Desk, Limits, Micros, Progress, Session, read_keys};

/// A desk whose clock stands still, so that what is printed is the same each time.
pub fn desk() -> Desk {
    Desk {
        who: "examiner".into(),
        tool: "exhibit test".into(),
        now: || Micros(1_781_337_600_000_000),
        threads: 2,
        limits: Limits::default(),
    }
}

/// Imports a path into a new case.
pub fn import(case: &Path, path: &Path, keys: &[PathBuf]) -> Summary {
    let keys: Vec<_> = keys
        .iter()
        .flat_map(|file| read_keys(file, None).expect("a key file"))
        .collect();
    let session = Session::create(case, desk()).expect("a new case");
    let summary = session
        .import(&[path.to_owned()], &keys, &Progress::default())
        .expect("imported");
    session.close().expect("closed");
    summary
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// A part of the scenario in a folder that vanishes: `evidence/`, `keys/`, and room for cases.
pub struct Site {
    dir: tempfile::TempDir,
    /// What an honest verifier must say of it.
    pub truth: scenario::Truth,
}

impl Site {
    /// Lays sound evidence of this size.
    pub fn lay(size: scenario::Size) -> Site {
        let dir = tempfile::tempdir().expect("a folder");
        let truth = scenario::site::lay(dir.path(), 7, size).expect("the scenario");
        Site { dir, truth }
    }

    /// A path in the folder.
    pub fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// The evidence.
    pub fn evidence(&self) -> PathBuf {
        self.at("evidence")
    }

    /// The key files that lie apart from it.
    pub fn keys(&self) -> Vec<PathBuf> {
        ["keys/trusted.keys", "keys/cloudtrail-keys.json"]
            .iter()
            .map(|path| self.at(path))
            .filter(|path| path.exists())
            .collect()
    }

    /// Imports the evidence, with its keys, into a new case of this name.
    pub fn import(&self, case: &str) -> Summary {
        import(&self.at(case), &self.evidence(), &self.keys())
    }

    /// Changes a file of the evidence.
    pub fn change(&self, path: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        let path = self.evidence().join(path);
        let bytes = fs::read(&path).expect("a file of the evidence");
        let changed = change(bytes.clone());
        assert_ne!(bytes, changed, "{} is as it was", path.display());
        fs::write(path, changed).expect("written");
    }
}

/// Imports files of this content, all in one folder, with these bounds.
pub fn import_files(
    files: &[(&str, &[u8])],
    limits: Limits,
) -> (tempfile::TempDir, PathBuf, Summary) {
    let dir = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = dir.path().join("evidence").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
    let case = dir.path().join("case.exhibit");
    let session = Session::create(&case, Desk { limits, ..desk() }).expect("a new case");
    let summary = session
        .import(&[dir.path().join("evidence")], &[], &Progress::default())
        .expect("imported");
    session.close().expect("closed");
    (dir, case, summary)
}

/// All rows of a case's timeline that match a query, in time's order.
pub fn rows(case: &Path, query: &str) -> Vec<workbench::api::TimelineRow> {
    let session = Session::open_to_read(case, desk()).expect("a case");
    let filter = workbench::api::TimelineFilter {
        query: query.into(),
        ..Default::default()
    };
    let mut rows = Vec::new();
    loop {
        let page = session
            .timeline(&filter, rows.len() as u64, 2_000)
            .expect("a page");
        if page.rows.is_empty() {
            return rows;
        }
        rows.extend(page.rows);
    }
}

/// A Kubernetes audit event, with this id, time (as it is to stand there) and user.
pub fn kubernetes_event(id: usize, time: &str, user: &str) -> String {
    serde_json::json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": format!("id-{id}"), "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/pay/secrets/stripe", "verb": "get", "user": {"username": user}, "sourceIPs": ["10.0.0.7"],
        "objectRef": {"resource": "secrets", "namespace": "pay", "name": "stripe", "apiVersion": "v1"},
        "responseStatus": {"code": 200}, "requestReceivedTimestamp": time,
    })
    .to_string()
}

/// A key as `ssh-keygen -t ed25519 -N ''` writes it.
pub fn openssh_key(key: &ed25519_dalek::SigningKey) -> String {
    let pair = ssh_key::private::Ed25519Keypair {
        public: ssh_key::public::Ed25519PublicKey(key.verifying_key().to_bytes()),
        private: ssh_key::private::Ed25519PrivateKey::from_bytes(key.as_bytes()),
    };
    let key = ssh_key::PrivateKey::new(pair.into(), "collector").expect("a key");
    key.to_openssh(ssh_key::LineEnding::LF)
        .expect("its text")
        .to_string()
}
