//! The house rules that no compiler checks: who may use whom, which library is
//! named where, and how long a file may be.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules of the crate that it may use besides itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("yaml", &[]),
    ("fleet", &["model", "events", "yaml"]),
    ("events", &["model"]),
    ("plan", &["model", "fleet", "events", "chat"]),
    ("policy", &["model", "fleet"]),
    ("audit", &["model", "fleet", "events", "chat"]),
    ("aws", &["model"]),
    ("chat", &["model"]),
    ("report", &["model", "yaml"]),
    ("store", &["model"]),
    ("shards", &["model"]),
    ("posting", &["model", "fleet", "report", "chat", "aws"]),
    ("rehearsal", &["model", "fleet", "events", "plan", "chat"]),
    ("reconcile", &["model", "fleet", "plan", "audit", "aws"]),
    ("controller", &["model", "reconcile"]),
    ("service", &["model", "aws", "reconcile", "controller", "report", "telemetry"]),
    ("telemetry", &["model", "aws", "report"]),
    ("sounding", &["model", "fleet", "events", "plan"]),
    ("sound", &["model", "fleet", "events", "sounding", "aws", "reconcile"]),
    (
        "cli",
        &[
            "model",
            "fleet",
            "events",
            "plan",
            "audit",
            "aws",
            "chat",
            "package",
            "report",
            "reconcile",
            "rehearsal",
            "controller",
            "service",
            "sound",
            "telemetry",
            "yaml",
            "store",
            "shards",
            "posting",
            "policy",
        ],
    ),
    ("notifier", &["model", "events", "chat"]),
    ("package", &["model"]),
    ("bin", &["notifier"]),
    ("sim", &["events"]),
    ("main", &["cli", "report", "telemetry"]),
    ("lib", &[]),
];

/// The one file outside `sim` that may use it: the demo is where they meet.
const DEMO: (&str, &str) = ("src/cli/demo", "sim");

/// The longest a file may be, its tests aside.
const MOST_LINES: usize = 400;

/// The libraries that make up the AWS SDK; they stop at the door.
const SDK: &[&str] = &["aws_sdk_", "aws_smithy_", "aws_config", "aws_types", "aws_credential_types"];

/// The one file outside `aws` that may name the SDK: the notifier is a small
/// program of its own, which needs one call of one service.
const SDK_OF_NOTIFIER: &str = "src/notifier/secrets.rs";

/// Libraries that one file alone may name, so that each can be replaced there.
const NAMED_ONCE: &[&str] = &["serde_yaml", "backoff"];

/// A source file without its tests and comments, line by line.
struct Source {
    path: String,
    lines: Vec<String>,
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a readable source file");
        let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let name = path.strip_prefix(root).expect("a file of the crate");
        Self { path: name.to_string_lossy().into_owned(), lines: code.lines().map(without_comment).collect() }
    }

    /// The top-level module that the file is part of.
    fn module(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// How many `super`s lead from the file's module to the crate's root.
    fn depth(&self) -> usize {
        let inside = self.path.trim_start_matches("src/").trim_end_matches("/mod.rs");
        inside.split('/').count()
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{}", self.path, line + 1)
    }
}

fn without_comment(line: &str) -> String {
    if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() }
}

/// Every source file that is part of the product: no file of tests alone.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    files.sort();
    let sources: Vec<Source> = files.iter().map(|path| Source::read(root, path)).collect();
    assert!(sources.len() > 100, "the sources are where this test looks for them");
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_for_tests = ["tests", "testing", "fixtures", "examples"].contains(&name.as_str());
        if path.is_dir() && !is_for_tests {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_for_tests {
            files.push(path);
        }
    }
}

/// The modules of the crate that a text names through paths such as
/// `crate::model::Plan`, `crate::{model, plan}` or enough `super`s, each with
/// the number of its line, from 0.
fn modules_named(text: &str, depth: usize) -> Vec<(usize, String)> {
    let to_root = "super::".repeat(depth);
    let mut named = Vec::new();
    for root in ["crate::", "foghorn::", to_root.as_str()] {
        for (start, _) in text.match_indices(root) {
            let before = text[..start].chars().next_back();
            if before.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | ':')) {
                continue;
            }
            let line = text[..start].matches('\n').count();
            named.extend(first_names(&text[start + root.len()..]).into_iter().map(|name| (line, name)));
        }
    }
    named.retain(|(_, name)| name != "super");
    named
}

/// The first name of a path, or of each path in a group.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else { return vec![name_at(path)] };
    let (mut names, mut depth, mut start) = (Vec::new(), 0_usize, 0);
    for (index, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(name_at(group[start..index].trim()));
                return names;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(name_at(group[start..index].trim()));
                start = index + 1;
            }
            _ => {}
        }
    }
    names.push(name_at(group[start..].trim()));
    names
}

