//! Who runs this, for those who find the lock taken.

use crate::store::Holder;

/// Where Linux and others say what the machine is called.
const HOST_FILES: [&str; 2] = ["/proc/sys/kernel/hostname", "/etc/hostname"];

/// This process, as the holder of a lock.
pub fn holder(run: &str) -> Holder {
    let variable = |names: &[&str]| names.iter().find_map(|name| filled(std::env::var(name).ok()?));
    let host = variable(&["HOSTNAME"])
        .or_else(|| HOST_FILES.iter().find_map(|file| filled(std::fs::read_to_string(file).ok()?)));
    Holder {
        run: run.to_owned(),
        user: variable(&["USER", "LOGNAME"]).unwrap_or_else(|| "somebody".to_owned()),
        host: host.unwrap_or_else(|| "an unnamed machine".to_owned()),
        process: std::process::id(),
    }
}

fn filled(text: String) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
