//! A log and its digest, made by `printf`, `sha256sum`, `md5sum` and `openssl`: nothing of it comes
//! from the code under test.
//!
//! ```text
//! openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out k.pem
//! openssl rsa -in k.pem -RSAPublicKey_out -outform DER | base64      its MD5 is the fingerprint
//! printf '%s\nbucket/%s\n%s\nnull' END OBJECT "$(sha256sum < digest.json)" > tosign
//! openssl dgst -sha256 -sign k.pem tosign
//! ```

/// Key list, digest, sidecar and log.
pub fn exhibits() -> (&'static str, &'static str, String, &'static str) {
    let sidecar = format!(
        r#"{{"Metadata":{{"signature":"{OPENSSL_SIGNATURE}","signature-algorithm":"SHA256withRSA"}}}}"#
    );
    (OPENSSL_KEY, OPENSSL_DIGEST, sidecar, OPENSSL_LOG)
}

const OPENSSL_KEY: &str = concat!(
    r#"{"PublicKeyList":[{"Value":"MIIBCgKCAQEAnMdb099hxLJQTcAht2DUV9DzvHiJ9VfEVG1IUWrJW0f35IfbFz"#,
    r#"i3QpS52b9x1uc4scgNHjfHMOD+u1rwQyvh7HVkUn1AODdi0Vg9T9AI3byUbHJsrn6B6slvOEp/oPYc6TqawMHUkLJK"#,
    r#"mUvPf1aA7RNXMBt5T2N4MLofTSL0QnMurOwI3y2tY5jE03LHT43hGyFSd/p77M/WaOm1MpqJN8YJyBIsfyd75xonSQ"#,
    r#"2cZP53e5PL4iHxAwi8Sn5epZXOj3/azv4ICqtCs2yeHt9G/dJfakVdAAxQr8P6arTTO7nArXqifhRBV2R3O+GUjukx"#,
    r#"EGMVmuoF8YqnDCWxHSFCgQIDAQAB","Fingerprint":"97c5b706823f64d83d671affaeecc6d2"}]}"#,
);
const OPENSSL_DIGEST: &str = concat!(
    r#"{"awsAccountId":"111122223333","digestStartTime":"2026-06-01T00:00:00Z","digestEndTime":"2"#,
    r#"026-06-01T01:00:00Z","digestS3Bucket":"bucket","digestS3Object":"AWSLogs/111122223333/Clou"#,
    r#"dTrail-Digest/us-east-2/2026/06/01/111122223333_CloudTrail-Digest_us-east-2_trail_us-east-"#,
    r#"2_20260601T010000Z.json.gz","digestPublicKeyFingerprint":"97c5b706823f64d83d671affaeecc6d2"#,
    r#"","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":"2026-06-01T00:14:00Z","old"#,
    r#"estEventTime":"2026-06-01T00:14:00Z","previousDigestS3Bucket":null,"previousDigestS3Object"#,
    r#"":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSi"#,
    r#"gnature":null,"logFiles":[{"s3Bucket":"bucket","s3Object":"AWSLogs/111122223333/CloudTrail"#,
    r#"/us-east-2/2026/06/01/111122223333_CloudTrail_us-east-2_20260601T0015Z_aaaaaaaaaaaaaaaa.js"#,
    r#"on.gz","hashValue":"71bfd1915fa932748aba7cb98bace28c5e5ae4f3e8b210bf42fddda0210097a9","has"#,
    r#"hAlgorithm":"SHA-256","newestEventTime":"2026-06-01T00:14:00Z","oldestEventTime":"2026-06-"#,
    r#"01T00:14:00Z"}]}"#,
);
const OPENSSL_SIGNATURE: &str = concat!(
    r#"510250d38a4b4891035c8dae56d8b5bc53b1b617f7905e0233f76a53700f40b315ea0ea3e145a7421bc4b947ff"#,
    r#"b78bdd3b656ecdb12307523d7443d8d259ec226e4e0095a1e5c5ba12fa7f32af81abe8e479b5359eef11d37ec0"#,
    r#"b139748ebe64da4ef2050b1abb9ccda4e8144567e089c00e00d1c4dff672e7a2798a33bf724c42eb5af8ae1c4d"#,
    r#"ae40fbeb2a2c1d06ae474ece5e6c66149cfad97d664eeb377479445980c859e4ae810ec0851597f7c83976c997"#,
    r#"4fcc54101f049a8583e627b6f946b47a35930be26a9f01b85f3fe6b2afd0d1764e1c52b0aa3ff46af495086b36"#,
    r#"0fdaaa3cc289a65317f74611229a75265b9d9eb9e6fb9a59f979f81a99be42"#,
);
const OPENSSL_LOG: &str =
    r#"{"Records":[{"eventTime":"2026-06-01T00:14:00Z","eventName":"GetCallerIdentity"}]}"#;
