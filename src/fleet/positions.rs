//! Where in the text of a fleet file each field stands.
//!
//! The typed reader forgets positions, so problems that show only once the
//! whole file is read are placed with this index. It also refuses, before
//! anything is built from it, a text that would unfold into too much.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScanError, Span};

use super::problem::{Position, Problem};

/// The most values that a file may hold, with its aliases unfolded: ten times
/// what a fleet of ten thousand accounts needs.
const MOST_VALUES: usize = 1_000_000;

/// How deep lists and mappings may be nested. The format itself needs 9 levels.
const DEEPEST: usize = 64;

/// How many keys that are given twice are told of.
const MOST_DUPLICATES: usize = 100;

const TOO_DEEP: &str = "lists and mappings are nested too deeply";

/// Where in the text each field stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    nodes: Vec<Node>,
    duplicates: Vec<Duplicate>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    position: Position,
    content: Content,
}

/// What a node holds, as indices of nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Scalar,
    List(Vec<usize>),
    Mapping(BTreeMap<String, usize>),
    Alias(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Duplicate {
    path: String,
    key: String,
    first: Position,
    second: Position,
}

impl Positions {
    /// Reads the positions of a text that holds exactly one YAML document.
    ///
    /// # Errors
    /// If it is not YAML, holds no document or several, is nested too deeply
    /// or unfolds into too many values.
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let mut builder = Builder::default();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| syntax(text, &error))?;
            builder.take(event, span)?;
        }
        if builder.empty {
            return Err(Problem::new("", "the file is empty: it must hold a fleet"));
        }
        Ok(Self { nodes: builder.nodes, duplicates: builder.duplicates })
    }

    /// Where the value at a path stands, `spec.accounts[3].id` say; where the
    /// path leads to nothing, its nearest ancestor. A value behind an alias
    /// stands where its anchor is.
    pub fn of(&self, path: &str) -> Option<Position> {
        let (node, _) = self.walk(0, path)?;
        self.nodes.get(node).map(|node| node.position)
    }

    /// Gives a problem without a position that of its path.
    pub fn locate(&self, problem: Problem) -> Problem {
        let position = problem.position.or_else(|| self.of(&problem.path));
        Problem { position, ..problem }
    }

    /// Whether there is something at exactly this path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.walk(0, path).is_some_and(|(_, rest)| rest == 0)
    }

    /// A problem for every key that its mapping holds already.
    pub(super) fn duplicate_keys(&self) -> impl Iterator<Item = Problem> {
        self.duplicates.iter().map(|Duplicate { path, key, first, second }| {
            let message = format!("`{key}` is given twice, first on line {}", first.line);
            Problem::new(path, message).at(*second)
        })
    }

    /// The deepest node along a path, and how many bytes of the path are left
    /// there.
    fn walk(&self, node: usize, path: &str) -> Option<(usize, usize)> {
        let child = match &self.nodes.get(node)?.content {
            Content::Alias(target) => return self.walk(*target, path),
            Content::Scalar => None,
            Content::List(items) => item(path).and_then(|(index, rest)| Some((*items.get(index)?, rest))),
            Content::Mapping(fields) => keys(path).find_map(|(key, rest)| Some((*fields.get(key)?, rest))),
        };
        match child {
            Some((child, rest)) => self.walk(child, rest),
            None => Some((node, path.len())),
        }
    }
}

/// Reads `[3]` off the start of a path.
fn item(path: &str) -> Option<(usize, &str)> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((index.parse().ok()?, rest))
}

/// Every way to read a key off the start of a path, the longest key first: a
/// dot may part two keys or belong to one.
fn keys(path: &str) -> impl Iterator<Item = (&str, &str)> {
    let path = path.strip_prefix('.').unwrap_or(path);
    let ends = path.rmatch_indices(['.', '[']).map(|(index, _)| index);
    [path.len()].into_iter().chain(ends).map(|end| path.split_at(end))
}

/// A list or mapping that is still open.
struct Open {
    /// Its name in the path of what it holds, `.spec` or `[3]` say.
    step: String,
    node: usize,
    anchor: usize,
    key: Option<(String, Position)>,
    values: usize,
}

