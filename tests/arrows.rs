//! The arrows of the architecture, over `cargo metadata`.

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// Who may use whom within the workspace, tests and builds aside.
const ALLOWED: &[(&str, &[&str])] = &[
    ("evidence", &[]),
    ("scenario", &[]),
    ("report", &[]),
    ("pdf", &["report"]),
    ("analysis", &["evidence"]),
    ("store", &["evidence"]),
    (
        "workbench",
        &["analysis", "evidence", "pdf", "report", "scenario", "store"],
    ),
    ("cli", &["workbench"]),
    ("exhibit-window", &["workbench"]),
    ("tests", &["evidence", "scenario", "store", "workbench"]),
];

/// Crates that only one of ours may use.
const ONE_PLACE: &[(&str, &str)] = &[
    ("rusqlite", "store"),
    ("petgraph", "analysis"),
    ("tauri", "exhibit-window"),
    ("clap", "cli"),
    ("maud", "report"),
    ("typst", "pdf"),
];

/// No socket: crates that open one, or that speak a protocol over one.
const NETWORK: &[&str] = &[
    "reqwest",
    "hyper",
    "ureq",
    "curl",
    "isahc",
    "attohttpc",
    "tungstenite",
    "quinn",
    "rustls",
    "native-tls",
    "openssl",
    "socket2",
    "tokio-tungstenite",
    "h2",
    "trust-dns-resolver",
    "hickory-resolver",
];

/// This machine's platform: what other platforms need besides may not have been downloaded here.
fn host() -> String {
    let output = Command::new(std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into()))
        .arg("-vV")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap()
        .to_owned()
}

fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--offline",
            "--filter-platform",
            &host(),
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The ordinary dependencies of each member of the workspace.
fn members(metadata: &Value) -> BTreeMap<String, Vec<String>> {
    let ids: Vec<&str> = metadata["workspace_members"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let packages = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| ids.contains(&package["id"].as_str().unwrap()));
    packages
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|dependency| dependency["kind"].is_null());
            let names = dependencies
                .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
                .collect();
            (package["name"].as_str().unwrap().to_owned(), names)
        })
        .collect()
}

#[test]
fn arrows_run_one_way() {
    let members = members(&metadata());
    for (name, dependencies) in &members {
        let (_, allowed) = ALLOWED
            .iter()
            .find(|(known, _)| known == name)
            .unwrap_or_else(|| panic!("{name} is not in the architecture"));
        for dependency in dependencies
            .iter()
            .filter(|dependency| members.contains_key(*dependency))
        {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not use {dependency}"
            );
        }
    }
}

#[test]
fn one_place_has_sql_one_has_tauri_one_has_the_terminal() {
    for (name, dependencies) in &members(&metadata()) {
        for (dependency, owner) in ONE_PLACE {
            assert!(
                name == owner || !dependencies.iter().any(|known| known == dependency),
                "{name} uses {dependency}, which is {owner}'s"
            );
        }
    }
}

#[test]
fn no_network_crate_is_in_the_tree() {
    // `cargo tree` and not `metadata`: that joins the features that any platform asks for, and so
    // names crates that are built nowhere here.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--workspace",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--offline",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        names.contains(&"tauri") && names.contains(&"tokio"),
        "the whole tree is looked at"
    );
    for name in names {
        assert!(!NETWORK.contains(&name), "{name} is in the tree");
    }
}

/// Typesetting is compiled into release builds alone, so that `cargo tree` does not go there.
#[test]
fn no_network_crate_comes_with_the_typesetter() {
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    let lock = std::fs::read_to_string(lock).unwrap();
    let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let name = package.split('"').nth(1).unwrap();
        let list = package.split_once("dependencies = [");
        let list = list.map_or("", |(_, list)| list);
        // Each is `"name"`, or `"name version"` where there are several.
        let names = list.split('"').skip(1).step_by(2);
        let names = names.filter_map(|name| name.split(' ').next());
        uses.entry(name).or_default().extend(names);
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut next = vec!["pdf"];
    while let Some(name) = next.pop() {
        if seen.insert(name) {
            assert!(!NETWORK.contains(&name), "{name} comes with typst");
            next.extend(uses.get(name).into_iter().flatten());
        }
    }
    assert!(seen.contains("typst") && seen.contains("krilla"));
}

/// What `evidence` must not touch: it is pure.
#[test]
fn evidence_analysis_report_and_pdf_have_no_io_clock_randomness_or_environment() {
    let banned = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::time::SystemTime",
        "std::time::Instant",
        "SystemTime::now",
        "Instant::now",
        "println!",
        "print!(",
        "eprintln!",
        "dbg!",
        "unsafe {",
        "thread_rng",
        "rusqlite",
    ];
    for folder in ["evidence", "analysis", "report", "pdf"] {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../crates")
            .join(folder)
            .join("src");
        let mut stack = vec![root];
        while let Some(at) = stack.pop() {
            for entry in std::fs::read_dir(&at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    if path.file_name().is_some_and(|name| name != "tests") {
                        stack.push(path);
                    }
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                // Tests may read samples and say that they were skipped.
                if name == "tests.rs" || name == "samples.rs" {
                    continue;
                }
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                for word in banned {
                    let found = code
                        .lines()
                        .find(|line| line.contains(word) && !line.trim_start().starts_with("//"));
                    assert!(found.is_none(), "{}: {}", path.display(), found.unwrap());
                }
            }
        }
    }
}

/// Every test file of the whole-program tests is declared: `autotests` is off here, and a folder's
/// files are modules of its `main.rs`.
#[test]
fn no_test_file_is_forgotten() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(here.join("Cargo.toml")).unwrap();
    for name in names(here) {
        if name.ends_with(".rs") {
            assert!(
                manifest.contains(&format!("path = \"{name}\"")),
                "{name} is not in tests/Cargo.toml"
            );
        }
    }
    assert!(manifest.contains("path = \"hazards/main.rs\""));
    for folder in [
        here.join("hazards"),
        here.join("../crates/cli/tests/commands"),
    ] {
        let main = std::fs::read_to_string(folder.join("main.rs")).unwrap();
        for name in names(&folder) {
            let module = name.trim_end_matches(".rs");
            assert!(
                name == "main.rs" || main.lines().any(|line| line == format!("mod {module};")),
                "{name} is no module of {}",
                folder.display()
            );
        }
    }
}

fn names(folder: &std::path::Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}
