//! Tells cargo what a release build embeds besides its own files: the built apps in `dist/` and the guides in
//! `docs/`. A file that is new there would otherwise go unnoticed. A debug build reads the files from disk and
//! need not be built again for them.

#[expect(
    clippy::disallowed_methods,
    reason = "cargo speaks to build scripts by the environment"
)]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../dist");
        println!("cargo:rerun-if-changed=../docs");
    }
}
