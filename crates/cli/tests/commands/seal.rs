//! `exhibit seal`

use crate::program::{exhibit, redact};
use insta::assert_snapshot;
use scenario::Size;
use scenario::keys::Keys;
use tests::{Site, openssh_key};

fn exports() -> Site {
    let site = Site::lay(Size {
        kubernetes: 240,
        ..Size::none()
    });
    std::fs::write(
        site.at("collector"),
        openssh_key(&Keys::from_seed(7).collector),
    )
    .unwrap();
    site
}

#[test]
fn sealed_exports_are_unproven_and_unchanged_since_collection() {
    let site = exports();
    let sealed = exhibit(&site, "seal sealed evidence --sign-with collector --json")
        .ended(0)
        .json();
    std::fs::write(site.at("collector.keys"), sealed["key"].as_str().unwrap()).unwrap();
    let summary = exhibit(
        &site,
        "import case.exhibit sealed --keys collector.keys --json",
    )
    .ended(0)
    .json();
    assert_eq!(
        (
            &summary["records"]["unproven"],
            &summary["records"]["total"]
        ),
        (&240.into(), &240.into())
    );
    assert_eq!(
        summary["streams"][0]["axes"]["integrity"],
        "since-collection"
    );

    // What is changed afterwards shows.
    let log = site.at("sealed/attachments/evidence/k8s/prod-eu-1/audit-2026-06-12.jsonl");
    std::fs::write(
        &log,
        std::fs::read_to_string(&log)
            .unwrap()
            .replacen("\"get\"", "\"put\"", 1),
    )
    .unwrap();
    let edited = exhibit(
        &site,
        "import edited.exhibit sealed --keys collector.keys --json",
    )
    .ended(1)
    .json();
    assert!(
        edited["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["code"] == "file-altered")
    );
}

#[test]
fn what_was_sealed_is_said_with_the_key_to_hand_over() {
    let site = exports();
    let said = exhibit(&site, "seal sealed evidence --sign-with collector")
        .ended(0)
        .out;
    let manifest = std::fs::read(site.at("sealed/manifest.dsse.json")).unwrap();
    let digest: String = scenario::merkle::sha256(&manifest)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_snapshot!(redact(&said, &[(&digest, "SHA-256 OF THE MANIFEST")]), @r"
    files        1, 206.4 kB
    sealed in    sealed
    manifest     SHA-256 SHA-256 OF THE MANIFEST
    signed by    SHA256:oN5kv+KzJ9hDfQtSGmvkGaR1V4qGYKP2JKfeVY4322I
    as key file  ed25519:/0mtM/LO177kQ/8/TnjoiCLnN0zGLoxtMCqkox47NjQ=

    Give the key to the examiner by another way than the bundle.
    ");
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_behind() {
    let site = exports();
    exhibit(&site, "seal sealed evidence --sign-with collector").ended(0);
    assert_snapshot!(exhibit(&site, "seal sealed evidence --sign-with collector").refused(2), @r"
    exhibit: sealed cannot be made: File exists (os error 17). [path-unwritable]
             Give a new folder where you may write.
    ");
    std::fs::write(site.at("no-key"), "hello").unwrap();
    assert!(
        exhibit(&site, "seal other evidence --sign-with no-key")
            .refused(2)
            .contains("[signing-key]")
    );
    assert!(
        exhibit(&site, "seal other evidence --sign-with missing")
            .refused(2)
            .contains("[path-unreadable]")
    );
    assert!(
        exhibit(&site, "seal other missing --sign-with collector --json")
            .refused(2)
            .contains("[path-unreadable]")
    );
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", site.at("evidence/link")).unwrap();
        assert!(
            exhibit(&site, "seal other evidence --sign-with collector")
                .refused(2)
                .contains("a link")
        );
    }
    assert!(!site.at("other").exists());
}
