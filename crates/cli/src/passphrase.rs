//! The passphrase of a signing key: from EXHIBIT_PASSPHRASE, else asked on the terminal.

/// The passphrase; `None` where there is neither the variable nor a terminal.
pub fn passphrase() -> Option<String> {
    if let Ok(given) = std::env::var("EXHIBIT_PASSPHRASE") {
        return Some(given);
    }
    rpassword::prompt_password("Passphrase of the signing key: ").ok()
}
