//! Key files that other tools wrote, and what is wrong with those that are refused.

use super::*;
use crate::Micros;
use crate::keys::rsa::cloudtrail_fingerprint;
use crate::keys::samples::hex;
use proptest::prelude::*;

/// The vkey of the examples of golang.org/x/mod/sumdb/note.
const PETER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
/// RFC 8032, 7.1, TEST 1, in base64 and in hex.
const RAW: &str = "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const RAW_HEX: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
/// `ssh-keygen -t ed25519 -C 'alice@example laptop'`, and the key's 32 bytes by python.
const SSH_ED25519: &str = concat!(
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDY/d9B37eOPpgBTAu4MIGzm7XpICunk+pi7zDVGTd/i",
    " alice@example laptop",
);
const SSH_ED25519_HEX: &str = "363f77d077ede38fa6005302ee0c206ce6ed7a480ae9e4fa98bbcc35464ddfe2";
/// `ssh-keygen -t rsa -b 2048`; the MD5 of its PKCS#1 DER by `ssh-keygen -e -m PEM`, `openssl rsa
/// -RSAPublicKey_in -RSAPublicKey_out -outform DER` and `md5sum`.
const SSH_RSA: &str = concat!(
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDFtjKoZR+Nbl0e5yQzUNaWU7AW2/DZGY5NwwtMA89P",
    "reU+CH8JZNirRaFRhFLhFfd9/utxLKp6+ox8xMn0iRVB3AqylD4nAmE1yaPWJLa6hg8q1CbHF6wkEPry",
    "LkNWJXQypVRX2UGjiYZW9V4LP65zTSTw/CuPistXF9EyMBWee+pq7BA+ANaMpVX2EPX81fDoQzQp9YZw",
    "D4UY0Sdl2NUobsU5ovzNORoko9P2XaqODyitkx4s1/BorWsOT8Ec/TCzavo4Wo9/dJggK6mFhbLj3qGn",
    "jeyXd7EvQd+aNpG6A5AsFB4rAIj/KB4hQR35h+8FTwuRXz+Pb2I4HvU+UDNb",
);
const SSH_RSA_MD5: &str = "fb4ffa79516a49f587bc97f2343abef0";
/// `ssh-keygen -t ecdsa`.
const SSH_ECDSA: &str = concat!(
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBPLwoOQ7",
    "mi4R505Lriyn047ZlYpay1EPr9wHWnL2NS48PKO5KAc2DQ0jAXZMaf+t2zm5yBjrSBPZEXOFFW8MGm0=",
    " x",
);
/// `openssl genpkey -algorithm ed25519`, `openssl pkey -pubout`, and its last 32 bytes of DER.
const ED25519_PEM: &str = concat!(
    "-----BEGIN PUBLIC KEY-----\n",
    "MCowBQYDK2VwAyEAzkFXkP6EzmilFzFGUwvOlwTZW0n7x1JyrDrVPNxQGKU=\n",
    "-----END PUBLIC KEY-----\n",
);
const ED25519_PEM_HEX: &str = "ce415790fe84ce68a5173146530bce9704d95b49fbc75272ac3ad53cdc5018a5";
/// `openssl genrsa 2048`, `openssl rsa -pubout`, and the MD5 of the DER by `md5sum`.
const RSA_SPKI_PEM: &str = concat!(
    "-----BEGIN PUBLIC KEY-----\n",
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlpF7iSl5hBm10PwJRB6m\n",
    "i4LcVUNT9XQsaTV0uQcP6eqHzFlfXAGq30yGbViqN5yjal8+RSiouHK6mBl9y2fn\n",
    "3NXK6bTXWsYW5CDG+bbjj709laE8Le2uD5RDPx+qi8BNqQRB3+l5lFRa57+PQyPw\n",
    "JF31K31aya7bgtEeqrKTeWLbyHHHTGlrOxeo5fRbP9yqvDIKMz3VQQqfwVae/CWf\n",
    "G7oNTJfV1xcRaUoEwEFvyaUdIbMqt4APlI9nCW46UsfH/U75m5HPf760mTtIfgqW\n",
    "XU7LIcpkRUvC22XULQKiWkAKlXRw2yEcSNXqTVwtzcGodsianQ1etCjdc59p3UQ3\n",
    "ywIDAQAB\n",
    "-----END PUBLIC KEY-----\n",
);
const RSA_SPKI_MD5: &str = "bfc5a00ab3d0b2b6bd6a8edc6f7a00d3";
/// The same key by `openssl rsa -RSAPublicKey_out`.
const RSA_PKCS1_PEM: &str = concat!(
    "-----BEGIN RSA PUBLIC KEY-----\n",
    "MIIBCgKCAQEAlpF7iSl5hBm10PwJRB6mi4LcVUNT9XQsaTV0uQcP6eqHzFlfXAGq\n",
    "30yGbViqN5yjal8+RSiouHK6mBl9y2fn3NXK6bTXWsYW5CDG+bbjj709laE8Le2u\n",
    "D5RDPx+qi8BNqQRB3+l5lFRa57+PQyPwJF31K31aya7bgtEeqrKTeWLbyHHHTGlr\n",
    "Oxeo5fRbP9yqvDIKMz3VQQqfwVae/CWfG7oNTJfV1xcRaUoEwEFvyaUdIbMqt4AP\n",
    "lI9nCW46UsfH/U75m5HPf760mTtIfgqWXU7LIcpkRUvC22XULQKiWkAKlXRw2yEc\n",
    "SNXqTVwtzcGodsianQ1etCjdc59p3UQ3ywIDAQAB\n",
    "-----END RSA PUBLIC KEY-----\n",
);
const RSA_PKCS1_MD5: &str = "7f49f24bc4c103780c368516dab22f5f";
/// A key and its fingerprint as the AWS CloudTrail user guide prints them (*Custom implementations
/// of CloudTrail log file integrity validation*).
const AWS_VALUE: &str = concat!(
    "MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL",
    "6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYD",
    "uBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+KunqxX6jQBnXGMtxmPBPP0FylgWGNdF",
    "tks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/5ZxRFE7UBAUiVcGb",
    "dnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB",
);
const AWS_FINGERPRINT: &str = "8eba5db5bea9b640d1c96a77256fe7f2";

