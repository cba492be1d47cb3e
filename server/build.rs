//! Tells cargo that a release build embeds `dist/`: a file that is new there would otherwise go unnoticed.
//! A debug build reads the files from disk and need not be built again for them.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../dist");
    }
}
