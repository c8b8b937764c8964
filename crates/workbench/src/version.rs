//! Which Exhibit this is.

use std::sync::LazyLock;

/// The commit that it was built from, as `make` says it: `546c78f2a1b2`, and `-altered` behind where the
/// tree was not as committed. Absent where nobody said it to the compiler.
const BUILD: Option<&str> = option_env!("EXHIBIT_BUILD");

static VERSION: LazyLock<String> = LazyLock::new(|| match BUILD {
    Some(build) if !build.is_empty() => format!("{}+{build}", env!("CARGO_PKG_VERSION")),
    _ => env!("CARGO_PKG_VERSION").to_owned(),
});

/// The version, and the build where it is known: `0.1.0`, `0.1.0+546c78f2a1b2` (as Semantic Versioning
/// 2.0.0, section 10, writes it).
pub fn version() -> &'static str {
    &VERSION
}