struct Builder {
    nodes: Vec<Node>,
    duplicates: Vec<Duplicate>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Anchor>,
    documents: usize,
    empty: bool,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            duplicates: Vec::new(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            documents: 0,
            empty: true,
        }
    }
}

/// What an alias stands for, once that is complete.
#[derive(Clone, Copy)]
struct Anchor {
    node: usize,
    values: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) => self.document(position(&span.start)),
            Event::Scalar(text, _, anchor, _) => self.scalar(&text, anchor, span),
            Event::Alias(anchor) => self.alias(anchor, position(&span.start)),
            Event::SequenceStart(anchor, _) => {
                self.start(Content::List(Vec::new()), anchor, position(&span.start))
            }
            Event::MappingStart(anchor, _) => {
                self.start(Content::Mapping(BTreeMap::new()), anchor, position(&span.start))
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(position(&span.start)),
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Nothing => Ok(()),
        }
    }

    fn document(&mut self, position: Position) -> Result<(), Problem> {
        self.documents += 1;
        if self.documents > 1 {
            let message = "a second document begins here: a file holds one fleet";
            return Err(Problem::new("", message).at(position));
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, anchor: usize, span: Span) -> Result<(), Problem> {
        let absent = span.start.index() == span.end.index();
        let null = absent || matches!(text, "~" | "null");
        self.empty &= self.open.is_empty() && null;
        let node = self.add(Content::Scalar, absent, Some(text), position(&span.start));
        self.close(node, anchor, 1, position(&span.start))
    }

    fn alias(&mut self, anchor: usize, position: Position) -> Result<(), Problem> {
        let Some(Anchor { node: target, values }) = self.anchors.get(&anchor).copied() else {
            return Err(Problem::new("", "an alias stands inside what it stands for").at(position));
        };
        let node = self.add(Content::Alias(target), false, None, position);
        self.close(node, 0, values, position)
    }

    fn start(&mut self, content: Content, anchor: usize, position: Position) -> Result<(), Problem> {
        if self.open.len() >= DEEPEST {
            return Err(Problem::new("", TOO_DEEP).at(position));
        }
        self.empty = false;
        let step = self.step();
        let node = self.add(content, false, None, position);
        self.open.push(Open { step, node, anchor, key: None, values: 1 });
        Ok(())
    }

    fn end(&mut self, position: Position) -> Result<(), Problem> {
        match self.open.pop() {
            Some(Open { node, anchor, values, .. }) => self.close(node, anchor, values, position),
            None => Ok(()),
        }
    }

    /// Adds a node to what is open: as an item, as a key or as a key's value.
    /// A value that is not there stands where its key does.
    fn add(&mut self, content: Content, absent: bool, text: Option<&str>, position: Position) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { position, content });
        let Some(open) = self.open.last_mut() else { return node };
        match &mut self.nodes[open.node].content {
            Content::List(items) => items.push(node),
            Content::Mapping(_) => match open.key.take() {
                None => open.key = Some((text.unwrap_or("?").to_owned(), position)),
                Some((key, place)) => {
                    if absent {
                        self.nodes[node].position = place;
                    }
                    self.field(key, place, node);
                }
            },
            Content::Scalar | Content::Alias(_) => {}
        }
        node
    }

    /// Adds a field to the open mapping, which must not hold its key yet.
    fn field(&mut self, key: String, place: Position, node: usize) {
        let Some(open) = self.open.last() else { return };
        let Content::Mapping(fields) = &mut self.nodes[open.node].content else { return };
        let Some(first) = fields.get(&key).copied() else {
            fields.insert(key, node);
            return;
        };
        if self.duplicates.len() < MOST_DUPLICATES {
            let path: String = self.open.iter().map(|open| open.step.as_str()).collect();
            let path = path.trim_start_matches('.').to_owned();
            let first = self.nodes[first].position;
            self.duplicates.push(Duplicate { path, key, first, second: place });
        }
    }

    /// What the next node will be called in the path of what it holds.
    fn step(&self) -> String {
        let Some(open) = self.open.last() else { return String::new() };
        match (&self.nodes[open.node].content, &open.key) {
            (Content::List(items), _) => format!("[{}]", items.len()),
            (_, Some((key, _))) => format!(".{key}"),
            _ => String::new(),
        }
    }

    /// Counts a complete node, and keeps it for aliases.
    fn close(
        &mut self,
        node: usize,
        anchor: usize,
        values: usize,
        position: Position,
    ) -> Result<(), Problem> {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor { node, values });
        }
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        open.values = open.values.saturating_add(values);
        if open.values > MOST_VALUES {
            let message = format!(
                "the file holds more than {MOST_VALUES} values, counting what aliases (`*name`) repeat"
            );
            return Err(Problem::new("", message).at(position));
        }
        Ok(())
    }
}

