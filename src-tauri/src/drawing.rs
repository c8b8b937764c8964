//! How the page is drawn on Linux: by the graphics card where there is one, else by the processor.
//!
//! WebKitGTK paints through OpenGL also where OpenGL is only played by the processor, as in most
//! virtual machines. A page of the timeline then takes twice as long as painted by the processor
//! without the detour. Other systems have their own way for this.

/// Lets the processor paint where no graphics card can. To be called before anything else: it speaks
/// to the web view's processes through the environment, which no other thread may read meanwhile.
pub fn choose() {
    #[cfg(target_os = "linux")]
    if !linux::has_card() {
        linux::without_card();
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;

    /// WebKitGTK's own switch. What the person has set stands.
    const SWITCH: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

    /// Whether a driver offers to draw: such a device is there for each card that can, and for none
    /// of those that show a finished picture only.
    pub fn has_card() -> bool {
        has_card_in(Path::new("/dev/dri"))
    }

    fn has_card_in(devices: &Path) -> bool {
        let Ok(devices) = std::fs::read_dir(devices) else {
            return false;
        };
        devices
            .flatten()
            .any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
    }

    pub fn without_card() {
        // Where it cannot be set, the window is as right, and slower.
        let _ = glib::setenv(SWITCH, "1", false);
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_card_is_one_that_draws() {
            let devices = tempfile::tempdir().unwrap();
            assert!(!has_card_in(&devices.path().join("none")));
            std::fs::write(devices.path().join("card0"), "").unwrap();
            assert!(!has_card_in(devices.path()));
            std::fs::write(devices.path().join("renderD128"), "").unwrap();
            assert!(has_card_in(devices.path()));
        }
    }
}
