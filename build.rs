//! Links the notifier of a debug build without symbols, as a release's is.
//!
//! Foghorn compresses the notifier in every run that has a function, to compare
//! it with what is deployed. A debug build's is four times as large for symbols
//! that nobody looks at, and a test runs Foghorn dozens of times.

use std::env::var;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |variable: &str, value: &str| var(variable).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "debug") {
        println!("cargo::rustc-link-arg-bin=foghorn-notifier=-Wl,--strip-all");
    }
}
