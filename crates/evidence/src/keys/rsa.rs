//! RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017), for CloudTrail's digests.

use md5::{Digest as _, Md5};
use rsa::pkcs1::{self, EncodeRsaPublicKey as _, der::Decode as _};
use rsa::pkcs8::SubjectPublicKeyInfoRef;
use rsa::traits::PublicKeyParts as _;
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};

/// The shortest modulus that is accepted, in bits.
const LEAST_BITS: usize = 2048;
/// The longest.
const MOST_BITS: usize = 8192;

/// What stands before the hash in a signature: the DER of a `DigestInfo` with SHA-256 and NULL
/// parameters (RFC 8017, 9.2, note 1).
const SHA256_PREFIX: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

/// An RSA public key, PKCS#1 or SPKI DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    der: Vec<u8>,
    key: RsaPublicKey,
}

impl PublicKey {
    /// Reads PKCS#1 `RSAPublicKey` or `SubjectPublicKeyInfo` DER, with nothing after it. `None`
    /// where it is neither, or under 2048 or over 8192 bits, or its exponent is even, 1, or past
    /// 2^33.
    pub fn from_der(der: &[u8]) -> Option<PublicKey> {
        let key = match pkcs1::RsaPublicKey::from_der(der) {
            Ok(key) => key,
            Err(_) => {
                let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
                info.algorithm
                    .assert_algorithm_oid(pkcs1::ALGORITHM_OID)
                    .ok()?;
                // RFC 3279, 2.3.1: "the parameters field MUST have ASN.1 type NULL".
                info.algorithm
                    .parameters?
                    .decode_as::<pkcs1::der::asn1::Null>()
                    .ok()?;
                pkcs1::RsaPublicKey::from_der(info.subject_public_key.as_bytes()?).ok()?
            }
        };
        let key = sound_key(key.modulus.as_bytes(), key.public_exponent.as_bytes())?;
        Some(PublicKey {
            der: der.to_vec(),
            key,
        })
    }

    /// The key of a modulus and an exponent, big-endian; its DER is then PKCS#1. `None` as for
    /// [`PublicKey::from_der`].
    pub fn from_parts(modulus: &[u8], exponent: &[u8]) -> Option<PublicKey> {
        let key = sound_key(modulus, exponent)?;
        let der = key.to_pkcs1_der().ok()?.into_vec();
        Some(PublicKey { der, key })
    }

    /// The DER it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// How many bits its modulus has.
    pub fn bits(&self) -> usize {
        self.key.n().bits()
    }

    /// Whether the signature over `message` holds. It is exactly as long as the modulus, below it,
    /// and padded to the letter: no other `DigestInfo`, no garbage behind it.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let hash = crate::Digest::of(message);
        let scheme = Pkcs1v15Sign {
            hash_len: Some(32),
            prefix: Box::new(SHA256_PREFIX),
        };
        self.key.verify(scheme, &hash.0, signature).is_ok()
    }
}

/// The key, where its size and exponent are within bounds.
fn sound_key(modulus: &[u8], exponent: &[u8]) -> Option<RsaPublicKey> {
    if modulus.len() > MOST_BITS / 8 + 1 || exponent.len() > 8 || exponent.last()? & 1 == 0 {
        return None;
    }
    let (n, e) = (
        BigUint::from_bytes_be(modulus),
        BigUint::from_bytes_be(exponent),
    );
    let key = RsaPublicKey::new_with_max_size(n, e, MOST_BITS).ok()?;
    (key.n().bits() >= LEAST_BITS).then_some(key)
}