fn ed25519(key: &str) -> KeyMaterial {
    KeyMaterial::Ed25519(hex(key).try_into().unwrap())
}

fn line_error(text: &str) -> (usize, String) {
    match read(text.as_bytes()) {
        Err(KeyFileError::Line { line, why }) => (line, why),
        other => panic!("{text}: {other:?}"),
    }
}

fn form_error(text: &str) -> String {
    match read(text.as_bytes()) {
        Err(KeyFileError::Form { why }) => why,
        other => panic!("{text}: {other:?}"),
    }
}

/// The MD5 by which CloudTrail would name the RSA key.
fn md5(trusted: &TrustedKey) -> &str {
    match &trusted.key {
        KeyMaterial::Rsa {
            key,
            cloudtrail_fingerprint: found,
        } => {
            assert_eq!(*found, cloudtrail_fingerprint(key.der()));
            found
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bundles_key_file_is_read_with_all_options() {
    let text = format!(
        "# examiner's keys\n\n{PETER}\n{PETER} stream=example.com/a stream=example.com/b name=peter\r\n\
         \t{RAW}  from=2026-06-01T00:00:00Z until=2026-06-02T00:00:00+00:00 \
         revoked=2026-06-01T12:00:00.5Z stream=s "
    );
    let keys = read(text.as_bytes()).unwrap();
    let peter = "1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6";
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0].key, ed25519(peter));
    assert_eq!(keys[0].name.as_deref(), Some("PeterNeumann"));
    assert_eq!(keys[0].streams, ["PeterNeumann"]);
    // `name=` is a label only: the vkey's own name stays a stream.
    assert_eq!(keys[1].name.as_deref(), Some("peter"));
    assert_eq!(
        keys[1].streams,
        ["PeterNeumann", "example.com/a", "example.com/b"]
    );
    assert_eq!(keys[2].key, ed25519(RAW_HEX));
    assert_eq!((&keys[2].name, &keys[2].how), (&None, &None));
    assert_eq!(keys[2].streams, ["s"]);
    // `date -u -d 2026-06-01 +%s` is 1780272000.
    assert_eq!(keys[2].from, Some(Micros(1_780_272_000_000_000)));
    assert_eq!(keys[2].until, Some(Micros(1_780_358_400_000_000)));
    assert_eq!(keys[2].revoked, Some(Micros(1_780_315_200_500_000)));
    assert_eq!(
        (keys[0].from, keys[0].until, keys[0].revoked),
        (None, None, None)
    );
}

#[test]
fn a_file_without_keys_holds_none() {
    for text in ["", "\n\n", "# nothing yet\n", "\u{feff}# from Windows\r\n"] {
        assert_eq!(read(text.as_bytes()), Ok(Vec::new()), "{text:?}");
    }
}

#[test]
fn one_bad_line_refuses_the_file_and_is_named() {
    for (line, says) in [
        ("example.com/a", "not of the form"),
        ("ed25519:AAAA", "3 bytes"),
        ("ed25519:?", "not base64"),
        // The identity, and p + 1, which is the identity again.
        (
            "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "small order",
        ),
        (
            "ed25519:7v///////////////////////////////////////38=",
            "canonical",
        ),
        (&format!("{RAW} from=2026-06-01"), "not a time"),
        (&format!("{RAW} until=2026-06-01T00:00:00"), "not a time"),
        (&format!("{RAW} until="), "is empty"),
        (&format!("{RAW} stream="), "is empty"),
        (&format!("{RAW} comment"), "not an option"),
        (&format!("{RAW} Stream=a"), "not an option"),
        (&format!("{RAW} name=a name=b"), "stands twice"),
        (
            &format!("{RAW} revoked=2026-06-01T00:00:00Z revoked=2027-06-01T00:00:00Z"),
            "stands twice",
        ),
        (SSH_ECDSA, "not a vkey"),
        ("ssh-dss AAAAB3NzaC1kc3M=", "not a kind that is known"),
        (
            &SSH_ED25519.replace("ssh-ed25519", "ssh-rsa"),
            "not ssh-rsa",
        ),
        (&SSH_RSA[..SSH_RSA.len() - 4], "cut short"),
        (&format!("{SSH_RSA}AAAA"), "bytes follow"),
        ("ssh-ed25519", "cut short"),
    ] {
        let (number, why) = line_error(&format!("# keys\n{PETER}\n{line}\n{PETER}\n"));
        assert_eq!(number, 3, "{line}");
        assert!(why.contains(says), "{line}: {why}");
    }
    let bytes = [PETER.as_bytes(), b"\n\xff\n"].concat();
    let line = 2;
    assert_eq!(
        read(&bytes),
        Err(KeyFileError::Line {
            line,
            why: "not UTF-8".to_owned()
        })
    );
}

#[test]
fn openssh_keys_are_read_several_to_a_file() {
    let keys = read(format!("{SSH_ED25519}\n# more\n{SSH_RSA}\n").as_bytes()).unwrap();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0].key, ed25519(SSH_ED25519_HEX));
    assert_eq!(keys[0].name.as_deref(), Some("alice@example laptop"));
    assert_eq!(keys[0].streams, [""; 0]);
    assert_eq!(keys[1].name, None);
    assert_eq!(md5(&keys[1]), SSH_RSA_MD5);
}