fn position(marker: &Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

fn syntax(text: &str, error: &ScanError) -> Problem {
    not_yaml(text, position(error.marker()), error.info())
}

/// The problem of a text that is not YAML. Tabs get words of their own: they
/// are the commonest cause, and cannot be seen.
pub(super) fn not_yaml(text: &str, position: Position, reason: &str) -> Problem {
    let line = text.lines().nth(position.line - 1).unwrap_or_default();
    let before = line.chars().take(position.column).take_while(|character| character.is_whitespace());
    if before.into_iter().any(|character| character == '\t') {
        return Problem::new("", "the line is indented with a tab: YAML takes spaces only").at(position);
    }
    if reason.contains("recursion limit") {
        return Problem::new("", TOO_DEEP).at(position);
    }
    Problem::new("", format!("this is not YAML: {reason}")).at(position)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "a: 1\nlist:\n  - x: 1\n    y.z: [p, q]\n  - &anchor { é: 2, w: 3 }\ngone:\nagain: *anchor\n";

    fn at(path: &str) -> Option<(usize, usize)> {
        let positions = Positions::read(TEXT).expect("the text is YAML");
        positions.of(path).map(|position| (position.line, position.column))
    }

    #[test]
    fn each_field_is_found_where_it_stands() {
        for (path, expected) in [
            ("", (1, 1)),
            ("a", (1, 4)),
            ("list", (3, 3)),
            ("list[0].x", (3, 8)),
            ("list[0].y.z[1]", (4, 14)),
            ("list[1].w", (5, 24)),
            ("gone", (6, 1)),
        ] {
            assert_eq!(at(path), Some(expected), "{path}");
        }
    }

    #[test]
    fn a_field_behind_an_alias_is_found_at_its_anchor() {
        assert_eq!(at("again.w"), at("list[1].w"));
    }

    #[test]
    fn a_field_that_is_missing_is_placed_at_its_nearest_ancestor() {
        assert_eq!(at("list[0].missing.more"), at("list[0]"));
        assert_eq!(at("list[7]"), at("list"));
    }

    #[test]
    fn a_billion_laughs_are_refused_before_they_unfold() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..30 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{aliases}]\n");
        }
        let problem = Positions::read(&text).expect_err("must be refused");
        assert_eq!(
            problem.line("f"),
            "f:6:55: the file holds more than 1000000 values, counting what aliases (`*name`) repeat"
        );
    }

    #[test]
    fn four_mebibytes_of_brackets_are_refused_at_once() {
        let problem = Positions::read(&"[".repeat(4 << 20)).expect_err("must be refused");
        assert_eq!(problem.message, TOO_DEEP);
    }

    #[test]
    fn a_text_nested_deeper_than_any_fleet_is_refused() {
        let nested: String = (0..100).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        assert_eq!(Positions::read(&nested).expect_err("must be refused").message, TOO_DEEP);
    }

    #[test]
    fn an_alias_inside_its_own_anchor_is_refused() {
        let problem = Positions::read("a: &a [*a]").expect_err("must be refused");
        assert_eq!(problem.line("f"), "f:1:8: an alias stands inside what it stands for");
    }
}