/// The fingerprint by which CloudTrail names a key: lower-case hex MD5 of the `Value` bytes.
/// Nothing is trusted because of it.
pub fn cloudtrail_fingerprint(value: &[u8]) -> String {
    Md5::digest(value)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::samples::{self, hex};
    use proptest::prelude::*;

    #[test]
    fn the_fingerprint_is_the_md5_of_the_value() {
        // `printf abc | md5sum`, RFC 1321, A.5.
        assert_eq!(
            cloudtrail_fingerprint(b"abc"),
            "900150983cd24fb0d6963f7d28e17f72"
        );
    }

    /// A 2048-bit key, its PKCS#1 and SPKI DER and a signature over "exhibit", by `openssl genrsa`,
    /// `openssl rsa -pubout -outform DER [-RSAPublicKey_out]` and `openssl dgst -sha256 -sign`.
    const PKCS1: &str = concat!(
        "3082010a028201010096917b8929798419b5d0fc09441ea68b82dc554353f5742c693574b9070fe9ea87",
        "cc595f5c01aadf4c866d58aa379ca36a5f3e4528a8b872ba98197dcb67e7dcd5cae9b4d75ac616e420c6",
        "f9b6e38fbd3d95a13c2dedae0f94433f1faa8bc04da90441dfe97994545ae7bf8f4323f0245df52b7d5a",
        "c9aedb82d11eaab2937962dbc871c74c696b3b17a8e5f45b3fdcaabc320a333dd5410a9fc1569efc259f",
        "1bba0d4c97d5d71711694a04c0416fc9a51d21b32ab7800f948f67096e3a52c7c7fd4ef99b91cf7fbeb4",
        "993b487e0a965d4ecb21ca64454bc2db65d42d02a25a400a957470db211c48d5ea4d5c2dcdc1a876c89a",
        "9d0d5eb428dd739f69dd4437cb0203010001",
    );
    const SPKI: &str = concat!(
        "30820122300d06092a864886f70d01010105000382010f003082010a028201010096917b8929798419b5",
        "d0fc09441ea68b82dc554353f5742c693574b9070fe9ea87cc595f5c01aadf4c866d58aa379ca36a5f3e",
        "4528a8b872ba98197dcb67e7dcd5cae9b4d75ac616e420c6f9b6e38fbd3d95a13c2dedae0f94433f1faa",
        "8bc04da90441dfe97994545ae7bf8f4323f0245df52b7d5ac9aedb82d11eaab2937962dbc871c74c696b",
        "3b17a8e5f45b3fdcaabc320a333dd5410a9fc1569efc259f1bba0d4c97d5d71711694a04c0416fc9a51d",
        "21b32ab7800f948f67096e3a52c7c7fd4ef99b91cf7fbeb4993b487e0a965d4ecb21ca64454bc2db65d4",
        "2d02a25a400a957470db211c48d5ea4d5c2dcdc1a876c89a9d0d5eb428dd739f69dd4437cb0203010001",
    );
    const SIGNATURE: &str = concat!(
        "32ffeb695e5b3a4c5b68b66a54fc8b5c61c3316b1d75f6de3193c27077b4619537b5c7a4fd3a1851518f",
        "480948658114fea88a566836e960746333ea0f19f11b568bc369a6c40c2c26553e197657e7acec80b3e2",
        "41fb0fa4689b8b13ac060ffcb141d8919ac898d133094de2d40c2677bc79584c08e0c7a69cda21441ff7",
        "ba7c6d45d94971e34792cc947f42805d0836a6f390aba373cbd6b390464ef443d4876edaf7182dc787a7",
        "3a35bce8eb4288db8682ce86b4c3e7385bcc2262a8378775060b375e14971c6cb9d8b32b3e4634520a99",
        "80afffb61435fc3ac34174779a81191c5acbf2ecfc6807ee78768f89a1303e3dbb2430067aab4e5791f5",
        "1d93f876",
    );

    #[test]
    fn both_kinds_of_der_are_read_and_nothing_after_them() {
        for text in [PKCS1, SPKI] {
            let mut der = hex(text);
            let key = PublicKey::from_der(&der).unwrap();
            assert_eq!((key.der(), key.bits()), (&der[..], 2048));
            assert!(key.verify(b"exhibit", &hex(SIGNATURE)));
            assert!(!key.verify(b"Exhibit", &hex(SIGNATURE)));
            der.push(0);
            assert_eq!(PublicKey::from_der(&der), None);
            der.truncate(der.len() - 2);
            assert_eq!(PublicKey::from_der(&der), None);
        }
        assert_eq!(PublicKey::from_der(&[]), None);
    }

    #[test]
    fn a_key_from_its_parts_has_the_der_that_openssl_writes() {
        let read = PublicKey::from_der(&hex(PKCS1)).unwrap();
        let made = PublicKey::from_parts(&read.key.n().to_bytes_be(), &[1, 0, 1]).unwrap();
        assert_eq!(made, read);
    }

    #[test]
    fn keys_out_of_bounds_are_refused() {
        let modulus = |bits: usize| {
            let mut bytes = vec![0xff; bits.div_ceil(8)];
            bytes[0] = 0xff >> (bytes.len() * 8 - bits);
            bytes
        };
        for (bits, exponent, accepted) in [
            (2047, &[1, 0, 1][..], false),
            (2048, &[1, 0, 1], true),
            (8192, &[1, 0, 1], true),
            (8193, &[1, 0, 1], false),
            (80_000, &[1, 0, 1], false),
            (2048, &[3], true),
            (2048, &[1], false),
            (2048, &[2], false),
            (2048, &[], false),
            (2048, &[1, 0xff, 0xff, 0xff, 0xff], true),
            (2048, &[3, 0xff, 0xff, 0xff, 0xff], false),
        ] {
            let key = PublicKey::from_parts(&modulus(bits), exponent);
            assert_eq!(key.is_some(), accepted, "{bits} {exponent:?}");
        }
    }

    #[test]
    fn published_wycheproof_cases() {
        for (size, counts) in [(2048, (9, 250)), (4096, (7, 251))] {
            let path = format!("wycheproof/rsa_signature_{size}_sha256_test.json");
            let Some(file) = samples::json("vectors/wycheproof.tar.gz", &path) else {
                return;
            };
            let (mut valid, mut others) = (0, 0);
            for group in file["testGroups"].as_array().unwrap() {
                let keys = ["publicKeyAsn", "publicKeyDer"]
                    .map(|name| PublicKey::from_der(&hex(group[name].as_str().unwrap())).unwrap());
                for test in group["tests"].as_array().unwrap() {
                    let text = |name: &str| test[name].as_str().unwrap();
                    // One a file is only "acceptable": a DigestInfo without its NULL. Refused here.
                    let is_valid = text("result") == "valid";
                    *(if is_valid { &mut valid } else { &mut others }) += 1;
                    for key in &keys {
                        let holds = key.verify(&hex(text("msg")), &hex(text("sig")));
                        assert_eq!(holds, is_valid, "{size}, {}", test["tcId"]);
                    }
                }
            }
            assert_eq!((valid, others), counts);
        }
    }

    proptest! {
        #[test]
        fn damaged_der_is_read_without_panic(
            at in any::<usize>(), to in any::<u8>(), spki in any::<bool>(),
        ) {
            let mut der = hex(if spki { SPKI } else { PKCS1 });
            let at = at % der.len();
            der[at] = to;
            if let Some(key) = PublicKey::from_der(&der) {
                key.verify(b"exhibit", &hex(SIGNATURE));
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic(der in proptest::collection::vec(any::<u8>(), 0..400)) {
            PublicKey::from_der(&der);
        }
    }
}
