//! How the page is drawn on Linux: by the graphics card where there is one, else by the processor.
//!
//! WebKitGTK draws through OpenGL also where OpenGL is only played by the processor, as in most
//! virtual machines. A page of the timeline then takes twice as long as drawn by the processor without
//! the detour. Other systems have their own way for this.

/// Lets the processor draw where no graphics card can.
pub fn choose(window: &tauri::WebviewWindow) -> tauri::Result<()> {
    #[cfg(target_os = "linux")]
    if !linux::has_card() {
        window.with_webview(|view| linux::without_card(&view.inner()))?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
mod linux {
    use std::path::Path;
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

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

    pub fn without_card(view: &webkit2gtk::WebView) {
        if let Some(settings) = WebViewExt::settings(view) {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
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