#[test]
fn pem_keys_are_read_several_to_a_file() {
    let text = format!("# keys\r\n{ED25519_PEM}\n{RSA_SPKI_PEM}{RSA_PKCS1_PEM}");
    let keys = read(text.replace('\n', "\r\n").as_bytes()).unwrap();
    assert_eq!(keys.len(), 3);
    assert_eq!(keys[0].key, ed25519(ED25519_PEM_HEX));
    assert_eq!(md5(&keys[1]), RSA_SPKI_MD5);
    assert_eq!(md5(&keys[2]), RSA_PKCS1_MD5);
}

#[test]
fn pem_that_is_not_a_public_key_is_refused() {
    let error = |text: &str, at: usize, says: &str| {
        let (line, why) = line_error(text);
        assert_eq!(line, at, "{why}");
        assert!(why.contains(says), "{why}");
    };
    let block = |label: &str, text: &str| {
        format!("\n-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    error(&block("PRIVATE KEY", "AAAA"), 2, "private key");
    error(
        &block("CERTIFICATE", "AAAA"),
        2,
        "CERTIFICATE is not a kind",
    );
    error(&block("PUBLIC KEY", "AAAA"), 2, "neither an Ed25519 key");
    error(&block("PUBLIC KEY", "?"), 2, "not base64");
    error(&block("RSA PUBLIC KEY", "AAAA"), 2, "neither");
    error("-----BEGIN PUBLIC KEY-----\nAAAA\n", 1, "does not end");
    error(
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n",
        3,
        "expected",
    );
    // A key of another form among the blocks is not passed over.
    error(&format!("{ED25519_PEM}{PETER}\n"), 4, "neither a PEM block");
    // An Ed25519 key with a byte behind it.
    let longer = ED25519_PEM.replace("GKU=", "GKUA");
    error(&longer, 1, "33 bytes");
}

fn list(members: &str) -> String {
    format!("{{\"PublicKeyList\": [{{\"Value\": \"{AWS_VALUE}\", {members}}}]}}")
}

#[test]
fn the_public_key_list_of_cloudtrail_is_read() {
    let fingerprint = format!("\"Fingerprint\": \"{AWS_FINGERPRINT}\"");
    for (members, from, until) in [
        (
            format!(
                "{fingerprint}, \"ValidityStartTime\": 1436453600.0, \"ValidityEndTime\": 1439045600"
            ),
            Some(Micros(1_436_453_600_000_000)),
            Some(Micros(1_439_045_600_000_000)),
        ),
        (
            format!(
                "{fingerprint}, \"ValidityStartTime\": \"2015-07-09T14:53:20+00:00\", \
                 \"ValidityEndTime\": \"2015-08-08T14:53:20.25Z\""
            ),
            Some(Micros(1_436_453_600_000_000)),
            Some(Micros(1_439_045_600_250_000)),
        ),
        (
            fingerprint
                .to_uppercase()
                .replace("FINGERPRINT", "Fingerprint"),
            None,
            None,
        ),
        ("\"Unknown\": null".to_owned(), None, None),
    ] {
        for text in [
            list(&members),
            list(&members).replace("PublicKeyList", "publicKeyList"),
        ] {
            let keys = read(format!(" \n{text}\n").as_bytes()).unwrap();
            assert_eq!(keys.len(), 1);
            assert_eq!(md5(&keys[0]), AWS_FINGERPRINT);
            assert_eq!((keys[0].from, keys[0].until), (from, until));
            assert_eq!((&keys[0].name, keys[0].revoked), (&None, None));
        }
    }
    assert_eq!(read(b"{\"PublicKeyList\": []}"), Ok(Vec::new()));
}

#[test]
fn a_public_key_list_that_does_not_add_up_is_refused() {
    for (text, says) in [
        (
            list("\"Fingerprint\": \"8eba5db5bea9b640d1c96a77256fe7f3\""),
            "key 1: its Fingerprint is not",
        ),
        (
            list("\"Fingerprint\": null"),
            "key 1: its Fingerprint is not",
        ),
        (
            list("\"ValidityEndTime\": \"2015-08-08\""),
            "key 1: its ValidityEndTime is not a time",
        ),
        (
            list("\"ValidityStartTime\": null"),
            "key 1: its ValidityStartTime is not a time",
        ),
        (
            list("\"ValidityStartTime\": 1e9"),
            "key 1: its ValidityStartTime is not a time",
        ),
        (list("\"Value\": \"\""), "may read differently"),
        (
            "{\"PublicKeyList\": [{}]}".to_owned(),
            "key 1: it has no Value",
        ),
        (
            "{\"PublicKeyList\": [{\"Value\": \"AAAA\"}]}".to_owned(),
            "no RSA key",
        ),
        (
            "{\"PublicKeyList\": {}}".to_owned(),
            "without a PublicKeyList",
        ),
        ("{}".to_owned(), "without a PublicKeyList"),
        ("{".to_owned(), "not JSON"),
    ] {
        let why = form_error(&text);
        assert!(why.contains(says), "{text}: {why}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn damaged_files_are_read_without_panic(
        which in 0usize..7, at in any::<usize>(), to in any::<u8>(),
    ) {
        let members = format!("\"Fingerprint\": \"{AWS_FINGERPRINT}\", \"ValidityEndTime\": 14.5");
        let list = list(&members);
        let files =
            [PETER, RAW, SSH_ED25519, SSH_RSA, ED25519_PEM, RSA_SPKI_PEM, &list];
        let mut bytes = files[which].as_bytes().to_vec();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(keys) = read(&bytes) {
            prop_assert!(keys.len() <= 1);
        }
    }
}
