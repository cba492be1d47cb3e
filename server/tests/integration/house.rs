//! The arrows of the house, read from the sources: who may name whom.

use std::fs;
use std::path::{Path, PathBuf};

/// Lines of a source; more are two rooms. Tests are lists and may go on.
const LONGEST: usize = 500;

struct Source {
    /// From the workspace's folder, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// The code without tests, comments and doc comments.
    fn code(&self) -> String {
        let code = self.text.split("#[cfg(test)]\nmod ").next().unwrap();
        let lines = code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn is_below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn sources(folder: &str) -> Vec<Source> {
    let root = workspace();
    let mut found = Vec::new();
    collect(&root.join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has sources");
    found
        .into_iter()
        .map(|path| Source {
            path: path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .replace('\\', "/"),
            text: fs::read_to_string(&path).unwrap(),
        })
        .collect()
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Fails for each source below `folder` whose code holds one of `words`.
fn never(folder: &str, words: &[&str], except: &[&str]) {
    let broken: Vec<String> = sources(folder)
        .iter()
        .filter(|source| !except.iter().any(|exempt| source.is_below(exempt)))
        .flat_map(|source| {
            let code = source.code();
            let held: Vec<String> = words
                .iter()
                .filter(|word| code.contains(**word))
                .map(|word| format!("{} names {word}", source.path))
                .collect();
            held
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_core_knows_neither_http_nor_the_surfaces() {
    never(
        "server/src/core",
        &[
            "axum",
            "hyper",
            "tower",
            "crate::http",
            "crate::surface",
            "crate::serve",
        ],
        &[],
    );
}

#[test]
fn surfaces_never_reach_into_the_store_and_never_name_each_other() {
    never("server/src/surface", &["crate::store", "sqlx"], &[]);
    let surfaces: Vec<String> = fs::read_dir(workspace().join("server/src/surface"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    for surface in &surfaces {
        let folder = format!("server/src/surface/{surface}");
        let others: Vec<String> = surfaces
            .iter()
            .filter(|other| *other != surface)
            .map(|other| format!("surface::{other}"))
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        never(&folder, &others, &[]);
    }
}

#[test]
fn what_all_surfaces_share_knows_no_surface_and_no_store() {
    never(
        "server/src/http",
        &["crate::surface", "crate::store", "sqlx"],
        &[],
    );
}

#[test]
fn the_store_knows_nothing_above_it_and_nobody_else_names_sqlx() {
    never(
        "server/src/store",
        &[
            "crate::core",
            "crate::http",
            "crate::surface",
            "crate::app",
            "crate::llm",
        ],
        &[],
    );
    never("server/src", &["sqlx"], &["server/src/store"]);
}

#[test]
fn only_the_configuration_reads_the_environment() {
    never(
        "server/src",
        &["std::env", "env::var", "env!(\"PARLANCE"],
        &["server/src/config"],
    );
}

#[test]
fn models_do_not_reach_into_the_core_or_the_store() {
    if workspace().join("server/src/llm").exists() {
        never(
            "server/src/llm",
            &["crate::core", "crate::store", "crate::surface", "axum"],
            &[],
        );
    }
}

#[test]
fn outgoing_requests_have_one_door() {
    never(
        "server/src",
        &["reqwest::"],
        &["server/src/net", "server/src/llm"],
    );
}

#[test]
fn redis_has_one_door() {
    never(
        "server/src",
        &["use ::redis", " ::redis::", "(::redis::", "<::redis::"],
        &["server/src/redis.rs"],
    );
    let door = sources("server/src")
        .into_iter()
        .find(|source| source.path == "server/src/redis.rs");
    assert!(door.is_some_and(|door| door.code().contains("use ::redis")));
}

#[test]
fn what_both_sides_share_depends_on_serde_alone() {
    let manifest = fs::read_to_string(workspace().join("shared/Cargo.toml")).unwrap();
    let dependencies = manifest
        .split("[dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let names: Vec<&str> = dependencies
        .lines()
        .filter_map(|line| {
            line.split(['.', '=', ' '])
                .next()
                .filter(|name| !name.is_empty() && !name.starts_with('#'))
        })
        .collect();
    for name in names {
        assert!(
            matches!(name, "serde" | "utoipa")
                || dependencies.contains(&format!("{name} = {{ version"))
                    && dependencies.contains("optional = true"),
            "shared depends on {name}"
        );
    }
    never(
        "shared/src",
        &[
            "std::fs",
            "std::net",
            "std::env",
            "SystemTime",
            "std::thread",
        ],
        &[],
    );
}

#[test]
fn the_browser_apps_know_the_server_only_by_what_they_share() {
    for app in ["widget", "dashboard"] {
        let manifest = fs::read_to_string(workspace().join(app).join("Cargo.toml")).unwrap();
        for own in ["server", "widget", "dashboard"] {
            let names_it = |line: &str| {
                line.starts_with(&format!("{own}.")) || line.starts_with(&format!("{own} ="))
            };
            assert!(!manifest.lines().any(names_it), "{app} depends on {own}");
        }
        never(&format!("{app}/src"), &["parlance::"], &[]);
    }
}

#[test]
fn only_the_api_rooms_of_the_browser_apps_fetch() {
    let ways = [
        "gloo_net",
        "fetch_with",
        "XmlHttpRequest",
        "EventSource",
        "WebSocket",
        "send_beacon",
    ];
    never("dashboard/src", &ways, &["dashboard/src/api"]);
    // The panel's requests are its scripts'.
    never("widget/src", &ways, &[]);
}

#[test]
fn pages_of_the_dashboard_are_made_of_parts_and_parts_of_ui() {
    never("dashboard/src/part", &["crate::page"], &[]);
    never("dashboard/src/ui", &["crate::page", "crate::part"], &[]);
    never(
        "dashboard/src/api",
        &["crate::page", "crate::part", "crate::ui"],
        &[],
    );
}

#[test]
fn no_file_grows_past_two_rooms() {
    let folders = ["server/src", "shared/src", "widget/src", "dashboard/src"];
    let long: Vec<String> = folders
        .iter()
        .flat_map(|folder| sources(folder))
        .filter(|source| !source.path.ends_with("/tests.rs"))
        .filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > LONGEST).then(|| format!("{} has {lines} lines", source.path))
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The description keeps one schema per name: of two types with the same one, one would be described as the other.
#[test]
fn no_two_types_are_described_under_one_name() {
    let mut named: std::collections::BTreeMap<String, Vec<String>> = Default::default();
    for source in ["server/src", "shared/src"]
        .map(sources)
        .into_iter()
        .flatten()
    {
        for name in described_names(&source.code()) {
            named.entry(name).or_default().push(source.path.clone());
        }
    }
    assert!(named.len() > 50, "{} types are described", named.len());
    named.retain(|_, places| places.len() > 1);
    assert!(named.is_empty(), "{named:?}");
}

/// Names of the types that derive `ToSchema`, as `schema(as = …)` has it where it is given.
fn described_names(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut is_described, mut given) = (false, None);
    for line in code.lines().map(str::trim_start) {
        if line.starts_with("#[") {
            is_described |= line.contains("ToSchema");
            let after = line.split_once("schema(as = ").map(|(_, after)| after);
            given = after
                .and_then(|after| after.split(')').next())
                .map(str::to_owned)
                .or(given);
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let kind = words
            .iter()
            .position(|word| ["struct", "enum"].contains(word));
        if let Some(kind) = kind.filter(|_| is_described) {
            let own = words[kind + 1].split(['<', '(', ';', '{']).next();
            names.extend(given.take().or(own.map(str::to_owned)));
        }
        if !line.is_empty() {
            (is_described, given) = (false, None);
        }
    }
    names
}
