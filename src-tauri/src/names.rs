/// Every command that the page may call. Read by the build script too, which makes a permission for
/// each; the capability grants them one by one, and a test holds the three lists equal.
pub const COMMANDS: &[&str] = &[
    "watch",
    "initial_case",
    "open_case",
    "create_case",
    "close_case",
    "demo_case",
    "start_import",
    "cancel_work",
    "trust_add",
    "summary",
    "timeline",
    "histogram",
    "record",
];