fn name_at(path: &str) -> String {
    path.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

fn is_module(name: &str) -> bool {
    MAY_USE.iter().any(|(module, _)| *module == name)
}

fn may_use(source: &Source, used: &str) -> bool {
    let module = source.module();
    let allowed = MAY_USE.iter().find(|(name, _)| *name == module).map(|(_, allowed)| *allowed);
    let allowed = allowed.unwrap_or_else(|| panic!("src/{module} is in no row of the table"));
    used == module || allowed.contains(&used) || (source.path.starts_with(DEMO.0) && used == DEMO.1)
}

#[test]
fn every_module_uses_only_the_modules_that_it_may() {
    let mut broken = Vec::new();
    for source in sources() {
        for (line, used) in modules_named(&source.lines.join("\n"), source.depth()) {
            if is_module(&used) && !may_use(&source, &used) {
                broken.push(format!("{}: {} may not use {used}", source.place(line), source.module()));
            }
        }
    }
    assert!(broken.is_empty(), "the modules depend on each other in one direction:\n{}", broken.join("\n"));
}

#[test]
fn the_sdk_s_types_stop_at_the_door_to_aws() {
    let mut broken = Vec::new();
    let outside = |source: &&Source| source.module() != "aws" && source.path != SDK_OF_NOTIFIER;
    for source in sources().iter().filter(outside) {
        for (index, line) in source.lines.iter().enumerate() {
            broken.extend(
                SDK.iter()
                    .filter(|library| line.contains(*library))
                    .map(|library| format!("{}: {library} outside src/aws", source.place(index))),
            );
        }
    }
    assert!(broken.is_empty(), "only src/aws may name the AWS SDK:\n{}", broken.join("\n"));
}

#[test]
fn a_library_that_may_have_to_be_replaced_is_named_in_one_file() {
    for library in NAMED_ONCE {
        let path = format!("{library}::");
        let named: Vec<String> = sources()
            .into_iter()
            .filter(|source| source.lines.iter().any(|line| line.contains(&path)))
            .map(|source| source.path)
            .collect();
        assert!(named.len() == 1, "{library} is named in {} files, not one: {named:?}", named.len());
    }
}

#[test]
fn no_file_is_longer_than_a_person_reads_at_once() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.lines.len() > MOST_LINES)
        .map(|source| format!("{}: {} lines of {MOST_LINES}", source.path, source.lines.len()))
        .collect();
    assert!(long.is_empty(), "these files hold more than one idea:\n{}", long.join("\n"));
}

#[test]
fn the_modules_that_a_text_names_are_read_in_every_form() {
    for (text, depth, expected) in [
        ("use crate::model::{Account, Plan};", 1, vec![(0, "model")]),
        ("use crate::{aws, model::{Plan, Region}, plan};", 1, vec![(0, "aws"), (0, "model"), (0, "plan")]),
        ("\nuse crate::{\n    audit::paths,\n    sim,\n};", 1, vec![(1, "audit"), (1, "sim"), (1, "")]),
        ("    matches!(kind, crate::sim::Kind::Rule)", 2, vec![(0, "sim")]),
        ("use super::model::Plan;", 1, vec![(0, "model")]),
        ("use super::names;", 2, vec![]),
        ("use super::super::model::Plan;", 2, vec![(0, "model")]),
        ("let own = my_crate::model;", 1, vec![]),
    ] {
        let named = modules_named(text, depth);
        let named: Vec<(usize, &str)> = named.iter().map(|(line, name)| (*line, name.as_str())).collect();
        assert_eq!(named, expected, "{text}");
    }
}

/// The rows of the page's table of modules: what each module may use.
fn documented(page: &str) -> Vec<(String, Vec<String>)> {
    let in_code = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.trim_end_matches('|').split('|').collect();
        let [module, _, may_use] = cells[..] else { return None };
        let module = module.trim().trim_end_matches('`').to_owned();
        Some((module, in_code(may_use)))
    });
    let mut rows: Vec<_> = rows.filter(|(module, _)| is_module(module)).collect();
    rows.iter_mut().for_each(|(_, may_use)| may_use.sort());
    rows.sort();
    rows
}

fn page_of_contributors() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    fs::read_to_string(path).expect("the page for contributors")
}

#[test]
fn the_page_for_contributors_has_every_module_with_what_it_may_use() {
    let mut table: Vec<(String, Vec<String>)> = MAY_USE
        .iter()
        .map(|(module, used)| ((*module).to_owned(), used.iter().map(|used| (*used).to_owned()).collect()))
        .collect();
    table.iter_mut().for_each(|(_, may_use)| may_use.sort());
    table.sort();
    assert_eq!(documented(&page_of_contributors()), table, "see to the table in docs/architecture.md");
}

#[test]
fn the_tests_that_the_page_for_contributors_names_are_there() {
    let page = page_of_contributors();
    let (_, invariants) = page.split_once("| it holds that | test |").expect("the table of invariants");
    let rows = invariants.lines().skip(2).take_while(|line| line.starts_with('|'));
    let named: Vec<&str> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert!(named.len() > 20, "the names are where this test looks for them");
    let mut texts = String::new();
    read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
    read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut texts);
    let missing: Vec<&str> =
        named.into_iter().filter(|name| !texts.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "there are no such tests: {missing:?}");
}

fn read_all(folder: &Path, texts: &mut String) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            read_all(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push_str(&fs::read_to_string(&path).expect("a readable source file"));
        }
    }
}
